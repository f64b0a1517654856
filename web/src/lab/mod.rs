//! The lab: what is done to the whole cluster at once. What is done to one node, link or
//! message is in its menu.

mod clients;
mod members;
mod network;
mod options;
mod parts;

pub(crate) use members::Step;

use yew::prelude::*;

use clients::Clients;
use members::Members;
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
            <Members />
            <NodeOptions />
        </div>
    }
}
