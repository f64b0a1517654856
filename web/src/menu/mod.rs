//! The menu of a node, a link or a message: everything that can be done to it now.

mod items;
mod popup;

pub(crate) use items::Deed;
pub(crate) use popup::Menu;

use glassraft_core::member::NodeId;
use glassraft_core::world::EventId;

use crate::form::Subject;

/// What a menu is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A node.
    Node(NodeId),
    /// The links of a node, one by one.
    LinksOf(NodeId),
    /// The link between two nodes, both directions.
    Link(NodeId, NodeId),
    /// The message that left with this event.
    Message(EventId),
    /// Whom a leader hands over to.
    HandOver(NodeId),
    /// Fields.
    Form(Subject),
}

impl Open {
    /// A menu of something on the stage.
    pub(crate) fn new(target: Target, at: (f64, f64)) -> Self {
        Self {
            target,
            from: target,
            at,
        }
    }
}

impl Target {
    /// The name that the thing has for tests.
    pub(crate) fn test_id(self) -> String {
        match self {
            Self::Node(node) | Self::LinksOf(node) | Self::HandOver(node) => {
                format!("node-{}", node.number())
            }
            Self::Form(subject) => subject.test_id().to_owned(),
            Self::Link(a, b) => format!("link-{}-{}", a.number(), b.number()),
            Self::Message(sent) => format!("message-{}", sent.0),
        }
    }
}

/// An open menu.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Open {
    /// What it is for.
    pub(crate) target: Target,
    /// What the first menu was for, from which one came to this.
    pub(crate) from: Target,
    /// Where it was asked for, in CSS pixels from the stage's corner.
    pub(crate) at: (f64, f64),
}
