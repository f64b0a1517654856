//! A node's election timer: an arc that fills.

use std::f64::consts::TAU;
use std::rc::Rc;

use glassraft_core::member::NodeId;
use yew::prelude::*;

use crate::session::{View, use_view};
use crate::svg::{px, shift};

use super::layout::Layout;

/// In how many steps the arc fills, and in how many for those who want less motion.
const STEPS: f64 = 240.0;
const FEW_STEPS: f64 = 8.0;

#[derive(PartialEq, Properties)]
pub(super) struct TimerProps {
    pub(super) node: NodeId,
    pub(super) layout: Rc<Layout>,
}

/// The arc.
#[component]
pub(super) fn Timer(props: &TimerProps) -> Html {
    let TimerProps { node, layout } = props;
    let id = *node;
    let passed = use_view(move |view| passed(view, id));
    let Some(spot) = layout.spots.get(id.index()) else {
        return html! { <g /> };
    };
    let radius = layout.timer_radius();
    let arc = passed.map(|passed| {
        let whole = TAU * radius;
        let filled = whole * passed;
        html! {
            <>
                <circle class="timer-track" r={px(radius)} />
                <circle class="timer" r={px(radius)} transform="rotate(-90)"
                    stroke-dasharray={format!("{} {}", px(filled), px(whole))} />
            </>
        }
    });
    html! {
        <g transform={shift(spot.center.x, spot.center.y)}>{ arc }</g>
    }
}

fn passed(view: &View, node: NodeId) -> Option<f64> {
    let timer = view.frame.node(node)?.timer?;
    let steps = if view.less_motion { FEW_STEPS } else { STEPS };
    Some((timer.passed(view.now) * steps).floor() / steps)
}
