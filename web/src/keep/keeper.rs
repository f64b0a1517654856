//! Writes the session of this tab down.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use glassraft_core::share::{self, session};
use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use crate::browser;

use super::database::{Cards, Database};
use super::tab::{self, Hold};
use super::{Card, KeepError, MAX_BYTES, MAX_NAMED, MAX_UNNAMED, Stamp};

/// The time between the beginnings of two writes, in ms.
const PAUSE_MS: f64 = 1_000.0;

/// Writing takes at most one part in so many of the time.
const PARTS: f64 = 20.0;

/// What keeps sessions. A clone is the same keeper.
#[derive(Clone, Default)]
pub(crate) struct Keeper(Rc<Inner>);

impl PartialEq for Keeper {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Default)]
struct Inner {
    /// None as long as it is not open, or if there is none.
    database: RefCell<Option<Rc<Database>>>,
    hold: Hold,
    /// What was written last under the identifier that is held.
    written: RefCell<Option<Stamp>>,
    /// Whether a person would miss it.
    is_worth_keeping: Cell<bool>,
    /// Whether a write is under way.
    writing: Cell<bool>,
    /// When the next may begin, in ms of the browser's clock.
    next_ms: Cell<f64>,
    /// Begins the next.
    alarm: RefCell<Option<Timeout>>,
    /// Whether the person was told that writing failed.
    told: Cell<bool>,
}

impl Keeper {
    /// Has a database from now on.
    pub(super) fn open(&self, database: Database) {
        *self.0.database.borrow_mut() = Some(Rc::new(database));
    }

    fn database(&self) -> Result<Rc<Database>, KeepError> {
        self.0
            .database
            .borrow()
            .clone()
            .ok_or(KeepError::Unavailable)
    }

    /// Another session begins; it is kept under this identifier. Without one, that of the
    /// session before is used again if nobody would miss it.
    pub(crate) fn begin(&self, id: Option<String>) {
        let free = self.0.written.take().is_some() && !self.0.is_worth_keeping.get();
        match id {
            Some(id) if id == self.0.hold.id() => {}
            Some(id) => self.0.hold.take(id),
            None if free => {}
            None => self.0.hold.take(tab::new_id()),
        }
        self.0.is_worth_keeping.set(false);
    }

    /// How long to wait before the session is written, in ms; none if it need not be.
    pub(crate) fn due_in_ms(&self, stamp: &Stamp) -> Option<u32> {
        let inner = &self.0;
        let waits = inner.writing.get() || inner.alarm.borrow().is_some();
        if waits || !self.has_changed(stamp) {
            return None;
        }
        Some(whole_ms(inner.next_ms.get() - browser::now_ms()))
    }

    fn has_changed(&self, stamp: &Stamp) -> bool {
        let written = self.0.written.borrow();
        let is_same = written.as_ref().is_some_and(|last| last.is_same(stamp));
        self.database().is_ok() && !stamp.busy && !is_same
    }

    /// The alarm that begins the next write.
    pub(crate) fn wake_with(&self, alarm: Timeout) {
        *self.0.alarm.borrow_mut() = Some(alarm);
    }

    /// Whether the session is to be written now. If so, it has to be.
    pub(crate) fn begin_writing(&self, stamp: &Stamp) -> bool {
        let inner = &self.0;
        inner.alarm.take();
        if !self.has_changed(stamp) {
            return false;
        }
        let was_written = inner.written.borrow().is_some();
        if !stamp.came_back && !was_written {
            // What was to come back stays as it is, under its own identifier.
            inner.hold.take(tab::new_id());
        }
        *inner.written.borrow_mut() = Some(stamp.clone());
        true
    }

    /// Writes the session, and tells what went wrong, the first time that it does.
    pub(crate) fn write(
        &self,
        card: Card,
        kept: &share::Session,
        then: impl FnOnce(Option<KeepError>) + 'static,
    ) {
        let began = browser::now_ms();
        let inner = &self.0;
        inner.is_worth_keeping.set(card.is_worth_keeping());
        inner.writing.set(true);
        let card = Card {
            id: inner.hold.id(),
            ..card
        };
        let text = text_of(kept);
        let cost = browser::now_ms() - began;
        inner.next_ms.set(began + PAUSE_MS.max(cost * PARTS));
        let keeper = self.clone();
        spawn_local(async move {
            let written = match text {
                Ok(text) => keeper.put(&card, &text).await,
                Err(error) => Err(error),
            };
            keeper.0.writing.set(false);
            let problem = written.err();
            let told = keeper.0.told.replace(problem.is_some());
            then(problem.filter(|_| !told));
            // Room is made by what is oldest; if that fails, the next write tries again.
            let _later = keeper.prune().await;
        });
    }

    async fn put(&self, card: &Card, text: &str) -> Result<(), KeepError> {
        if text.len() > MAX_BYTES {
            return Err(KeepError::TooLarge(text.len()));
        }
        self.database()?.put(card, text).await
    }

    /// Deletes the oldest sessions without a name that no tab holds.
    async fn prune(&self) -> Result<(), KeepError> {
        let database = self.database()?;
        let cards = database.cards().await?.cards;
        let unnamed = cards.into_iter().filter(|card| card.name.is_none());
        let old: Vec<Card> = unnamed.skip(MAX_UNNAMED).collect();
        if old.is_empty() {
            return Ok(());
        }
        let held = tab::held().await;
        let free = old.into_iter().filter(|card| !held.contains(&card.id));
        let ids: Vec<String> = free.map(|card| card.id).collect();
        database.delete(&ids).await
    }

    /// All that is kept, but for the session of this tab.
    pub(super) async fn list(&self) -> Result<Cards, KeepError> {
        let mut cards = self.database()?.cards().await?;
        let id = self.0.hold.id();
        cards.cards.retain(|card| card.id != id);
        Ok(cards)
    }

    /// A session that is kept.
    pub(super) async fn read(&self, id: &str) -> Result<share::Session, KeepError> {
        let text = self.text(id).await?;
        session::read(&text).map_err(KeepError::Damaged)
    }

    /// The same as the text that it is.
    pub(super) async fn text(&self, id: &str) -> Result<String, KeepError> {
        self.database()?.text(id).await
    }

    /// Keeps a session under its name, in place of that of `card.id` or, without one, beside
    /// all others.
    pub(super) async fn save(&self, card: Card, kept: &share::Session) -> Result<(), KeepError> {
        self.save_text(card, &text_of(kept)?).await
    }

    /// The same with the session as text.
    pub(super) async fn save_text(&self, mut card: Card, text: &str) -> Result<(), KeepError> {
        if card.id.is_empty() {
            let cards = self.database()?.cards().await?.cards;
            let named = cards.iter().filter(|card| card.name.is_some());
            if named.count() >= MAX_NAMED {
                return Err(KeepError::TooMany);
            }
            card.id = tab::new_id();
        }
        self.put(&card, text).await
    }

    /// Deletes a session.
    pub(super) async fn delete(&self, id: &str) -> Result<(), KeepError> {
        self.database()?.delete(&[id.to_owned()]).await
    }
}

/// A session as the text of a file, if it can be read again.
fn text_of(kept: &share::Session) -> Result<String, KeepError> {
    session::check(kept).map_err(KeepError::Outgrown)?;
    let mut text = String::new();
    // A string takes everything.
    let _infallible = session::write(&mut text, kept);
    Ok(text)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest integer that there is"
)]
fn whole_ms(ms: f64) -> u32 {
    ms as u32
}
