//! What happened in a run, for other tools.
//!
//! Each export takes events in their order, as [`crate::trace::Record::since`] gives them,
//! and writes as it goes. What it keeps in memory is bounded by the record; a run that is
//! longer than its record is exported from the oldest event that is kept.
//!
//! - [`text()`]: one line an event, see [`crate::trace::text`];
//! - [`json_lines()`]: one JSON object an event;
//! - [`shiviz()`]: a log with vector clocks for <https://bestchai.bitbucket.io/shiviz/>;
//! - [`perfetto()`]: Chrome's trace-event JSON, for <https://ui.perfetto.dev>;
//! - [`Summary`]: who led, what was committed, how requests ended.

mod json_lines;
mod perfetto;
mod shiviz;
mod summary;
mod text;

pub use json_lines::json_lines;
pub use perfetto::perfetto;
pub use shiviz::{SHIVIZ_PARSER, shiviz};
pub use summary::{Led, Messages, Requests, Summary, Verdict};
pub use text::text;
