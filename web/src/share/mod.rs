//! The run as a link or a file, and its events for other tools.

mod files;

use std::rc::Rc;

use gloo::file::callbacks::FileReader;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::branches::Hash;
use crate::browser;
use crate::button::button;
use crate::session::{Command, Export, Notice, Store, use_store, use_view};
use crate::words::words;

use files::ConsoleFiles;

/// The panel.
pub(crate) fn share() -> Html {
    html! {
        <div class="lab scroller" tabindex="-1">
            <Link />
            <Files />
            <Hash />
        </div>
    }
}

#[component]
fn Link() -> Html {
    let store = use_store();
    // The address follows what is done some times a second.
    let _renewed = use_view(|view| view.calm.actions);
    let copied = use_state_eq(|| false);
    let words = &words().share;
    let address = browser::address();
    let onclick = {
        let (address, copied) = (address.clone(), copied.setter());
        Callback::from(move |_: MouseEvent| {
            browser::copy(&address);
            copied.set(true);
        })
    };
    let too_long = store.outgrew_link();
    html! {
        <section class="lab-section">
            <h2>{ words.link }</h2>
            <div class="lab-buttons">
                <button type="button" data-testid="copy-link" {onclick}>
                    { if *copied { words.copied } else { words.copy } }
                </button>
                <span class="muted">{ (words.length)(address.chars().count()) }</span>
            </div>
            <p class="note">{ if too_long { words.link_too_long } else { words.link_note } }</p>
        </section>
    }
}

/// The run as a file, and its events for other tools.
#[component]
fn Files() -> Html {
    let store = use_store();
    let reader = use_mut_ref(|| None::<FileReader>);
    let input = use_node_ref();
    let words = &words().share;
    let save = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            browser::download("glassraft.json", "application/json", &store.scenario());
        })
    };
    let choose = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let open = {
        let store = store.clone();
        Callback::from(move |(_, text): (String, Option<String>)| {
            store.send(match text {
                Some(text) => Command::Open(Rc::new(text)),
                None => Command::Tell(Notice::Unreadable),
            });
        })
    };
    let onchange = Callback::from(move |event: Event| {
        browser::read_chosen(&event, &reader, open.clone());
    });
    html! {
        <>
            <section class="lab-section">
                <h2>{ words.files }</h2>
                <div class="lab-buttons">
                    { button("save-file", None, save, words.save) }
                    { button("open-file", None, choose, words.open) }
                    <input ref={input} type="file" accept=".json,.txt,application/json" hidden=true {onchange} data-testid="file" />
                </div>
                <p class="note">{ words.files_note }</p>
            </section>
            <ConsoleFiles />
            { exports(&store) }
        </>
    }
}

fn exports(store: &Store) -> Html {
    let words = &words().share;
    let button = |export: Export| {
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            browser::download(
                export.file_name(),
                export.media_type(),
                &store.export(export),
            );
        });
        html! {
            <button key={export.file_name()} type="button" data-testid={export.test_id()} {onclick}>{ (words.export)(export) }</button>
        }
    };
    html! {
        <section class="lab-section">
            <h2>{ words.exports }</h2>
            <div class="lab-buttons">{ for Export::ALL.into_iter().map(button) }</div>
            <p class="note">{ words.exports_note }</p>
        </section>
    }
}
