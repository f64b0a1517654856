//! Branches as plain data: what is kept of them where no run can be.
//!
//! A branch is its actions and the moment that it had come to. The active one comes to life
//! first ([`KeptBranches::rewind`]), and all of them are then as they were
//! ([`Branches::from_kept`]). The data may come from a file of unknown origin, so nothing in
//! it is believed before it is checked.

use std::rc::Rc;

use crate::member::Micros;
use crate::trace::rewind::MAX_STEPS;
use crate::world::Setup;

use super::{
    Branch, BranchError, BranchId, Branches, Kept, MAX_BRANCHES, Moment, Recording, Rewind, Run,
    RunError, Stamped, Target, checked,
};

/// The highest number that a branch may have, so that others can follow.
const MAX_ID: u32 = 1_000_000;

/// The latest moment that a branch may come to, in µs: beyond it the times of what is still to
/// happen would not fit. It is some three hundred years.
const MAX_AT_US: Micros = 1 << 53;

/// All branches of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBranches {
    /// What all of them begin with.
    pub setup: Setup,
    /// The seed of all of them.
    pub seed: u64,
    /// The one that is live.
    pub active: BranchId,
    /// By number; 1 to [`MAX_BRANCHES`].
    pub branches: Vec<KeptBranch>,
}

/// One branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBranch {
    /// What there is to say about it.
    pub branch: Branch,
    /// What was done in it, from the run's beginning on.
    pub actions: Vec<Stamped>,
}

impl KeptBranches {
    /// A run that is not forked, as far as its last action. Nobody has played it yet, so the
    /// number of its events is not known, and is 0.
    #[must_use]
    pub fn single(recording: Recording, name: &str) -> Self {
        let Recording {
            setup,
            seed,
            actions,
        } = recording;
        let id = BranchId(1);
        let branch = Branch {
            id,
            name: name.to_owned(),
            parent: None,
            departure: Moment::default(),
            head: last_of(&actions),
        };
        Self {
            setup,
            seed,
            active: id,
            branches: vec![KeptBranch { branch, actions }],
        }
    }

    /// The active branch; none if the data are wrong.
    #[must_use]
    pub fn live(&self) -> Option<&KeptBranch> {
        let mut branches = self.branches.iter();
        branches.find(|kept| kept.branch.id == self.active)
    }

    /// What the active branch is a function of.
    #[must_use]
    pub fn recording(&self) -> Recording {
        let actions = self.live().map(|kept| kept.actions.clone());
        Recording {
            setup: self.setup.clone(),
            seed: self.seed,
            actions: actions.unwrap_or_default(),
        }
    }

    /// Has the active branch go on as in this recording, up to its last action; `false` if
    /// the recording does not go on with that branch.
    pub fn go_on(&mut self, newer: &Recording) -> bool {
        let is_same_run = (&newer.setup, newer.seed) == (&self.setup, self.seed);
        let active = self.active;
        let mut branches = self.branches.iter_mut();
        let Some(kept) = branches.find(|kept| kept.branch.id == active) else {
            return false;
        };
        let known = kept.actions.len();
        if !is_same_run || newer.actions.get(..known) != Some(&kept.actions[..]) {
            return false;
        }
        if known < newer.actions.len() {
            kept.actions.clone_from(&newer.actions);
            let events = kept.branch.head.events;
            let last = last_of(&kept.actions);
            kept.branch.head = kept.branch.head.max(Moment { events, ..last });
        }
        true
    }

