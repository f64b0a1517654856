//! The events for other tools.

use glassraft_core::share::export;
use glassraft_core::trace::Run;
use glassraft_core::world::EventId;

/// A form that other tools read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    /// One line an event.
    Text,
    /// One JSON object an event.
    JsonLines,
    /// A log for ShiViz.
    ShiViz,
    /// Trace events for Perfetto.
    Perfetto,
}

impl Export {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Text, Self::JsonLines, Self::ShiViz, Self::Perfetto];

    /// What its file is called.
    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Self::Text => "glassraft-trace.txt",
            Self::JsonLines => "glassraft-trace.jsonl",
            Self::ShiViz => "glassraft-shiviz.log",
            Self::Perfetto => "glassraft-perfetto.json",
        }
    }

    /// What kind of file it is.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Text | Self::ShiViz => "text/plain",
            Self::JsonLines => "application/jsonl",
            Self::Perfetto => "application/json",
        }
    }

    /// The name for tests.
    pub(crate) fn test_id(self) -> &'static str {
        match self {
            Self::Text => "export-text",
            Self::JsonLines => "export-jsonl",
            Self::ShiViz => "export-shiviz",
            Self::Perfetto => "export-perfetto",
        }
    }

    /// The events that are kept of a run, in this form.
    pub(super) fn of(self, run: &Run) -> String {
        let mut text = String::new();
        let events = run.record().since(EventId(0));
        // A string takes everything.
        let _infallible = match self {
            Self::Text => export::text(&mut text, events),
            Self::JsonLines => export::json_lines(&mut text, events),
            Self::ShiViz => export::shiviz(&mut text, events),
            Self::Perfetto => export::perfetto(&mut text, events),
        };
        text
    }
}
