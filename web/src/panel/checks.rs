//! The promises that every run is held to.

use glassraft_core::check::Promise;
use yew::prelude::*;

use crate::session::{Breach, Command, use_store, use_view};
use crate::words::words;

/// A pill for each promise; one that is broken leads to the event that broke it.
#[component]
pub(super) fn Checks() -> Html {
    let (verdicts, unchecked) = use_view(|view| (view.calm.verdicts.clone(), view.calm.unchecked));
    let store = use_store();
    let words = &words().panel;
    let pill = |(promise, breach): (Promise, Option<Breach>)| {
        let name = (words.promise)(promise);
        let Some(breach) = breach else {
            return html! {
                <li key={promise.name()} class="pill" title={promise.statement()} data-testid="promise" data-broken="false">
                    { format!("✓ {name}") }
                </li>
            };
        };
        let onclick = store.sends(Command::GoTo(breach.at.0 + 1));
        html! {
            <li key={promise.name()} class="pill broken" data-testid="promise" data-broken="true">
                <button type="button" title={breach.evidence} {onclick}>{ format!("✕ {name}") }</button>
            </li>
        }
    };
    html! {
        <section class="checks">
            <h2>{ words.checks }</h2>
            <ul>{ for verdicts.into_iter().map(pill) }</ul>
            if unchecked {
                <p class="note">{ words.unchecked }</p>
            }
        </section>
    }
}
