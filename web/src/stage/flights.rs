//! The messages under way, and those that were just lost.

use std::rc::Rc;

use glassraft_core::trace::{Flight, Frame, LOSS_SHOWN_US, Loss};
use glassraft_core::world::{EventId, LossReason, Packet};
use yew::prelude::*;

use crate::menu::{Open, Target};
use crate::session::{View, use_view};
use crate::svg::{self, px, shift};
use crate::words::{Voice, words};

use super::layout::{Layout, Point};
use super::shapes::{flag_shape, message_shape};

/// The most messages that are drawn; at the highest speeds nobody could tell more apart.
const MAX_DRAWN: usize = 150;

/// The most messages with a label each; more would cover each other.
const MAX_LABELLED: usize = 14;

/// In how many steps a message goes its way for those who want less motion.
const FEW_STEPS: f64 = 4.0;

/// How far a message that was lost at its receiver is drawn, of its way.
const LOST_AT: f64 = 0.93;

/// What is particular about a message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    /// It waits until somebody lets it go on.
    Held,
    /// As things are, it is lost when it arrives: its link is cut, or its receiver down.
    Doomed,
    /// A person delayed it.
    Delayed,
    /// It is a copy of another.
    Copy,
}

impl Flag {
    /// All of them, for the legend.
    pub(crate) const ALL: [Self; 4] = [Self::Held, Self::Doomed, Self::Delayed, Self::Copy];

    /// The name for tests.
    fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Doomed => "doomed",
            Self::Delayed => "delayed",
            Self::Copy => "copy",
        }
    }

    /// What a picture says of a message; the most important where there is more than one.
    pub(super) fn of(frame: &Frame, flight: &Flight) -> Option<Self> {
        let (from, to) = (flight.packet.from, flight.packet.to);
        let gets_it = frame.node(to).is_some_and(|node| node.role().is_some());
        match flight.arrives_at {
            None => Some(Self::Held),
            Some(_) if !gets_it || frame.links.get(from, to).cut => Some(Self::Doomed),
            Some(_) if flight.is_delayed => Some(Self::Delayed),
            Some(_) => flight.is_copy.then_some(Self::Copy),
        }
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct FlightsProps {
    pub(super) layout: Rc<Layout>,
    /// Shows a message's fields, or none any more.
    pub(super) look_at: Callback<Option<EventId>>,
    /// Opens a menu.
    pub(super) open_menu: Callback<Open>,
}

/// A message, and how much of its way it has behind it, in 1/4096.
#[derive(Clone, Copy, PartialEq)]
struct Moving {
    sent: EventId,
    packet: Packet,
    part: u16,
    flag: Option<Flag>,
    lost: Option<LossReason>,
}

/// All of them.
#[component]
pub(super) fn Flights(props: &FlightsProps) -> Html {
    let messages = use_view(moving);
    let (paused, voice) = use_view(|view| (!view.playing, view.voice));
    let labelled = labels(&messages).count() <= MAX_LABELLED;
    let marks = messages.iter().map(|message| {
        let point = place(&props.layout, message);
        let labelled = labelled && is_clear(&props.layout, &message.packet, point);
        let Point { x, y } = point;
        let trails_left = goes_right(&props.layout, &message.packet);
        html! {
            <g key={message.sent.0} transform={shift(x, y)}>
                <Mark sent={message.sent} packet={message.packet} flag={message.flag} lost={message.lost} {paused} {voice}
                    {labelled} {trails_left} scale={props.layout.scale} look_at={props.look_at.clone()}
                    open_menu={props.open_menu.reform(move |target| Open::new(target, (x + 10.0, y + 10.0)))} />
            </g>
        }
    });
    html! { <g class="messages">{ for marks }</g> }
}

fn labels(messages: &[Moving]) -> impl Iterator<Item = String> + '_ {
    messages
        .iter()
        .filter_map(|message| (words().stage.message_label)(&message.packet))
}

fn moving(view: &View) -> Vec<Moving> {
    let flights = view
        .frame
        .flights
        .by_age()
        .into_iter()
        .map(|flight| Moving {
            sent: flight.sent,
            packet: flight.packet,
            part: steps(part(flight, view)),
            flag: Flag::of(&view.frame, flight),
            lost: None,
        });
    // The frame forgets them with the next event, and there may be none for long.
    let is_recent = |loss: &&Loss| view.now.saturating_sub(loss.at) <= LOSS_SHOWN_US;
    let losses = view.frame.losses.iter().filter(is_recent);
    let lost = losses.map(|loss| Moving {
        sent: loss.sent,
        packet: loss.packet,
        part: steps(loss.passed.min(LOST_AT)),
        flag: None,
        lost: Some(loss.reason),
    });
    flights.chain(lost).take(MAX_DRAWN).collect()
}

