//! What a person does with the sessions that are kept.

use std::pin::Pin;
use std::rc::Rc;

use glassraft_core::share;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::browser;
use crate::session::{Command, Store};

use super::database::Cards;
use super::{Card, KeepError, Kept, SavedAt};

/// What the dialog lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Listing {
    /// It is being read.
    #[default]
    Reading,
    /// It.
    Cards(Rc<Cards>),
    /// It cannot be read.
    Problem(KeepError),
}

/// What the person is told in the dialog.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    /// A session has been saved under this name.
    Saved(String),
    /// A session has been imported under this name.
    Imported(String),
    /// There is one of this name, which can be replaced.
    Exists(Card),
    /// A session was deleted, and can be brought back with its text.
    Deleted(Card, Rc<str>),
    /// Something cannot be done.
    Problem(KeepError),
}

/// What came of something.
type Done = Result<Option<Told>, KeepError>;

/// The hands of the dialog.
#[derive(Clone, PartialEq)]
pub(super) struct Desk {
    pub(super) store: Store,
    pub(super) list: UseStateSetter<Listing>,
    pub(super) told: UseStateSetter<Option<Told>>,
    /// The session whose new name is being typed.
    pub(super) renaming: UseStateSetter<Option<String>>,
    pub(super) close: Callback<()>,
}

impl Desk {
    /// Reads the list.
    pub(super) fn refresh(&self) {
        let desk = self.clone();
        spawn_local(async move {
            desk.list.set(match desk.store.keeper().list().await {
                Ok(cards) => Listing::Cards(Rc::new(cards)),
                Err(error) => Listing::Problem(error),
            });
        });
    }

    /// Does something that takes a while, says what came of it, and reads the list again.
    fn work<F: Future<Output = Done> + 'static>(&self, work: impl FnOnce(Self) -> F) {
        self.clone().finish(Box::pin(work(self.clone())));
    }

    fn finish(self, work: Pin<Box<dyn Future<Output = Done>>>) {
        let desk = self;
        spawn_local(async move {
            let told = work
                .await
                .unwrap_or_else(|error| Some(Told::Problem(error)));
            desk.told.set(told);
            desk.refresh();
        });
    }

    /// Saves the present session under a name.
    pub(super) fn save_as(&self, name: String) {
        self.work(|desk| async move {
            match desk.named(&name).await? {
                Some(card) => Ok(Some(Told::Exists(card))),
                None => desk.save(String::new(), name).await,
            }
        });
    }

    /// Saves the present session in place of another.
    pub(super) fn replace(&self, card: Card) {
        let name = card.name.unwrap_or_default();
        self.work(|desk| async move { desk.save(card.id, name).await });
    }

    async fn save(&self, id: String, name: String) -> Done {
        let (card, kept) = self.store.keep(&name);
        let card = Card {
            id,
            name: Some(name.clone()),
            ..card
        };
        self.store.keeper().save(card, &kept).await?;
        Ok(Some(Told::Saved(name)))
    }

    async fn named(&self, name: &str) -> Result<Option<Card>, KeepError> {
        let cards = self.store.keeper().list().await?.cards;
        let mut cards = cards.into_iter();
        Ok(cards.find(|card| card.name.as_deref() == Some(name)))
    }

    /// Goes on with a session in place of the present one.
    pub(super) fn open(&self, card: Card) {
        self.work(|desk| async move {
            let session = desk.store.keeper().read(&card.id).await?;
            let kept = Kept {
                // What has a name stays as it was saved; what has none goes on.
                id: card.name.is_none().then(|| card.id.clone()),
                // It stands where it stood; what nobody has seen yet begins.
                playing: session.shown.is_none(),
                session,
                speed: card.speed(),
            };
            desk.store.send(Command::Resume(Rc::new(kept)));
            desk.close.emit(());
            Ok(None)
        });
    }

    /// Gives a session another name.
    pub(super) fn rename(&self, card: Card, name: String) {
        self.work(|desk| async move {
            if card.name.as_deref() == Some(&*name) {
                return Ok(None);
            }
            if desk.named(&name).await?.is_some() {
                return Err(KeepError::NameTaken(name));
            }
            let keeper = desk.store.keeper();
            let mut session = keeper.read(&card.id).await?;
            session.name.clone_from(&name);
            let card = Card {
                name: Some(name),
                ..card
            };
            keeper.save(card, &session).await?;
            Ok(None)
        });
    }

    /// Deletes a session, which can be taken back.
    pub(super) fn delete(&self, card: Card) {
        self.work(|desk| async move {
            let keeper = desk.store.keeper();
            let text = keeper.text(&card.id).await;
            keeper.delete(&card.id).await?;
            // What had no text is not worth bringing back.
            Ok(text.ok().map(|text| Told::Deleted(card, text.into())))
        });
    }

    /// Brings a deleted session back.
    pub(super) fn undelete(&self, card: Card, text: Rc<str>) {
        self.work(|desk| async move {
            desk.store.keeper().save_text(card, &text).await?;
            Ok(None)
        });
    }

    /// Writes a session to a file, as it is kept.
    pub(super) fn export(&self, card: Card) {
        self.work(|desk| async move {
            let text = desk.store.keeper().text(&card.id).await?;
            let name = card.name.as_deref().unwrap_or("session");
            browser::download(&file_name(name), "application/json", &text);
            Ok(None)
        });
    }

    /// Keeps what a file holds: a session, a scenario or a link.
    pub(super) fn import(&self, file: &str, text: Result<String, KeepError>) {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let stem = stem.to_owned();
        self.work(|desk| async move {
            let read = share::read_session(&text?);
            let mut session = read.map_err(KeepError::File)?;
            let wanted = if session.name.is_empty() {
                shortened(&stem)
            } else {
                session.name.clone()
            };
            let name = desk.free_name(wanted).await?;
            session.name.clone_from(&name);
            let card = Card {
                name: Some(name.clone()),
                saved_at: SavedAt::now(),
                ..Card::of_file(&session)
            };
            desk.store.keeper().save(card, &session).await?;
            Ok(Some(Told::Imported(name)))
        });
    }

    /// This name, or one like it that nobody has.
    async fn free_name(&self, wanted: String) -> Result<String, KeepError> {
        let cards = self.store.keeper().list().await?.cards;
        let is_free = |name: &String| cards.iter().all(|card| card.name.as_ref() != Some(name));
        let short = shortened(&wanted);
        let others = (2..).map(|number| format!("{short} ({number})"));
        let mut names = std::iter::once(wanted).chain(others);
        Ok(names
            .find(is_free)
            .expect("there are fewer sessions than numbers"))
    }
}

/// The most characters of a name that is typed.
pub(super) const MAX_NAME_CHARS: usize = 40;

/// As much of a name as may be typed.
fn shortened(name: &str) -> String {
    name.chars().take(MAX_NAME_CHARS).collect()
}

/// A name that every file system takes.
fn file_name(name: &str) -> String {
    let plain = |char: char| match char {
        ' ' | '.' | '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        char if char.is_control() => '-',
        char => char,
    };
    let name: String = name.chars().map(plain).collect();
    format!("glassraft-{name}.json")
}
