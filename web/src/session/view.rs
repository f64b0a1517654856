//! What the page shows of a session: immutable, and cheap to hand around.

use std::collections::VecDeque;
use std::rc::Rc;

use glassraft_core::check::Promise;
use glassraft_core::console::{Entry, EntryId};
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::trace::{Branch, BranchError, BranchId, Frame, Root, RunError, StepKind};
use glassraft_core::world::{ActionError, EventId, Setup, SetupError};

use crate::keep::{KeepError, SavedAt};
use crate::words::Voice;

use super::ask::{Findings, Waiting};
use super::inspect::EventRow;
use super::past::Past;
use super::teller::Told;
use super::{LinkError, ReadError, Speed, Start, StartError};

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system has it.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// In the order in which a person goes through them.
    pub(crate) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The name in the document and in the browser's storage.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What the person wants to be told, apart from what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The address holds no run, so a new one began.
    Link(LinkError),
    /// The address was changed to one that holds no run, so this one goes on.
    LinkPassedOver(LinkError),
    /// What was typed as a seed is none.
    Seed(StartError),
    /// A file holds no run.
    File(ReadError),
    /// A file cannot be read as text.
    Unreadable,
    /// What was asked for cannot be done now.
    Refused(Refusal),
    /// The last session, saved at this time of the browser's clock, goes on.
    Restored(SavedAt),
    /// The last session does not come back.
    NotRestored(KeepError),
    /// The session cannot be written down.
    NotKept(KeepError),
}

/// Why the core refuses something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A run cannot begin like that.
    Setup(SetupError),
    /// The action makes no sense now.
    Action(ActionError),
    /// It cannot be done with branches.
    Branch(BranchError),
    /// A moment of the run cannot be reached.
    Run(RunError),
    /// A line is not what it should be; this is what is wrong with it.
    Line(String),
    /// A session that was kept does not come back.
    Kept(BranchError),
}

impl From<SetupError> for Refusal {
    fn from(error: SetupError) -> Self {
        Self::Setup(error)
    }
}

impl From<BranchError> for Refusal {
    fn from(error: BranchError) -> Self {
        Self::Branch(error)
    }
}

impl From<ActionError> for Refusal {
    fn from(error: ActionError) -> Self {
        Self::Action(error)
    }
}

/// A client's answer, shown for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The node that was asked.
    pub(crate) node: NodeId,
    /// When the answer came.
    pub(crate) at: Micros,
    /// Whether it was one, and not an error.
    pub(crate) ok: bool,
}

/// Why an event happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// From the event back to what it began with.
    pub(crate) chain: Vec<EventRow>,
    /// Where the chain ends.
    pub(crate) root: Root,
}

/// A promise that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    /// The event that broke it first.
    pub(crate) at: EventId,
    /// What shows it.
    pub(crate) evidence: String,
}

/// The part that need not follow every animation frame: a person could not read it, and
/// it would cost more than all that moves. It is renewed some times a second, and at once
/// whenever the person does something.
#[derive(Clone)]
pub(crate) struct Calm {
    /// The picture.
    pub(crate) frame: Frame,
    /// The time that it is shown for.
    pub(crate) now: Micros,
    /// The sentence above the stage.
    pub(crate) told: Option<Rc<Told>>,
    /// The sentence for those who listen.
    pub(crate) spoken: Option<Rc<Told>>,
    /// What each node was lately.
    pub(crate) past: Rc<Past>,
    /// How many of the oldest events are no longer in the record.
    pub(crate) dropped: u64,
    /// How many actions were recorded.
    pub(crate) actions: usize,
    /// Each promise, and what broke it, if something has.
    pub(crate) verdicts: Vec<(Promise, Option<Breach>)>,
    /// Whether some events were gone before they could be checked.
    pub(crate) unchecked: bool,
    /// All branches of the run.
    pub(crate) branches: Rc<Vec<Branch>>,
    /// The one that is shown.
    pub(crate) branch: BranchId,
    /// How many events it has, shown or not.
    pub(crate) recorded: u64,
    /// What time passes for, or would.
    pub(crate) waiting: Waiting,
    /// What was found out about branches.
    pub(crate) findings: Rc<Findings>,
}

/// Everything that the page shows.
#[derive(Clone)]
pub(crate) struct View {
    /// What the run began with.
    pub(crate) start: Start,
    /// All of it.
    pub(crate) setup: Rc<Setup>,
    /// How many runs were begun before on this page.
    pub(crate) runs: u64,
    /// Whether time passes.
    pub(crate) playing: bool,
    /// How fast.
    pub(crate) speed: Speed,
    /// What a step goes to.
    pub(crate) step_kind: StepKind,
    /// Whether the newest moment of the run is shown.
    pub(crate) live: bool,
    /// Where the ribbon's window begins.
    pub(crate) window: Micros,
    /// When the newest moment of the run is.
    pub(crate) end: Micros,
    /// Whether something goes on that takes longer than an animation frame.
    pub(crate) busy: bool,
    /// The time that is shown.
    pub(crate) now: Micros,
    /// The picture at that time.
    pub(crate) frame: Frame,
    /// The clients' answers of the last moments.
    pub(crate) answers: Rc<VecDeque<Answer>>,
    /// What follows more slowly.
    pub(crate) calm: Rc<Calm>,
    /// The console's entries.
    pub(crate) entries: Rc<Vec<Rc<Entry>>>,
    /// The one whose command waits for a line to be typed.
    pub(crate) reader: Option<EntryId>,
    /// The files that commands wrote or may read, with their sizes in bytes.
    pub(crate) files: Rc<Vec<(String, usize)>>,
    /// What the person is to be told.
    pub(crate) notice: Option<Rc<Notice>>,
    /// The voice of the sentences.
    pub(crate) voice: Voice,
    /// Light or dark.
    pub(crate) theme: Theme,
    /// Whether movements are cut down to steps.
    pub(crate) less_motion: bool,
}