    /// Checks that the branches fit together. Whether their actions make sense, only playing
    /// them says.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), BranchError> {
        if self.branches.len() > MAX_BRANCHES {
            return Err(BranchError::TooMany);
        }
        for (place, KeptBranch { branch, actions }) in self.branches.iter().enumerate() {
            let before = &self.branches[..place];
            let is_known = |id| before.iter().any(|kept| kept.branch.id == id);
            if checked(&branch.name)? != branch.name {
                return Err(BranchError::BadName);
            }
            if before.iter().any(|kept| kept.branch.name == branch.name) {
                return Err(BranchError::NameTaken);
            }
            let least = before.last().map_or(0, |kept| kept.branch.id.0);
            if branch.id.0 <= least {
                return Err(BranchError::Unsound(
                    "they are not in the order of their numbers",
                ));
            }
            if !branch.parent.is_none_or(is_known) {
                return Err(BranchError::Unsound("one departs from none before it"));
            }
            if branch.id.0 > MAX_ID {
                return Err(BranchError::Unsound("the number of one is too large"));
            }
            let reaches_too_far =
                |moment: &Moment| moment.step > MAX_STEPS || moment.at > MAX_AT_US;
            if reaches_too_far(&branch.head) || reaches_too_far(&branch.departure) {
                return Err(BranchError::Unsound("one is too long"));
            }
            let last = last_of(actions);
            if (branch.head.step, branch.head.at) < (last.step, last.at) {
                return Err(BranchError::Unsound("one ends before its last action"));
            }
        }
        self.live()
            .map(drop)
            .ok_or(BranchError::Unknown(self.active))
    }

    /// Begins to live through the active branch, up to where it had come.
    ///
    /// # Errors
    /// The branches do not fit together, or the run cannot begin.
    pub fn rewind(&self) -> Result<Rewind, BranchError> {
        self.check()?;
        let live = self.live().ok_or(BranchError::Unknown(self.active))?;
        let Moment { step, at, .. } = live.branch.head;
        let recording = Rc::new(self.recording());
        Ok(Rewind::new(recording, Target::End { step, at })?)
    }
}

impl Branches {
    /// All branches as plain data.
    #[must_use]
    pub fn keep(&self) -> KeptBranches {
        let known = self.kept.iter().map(|kept| kept.branch.id);
        let actions = |id| self.recording(id).map(|recording| recording.actions);
        let kept = |(branch, id)| KeptBranch {
            branch,
            actions: actions(id).unwrap_or_default(),
        };
        KeptBranches {
            setup: self.setup.clone(),
            seed: self.seed,
            active: self.active,
            branches: self.list().zip(known).map(kept).collect(),
        }
    }

    /// The branches that were kept; `run` is what [`KeptBranches::rewind`] came to.
    ///
    /// # Errors
    /// The branches do not fit together, or the run is not the one of the active branch.
    pub fn from_kept(kept: &KeptBranches, run: Run) -> Result<Self, BranchError> {
        kept.check()?;
        let live = kept.live().ok_or(BranchError::Unknown(kept.active))?;
        let Moment { step, at, .. } = live.branch.head;
        if (run.steps(), run.now()) != (step, at) || *run.recording() != kept.recording() {
            return Err(RunError::Astray.into());
        }
        let mut all: Vec<Kept> = Vec::with_capacity(kept.branches.len());
        for KeptBranch { branch, actions } in &kept.branches {
            let parent = branch
                .parent
                .and_then(|id| all.iter().find(|other| other.branch.id == id));
            let actions = sharing(parent.map(|parent| &parent.actions), actions);
            let branch = branch.clone();
            all.push(Kept { branch, actions });
        }
        Ok(Self {
            setup: kept.setup.clone(),
            seed: kept.seed,
            last: all.last().map_or(1, |kept| kept.branch.id.0),
            kept: all,
            active: kept.active,
            run,
            parked: None,
            pending: None,
        })
    }
}

/// The moment of the last action, or the beginning.
fn last_of(actions: &[Stamped]) -> Moment {
    actions.last().map_or_else(Moment::default, |last| Moment {
        events: 0,
        step: last.step,
        at: last.at,
    })
}

/// The actions; those that they begin with in common with the parent's are shared with it.
fn sharing(parent: Option<&Vec<Rc<Stamped>>>, actions: &[Stamped]) -> Vec<Rc<Stamped>> {
    let theirs = parent.into_iter().flatten();
    let common = theirs.zip(actions).take_while(|(a, b)| ***a == **b);
    let mut shared: Vec<_> = common.map(|(stamped, _)| Rc::clone(stamped)).collect();
    let own = actions.iter().skip(shared.len());
    shared.extend(own.cloned().map(Rc::new));
    shared
}
