//! The ribbon: one lane a node, coloured by what it was.
//!
//! All that is known is drawn relative to an anchor that moves only now and then
//! ([`Past`]); between two moves the drawing is shifted as a whole and cut off at the
//! present moment, which costs next to nothing at 60 frames a second.

use std::rc::Rc;

use glassraft_core::member::Micros;
use glassraft_core::trace::{Phase, Span};
use web_sys::Element;
use yew::prelude::*;

use crate::browser::{Size, use_size};
use crate::session::{Command, Past, View, WINDOW_US, use_store, use_view};
use crate::svg::{px, shift};
use crate::words::words;

use super::marks::{LINES, Label, commits, labels};

/// The width of the nodes' names, and the free space at the right, in CSS pixels.
const NAMES_PX: f64 = 30.0;
const RIGHT_PX: f64 = 32.0;

/// The height above the lanes, for the playhead's knob and the first name, and the heights
/// below them, in CSS pixels.
const TOP_PX: f64 = 5.0;
const COMMITS_PX: f64 = 9.0;
const LINE_PX: f64 = 13.0;
const AXIS_PX: f64 = 14.0;

/// The time between two marks of the axis, in µs.
const AXIS_STEP_US: Micros = 2_000_000;

/// How far into the future the last span of a lane is drawn; the present cuts it off.
const AHEAD_US: Micros = 3 * WINDOW_US;

/// Where everything is, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    size: Size,
    lanes: usize,
}

impl Scale {
    fn width(self) -> f64 {
        (self.size.width - NAMES_PX - RIGHT_PX).max(1.0)
    }

    /// How long a stretch of time is.
    fn length(self, us: Micros) -> f64 {
        us as f64 / WINDOW_US as f64 * self.width()
    }

    /// The time that a length stands for, in µs.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within some windows of time"
    )]
    fn time(self, length: f64) -> i64 {
        (length / self.width() * WINDOW_US as f64) as i64
    }

    fn lanes_height(self) -> f64 {
        let below = COMMITS_PX + LINE_PX * LINES as f64 + AXIS_PX;
        (self.size.height - below).max(self.lanes as f64 * 5.0)
    }

    fn pitch(self) -> f64 {
        self.lanes_height() / self.lanes.max(1) as f64
    }

    fn lane_height(self) -> f64 {
        (self.pitch() - 2.5).clamp(3.0, 13.0)
    }

    fn lane_y(self, lane: usize) -> f64 {
        self.pitch() * lane as f64 + 1.0
    }
}

/// The strip.
#[component]
pub(super) fn Ribbon() -> Html {
    let place = use_node_ref();
    let size = use_size(&place);
    let past = use_view(|view| Rc::clone(&view.calm.past));
    let Size { width, height } = size;
    let scale = Scale {
        size: Size {
            width,
            height: height - TOP_PX,
        },
        lanes: past.lanes.len(),
    };
    let is_drawn = width > NAMES_PX + RIGHT_PX + 40.0;
    let scrub = use_scrubbing(&place, scale);
    let (now, end) = use_view(|view| (view.now / 100_000, view.end / 100_000));
    html! {
        <div class="ribbon" ref={place} data-testid="ribbon" role="slider" tabindex="0"
            aria-label={words().transport.ribbon} aria-valuemin="0" aria-valuemax={end.to_string()}
            aria-valuenow={now.to_string()} aria-valuetext={(words().stage.time)(now * 100_000)}
            onpointerdown={scrub.down} onpointermove={scrub.moved} onpointerup={scrub.up.clone()}
            onpointercancel={scrub.up} onkeydown={scrub.key}>
            if is_drawn {
                <svg width={px(width)} height={px(height)} aria-hidden="true">
                    <g transform={shift(0.0, TOP_PX)}>{ names(scale) }</g>
                    <g transform={shift(NAMES_PX, TOP_PX)}>
                        <Shifted {scale} anchor={past.anchor}>
                            <Drawing {scale} past={Rc::clone(&past)} />
                        </Shifted>
                    </g>
                </svg>
            }
        </div>
    }
}

/// What the pointer and the keyboard do to the playhead.
struct Scrubbing {
    down: Callback<PointerEvent>,
    moved: Callback<PointerEvent>,
    up: Callback<PointerEvent>,
    key: Callback<KeyboardEvent>,
}

