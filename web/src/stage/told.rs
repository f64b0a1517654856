//! What has just happened, in words, with the numbers below.

use yew::prelude::*;

use crate::session::use_view;
use crate::words::{Quorum, words};

use super::facts::quorum;

/// The sentence and the line of numbers.
#[component]
pub(super) fn Told() -> Html {
    let (told, spoken, voice) = use_view(|view| {
        let calm = &view.calm;
        (calm.told.clone(), calm.spoken.clone(), view.voice)
    });
    let sentence = told.map(|told| (words().sentence)(voice, &told.sentence).html());
    let spoken = spoken.map(|told| (words().sentence)(voice, &told.sentence).text());
    html! {
        <header class="told">
            <p class="sentence" data-testid="sentence">{ sentence }</p>
            <p class="unseen" role="status" aria-live="polite">{ spoken }</p>
            <Numbers />
        </header>
    }
}

#[component]
fn Numbers() -> Html {
    let (now, events, facts, dropped, voice) = use_view(|view| {
        let calm = &view.calm;
        let facts: Quorum = quorum(&calm.frame);
        (calm.now, calm.frame.events, facts, calm.dropped, view.voice)
    });
    let words = &words().stage;
    let dropped = (dropped > 0).then(|| html! { <span>{ (words.dropped)(dropped) }</span> });
    html! {
        <p class="numbers">
            <span class="time">{ (words.time)(now) }</span>
            <span class="event" data-testid="event" data-event={events.to_string()}>{ (words.event)(events) }</span>
            <span>{ (words.quorum)(voice, facts) }</span>
            <>{ dropped }</>
        </p>
    }
}
