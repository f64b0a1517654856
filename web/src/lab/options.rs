//! How the nodes are set at their next start.

use glassraft_core::member::{Options, ReadMode};
use glassraft_core::world::Action;
use yew::prelude::*;

use crate::session::{Command, View, use_store, use_view};
use crate::words::words;

use super::parts::{choice, section};

/// How many entries are applied between two snapshots, to choose from.
const SNAPSHOTS: [u32; 4] = [100_000, 1_000, 100, 10];

/// The section.
#[component]
pub(super) fn NodeOptions() -> Html {
    let store = use_store();
    let now = use_view(options);
    let words = &words().lab;
    let set = |change: fn(&mut Options, usize)| {
        let store = store.clone();
        let now = now.clone();
        Callback::from(move |place: usize| {
            let mut options = now.clone();
            change(&mut options, place);
            let view = store.view();
            let nodes = view.frame.nodes.iter().map(|node| node.node);
            let actions = nodes.map(|node| Action::Options {
                node,
                options: Box::new(options.clone()),
            });
            store.send(Command::Act(actions.collect()));
        })
    };
    let switch = |on: bool| Some(usize::from(on));
    let texts = || vec![words.off.to_owned(), words.on.to_owned()];
    let snapshots = SNAPSHOTS.iter().position(|it| *it == now.snapshot_entries);
    let modes = vec![words.read_index.to_owned(), words.lease.to_owned()];
    let content = html! {
        <div class="lab-grid">
            { choice("pre-vote", words.pre_vote, texts(), switch(now.pre_vote), set(|it, place| it.pre_vote = place == 1)) }
            { choice("check-quorum", words.check_quorum, texts(), switch(now.check_quorum), set(|it, place| it.check_quorum = place == 1)) }
            { choice("read-mode", words.read_mode, modes, switch(now.read_mode == ReadMode::Lease),
                set(|it, place| it.read_mode = if place == 1 { ReadMode::Lease } else { ReadMode::ReadIndex })) }
            { choice("snapshots", words.snapshots, SNAPSHOTS.iter().map(|it| (words.entries)(*it)).collect(), snapshots,
                set(|it, place| {
                    it.snapshot_entries = SNAPSHOTS.get(place).copied().unwrap_or(SNAPSHOTS[0]);
                    it.catch_up_entries = it.snapshot_entries / 2;
                })) }
        </div>
    };
    section(words.options, words.options_note, content)
}

/// What the first node is set to be at its next start.
fn options(view: &View) -> Options {
    let first = view.frame.nodes.first();
    let set = first.and_then(|node| node.next_options.as_deref());
    set.unwrap_or(&view.setup.options).clone()
}
