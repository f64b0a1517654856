//! The shown event, taken apart: its parts, why it happened, and what it led to.

use glassraft_core::trace::{Fact, Root};
use glassraft_core::world::EventId;
use yew::prelude::*;

use crate::session::{Command, Detail, EventRow, Store};
use crate::words::{Voice, words};

use super::Stand;

/// The most causes that are listed.
const MAX_CAUSES: usize = 16;

/// The part below the list: the shown event.
pub(super) fn details(store: &Store, stand: &Stand) -> Html {
    let words = &words().time;
    let detail = (!stand.playing).then(|| store.look(|session| session.detail(stand.shown)));
    let content = match detail {
        // Nobody could read what changes all the time.
        None => html! { <p class="empty">{ words.playing }</p> },
        Some(None) => html! { <p class="empty">{ words.no_event }</p> },
        Some(Some(detail)) => whole(store, stand.voice, &detail),
    };
    html! {
        <div class="event-detail" data-testid="event-detail">
            <div class="scroller" tabindex="0" role="region" aria-label={words.detail}>{ content }</div>
        </div>
    }
}

fn whole(store: &Store, voice: Voice, detail: &Detail) -> Html {
    let words = &words().time;
    let all = crate::words::words();
    let facts = detail.facts.iter().enumerate().map(|(place, fact)| {
        html! { <div key={place}><dt>{ fact.name }</dt><dd>{ value(store, fact) }</dd></div> }
    });
    let causes = detail.reason.as_ref().map(|reason| {
        let lines = reason.chain.iter().skip(1);
        let cut = reason.chain.len() > MAX_CAUSES + 1;
        let root = if cut { Root::TooLong } else { reason.root };
        html! {
            <>
                <h3>{ words.causes }</h3>
                <ol class="event-links">{ for lines.take(MAX_CAUSES).map(|row| link(store, voice, row)) }</ol>
                <p class="note">{ (all.stage.root)(root) }</p>
            </>
        }
    });
    let (effects, more) = &detail.effects;
    let effects_note = match (effects.is_empty(), more) {
        (true, _) => words.no_effects,
        (false, true) => words.more_effects,
        (false, false) => "",
    };
    html! {
        <>
            <h2>{ (words.event)(detail.row.id.0, detail.word) }<small>{ (words.seconds)(detail.row.at) }{ " s · " }{ detail.row.node.to_string() }</small></h2>
            <p data-testid="event-told">{ (all.sentence)(voice, &detail.row.told).html() }</p>
            <p class="trace-line" data-testid="trace-line">{ &detail.row.what }</p>
            <dl class="facts">{ for facts }</dl>
            { causes }
            <h3>{ words.effects }</h3>
            <ol class="event-links" data-testid="effects">{ for effects.iter().map(|row| link(store, voice, row)) }</ol>
            <p class="note" hidden={effects_note.is_empty()}>{ effects_note }</p>
        </>
    }
}

/// What a fact says; the event that it names can be gone to.
fn value(store: &Store, fact: &Fact) -> Html {
    let Some(id) = fact.event else {
        return html! { { &fact.value } };
    };
    let onclick = go(store, id);
    html! { <button type="button" class="plain" {onclick} title={words().time.go_there}>{ &fact.value }</button> }
}

fn link(store: &Store, voice: Voice, row: &EventRow) -> Html {
    event_link(voice, row, false, go(store, row.id))
}

/// An event in a list of causes or effects, and whether it is the shown one.
pub(crate) fn event_link(
    voice: Voice,
    row: &EventRow,
    is_shown: bool,
    onclick: Callback<MouseEvent>,
) -> Html {
    let (id, at) = (row.id.0.to_string(), (words().time.seconds)(row.at));
    html! {
        <li key={row.id.0}>
            <button type="button" class="event-link" data-event={id.clone()} {onclick}
                aria-current={is_shown.then_some("true")} title={row.what.clone()}>
                <span class="id">{ id }</span><span class="when">{ at }{ " s" }</span>
                <span class="what">{ (words().sentence)(voice, &row.told).html() }</span>
            </button>
        </li>
    }
}

fn go(store: &Store, id: EventId) -> Callback<MouseEvent> {
    store.sends(Command::GoTo(id.0 + 1))
}
