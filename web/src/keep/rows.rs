//! The sessions of the list.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::words::words;

use super::Card;
use super::desk::{Desk, MAX_NAME_CHARS};

/// What can be done with a session.
#[derive(Clone, Copy)]
enum Deed {
    Open,
    Rename,
    Export,
    Delete,
}

impl Deed {
    const ALL: [Self; 4] = [Self::Open, Self::Rename, Self::Export, Self::Delete];

    fn test_id(self) -> &'static str {
        match self {
            Self::Open => "session-open",
            Self::Rename => "session-rename",
            Self::Export => "session-export",
            Self::Delete => "session-delete",
        }
    }

    fn words(self) -> &'static str {
        let words = &words().sessions;
        match self {
            Self::Open => words.open,
            Self::Rename => words.rename,
            Self::Export => words.export,
            Self::Delete => words.delete,
        }
    }

    fn does(self, desk: &Desk, card: &Card) {
        let card = card.clone();
        match self {
            Self::Open => desk.open(card),
            Self::Rename => desk.renaming.set(Some(card.id)),
            Self::Export => desk.export(card),
            Self::Delete => desk.delete(card),
        }
    }
}

/// One session, and what can be done with it; `renaming` is the one whose name is typed.
pub(super) fn row(card: &Card, desk: &Desk, renaming: Option<&String>) -> Html {
    let words = &words().sessions;
    let when = (words.when)(card.saved_at);
    let title = card.name.as_ref().unwrap_or(&when);
    // What has no name is told apart by its time, and gets a name by being opened and saved.
    let deeds = Deed::ALL.into_iter();
    let deeds = deeds.filter(|deed| card.name.is_some() || !matches!(deed, Deed::Rename));
    let button = |deed: Deed| {
        let (desk, card) = (desk.clone(), card.clone());
        let onclick = Callback::from(move |_: MouseEvent| deed.does(&desk, &card));
        let label = (words.of)(deed.words(), title);
        html! {
            <button type="button" data-testid={deed.test_id()} aria-label={label.clone()} title={label} {onclick}>{ deed.words() }</button>
        }
    };
    let name = if renaming == Some(&card.id) {
        new_name(card, desk)
    } else {
        html! { <b>{ title.clone() }</b> }
    };
    let saved = card
        .name
        .is_some()
        .then(|| html! { <span>{ when.clone() }</span> });
    html! {
        <li key={card.id.clone()} data-testid="kept-session" data-name={card.name.clone().unwrap_or_default()}>
            <div class="kept-name">{ name }</div>
            <div class="kept-facts">{ saved }<span>{ (words.facts)(card) }</span></div>
            <div class="kept-buttons">{ for deeds.map(button) }</div>
        </li>
    }
}

/// Where a new name is typed.
fn new_name(card: &Card, desk: &Desk) -> Html {
    let words = &words().sessions;
    let done = {
        let (desk, card) = (desk.clone(), card.clone());
        Callback::from(move |name: Option<String>| {
            desk.renaming.set(None);
            if let Some(name) = name {
                desk.rename(card.clone(), name);
            }
        })
    };
    let onkeydown = {
        let done = done.clone();
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => done.emit(typed(&event)),
            "Escape" => {
                // The dialog stays open.
                event.prevent_default();
                done.emit(None);
            }
            _ => {}
        })
    };
    html! {
        <input type="text" data-testid="session-new-name" aria-label={words.new_name} title={words.new_name}
            maxlength={MAX_NAME_CHARS.to_string()} value={card.name.clone()} autocomplete="off" {onkeydown} />
    }
}

/// What stands in the field of an event, if it is a name.
pub(super) fn typed(event: &Event) -> Option<String> {
    let input = event.target_dyn_into::<HtmlInputElement>()?;
    let name = input.value().trim().to_owned();
    (!name.is_empty()).then_some(name)
}
