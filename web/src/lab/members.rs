//! Who belongs to the cluster. Each button types its command into the console, so that it
//! can be seen how it is done.

use std::rc::Rc;

use glassraft_core::member::NodeId;
use glassraft_core::trace::{Frame, Liveness};
use glassraft_core::world::MAX_NODES;
use yew::prelude::*;

use crate::form::{Form, Subject};
use crate::select::select;
use crate::session::{Command, use_store, use_view};
use crate::words::words;

use super::section;

/// What can be done about a node's membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A new machine comes, as a voter or as a learner.
    Add(NodeId, bool),
    /// A learner gets a vote.
    Promote(NodeId),
    /// A node leaves the cluster.
    Remove(NodeId),
}

impl Step {
    /// The lines of the console that do it.
    fn lines(self) -> Vec<String> {
        match self {
            Self::Add(node, learner) => {
                let learner = if learner { " --learner" } else { "" };
                vec![
                    format!("member add {node}{learner}"),
                    format!("join {node}"),
                ]
            }
            Self::Promote(node) => vec![format!("member promote {node}")],
            Self::Remove(node) => vec![format!("member remove {node}")],
        }
    }
}

/// The section.
#[component]
pub(super) fn Members() -> Html {
    let store = use_store();
    let (run, steps) = use_view(|view| (view.runs, steps(&view.frame)));
    let chosen = use_state_eq(|| None::<NodeId>);
    let at = use_view(|view| {
        let frame = &view.frame;
        let leader = frame.leader().map(|leader| leader.node);
        let first = frame.nodes.iter().find(|node| node.role().is_some());
        leader.or(first.map(|node| node.node))
    });
    let words = &words().lab;
    let button = |step: Step| {
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            for line in step.lines() {
                if let Some(at) = at {
                    store.send(Command::Submit(at, line));
                }
            }
        });
        html! {
            <button key={format!("{step:?}")} type="button" {onclick} disabled={at.is_none()}>{ (words.member)(step) }</button>
        }
    };
    // Each member can be removed, so these are all of them.
    let members = steps.iter().filter_map(|step| match step {
        Step::Remove(node) => Some(*node),
        Step::Add(..) | Step::Promote(_) => None,
    });
    let members: Rc<[NodeId]> = members.collect();
    let place = members.iter().position(|node| Some(*node) == *chosen);
    let place = place.unwrap_or(0);
    let choose = {
        let (chosen, members) = (chosen.setter(), Rc::clone(&members));
        Callback::from(move |place: usize| chosen.set(members.get(place).copied()))
    };
    let names = members
        .iter()
        .map(|node| (node.number().to_string(), node.to_string()));
    let names = names.collect();
    let asked = at.zip(members.get(place).copied());
    let address = asked.map(|(at, node)| {
        html! {
            <>
                <label class="lab-buttons">
                    <span class="muted">{ words.address_of }</span>
                    { select("address-of", None, names, Some(place), choose) }
                </label>
                <Form key={format!("{run} {node}")} subject={Subject::Address(node, at)} />
            </>
        }
    });
    let content = html! {
        <>
            <div class="lab-buttons">{ for steps.into_iter().map(button) }</div>
            <Form subject={Subject::Voters} />
            { address }
        </>
    };
    section(words.members, words.members_note, content)
}

fn steps(frame: &Frame) -> Vec<Step> {
    let mut steps = Vec::new();
    let known = frame.leader().or(frame.nodes.first());
    let Some(configuration) = known.map(|node| &node.configuration) else {
        return steps;
    };
    let number = u8::try_from(frame.nodes.len() + 1).unwrap_or(u8::MAX);
    let removed = frame
        .nodes
        .iter()
        .find(|node| node.liveness == Liveness::Removed)
        .map(|node| node.node);
    let next = NodeId::new(number).filter(|_| number <= MAX_NODES);
    if let Some(next) = removed.or(next) {
        steps.push(Step::Add(next, false));
        steps.push(Step::Add(next, true));
    }
    steps.extend(
        configuration
            .learners
            .iter()
            .map(|node| Step::Promote(*node)),
    );
    let members = configuration.voters.iter().chain(&configuration.learners);
    steps.extend(members.map(|node| Step::Remove(*node)));
    steps
}
