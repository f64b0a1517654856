//! The whole page.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::window;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::browser;
use crate::button::button;
use crate::console::Console;
use crate::header::Header;
use crate::help::Help;
use crate::keep::Sessions;
use crate::keys::{Meaning, meaning};
use crate::panel::{Panel, crowd};
use crate::session::{Command, Notice, Store, use_store, use_view};
use crate::stage::Stage;
use crate::transport::transport;
use crate::words::words;

#[derive(PartialEq, Properties)]
pub(crate) struct AppProps {
    /// The session.
    pub(crate) store: Store,
}

/// A dialog over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialog {
    /// All keys and shapes.
    Help,
    /// The sessions that are kept.
    Sessions,
}

/// The page with its session.
#[component]
pub(crate) fn App(props: &AppProps) -> Html {
    html! {
        <ContextProvider<Store> context={props.store.clone()}>
            <Page />
        </ContextProvider<Store>>
    }
}

#[component]
fn Page() -> Html {
    let (start, nodes) = use_view(|view| (view.start, view.frame.nodes.len()));
    let dialog = use_state_eq(|| None::<Dialog>);
    let store = use_store();
    let on_dialog = {
        let set = dialog.setter();
        Callback::from(move |dialog| set.set(Some(dialog)))
    };
    let on_close = {
        let set = dialog.setter();
        Callback::from(move |()| set.set(None))
    };
    {
        let on_dialog = on_dialog.clone();
        use_effect_with((), move |()| {
            browser::remove_start();
            let listener = listen_to_keys(store, on_dialog);
            move || drop(listener)
        });
    }
    html! {
        <div class="app" data-testid="app" data-ready="true" data-seed={start.seed.to_string()}
            data-nodes={start.nodes.to_string()} data-crowd={crowd(nodes)}>
            <Header {on_dialog} />
            <NoticeBar />
            <main>
                <Stage />
                { transport() }
                <Console />
                <Panel />
            </main>
            <Help open={*dialog == Some(Dialog::Help)} on_close={on_close.clone()} />
            <Sessions open={*dialog == Some(Dialog::Sessions)} {on_close} />
        </div>
    }
}

fn listen_to_keys(store: Store, on_dialog: Callback<Dialog>) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&window(), "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        let Some(meaning) = meaning(event, &store) else {
            return;
        };
        event.prevent_default();
        match meaning {
            Meaning::Do(command) => store.send(command),
            Meaning::Console => browser::focus("[data-testid=\"console-input\"]"),
            Meaning::Press(name) => browser::click_named(name),
            Meaning::Open(dialog) => on_dialog.emit(dialog),
        }
    })
}

/// What the person is to be told, until it was read.
#[component]
fn NoticeBar() -> Html {
    let notice = use_view(|view| view.notice.clone());
    let store = use_store();
    let notice = notice.map(|notice: std::rc::Rc<Notice>| {
        let afresh = matches!(*notice, Notice::Restored(_)).then(|| {
            let afresh = store.sends(Command::Afresh);
            button("afresh", None, afresh, words().sessions.afresh)
        });
        html! {
            <div class="notice" role="alert">
                <p data-testid="notice">{ (words().notice)(&notice) }</p>
                { afresh }
                <button type="button" onclick={store.sends(Command::Dismiss)}>{ words().dismiss }</button>
            </div>
        }
    });
    html! { <>{ notice }</> }
}
