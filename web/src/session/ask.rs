//! What a person asks for beside acting: to run until a condition, to go to a moment that
//! is named, and all about branches.

use std::rc::Rc;

use glassraft_core::check::Promise;
use glassraft_core::console::{Entry, Place, Until, Waited};
use glassraft_core::lesson::{Narrator, Sentence, plain};
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::trace::{
    BranchId, Compared, Comparison, Contrast, Deleted, Difference, EventFilter, Half, Listing,
    Rewind, contrast, text,
};
use glassraft_core::world::EventId;

use super::travel::{Deferred, Task};
use super::{Refusal, Session, View};

/// How long a run goes on to a named moment that has not come yet.
const JUMP: &str = "within 24h";

/// Something that a person asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ask {
    /// Run until what stands in this line holds.
    Until(String),
    /// Go to the event or the time that this names.
    Jump(String),
    /// Let time pass until no command of the console waits.
    Serve,
    /// That was read.
    Read,
    /// Take the hash of every branch.
    Hash,
    /// Find where two branches part.
    Compare([BranchId; 2]),
    /// Give a branch another name.
    Rename(BranchId, String),
    /// Forget a branch.
    Delete(BranchId),
    /// Bring back the branch that was forgotten last.
    Restore,
    /// Show a branch after so many events.
    Visit(BranchId, u64),
}

/// What time passes for, or would.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Waiting {
    /// For nothing in particular.
    #[default]
    Nothing,
    /// For a condition.
    Until {
        /// As it is typed.
        condition: Rc<str>,
        /// How much time has passed.
        passed: Micros,
        /// How much may pass.
        limit: Micros,
    },
    /// It has ended.
    Ended(Rc<Ended>),
    /// For a command of the console.
    Command {
        /// Where it was typed.
        node: NodeId,
        /// What was typed.
        line: Rc<str>,
        /// Whether time passes for it though the run is paused.
        driven: bool,
    },
}

/// How running until a condition ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ended {
    /// The condition, as it is typed.
    pub(crate) condition: String,
    /// How many events there were then, and when it was.
    pub(crate) events: u64,
    /// When, in µs.
    pub(crate) at: Micros,
    /// Why it does not hold, if it does not.
    pub(crate) in_vain: Option<String>,
}

/// What was found out about branches.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Findings {
    /// Hashes, each with the number of events that it stands for.
    hashes: Vec<(BranchId, u64, String)>,
    /// Two branches side by side.
    pub(crate) compared: Option<Rc<Parted>>,
    /// The name of the branch that can be brought back.
    pub(crate) deleted: Option<String>,
}

impl Findings {
    /// The hash of a branch that has so many events, if it was taken.
    pub(crate) fn hash(&self, branch: BranchId, events: u64) -> Option<&str> {
        let mut hashes = self.hashes.iter();
        let found = hashes.find(|(of, count, _)| (*of, *count) == (branch, events));
        found.map(|(_, _, hash)| hash.as_str())
    }
}

/// Two branches side by side.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parted {
    /// Which.
    pub(crate) pair: [BranchId; 2],
    /// How many events are the same.
    pub(crate) same: u64,
    /// What is not, if they part at all.
    pub(crate) difference: Option<Sides>,
}

/// Where two branches part, and what they are there and in the end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sides {
    /// The lines of the first event that differs.
    pub(crate) lines: [String; 2],
    /// What is to be said of it.
    pub(crate) sentences: [Sentence; 2],
    /// The nodes after it.
    pub(crate) there: Vec<Contrast>,
    /// The nodes where both have come.
    pub(crate) ends: Vec<Contrast>,
}

/// What the session keeps of all this.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) listing: Listing,
    pub(super) listed: Option<(BranchId, EventFilter)>,
    until: Option<Until>,
    /// Whether it is run to as fast as it goes.
    pub(super) hurries: bool,
    /// Whether time passes for commands that wait.
    serves: bool,
    ended: Option<Rc<Ended>>,
    /// Whether time is to stand still from now on.
    pub(super) stops: bool,
    findings: Rc<Findings>,
    deleted: Option<Deleted>,
}

/// Two branches that are being compared.
pub(super) struct Comparing {
    pair: [BranchId; 2],
    comparison: Comparison,
    difference: Option<Box<Difference>>,
}

/// The hashes that are being taken: the branch whose turn it is, and those after it.
pub(super) struct Hashing {
    branch: BranchId,
    rewind: Rewind,
    left: Vec<BranchId>,
}

