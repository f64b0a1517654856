//! The stage: the nodes, what is in their logs, and what is under way between them.

mod badge;
mod chips;
mod facts;
mod flights;
mod inspector;
mod layout;
mod links;
mod node;
mod shapes;
mod timer;
mod told;
mod why;

pub(crate) use flights::Flag;
pub(crate) use shapes::{flag_shape, message_shape, node_shape};

use std::rc::Rc;

use glassraft_core::member::NodeId;
use glassraft_core::world::EventId;
use yew::prelude::*;

use crate::browser::{self, use_size};
use crate::menu::{Menu, Open, Target};
use crate::session::use_view;
use crate::svg::px;
use crate::words::words;

use badge::Badge;
use chips::Chips;
use flights::Flights;
use inspector::Inspector;
use layout::Layout;
use links::Links;
use node::Node;
use timer::Timer;
use told::Told;
use why::Why;

/// The whole panel: the sentence, and the picture below it.
#[component]
pub(crate) fn Stage() -> Html {
    let picture = use_node_ref();
    let size = use_size(&picture);
    let nodes = use_view(|view| view.frame.nodes.len());
    let looked_at = use_state_eq(|| None::<EventId>);
    let look_at = {
        let set = looked_at.setter();
        use_callback((), move |message, ()| set.set(message))
    };
    let menu = use_state_eq(|| None::<Open>);
    let open_menu = {
        let set = menu.setter();
        use_callback((), move |open: Open, ()| set.set(Some(open)))
    };
    let change_menu = {
        let (set, now) = (menu.setter(), *menu);
        Callback::from(move |target: Option<Target>| {
            set.set(now.zip(target).map(|(now, target)| Open { target, ..now }));
            if target.is_none() {
                // Back to where the menu was opened from.
                if let Some(Open { from, .. }) = now {
                    browser::focus_named(&from.test_id());
                }
            }
        })
    };
    let layout = use_memo((nodes, size), |(nodes, size)| Layout::new(*nodes, *size));
    let is_drawn = size.width > 0.0 && nodes > 0;
    html! {
        <section class="card stage" aria-label={words().stage.label}>
            <Told />
            <Why />
            <div class="picture" ref={picture}>
                if is_drawn {
                    <Picture {layout} look_at={look_at.clone()} {open_menu} />
                }
                if let Some(open) = *menu {
                    <Menu {open} room={(size.width, size.height)} on_change={change_menu} />
                }
            </div>
            <Inspector message={*looked_at} {look_at} />
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct PictureProps {
    layout: Rc<Layout>,
    /// Shows a message's fields, or none any more.
    look_at: Callback<Option<EventId>>,
    /// Opens a menu.
    open_menu: Callback<Open>,
}

#[component]
fn Picture(props: &PictureProps) -> Html {
    let PictureProps {
        layout, open_menu, ..
    } = props;
    let (width, height) = (layout.size.width, layout.size.height);
    let ids: Vec<NodeId> = NodeId::first(u8::try_from(layout.spots.len()).unwrap_or(0)).collect();
    let each = |draw: &dyn Fn(NodeId) -> Html| ids.iter().map(|id| draw(*id)).collect::<Html>();
    html! {
        <svg width={px(width)} height={px(height)}
            viewBox={format!("0 0 {} {}", px(width), px(height))} role="group"
            aria-label={words().stage.label}>
            { hatch() }
            <Links layout={Rc::clone(layout)} open_menu={open_menu.clone()} />
            <g>{ each(&|node| html! { <Chips key={node.number()} {node} layout={Rc::clone(layout)} /> }) }</g>
            <g>{ each(&|node| html! { <Timer key={node.number()} {node} layout={Rc::clone(layout)} /> }) }</g>
            <g>{ each(&|node| html! { <Node key={node.number()} {node} layout={Rc::clone(layout)} open_menu={open_menu.clone()} /> }) }</g>
            // After the nodes, which with the keyboard are to be reached before all messages.
            <Flights layout={Rc::clone(layout)} look_at={props.look_at.clone()} open_menu={open_menu.clone()} />
            <g>{ each(&|node| html! { <Badge key={node.number()} {node} layout={Rc::clone(layout)} /> }) }</g>
        </svg>
    }
}

/// The pattern of what is not on disk yet.
fn hatch() -> Html {
    html! {
        <defs>
            <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)">
                <line class="hatch" x1="1" y1="0" x2="1" y2="4" />
            </pattern>
        </defs>
    }
}
