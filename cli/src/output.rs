//! Standard output that a reader may close.

use std::fmt;
use std::io::{self, BufWriter, Stdout, Write as _};

use crate::failure::Failure;

/// Standard output, where the core writes text to. The first error is kept; nothing is
/// written after it.
pub(crate) struct Output {
    stdout: BufWriter<Stdout>,
    error: Option<io::Error>,
}

impl Output {
    pub(crate) fn new() -> Self {
        Self {
            stdout: BufWriter::new(io::stdout()),
            error: None,
        }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// Not all could be written. That nobody reads any more is no error.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        let flushed = self.stdout.flush();
        match self.error.take().map_or(flushed, Err) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::input(format!("standard output: {error}")))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.error.is_none() {
            self.error = self.stdout.write_all(text.as_bytes()).err();
        }
        match self.error {
            None => Ok(()),
            Some(_) => Err(fmt::Error),
        }
    }
}