impl Session {
    /// Does what is asked for.
    pub(crate) fn ask(&mut self, ask: Ask, view: &mut View) -> Result<(), Refusal> {
        match ask {
            Ask::Until(line) => {
                self.wait_until(&line, false)?;
                view.playing = true;
            }
            Ask::Jump(text) => self.jump(&text, view)?,
            Ask::Serve => self.asked.serves = true,
            Ask::Read => self.asked.ended = None,
            Ask::Hash => {
                view.playing = false;
                self.finish_step();
                let active = self.branch();
                let others = self.branches.list().map(|branch| branch.id);
                let mut left: Vec<BranchId> = others.filter(|id| *id != active).collect();
                // The last is the first to be taken.
                left.push(active);
                self.hash_next(left)?;
            }
            Ask::Compare(pair) => {
                view.playing = false;
                let comparison = self.branches.compare(pair[0], pair[1])?;
                let comparing = Comparing {
                    pair,
                    comparison,
                    difference: None,
                };
                self.begin(Task::Compare(Box::new(comparing)))?;
            }
            Ask::Rename(branch, name) => self.branches.rename(branch, &name)?,
            Ask::Delete(branch) => {
                let deleted = self.branches.delete(branch)?;
                let name = deleted.branch().name.clone();
                self.asked.deleted = Some(deleted);
                self.find(|findings| {
                    let is_about = |parted: &Rc<Parted>| parted.pair.contains(&branch);
                    findings.compared.take_if(|parted| is_about(parted));
                    findings.deleted = Some(name);
                });
            }
            Ask::Restore => {
                if let Some(deleted) = self.asked.deleted.take() {
                    self.find(|findings| findings.deleted = None);
                    self.branches.restore(deleted)?;
                }
            }
            Ask::Visit(branch, events) => {
                view.playing = false;
                if branch == self.branch() {
                    return self.go_to(events);
                }
                self.branches.switch(branch)?;
                self.begin(Task::Branch(Deferred::GoTo(events)))?;
            }
        }
        Ok(())
    }

    /// What is wrong with a line that is to be waited for, if anything is.
    pub(crate) fn until_error(&self, line: &str) -> Option<String> {
        Until::read(line, &self.shown, self.now).err()
    }

    /// What is wrong with the name of a moment, if anything is.
    pub(crate) fn place_error(text: &str) -> Option<String> {
        Place::read(text).err()
    }

    fn wait_until(&mut self, line: &str, hurries: bool) -> Result<(), Refusal> {
        self.finish_step();
        let until = Until::read(line, &self.shown, self.now).map_err(Refusal::Line)?;
        self.call_off();
        self.asked.until = Some(until);
        self.asked.hurries = hurries;
        // What was waited for before has no say any more.
        self.asked.stops = false;
        Ok(())
    }

    fn jump(&mut self, text: &str, view: &mut View) -> Result<(), Refusal> {
        let place = Place::read(text).map_err(Refusal::Line)?;
        self.finish_step();
        view.playing = false;
        match place {
            Place::Event(id) if id.0 < self.len() => self.go_to(id.0 + 1),
            Place::Time(at) if at <= self.end() => self.seek(at),
            _ => {
                self.show_newest();
                self.wait_until(&format!("{place} {JUMP}"), true)?;
                view.playing = true;
                Ok(())
            }
        }
    }

    /// Waits for nothing any more.
    pub(super) fn call_off(&mut self) {
        self.asked.stops |= self.asked.until.is_some();
        self.asked.until = None;
        self.asked.hurries = false;
        self.asked.serves = false;
        self.asked.ended = None;
    }

    /// Calls off what goes on and whatever time passes for.
    pub(crate) fn cancel_all(&mut self) {
        self.cancel();
        self.call_off();
        self.console.interrupt(self.branches.run_mut());
    }

    /// Whether time is to stand still from now on; says so once.
    pub(crate) fn take_stop(&mut self) -> bool {
        std::mem::take(&mut self.asked.stops)
    }

    /// Whether time passes for commands, though the run is paused.
    pub(super) fn serves(&self) -> bool {
        self.asked.serves
    }

    /// Lets time pass in the newest moment, for whatever it passes for.
    pub(super) fn pass(&mut self, at: Micros, over_budget: impl FnMut() -> bool) {
        self.asked.ended = None;
        let run = self.branches.run_mut();
        let waited = match &self.asked.until {
            Some(until) => self.console.advance_until(run, at, until, over_budget),
            None => {
                if self.asked.serves {
                    self.asked.serves = !self.console.serve(run, at, over_budget);
                } else {
                    self.console.advance_to(run, at, over_budget);
                }
                None
            }
        };
        self.catch_up();
        self.end_wait(waited);
    }

    /// How far a recorded stretch may be played to before a condition has to be asked.
    pub(super) fn replay_limit(&mut self, at: Micros) -> Micros {
        self.asked.ended = None;
        let until = self.asked.until.as_ref();
        until.map_or(at, |until| until.next_at(self.now).max(self.now).min(at))
    }

    /// Whether what is waited for has ended at the shown moment.
    pub(super) fn has_waited(&mut self, at: Micros) -> bool {
        let Some(until) = &self.asked.until else {
            return false;
        };
        let broken = self.console.watch().checks.first_broken();
        let until_now = |(_, id): &(Promise, EventId)| id.0 < self.shown.events;
        let waited = until.check(&self.shown, at, broken.filter(until_now));
        let has_ended = waited.is_some();
        if has_ended {
            self.now = at;
        }
        self.end_wait(waited);
        has_ended
    }

