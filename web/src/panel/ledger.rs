//! Every node's log, aligned by index.

use glassraft_core::lesson::Subject;
use glassraft_core::member::{LogEntry, NodeId, Role};
use glassraft_core::trace::NodeFrame;
use imbl::Vector;
use yew::prelude::*;

use crate::session::{View, use_view};
use crate::words::{EntryFacts, State, words};

use super::head;
use super::rows::{Rows, use_rows};

/// A node's log with what decides how it looks.
#[derive(Clone)]
struct NodeLog {
    run: u64,
    node: NodeId,
    state: State,
    commit: u64,
    synced: u64,
    log: Vector<LogEntry>,
}

/// Two logs of a run with the same last entry are the same (Raft's log matching), so
/// nothing else of them has to be compared.
impl PartialEq for NodeLog {
    fn eq(&self, other: &Self) -> bool {
        let key = |log: &Self| {
            let last = log.log.last().map(|entry| (entry.index(), entry.term()));
            (log.run, log.node, log.commit, log.synced, last)
        };
        self.state == other.state && key(self) == key(other)
    }
}

impl NodeLog {
    fn of(frame: &NodeFrame, run: u64) -> Self {
        Self {
            run,
            node: frame.node,
            state: State::of(frame),
            commit: frame.commit,
            synced: frame.synced,
            log: frame.log.clone(),
        }
    }
}

/// All logs, and which of them is the leader's.
#[derive(Clone, PartialEq)]
struct Logs {
    nodes: Vec<NodeLog>,
    leader: Option<NodeId>,
}

impl Logs {
    fn of(view: &View) -> Self {
        let frame = &view.calm.frame;
        Self {
            nodes: frame
                .nodes
                .iter()
                .map(|node| NodeLog::of(node, view.runs))
                .collect(),
            leader: frame.leader().map(|leader| leader.node),
        }
    }

    fn rows(&self) -> usize {
        self.nodes
            .iter()
            .map(|node| node.log.len())
            .max()
            .unwrap_or(0)
    }

    /// Whether a leader has another entry in the place of this one, which is therefore
    /// about to be overwritten.
    fn is_doomed(&self, node: &NodeLog, place: usize, entry: &LogEntry) -> bool {
        let is_leader = |other: &&NodeLog| Some(other.node) == self.leader;
        let leader = self.nodes.iter().find(is_leader);
        let leaders = leader.and_then(|leader| leader.log.get(place));
        entry.index() > node.commit
            && node.state != State::Up(Role::Leader)
            && leaders.is_some_and(|leaders| leaders.term() != entry.term())
    }
}

/// The table.
#[component]
pub(super) fn Ledger() -> Html {
    let logs = use_view(Logs::of);
    let total = logs.rows();
    let rows = use_rows(total, true);
    let words = &words().panel;
    let (from, to) = rows.seen;
    let showing = (total > 0).then(|| (words.showing)(from as u64, to as u64, total as u64));
    html! {
        <div class="ledger" data-testid="log">
            <h2>{ words.log }<small>{ showing }</small></h2>
            <div class="scroller" ref={rows.scroller.clone()} onscroll={rows.onscroll.clone()} tabindex="0"
                role="region" aria-label={words.log}>
                <table class={format!("logs of-{}", logs.nodes.len())} aria-rowcount={(total + 1).to_string()}>
                    <thead>
                        <tr>
                            <th class="index" scope="col">{ words.index }</th>
                            { for logs.nodes.iter().map(|node| head(node.node, node.state)) }
                        </tr>
                    </thead>
                    <tbody>{ body(&logs, &rows, total) }</tbody>
                </table>
                <p class="empty" hidden={total > 0}>{ words.log_empty }</p>
            </div>
            <p class="note">{ words.log_note }</p>
        </div>
    }
}

fn body(logs: &Logs, rows: &Rows, total: usize) -> Html {
    let drawn = rows.drawn.clone().map(|place| {
        let cells = logs.nodes.iter().map(|node| cell(logs, node, place));
        html! {
            <tr key={place} aria-rowindex={(place + 2).to_string()}>
                <th class="index" scope="row">{ place + 1 }</th>
                { for cells }
            </tr>
        }
    });
    html! { <>{ rows.above() }{ for drawn }{ rows.below(total) }</> }
}

fn cell(logs: &Logs, node: &NodeLog, place: usize) -> Html {
    let key = node.node.number();
    let Some(entry) = node.log.get(place) else {
        return html! { <td {key}></td> };
    };
    let subject = Subject::of_entry(entry);
    let text = (words().panel.subject)(&subject);
    let what = (subject != Subject::Empty).then_some("what");
    let facts = EntryFacts {
        index: entry.index(),
        term: entry.term(),
        text: &text,
        committed: entry.index() <= node.commit,
        synced: entry.index() <= node.synced,
        doomed: logs.is_doomed(node, place, entry),
    };
    let class = classes!(
        "entry",
        format!("term-{}", facts.term % 8),
        (!facts.committed).then_some("uncommitted"),
        (!facts.synced).then_some("unsynced"),
        facts.doomed.then_some("doomed"),
        (node.state.is_down()).then_some("down"),
    );
    html! {
        <td {key} {class} title={(words().panel.entry)(facts)}><div><b>{ facts.term }</b><span class={classes!(what)}><bdi>{ &text }</bdi></span></div></td>
    }
}
