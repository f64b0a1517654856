//! A node: its shape, its name, and the button that crashes and restarts it.

use std::rc::Rc;

use glassraft_core::member::{NodeId, Role};
use yew::prelude::*;

use crate::browser;
use crate::menu::{Open, Target};
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
    /// Opens a menu.
    pub(super) open_menu: Callback<Open>,
}

/// The node.
#[component]
pub(super) fn Node(props: &NodeProps) -> Html {
    let NodeProps {
        node,
        layout,
        open_menu,
    } = props;
    let id = *node;
    let (look, voice) = use_view(move |view| {
        let frame = view.frame.node(id);
        (frame.map(|frame| NodeLook::of(frame, 0)), view.voice)
    });
    let store = use_store();
    let toggle = use_callback(id, move |(), id| store.send(Command::Toggle(*id)));
    let (Some(look), Some(spot)) = (look, layout.spots.get(id.index())) else {
        return html! { <g /> };
    };
    let hint = (words().stage.node_hint)(look.state, id);
    let onclick = toggle.reform(|_: MouseEvent| ());
    let at = (
        spot.center.x + layout.radius * 0.9,
        spot.center.y - layout.radius * 0.6,
    );
    let menu = Open::new(Target::Node(id), at);
    let more = open_menu.reform(move |()| menu);
    let oncontextmenu = more.reform(|event: MouseEvent| event.prevent_default());
    let onmore = more.reform(|event: MouseEvent| event.stop_propagation());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        // After a click with the mouse the space bar is for playing and pausing.
        if matches!(event.key().as_str(), "m" | "M" | "ContextMenu") {
            event.prevent_default();
            event.stop_propagation();
            return more.emit(());
        }
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
            {onclick} {onkeydown} {oncontextmenu}>
            <title>{ hint }</title>
            { node_shape(look.state, layout.radius) }
            { label(&look, voice, layout) }
            { dots(id, layout, onmore) }
        </g>
    }
}

/// The small button with which a pointer opens the node's menu. (The keyboard does so from
/// the node itself.)
fn dots(id: NodeId, layout: &Layout, onclick: Callback<MouseEvent>) -> Html {
    // Beside a small node, so that its name can be read.
    let at = (layout.radius * 0.86).max(layout.radius * 0.5 + 9.5);
    html! {
        <g class="dots" transform={shift(at, -at)} data-testid={format!("more-{}", id.number())} {onclick}>
            <title>{ words().lab.more }</title>
            <circle class="reach" r="13" />
            <circle class="dots-body" r="8.5" />
            <path class="dots-mark" d="M-4 0h.01M0 0h.01M4 0h.01" />
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
                { line("name", (17.0 * s).max(11.5), (-5.5 * s).min(-4.0), look.node.to_string()) }
                { line("detail", (13.0 * s).max(9.5), (12.0 * s).max(7.5), (words.short_term)(look.term)) }
            </>
        }
    }
}
