//! Every node's log, aligned by index.

use glassraft_core::lesson::Subject;
use glassraft_core::member::{LogEntry, NodeId, Role};
use glassraft_core::trace::NodeFrame;
use imbl::Vector;
use yew::prelude::*;

use crate::session::{View, use_view};
use crate::words::{EntryFacts, State, words};

use super::rows::{Rows, use_rows};
use super::{crowd, head};

/// A node's log with what decides how it looks.
#[derive(Clone)]
struct NodeLog {
    run: u64,
    node: NodeId,
    state: State,
    commit: u64,
    synced: u64,
    /// The index of the first entry; what was before is in the snapshot.
    first: u64,
    log: Vector<LogEntry>,
}

/// Two logs of a run with the same last entry are the same (Raft's log matching), so
/// nothing else of them has to be compared.
impl PartialEq for NodeLog {
    fn eq(&self, other: &Self) -> bool {
        let key = |log: &Self| {
            let last = log.log.last().map(|entry| (entry.index(), entry.term()));
            (log.run, log.node, log.commit, log.synced, log.first, last)
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
            first: frame.first,
            log: frame.log.whole().clone(),
        }
    }

    /// The last index, 0 if there is none.
    fn last(&self) -> u64 {
        self.first - 1 + self.log.len() as u64
    }

    /// The entry at an index.
    fn entry(&self, index: u64) -> Option<&LogEntry> {
        let place = index.checked_sub(self.first)?;
        self.log.get(usize::try_from(place).ok()?)
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

    /// The first and the last index of any log.
    fn indices(&self) -> (u64, u64) {
        let first = self.nodes.iter().map(|node| node.first).min();
        let last = self.nodes.iter().map(NodeLog::last).max();
        (first.unwrap_or(1), last.unwrap_or(0))
    }

    /// Whether a leader has another entry in the place of this one, which is therefore
    /// about to be overwritten.
    fn is_doomed(&self, node: &NodeLog, entry: &LogEntry) -> bool {
        let is_leader = |other: &&NodeLog| Some(other.node) == self.leader;
        let leader = self.nodes.iter().find(is_leader);
        let leaders = leader.and_then(|leader| leader.entry(entry.index()));
        entry.index() > node.commit
            && node.state != State::Up(Role::Leader)
            && leaders.is_some_and(|leaders| leaders.term() != entry.term())
    }
}

/// The table.
#[component]
pub(super) fn Ledger() -> Html {
    let logs = use_view(Logs::of);
    let (first, last) = logs.indices();
    let total = usize::try_from((last + 1).saturating_sub(first)).unwrap_or(0);
    let rows = use_rows(total, true);
    let words = &words().panel;
    let (from, to) = rows.seen;
    let before = first - 1;
    let showing =
        (total > 0).then(|| (words.showing)(before + from as u64, before + to as u64, last));
    html! {
        <div class="ledger" data-testid="log">
            <h2>{ words.log }<small>{ showing }</small></h2>
            <div class="scroller" ref={rows.scroller.clone()} onscroll={rows.onscroll.clone()} tabindex="0"
                role="region" aria-label={words.log}>
                <table class={classes!("logs", crowd(logs.nodes.len()))} aria-rowcount={(total + 1).to_string()}>
                    <thead>
                        <tr>
                            <th class="index" scope="col">{ words.index }</th>
                            { for logs.nodes.iter().map(|node| head(node.node, node.state)) }
                        </tr>
                    </thead>
                    <tbody>{ body(&logs, &rows, first, total) }</tbody>
                </table>
                <p class="empty" hidden={total > 0}>{ words.log_empty }</p>
            </div>
            <p class="note">{ words.log_note }</p>
        </div>
    }
}

fn body(logs: &Logs, rows: &Rows, first: u64, total: usize) -> Html {
    let drawn = rows.drawn.clone().map(|place| {
        let index = first + place as u64;
        let cells = logs.nodes.iter().map(|node| cell(logs, node, index));
        html! {
            <tr key={index} aria-rowindex={(place + 2).to_string()}>
                <th class="index" scope="row">{ index }</th>
                { for cells }
            </tr>
        }
    });
    html! { <>{ rows.above() }{ for drawn }{ rows.below(total) }</> }
}

fn cell(logs: &Logs, node: &NodeLog, index: u64) -> Html {
    let key = node.node.number();
    let Some(entry) = node.entry(index) else {
        let words = &words().panel;
        return match index < node.first {
            true => {
                html! { <td {key} class="snapshot" title={words.snapshot_hint}>{ words.snapshot }</td> }
            }
            false => html! { <td {key}></td> },
        };
    };
    let subject = Subject::of_entry(entry);
    let text = (words().panel.subject)(&subject);
    // The name of what is more than a key says most, at its beginning.
    let is_key = matches!(subject, Subject::Put(_));
    let what = is_key.then_some("what");
    let facts = EntryFacts {
        index: entry.index(),
        term: entry.term(),
        text: &text,
        committed: entry.index() <= node.commit,
        synced: entry.index() <= node.synced,
        doomed: logs.is_doomed(node, entry),
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
