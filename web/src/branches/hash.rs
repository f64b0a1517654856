//! The hash of the shown branch, and the line that prints it elsewhere.

use yew::prelude::*;

use crate::browser;
use crate::button::button;
use crate::session::{Ask, Command, use_branches, use_store, use_view};
use crate::words::words;

/// A part of the panel for links and files.
#[component]
pub(crate) fn Hash() -> Html {
    let store = use_store();
    let (_, branch, findings) = use_branches();
    let events = use_view(|view| view.calm.recorded);
    let all = words();
    let words = &all.time;
    let take = store.sends(Command::Ask(Ask::Hash));
    let copied = use_state_eq(|| None::<String>);
    let found = findings.hash(branch, events);
    let shown = found.map(|hash| {
        let last = events.saturating_sub(1);
        let copy = {
            let (hash, copied) = (hash.to_owned(), copied.setter());
            Callback::from(move |_: MouseEvent| {
                browser::copy(&hash);
                copied.set(Some(hash.clone()));
            })
        };
        let is_copied = copied.as_deref() == Some(hash);
        html! {
            <>
                <p class="hash"><span>{ (words.hash_of)(events) }</span>{ " " }<code data-testid="hash" data-events={events.to_string()}>{ hash }</code></p>
                <div class="lab-buttons">
                    <button type="button" data-testid="copy-hash" onclick={copy}>
                        { if is_copied { all.share.copied } else { words.copy_hash } }
                    </button>
                </div>
                <p class="note">{ words.hash_note }{ " " }<code data-testid="hash-line">{ format!("glassraft run glassraft.json --until 'event >= {last} within 24h' --hash") }</code></p>
            </>
        }
    });
    let taking = found.is_none().then(|| {
        html! { <div class="lab-buttons">{ button("take-hash", None, take, words.take_hash) }</div> }
    });
    html! {
        <section class="lab-section">
            <h2>{ words.hash }</h2>
            { taking }
            { shown }
        </section>
    }
}
