//! What a program hears, and what it does next.

use std::rc::Rc;

use crate::etcd::{Error, Request, StreamResponse};
use crate::member::{Micros, NodeId};
use crate::trace::Outcome;

/// What a program hears.
#[derive(Debug)]
pub(super) enum Heard {
    /// It begins.
    Begun,
    /// A request has ended.
    Answer(Outcome, Sent),
    /// Something came on the stream that was opened as the so-manieth, from 0.
    Streamed(usize, Rc<StreamResponse>),
    /// That stream has ended.
    Closed(usize, Option<Error>),
    /// A line of standard input; `None` at its end.
    Line(Option<String>),
    /// The command that it ran has ended with this status.
    Ended(i32),
    /// The moment that it waited for has come.
    Time,
    /// Somebody wants it to end (SIGINT or SIGTERM).
    Interrupted,
}

/// A request that was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// To whom.
    pub(super) node: NodeId,
    /// When, in µs.
    pub(super) at: Micros,
}

/// What a program does next.
#[derive(Debug)]
pub(super) enum Step {
    /// It sends a request to the first endpoint.
    Ask(Request),
    /// It sends a request to this node.
    AskAt(NodeId, Request),
    /// It goes on waiting for what it waits for.
    Listen,
    /// It waits for a line of standard input.
    Read,
    /// It runs a command of the console.
    Run(Vec<String>),
    /// It waits until then.
    Until(Micros),
    /// It ends with this status.
    End(i32),
}
