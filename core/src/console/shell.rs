//! Splitting a line into words and operators, by the rules of a POSIX shell.
//!
//! Quotes, escapes, comments, here-documents and a `&` at the end mean what they mean to a
//! shell. Nothing is expanded: there are no variables and no patterns. Any other operator
//! is handed on, because commands of the lab use some (`partition n1 n2 | n3`,
//! `cut n1 > n2`); a command that has no use for it refuses the line ([`plain`]).

use std::fmt;

/// Why a line is not one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ShellError {
    /// A quote is not closed.
    Unclosed(char),
    /// The line ends in the middle of an escape.
    Escape,
    /// A character that would mean something to a shell, and its place, from 1.
    Operator(char, usize),
    /// A here-document has no name to end with; where it begins, from 1.
    NoDelimiter(usize),
    /// A second here-document, and its place, from 1.
    SecondDocument(usize),
    /// The lines of a here-document do not end with the line that was to end it.
    Unended(String),
    /// Lines follow that belong to no here-document.
    ManyLines,
}

/// In a shell's words, where a shell has them.
impl fmt::Display for ShellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed(quote) => {
                write!(f, "unexpected EOF while looking for matching `{quote}'")
            }
            Self::Escape => f.write_str("unexpected EOF after `\\'"),
            Self::Operator(operator, place) => write!(
                f,
                "`{operator}' at character {place}: a line is one command here; quote the character to pass it on"
            ),
            Self::NoDelimiter(place) => write!(
                f,
                "`<<' at character {place} needs the word that ends the text, as in <<'EOF'"
            ),
            Self::SecondDocument(place) => write!(
                f,
                "`<<' at character {place}: a command takes one here-document"
            ),
            Self::Unended(delimiter) => {
                write!(
                    f,
                    "here-document delimited by end-of-file (wanted `{delimiter}')"
                )
            }
            Self::ManyLines => {
                f.write_str("several lines: a line is one command here, and one at a time")
            }
        }
    }
}

/// The operators that are words to some of the lab's commands.
const SYMBOLS: [char; 3] = ['|', '<', '>'];

/// A word or an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its text, without quotes.
    pub(super) text: String,
    /// The operator's character; `None` for a word.
    operator: Option<char>,
    /// Where it begins, in characters from 1.
    place: usize,
    /// Whether no blank stands before it.
    glued: bool,
}

impl Token {
    /// A word that was not typed here.
    pub(super) fn word(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            operator: None,
            place: 0,
            glued: false,
        }
    }
}

/// Where a command's standard input comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
struct HereDocument {
    /// The line that ends it.
    delimiter: String,
    /// Whether tabs at the beginning of its lines are left out (`<<-`).
    strip_tabs: bool,
}

/// A line, split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    /// The command, without what the shell itself understands.
    pub(super) tokens: Vec<Token>,
    /// Whether a `&` stands at its end.
    pub(super) background: bool,
    /// The text of its here-document.
    pub(super) input: Option<String>,
}

/// The line that ends the here-document which a line asks for; `None` if it asks for none. A
/// line that will be refused has one too, or what was meant as its text would be carried out.
pub(super) fn wanted_document(line: &str) -> Option<Delimiter> {
    let mut splitter = Splitter::new(line);
    let _told_later = splitter.read();
    splitter.document.map(Delimiter)
}

/// What ends a here-document.
#[derive(Clone, Debug)]
pub(super) struct Delimiter(HereDocument);

impl Delimiter {
    /// Whether this line ends the document.
    pub(super) fn is(&self, line: &str) -> bool {
        self.0.strip(line) == self.0.delimiter
    }
}

impl HereDocument {
    fn strip<'a>(&self, line: &'a str) -> &'a str {
        match self.strip_tabs {
            true => line.trim_start_matches('\t'),
            false => line,
        }
    }

    /// The text before the line that ends it.
    fn text(&self, lines: &str) -> Result<String, ShellError> {
        let mut text = String::new();
        for line in lines.lines() {
            let line = self.strip(line);
            if line == self.delimiter {
                return Ok(text);
            }
            text.push_str(line);
            text.push('\n');
        }
        Err(ShellError::Unended(self.delimiter.clone()))
    }
}

