//! Where everything on the stage stands: pure geometry, in CSS pixels.

use std::f64::consts::{PI, TAU};

use crate::browser::{Size, sin_cos};
use crate::svg::px;

/// The radius of a node at scale 1; all other lengths follow it.
const BASE_RADIUS: f64 = 36.0;

/// How much wider than high the circle of nodes may be drawn.
const MAX_STRETCH: f64 = 1.7;

/// A point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Point {
    /// The point so far on the way to another; 0 is here, 1 is there.
    pub(super) fn toward(self, other: Self, part: f64) -> Self {
        Self {
            x: self.x + (other.x - self.x) * part,
            y: self.y + (other.y - self.y) * part,
        }
    }

    /// How far another point is.
    pub(super) fn distance(self, other: Self) -> f64 {
        (other.x - self.x).hypot(other.y - self.y)
    }
}

/// On which side of a node its log stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Below,
    Left,
    Right,
}

/// The place of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) center: Point,
    pub(super) side: Side,
}

/// The places of all nodes and the sizes of all marks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) size: Size,
    /// The radius of a node.
    pub(super) radius: f64,
    /// What lengths that were chosen for a radius of 36 are multiplied by.
    pub(super) scale: f64,
    /// How many entries of a log are shown.
    pub(super) chips: usize,
    pub(super) spots: Vec<Spot>,
}

impl Layout {
    /// The layout of a stage of this size with so many nodes.
    pub(super) fn new(nodes: usize, size: Size) -> Self {
        let Size { width, height } = size;
        let crowd = match nodes {
            0..=5 => 1.0,
            6..=7 => 0.86,
            _ => 0.74,
        };
        let radius = (height * 0.086).min(width * 0.082).clamp(21.0, 60.0) * crowd;
        let radius = radius.max(19.0);
        let mut layout = Self {
            size,
            radius,
            scale: radius / BASE_RADIUS,
            chips: match (nodes > 5, width < 600.0) {
                (true, true) => 5,
                (true, false) | (false, true) => 6,
                (false, false) => 8,
            },
            spots: Vec::new(),
        };
        // Many nodes stand closely one above the other where there is room on the sides.
        let beside = nodes > 5 && width > 620.0;
        layout.spots = layout.place(nodes, beside);
        layout
    }

    /// The width of an entry.
    pub(super) fn chip_width(&self) -> f64 {
        (15.0 * self.scale).max(12.5)
    }

    /// The height of an entry.
    pub(super) fn chip_height(&self) -> f64 {
        (15.0 * self.scale).max(13.0)
    }

    /// The distance from one entry to the next.
    pub(super) fn chip_pitch(&self) -> f64 {
        self.chip_width() + 1.5
    }

    /// The width of all entries of a node.
    pub(super) fn chips_width(&self) -> f64 {
        self.chip_pitch() * (self.chips as f64 + 0.7)
    }

    /// The size of the letters of a caption.
    pub(super) fn caption_size(&self) -> f64 {
        (11.0 * self.scale).clamp(10.0, 15.0)
    }

    /// The radius of a node's election timer.
    pub(super) fn timer_radius(&self) -> f64 {
        self.radius + 6.0 * self.scale
    }

    /// From the centre of a node to the upper edge of the log below it.
    pub(super) fn below(&self) -> f64 {
        self.radius + 12.0 * self.scale
    }

    fn place(&self, nodes: usize, beside: bool) -> Vec<Spot> {
        let s = self.scale;
        let up = self.radius + 20.0 * s;
        let log_height = self.chip_height() + self.caption_size() + 13.0;
        let (down, out) = if beside {
            (
                self.radius + 12.0 * s,
                self.radius + 14.0 * s + self.chips_width(),
            )
        } else {
            let half_log = (self.chips_width() / 2.0).max(46.0);
            (
                self.below() + log_height,
                half_log.max(self.radius + 12.0 * s),
            )
        };
        // Of an odd number of nodes, evenly around a circle, one is at the very top and the
        // lowest two are a little above the very bottom.
        let (_, lowest) = sin_cos(PI / nodes as f64);
        let Size { width, height } = self.size;
        let radius_y = ((height - up - down) / (1.0 + lowest)).max(10.0);
        let radius_x = (width / 2.0 - out - 6.0)
            .max(10.0)
            .min(radius_y * MAX_STRETCH);
        let center = Point {
            x: width / 2.0,
            y: up + radius_y,
        };
        let spot = |place: usize| {
            let angle = TAU * place as f64 / nodes as f64;
            let (sin, cos) = sin_cos(angle);
            Spot {
                center: Point {
                    x: center.x + radius_x * sin,
                    y: center.y - radius_y * cos,
                },
                side: match sin {
                    _ if !beside => Side::Below,
                    sin if sin < -0.01 => Side::Left,
                    _ => Side::Right,
                },
            }
        };
        (0..nodes).map(spot).collect()
    }