/// How far an arrow key moves the playhead, and a page key, in µs.
const KEY_US: Micros = 100_000;
const PAGE_US: Micros = 2_000_000;

#[hook]
fn use_scrubbing(place: &NodeRef, scale: Scale) -> Scrubbing {
    let store = use_store();
    let drags = use_mut_ref(|| false);
    let seek = {
        let (store, place) = (store.clone(), place.clone());
        move |event: &PointerEvent| {
            let Some(element) = place.cast::<Element>() else {
                return;
            };
            let x = f64::from(event.client_x()) - element.get_bounding_client_rect().left();
            let view = store.view();
            let from_start = scale.time(x - NAMES_PX);
            store.send(Command::Seek(view.window.saturating_add_signed(from_start)));
        }
    };
    let down = {
        let (drags, seek, place) = (drags.clone(), seek.clone(), place.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 {
                return;
            }
            *drags.borrow_mut() = true;
            if let Some(element) = place.cast::<Element>() {
                // Without it the drag ends at the ribbon's edge, and nothing else happens.
                let _refused = element.set_pointer_capture(event.pointer_id());
            }
            seek(&event);
        })
    };
    let moved = {
        let drags = drags.clone();
        Callback::from(move |event: PointerEvent| {
            if *drags.borrow() {
                seek(&event);
            }
        })
    };
    let up = Callback::from(move |_: PointerEvent| *drags.borrow_mut() = false);
    let key = Callback::from(move |event: KeyboardEvent| {
        let view = store.view();
        let command = match event.key().as_str() {
            "ArrowLeft" => Command::Seek(view.now.saturating_sub(KEY_US)),
            "ArrowRight" => Command::Seek(view.now + KEY_US),
            "PageDown" => Command::Seek(view.now.saturating_sub(PAGE_US)),
            "PageUp" => Command::Seek(view.now + PAGE_US),
            "Home" => Command::Seek(0),
            "End" => Command::ToLive,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        store.send(command);
    });
    Scrubbing {
        down,
        moved,
        up,
        key,
    }
}

/// The nodes' names on the left.
fn names(scale: Scale) -> Html {
    // Where lanes are too narrow for a name each, every other one has its name.
    let every = if scale.pitch() < 9.0 { 2 } else { 1 };
    let size = (scale.pitch() * every as f64).clamp(7.0, 11.0);
    let name = |lane: usize| {
        let y = scale.lane_y(lane) + scale.lane_height() / 2.0;
        html! {
            <text key={lane} class="lane-name" x="2" y={px(y)} dy="0.36em" font-size={px(size)}>
                { format!("n{}", lane + 1) }
            </text>
        }
    };
    html! { <g>{ for (0..scale.lanes).step_by(every).map(name) }</g> }
}

#[derive(PartialEq, Properties)]
struct ShiftedProps {
    scale: Scale,
    anchor: Micros,
    children: Html,
}

/// Moves the drawing to where the window is now, and cuts it off at the present moment.
#[component]
fn Shifted(props: &ShiftedProps) -> Html {
    let Moments { now, start, end } = use_view(Moments::of);
    let ShiftedProps {
        scale,
        anchor,
        children,
    } = props;
    let shifted = scale.length(start.saturating_sub(*anchor));
    let head = scale.length(now.saturating_sub(start)).min(scale.width());
    let known = scale.length(end.saturating_sub(start)).min(scale.width());
    let lanes = scale.lanes_height() + COMMITS_PX;
    html! {
        <>
            <defs>
                <clipPath id="until-now">
                    <rect x={px(shifted)} y="0" width={px(known)} height={px(scale.size.height)} />
                </clipPath>
                <clipPath id="window">
                    <rect x={px(shifted - 4.0)} y="0" width={px(scale.width() + RIGHT_PX + 4.0)} height={px(scale.size.height)} />
                </clipPath>
            </defs>
            <rect class="future" width={px(scale.width())} height={px(scale.lanes_height())} rx="3" />
            <g transform={shift(-shifted, 0.0)}>{ children.clone() }</g>
            // What was lived through already, and is yet to come again.
            <rect class="pale" x={px(head)} width={px((known - head).max(0.0))} height={px(lanes)} />
            <line class="playhead" x1={px(head)} x2={px(head)} y1="0" y2={px(lanes)} />
            <circle class="playhead-knob" cx={px(head)} cy="-1" r="4" />
        </>
    }
}

