//! The lab: what is done to the whole cluster at once. What is done to one node, link or
//! message is in its menu.

mod clients;
mod network;
mod options;
mod parts;

use yew::prelude::*;

use clients::Clients;
use network::{Network, Partitions};
use options::NodeOptions;

/// The whole panel.
#[component]
pub(crate) fn Lab() -> Html {
    html! {
        <div class="lab scroller" tabindex="-1">
            <Partitions />
            <Network />
            <Clients />
            <NodeOptions />
        </div>
    }
}
