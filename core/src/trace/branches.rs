//! Runs that have a past in common.
//!
//! To act in the past is to leave the run there: a *branch* begins, with the same setup,
//! seed and actions up to that moment and others behind it. The branch that was left stays
//! as it is. One branch is active: its run is live. Of the others little more than their
//! actions is kept, and those that two branches have in common are held once; a branch
//! comes to life again by living through its run once more (a [`Rewind`]), but for the one
//! that was left last, whose run is kept.
//!
//! The branch departs at the end of a step of the world, never within one: what happens in
//! a step happens in one instant, and nobody can act in between. See [`Target::Event`].

mod kept;

pub use kept::{KeptBranch, KeptBranches};

use std::fmt;
use std::rc::Rc;

use crate::member::Micros;
use crate::world::{Action, ActionError, Setup};

use super::compare;
use super::{Comparison, Progress, Recording, Rewind, Run, RunError, Stamped, Target};

/// The most branches.
pub const MAX_BRANCHES: usize = 16;

/// The longest name of a branch, in characters.
pub const MAX_NAME_CHARS: usize = 40;

/// A branch, numbered from 1 in the order in which they began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BranchId(pub u32);

/// A moment of a run at which one may act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// How many events there were.
    pub events: u64,
    /// How many steps the world had taken.
    pub step: u64,
    /// The time, in µs.
    pub at: Micros,
}

impl Moment {
    fn of(run: &Run) -> Self {
        Self {
            events: run.record().len(),
            step: run.steps(),
            at: run.now(),
        }
    }
}

/// What there is to say about a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its number.
    pub id: BranchId,
    /// Its name; no two are the same.
    pub name: String,
    /// The branch that it departs from.
    pub parent: Option<BranchId>,
    /// Where it departs from it. Of the first branch, the beginning.
    pub departure: Moment,
    /// How far it has come.
    pub head: Moment,
}

/// Why something cannot be done with branches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BranchError {
    /// There are as many as are allowed.
    TooMany,
    /// There is none of this number.
    Unknown(BranchId),
    /// A name is empty or too long, or holds a control character.
    BadName,
    /// Another has this name.
    NameTaken,
    /// It is active; go to another first.
    Active,
    /// The action makes no sense at that moment.
    Action(ActionError),
    /// The run does not come to that moment.
    Run(RunError),
    /// Branches that were kept do not fit together.
    Unsound(&'static str),
}

impl fmt::Display for BranchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "there are {MAX_BRANCHES} branches; that is the limit"),
            Self::Unknown(BranchId(id)) => write!(f, "there is no branch {id}"),
            Self::BadName => write!(
                f,
                "a branch's name has 1 to {MAX_NAME_CHARS} characters, none of them a control \
                 character"
            ),
            Self::NameTaken => write!(f, "another branch has this name"),
            Self::Active => write!(f, "the branch is active; switch to another one first"),
            Self::Action(error) => error.fmt(f),
            Self::Run(error) => error.fmt(f),
            Self::Unsound(why) => write!(f, "the branches do not fit together: {why}"),
        }
    }
}

impl std::error::Error for BranchError {}

impl From<RunError> for BranchError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

/// A branch, and what was done in it.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    branch: Branch,
    /// From the run's beginning on; each is shared with the branches that it departs from.
    actions: Vec<Rc<Stamped>>,
}

/// A branch that was deleted, with all that brings it back.
#[derive(Clone, Debug, PartialEq)]
pub struct Deleted {
    kept: Kept,
    /// Those that departed from it, and where.
    children: Vec<(BranchId, Moment)>,
}

impl Deleted {
    /// The branch as it was.
    #[must_use]
    pub fn branch(&self) -> &Branch {
        &self.kept.branch
    }
}

/// What a run is brought to a moment for.
enum Goal {
    Switch(BranchId),
    Fork(Option<Action>),
}

/// All branches of a run.
pub struct Branches {
    setup: Setup,
    seed: u64,
    /// By number.
    kept: Vec<Kept>,
    last: u32,
    active: BranchId,
    /// Of the active branch.
    run: Run,
    /// The run of the branch that was left last.
    parked: Option<(BranchId, Run)>,
    pending: Option<(Rewind, Goal)>,
}

impl Branches {
    /// A run that is not forked yet. Its branch has this name.
    ///
    /// # Errors
    /// The name is none that a branch may have.
    pub fn new(run: Run, name: &str) -> Result<Self, BranchError> {
        let id = BranchId(1);
        let branch = Branch {
            id,
            name: checked(name)?,
            parent: None,
            departure: Moment::default(),
            head: Moment::of(&run),
        };
        let Recording { setup, seed, .. } = run.recording();
        Ok(Self {
            setup: setup.clone(),
            seed: *seed,
            kept: vec![Kept {
                branch,
                actions: Vec::new(),
            }],
            last: id.0,
            active: id,
            run,
            parked: None,
            pending: None,
        })
    }

    /// The run of the active branch.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The run of the active branch, to go on with.
    pub fn run_mut(&mut self) -> &mut Run {
        &mut self.run
    }

