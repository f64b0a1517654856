//! What a line of etcdctl does, step by step.
//!
//! A [`Program`] is a machine: it is told what it waited for ([`Heard`]), prints, and says
//! what it waits for next ([`Step`]). It never blocks, and does not know how its requests
//! travel; [`super::ctl`] does.

use std::fmt;

use crate::etcd::Error;

use super::client::Client;
use super::exit::BAD_CONNECTION;
pub(super) use super::step::{Heard, Step};

/// What a line comes to.
pub(super) type Plan = Box<dyn Program>;

/// A command that is carried out. (Not `Debug` each: nobody prints the insides of one, and the
/// code for all of them and for the requests that they hold would be 10 kB of the page.)
pub(super) trait Program {
    /// Takes in what was heard, and says what comes next.
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step;

    /// Its user was not let in, so it never began.
    fn refused(&mut self, error: Error, client: &mut Client<'_, '_>) -> Step {
        client.fail(error, BAD_CONNECTION)
    }

    /// Whether it has something to tidy up before it ends by a signal.
    fn tidies_up(&self) -> bool {
        false
    }

    /// Whether it has a client only once it has read what it reads, and so proves then who its
    /// user is.
    fn reads_first(&self) -> bool {
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
