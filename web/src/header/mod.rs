//! The head of the page: which run this is, and how it is shown.

use glassraft_core::world::MAX_NODES;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::Dialog;
use crate::browser;
use crate::button::button;
use crate::select::select;
use crate::session::{Command, Notice, Start, Store, Theme, use_store, use_view};
use crate::words::{Voice, words};

#[derive(PartialEq, Properties)]
pub(crate) struct HeaderProps {
    /// Opens a dialog.
    pub(crate) on_dialog: Callback<Dialog>,
}

/// The head. It is one component, because each has a price in code.
#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let store = use_store();
    let (start, voice, theme) = use_view(|view| (view.start, view.voice, view.theme));
    let sessions = &words().sessions;
    let words = &words().header;
    html! {
        <header class="head">
            <h1><span class="logo" aria-hidden="true">{ "◈" }</span>{ words.name }</h1>
            <p class="subtitle">{ words.subtitle }</p>
            { nodes(&store, start) }
            { seed(&store, start.seed) }
            { voices(&store, voice) }
            { themes(&store, theme) }
            <button type="button" class="sessions-button" data-testid="sessions" title={sessions.button_hint}
                aria-label={sessions.button} onclick={props.on_dialog.reform(|_: MouseEvent| Dialog::Sessions)}>
                <span class="icon" aria-hidden="true">{ "▤" }</span><span class="text">{ sessions.button }</span>
            </button>
            <button type="button" class="help-button" data-testid="help" title={words.help}
                aria-label={words.help} onclick={props.on_dialog.reform(|_: MouseEvent| Dialog::Help)}>{ "?" }</button>
        </header>
    }
}

fn nodes(store: &Store, start: Start) -> Html {
    let store = store.clone();
    let all = (1..=MAX_NODES).map(|nodes| (nodes.to_string(), nodes.to_string()));
    let on_choose = Callback::from(move |place: usize| {
        if let Some(nodes) = (1..=MAX_NODES).nth(place) {
            store.send(Command::Begin(Start {
                nodes,
                ..store.view().start
            }));
        }
    });
    let chosen = usize::from(start.nodes).checked_sub(1);
    html! {
        <label class="field">
            <span>{ words().header.nodes }</span>
            { select("nodes", None, all.collect(), chosen, on_choose) }
        </label>
    }
}

fn seed(store: &Store, seed: u64) -> Html {
    let words = &words().header;
    let onchange = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                begin_typed(&store, &input);
            }
        })
    };
    let again = store.sends(Command::Again);
    let store = store.clone();
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
            { button("again", Some(words.again_hint), again, words.again) }
            { button("new-run", Some(words.new_run_hint), onclick, words.new_run) }
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

fn voices(store: &Store, voice: Voice) -> Html {
    let store = store.clone();
    let words = &words().header;
    let name = |voice: Voice| {
        (
            voice.name().to_owned(),
            (words.voice_name)(voice).to_owned(),
        )
    };
    let on_choose = Callback::from(move |place: usize| {
        if let Some(voice) = Voice::ALL.get(place) {
            store.send(Command::SetVoice(*voice));
        }
    });
    let chosen = Voice::ALL.iter().position(|each| *each == voice);
    html! {
        <label class="field minor">
            <span>{ words.voice }</span>
            { select("voice", None, Voice::ALL.map(name).to_vec(), chosen, on_choose) }
        </label>
    }
}

fn themes(store: &Store, theme: Theme) -> Html {
    let store = store.clone();
    let words = &words().header;
    let name = |theme: Theme| {
        (
            theme.name().to_owned(),
            (words.theme_name)(theme).to_owned(),
        )
    };
    let on_choose = Callback::from(move |place: usize| {
        if let Some(theme) = Theme::ALL.get(place) {
            store.send(Command::SetTheme(*theme));
        }
    });
    let chosen = Theme::ALL.iter().position(|each| *each == theme);
    html! {
        <label class="field minor themes">
            <span>{ words.theme }</span>
            { select("theme", None, Theme::ALL.map(name).to_vec(), chosen, on_choose) }
        </label>
    }
}
