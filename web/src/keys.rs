//! The keys that work wherever nothing is typed.

use glassraft_core::member::NodeId;
use glassraft_core::trace::StepKind;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::app::Dialog;
use crate::browser;
use crate::session::{Command, Store, Theme, Waiting};

/// Where the keyboard belongs to something else.
const TYPING: &str = "input, select, textarea, dialog, [contenteditable]";

/// What scrolls by keys when it has the focus.
const SCROLLING: &str = ".scroller, .output";

/// What a key does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    /// A command to the session.
    Do(Command),
    /// Go to the console.
    Console,
    /// Press the button with this name.
    Press(&'static str),
    /// Show a dialog.
    Open(Dialog),
}

/// What a key means on this page; `None` leaves it to the browser.
pub(crate) fn meaning(event: &KeyboardEvent, store: &Store) -> Option<Meaning> {
    let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key();
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let is_in = |selector: &str| {
        let target = target.as_ref();
        target.is_some_and(|target| target.closest(selector).ok().flatten().is_some())
    };
    if has_modifier || event.default_prevented() || is_in(TYPING) {
        return None;
    }
    let key = event.key();
    if key == " " && is_in("button") && browser::shows_focus(event) {
        return None;
    }
    if is_in(SCROLLING) && (key.starts_with("Page") || key.starts_with("Arrow")) {
        return None;
    }
    let meaning = of_key(&key, store)?;
    // A key held down goes on stepping, and does nothing else again and again.
    let may_repeat = matches!(
        meaning,
        Meaning::Do(Command::Step | Command::StepBack | Command::SetSpeed(_))
    );
    if event.repeat() && !may_repeat {
        event.prevent_default();
        return None;
    }
    Some(meaning)
}

fn of_key(key: &str, store: &Store) -> Option<Meaning> {
    let view = store.view();
    let command = match key {
        " " | "PageUp" | "." => Command::TogglePlay,
        "ArrowRight" | "PageDown" => Command::Step,
        "ArrowLeft" => Command::StepBack,
        "Home" => Command::GoTo(0),
        "End" => Command::ToLive,
        "s" | "S" => Command::SetStepKind(next_kind(view.step_kind)),
        "l" | "L" => Command::KillLeader,
        "r" | "R" => Command::RestartAll,
        "+" | "=" => Command::SetSpeed(view.speed.shifted(1)),
        "-" | "−" | "_" => Command::SetSpeed(view.speed.shifted(-1)),
        "t" | "T" => Command::SetTheme(next(view.theme)),
        "/" | "`" => return Some(Meaning::Console),
        "u" | "U" => return Some(Meaning::Press("until")),
        "g" | "G" => return Some(Meaning::Press("go-to")),
        "b" | "B" => return Some(Meaning::Press("branches")),
        "w" | "W" => return Some(Meaning::Press("why")),
        "e" | "E" => return Some(Meaning::Press("tab-events")),
        "Escape" if view.busy || view.calm.waiting != Waiting::Nothing => Command::Cancel,
        "?" => return Some(Meaning::Open(Dialog::Help)),
        "o" | "O" => return Some(Meaning::Open(Dialog::Sessions)),
        digit => {
            let number = digit
                .parse()
                .ok()
                .filter(|number| usize::from(*number) <= view.frame.nodes.len());
            Command::Toggle(NodeId::new(number?)?)
        }
    };
    Some(Meaning::Do(command))
}

/// What a step goes to after this.
fn next_kind(kind: StepKind) -> StepKind {
    match kind {
        StepKind::Event => StepKind::Message,
        StepKind::Message => StepKind::Role,
        StepKind::Role => StepKind::Commit,
        StepKind::Commit => StepKind::Request,
        StepKind::Request => StepKind::Event,
    }
}

/// The theme after this one, so that the first press is seen: from the system's own to the
/// other.
fn next(theme: Theme) -> Theme {
    match theme {
        Theme::Auto if browser::prefers_dark() => Theme::Light,
        Theme::Auto | Theme::Light => Theme::Dark,
        Theme::Dark => Theme::Light,
    }
}
