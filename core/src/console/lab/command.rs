//! What a line of the lab comes to.

use crate::member::{Micros, NodeId};
use crate::world::Action;

use super::super::condition::Condition;
use super::super::output::Finished;
use super::super::words::Refusal;

/// How long `until` and `step` wait if nothing else is said, in µs.
pub(super) const PATIENCE_US: Micros = 60_000_000;

/// What a command of the lab does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Command {
    /// These actions, in this order; each is tried. Then this is told.
    Act {
        /// The actions.
        actions: Vec<Action>,
        /// What is printed when all of them were possible.
        told: String,
    },
    /// It prints this.
    Print(String),
    /// It asks for an empty console.
    Clear,
    /// It lets so many µs pass.
    Pass(Micros),
    /// It lets time pass until something has happened so often.
    Step {
        /// How often.
        count: u32,
        /// What.
        kind: StepKind,
        /// How long at most, in µs.
        within_us: Micros,
    },
    /// It lets time pass until a condition holds.
    Until {
        /// The condition.
        condition: Condition,
        /// How long at most, in µs.
        within_us: Micros,
    },
    /// It fails unless a condition holds now.
    Expect(Condition),
    /// It makes a new cluster of these nodes, which are down, from a snapshot in a file of the
    /// console.
    Restore {
        /// The name of the file.
        file: String,
        /// The nodes.
        nodes: Vec<NodeId>,
    },
    /// It asks a member who belongs to the cluster, or to change it.
    Members {
        /// What is asked.
        ask: MemberAsk,
        /// Who is asked; `None` for the node that the console is at.
        on: Option<NodeId>,
    },
}

/// What a member is asked about the membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum MemberAsk {
    /// To add the node.
    Add {
        /// The node.
        node: NodeId,
        /// Whether it is to have no vote.
        is_learner: bool,
    },
    /// To remove the node.
    Remove(NodeId),
    /// To give the node a vote.
    Promote(NodeId),
    /// To note other peer addresses of the node. (No message goes another way for it: here
    /// a machine is found by its number.)
    Update {
        /// The node.
        node: NodeId,
        /// Where it says that the others reach it.
        peer_urls: Vec<String>,
    },
    /// Who they are.
    List,
}

impl Command {
    /// Actions that say nothing.
    pub(super) fn act(actions: Vec<Action>) -> Self {
        Self::Act {
            actions,
            told: String::new(),
        }
    }
}

/// What `step` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum StepKind {
    /// Every event.
    Event,
    /// A message arrives, or is lost.
    Message,
    /// A node's role changes; it starts, crashes or stops.
    Role,
    /// The highest commit index rises.
    Commit,
    /// A client's request begins or ends.
    Request,
}

/// The words for what `step` counts.
pub(super) const STEP_KINDS: [(&str, StepKind); 5] = [
    ("event", StepKind::Event),
    ("message", StepKind::Message),
    ("role", StepKind::Role),
    ("commit", StepKind::Commit),
    ("request", StepKind::Request),
];

impl StepKind {
    /// Its word.
    pub(in super::super) fn name(self) -> &'static str {
        let known = STEP_KINDS.iter().find(|(_, kind)| *kind == self);
        known.map_or("", |(name, _)| name)
    }
}

/// A command, or why there is none.
pub(super) type Understood = Result<Command, Refusal>;

/// What a refused line prints, with the place where help is.
pub(in super::super) fn refused(name: &str, mut refusal: Refusal) -> Finished {
    if refusal.exit == 2 {
        refusal
            .message
            .push_str(&format!("\n`help {name}' says how it is used."));
    }
    refusal.finished(name)
}
