//! Commands that take time.
//!
//! A [`Task`] is what is left of a command once it waits for something. It never blocks:
//! whoever lets time pass asks it again ([`Task::poll`]), at the latest when it wants to be
//! asked ([`Task::next_at`]), and after every step of the world if it counts or watches
//! ([`Task::watches`]).

use crate::check::Promise;
use crate::member::{Micros, Note, Role};
use crate::trace::{Run, text};
use crate::world::{Event, EventId, EventKind};

use super::condition::Condition;
use super::etcdctl::Ctl;
use super::jobs::Signal;
use super::lab::StepKind;
use super::members::MemberTask;
use super::output::{EntryId, Finished, Line, Stream};
use super::quantity::{seconds, short_seconds};
use super::scene::{Command, Ends, Scene};
use super::until::{Until, Waited};

/// A command that waits.
#[derive(Debug)]
pub(super) enum Task {
    /// For what etcdctl waits for.
    Ctl(Box<Ctl>),
    /// For nothing any more: it has ended as it began.
    Ended(Finished),
    /// For a moment.
    Sleep {
        until: Micros,
        /// Whether time passes because of it (`run`), or beside it (`sleep`).
        drives: bool,
    },
    /// For a condition.
    Until(Box<Watch>),
    /// For so many events of a kind.
    Step(Box<Steps>),
    /// For what a member says of the membership.
    Members(MemberTask),
    /// For other commands.
    Wait { jobs: Vec<EntryId>, named: bool },
    /// For another task, but not for ever.
    Timeout {
        /// `Micros::MAX` once it was told to end.
        at: Micros,
        /// The status if it takes longer.
        exit: i32,
        /// How it is ended then; the task may have something to tidy up.
        signal: Signal,
        task: Box<Task>,
    },
}

impl Task {
    /// What is printed at last, once it has ended. What is printed before that comes into
    /// `said`.
    pub(super) fn poll(
        &mut self,
        scene: &mut Scene<'_>,
        others: &dyn Ends,
        said: &mut Vec<Line>,
    ) -> Option<Finished> {
        let run = &mut *scene.run;
        match self {
            Self::Ctl(ctl) => ctl.poll(scene, others, said),
            Self::Ended(finished) => Some(std::mem::take(finished)),
            Self::Sleep { until, .. } => (run.now() >= *until).then(Finished::default),
            Self::Until(watch) => watch.poll(run, scene.watch.checks.first_broken()),
            Self::Step(steps) => steps.poll(run),
            Self::Members(task) => task.poll(run),
            Self::Wait { jobs, named } => {
                if jobs.iter().any(|job| others.runs(*job)) {
                    return None;
                }
                let last = jobs.last().filter(|_| *named);
                Some(Finished {
                    exit: last.and_then(|job| others.exit(*job)).unwrap_or(0),
                    ..Finished::default()
                })
            }
            Self::Timeout {
                at,
                exit,
                signal,
                task,
            } => {
                let over = *at == Micros::MAX;
                if let Some(mut finished) = task.poll(scene, others, said) {
                    if over {
                        finished.exit = *exit;
                    }
                    return Some(finished);
                }
                if over || scene.run.now() < *at {
                    return None;
                }
                if task.signal(scene, *signal) {
                    *at = Micros::MAX;
                    // What it has to tidy up begins at once.
                    return self.poll(scene, others, said);
                }
                Some(Finished {
                    exit: *exit,
                    ..Finished::default()
                })
            }
        }
    }

    /// Somebody wants it to end. Returns whether it has something to tidy up first; if not,
    /// it is over.
    pub(super) fn signal(&mut self, scene: &mut Scene<'_>, signal: Signal) -> bool {
        let goes_on = match self {
            _ if signal == Signal::Kill => false,
            Self::Ctl(ctl) => ctl.interrupt(),
            Self::Timeout { task, .. } => return task.signal(scene, signal),
            _ => false,
        };
        if !goes_on {
            self.hang_up(scene);
        }
        goes_on
    }

    /// Leaves everybody that it has to do with.
    pub(super) fn hang_up(&mut self, scene: &mut Scene<'_>) {
        match self {
            Self::Ctl(ctl) => ctl.hang_up(scene),
            Self::Timeout { task, .. } => task.hang_up(scene),
            _ => {}
        }
    }

    /// What waits for a line of standard input.
    pub(super) fn reader(&mut self) -> Option<&mut Ctl> {
        match self {
            Self::Ctl(ctl) => ctl.reads().then_some(&mut **ctl),
            Self::Timeout { task, .. } => task.reader(),
            _ => None,
        }
    }

    /// When it ends at the latest, though nothing happens; `None` if time alone does not
    /// end it.
    pub(super) fn next_at(&self) -> Option<Micros> {
        match self {
            Self::Ctl(ctl) => ctl.next_at(),
            Self::Ended(_) | Self::Members(_) | Self::Wait { .. } => None,
            Self::Sleep { until, .. } => Some(*until),
            Self::Until(watch) => Some(watch.next_at),
            Self::Step(steps) => Some(steps.limit_at),
            Self::Timeout { at, task, .. } => {
                let at = Some(*at).filter(|at| *at != Micros::MAX);
                match (task.next_at(), at) {
                    (Some(next), Some(at)) => Some(next.min(at)),
                    (next, at) => next.or(at),
                }
            }
        }
    }

    /// Whether it ends if time passes and nobody does anything. A watch does not, nor does
    /// what waits for somebody to type.
    pub(super) fn ends_by_itself(&self) -> bool {
        match self {
            Self::Ctl(ctl) => ctl.ends_by_itself(),
            // What it waits for counts by itself.
            Self::Wait { .. } => false,
            Self::Ended(_)
            | Self::Sleep { .. }
            | Self::Until(_)
            | Self::Step(_)
            | Self::Members(_)
            | Self::Timeout { .. } => true,
        }
    }

