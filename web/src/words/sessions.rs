//! The words of the sessions that are kept.

use crate::keep::{Card, KeepError, SavedAt, Told};

/// See the fields.
pub(crate) struct Sessions {
    /// What opens the dialog.
    pub(crate) button: &'static str,
    pub(crate) button_hint: &'static str,
    pub(crate) title: &'static str,
    pub(crate) name: &'static str,
    pub(crate) name_example: &'static str,
    pub(crate) name_hint: &'static str,
    pub(crate) save: &'static str,
    pub(crate) save_hint: &'static str,
    pub(crate) import: &'static str,
    pub(crate) import_hint: &'static str,
    pub(crate) named: &'static str,
    pub(crate) unnamed: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) open: &'static str,
    pub(crate) rename: &'static str,
    pub(crate) new_name: &'static str,
    pub(crate) export: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) undo: &'static str,
    pub(crate) replace: &'static str,
    /// Begins a run with nothing of what came back.
    pub(crate) afresh: &'static str,
    /// What is done, and to which session.
    pub(crate) of: fn(&str, &str) -> String,
    /// When something was saved.
    pub(crate) when: fn(SavedAt) -> String,
    pub(crate) facts: fn(&Card) -> String,
    pub(crate) told: fn(&Told) -> String,
    pub(crate) error: fn(&KeepError) -> String,
    /// How many cannot be shown.
    pub(crate) damaged: fn(usize) -> String,
    /// The limits.
    pub(crate) note: fn() -> String,
}
