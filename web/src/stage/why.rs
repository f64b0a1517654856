//! Why that happened which the sentence tells: the chain of causes, back to an action or a
//! timer.

use std::rc::Rc;

use glassraft_core::trace::Root;
use yew::prelude::*;

use crate::browser;
use crate::events::event_link;
use crate::session::{Command, EventRow, Reason, View, use_store, use_view};
use crate::words::words;

/// The most causes that are listed.
const MAX_SHOWN: usize = 12;

/// What the chain is of, for which a person may have gone along it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    /// The chain begins with the last of so many events.
    about: u64,
    /// As long as so many events are shown, it stays: the person follows it.
    at: u64,
}

/// The event that the sentence tells of; without one, the shown event. As a number of events.
fn told(view: &View) -> u64 {
    let told = view.calm.told.as_ref();
    told.map_or(view.calm.frame.events, |told| told.events)
}

/// A button, and the chain while it is pressed.
#[component]
pub(super) fn Why() -> Html {
    let store = use_store();
    let open = use_state_eq(|| None::<Asked>);
    let (events, told, playing, voice) = use_view(|view| {
        let events = view.calm.frame.events;
        (events, told(view), view.playing, view.voice)
    });
    let words = &words().stage;
    let about = open.map(|asked| {
        if asked.at == events {
            asked.about
        } else {
            told
        }
    });
    let about = about.filter(|_| !playing);
    let reason: Option<Rc<Reason>> = about.and_then(|about| store.why(about));
    let onclick = {
        let (open, store) = (open.clone(), store.clone());
        Callback::from(move |_: MouseEvent| {
            // Nobody could read a chain that changes all the time.
            if open.is_none() && store.view().playing {
                store.send(Command::TogglePlay);
            }
            let opened = Asked {
                about: told,
                at: events,
            };
            open.set(open.is_none().then_some(opened));
        })
    };
    let list = reason.zip(about).map(|(reason, about)| {
        let is_cut = reason.chain.len() > MAX_SHOWN;
        let row = |(place, row): (usize, &EventRow)| {
            let (open, store, at) = (open.clone(), store.clone(), row.id.0 + 1);
            // From the last line of a chain that is cut, the rest of it is seen.
            let goes_on = is_cut && place + 1 == MAX_SHOWN;
            let about = if goes_on { at } else { about };
            let onclick = Callback::from(move |_: MouseEvent| {
                open.set(Some(Asked { about, at }));
                store.send(Command::GoTo(at));
            });
            event_link(voice, row, at == events, onclick)
        };
        let shown = reason.chain.iter().take(MAX_SHOWN);
        let rows = shown.enumerate().map(row);
        let root = if is_cut { Root::TooLong } else { reason.root };
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
            if event.key() == "Escape" && open.is_some() {
                event.prevent_default();
                event.stop_propagation();
                open.set(None);
                browser::focus_named("why");
            }
        })
    };
    html! {
        <div class="why" {onkeydown}>
            <button type="button" data-testid="why" title={words.why_hint} aria-expanded={open.is_some().to_string()} {onclick}>{ words.why }</button>
            <>{ list }</>
        </div>
    }
}