    /// The active branch.
    #[must_use]
    pub fn active(&self) -> BranchId {
        self.active
    }

    /// All branches, by number.
    pub fn list(&self) -> impl Iterator<Item = Branch> {
        self.kept.iter().map(|kept| {
            let mut branch = kept.branch.clone();
            if branch.id == self.active {
                branch.head = Moment::of(&self.run);
            }
            branch
        })
    }

    /// A branch.
    #[must_use]
    pub fn get(&self, id: BranchId) -> Option<Branch> {
        self.list().find(|branch| branch.id == id)
    }

    /// What the run of a branch is a function of.
    #[must_use]
    pub fn recording(&self, id: BranchId) -> Option<Recording> {
        if id == self.active {
            return Some(self.run.recording().clone());
        }
        let kept = self.kept.iter().find(|kept| kept.branch.id == id)?;
        Some(Recording {
            setup: self.setup.clone(),
            seed: self.seed,
            actions: kept
                .actions
                .iter()
                .map(|stamped| (**stamped).clone())
                .collect(),
        })
    }

    /// Begins to fork the active branch at a moment of its past, and to take an action
    /// there; [`Branches::advance`] carries it out. Until it is done, the active branch
    /// stays as it is. If the action makes no sense there, no branch begins. What was begun
    /// before and is not done is called off.
    ///
    /// # Errors
    /// There are as many branches as are allowed.
    pub fn fork(&mut self, target: Target, action: Option<Action>) -> Result<(), BranchError> {
        self.pending = None;
        if self.kept.len() >= MAX_BRANCHES {
            return Err(BranchError::TooMany);
        }
        // It would give way in the end; so there never are more than two runs.
        self.parked = None;
        let recording = Rc::new(self.run.recording().clone());
        let rewind = Rewind::new(recording, target)?;
        self.pending = Some((rewind, Goal::Fork(action)));
        Ok(())
    }

    /// Begins to make another branch the active one; [`Branches::advance`] carries it out.
    /// The branch that was left last is there at once. What was begun before and is not
    /// done is called off.
    ///
    /// # Errors
    /// There is no such branch.
    pub fn switch(&mut self, id: BranchId) -> Result<(), BranchError> {
        self.pending = None;
        let head = self.get(id).ok_or(BranchError::Unknown(id))?.head;
        if id == self.active {
            return Ok(());
        }
        if let Some((_, run)) = self.parked.take_if(|(parked, _)| *parked == id) {
            self.enter(id, run);
            return Ok(());
        }
        let recording = self.recording(id).ok_or(BranchError::Unknown(id))?;
        self.parked = None;
        let Moment { step, at, .. } = head;
        let rewind = Rewind::new(Rc::new(recording), Target::End { step, at })?;
        self.pending = Some((rewind, Goal::Switch(id)));
        Ok(())
    }

    /// Goes on with what was begun until it is done, or until `over_budget` says that it is
    /// enough for now.
    ///
    /// # Errors
    /// What was begun cannot be done, and is called off; all is as it was before.
    pub fn advance(&mut self, over_budget: impl FnMut() -> bool) -> Result<Progress, BranchError> {
        let Some((mut rewind, goal)) = self.pending.take() else {
            let Moment { events, at, .. } = Moment::of(&self.run);
            return Ok(Progress {
                events,
                at,
                done: true,
            });
        };
        let progress = rewind.advance(over_budget)?;
        if !progress.done {
            self.pending = Some((rewind, goal));
            return Ok(progress);
        }
        if let Some(run) = rewind.into_run() {
            match goal {
                Goal::Switch(id) => self.enter(id, run),
                Goal::Fork(action) => self.begin(run, action)?,
            }
        }
        Ok(progress)
    }