    /// Whether it has to be asked after every step of the world.
    pub(super) fn watches(&self) -> bool {
        match self {
            // What it asks next follows the answer at once, however long a frame is.
            Self::Until(_) | Self::Step(_) | Self::Members(_) => true,
            Self::Ctl(ctl) => !ctl.is_single(),
            Self::Ended(_) | Self::Sleep { .. } | Self::Wait { .. } => false,
            Self::Timeout { task, .. } => task.watches(),
        }
    }

    /// Whether it is there to let time pass: `run`, `step`, `until`.
    pub(super) fn drives(&self) -> bool {
        match self {
            Self::Until(_) | Self::Step(_) => true,
            Self::Sleep { drives, .. } => *drives,
            Self::Ctl(_) | Self::Ended(_) | Self::Members(_) | Self::Wait { .. } => false,
            Self::Timeout { task, .. } => task.drives(),
        }
    }
}

/// Waits for a condition.
#[derive(Debug)]
pub(super) struct Watch {
    until: Until,
    /// When it has to be asked again though nothing happens.
    next_at: Micros,
}

impl Watch {
    pub(super) fn new(run: &Run, condition: Condition, within_us: Micros) -> Self {
        let until = Until::new(condition, within_us, run.frame(), run.now());
        Self {
            next_at: until.limit_at(),
            until,
        }
    }

    fn poll(&mut self, run: &Run, broken: Option<(Promise, EventId)>) -> Option<Finished> {
        self.next_at = self.until.next_at(run.now());
        match self.until.check(run.frame(), run.now(), broken)? {
            Waited::Held => {
                let event = run.record().len().saturating_sub(1);
                let text = format!("at {}, event {event}", seconds(run.now()));
                Some(Finished::output(&text))
            }
            Waited::TimeUp(why) => Some(Finished::error(format!("until: {why}"), 1)),
        }
    }
}

/// Counts what happens.
#[derive(Debug)]
pub(super) struct Steps {
    count: u32,
    kind: StepKind,
    within_us: Micros,
    limit_at: Micros,
    /// The next event that is looked at.
    next: u64,
    /// The role of each node, by number; `None` while it is down.
    roles: Vec<Option<Role>>,
    /// The highest commit index there was.
    commit: u64,
    counted: u32,
    lines: String,
}

impl Steps {
    pub(super) fn new(run: &Run, count: u32, kind: StepKind, within_us: Micros) -> Self {
        let frame = run.frame();
        Self {
            count,
            kind,
            within_us,
            limit_at: run.now() + within_us,
            next: run.record().len(),
            roles: frame.nodes.iter().map(|node| node.role()).collect(),
            commit: frame.commit(),
            counted: 0,
            lines: String::new(),
        }
    }

    /// What happens in one instant is not divided, so it may count further than it has to.
    fn poll(&mut self, run: &Run) -> Option<Finished> {
        for (id, event) in run.record().since(EventId(self.next)) {
            self.next = id.0 + 1;
            if self.counts(event) {
                self.counted += 1;
                self.lines.push_str(&text::line(id, event));
                self.lines.push('\n');
            }
        }
        if self.counted >= self.count {
            return Some(Finished::output(&self.lines));
        }
        (run.now() >= self.limit_at).then(|| {
            let mut finished = Finished::output(&self.lines);
            let (counted, count, kind) = (self.counted, self.count, self.kind.name());
            let within = short_seconds(self.within_us);
            let message = format!("step: not within {within}: {counted} of {count} {kind}");
            finished.print(Stream::Err, &message);
            finished.exit = 1;
            finished
        })
    }

    fn counts(&mut self, event: &Event) -> bool {
        let role_changed = self.role_changed(event);
        let commit_rose = self.commit_rose(event);
        match self.kind {
            StepKind::Event => true,
            StepKind::Message => matches!(
                event.kind,
                EventKind::Delivered { .. } | EventKind::Lost { .. }
            ),
            StepKind::Role => role_changed,
            StepKind::Commit => commit_rose,
            StepKind::Request => matches!(
                event.kind,
                EventKind::Requested { .. } | EventKind::Answered { .. } | EventKind::Stream { .. }
            ),
        }
    }

    fn role_changed(&mut self, event: &Event) -> bool {
        let EventKind::Node { node, note } = &event.kind else {
            return false;
        };
        let role = match note {
            Note::Started { .. } => Some(Role::Follower),
            Note::Became { role, .. } => Some(*role),
            Note::Crashed(_) | Note::Halted { .. } => None,
            _ => return false,
        };
        let place = node.index();
        if place >= self.roles.len() {
            self.roles.resize(place + 1, None);
        }
        std::mem::replace(&mut self.roles[place], role) != role
    }

    fn commit_rose(&mut self, event: &Event) -> bool {
        let EventKind::Node {
            note: Note::Committed { index },
            ..
        } = event.kind
        else {
            return false;
        };
        let rose = index > self.commit;
        self.commit = self.commit.max(index);
        rose
    }
}

impl Command for Task {
    fn poll(
        &mut self,
        scene: &mut Scene<'_>,
        others: &dyn Ends,
        said: &mut Vec<Line>,
    ) -> Option<Finished> {
        Task::poll(self, scene, others, said)
    }

    fn next_at(&self) -> Option<Micros> {
        Task::next_at(self)
    }

    fn ends_by_itself(&self) -> bool {
        Task::ends_by_itself(self)
    }

    fn hang_up(&mut self, scene: &mut Scene<'_>) {
        Task::hang_up(self, scene);
    }
}
