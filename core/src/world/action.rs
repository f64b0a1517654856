//! What a person does to a world.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::etcd::Request;
use crate::member::{Micros, NodeId};

/// Anything that is done to a world from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// A client sends a request to a node.
    Request {
        /// The node that it is sent to.
        node: NodeId,
        /// The request.
        request: Request,
        /// How long the client waits, in µs.
        timeout_us: Micros,
    },
    /// The node's power fails.
    Crash {
        /// The node.
        node: NodeId,
    },
    /// The node's power comes back.
    Restart {
        /// The node.
        node: NodeId,
    },
}

/// Why an action cannot be taken. Nothing has happened then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionError {
    /// The cluster has no such node.
    NoSuchNode(NodeId),
    /// The node is down already.
    AlreadyDown(NodeId),
    /// The node is up already.
    AlreadyUp(NodeId),
    /// As many client requests as are allowed are under way.
    TooManyRequests(usize),
    /// The record holds as many actions as it may.
    TooManyActions(usize),
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchNode(node) => write!(f, "there is no node {node}"),
            Self::AlreadyDown(node) => write!(f, "{node} is down already"),
            Self::AlreadyUp(node) => write!(f, "{node} is up already"),
            Self::TooManyRequests(limit) => {
                write!(f, "{limit} requests are under way; that is the limit")
            }
            Self::TooManyActions(limit) => {
                write!(f, "the run holds {limit} actions; that is the limit")
            }
        }
    }
}

impl std::error::Error for ActionError {}
