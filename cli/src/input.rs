//! Reading lines, files and links.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use glassraft_core::console::MAX_LINE_BYTES;
use glassraft_core::share::{self, scenario};
use glassraft_core::trace::Recording;

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

/// The text of a file, or of standard input for `-`, with its name for messages. Of one that
/// is too long, so much that it is still refused.
///
/// # Errors
/// It cannot be read, or is no text.
pub(crate) fn file(path: &OsStr) -> Result<(String, String), Failure> {
    let path = Path::new(path);
    let Input { reader, name } = Input::open(Some(path.to_path_buf()))?;
    let mut bytes = Vec::new();
    let limit = scenario::MAX_FILE_BYTES as u64 + 1;
    let read = reader.take(limit).read_to_end(&mut bytes);
    read.map_err(|error| Failure::input(format!("{name}: {error}")))?;
    if bytes.len() as u64 == limit {
        let most = scenario::MAX_FILE_BYTES;
        return Err(Failure::input(format!(
            "{name}: it has more than {most} bytes"
        )));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Failure::input(format!("{name}: it is not UTF-8 (at byte {place})"))
    })?;
    Ok((name, text))
}

/// The text of a file, or a link as it stands, with its name for messages. What names no file
/// and looks like a link is one.
///
/// # Errors
/// There is no such file, it cannot be read, or is no text.
pub(crate) fn file_or_link(what: &OsStr) -> Result<(String, String), Failure> {
    let is_file = Path::new(what).exists();
    match what.to_str() {
        Some(link) if !is_file && link.contains(['=', '#']) => {
            Ok(("LINK".to_owned(), link.to_owned()))
        }
        _ => file(what),
    }
}

/// What a text records.
///
/// # Errors
/// It is no scenario, no session and no link, or a wrong one.
pub(crate) fn recording(name: &str, text: &str) -> Result<Recording, Failure> {
    share::read(text).map_err(|error| Failure::input(format!("{name}: {error}")))
}
