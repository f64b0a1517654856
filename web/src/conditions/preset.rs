//! The conditions that are offered. Each is written as a person would type it.

use glassraft_core::member::NodeId;

use crate::session::View;

/// A common condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    /// Somebody else leads.
    LeaderChanges,
    /// A commit index is reached.
    Commit,
    /// A term is passed.
    Term,
    /// A promise is broken.
    Broken,
    /// A request is answered.
    Answered,
    /// An event is reached.
    Event,
    /// A time is reached.
    Time,
}

impl Preset {
    /// In the order in which they are offered.
    pub(crate) const ALL: [Self; 7] = [
        Self::LeaderChanges,
        Self::Commit,
        Self::Term,
        Self::Broken,
        Self::Answered,
        Self::Event,
        Self::Time,
    ];

    /// Whether it can be said of one node.
    pub(super) fn has_node(self) -> bool {
        matches!(self, Self::Commit | Self::Term)
    }

    /// Whether it has a number.
    pub(super) fn has_number(self) -> bool {
        !matches!(self, Self::LeaderChanges | Self::Broken)
    }

    /// A number that is worth waiting for, at a moment.
    pub(super) fn default_number(self, view: &View) -> u64 {
        let frame = &view.calm.frame;
        match self {
            Self::LeaderChanges | Self::Broken => 0,
            Self::Commit => frame.commit() + 1,
            Self::Term => frame.nodes.iter().map(|node| node.term).max().unwrap_or(0),
            Self::Answered => frame.requests_begun.max(1),
            Self::Event => frame.events + 1_000,
            Self::Time => view.calm.now / 1_000_000 + 5,
        }
    }

    /// The condition as it is typed.
    pub(super) fn line(self, node: Option<NodeId>, number: &str) -> String {
        let on = node.map_or(String::new(), |node| format!(" on {node}"));
        match self {
            Self::LeaderChanges => "leader changes".to_owned(),
            Self::Commit => format!("commit >= {number}{on}"),
            Self::Term => format!("term > {number}{on}"),
            Self::Broken => "a promise is broken".to_owned(),
            Self::Answered => format!("request {number} answered"),
            Self::Event => format!("event >= {number}"),
            Self::Time => format!("time >= {number}s"),
        }
    }
}
