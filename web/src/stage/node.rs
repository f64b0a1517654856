//! A node: its shape, its name, and the button that crashes and restarts it.

use std::rc::Rc;

use glassraft_core::member::{NodeId, Role};
use yew::prelude::*;

use crate::browser;
use crate::session::{Command, use_store, use_view};
use crate::svg::{px, shift};
use crate::words::{State, Voice, words};

use super::facts::NodeLook;
use super::layout::Layout;
use super::shapes::node_shape;

#[derive(PartialEq, Properties)]
pub(super) struct NodeProps {
    pub(super) node: NodeId,
    pub(super) layout: Rc<Layout>,
}

/// The node.
#[component]
pub(super) fn Node(props: &NodeProps) -> Html {
    let NodeProps { node, layout } = props;
    let id = *node;
    let look = use_view(move |view| view.frame.node(id).map(|frame| NodeLook::of(frame, 0)));
    let voice = use_view(|view| view.voice);
    let store = use_store();
    let toggle = use_callback(id, move |(), id| store.send(Command::Toggle(*id)));
    let (Some(look), Some(spot)) = (look, layout.spots.get(id.index())) else {
        return html! { <g /> };
    };
    let hint = (words().stage.node_hint)(look.state, id);
    let onclick = toggle.reform(|_: MouseEvent| ());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        // After a click with the mouse the space bar is for playing and pausing.
        let presses = match event.key().as_str() {
            "Enter" => true,
            " " => browser::shows_focus(&event),
            _ => false,
        };
        if presses {
            event.prevent_default();
            event.stop_propagation();
            if !event.repeat() {
                toggle.emit(());
            }
        }
    });
    html! {
        <g class={classes!("node", look.state_name())} tabindex="0" role="button"
            transform={shift(spot.center.x, spot.center.y)}
            aria-label={(words().stage.node)(voice, look.facts())}
            data-testid={format!("node-{}", id.number())} data-role={look.state_name()}
            data-term={look.term.to_string()} data-commit={look.commit.to_string()}
            data-applied={look.applied.to_string()} data-last={look.last.to_string()}
            {onclick} {onkeydown}>
            <title>{ hint }</title>
            { node_shape(look.state, layout.radius) }
            { label(&look, voice, layout) }
        </g>
    }
}

/// The words inside of a node: as many as there is room for.
fn label(look: &NodeLook, voice: Voice, layout: &Layout) -> Html {
    let s = layout.scale;
    let words = &words().stage;
    let role = (words.role)(voice, look.state);
    // The long one would touch the edges of its diamond.
    let is_roomy = layout.radius >= 31.0 && look.state != State::Up(Role::PreCandidate);
    // A diamond is narrow where the last line stands.
    let term = match look.state {
        State::Up(Role::Candidate) => (words.short_term)(look.term),
        _ => (words.term)(voice, look.term),
    };
    let line = |class: &'static str, size: f64, y: f64, text: String| {
        html! {
            <text {class} font-size={px(size)} y={px(y)} dy="0.35em">{ text }</text>
        }
    };
    if is_roomy {
        html! {
            <>
                { line("name", 16.5 * s, -11.0 * s, look.node.to_string()) }
                { line("detail", 10.5 * s, 5.5 * s, role.to_owned()) }
                { line("detail", 10.5 * s, 18.0 * s, term) }
            </>
        }
    } else {
        html! {
            <>
                { line("name", (17.0 * s).max(12.5), -5.5 * s, look.node.to_string()) }
                { line("detail", (13.0 * s).max(10.0), 12.0 * s, (words.short_term)(look.term)) }
            </>
        }
    }
}
