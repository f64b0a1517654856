//! The head of the page: which run this is, and how it is shown.

use glassraft_core::world::MAX_NODES;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::Dialog;
use crate::browser;
use crate::session::{Command, Notice, Start, Store, Theme, use_store, use_view};
use crate::words::{Voice, words};

#[derive(PartialEq, Properties)]
pub(crate) struct HeaderProps {
    /// Opens a dialog.
    pub(crate) on_dialog: Callback<Dialog>,
}

/// The head.
#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let sessions = &words().sessions;
    let words = &words().header;
    html! {
        <header class="head">
            <h1><span class="logo" aria-hidden="true">{ "◈" }</span>{ words.name }</h1>
            <p class="subtitle">{ words.subtitle }</p>
            <Nodes />
            <Seed />
            <Voices />
            <Themes />
            <button type="button" class="sessions-button" data-testid="sessions" title={sessions.button_hint}
                aria-label={sessions.button} onclick={props.on_dialog.reform(|_: MouseEvent| Dialog::Sessions)}>
                <span class="icon" aria-hidden="true">{ "▤" }</span><span class="text">{ sessions.button }</span>
            </button>
            <button type="button" class="help-button" data-testid="help" title={words.help}
                aria-label={words.help} onclick={props.on_dialog.reform(|_: MouseEvent| Dialog::Help)}>{ "?" }</button>
        </header>
    }
}

/// The value that was chosen.
fn chosen(event: &Event) -> Option<String> {
    let select = event.target_dyn_into::<HtmlSelectElement>();
    select.map(|select| select.value())
}

#[component]
fn Nodes() -> Html {
    let store = use_store();
    let start = use_view(|view| view.start);
    let words = &words().header;
    let onchange = Callback::from(move |event: Event| {
        if let Some(nodes) = chosen(&event).and_then(|value| value.parse().ok()) {
            store.send(Command::Begin(Start {
                nodes,
                ..store.view().start
            }));
        }
    });
    html! {
        <label class="field">
            <span>{ words.nodes }</span>
            <select data-testid="nodes" {onchange}>
                { for (1..=MAX_NODES).map(|nodes| html! {
                    <option key={nodes} value={nodes.to_string()} selected={nodes == start.nodes}>{ nodes }</option>
                }) }
            </select>
        </label>
    }
}

#[component]
fn Seed() -> Html {
    let store = use_store();
    let seed = use_view(|view| view.start.seed);
    let words = &words().header;
    let onchange = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                begin_typed(&store, &input);
            }
        })
    };
    let again = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.send(Command::Again))
    };
    let onclick = Callback::from(move |_: MouseEvent| {
        let start = Start {
            seed: browser::random_seed(),
            ..store.view().start
        };
        store.send(Command::Begin(start));
    });
    html! {
        <div class="field">
            <label title={words.seed_hint}>
                <span>{ words.seed }</span>
                <input type="text" inputmode="numeric" data-testid="seed" autocomplete="off"
                    value={seed.to_string()} {onchange} />
            </label>
            <button type="button" data-testid="again" title={words.again_hint} onclick={again}>{ words.again }</button>
            <button type="button" data-testid="new-run" title={words.new_run_hint} {onclick}>{ words.new_run }</button>
        </div>
    }
}

/// Begins the run of the typed seed. Of nonsense, the person is told, and the seed of the
/// run is there again.
fn begin_typed(store: &Store, input: &HtmlInputElement) {
    let start = store.view().start;
    match Start::parse_seed(&input.value()) {
        Ok(seed) => store.send(Command::Begin(Start { seed, ..start })),
        Err(error) => {
            input.set_value(&start.seed.to_string());
            store.send(Command::Tell(Notice::Seed(error)));
        }
    }
}

#[component]
fn Voices() -> Html {
    let store = use_store();
    let voice = use_view(|view| view.voice);
    let words = &words().header;
    let onchange = Callback::from(move |event: Event| {
        let name = chosen(&event);
        let voice = Voice::ALL
            .into_iter()
            .find(|voice| name.as_deref() == Some(voice.name()));
        if let Some(voice) = voice {
            store.send(Command::SetVoice(voice));
        }
    });
    html! {
        <label class="field minor">
            <span>{ words.voice }</span>
            <select data-testid="voice" {onchange}>
                { for Voice::ALL.into_iter().map(|each| html! {
                    <option key={each.name()} value={each.name()} selected={each == voice}>{ (words.voice_name)(each) }</option>
                }) }
            </select>
        </label>
    }
}

#[component]
fn Themes() -> Html {
    let store = use_store();
    let theme = use_view(|view| view.theme);
    let words = &words().header;
    let onchange = Callback::from(move |event: Event| {
        let name = chosen(&event);
        let theme = Theme::ALL
            .into_iter()
            .find(|theme| name.as_deref() == Some(theme.name()));
        if let Some(theme) = theme {
            store.send(Command::SetTheme(theme));
        }
    });
    html! {
        <label class="field minor themes">
            <span>{ words.theme }</span>
            <select data-testid="theme" {onchange}>
                { for Theme::ALL.into_iter().map(|each| html! {
                    <option key={each.name()} value={each.name()} selected={each == theme}>{ (words.theme_name)(each) }</option>
                }) }
            </select>
        </label>
    }
}
