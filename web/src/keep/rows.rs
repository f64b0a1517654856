//! The sessions of the list.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::browser;
use crate::words::words;

use super::Card;
use super::desk::{Desk, MAX_NAME_CHARS};

#[derive(PartialEq, Properties)]
pub(super) struct RowProps {
    pub(super) card: Card,
    pub(super) desk: Desk,
}

/// One session, and what can be done with it.
#[component]
pub(super) fn Row(props: &RowProps) -> Html {
    let renaming = use_state_eq(|| false);
    let words = &words().sessions;
    let RowProps { card, desk } = props;
    let when = (words.when)(card.saved_at);
    let title = card.name.clone().unwrap_or_else(|| when.clone());
    let facts = (words.facts)(card);
    let button = |test_id: &'static str, text: &'static str, act: fn(&Desk, Card)| {
        let (desk, card) = (desk.clone(), card.clone());
        let onclick = Callback::from(move |_: MouseEvent| act(&desk, card.clone()));
        let label = (words.of)(text, &title);
        html! {
            <button type="button" data-testid={test_id} aria-label={label.clone()} title={label} {onclick}>{ text }</button>
        }
    };
    let rename = card.name.is_some().then(|| {
        let renaming = renaming.setter();
        let onclick = Callback::from(move |_: MouseEvent| {
            renaming.set(true);
        });
        let label = (words.of)(words.rename, &title);
        html! {
            <button type="button" data-testid="session-rename" aria-label={label.clone()} title={label} {onclick}>{ words.rename }</button>
        }
    });
    let name = if *renaming {
        let done = {
            let (desk, card, renaming) = (desk.clone(), card.clone(), renaming.setter());
            Callback::from(move |name: Option<String>| {
                renaming.set(false);
                if let Some(name) = name {
                    desk.rename(card.clone(), name);
                }
            })
        };
        html! { <Rename name={title.clone()} {done} /> }
    } else {
        html! { <b>{ title.clone() }</b> }
    };
    let when = card.name.is_some().then(|| html! { <span>{ when }</span> });
    html! {
        <li data-testid="kept-session" data-name={card.name.clone().unwrap_or_default()}>
            <div class="kept-name">{ name }</div>
            <div class="kept-facts muted">{ when }<span>{ facts }</span></div>
            <div class="kept-buttons">
                { button("session-open", words.open, Desk::open) }
                { rename }
                { button("session-export", words.export, Desk::export) }
                { button("session-delete", words.delete, Desk::delete) }
            </div>
        </li>
    }
}

#[derive(PartialEq, Properties)]
struct RenameProps {
    name: String,
    /// The new name, or none when it was called off.
    done: Callback<Option<String>>,
}

/// Where a new name is typed.
#[component]
fn Rename(props: &RenameProps) -> Html {
    let words = &words().sessions;
    use_effect_with((), |()| browser::focus_named("session-new-name"));
    let onkeydown = {
        let done = props.done.clone();
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
    let onblur = {
        let done = props.done.clone();
        Callback::from(move |event: FocusEvent| done.emit(typed(&event)))
    };
    html! {
        <input type="text" data-testid="session-new-name" aria-label={words.new_name} title={words.new_name}
            maxlength={MAX_NAME_CHARS.to_string()} value={props.name.clone()} autocomplete="off" {onkeydown} {onblur} />
    }
}

/// What stands in the field of an event, if it is a name.
pub(super) fn typed(event: &Event) -> Option<String> {
    let input = event.target_dyn_into::<HtmlInputElement>()?;
    let name = input.value().trim().to_owned();
    (!name.is_empty()).then_some(name)
}
