//! Makes a session that is answered in two ways smaller.

use anyhow::Result;

use super::bench::{Found, try_out};
use super::line::Line;

/// The most attempts for one session. Each begins a server.
const MAX_ATTEMPTS: u32 = 200;

/// The smallest session that can be made of one by leaving things out, and what differs in it.
pub(crate) fn smallest(session: Vec<Line>, found: Found) -> Result<(Vec<Line>, Found)> {
    let mut search = Search {
        session,
        found,
        attempts: 0,
    };
    search.session.truncate(search.found.place + 1);
    search.leave_out_lines()?;
    search.leave_out_words()?;
    Ok((search.session, search.found))
}

struct Search {
    session: Vec<Line>,
    found: Found,
    attempts: u32,
}

impl Search {
    /// Takes a smaller session if it is answered in two ways, too.
    fn try_smaller(&mut self, smaller: Vec<Line>) -> Result<bool> {
        self.attempts += 1;
        if self.attempts > MAX_ATTEMPTS {
            return Ok(false);
        }
        let Some(found) = try_out(&smaller)? else {
            return Ok(false);
        };
        self.session = smaller;
        self.session.truncate(found.place + 1);
        self.found = found;
        Ok(true)
    }

    /// Leaves out lines: half of them at first, single ones in the end.
    fn leave_out_lines(&mut self) -> Result<()> {
        let mut size = self.session.len() / 2;
        while size > 0 {
            let mut start = 0;
            while start + size < self.session.len() {
                let mut smaller = self.session.clone();
                smaller.drain(start..start + size);
                if !self.try_smaller(smaller)? {
                    start += size;
                }
            }
            size /= 2;
        }
        Ok(())
    }

    /// Leaves out single words, and lines of here-documents.
    fn leave_out_words(&mut self) -> Result<()> {
        let mut place = 0;
        while place < self.session.len() {
            let mut part = 0;
            loop {
                let mut smaller = self.session.clone();
                let Some(line) = smaller.get_mut(place) else {
                    break;
                };
                let words = line.words.len();
                match &mut line.document {
                    _ if part < words => _ = line.words.remove(part),
                    Some(document) if part - words < document.len() => {
                        document.remove(part - words);
                    }
                    _ => break,
                }
                if !self.try_smaller(smaller)? {
                    part += 1;
                }
            }
            place += 1;
        }
        Ok(())
    }
}
