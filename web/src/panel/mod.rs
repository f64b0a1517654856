//! The panel on the right: every node's log and catalog side by side, and the lab.

mod catalog;
mod checks;
mod history;
mod ledger;
pub(crate) mod rows;
mod streams;

use glassraft_core::member::{NodeId, Role};
use yew::prelude::*;

use crate::browser;
use crate::events::Events;
use crate::lab::Lab;
use crate::share::share;
use crate::words::{State, words};

use catalog::Catalog;
use checks::Checks;
use ledger::Ledger;
use streams::Streams;

/// How many nodes there are, for styles: tables and lanes have a column or a line for each.
pub(crate) fn crowd(nodes: usize) -> &'static str {
    match nodes {
        0..=5 => "few",
        6..=9 => "some",
        _ => "many",
    }
}

/// What the panel shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Both tables.
    #[default]
    Tables,
    /// Who watches what, and leases.
    Streams,
    /// Every event.
    Events,
    /// What is done to the cluster.
    Lab,
    /// Links and files.
    Share,
}

impl Tab {
    const ALL: [Self; 5] = [
        Self::Tables,
        Self::Streams,
        Self::Events,
        Self::Lab,
        Self::Share,
    ];

    /// The name for tests.
    fn test_id(self) -> &'static str {
        match self {
            Self::Tables => "tab-tables",
            Self::Streams => "tab-streams",
            Self::Events => "tab-events",
            Self::Lab => "tab-lab",
            Self::Share => "tab-share",
        }
    }
}

/// The tabs, and what the chosen one shows.
#[component]
pub(crate) fn Panel() -> Html {
    let tab = use_state_eq(Tab::default);
    let choose = {
        let set = tab.setter();
        Callback::from(move |tab| set.set(tab))
    };
    let content = match *tab {
        Tab::Tables => html! { <><Ledger /><Catalog /><Checks /></> },
        Tab::Streams => html! { <Streams /> },
        Tab::Events => html! { <Events /> },
        Tab::Lab => html! { <Lab /> },
        Tab::Share => share(),
    };
    html! {
        <section class="card panel">
            { tabs(*tab, &choose) }
            <div class="tab-content" role="tabpanel" aria-label={(words().panel.tab)(*tab)}>{ content }</div>
        </section>
    }
}

/// The row of tabs: one stop for the keyboard, with arrows inside.
fn tabs(shown: Tab, choose: &Callback<Tab>) -> Html {
    let on_choose = choose.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => Tab::ALL.len() - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let place = Tab::ALL.iter().position(|tab| *tab == shown).unwrap_or(0);
        let next = Tab::ALL[(place + step) % Tab::ALL.len()];
        on_choose.emit(next);
        browser::focus_named(next.test_id());
    });
    let tab = |tab: Tab| {
        let onclick = choose.reform(move |_: MouseEvent| tab);
        let is_shown = tab == shown;
        html! {
            <button key={tab.test_id()} type="button" role="tab" data-testid={tab.test_id()} {onclick}
                aria-selected={is_shown.to_string()} tabindex={if is_shown { "0" } else { "-1" }}>
                { (words().panel.tab)(tab) }
            </button>
        }
    };
    html! {
        <div class="tabs" role="tablist" {onkeydown}>{ for Tab::ALL.into_iter().map(tab) }</div>
    }
}

/// The head of a node's column.
fn head(node: NodeId, state: State) -> Html {
    let (class, sign) = match state {
        State::Up(Role::Leader) => ("leader", "♛"),
        State::Up(_) => ("", ""),
        State::Learner | State::Waiting => ("", "□"),
        State::Paused(_) => ("", "⏸"),
        State::Crashed | State::Removed => ("down", "✕"),
    };
    html! {
        <th key={node.number()} scope="col" {class}><span aria-hidden="true">{ sign }</span>{ node.to_string() }</th>
    }
}
