//! Standard input of a command, which may come line by line.

/// The most that is kept of what was typed and not read, in bytes.
const MAX_INPUT_BYTES: usize = 1 << 20;

/// Standard input.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// What is still to be read.
    rest: String,
    /// Where the next line begins.
    place: usize,
    /// Whether nothing follows.
    ended: bool,
}

impl Input {
    /// A text, behind which something may follow or not.
    pub(super) fn new(text: &str, ended: bool) -> Self {
        Self {
            rest: text.to_owned(),
            place: 0,
            ended,
        }
    }

    /// Adds a line; `None` says that no line follows. Lines beyond 1 MiB that nobody has read
    /// are the end of it.
    pub(super) fn push(&mut self, line: Option<&str>) {
        self.rest.drain(..self.place);
        self.place = 0;
        match line {
            Some(line) if !self.ended && self.rest.len() + line.len() < MAX_INPUT_BYTES => {
                self.rest.push_str(line);
                self.rest.push('\n');
            }
            _ => self.ended = true,
        }
    }

    /// The next line, without its end, or `None` at the end of all; nothing if it is not
    /// there yet. A last line without an end counts as none (Go's `ReadString` fails there).
    pub(super) fn next(&mut self) -> Option<Option<String>> {
        let rest = &self.rest[self.place..];
        let Some(end) = rest.find('\n') else {
            return self.ended.then_some(None);
        };
        let line = rest[..end].to_owned();
        self.place += end + 1;
        Some(Some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::Input;

    #[test]
    fn lines_come_as_they_are_typed() {
        let mut input = Input::new("a\n\n", false);
        assert_eq!(input.next(), Some(Some("a".to_owned())));
        assert_eq!(input.next(), Some(Some(String::new())));
        assert_eq!(input.next(), None);
        input.push(Some("b"));
        input.push(None);
        assert_eq!(input.next(), Some(Some("b".to_owned())));
        assert_eq!(input.next(), Some(None));
        assert_eq!(Input::new("without an end", true).next(), Some(None));
    }
}
