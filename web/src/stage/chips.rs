//! The last entries of a node's log, with its numbers.

use std::rc::Rc;

use glassraft_core::member::NodeId;
use yew::prelude::*;

use crate::session::use_view;
use crate::svg::px;
use crate::words::words;

use super::facts::{Chip, NodeLook};
use super::layout::{Layout, Point, Side, Spot};

#[derive(PartialEq, Properties)]
pub(super) struct ChipsProps {
    pub(super) node: NodeId,
    pub(super) layout: Rc<Layout>,
}

/// The entries and the numbers.
#[component]
pub(super) fn Chips(props: &ChipsProps) -> Html {
    let ChipsProps { node, layout } = props;
    let id = *node;
    // All layouts show at most so many; a narrower one shows fewer of them.
    let look = use_view(move |view| view.frame.node(id).map(|frame| NodeLook::of(frame, 8)));
    let spot = layout.spots.get(id.index());
    let (Some(look), Some(spot), 1..) = (look, spot, layout.chips) else {
        return html! { <g /> };
    };
    let skipped = look.chips.len().saturating_sub(layout.chips);
    let shown = &look.chips[skipped..];
    let more = look.last > shown.len() as u64;
    let block = Block::new(layout, spot, shown.len(), more);
    let is_down = look.state.is_down();
    let ellipsis = more.then(|| {
        html! {
            <text class="ellipsis" x={px(block.start.x - layout.chip_pitch() * 0.4)}
                y={px(block.start.y + layout.chip_height() / 2.0)} dy="0.3em"
                font-size={px(layout.caption_size())}>{ "…" }</text>
        }
    });
    html! {
        <g class={classes!("chips", is_down.then_some("down"))}>
            <g>{ ellipsis }</g>
            <g>{ for shown.iter().enumerate().map(|(place, chip)| block.chip(layout, place, chip)) }</g>
            <text class="caption" x={px(block.caption.x)} y={px(block.caption.y)} dy="0.35em"
                text-anchor={block.anchor} font-size={px(layout.caption_size())}>
                // The catalog is memory: a node that is down has none.
                { (words().stage.numbers)((!is_down).then_some(look.revision), look.commit) }
            </text>
        </g>
    }
}

/// Where the parts of a log stand.
struct Block {
    /// The upper left corner of the first entry.
    start: Point,
    /// Where the numbers are anchored.
    caption: Point,
    anchor: &'static str,
}

impl Block {
    fn new(layout: &Layout, spot: &Spot, chips: usize, more: bool) -> Self {
        let Point { x, y } = spot.center;
        let ellipsis = if more { layout.chip_pitch() * 0.7 } else { 0.0 };
        let width = layout.chip_pitch() * chips as f64 + ellipsis;
        let gap = layout.timer_radius() + 8.0;
        let size = layout.caption_size();
        let beside = y - layout.chip_height() / 2.0 - size / 2.0;
        let (left, top, caption_x, anchor) = match spot.side {
            Side::Above => {
                let tall = layout.chip_height() + size + 9.0;
                (x - width / 2.0, y - layout.above() - tall, x, "middle")
            }
            Side::Below => (x - width / 2.0, y + layout.below(), x, "middle"),
            Side::Right => (x + gap, beside, x + gap, "start"),
            Side::Left => (x - gap - width, beside, x - gap, "end"),
        };
        Self {
            start: Point {
                x: left + ellipsis,
                y: top,
            },
            caption: Point {
                x: caption_x,
                y: top + layout.chip_height() + 4.0 + size / 2.0,
            },
            anchor,
        }
    }

    fn chip(&self, layout: &Layout, place: usize, chip: &Chip) -> Html {
        let (width, height) = (layout.chip_width(), layout.chip_height());
        let x = self.start.x + layout.chip_pitch() * place as f64;
        let y = self.start.y;
        let hatch = (!chip.synced).then(|| html! {
            <rect class="unsynced" x={px(x)} y={px(y)} width={px(width)} height={px(height)} rx="3" />
        });
        let class = classes!(
            "chip",
            format!("term-{}", chip.term % 8),
            (!chip.committed).then_some("uncommitted"),
        );
        let digits = chip.term.to_string().len();
        let size = (height * 0.68).min(width * 1.5 / digits as f64);
        html! {
            <g key={chip.index} {class}>
                <rect class="box" x={px(x)} y={px(y)} width={px(width)} height={px(height)} rx="3" />
                <g>{ hatch }</g>
                <text x={px(x + width / 2.0)} y={px(y + height / 2.0)} dy="0.36em" font-size={px(size)}>
                    { chip.term }
                </text>
            </g>
        }
    }
}
