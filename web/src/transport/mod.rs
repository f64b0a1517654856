//! Time: playing, stepping, speeds, and what each node was until now.

mod marks;
mod ribbon;

use yew::prelude::*;

use crate::session::{Command, Speed, use_store, use_view};
use crate::words::words;

use ribbon::Ribbon;

/// The whole strip.
#[component]
pub(crate) fn Transport() -> Html {
    html! {
        <section class="card transport" aria-label={words().transport.label}>
            <div class="controls">
                <Buttons />
                <Speeds />
            </div>
            <Ribbon />
        </section>
    }
}

#[component]
fn Buttons() -> Html {
    let store = use_store();
    let playing = use_view(|view| view.playing);
    let words = &words().transport;
    let send = |command: Command| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.send(command.clone()))
    };
    let (play_words, play_path) = if playing {
        (words.pause, "M7 5h4v14H7zM13 5h4v14h-4z")
    } else {
        (words.play, "M8 5v14l11-7z")
    };
    html! {
        <div class="buttons">
            <button type="button" class="icon" data-testid="again" onclick={send(Command::Again)}
                title={words.again} aria-label={words.again}>{ icon("M6 5h2.5v14H6zM19 5v14L9.5 12z") }</button>
            <button type="button" class="icon primary" data-testid="play" data-playing={playing.to_string()}
                onclick={send(Command::TogglePlay)} title={play_words} aria-label={play_words}>{ icon(play_path) }</button>
            <button type="button" class="icon" data-testid="step" onclick={send(Command::Step)}
                title={words.step} aria-label={words.step}>{ icon("M5 5v14l9.5-7zM15.5 5H18v14h-2.5z") }</button>
        </div>
    }
}

fn icon(d: &'static str) -> Html {
    html! { <svg viewBox="0 0 24 24" aria-hidden="true"><path {d} /></svg> }
}

#[component]
fn Speeds() -> Html {
    let store = use_store();
    let speed = use_view(|view| view.speed);
    let words = &words().transport;
    let button = |each: Speed| {
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| store.send(Command::SetSpeed(each)));
        html! {
            <button type="button" key={each.test_id()} data-testid={each.test_id()} {onclick}
                aria-pressed={(each == speed).to_string()} title={(words.speed_hint)(each)}>
                { (words.speed_name)(each) }
            </button>
        }
    };
    html! {
        <div class="speeds" role="group" aria-label={words.speed}>{ for Speed::ALL.into_iter().map(button) }</div>
    }
}
