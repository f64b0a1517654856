//! Reading lines from a file or from standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use glassraft_core::console::MAX_LINE_BYTES;

use crate::failure::Failure;

/// Where lines come from.
pub(crate) struct Input {
    reader: Box<dyn BufRead>,
    /// The name for messages.
    name: String,
}

impl Input {
    /// Lines of a file; of standard input for `-` or for no file.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub(crate) fn open(path: Option<PathBuf>) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| path.as_path() != Path::new("-")) else {
            return Ok(Self {
                reader: Box::new(io::stdin().lock()),
                name: "standard input".to_owned(),
            });
        };
        let name = path.display().to_string();
        let file = File::open(&path).map_err(|error| Failure::input(format!("{name}: {error}")))?;
        Ok(Self {
            reader: Box::new(BufReader::new(file)),
            name,
        })
    }

    /// The next line without its end; `None` after the last. Of a line that is far too long,
    /// so much that it is still refused. What is not UTF-8 is an error of the line alone.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn next(&mut self) -> Result<Option<Result<String, String>>, Failure> {
        let fail = |error: io::Error| Failure::input(format!("{}: {error}", self.name));
        let mut line = Vec::new();
        let limit = MAX_LINE_BYTES as u64 + 2;
        let read = (&mut self.reader)
            .take(limit)
            .read_until(b'\n', &mut line)
            .map_err(fail)?;
        if read == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        } else if read as u64 == limit {
            self.reader.skip_until(b'\n').map_err(fail)?;
            // Cut inside a character, it would be refused for the wrong reason.
            while line.len() > MAX_LINE_BYTES && std::str::from_utf8(&line).is_err() {
                line.pop();
            }
        }
        let line = String::from_utf8(line);
        Ok(Some(line.map_err(|error| {
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        })))
    }
}
