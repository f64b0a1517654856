//! The panel on the right: every node's log and every node's catalog, side by side.

mod catalog;
mod ledger;
mod rows;

use glassraft_core::member::{NodeId, Role};
use yew::prelude::*;

use crate::words::State;

use catalog::Catalog;
use ledger::Ledger;

/// Both tables.
#[component]
pub(crate) fn Panel() -> Html {
    html! {
        <section class="card panel">
            <Ledger />
            <Catalog />
        </section>
    }
}

/// The head of a node's column.
fn head(node: NodeId, state: State) -> Html {
    let (class, sign) = match state {
        State::Up(Role::Leader) => ("leader", "♛"),
        State::Up(_) => ("", ""),
        State::Crashed => ("down", "✕"),
    };
    html! {
        <th key={node.number()} scope="col" {class}><span aria-hidden="true">{ sign }</span>{ node.to_string() }</th>
    }
}