    /// Whether something was begun and is not done.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.pending.is_some()
    }

    /// Calls off what was begun and is not done.
    pub fn cancel(&mut self) {
        self.pending = None;
    }

    /// Gives a branch another name.
    ///
    /// # Errors
    /// There is no such branch, or the name is none that it may have.
    pub fn rename(&mut self, id: BranchId, name: &str) -> Result<(), BranchError> {
        let name = checked(name)?;
        let others = self.kept.iter().map(|kept| &kept.branch);
        if others
            .filter(|other| other.id != id)
            .any(|other| other.name == name)
        {
            return Err(BranchError::NameTaken);
        }
        self.kept_mut(id)?.branch.name = name;
        Ok(())
    }

    /// Forgets a branch. Those that depart from it depart from its parent then.
    ///
    /// # Errors
    /// There is no such branch, or it is active.
    pub fn delete(&mut self, id: BranchId) -> Result<Deleted, BranchError> {
        if id == self.active {
            return Err(BranchError::Active);
        }
        let mut branches = self.kept.iter();
        let place = branches.position(|kept| kept.branch.id == id);
        let kept = self.kept.remove(place.ok_or(BranchError::Unknown(id))?);
        let Branch {
            parent, departure, ..
        } = kept.branch;
        self.pending = None;
        self.parked.take_if(|(parked, _)| *parked == id);
        let mut children = Vec::new();
        for other in &mut self.kept {
            let branch = &mut other.branch;
            if branch.parent == Some(id) {
                children.push((branch.id, branch.departure));
                branch.parent = parent;
                branch.departure = branch.departure.min(departure);
            }
        }
        Ok(Deleted { kept, children })
    }

    /// Brings a deleted branch back, and gives it those again that departed from it.
    ///
    /// # Errors
    /// There are as many branches as are allowed, another has its name, or the one that it
    /// departs from was deleted, too.
    pub fn restore(&mut self, deleted: Deleted) -> Result<(), BranchError> {
        let Deleted { kept, children } = deleted;
        let Branch { id, parent, .. } = kept.branch;
        if self.kept.len() >= MAX_BRANCHES {
            return Err(BranchError::TooMany);
        }
        let branches = || self.kept.iter().map(|kept| &kept.branch);
        if branches().any(|other| other.name == kept.branch.name) {
            return Err(BranchError::NameTaken);
        }
        if let Some(parent) = parent.filter(|parent| branches().all(|other| other.id != *parent)) {
            return Err(BranchError::Unknown(parent));
        }
        for (child, departure) in children {
            if let Ok(child) = self.kept_mut(child) {
                child.branch.parent = Some(id);
                child.branch.departure = departure;
            }
        }
        let place = self.kept.partition_point(|kept| kept.branch.id < id);
        self.kept.insert(place, kept);
        Ok(())
    }

    /// The run of a branch from its beginning to where it has come, to be lived through once
    /// more: for its hash, say. Little of its record is kept.
    ///
    /// # Errors
    /// There is no such branch.
    pub fn rewind(&self, id: BranchId) -> Result<Rewind, BranchError> {
        let (recording, end) = self.whole(id)?;
        Ok(Rewind::with_limits(recording, end, compare::LIMITS)?)
    }

    /// Begins to look for the first event where two branches differ.
    ///
    /// # Errors
    /// There is no such branch.
    pub fn compare(&self, a: BranchId, b: BranchId) -> Result<Comparison, BranchError> {
        Ok(Comparison::new([self.whole(a)?, self.whole(b)?])?)
    }

    /// A branch from its beginning to where it has come.
    fn whole(&self, id: BranchId) -> Result<(Rc<Recording>, Target), BranchError> {
        let unknown = BranchError::Unknown(id);
        let Moment { step, at, .. } = self.get(id).ok_or(unknown.clone())?.head;
        let recording = self.recording(id).ok_or(unknown)?;
        Ok((Rc::new(recording), Target::End { step, at }))
    }

    fn kept_mut(&mut self, id: BranchId) -> Result<&mut Kept, BranchError> {
        let mut kept = self.kept.iter_mut();
        let found = kept.find(|kept| kept.branch.id == id);
        found.ok_or(BranchError::Unknown(id))
    }

    /// A branch begins with this run.
    fn begin(&mut self, mut run: Run, action: Option<Action>) -> Result<(), BranchError> {
        let number = self.last.checked_add(1).ok_or(BranchError::TooMany)?;
        let departure = Moment::of(&run);
        let taken = run.recording().actions.len();
        if let Some(action) = action {
            run.act(action).map_err(BranchError::Action)?;
        }
        self.leave();
        let id = BranchId(number);
        let parent = self.active;
        let actions = self.kept_mut(parent)?.actions.iter();
        let actions = actions.take(taken).cloned().collect();
        let branch = Branch {
            id,
            name: self.free_name(id),
            parent: Some(parent),
            departure,
            head: Moment::of(&run),
        };
        self.last = id.0;
        self.kept.push(Kept { branch, actions });
        self.enter(id, run);
        Ok(())
    }

    /// A name that no branch has: with its number, and where somebody took that, a further
    /// one behind it.
    fn free_name(&self, id: BranchId) -> String {
        let taken = |name: &String| self.kept.iter().any(|kept| kept.branch.name == *name);
        let plain = format!("branch {}", id.0);
        let further = (2..).map(|number| format!("branch {} ({number})", id.0));
        let mut names = std::iter::once(plain).chain(further);
        names
            .find(|name| !taken(name))
            .expect("there are fewer branches than numbers")
    }

    /// Notes how far the active branch has come.
    fn leave(&mut self) {
        let head = Moment::of(&self.run);
        let active = self.active;
        let kept = self.kept.iter_mut().find(|kept| kept.branch.id == active);
        let Kept { branch, actions } = kept.expect("the active branch cannot be deleted");
        branch.head = head;
        let known = actions.len();
        let new = self.run.recording().actions.iter().skip(known);
        actions.extend(new.cloned().map(Rc::new));
    }

    /// Makes a branch the active one, with this run.
    fn enter(&mut self, id: BranchId, run: Run) {
        self.leave();
        let left = std::mem::replace(&mut self.run, run);
        self.parked = Some((self.active, left));
        self.active = id;
    }
}

fn checked(name: &str) -> Result<String, BranchError> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=MAX_NAME_CHARS).contains(&length) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(BranchError::BadName)
}
