//! Clients that work by themselves.

use glassraft_core::world::{Action, Span, Workload};
use yew::prelude::*;

use crate::session::{Command, use_store, use_view};
use crate::words::words;

use super::parts::{choice, section};

/// How many clients, how many of a hundred requests read, and how long a client thinks, to
/// choose from.
const CLIENTS: [u32; 5] = [0, 1, 3, 10, 50];
const READS_PERCENT: [u32; 4] = [0, 50, 90, 100];
const THINK: [Span; 3] = [
    Span {
        min_us: 200_000,
        max_us: 2_000_000,
    },
    Span {
        min_us: 20_000,
        max_us: 200_000,
    },
    Span {
        min_us: 1_000_000,
        max_us: 10_000_000,
    },
];

/// The section.
#[component]
pub(super) fn Clients() -> Html {
    let store = use_store();
    let now = use_view(|view| (*view.frame.workload).clone());
    let words = &words().lab;
    let set = |change: fn(&mut Workload, usize)| {
        let store = store.clone();
        let now = now.clone();
        Callback::from(move |place: usize| {
            let mut workload = now.clone();
            change(&mut workload, place);
            store.send(Command::Act(vec![Action::Workload { workload }]));
        })
    };
    let clients = CLIENTS.iter().position(|it| *it == now.clients);
    let reads = READS_PERCENT.iter().position(|it| *it == now.read_percent);
    let think = THINK.iter().position(|it| *it == now.think);
    let content = html! {
        <div class="lab-grid">
            { choice("clients", words.clients_count, CLIENTS.iter().map(u32::to_string).collect(), clients,
                set(|workload, place| workload.clients = CLIENTS.get(place).copied().unwrap_or(0))) }
            { choice("reads", words.reads, READS_PERCENT.iter().map(|it| format!("{it} %")).collect(), reads,
                set(|workload, place| workload.read_percent = READS_PERCENT.get(place).copied().unwrap_or(50))) }
            { choice("think", words.think, THINK.iter().map(|it| (words.span)(it.min_us, it.max_us)).collect(), think,
                set(|workload, place| workload.think = THINK.get(place).copied().unwrap_or(THINK[0]))) }
        </div>
    };
    section(words.clients, words.clients_note, content)
}
