//! The whole page.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::window;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::browser;
use crate::console::Console;
use crate::header::Header;
use crate::help::Help;
use crate::keys::{Meaning, meaning};
use crate::panel::{Panel, crowd};
use crate::session::{Command, Notice, Store, use_store, use_view};
use crate::stage::Stage;
use crate::transport::Transport;
use crate::words::words;

/// The page with its session.
#[component]
pub(crate) fn App() -> Html {
    let store = use_memo((), |()| Store::open());
    html! {
        <ContextProvider<Store> context={(*store).clone()}>
            <Page />
        </ContextProvider<Store>>
    }
}

#[component]
fn Page() -> Html {
    let start = use_view(|view| view.start);
    let nodes = use_view(|view| view.frame.nodes.len());
    let help = use_state_eq(|| false);
    let store = use_store();
    let open_help = {
        let set = help.setter();
        use_callback((), move |(), ()| set.set(true))
    };
    let close_help = {
        let set = help.setter();
        use_callback((), move |(), ()| set.set(false))
    };
    {
        let open_help = open_help.clone();
        use_effect_with((), move |()| {
            browser::remove_start();
            let listener = listen_to_keys(store, open_help);
            move || drop(listener)
        });
    }
    html! {
        <div class="app" data-testid="app" data-ready="true" data-seed={start.seed.to_string()}
            data-nodes={start.nodes.to_string()} data-crowd={crowd(nodes)}>
            <Header on_help={open_help} />
            <NoticeBar />
            <main>
                <Stage />
                <Transport />
                <Console />
                <Panel />
            </main>
            <Help open={*help} on_close={close_help} />
        </div>
    }
}

fn listen_to_keys(store: Store, open_help: Callback<()>) -> EventListener {
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
            Meaning::Help => open_help.emit(()),
        }
    })
}

/// What the person is to be told, until it was read.
#[component]
fn NoticeBar() -> Html {
    let notice = use_view(|view| view.notice.clone());
    let store = use_store();
    let onclick = use_callback((), move |_: MouseEvent, ()| store.send(Command::Dismiss));
    let notice = notice.map(|notice: std::rc::Rc<Notice>| {
        html! {
            <div class="notice" role="alert">
                <p data-testid="notice">{ (words().notice)(&notice) }</p>
                <button type="button" {onclick}>{ words().dismiss }</button>
            </div>
        }
    });
    html! { <div class="notice-place">{ notice }</div> }
}
