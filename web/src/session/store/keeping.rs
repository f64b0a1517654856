//! The session is kept while it goes on, and comes back.

use std::rc::Rc;

use glassraft_core::share;
use gloo::timers::callback::Timeout;

use crate::keep::{Card, Keeper, Kept, Stamp};

use super::{Notice, Refusal, Session, Store, View};

impl Store {
    /// What keeps the session.
    pub(crate) fn keeper(&self) -> Keeper {
        self.0.keeper.clone()
    }

    /// The whole session, with this name, and what a list says of it.
    pub(crate) fn keep(&self, name: &str) -> (Card, share::Session) {
        let kept = self.0.session.borrow().keep(name.to_owned());
        let view = self.view();
        let card = Card::of(&kept, &view, self.0.fragment.borrow().clone());
        (card, kept)
    }

    /// Writes the session down soon, if anything has changed since it was written last.
    pub(super) fn keep_soon(&self) {
        let keeper = &self.0.keeper;
        if let Some(wait_ms) = keeper.due_in_ms(&self.stamp()) {
            let keep = self.weakly(Self::keep_now);
            keeper.wake_with(Timeout::new(wait_ms, keep));
        }
    }

    /// Writes the session down, if anything has changed since it was written last.
    pub(super) fn keep_now(&self) {
        let stamp = self.stamp();
        if self.0.keeper.begin_writing(&stamp) {
            let (card, kept) = self.keep("");
            let store = self.clone();
            self.0.keeper.write(card, &kept, move |problem| {
                if let Some(problem) = problem {
                    store.send(super::Command::Tell(Notice::NotKept(problem)));
                }
                store.keep_soon();
            });
        }
    }

    fn stamp(&self) -> Stamp {
        let session = self.0.session.borrow();
        Stamp::of(&self.view(), session.is_busy(), session.came_back())
    }

    /// Goes on with a session that was kept.
    pub(super) fn resume(&self, kept: &Kept, view: &mut View) -> Result<(), Refusal> {
        let session = Session::resume(kept.session.clone())?;
        self.replace(session, kept.id.clone(), view);
        view.playing = kept.playing;
        view.speed = kept.speed.unwrap_or(view.speed);
        Ok(())
    }

    /// Another session takes the place of this one, which is kept as it was. The new one is
    /// kept under `id`.
    pub(super) fn replace(&self, session: Session, id: Option<String>, view: &mut View) {
        self.keep_now();
        self.0.keeper.begin(id);
        view.start = session.start;
        view.setup = Rc::new(session.setup().clone());
        *self.0.session.borrow_mut() = session;
        self.0.linked.set(None);
        view.runs += 1;
        view.playing = true;
        view.notice = None;
    }
}
