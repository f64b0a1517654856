//! The files of the console: snapshots to take away, and others to bring.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::file::callbacks::FileReader;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::browser;
use crate::button::button;
use crate::session::{Command, Notice, use_store, use_view};
use crate::words::words;

/// What `etcdctl snapshot save` wrote, each with a button that downloads it, and a button that
/// brings a file.
#[component]
pub(super) fn ConsoleFiles() -> Html {
    let store = use_store();
    let files = use_view(|view| Rc::clone(&view.files));
    let input = use_node_ref();
    let reading = use_mut_ref(|| None::<FileReader>);
    let words = &words().share;
    let choose = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let put = {
        let store = store.clone();
        Callback::from(move |(name, bytes): (String, Option<Vec<u8>>)| {
            store.send(match bytes {
                Some(bytes) => Command::PutFile(name, Rc::new(bytes)),
                None => Command::Tell(Notice::Unreadable),
            });
        })
    };
    let onchange = Callback::from(move |event: Event| {
        let reading: &RefCell<Option<FileReader>> = &reading;
        browser::read_chosen_bytes(&event, reading, put.clone());
    });
    let row = |(name, bytes): &(String, usize)| {
        let onclick = {
            let (store, name) = (store.clone(), name.clone());
            Callback::from(move |_: MouseEvent| {
                let bytes = store.look(|session| session.files().read(&name).cloned());
                if let Some(bytes) = bytes {
                    browser::download_bytes(&name, &bytes);
                }
            })
        };
        html! {
            <li key={name.clone()} data-testid="console-file">
                <button type="button" class="plain" data-testid="take-file" {onclick} title={words.download_hint}>{ name }</button>
                { " " }{ (words.bytes)(*bytes) }
            </li>
        }
    };
    html! {
        <section class="lab-section">
            <h2>{ words.console_files }</h2>
            <ul class="files">{ for files.iter().map(row) }</ul>
            <div class="lab-buttons">
                { button("put-file", None, choose, words.put_file) }
                <input ref={input} type="file" hidden=true {onchange} data-testid="console-file-input" />
            </div>
            <p class="note">{ words.console_files_note }</p>
        </section>
    }
}
