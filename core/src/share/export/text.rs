//! The trace as text.

use std::fmt::{self, Write};

use crate::trace::text::line;
use crate::world::{Event, EventId};

/// Writes one line an event; [`crate::trace::text`] describes the columns.
///
/// # Errors
/// Those of `out`.
pub fn text<'a>(
    out: &mut impl Write,
    events: impl IntoIterator<Item = (EventId, &'a Event)>,
) -> fmt::Result {
    for (id, event) in events {
        writeln!(out, "{}", line(id, event))?;
    }
    Ok(())
}

/// What happened in an event, in words of the text trace.
pub(super) fn what(id: EventId, event: &Event) -> String {
    let line = line(id, event);
    // Number, time, cause and node stand before it.
    line.splitn(5, ' ').nth(4).unwrap_or_default().to_owned()
}
