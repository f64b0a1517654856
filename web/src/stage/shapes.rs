//! The shapes of nodes and messages, on the stage and in its legend. Each can be told
//! apart without its colour.

use glassraft_core::member::Role;
use glassraft_core::world::{MessageKind, Packet};
use yew::prelude::*;

use crate::svg::{px, scale};
use crate::words::State;

use super::flights::Flag;
use super::layout::{diamond, hexagon, triangle};

/// The outline of a node around the origin.
pub(crate) fn node_shape(state: State, r: f64) -> Html {
    match state {
        State::Up(Role::Leader) => html! {
            <>
                <path class="crown" d={crown(r)} />
                <polygon class="body leader" points={hexagon(r * 1.1)} />
            </>
        },
        State::Up(Role::Candidate) => html! {
            <polygon class="body candidate" points={diamond(r * 1.22)} />
        },
        State::Up(Role::PreCandidate) => html! {
            <polygon class="body pre-candidate" points={diamond(r * 1.22)} />
        },
        State::Up(Role::Follower) => html! { <circle class="body follower" r={px(r)} /> },
        State::Learner => html! { <>{ body_square("learner", r) }</> },
        State::Waiting => html! { <>{ body_square("waiting", r) }</> },
        State::Paused(role) => html! {
            <>
                { node_shape(State::Up(role), r) }
                <circle class="stopped" r={px(r * 0.98)} />
            </>
        },
        State::Crashed => html! { <circle class="body crashed" r={px(r)} /> },
        State::Removed => html! { <circle class="body removed" r={px(r)} /> },
    }
}

fn body_square(name: &'static str, r: f64) -> Html {
    let (from, whole) = (px(-0.92 * r), px(1.84 * r));
    html! {
        <rect class={classes!("body", name)} x={from.clone()} y={from} width={whole.clone()}
            height={whole} rx="5" />
    }
}

/// A crown that sits on the top corner of the hexagon.
fn crown(r: f64) -> String {
    let point = |x: f64, y: f64| format!("{} {}", px(x * r), px(y * r));
    let corners = [
        (-0.34, -0.94),
        (-0.40, -1.40),
        (-0.17, -1.20),
        (0.0, -1.50),
        (0.17, -1.20),
        (0.40, -1.40),
        (0.34, -0.94),
    ];
    let corners: Vec<_> = corners.into_iter().map(|(x, y)| point(x, y)).collect();
    format!("M{}Z", corners.join("L"))
}

/// The mark of a message around the origin.
pub(crate) fn message_shape(packet: &Packet, stage_scale: f64) -> Html {
    let s = stage_scale.max(0.8);
    let Packet {
        kind,
        entries,
        reject,
        ..
    } = *packet;
    let (class, shape) = match kind {
        MessageKind::Append | MessageKind::Snapshot => ("append", circle(9.0 * s)),
        MessageKind::AppendAnswer => ("answer", circle(6.5 * s)),
        MessageKind::Heartbeat => ("heartbeat", circle(4.2 * s)),
        MessageKind::HeartbeatAnswer => ("heartbeat-answer", circle(2.8 * s)),
        MessageKind::VoteRequest | MessageKind::PreVoteRequest => {
            ("vote", polygon(diamond(10.5 * s)))
        }
        MessageKind::Vote | MessageKind::PreVote => ("vote", square(8.0 * s)),
        MessageKind::Proposal => ("proposal", triangle_shape(9.5 * s)),
        MessageKind::ReadIndex
        | MessageKind::ReadIndexAnswer
        | MessageKind::LeaseQuestion
        | MessageKind::LeaseAnswer => ("read", polygon(hexagon(8.5 * s))),
        MessageKind::TimeoutNow | MessageKind::TransferLeader => ("vote", triangle_shape(9.5 * s)),
    };
    let is_pre = matches!(kind, MessageKind::PreVoteRequest | MessageKind::PreVote);
    let class = classes!(
        "message-shape",
        class,
        reject.then_some("no"),
        is_pre.then_some("pre")
    );
    html! {
        <g {class}>
            { shape }
            { inside(kind, entries, reject, s) }
        </g>
    }
}

/// The mark of what is particular about a message, over its own.
pub(crate) fn flag_shape(flag: Flag, stage_scale: f64) -> Html {
    let (class, mark) = match flag {
        Flag::Held => ("held", "M8.2-12.4v5M11.8-12.4v5"),
        Flag::Doomed => ("doomed", "M-11 11 11-11"),
        Flag::Delayed => ("delayed", "M10-13v3.4l2.4 1.6"),
        Flag::Copy => ("copy", "M10-13v6M7-10h6"),
    };
    let badge = (flag != Flag::Doomed).then(|| {
        html! { <circle class="flag-body" cx="10" cy="-10" r="6" /> }
    });
    html! {
        <g class={classes!("flag", class)} transform={scale(stage_scale.max(0.8))}>
            <circle class="flag-ring" r="12.5" />
            <>{ badge }</>
            <path d={mark} />
        </g>
    }
}

fn circle(r: f64) -> Html {
    html! { <circle class="mark" r={px(r)} /> }
}

fn polygon(points: String) -> Html {
    html! { <polygon class="mark" {points} /> }
}

fn square(half: f64) -> Html {
    let (from, whole) = (px(-half), px(2.0 * half));
    html! { <rect class="mark" x={from.clone()} y={from} width={whole.clone()} height={whole} rx="2" /> }
}

fn triangle_shape(r: f64) -> Html {
    polygon(triangle(r))
}

/// What stands in the mark: a count, a tick, a cross, a question.
fn inside(kind: MessageKind, entries: u32, reject: bool, s: f64) -> Html {
    match kind {
        MessageKind::Append if entries == 0 => {
            html! { <circle class="hole" r={px(3.2 * s)} /> }
        }
        MessageKind::Append => letter(&entries.to_string(), s),
        MessageKind::Snapshot => letter("S", s),
        MessageKind::VoteRequest | MessageKind::PreVoteRequest => letter("?", s),
        MessageKind::ReadIndex => letter("R", s),
        MessageKind::LeaseQuestion => letter("L", s),
        MessageKind::TimeoutNow | MessageKind::TransferLeader => letter("!", s),
        MessageKind::Vote
        | MessageKind::PreVote
        | MessageKind::AppendAnswer
        | MessageKind::LeaseAnswer
            if reject =>
        {
            stroke(s, "M-3-3 3 3M3-3-3 3")
        }
        MessageKind::Vote
        | MessageKind::PreVote
        | MessageKind::AppendAnswer
        | MessageKind::LeaseAnswer
        | MessageKind::ReadIndexAnswer => stroke(s, "M-3.4.2-1 2.8 3.4-2.6"),
        MessageKind::Proposal | MessageKind::Heartbeat | MessageKind::HeartbeatAnswer => html! {},
    }
}

fn letter(text: &str, s: f64) -> Html {
    html! { <text class="glyph" font-size={px(10.5 * s)} dy="0.36em">{ text }</text> }
}

fn stroke(s: f64, d: &'static str) -> Html {
    html! { <path class="glyph-line" {d} transform={scale(s)} /> }
}
