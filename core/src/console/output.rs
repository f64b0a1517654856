//! What commands print.

/// The longest line that is taken, with its here-document, in bytes.
pub const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

/// The most of a typed line that is kept to be shown, in characters.
pub(super) const MAX_SHOWN_CHARS: usize = 1_000;

/// A typed line, numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u64);

/// Where a line of output goes, or comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
    /// Standard input: what was typed for the command, as a terminal shows it again.
    Typed,
}

/// A line of output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it goes.
    pub stream: Stream,
    /// Its text, without its end.
    pub text: String,
}

/// What a command printed, and its exit status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Finished {
    pub(super) lines: Vec<Line>,
    pub(super) exit: i32,
}

impl Finished {
    /// Output without an error.
    pub(super) fn output(text: &str) -> Self {
        let mut finished = Self::default();
        finished.print(Stream::Out, text);
        finished
    }

    /// An error with its exit status.
    pub(super) fn error(text: impl AsRef<str>, exit: i32) -> Self {
        let mut finished = Self {
            exit,
            ..Self::default()
        };
        finished.print(Stream::Err, text.as_ref());
        finished
    }

    /// Prints the lines of a text.
    pub(super) fn print(&mut self, stream: Stream, text: &str) {
        self.lines.extend(text.lines().map(|text| Line {
            stream,
            text: text.to_owned(),
        }));
    }
}

/// A typed text, cut with its size behind it if it is long.
pub(super) fn shown(text: &str) -> String {
    cut(text, MAX_SHOWN_CHARS)
}

/// The beginning of a text, with its whole size behind it if that is not all.
pub(super) fn cut(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}
