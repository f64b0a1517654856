//! The lines between the nodes, and what is wrong with them.

use std::rc::Rc;

use glassraft_core::member::NodeId;
use glassraft_core::trace::{Frame, Link};
use yew::prelude::*;

use crate::menu::{Open, Target};
use crate::session::use_view;
use crate::svg::{px, shift};
use crate::words::words;

use super::layout::{Layout, Point};

#[derive(PartialEq, Properties)]
pub(super) struct LinksProps {
    pub(super) layout: Rc<Layout>,
    /// Opens a menu.
    pub(super) open_menu: Callback<Open>,
}

/// What a line shows of a link.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    /// From the node with the smaller number, and back.
    cut: [bool; 2],
    /// An end is down.
    broken: bool,
    /// It is slow, lossy or otherwise not as at the beginning.
    changed: bool,
}

/// All lines: dashed where an end is down, crossed where they are cut. A click opens the
/// menu of a link.
#[component]
pub(super) fn Links(props: &LinksProps) -> Html {
    let looks = use_view(|view| looks(&view.frame));
    let spots = &props.layout.spots;
    let lines = looks.into_iter().filter_map(|((a, b), look)| {
        let (from, to) = (spots.get(a.index())?.center, spots.get(b.index())?.center);
        Some(line(props, (a, b), (from, to), look))
    });
    html! { <g>{ for lines }</g> }
}

fn looks(frame: &Frame) -> Vec<((NodeId, NodeId), Look)> {
    let pairs = frame.nodes.iter().enumerate().flat_map(|(place, b)| {
        let others = frame.nodes.iter().take(place);
        others.map(move |a| (a, b))
    });
    pairs
        .map(|(a, b)| {
            let there = frame.links.get(a.node, b.node);
            let back = frame.links.get(b.node, a.node);
            let is_changed = |link: Link| Link { cut: false, ..link } != Link::default();
            let look = Look {
                cut: [there.cut, back.cut],
                broken: a.role().is_none() || b.role().is_none(),
                changed: is_changed(there) || is_changed(back),
            };
            ((a.node, b.node), look)
        })
        .collect()
}

fn line(
    props: &LinksProps,
    (a, b): (NodeId, NodeId),
    (from, to): (Point, Point),
    look: Look,
) -> Html {
    let middle = from.toward(to, 0.5);
    let open = Open::new(Target::Link(a, b), (middle.x, middle.y));
    let open = props.open_menu.reform(move |()| open);
    let onclick = open.reform(|_: MouseEvent| ());
    let oncontextmenu = open.reform(|event: MouseEvent| event.prevent_default());
    let class = classes!(
        "link",
        look.broken.then_some("broken"),
        look.changed.then_some("changed"),
        (look.cut == [true; 2]).then_some("cut")
    );
    let (x1, y1, x2, y2) = (px(from.x), px(from.y), px(to.x), px(to.y));
    // Where only one direction is cut, the cross stands near its receiver.
    let cross = match look.cut {
        [true, true] => Some(0.5),
        [true, false] => Some(0.66),
        [false, true] => Some(0.34),
        [false, false] => None,
    };
    let cross = cross.map(|part| {
        let Point { x, y } = from.toward(to, part);
        html! {
            <g class="cut-mark" transform={shift(x, y)}>
                <circle r="7" /><path d="M-3.2-3.2 3.2 3.2M3.2-3.2-3.2 3.2" />
            </g>
        }
    });
    html! {
        <g key={format!("{a}-{b}")} class="link-place" data-testid={format!("link-{}-{}", a.number(), b.number())}
            data-cut={format!("{}{}", u8::from(look.cut[0]), u8::from(look.cut[1]))} {onclick} {oncontextmenu}>
            <title>{ (words().lab.link)(a, b, look.cut) }</title>
            <line class="link-reach" x1={x1.clone()} y1={y1.clone()} x2={x2.clone()} y2={y2.clone()} />
            <line {class} {x1} {y1} {x2} {y2} />
            <g>{ cross }</g>
        </g>
    }
}
