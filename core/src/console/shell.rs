//! Splitting a line into words, by the rules of a POSIX shell.

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
        }
    }
}

/// The words of a line; none for an empty line or a comment.
///
/// # Errors
/// The line is not one command.
pub(super) fn words(line: &str) -> Result<Vec<String>, ShellError> {
    check(line)?;
    // After the check only an escape at the end can be wrong.
    shlex::split(line).ok_or(ShellError::Escape)
}

/// Finds what `shlex` either does not explain or does not treat as a shell would.
fn check(line: &str) -> Result<(), ShellError> {
    let mut quote = None;
    let mut escaped = false;
    let mut word_begins = true;
    for (place, character) in line.chars().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        match (quote, character) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('"') | None, '\\') => escaped = true,
            (None, '#') if word_begins => return Ok(()),
            (None, '\'' | '"') => quote = Some(character),
            (None, '|' | '&' | ';' | '<' | '>' | '(' | ')' | '`') => {
                return Err(ShellError::Operator(character, place + 1));
            }
            _ => {}
        }
        word_begins = quote.is_none() && character.is_whitespace();
    }
    match quote {
        Some(quote) => Err(ShellError::Unclosed(quote)),
        None if escaped => Err(ShellError::Escape),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ShellError, words};

    #[test]
    fn quotes_escapes_and_comments_are_a_shells() {
        let split = |line| words(line).unwrap();
        assert_eq!(
            split(r#"a "b c" 'd  e' f\ g # h"#),
            ["a", "b c", "d  e", "f g"]
        );
        assert_eq!(split("put x#y ''"), ["put", "x#y", ""]);
        assert!(split("  # nothing").is_empty());
        assert_eq!(split("get 'a|b' \"c;d\""), ["get", "a|b", "c;d"]);
    }

    #[test]
    fn what_is_not_one_command_is_named() {
        assert_eq!(words("get \"a"), Err(ShellError::Unclosed('"')));
        assert_eq!(words("get 'a"), Err(ShellError::Unclosed('\'')));
        assert_eq!(words("get a\\"), Err(ShellError::Escape));
        assert_eq!(words("get a | wc"), Err(ShellError::Operator('|', 7)));
    }
}
