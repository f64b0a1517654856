//! What a line of etcdctl does, step by step.
//!
//! A [`Program`] is a machine: it is told what it waited for ([`Heard`]), prints, and says
//! what it waits for next ([`Step`]). It never blocks, and does not know how its requests
//! travel; [`super::ctl`] does.

use std::fmt;
use std::rc::Rc;

use crate::etcd::{Error, Request, StreamResponse};
use crate::member::{Micros, NodeId};
use crate::trace::Outcome;

use super::ctl::Client;

/// What a line comes to.
pub(super) type Plan = Box<dyn Program>;

/// A command that is carried out. (Not `Debug` each: nobody prints the insides of one, and the
/// code for all of them and for the requests that they hold would be 10 kB of the page.)
pub(super) trait Program {
    /// Takes in what was heard, and says what comes next.
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step;

    /// Whether it has something to tidy up before it ends by a signal.
    fn tidies_up(&self) -> bool {
        false
    }

    /// Whether it waits for one answer and no more.
    fn is_single(&self) -> bool {
        false
    }
}

impl fmt::Debug for dyn Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Program")
    }
}

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
