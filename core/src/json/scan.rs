//! Going through a text byte by byte (RFC 8259).

/// How deep lists and objects may be inside one another.
const MAX_DEPTH: u32 = 128;

/// What is wrong, for a person.
pub(super) type Fault = &'static str;

/// A place in a text, and how to go on from there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    /// How many bytes were passed.
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    /// The next byte.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Passes the next byte if it is this one.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let is_it = self.peek() == Some(byte);
        self.at += usize::from(is_it);
        is_it
    }

    /// Passes blanks and line breaks.
    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Passes a value, and all that is in it.
    pub(super) fn value(&mut self, depth: u32) -> Result<(), Fault> {
        match self.peek() {
            None => Err("EOF while parsing a value"),
            Some(b'"') => self.string(None),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'[' | b'{') if depth == MAX_DEPTH => Err("recursion limit exceeded"),
            Some(b'[') => self.list(depth + 1),
            Some(b'{') => self.object(depth + 1),
            Some(b'n') => self.word("null"),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(_) => Err("expected value"),
        }
    }

    fn word(&mut self, word: &str) -> Result<(), Fault> {
        for byte in word.bytes() {
            match self.next() {
                Some(found) if found == byte => {}
                Some(_) => return Err("expected ident"),
                None => return Err("EOF while parsing a value"),
            }
        }
        Ok(())
    }

    fn list(&mut self, depth: u32) -> Result<(), Fault> {
        self.at += 1;
        self.blanks();
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            self.blanks();
            match self.next() {
                Some(b',') => self.blanks(),
                Some(b']') => return Ok(()),
                Some(_) => return Err("expected `,` or `]`"),
                None => return Err("EOF while parsing a list"),
            }
            if self.peek() == Some(b']') {
                return Err("trailing comma");
            }
        }
    }

    fn object(&mut self, depth: u32) -> Result<(), Fault> {
        self.at += 1;
        self.blanks();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            match self.peek() {
                Some(b'"') => self.string(None)?,
                Some(b'}') => return Err("trailing comma"),
                Some(_) => return Err("key must be a string"),
                None => return Err("EOF while parsing an object"),
            }
            self.blanks();
            match self.next() {
                Some(b':') => self.blanks(),
                Some(_) => return Err("expected `:`"),
                None => return Err("EOF while parsing an object"),
            }
            self.value(depth)?;
            self.blanks();
            match self.next() {
                Some(b',') => self.blanks(),
                Some(b'}') => return Ok(()),
                Some(_) => return Err("expected `,` or `}`"),
                None => return Err("EOF while parsing an object"),
            }
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        } else if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err("invalid number");
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        match self.peek() {
            _ if self.at > start => Ok(()),
            None => Err("EOF while parsing a value"),
            Some(_) => Err("invalid number"),
        }
    }

    /// Passes a string; what it says is put behind `said`.
    pub(super) fn string(&mut self, mut said: Option<&mut String>) -> Result<(), Fault> {
        self.at += 1;
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            if let Some(said) = &mut said {
                said.push_str(&self.text[start..self.at]);
            }
            match self.next() {
                None => return Err("EOF while parsing a string"),
                Some(b'"') => return Ok(()),
                Some(b'\\') => {
                    let character = self.escape()?;
                    if let Some(said) = &mut said {
                        said.push(character);
                    }
                }
                Some(_) => {
                    return Err("control character (\\u0000-\\u001F) found while parsing a string");
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        Ok(match self.next() {
            None => return Err("EOF while parsing a string"),
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(),
            Some(_) => return Err("invalid escape"),
        })
    }

    /// A character by its number in UTF-16, which may take two escapes.
    fn code_point(&mut self) -> Result<char, Fault> {
        let first = self.hex()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        let is_pair = first < 0xdc00 && self.take(b'\\') && self.take(b'u');
        let second = if is_pair { self.hex()? } else { 0 };
        if !(0xdc00..0xe000).contains(&second) {
            return Err("lone leading surrogate in hex escape");
        }
        let number = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        char::from_u32(number).ok_or("lone leading surrogate in hex escape")
    }

    fn hex(&mut self) -> Result<u32, Fault> {
        let mut number = 0;
        for _ in 0..4 {
            let byte = self.next().ok_or("EOF while parsing a string")?;
            let digit = char::from(byte).to_digit(16).ok_or("invalid escape")?;
            number = number * 16 + digit;
        }
        Ok(number)
    }
}
