//! Why the shown event happened: the chain of causes, back to an action or a timer.

use std::rc::Rc;

use glassraft_core::trace::Root;
use yew::prelude::*;

use crate::browser;
use crate::events::event_link;
use crate::session::{Command, Reason, use_store, use_view};
use crate::words::words;

/// The most causes that are listed.
const MAX_SHOWN: usize = 12;

/// A button, and the chain while it is pressed.
#[component]
pub(super) fn Why() -> Html {
    let store = use_store();
    let open = use_state_eq(|| false);
    let events = use_view(|view| view.calm.frame.events);
    let playing = use_view(|view| view.playing);
    let words = &words().stage;
    let reason: Option<Rc<Reason>> = (*open && !playing).then(|| store.why(events)).flatten();
    let onclick = {
        let (open, store) = (open.clone(), store.clone());
        Callback::from(move |_: MouseEvent| {
            // Nobody could read a chain that changes all the time.
            if !*open && store.view().playing {
                store.send(Command::TogglePlay);
            }
            open.set(!*open);
        })
    };
    let list = reason.map(|reason| {
        let shown = reason.chain.iter().take(MAX_SHOWN);
        let rows = shown.map(|row| event_link(&store, row));
        let root = match reason.chain.len() > MAX_SHOWN {
            true => Root::TooLong,
            false => reason.root,
        };
        html! {
            <div class="why-list" data-testid="why-list">
                <ol class="event-links">{ for rows }</ol>
                <p class="note">{ (words.root)(root) }</p>
            </div>
        }
    });
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && *open {
                event.prevent_default();
                event.stop_propagation();
                open.set(false);
                browser::focus_named("why");
            }
        })
    };
    html! {
        <div class="why" {onkeydown}>
            <button type="button" data-testid="why" title={words.why_hint} aria-expanded={open.to_string()} {onclick}>{ words.why }</button>
            <>{ list }</>
        </div>
    }
}
