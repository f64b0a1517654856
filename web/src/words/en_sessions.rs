//! English: the sessions that are kept.

use crate::browser;
use crate::keep::{Card, KeepError, MAX_BYTES, MAX_NAMED, MAX_UNNAMED, SavedAt, Told};

use super::en_errors::{read_error, session_error};
use super::numbers::grouped;
use super::sessions::Sessions;

/// The language of dates.
const LANGUAGE: &str = "en-GB";

pub(super) const ENGLISH: Sessions = Sessions {
    button: "Sessions",
    button_hint: "Save this session under a name, or open one that was saved (O)",
    title: "Sessions",
    name: "Save this session as",
    name_example: "Lecture 4: elections",
    name_hint: "A name for this session, with all its branches and the moment that is shown",
    save: "Save",
    save_hint: "Save this session under the name, in this browser",
    import: "Import …",
    import_hint: "Take a session, a scenario or a link from a file into this list",
    named: "Saved",
    unnamed: "Left without a name",
    empty: "Nothing is saved yet.",
    open: "Open",
    rename: "Rename",
    new_name: "New name; Enter takes it, Esc does not",
    export: "Export",
    delete: "Delete",
    undo: "Undo",
    replace: "Replace it",
    afresh: "Start afresh",
    of: |deed, name| format!("{deed}: {name}"),
    when,
    facts,
    told: |told| match told {
        Told::Saved(name) => format!("Saved as “{name}”."),
        Told::Imported(name) => format!("Imported as “{name}”. Open it to see it."),
        Told::Exists(card) => format!("There is a session called “{}” already.", title(card)),
        Told::Deleted(card, _) => format!("Deleted “{}”.", title(card)),
        Told::Problem(problem) => error(problem),
    },
    error,
    damaged: |count| match count {
        1 => "One more session is damaged and cannot be shown. It stays where it is.".to_owned(),
        _ => format!(
            "{count} more sessions are damaged and cannot be shown. They stay where they are."
        ),
    },
    note: || {
        let mebibytes = MAX_BYTES / (1024 * 1024);
        format!(
            "They stay in this browser: at most {MAX_NAMED} with a name, each of at most {mebibytes} MiB as a file. \
             The run that goes on is kept by itself at most a second behind, and comes back after a reload or a crash; \
             so are the last {MAX_UNNAMED} runs in which something was done."
        )
    },
};

/// When something was saved.
pub(super) fn when(saved_at: SavedAt) -> String {
    browser::date_text(LANGUAGE, saved_at.epoch_ms())
}

fn title(card: &Card) -> String {
    card.name.clone().unwrap_or_else(|| when(card.saved_at))
}

fn facts(card: &Card) -> String {
    let Card {
        nodes,
        events,
        branches,
        actions,
        ..
    } = card;
    let events = match events {
        0 => "not played yet".to_owned(),
        events => format!("{} events", grouped(*events)),
    };
    let actions = match actions {
        1 => "1 action".to_owned(),
        actions => format!("{} actions", grouped(*actions)),
    };
    let branches = match branches {
        1 => "1 branch".to_owned(),
        branches => format!("{branches} branches"),
    };
    format!("{nodes} nodes · {events} · {actions} · {branches}")
}

/// Why something is not kept, or does not come back.
pub(super) fn error(error: &KeepError) -> String {
    match error {
        KeepError::Unavailable => {
            "This browser keeps no sessions for this page: the window is private, or storage is blocked. \
             All else works; a link or a file holds the run."
                .to_owned()
        }
        KeepError::Full => {
            "The browser did not store it: its storage for this page is full. Delete a session, or export this one to a file."
                .to_owned()
        }
        KeepError::TooLarge(bytes) => format!(
            "The session has {} bytes, and at most {} can be kept.",
            grouped(*bytes as u64),
            grouped(MAX_BYTES as u64)
        ),
        KeepError::TooMany => {
            format!("There are {MAX_NAMED} sessions with a name, and no more can be. Delete or export one.")
        }
        KeepError::Outgrown(error) => format!(
            "It has grown beyond what is kept: {}. What was kept before stays.",
            session_error(error)
        ),
        KeepError::NameTaken(name) => format!("Another session is called “{name}”."),
        KeepError::Gone => "This session is not there any more.".to_owned(),
        KeepError::Damaged(error) => format!(
            "This session is damaged and cannot be opened: {}. It stays as it is, and can be exported.",
            session_error(error)
        ),
        KeepError::NoText => {
            "This session is damaged and cannot be opened: it holds no text. It stays as it is.".to_owned()
        }
        KeepError::File(error) => format!("The file cannot be imported: {}.", read_error(error)),
        KeepError::Unreadable => "The file cannot be read as text.".to_owned(),
        KeepError::Browser(error) => {
            format!("The browser's database refused it. {error}").trim_end().to_owned()
        }
    }
}
