//! What commands print.

/// Where a line of output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
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
