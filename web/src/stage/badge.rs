//! The clients of a node: how many wait for an answer, and the answers just given.

use std::rc::Rc;

use glassraft_core::member::NodeId;
use yew::prelude::*;

use crate::session::use_view;
use crate::svg::{scale, shift};
use crate::words::words;

use super::layout::Layout;

#[derive(PartialEq, Properties)]
pub(super) struct BadgeProps {
    pub(super) node: NodeId,
    pub(super) layout: Rc<Layout>,
}

/// The badge, if there is a client to speak of.
#[component]
pub(super) fn Badge(props: &BadgeProps) -> Html {
    let BadgeProps { node, layout } = props;
    let id = *node;
    let waiting = use_view(move |view| {
        view.frame
            .requests
            .values()
            .filter(|node| **node == id)
            .count()
    });
    let answered = use_view(move |view| {
        let mut of_node = view.answers.iter().filter(|answer| answer.node == id);
        of_node.next_back().map(|answer| answer.ok)
    });
    let Some(spot) = layout.spots.get(id.index()) else {
        return html! { <g /> };
    };
    let s = layout.scale.max(0.75);
    let (x, y) = (
        spot.center.x + layout.radius * 0.86,
        spot.center.y - layout.radius * 0.86,
    );
    let badge = match (waiting, answered) {
        (0, None) => None,
        (0, Some(ok)) => Some(html! {
            <g class={classes!("badge", if ok { "ok" } else { "failed" })}>
                <title>{ (words().stage.answer)(ok) }</title>
                { bubble() }
                <path class="glyph-line" d={if ok { "M-4 .2-1.2 3.2 4-3" } else { "M-3.2-3.2 3.2 3.2M3.2-3.2-3.2 3.2" }} />
            </g>
        }),
        (waiting, _) => Some(html! {
            <g class="badge waiting">
                <title>{ (words().stage.requests)(waiting) }</title>
                { bubble() }
                <text class="glyph" font-size="11" dy="0.36em">{ waiting_text(waiting) }</text>
            </g>
        }),
    };
    html! { <g transform={format!("{} {}", shift(x, y), scale(s))}>{ badge }</g> }
}

fn waiting_text(waiting: usize) -> String {
    match waiting {
        1 => "?".to_owned(),
        2..100 => waiting.to_string(),
        _ => "99+".to_owned(),
    }
}

/// A speech bubble whose tip points at the node.
fn bubble() -> Html {
    html! { <path class="bubble" d="M-9-9h18a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H-4l-6 6 1-6a3 3 0 0 1-3-3V-6a3 3 0 0 1 3-3z" /> }
}
