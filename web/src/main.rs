//! The page: a live cluster behind glass.
//!
//! One [`session::Session`] owns the run. Commands go in, an immutable [`session::View`]
//! comes out after each animation frame in which something happened, and every component
//! selects from it what it shows and renders again only when that has changed. Nothing
//! here knows Raft: the picture comes from frames, the words from one table
//! ([`words::Words`]).

mod app;
mod branches;
mod browser;
mod button;
mod columns;
mod conditions;
mod console;
mod dialog;
mod events;
mod form;
mod header;
mod help;
mod keep;
mod keys;
mod lab;
mod menu;
mod panel;
mod select;
mod session;
mod share;
mod stage;
mod svg;
mod transport;
mod words;

use gloo::utils::document;

fn main() {
    browser::show_panics();
    let Some(root) = document().get_element_by_id("app") else {
        return;
    };
    keep::open(move |opening| {
        let store = session::Store::open(opening);
        yew::Renderer::<app::App>::with_root_and_props(root, app::AppProps { store }).render();
    });
}