    /// Where a message is that has this part of its way behind it: between the edges of
    /// the nodes, a little to the right of the middle, so that two ways do not meet.
    pub(super) fn on_the_way(&self, from: usize, to: usize, part: f64) -> Point {
        let (Some(from), Some(to)) = (self.spots.get(from), self.spots.get(to)) else {
            return Point::default();
        };
        let (from, to) = (from.center, to.center);
        let whole = from.distance(to).max(1.0);
        let edge = (self.timer_radius() + 7.0 * self.scale).min(whole * 0.45);
        let along = (edge + (whole - 2.0 * edge) * part) / whole;
        let on_line = from.toward(to, along);
        let aside = 5.0 * self.scale / whole;
        Point {
            x: on_line.x - (to.y - from.y) * aside,
            y: on_line.y + (to.x - from.x) * aside,
        }
    }
}

/// The corners of a regular hexagon that stands on a corner, for `points`.
pub(super) fn hexagon(radius: f64) -> String {
    corners(6, radius, 0.0)
}

/// The corners of a square that stands on a corner, for `points`.
pub(super) fn diamond(radius: f64) -> String {
    corners(4, radius, 0.0)
}

/// The corners of a triangle that points to the right, for `points`.
pub(super) fn triangle(radius: f64) -> String {
    corners(3, radius, TAU / 4.0)
}

fn corners(count: u32, radius: f64, turned: f64) -> String {
    let corner = |place: u32| {
        let angle = turned + TAU * f64::from(place) / f64::from(count);
        let (sin, cos) = sin_cos(angle);
        let (x, y) = (radius * sin, -radius * cos);
        format!("{},{}", px(x), px(y))
    };
    (0..count).map(corner).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The box that a node and its log take.
    fn boxes(layout: &Layout, spot: &Spot) -> [[f64; 4]; 2] {
        let Point { x, y } = spot.center;
        let r = layout.timer_radius();
        let width = layout.chips_width();
        let height = layout.chip_height() + layout.caption_size() + 9.0;
        let log = match spot.side {
            Side::Below => [x - width / 2.0, y + layout.below(), width, height],
            Side::Left => [x - r - 8.0 - width, y - height / 2.0, width, height],
            Side::Right => [x + r + 8.0, y - height / 2.0, width, height],
        };
        [[x - r, y - r, 2.0 * r, 2.0 * r], log]
    }

    fn overlap(a: [f64; 4], b: [f64; 4]) -> bool {
        a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3]
    }

    #[test]
    fn nothing_overlaps_or_leaves_the_stage() {
        for (width, height) in [
            (930.0, 530.0),
            (780.0, 370.0),
            (374.0, 430.0),
            (1300.0, 680.0),
        ] {
            for nodes in [3, 5, 7, 9] {
                let size = Size { width, height };
                let layout = Layout::new(nodes, size);
                let all: Vec<_> = layout
                    .spots
                    .iter()
                    .map(|spot| boxes(&layout, spot))
                    .collect();
                for (place, one) in all.iter().enumerate() {
                    for [x, y, w, h] in one {
                        let inside = *x >= 0.0 && *y >= 0.0 && x + w <= width && y + h <= height;
                        assert!(inside, "{nodes} nodes, {size:?}: {one:?}");
                    }
                    for other in &all[place + 1..] {
                        let free = one.iter().all(|a| other.iter().all(|b| !overlap(*a, *b)));
                        assert!(free, "{nodes} nodes, {size:?}: {one:?} and {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_message_goes_from_edge_to_edge() {
        let layout = Layout::new(
            5,
            Size {
                width: 900.0,
                height: 500.0,
            },
        );
        for (from, to) in [(0, 1), (3, 2), (4, 0)] {
            let start = layout.on_the_way(from, to, 0.0);
            let end = layout.on_the_way(from, to, 1.0);
            assert!(layout.spots[from].center.distance(start) > layout.radius);
            assert!(layout.spots[to].center.distance(end) > layout.radius);
        }
    }
}
