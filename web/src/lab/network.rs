//! The network as a whole: partitions, and how all links behave.

use glassraft_core::member::NodeId;
use glassraft_core::trace::{Frame, Liveness};
use glassraft_core::world::{Action, Latency, LinkChange, Shape};
use yew::prelude::*;

use crate::session::{Command, Store, View, use_store, use_view};
use crate::words::{Split, words};

use super::parts::{choice, section};

/// How many of a million messages are lost, duplicated or reordered, to choose from.
const CHANCES_PPM: [u32; 5] = [0, 20_000, 100_000, 300_000, 600_000];

/// How many bytes go through a link in a second, to choose from; 0 for as many as come.
const BANDWIDTHS: [u32; 4] = [0, 100_000, 10_000, 1_000];

/// Latencies to choose from, beside that of the setup.
const LATENCIES: [Latency; 4] = [
    latency(1_000, 5_000, Shape::Even),
    latency(40_000, 120_000, Shape::Even),
    latency(150_000, 400_000, Shape::Bell),
    latency(20_000, 2_000_000, Shape::LongTail),
];

const fn latency(min_us: u64, max_us: u64, shape: Shape) -> Latency {
    Latency {
        min_us,
        max_us,
        shape,
    }
}

/// Ready-made partitions, and healing.
#[component]
pub(super) fn Partitions() -> Html {
    let store = use_store();
    let splits = use_view(|view| splits(&view.frame));
    let is_cut = use_view(|view| view.frame.links.iter().any(|(_, _, link)| link.cut));
    let words = &words().lab;
    let buttons = splits.into_iter().map(|(split, groups)| {
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            let groups = groups.clone();
            store.send(Command::Act(vec![Action::Partition { groups }]));
        });
        html! {
            <button key={split.test_id()} type="button" data-testid={split.test_id()} {onclick}>{ (words.split)(split) }</button>
        }
    });
    let heal = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.send(Command::Act(vec![Action::Heal])))
    };
    let content = html! {
        <div class="lab-buttons">
            { for buttons }
            <button key="heal" type="button" data-testid="heal" disabled={!is_cut} onclick={heal}>{ words.heal }</button>
        </div>
    };
    section(words.partitions, words.partitions_note, content)
}

/// The partitions that this cluster can have.
fn splits(frame: &Frame) -> Vec<(Split, Vec<Vec<NodeId>>)> {
    let nodes: Vec<NodeId> = frame
        .nodes
        .iter()
        .filter(|node| node.liveness != Liveness::Removed)
        .map(|node| node.node)
        .collect();
    let mut splits = Vec::new();
    let minority = nodes.len().saturating_sub(1) / 2;
    if let Some(leader) = frame.leader().map(|leader| leader.node)
        && minority > 0
    {
        let rest: Vec<NodeId> = nodes
            .iter()
            .copied()
            .filter(|node| *node != leader)
            .collect();
        splits.push((Split::LeaderAlone, vec![vec![leader], rest.clone()]));
        let (few, many) = rest.split_at(minority - 1);
        let with_leader = std::iter::once(leader).chain(few.iter().copied()).collect();
        if minority > 1 {
            splits.push((Split::LeaderInMinority, vec![with_leader, many.to_vec()]));
        }
    }
    if nodes.len() >= 5 && nodes.len() % 2 == 1 {
        let middle = nodes.len() / 2;
        let groups = vec![nodes[..=middle].to_vec(), nodes[middle..].to_vec()];
        splits.push((Split::Bridge(nodes[middle]), groups));
    }
    if nodes.len() >= 6 {
        let third = nodes.len().div_ceil(3);
        splits.push((
            Split::Thirds,
            nodes.chunks(third).map(<[_]>::to_vec).collect(),
        ));
    }
    splits
}

/// How all links behave.
#[component]
pub(super) fn Network() -> Html {
    let store = use_store();
    let now = use_view(common);
    let words = &words().lab;
    let set = |to: fn(usize) -> Option<LinkChange>| {
        let store = store.clone();
        Callback::from(move |place: usize| {
            if let Some(change) = to(place) {
                set_all(&store, change);
            }
        })
    };
    let place =
        |now: Option<u32>, of: &[u32]| now.and_then(|now| of.iter().position(|one| *one == now));
    let percents = || {
        CHANCES_PPM
            .iter()
            .map(|ppm| (words.percent)(*ppm))
            .collect()
    };
    let latency = now
        .latency
        .and_then(|now| LATENCIES.iter().position(|one| *one == now));
    let content = html! {
        <div class="lab-grid">
            { choice("latency", words.latency, LATENCIES.iter().map(|each| (words.span)(each.min_us, each.max_us)).collect(),
                latency, set(|place| LATENCIES.get(place).map(|it| LinkChange::Latency(*it)))) }
            { choice("loss", words.loss, percents(), place(now.loss, &CHANCES_PPM),
                set(|place| CHANCES_PPM.get(place).map(|it| LinkChange::Loss(*it)))) }
            { choice("duplicate", words.duplicate, percents(), place(now.duplicate, &CHANCES_PPM),
                set(|place| CHANCES_PPM.get(place).map(|it| LinkChange::Duplicate(*it)))) }
            { choice("reorder", words.reorder, percents(), place(now.reorder, &CHANCES_PPM),
                set(|place| CHANCES_PPM.get(place).map(|it| LinkChange::Reorder(*it)))) }
            { choice("bandwidth", words.bandwidth, BANDWIDTHS.iter().map(|it| (words.per_second)(*it)).collect(),
                place(now.bandwidth, &BANDWIDTHS), set(|place| BANDWIDTHS.get(place).map(|it| LinkChange::Bandwidth(*it)))) }
        </div>
    };
    section(words.network, words.network_note, content)
}

/// What all links have in common; `None` where they differ.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Common {
    latency: Option<Latency>,
    loss: Option<u32>,
    duplicate: Option<u32>,
    reorder: Option<u32>,
    bandwidth: Option<u32>,
}

fn common(view: &View) -> Common {
    let frame = &view.frame;
    let usual = &view.setup.network;
    let mut links = pairs(frame).map(|(from, to)| {
        let link = frame.links.get(from, to);
        Common {
            latency: link.latency.or(Some(usual.latency)),
            loss: link.loss_ppm.or(Some(usual.loss_ppm)),
            duplicate: link.duplicate_ppm.or(Some(usual.duplicate_ppm)),
            reorder: link.reorder_ppm.or(Some(usual.reorder_ppm)),
            bandwidth: link
                .bandwidth_bytes_per_s
                .or(Some(usual.bandwidth_bytes_per_s)),
        }
    });
    let mut common = links.next().unwrap_or_default();
    for link in links {
        common.latency = common.latency.filter(|_| common.latency == link.latency);
        common.loss = common.loss.filter(|_| common.loss == link.loss);
        common.duplicate = common
            .duplicate
            .filter(|_| common.duplicate == link.duplicate);
        common.reorder = common.reorder.filter(|_| common.reorder == link.reorder);
        common.bandwidth = common
            .bandwidth
            .filter(|_| common.bandwidth == link.bandwidth);
    }
    common
}

fn pairs(frame: &Frame) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
    let nodes = || frame.nodes.iter().map(|node| node.node);
    nodes().flat_map(move |from| {
        nodes()
            .filter(move |to| *to != from)
            .map(move |to| (from, to))
    })
}

fn set_all(store: &Store, change: LinkChange) {
    let view = store.view();
    let actions = pairs(&view.frame).map(|(from, to)| Action::Link { from, to, change });
    store.send(Command::Act(actions.collect()));
}
