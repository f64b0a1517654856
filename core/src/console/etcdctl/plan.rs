//! What a line of etcdctl does, step by step.
//!
//! A [`Program`] is a machine: it is told what it waited for ([`Heard`]), prints, and says
//! what it waits for next ([`Step`]). It never blocks, and does not know how its requests
//! travel; [`super::ctl`] does.

use std::fmt;

use super::client::Client;
pub(super) use super::step::{Heard, Step};

/// What a line comes to.
pub(super) type Plan = Box<dyn Program>;

/// A command that is carried out.
pub(super) trait Program: fmt::Debug {
    /// Takes in what was heard, and says what comes next.
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step;

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
