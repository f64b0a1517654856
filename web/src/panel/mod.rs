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

#[derive(PartialEq, Properties)]
struct HeadProps {
    node: NodeId,
    state: State,
}

/// The head of a node's column.
#[component]
fn Head(props: &HeadProps) -> Html {
    let sign = match props.state {
        State::Up(Role::Leader) => "♛",
        State::Up(_) => "",
        State::Crashed => "✕",
    };
    let class = match props.state {
        State::Up(Role::Leader) => "leader",
        State::Up(_) => "",
        State::Crashed => "down",
    };
    html! {
        <th scope="col" {class}><span aria-hidden="true">{ sign }</span>{ props.node.to_string() }</th>
    }
}