fn part(flight: &Flight, view: &View) -> f64 {
    let part = flight.passed(view.now);
    if view.less_motion {
        (part * FEW_STEPS).floor() / FEW_STEPS
    } else {
        part
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of 1 becomes at most 4096"
)]
fn steps(part: f64) -> u16 {
    (part.clamp(0.0, 1.0) * 4_096.0) as u16
}

fn place(layout: &Layout, message: &Moving) -> Point {
    let (from, to) = (message.packet.from.index(), message.packet.to.index());
    layout.on_the_way(from, to, f64::from(message.part) / 4_096.0)
}

/// Whether a label, which trails its message, covers neither the sender nor the receiver.
fn is_clear(layout: &Layout, packet: &Packet, point: Point) -> bool {
    let is_far = |place: usize, room: f64| {
        let room = layout.timer_radius() + room * layout.scale;
        let spot = layout.spots.get(place);
        spot.is_some_and(|spot| spot.center.distance(point) > room)
    };
    is_far(packet.from.index(), 42.0) && is_far(packet.to.index(), 12.0)
}

/// Whether a label has to stand on the left of a message, so that it does not run into
/// the receiver.
fn goes_right(layout: &Layout, packet: &Packet) -> bool {
    let x = |place: usize| layout.spots.get(place).map_or(0.0, |spot| spot.center.x);
    x(packet.to.index()) - x(packet.from.index()) > layout.radius
}

#[derive(PartialEq, Properties)]
struct MarkProps {
    sent: EventId,
    packet: Packet,
    flag: Option<Flag>,
    lost: Option<LossReason>,
    paused: bool,
    voice: Voice,
    labelled: bool,
    /// The label stands on the left.
    trails_left: bool,
    scale: f64,
    look_at: Callback<Option<EventId>>,
    /// Opens the message's menu.
    open_menu: Callback<Target>,
}

/// What moves: drawn once, however far it goes.
#[component]
fn Mark(props: &MarkProps) -> Html {
    let MarkProps {
        sent,
        packet,
        flag,
        lost,
        scale,
        look_at,
        ..
    } = props;
    let sent = *sent;
    let look = move |at: Option<EventId>| look_at.reform(move |()| at);
    let (show, hide) = (look(Some(sent)), look(None));
    let label = (crate::words::words().stage.message_label)(packet)
        .filter(|_| props.labelled && lost.is_none())
        .map(|label| draw_label(&label, *scale, props.trails_left));
    let shape = match lost {
        None => html! {
            <>
                { message_shape(packet, *scale) }
                { for flag.map(|flag| flag_shape(flag, *scale)) }
            </>
        },
        Some(_) => cross(*scale),
    };
    let words = &words().stage;
    let label_of_all = match (lost, flag) {
        (Some(reason), _) => Some((words.lost)(*reason)),
        (None, flag) => flag.map(words.flag),
    };
    let aria = (words.message_short)(props.voice, packet);
    let aria = label_of_all.map_or(aria.clone(), |more| format!("{aria}, {more}"));
    let is_under_way = lost.is_none();
    let open = props.open_menu.reform(move |()| Target::Message(sent));
    let onclick = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| {
            if is_under_way {
                open.emit(());
            }
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if is_under_way && matches!(event.key().as_str(), "Enter" | "m" | "M" | "ContextMenu") {
            event.prevent_default();
            event.stop_propagation();
            open.emit(());
        }
    });
    // Nobody could reach a moving one by the keyboard; while paused they are all there.
    let tabindex = if props.paused { "0" } else { "-1" };
    html! {
        <g class={classes!("message", lost.map(|_| "lost"))} {tabindex} role="button" {onclick} {onkeydown}
            data-testid={format!("message-{}", sent.0)}
            data-flag={flag.map(Flag::name)} aria-label={aria}
            onpointerenter={show.reform(|_: PointerEvent| ())}
            onpointerleave={hide.reform(|_: PointerEvent| ())}
            onfocus={show.reform(|_: FocusEvent| ())} onblur={hide.reform(|_: FocusEvent| ())}>
            <circle class="reach" r={px((15.0 * scale).max(12.0))} />
            { shape }
            <g>{ label }</g>
        </g>
    }
}

fn draw_label(label: &str, scale: f64, on_left: bool) -> Html {
    let size = (10.5 * scale).clamp(9.5, 15.0);
    let aside = 13.0 * scale.max(0.8);
    let (class, x) = if on_left {
        ("label left", -aside)
    } else {
        ("label", aside)
    };
    html! { <text {class} x={px(x)} dy="0.35em" font-size={px(size)}>{ label }</text> }
}

/// The cross of a lost message.
fn cross(scale: f64) -> Html {
    html! {
        <g class="cross" transform={svg::scale(scale.max(0.7))}>
            <circle r="8.5" />
            <path d="M-4-4 4 4M4-4-4 4" />
        </g>
    }
}
