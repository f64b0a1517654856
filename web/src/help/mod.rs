//! The help: all keys, and what the shapes mean.

use glassraft_core::member::{NodeId, Role};
use glassraft_core::world::{MessageKind, Packet};
use yew::prelude::*;

use crate::dialog::Dialog;
use crate::session::use_view;
use crate::stage::{Flag, flag_shape, message_shape, node_shape};
use crate::words::{State, Voice, words};

/// What the legend shows of messages.
const MESSAGES: [MessageKind; 11] = [
    MessageKind::VoteRequest,
    MessageKind::Vote,
    MessageKind::Append,
    MessageKind::AppendAnswer,
    MessageKind::Heartbeat,
    MessageKind::HeartbeatAnswer,
    MessageKind::Proposal,
    MessageKind::ReadIndex,
    MessageKind::ReadIndexAnswer,
    MessageKind::LeaseQuestion,
    MessageKind::LeaseAnswer,
];

/// What the legend shows of nodes.
const STATES: [State; 7] = [
    State::Up(Role::Follower),
    State::Up(Role::PreCandidate),
    State::Up(Role::Candidate),
    State::Up(Role::Leader),
    State::Learner,
    State::Paused(Role::Follower),
    State::Crashed,
];

#[derive(PartialEq, Properties)]
pub(crate) struct HelpProps {
    /// Whether it is shown.
    pub(crate) open: bool,
    /// Called when it was closed.
    pub(crate) on_close: Callback<()>,
}

/// The dialog. The browser keeps the focus inside of it, and closes it at Escape.
#[component]
pub(crate) fn Help(props: &HelpProps) -> Html {
    let voice = use_view(|view| view.voice);
    let words = &words().help;
    html! {
        <Dialog open={props.open} on_close={props.on_close.clone()} title={words.title} test_id="help-dialog">
            if props.open {
                <div class="columns">
                    { keys() }
                    { shapes(voice) }
                </div>
                <p class="note">{ words.about }</p>
            }
        </Dialog>
    }
}

/// All keys.
fn keys() -> Html {
    let words = &words().help;
    let row = |(keys, what): &(&'static [&'static str], &'static str)| {
        let keys = keys.iter().map(|&key| html! { <kbd {key}>{ key }</kbd> });
        html! { <div key={*what}><dt>{ for keys }</dt><dd>{ *what }</dd></div> }
    };
    html! {
        <section>
            <h3>{ words.keys }</h3>
            <dl>{ for words.key_list.iter().map(row) }</dl>
        </section>
    }
}

/// The legend.
fn shapes(voice: Voice) -> Html {
    let all = words();
    let states = STATES.into_iter().map(|state| {
        let name = (all.stage.role)(voice, state);
        item(name, node_shape(state, 11.0))
    });
    let messages = MESSAGES.into_iter().filter_map(|kind| {
        let packet = example(kind)?;
        let name = (all.stage.message)(voice, kind);
        Some(item(name, message_shape(&packet, 1.0)))
    });
    let flags = Flag::ALL.into_iter().filter_map(|flag| {
        let packet = example(MessageKind::Append)?;
        let shape = html! { <>{ message_shape(&packet, 1.0) }{ flag_shape(flag, 1.0) }</> };
        Some(item((all.stage.flag)(flag), shape))
    });
    let classes = [
        "",
        "uncommitted",
        "uncommitted unsynced",
        "uncommitted doomed",
    ];
    let entries = all.help.entry_list.into_iter().zip(classes).map(|(name, class)| {
        html! {
            <div key={name}><dt><span class={classes!("entry", "term-4", class)}><b>{ "4" }</b></span></dt><dd>{ name }</dd></div>
        }
    });
    html! {
        <section>
            <h3>{ all.help.shapes }</h3>
            <dl class="shapes">{ for states }{ for messages }</dl>
            <h3>{ all.help.flags }</h3>
            <dl class="shapes">{ for flags }</dl>
            <h3>{ all.help.entries }</h3>
            <dl class="shapes">{ for entries }</dl>
        </section>
    }
}

fn item(name: &'static str, shape: Html) -> Html {
    html! {
        <div key={name}><dt><svg viewBox="-18 -18 36 36" width="36" height="36" aria-hidden="true">{ shape }</svg></dt><dd>{ name }</dd></div>
    }
}

/// A message of this kind, to be drawn.
fn example(kind: MessageKind) -> Option<Packet> {
    Some(Packet {
        kind,
        from: NodeId::new(1)?,
        to: NodeId::new(2)?,
        term: 1,
        index: 0,
        log_term: 0,
        commit: 0,
        entries: 1,
        reject: false,
    })
}
