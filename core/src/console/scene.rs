//! What a command finds around it, and what it is to others.
//!
//! Commands of etcdctl run others (`lock NAME COMMAND`), and those may be commands of etcdctl.
//! Neither knows the other here: to a command, another is a [`Command`].

use std::fmt;

use crate::check;
use crate::member::{Micros, NodeId};
use crate::trace::Run;

use super::files::Files;
use super::jobs::Job;
use super::output::{EntryId, Finished, Line};

/// What a command is begun in.
pub(super) struct Scene<'a> {
    /// The run that it is about.
    pub(super) run: &'a mut Run,
    /// The node that it is typed at.
    pub(super) node: NodeId,
    /// Its standard input, as far as it is there.
    pub(super) input: Option<&'a str>,
    /// Whether nothing follows that.
    pub(super) input_ends: bool,
    /// The observers of the run.
    pub(super) watch: &'a check::Watch,
    /// The commands that were begun with `&`, each with its number.
    pub(super) jobs: &'a [Job],
    /// What commands have written.
    pub(super) files: &'a mut Files,
    /// Begins a command that another one runs.
    pub(super) begin: fn(&mut Scene<'_>, &[String]) -> Box<dyn Command>,
}

/// How other commands ended; `None` while one runs or if it is not known.
pub(super) trait Ends {
    /// Whether the command of this entry still runs.
    fn runs(&self, entry: EntryId) -> bool;
    /// The exit status of one that has ended.
    fn exit(&self, entry: EntryId) -> Option<i32>;
}

/// A command that was begun and may wait. (Not `Debug` each, as [`super::etcdctl`]'s programs are
/// not: the insides of a command reach as far as the frames that a condition compares.)
pub(super) trait Command {
    /// What is printed at last, once it has ended; what is printed before that comes into
    /// `said`.
    fn poll(
        &mut self,
        scene: &mut Scene<'_>,
        others: &dyn Ends,
        said: &mut Vec<Line>,
    ) -> Option<Finished>;

    /// When it wants to be asked, though nothing happens.
    fn next_at(&self) -> Option<Micros>;

    /// Whether it ends if time passes and nobody does anything.
    fn ends_by_itself(&self) -> bool;

    /// Leaves everybody that it has to do with.
    fn hang_up(&mut self, scene: &mut Scene<'_>);
}

impl fmt::Debug for dyn Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Command")
    }
}
