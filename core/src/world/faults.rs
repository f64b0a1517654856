//! Actions: whether one makes sense now.

use crate::member::{Member, NodeId};

use super::clients::MAX_REQUESTS;
use super::environment::Environment;
use super::{Action, ActionError};

/// The node that an action is done to, or the first of them.
pub(super) fn node_of(action: &Action) -> NodeId {
    let first = NodeId::new(1).expect("1 is a number");
    match action {
        Action::Request { node, .. }
        | Action::Crash { node }
        | Action::Restart { node }
        | Action::Pause { node }
        | Action::Resume { node }
        | Action::Disk { node, .. }
        | Action::Wipe { node }
        | Action::Clock { node, .. }
        | Action::Campaign { node }
        | Action::ElectionTimeout { node, .. }
        | Action::TransferLeader { node, .. }
        | Action::Options { node, .. }
        | Action::Join { node }
        | Action::Reconfigure { node, .. } => *node,
        Action::Link { from, .. } => *from,
        Action::Partition { groups } => groups.iter().flatten().copied().next().unwrap_or(first),
        Action::Heal | Action::Message { .. } | Action::Workload { .. } => first,
    }
}

/// # Errors
/// The action makes no sense now.
pub(super) fn check(
    members: &[Member],
    environment: &Environment,
    action: &Action,
) -> Result<(), ActionError> {
    let node = node_of(action);
    let member = members.get(node.index());
    let up = member.ok_or(ActionError::NoSuchNode(node))?.is_running();
    match action {
        Action::Crash { .. } if !up => Err(ActionError::AlreadyDown(node)),
        Action::Restart { .. } if up => Err(ActionError::AlreadyUp(node)),
        Action::Request { .. } if environment.clients.is_full() => {
            Err(ActionError::TooManyRequests(MAX_REQUESTS))
        }
        _ => Ok(()),
    }
}