/// Splits a line, behind which the lines of its here-document follow.
///
/// # Errors
/// It is not one command.
pub(super) fn split(typed: &str) -> Result<Typed, ShellError> {
    let (mut tokens, document, rest) = Splitter::new(typed).split()?;
    let last = tokens.pop_if(|last| last.operator == Some('&'));
    // No command has a use for these, so it does not matter which one it is. Said here, a line
    // that is none does not become a job.
    let operators = tokens
        .iter()
        .filter_map(|token| token.operator.zip(Some(token.place)));
    let lone = last.as_ref().filter(|_| tokens.is_empty());
    let lone = lone.and_then(|token| token.operator.zip(Some(token.place)));
    let mut useless = operators.filter(|(operator, _)| !SYMBOLS.contains(operator));
    if let Some((operator, place)) = useless.next().or(lone) {
        return Err(ShellError::Operator(operator, place));
    }
    let input = match document {
        Some(document) => Some(document.text(&rest)?),
        None if rest.trim().is_empty() => None,
        None => return Err(ShellError::ManyLines),
    };
    Ok(Typed {
        tokens,
        background: last.is_some(),
        input,
    })
}

/// The words of a command that has no use for operators.
///
/// # Errors
/// There is one.
pub(super) fn plain(tokens: &[Token]) -> Result<Vec<String>, ShellError> {
    let words = tokens.iter().map(|token| match token.operator {
        Some(operator) => Err(ShellError::Operator(operator, token.place)),
        None => Ok(token.text.clone()),
    });
    words.collect()
}

/// The words of a command that takes `|`, `>`, `->`, `<`, `>=` and `<=` as words of its own,
/// with blanks around them or without.
///
/// # Errors
/// There is another operator.
pub(super) fn with_symbols(tokens: &[Token]) -> Result<Vec<String>, ShellError> {
    let mut words: Vec<String> = Vec::new();
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        let Some(operator) = token.operator else {
            words.push(token.text.clone());
            continue;
        };
        if !SYMBOLS.contains(&operator) {
            return Err(ShellError::Operator(operator, token.place));
        }
        let mut symbol = operator.to_string();
        if operator == '>' && token.glued {
            take_dash(&mut words, &mut symbol);
        }
        let next = tokens.peek().filter(|next| next.glued);
        let rest = next.and_then(|next| next.text.strip_prefix('='));
        if let Some(rest) = rest.filter(|_| operator != '|') {
            symbol.push('=');
            tokens.next();
            words.push(symbol);
            if !rest.is_empty() {
                words.push(rest.to_owned());
            }
        } else {
            words.push(symbol);
        }
    }
    Ok(words)
}

/// Turns a `-` at the end of the last word and a `>` into an arrow.
fn take_dash(words: &mut Vec<String>, symbol: &mut String) {
    let before = words.last().and_then(|word| word.strip_suffix('-'));
    let Some(before) = before.map(str::to_owned) else {
        return;
    };
    words.pop();
    if !before.is_empty() {
        words.push(before);
    }
    "->".clone_into(symbol);
}

/// Whether a character ends a word and is none of the next.
fn is_operator(character: char) -> bool {
    matches!(character, '|' | '&' | ';' | '<' | '>' | '(' | ')' | '`')
}

/// Whether a character does more in a word than stand there.
fn means_something(character: char) -> bool {
    match character {
        // Most of what is typed, first.
        'a'..='z' | 'A'..='Z' | '0'..='9' | '/' | '-' => false,
        '\'' | '"' | '\\' => true,
        _ => is_operator(character) || character.is_whitespace(),
    }
}

/// Reads a line from its beginning to its end. Lines may be long, so what is plain is taken
/// as a whole.
struct Splitter<'a> {
    rest: &'a str,
    /// How many characters were taken.
    taken: usize,
    tokens: Vec<Token>,
    document: Option<HereDocument>,
}