/// The shown moment, the window's beginning and the newest moment of the run.
#[derive(Clone, Copy, PartialEq)]
struct Moments {
    now: Micros,
    start: Micros,
    end: Micros,
}

impl Moments {
    /// In steps that can be seen: the ribbon is about a thousand pixels wide.
    fn of(view: &View) -> Self {
        const STEPS: Micros = 2_000;
        const STEP_US: Micros = WINDOW_US / STEPS;
        let step = |at: Micros| at / STEP_US * STEP_US;
        Self {
            now: step(view.now),
            start: step(view.window),
            end: step(view.end),
        }
    }
}

#[derive(PartialEq, Properties)]
struct DrawingProps {
    scale: Scale,
    past: Rc<Past>,
}

/// Lanes, ticks, labels and axis, relative to the anchor.
#[component]
fn Drawing(props: &DrawingProps) -> Html {
    let DrawingProps { scale, past } = props;
    let x = |at: Micros| scale.length(at.saturating_sub(past.anchor));
    let lanes = past.lanes.iter().enumerate().map(|(place, spans)| {
        html! { <g key={place}>{ for lane(*scale, past.anchor, place, spans) }</g> }
    });
    let commits_y = scale.lanes_height() + 1.0;
    let ticks = commits(&past.marks, x).into_iter().map(|x| html! {
        <line key={px(x)} class="commit" x1={px(x)} x2={px(x)} y1={px(commits_y)} y2={px(commits_y + COMMITS_PX - 3.0)} />
    });
    let labels_y = scale.lanes_height() + COMMITS_PX;
    html! {
        <>
            <g clip-path="url(#until-now)">{ for lanes }</g>
            <g clip-path="url(#window)">
                <g>{ for ticks }</g>
                <g>{ for labels(&past.marks, x).into_iter().map(|each| label(each, labels_y)) }</g>
                <g>{ axis(*scale, past.anchor) }</g>
            </g>
        </>
    }
}

fn lane<'a>(
    scale: Scale,
    anchor: Micros,
    place: usize,
    spans: &'a [Span],
) -> impl Iterator<Item = Html> + 'a {
    let ends = spans.iter().skip(1).map(|span| span.since);
    let ends = ends.chain(std::iter::once(anchor + AHEAD_US));
    spans.iter().zip(ends).map(move |(span, end)| {
        let from = scale.length(span.since.saturating_sub(anchor));
        let to = scale.length(end.saturating_sub(anchor));
        let name = match span.phase {
            Phase::Up(role) => role.name(),
            Phase::Paused(_) => "paused",
            Phase::Down => "crashed",
        };
        html! {
            <rect key={span.since} class={classes!("span", name)} x={px(from)} y={px(scale.lane_y(place))}
                width={px((to - from - 0.6).max(1.0))} height={px(scale.lane_height())} rx="2" />
        }
    })
}

fn label(label: Label, y: f64) -> Html {
    let Label {
        x,
        line,
        text,
        class,
    } = label;
    let y = y + LINE_PX * (line as f64 + 0.5);
    html! {
        <text key={format!("{} {line}", px(x))} class={classes!("mark-label", class)} x={px(x)} y={px(y)} dy="0.36em">
            { text }
        </text>
    }
}

fn axis(scale: Scale, anchor: Micros) -> Html {
    let y = scale.size.height - AXIS_PX;
    let narrow = if scale.width() < 500.0 { 2 } else { 1 };
    let step = AXIS_STEP_US * narrow;
    let moments = (0..=AHEAD_US / step).map(|place| anchor + place * step);
    let marks = moments.map(|at| {
        let x = scale.length(at - anchor);
        html! {
            <g key={at} class="axis" transform={shift(x, y)}>
                <line y1="0" y2="3" />
                <text x="3" y="8" dy="0.3em">{ (words().transport.seconds)(at) }</text>
            </g>
        }
    });
    marks.collect()
}