    fn end_wait(&mut self, waited: Option<Waited>) {
        let Some(waited) = waited else {
            return;
        };
        let Some(until) = self.asked.until.take() else {
            return;
        };
        self.asked.hurries = false;
        self.asked.stops = true;
        self.asked.ended = Some(Rc::new(Ended {
            condition: until.to_string(),
            events: self.shown.events,
            at: self.now,
            in_vain: match waited {
                Waited::Held => None,
                Waited::TimeUp(why) => Some(why),
            },
        }));
    }

    /// What time passes for, or would.
    pub(super) fn waiting(&self) -> Waiting {
        if let Some(until) = &self.asked.until {
            return Waiting::Until {
                condition: until.to_string().into(),
                passed: self.now.saturating_sub(until.begun_at()),
                limit: until.limit_at() - until.begun_at(),
            };
        }
        if let Some(ended) = &self.asked.ended {
            return Waiting::Ended(Rc::clone(ended));
        }
        let command = |entry: &Rc<Entry>, driven| Waiting::Command {
            node: entry.node,
            line: entry.line.as_str().into(),
            driven,
        };
        if !self.live {
            return Waiting::Nothing;
        }
        if let Some(driver) = self.console.driver() {
            return command(driver, true);
        }
        let waiting = self.console.waiting();
        waiting.map_or(Waiting::Nothing, |entry| command(entry, self.asked.serves))
    }

    /// What was found out about branches.
    pub(super) fn findings(&self) -> Rc<Findings> {
        Rc::clone(&self.asked.findings)
    }

    fn find(&mut self, change: impl FnOnce(&mut Findings)) {
        change(Rc::make_mut(&mut self.asked.findings));
    }

    /// Begins with the hash of the last of these branches that has none yet.
    fn hash_next(&mut self, mut left: Vec<BranchId>) -> Result<(), Refusal> {
        while let Some(branch) = left.pop() {
            let events = self.branches.get(branch).map(|branch| branch.head.events);
            if events.is_some_and(|events| self.asked.findings.hash(branch, events).is_some()) {
                continue;
            }
            let rewind = self.branches.rewind(branch)?.hashing();
            let hashing = Hashing {
                branch,
                rewind,
                left,
            };
            return self.begin(Task::Hash(Box::new(hashing)));
        }
        Ok(())
    }

    /// Goes on with hashes.
    pub(super) fn go_on_hashing(
        &mut self,
        mut hashing: Box<Hashing>,
        over_budget: impl FnMut() -> bool,
    ) -> Result<(), Refusal> {
        let progress = hashing.rewind.advance(over_budget);
        if !progress.map_err(Refusal::Run)?.done {
            self.set_task(Task::Hash(hashing));
            return Ok(());
        }
        if let Some(hash) = hashing.rewind.hash() {
            let branch = hashing.branch;
            let found = (branch, hash.events(), hash.to_string());
            self.find(|findings| {
                findings.hashes.retain(|(of, ..)| *of != branch);
                findings.hashes.push(found);
            });
        }
        self.hash_next(hashing.left)
    }

    /// Goes on with a comparison.
    pub(super) fn go_on_comparing(
        &mut self,
        mut comparing: Box<Comparing>,
        mut over_budget: impl FnMut() -> bool,
    ) -> Result<(), Refusal> {
        let Comparing {
            pair,
            comparison,
            difference,
        } = &mut *comparing;
        let pair = *pair;
        if difference.is_none() {
            match comparison.advance(&mut over_budget).map_err(Refusal::Run)? {
                Compared::Working { .. } => {}
                Compared::Differs(found) => *difference = Some(found),
                Compared::Same { events } => {
                    self.compared(pair, events, None);
                    return Ok(());
                }
            }
        }
        let ends = match difference {
            None => None,
            Some(_) => comparison.ends(over_budget).map_err(Refusal::Run)?,
        };
        if let (Some(difference), Some([first, second])) = (difference, ends) {
            let [one, other] = &difference.halves;
            let id = difference.event;
            let before = &difference.before;
            let tell = |half: &Half| {
                let told = Narrator::at(before).tell(&half.event, before, &half.frame);
                told.unwrap_or_else(|| plain(&half.event))
            };
            let sides = Sides {
                lines: [one, other].map(|half| text::line(id, &half.event)),
                sentences: [one, other].map(tell),
                there: contrast(&one.frame, &other.frame),
                ends: contrast(&first, &second),
            };
            self.compared(pair, id.0, Some(sides));
            return Ok(());
        }
        self.set_task(Task::Compare(comparing));
        Ok(())
    }

    fn compared(&mut self, pair: [BranchId; 2], same: u64, difference: Option<Sides>) {
        let parted = Rc::new(Parted {
            pair,
            same,
            difference,
        });
        self.find(|findings| findings.compared = Some(parted));
    }
}
