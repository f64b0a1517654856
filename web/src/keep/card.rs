//! What a list says of a session, and the session itself.

use std::rc::Rc;

use glassraft_core::member::Micros;
use glassraft_core::share;
use glassraft_core::trace::{Branch, BranchId};
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

use crate::session::{Speed, View};

/// When something was written, in ms of the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SavedAt(pub(crate) u64);

impl SavedAt {
    /// The present.
    pub(crate) fn now() -> Self {
        Self(whole(js_sys::Date::now()))
    }

    /// The same as a number of JavaScript.
    pub(crate) fn epoch_ms(self) -> f64 {
        float(self.0)
    }
}

/// A session in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Card {
    /// Under which it is kept.
    pub(crate) id: String,
    /// Its name; none of what is kept by itself.
    pub(crate) name: Option<String>,
    /// When it was written.
    pub(crate) saved_at: SavedAt,
    /// How many nodes it began with.
    pub(crate) nodes: u64,
    /// How many events its shown branch has.
    pub(crate) events: u64,
    /// How many branches it has.
    pub(crate) branches: u64,
    /// How many actions were taken in its shown branch.
    pub(crate) actions: u64,
    /// What stood in the address.
    pub(crate) fragment: String,
    /// Whether time passed.
    pub(crate) playing: bool,
    /// How fast.
    pub(crate) speed: String,
}

impl Card {
    /// What is to be said of a session; it has no identifier and no name yet.
    pub(crate) fn of(kept: &share::Session, view: &View, fragment: String) -> Self {
        Self {
            fragment,
            playing: view.playing,
            speed: view.speed.test_id().to_owned(),
            ..Self::of_file(kept)
        }
    }

    /// The same of one that nobody plays.
    pub(crate) fn of_file(kept: &share::Session) -> Self {
        let live = kept.branches.live();
        Self {
            saved_at: SavedAt::now(),
            nodes: u64::from(kept.branches.setup.nodes),
            events: live.map_or(0, |live| live.branch.head.events),
            branches: kept.branches.branches.len() as u64,
            actions: live.map_or(0, |live| live.actions.len() as u64),
            ..Self::default()
        }
    }

    /// Whether anything was done in it, so that a person would miss it.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        self.actions > 0 || self.branches > 1
    }

    /// How fast time passed, if this version knows that speed.
    pub(crate) fn speed(&self) -> Option<Speed> {
        let mut speeds = Speed::ALL.into_iter();
        speeds.find(|speed| speed.test_id() == self.speed)
    }

    /// As the database has it.
    pub(super) fn to_js(&self) -> JsValue {
        let object = Object::new();
        let name = self.name.as_deref().map(JsValue::from);
        let fields = [
            ("id", JsValue::from(&self.id)),
            ("name", name.unwrap_or(JsValue::NULL)),
            ("saved_at", number(self.saved_at.0)),
            ("nodes", number(self.nodes)),
            ("events", number(self.events)),
            ("branches", number(self.branches)),
            ("actions", number(self.actions)),
            ("fragment", JsValue::from(&self.fragment)),
            ("playing", JsValue::from(self.playing)),
            ("speed", JsValue::from(&self.speed)),
        ];
        for (name, value) in fields {
            // A new object takes every field.
            let _never_refused = Reflect::set(&object, &name.into(), &value);
        }
        object.into()
    }

    /// Out of the database; none if it is damaged.
    pub(super) fn from_js(value: &JsValue) -> Option<Self> {
        let field = |name: &str| Reflect::get(value, &name.into()).ok();
        let text = |name| field(name)?.as_string();
        let number = |name| field(name)?.as_f64().map(whole);
        let name = field("name")?;
        Some(Self {
            id: text("id")?,
            name: if name.is_null() {
                None
            } else {
                Some(name.as_string()?)
            },
            saved_at: SavedAt(number("saved_at")?),
            nodes: number("nodes")?,
            events: number("events")?,
            branches: number("branches")?,
            actions: number("actions")?,
            fragment: text("fragment")?,
            playing: field("playing")?.as_bool()?,
            speed: text("speed")?,
        })
    }
}

fn number(number: u64) -> JsValue {
    JsValue::from_f64(float(number))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of events and of milliseconds stay below 2^53"
)]
fn float(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest integer that there is"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

/// A kept session that is to go on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    /// It.
    pub(crate) session: share::Session,
    /// Under which it is kept from now on; none for a new identifier.
    pub(crate) id: Option<String>,
    /// Whether time passes.
    pub(crate) playing: bool,
    /// How fast; none for as fast as now.
    pub(crate) speed: Option<Speed>,
}

impl From<share::Session> for Kept {
    /// A session of a file goes on as a run of its own, playing unless it stands somewhere.
    fn from(session: share::Session) -> Self {
        let playing = session.shown.is_none();
        Self {
            session,
            id: None,
            playing,
            speed: None,
        }
    }
}

/// What tells whether a session has changed since it was written.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    /// Whether it is in the middle of something, so that it cannot be written.
    pub(super) busy: bool,
    /// Whether nothing is missing of what was to be brought back.
    pub(super) came_back: bool,
    runs: u64,
    branch: BranchId,
    branches: Rc<Vec<Branch>>,
    actions: usize,
    events: u64,
    now: Micros,
    end: Micros,
    playing: bool,
    speed: Speed,
}

impl Stamp {
    /// Of what is shown.
    pub(crate) fn of(view: &View, busy: bool, came_back: bool) -> Self {
        Self {
            busy,
            came_back,
            runs: view.runs,
            branch: view.calm.branch,
            branches: Rc::clone(&view.calm.branches),
            actions: view.calm.actions,
            events: view.frame.events,
            now: view.now,
            end: view.end,
            playing: view.playing,
            speed: view.speed,
        }
    }

    /// Whether what would be written is the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let facts = |stamp: &Self| {
            let place = (stamp.branch, stamp.actions, stamp.events);
            let time = (stamp.now, stamp.end, stamp.playing, stamp.speed);
            (stamp.runs, place, time)
        };
        let names = |stamp: &Self| -> Vec<(BranchId, String)> {
            let branches = stamp.branches.iter();
            branches
                .map(|branch| (branch.id, branch.name.clone()))
                .collect()
        };
        facts(self) == facts(other) && names(self) == names(other)
    }
}
