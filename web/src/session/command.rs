//! What a person can ask of the session.

use std::rc::Rc;

use glassraft_core::console::EntryId;
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::trace::{BranchId, StepKind};
use glassraft_core::world::{Action, Setup};

use crate::keep::Kept;
use crate::words::Voice;

use super::{Ask, Notice, Speed, Start, Theme};

/// Anything that a person can do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Let time pass, or stop it.
    TogglePlay,
    /// Stop time and go on to the next event of the chosen kind.
    Step,
    /// Stop time and go back to the last event of the chosen kind.
    StepBack,
    /// What a step goes to.
    SetStepKind(StepKind),
    /// Stop time and show this moment.
    Seek(Micros),
    /// Stop time and show the moment after so many events.
    GoTo(u64),
    /// Show the newest moment.
    ToLive,
    /// Show another branch.
    Switch(BranchId),
    /// Call off what goes on.
    Cancel,
    /// What has a file of its own.
    Ask(Ask),
    /// Pass at this speed.
    SetSpeed(Speed),
    /// Begin the same run anew.
    Again,
    /// Begin another run.
    Begin(Start),
    /// Begin another run with this setup.
    BeginWith(Rc<Setup>),
    /// Begin the run that this text holds: a link or a file.
    Open(Rc<String>),
    /// Go on with a session that was kept, under this name for itself if it has one yet.
    Resume(Rc<Kept>),
    /// Begin a run with nothing of what was done before.
    Afresh,
    /// Begin the run of the address.
    Follow,
    /// Crash or restart a node.
    Toggle(NodeId),
    /// Crash the leader.
    KillLeader,
    /// Restart all nodes that are down.
    RestartAll,
    /// Take these actions, at once.
    Act(Vec<Action>),
    /// Run a line at a node's prompt.
    Submit(NodeId, String),
    /// Type a line for a command that reads; none says that no line follows.
    Type(EntryId, Option<String>),
    /// Have a command end, as Ctrl-C does.
    Stop(EntryId),
    /// Put a file where commands can read it.
    PutFile(String, Rc<Vec<u8>>),
    /// Tell the person something.
    Tell(Notice),
    /// The notice was read.
    Dismiss,
    /// Speak in this voice.
    SetVoice(Voice),
    /// Show these colours.
    SetTheme(Theme),
}
