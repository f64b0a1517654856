//! What a page that is opened begins with.
//!
//! A link wins: who follows one gets its run. But the address of a page that is loaded again
//! (or comes back after a crash, or through the history) is the one that this tab's own
//! session has put there, so that session goes on, with all its branches and where one stood.
//! A page without a link goes on with the last session that no other tab has, if anything
//! was done in it, and says so.

use std::cell::RefCell;
use std::rc::Rc;

use glassraft_core::share::{Start, link};
use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use crate::browser;
use crate::session::Notice;

use super::database::Database;
use super::tab::{self, Arrival};
use super::{Card, KeepError, Keeper, Kept};

/// How long the page waits for the database, in ms. It opens in a few; some browsers have
/// been seen never to answer.
const PATIENCE_MS: u32 = 2_000;

/// What a page begins with.
#[derive(Default)]
pub(crate) struct Opening {
    /// The session that goes on; none for that of the address.
    pub(crate) kept: Option<Kept>,
    /// What the person is to be told.
    pub(crate) notice: Option<Notice>,
    /// What keeps the session from now on.
    pub(crate) keeper: Keeper,
}

/// Finds out what the page begins with, and hands it to `then`.
pub(crate) fn open(then: impl FnOnce(Opening) + 'static) {
    let then = Rc::new(RefCell::new(Some(then)));
    let keeper = Keeper::default();
    let late = {
        let (then, keeper) = (Rc::clone(&then), keeper.clone());
        Timeout::new(PATIENCE_MS, move || {
            if let Some(then) = then.take() {
                keeper.begin(None);
                then(Opening {
                    keeper,
                    ..Opening::default()
                });
            }
        })
    };
    spawn_local(async move {
        let opening = look(keeper).await;
        drop(late);
        if let Some(then) = then.take() {
            opening
                .keeper
                .begin(opening.kept.as_ref().and_then(|kept| kept.id.clone()));
            then(opening);
        }
    });
}

/// Looks for a session that is to go on.
async fn look(keeper: Keeper) -> Opening {
    let found = find(&keeper).await;
    let (kept, notice) = match found {
        Ok(Some((kept, notice))) => (Some(kept), notice),
        // A browser that keeps nothing says so once somebody wants to keep something.
        Ok(None) | Err(KeepError::Unavailable) => (None, None),
        Err(error) => (None, Some(Notice::NotRestored(error))),
    };
    Opening {
        kept,
        notice,
        keeper,
    }
}

async fn find(keeper: &Keeper) -> Result<Option<(Kept, Option<Notice>)>, KeepError> {
    let database = Database::open().await?;
    let cards = database.cards().await;
    keeper.open(database);
    let cards = cards?.cards;
    let fragment = browser::fragment();
    let moment = Moment {
        arrival: tab::arrival(),
        has_link: !fragment.is_empty(),
        own: tab::stored_id(),
        held: tab::held().await,
    };
    let Some(Choice { card, is_told, own }) = choose(&cards, &moment) else {
        return Ok(None);
    };
    let mut session = keeper.read(&card.id).await?;
    if moment.has_link && fragment != card.fragment {
        // The address is some moments ahead of what is kept, or it is another run.
        let Ok(newer) = link::decode(&fragment, Start::default()) else {
            return Ok(None);
        };
        if !session.branches.go_on(&newer) {
            return Ok(None);
        }
    }
    let kept = Kept {
        session,
        id: own.then(|| card.id.clone()),
        playing: card.playing,
        speed: card.speed(),
    };
    let notice = is_told.then_some(Notice::Restored(card.saved_at));
    Ok(Some((kept, notice)))
}

/// What the choice depends on.
struct Moment {
    arrival: Arrival,
    has_link: bool,
    /// The identifier that the tab had before.
    own: Option<String>,
    /// Those that some tab has now.
    held: Vec<String>,
}

/// The session that is to go on.
#[derive(Debug, PartialEq)]
struct Choice<'a> {
    card: &'a Card,
    /// Whether the person is told.
    is_told: bool,
    /// Whether it goes on under its identifier; if not, it is another tab's.
    own: bool,
}

/// Which session goes on, if any; `cards` are newest first.
fn choose<'a>(cards: &'a [Card], moment: &Moment) -> Option<Choice<'a>> {
    let is_held = |card: &Card| moment.held.contains(&card.id);
    let is_own = |card: &&Card| Some(&card.id) == moment.own.as_ref();
    let unnamed = || cards.iter().filter(|card| card.name.is_none());
    if moment.arrival != Arrival::Link {
        let card = unnamed().find(is_own)?;
        return Some(Choice {
            card,
            is_told: false,
            // The page that is being left may still have the lock at a reload.
            own: moment.arrival == Arrival::Reload || !is_held(card),
        });
    }
    if moment.has_link {
        return None;
    }
    let mut free = unnamed().filter(|card| card.is_worth_keeping() && !is_held(card));
    let card = unnamed()
        .filter(is_own)
        .find(|card| card.is_worth_keeping() && !is_held(card))
        .or_else(|| free.next())?;
    Some(Choice {
        card,
        is_told: true,
        own: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(id: &str, actions: u64) -> Card {
        Card {
            id: id.to_owned(),
            actions,
            branches: 1,
            ..Card::default()
        }
    }

    fn moment(arrival: Arrival, has_link: bool, own: Option<&str>, held: &[&str]) -> Moment {
        Moment {
            arrival,
            has_link,
            own: own.map(str::to_owned),
            held: held.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    fn chosen(cards: &[Card], moment: &Moment) -> Option<(String, bool, bool)> {
        let choice = choose(cards, moment)?;
        Some((choice.card.id.clone(), choice.is_told, choice.own))
    }

    #[test]
    fn a_reload_goes_on_with_the_session_of_the_tab() {
        let cards = [card("other", 3), card("own", 0)];
        let reload = |held| moment(Arrival::Reload, true, Some("own"), held);
        let own = Some(("own".to_owned(), false, true));
        assert_eq!(chosen(&cards, &reload(&[])), own);
        assert_eq!(chosen(&cards, &reload(&["own"])), own);
        let unknown = moment(Arrival::Reload, true, Some("gone"), &[]);
        assert_eq!(chosen(&cards, &unknown), None);
    }

    #[test]
    fn a_copied_tab_gets_a_session_of_its_own() {
        let cards = [card("own", 2)];
        let copied = moment(Arrival::Back, true, Some("own"), &["own"]);
        let copy = Some(("own".to_owned(), false, false));
        assert_eq!(chosen(&cards, &copied), copy);
    }

    #[test]
    fn a_link_wins() {
        let cards = [card("own", 2)];
        let link = moment(Arrival::Link, true, Some("own"), &[]);
        assert_eq!(chosen(&cards, &link), None);
    }

    #[test]
    fn a_page_without_a_link_goes_on_with_the_last_session_that_is_free() {
        let named = Card {
            name: Some("lecture".to_owned()),
            ..card("named", 9)
        };
        let cards = [card("held", 5), card("empty", 0), named, card("last", 1)];
        let bare = |own, held| moment(Arrival::Link, false, own, held);
        let last = Some(("last".to_owned(), true, true));
        assert_eq!(chosen(&cards, &bare(None, &["held"])), last);
        assert_eq!(chosen(&cards, &bare(Some("last"), &[])), last);
        let held = Some(("held".to_owned(), true, true));
        assert_eq!(chosen(&cards, &bare(None, &[])), held);
        assert_eq!(chosen(&cards[1..2], &bare(None, &[])), None);
    }
}
