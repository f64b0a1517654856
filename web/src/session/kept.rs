//! The session as plain data, and back.

use glassraft_core::share::{self, Shown, session};
use glassraft_core::trace::{Branches, Progress, Rewind, Run};

use super::travel::Task;
use super::{Refusal, Session, Start};

/// A kept session that is being lived through.
pub(super) struct Resume {
    rewind: Rewind,
    kept: share::Session,
}

impl Session {
    /// The whole session, with this name.
    pub(crate) fn keep(&self, name: String) -> share::Session {
        let typed = self.console.history().iter();
        let typed = typed.filter(|line| line.len() <= session::MAX_TYPED_BYTES);
        share::Session {
            name,
            created_by: env!("CARGO_PKG_VERSION").to_owned(),
            notes: String::new(),
            branches: self.branches.keep(),
            shown: Some(Shown {
                events: self.shown.events,
                at: self.now,
            }),
            typed: typed.take(session::MAX_TYPED).cloned().collect(),
        }
    }

    /// A session that was kept. It is lived through first, which may take some animation
    /// frames.
    pub(crate) fn resume(kept: share::Session) -> Result<Self, Refusal> {
        if kept.shown.is_none() {
            return Self::open(kept.branches.recording());
        }
        let start = Start {
            nodes: kept.branches.setup.nodes,
            seed: kept.branches.seed,
        };
        let rewind = kept.branches.rewind().map_err(Refusal::Kept)?;
        let mut session = Self::new(start, kept.branches.setup.clone())?;
        for line in &kept.typed {
            session.console.remember(line);
        }
        session.came_back = false;
        session.begin(Task::Resume(Box::new(Resume { rewind, kept })))?;
        Ok(session)
    }

    /// Whether nothing is missing of what this session was to bring back.
    pub(crate) fn came_back(&self) -> bool {
        self.came_back
    }

    /// Goes on living through what was kept.
    pub(super) fn go_on_resuming(
        &mut self,
        mut resume: Box<Resume>,
        over_budget: impl FnMut() -> bool,
    ) -> Result<(), Refusal> {
        let advanced = resume.rewind.advance(over_budget);
        let Progress { done, .. } = advanced.map_err(|error| Refusal::Kept(error.into()))?;
        if !done {
            self.task = Some(Task::Resume(resume));
            return Ok(());
        }
        let Resume { rewind, kept } = *resume;
        match rewind.into_run() {
            Some(run) => self.show_kept(run, &kept),
            None => Ok(()),
        }
    }

    fn show_kept(&mut self, run: Run, kept: &share::Session) -> Result<(), Refusal> {
        self.branches = Branches::from_kept(&kept.branches, run).map_err(Refusal::Kept)?;
        self.came_back = true;
        self.console.abandon();
        self.follow();
        let Some(Shown { events, at }) = kept.shown else {
            return self.go_to(0);
        };
        let run = self.branches.run();
        if events >= run.record().len() && at >= run.now() {
            self.show_newest();
            return Ok(());
        }
        match run.frame_of(events) {
            Ok(frame) => {
                let at = at.clamp(frame.at, run.now());
                self.show_frame(frame, Some(at));
                Ok(())
            }
            // Its events are not kept any more: it comes back with some more work.
            Err(_) => self.go_to(events),
        }
    }
}
