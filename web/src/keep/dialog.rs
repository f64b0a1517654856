//! The dialog of the sessions that are kept.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::file::callbacks::FileReader;
use yew::prelude::*;

use crate::browser;
use crate::button::button;
use crate::dialog::Dialog;
use crate::session::use_store;
use crate::words::words;

use super::database::Cards;
use super::desk::{Desk, Listing, MAX_NAME_CHARS, Told};
use super::rows::{row, typed};
use super::{Card, KeepError};

#[derive(PartialEq, Properties)]
pub(crate) struct SessionsProps {
    /// Whether it is shown.
    pub(crate) open: bool,
    /// Called when it was closed.
    pub(crate) on_close: Callback<()>,
}

/// The dialog. It is one component, because each has a price in code.
#[component]
pub(crate) fn Sessions(props: &SessionsProps) -> Html {
    let list = use_state_eq(Listing::default);
    let told = use_state_eq(|| None::<Told>);
    let renaming = use_state_eq(|| None::<String>);
    let reader = use_mut_ref(|| None::<FileReader>);
    let desk = Desk {
        store: use_store(),
        list: list.setter(),
        told: told.setter(),
        renaming: renaming.setter(),
        close: props.on_close.clone(),
    };
    {
        let desk = desk.clone();
        use_effect_with(props.open, move |open| {
            if *open {
                desk.told.set(None);
                desk.renaming.set(None);
                desk.refresh();
            }
        });
    }
    use_effect_with((*renaming).clone(), |renaming| {
        if renaming.is_some() {
            browser::focus_named("session-new-name");
        }
    });
    use_effect_with((*told).clone(), |told| {
        // The button that had the focus is gone with the session.
        if matches!(told, Some(Told::Deleted(..))) {
            browser::focus_named("session-undo");
        }
    });
    let words = &words().sessions;
    html! {
        <Dialog open={props.open} on_close={props.on_close.clone()} title={words.title} test_id="sessions-dialog">
            <div class="ask-row">
                { save(&desk) }
                { import(&desk, reader) }
            </div>
            { message(&told, &desk) }
            { listed(&list, &desk, renaming.as_ref()) }
            <p class="note">{ (words.note)() }</p>
        </Dialog>
    }
}

/// Saves the present session.
fn save(desk: &Desk) -> Html {
    const NAME: &str = "session-name";
    let words = &words().sessions;
    let onclick = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| match browser::value_of(NAME).trim() {
            "" => browser::focus_named(NAME),
            name => desk.save_as(name.to_owned()),
        })
    };
    let onkeydown = {
        let desk = desk.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter"
                && let Some(name) = typed(&event)
            {
                desk.save_as(name);
            }
        })
    };
    html! {
        <>
            <label class="wide">
                <span>{ words.name }</span>
                <input type="text" data-testid={NAME} placeholder={words.name_example} title={words.name_hint} autofocus=true
                    maxlength={MAX_NAME_CHARS.to_string()} autocomplete="off" {onkeydown} />
            </label>
            <button type="button" class="primary" data-testid="session-save" title={words.save_hint} {onclick}>{ words.save }</button>
        </>
    }
}

/// Takes a session from a file.
fn import(desk: &Desk, reader: Rc<RefCell<Option<FileReader>>>) -> Html {
    const FILE: &str = "session-file";
    let words = &words().sessions;
    let choose = Callback::from(|_: MouseEvent| browser::click_named(FILE));
    let desk = desk.clone();
    let take = Callback::from(move |(name, text): (String, Option<String>)| {
        desk.import(&name, text.ok_or(KeepError::Unreadable));
    });
    let onchange = Callback::from(move |event: Event| {
        browser::read_chosen(&event, &reader, take.clone());
    });
    html! {
        <>
            { button("session-import", Some(words.import_hint), choose, words.import) }
            <input type="file" accept=".json,.txt,application/json" hidden=true {onchange} data-testid={FILE} />
        </>
    }
}

/// What came of what was done last.
fn message(told: &Option<Told>, desk: &Desk) -> Html {
    let words = &words().sessions;
    let act = match told.clone() {
        Some(Told::Exists(card)) => {
            let desk = desk.clone();
            let onclick = Callback::from(move |_: MouseEvent| desk.replace(card.clone()));
            Some(button("session-replace", None, onclick, words.replace))
        }
        Some(Told::Deleted(card, text)) => {
            let desk = desk.clone();
            let onclick = Callback::from(move |_: MouseEvent| {
                desk.undelete(card.clone(), Rc::clone(&text));
            });
            Some(button("session-undo", None, onclick, words.undo))
        }
        _ => None,
    };
    let is_problem = matches!(told, Some(Told::Problem(_)));
    let text = told.as_ref().map(|told| {
        html! { <p data-testid="session-told" class={classes!(is_problem.then_some("problem"))}>{ (words.told)(told) }</p> }
    });
    html! { <div class="keep-told" role="status">{ text }{ act }</div> }
}

/// The sessions.
fn listed(list: &Listing, desk: &Desk, renaming: Option<&String>) -> Html {
    let words = &words().sessions;
    match list {
        Listing::Reading => html! {},
        Listing::Problem(error) => {
            html! { <p class="keep-told problem" role="alert" data-testid="sessions-problem">{ (words.error)(error) }</p> }
        }
        Listing::Cards(cards) => {
            let Cards { cards, damaged } = &**cards;
            let rows = |cards: Vec<&Card>| {
                let rows = cards.into_iter().map(|card| row(card, desk, renaming));
                html! { <ul class="kept">{ for rows }</ul> }
            };
            let (named, unnamed): (Vec<&Card>, Vec<&Card>) = cards
                .iter()
                .filter(|card| card.name.is_some() || card.is_worth_keeping())
                .partition(|card| card.name.is_some());
            let empty = named
                .is_empty()
                .then(|| html! { <p class="empty">{ words.empty }</p> });
            let others = (!unnamed.is_empty()).then(|| {
                html! { <section><h3>{ words.unnamed }</h3>{ rows(unnamed) }</section> }
            });
            let damaged = (*damaged > 0).then(|| {
                html! { <p class="problem" data-testid="sessions-damaged">{ (words.damaged)(*damaged) }</p> }
            });
            html! {
                <>
                    <section><h3>{ words.named }</h3>{ empty }{ rows(named) }</section>
                    { others }
                    { damaged }
                </>
            }
        }
    }
}
