//! A line for a shell, in pieces that can be left out.

use std::fmt;

/// A command with its here-document.
///
/// `{lease N}` stands for the lease that was granted as the N-th, and `{member}` for the only
/// member: they are called something else at each server.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    /// The words behind `etcdctl`, as they are typed: with quotes.
    pub(crate) words: Vec<String>,
    /// The lines of its here-document; `None` for no standard input at all.
    pub(crate) document: Option<Vec<String>>,
    /// Whether it would go on for ever, and is ended after a second.
    pub(crate) endless: bool,
}

impl Line {
    /// A line of these words, split at blanks.
    pub(crate) fn of(words: &str) -> Self {
        Self {
            words: words.split(' ').map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    /// Adds a word.
    pub(crate) fn word(&mut self, word: impl Into<String>) {
        self.words.push(word.into());
    }

    /// Whether it is this command of etcdctl, whatever stands between its words.
    pub(crate) fn is(&self, command: &str) -> bool {
        let mut words = self.words.iter();
        command
            .split(' ')
            .all(|wanted| words.any(|word| word == wanted))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.endless {
            f.write_str("timeout 1 ")?;
        }
        f.write_str("etcdctl")?;
        for word in &self.words {
            write!(f, " {word}")?;
        }
        if let Some(document) = &self.document {
            f.write_str(" <<'EOF'")?;
            for line in document {
                write!(f, "\n{line}")?;
            }
            f.write_str("\nEOF")?;
        }
        Ok(())
    }
}