impl<'a> Splitter<'a> {
    fn new(line: &'a str) -> Self {
        Self {
            rest: line,
            taken: 0,
            tokens: Vec::new(),
            document: None,
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.rest = &self.rest[next.len_utf8()..];
        self.taken += 1;
        Some(next)
    }

    /// Takes all characters up to the first that ends them, or to the end.
    fn take_until(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.taken += taken.chars().count();
        taken
    }

    /// The tokens, the here-document that is asked for, and the lines that follow.
    fn split(mut self) -> Result<(Vec<Token>, Option<HereDocument>, String), ShellError> {
        self.read()?;
        Ok((self.tokens, self.document, self.rest.to_owned()))
    }

    /// Reads the line.
    fn read(&mut self) -> Result<(), ShellError> {
        let mut glued = false;
        while let Some(character) = self.peek() {
            match character {
                '\n' => {
                    self.next();
                    break;
                }
                '#' if !glued => {
                    self.take_until(|c| c == '\n');
                    continue;
                }
                _ if character.is_whitespace() => {
                    self.next();
                    glued = false;
                    continue;
                }
                _ if is_operator(character) => self.operator(glued)?,
                _ => {
                    let place = self.taken + 1;
                    let text = self.word()?;
                    self.tokens.push(Token {
                        text,
                        operator: None,
                        place,
                        glued,
                    });
                }
            }
            glued = true;
        }
        Ok(())
    }

    fn operator(&mut self, glued: bool) -> Result<(), ShellError> {
        let place = self.taken + 1;
        let Some(operator) = self.next() else {
            return Ok(());
        };
        if operator == '<' && self.peek() == Some('<') {
            self.next();
            return self.here_document(place);
        }
        self.tokens.push(Token {
            text: operator.to_string(),
            operator: Some(operator),
            place,
            glued,
        });
        Ok(())
    }

    fn here_document(&mut self, place: usize) -> Result<(), ShellError> {
        let strip_tabs = self.peek() == Some('-');
        if strip_tabs {
            self.next();
        }
        self.take_until(|c| !matches!(c, ' ' | '\t'));
        let delimiter = self.word()?;
        if delimiter.is_empty() {
            return Err(ShellError::NoDelimiter(place));
        }
        let first = self.document.replace(HereDocument {
            delimiter,
            strip_tabs,
        });
        match first {
            // The second stands behind the first, so both end where it does.
            Some(_) => Err(ShellError::SecondDocument(place)),
            None => Ok(()),
        }
    }

    /// A word, up to a blank or an operator.
    fn word(&mut self) -> Result<String, ShellError> {
        let mut word = self.take_until(means_something).to_owned();
        while let Some(character @ ('\'' | '"' | '\\')) = self.peek() {
            self.next();
            match character {
                '\'' => {
                    word.push_str(self.take_until(|c| c == '\''));
                    self.next().ok_or(ShellError::Unclosed('\''))?;
                }
                '"' => self.double_quoted(&mut word)?,
                _ => match self.next() {
                    Some('\n') => {}
                    Some(escaped) => word.push(escaped),
                    None => return Err(ShellError::Escape),
                },
            }
            word.push_str(self.take_until(means_something));
        }
        Ok(word)
    }

    /// Inside double quotes a backslash escapes only what means something there.
    fn double_quoted(&mut self, word: &mut String) -> Result<(), ShellError> {
        loop {
            word.push_str(self.take_until(|c| matches!(c, '"' | '\\')));
            match self.next().ok_or(ShellError::Unclosed('"'))? {
                '"' => return Ok(()),
                _ => match self.next().ok_or(ShellError::Unclosed('"'))? {
                    '\n' => {}
                    escaped @ ('$' | '`' | '"' | '\\') => word.push(escaped),
                    other => word.extend(['\\', other]),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ShellError, plain, split, wanted_document, with_symbols};

    fn words(line: &str) -> Result<Vec<String>, ShellError> {
        plain(&split(line)?.tokens)
    }

    fn symbols(line: &str) -> Vec<String> {
        with_symbols(&split(line).unwrap().tokens).unwrap()
    }

    #[test]
    fn quotes_escapes_and_comments_are_a_shells() {
        let split = |line| words(line).unwrap();
        assert_eq!(
            split(r#"a "b c" 'd  e' f\ g # h"#),
            ["a", "b c", "d  e", "f g"]
        );
        assert_eq!(split("put x#y ''"), ["put", "x#y", ""]);
        assert_eq!(split(r#"a"b"'c' "\$ \n \\""#), ["abc", r"$ \n \"]);
        assert!(split("  # nothing").is_empty());
        assert_eq!(split("get 'a|b' \"c;d\""), ["get", "a|b", "c;d"]);
        assert_eq!(split("put k 'two\nlines'"), ["put", "k", "two\nlines"]);
    }

    #[test]
    fn what_is_not_one_command_is_named() {
        assert_eq!(words("get \"a"), Err(ShellError::Unclosed('"')));
        assert_eq!(words("get 'a"), Err(ShellError::Unclosed('\'')));
        assert_eq!(words("get a\\"), Err(ShellError::Escape));
        assert_eq!(words("get a | wc"), Err(ShellError::Operator('|', 7)));
        assert_eq!(words("a && b"), Err(ShellError::Operator('&', 3)));
        assert_eq!(words("get a\nget b"), Err(ShellError::ManyLines));
        assert_eq!(words("get <<"), Err(ShellError::NoDelimiter(5)));
        assert_eq!(words("get <<A <<B"), Err(ShellError::SecondDocument(9)));
        assert_eq!(words("get <<<a"), Err(ShellError::NoDelimiter(5)));
    }

    #[test]
    fn an_ampersand_at_the_end_makes_a_job() {
        let typed = split("sleep 3 & # later").unwrap();
        assert!(typed.background);
        assert_eq!(plain(&typed.tokens).unwrap(), ["sleep", "3"]);
        assert!(!split("get 'a&'").unwrap().background);
        // What is no command is no job either.
        assert_eq!(
            split("sleep 3 & get a &"),
            Err(ShellError::Operator('&', 9))
        );
        assert_eq!(split("a; b &"), Err(ShellError::Operator(';', 2)));
        assert_eq!(split(" &"), Err(ShellError::Operator('&', 2)));
    }

    #[test]
    fn a_here_document_is_the_following_lines() {
        let typed = split("put k <<'EOF'\none $x\n\n two\nEOF\n").unwrap();
        assert_eq!(typed.input.as_deref(), Some("one $x\n\n two\n"));
        assert_eq!(plain(&typed.tokens).unwrap(), ["put", "k"]);
        let stripped = split("put <<- E k\n\ta\n\tE").unwrap();
        assert_eq!(stripped.input.as_deref(), Some("a\n"));
        let unended = split("put k <<EOF\na");
        assert_eq!(unended, Err(ShellError::Unended("EOF".to_owned())));
        assert!(wanted_document("put k <<EOF").unwrap().is("EOF"));
        assert!(wanted_document("put k '<<EOF'").is_none());
        // What is refused takes its text along all the same.
        assert_eq!(split("put k <<A <<B"), Err(ShellError::SecondDocument(11)));
        assert!(wanted_document("put k <<A <<B").unwrap().is("B"));
        assert!(wanted_document("put k <<A 'b").unwrap().is("A"));
    }

    #[test]
    fn symbols_are_words_of_their_own() {
        assert_eq!(
            symbols("partition n1 n2|n3"),
            ["partition", "n1", "n2", "|", "n3"]
        );
        assert_eq!(symbols("cut n1->n2"), ["cut", "n1", "->", "n2"]);
        assert_eq!(symbols("cut n1 -> n2"), ["cut", "n1", "->", "n2"]);
        assert_eq!(symbols("cut n1>n2"), ["cut", "n1", ">", "n2"]);
        assert_eq!(
            symbols("until commit>=9 on n2"),
            ["until", "commit", ">=", "9", "on", "n2"]
        );
        assert_eq!(symbols("until term < 3"), ["until", "term", "<", "3"]);
        assert_eq!(symbols("until x '>=9'"), ["until", "x", ">=9"]);
    }
}
