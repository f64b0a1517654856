//! Where everything on the stage stands: pure geometry, in CSS pixels.

use std::f64::consts::{PI, TAU};

use crate::browser::{Size, sin_cos};
use crate::svg::px;

/// The radius of a node at scale 1; all other lengths follow it.
const BASE_RADIUS: f64 = 36.0;

/// How much wider than high the circle of nodes may be drawn.
const MAX_STRETCH: f64 = 1.7;

/// The same where there are so many nodes that logs stand all around.
const MAX_STRETCH_AROUND: f64 = 2.6;

/// About how wide the numbers of a log are, of the size of their letters.
const CAPTION_EM: f64 = 8.6;

/// A box.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Area {
    fn covers(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

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
    Above,
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

/// Where the logs stand.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Logs {
    /// Below their nodes.
    Below,
    /// On the outer side.
    Beside,
    /// All around: above and below, and on the outer side of those nodes that are farther
    /// aside than this part of the circle's radius.
    Around(f64),
}

/// How much smaller the nodes are drawn where there are many of them, largest first.
const CROWDS: [f64; 6] = [1.0, 0.86, 0.74, 0.64, 0.55, 0.48];

/// How many entries of a log are shown, most first.
const CHIPS: [usize; 7] = [8, 6, 5, 4, 3, 2, 0];

/// The fewest entries for which nodes are drawn smaller.
const FEW_CHIPS: usize = 3;

/// The smallest radius of a node in which its name can be read.
const MIN_RADIUS: f64 = 16.0;

impl Layout {
    /// The layout of a stage of this size with so many nodes: of those in which nothing
    /// covers anything the one with the largest nodes, and with some entries of each log.
    pub(super) fn new(nodes: usize, size: Size) -> Self {
        let many = |chips: &usize| *chips >= FEW_CHIPS;
        let (full, bare): (Vec<usize>, Vec<usize>) = CHIPS.into_iter().partition(many);
        let mut last = None;
        for chips in [full, bare] {
            for crowd in CROWDS.into_iter().skip(Self::least_crowd(nodes)) {
                for chips in &chips {
                    for logs in Self::logs(nodes, size) {
                        let layout = Self::of(nodes, size, crowd, *chips, logs);
                        if layout.is_free() {
                            return layout;
                        }
                        last = Some(layout);
                    }
                }
            }
        }
        last.unwrap_or_else(|| Self::of(nodes, size, 1.0, 0, Logs::Below))
    }

    /// Few nodes look best when they are large, and more look better with some room.
    fn least_crowd(nodes: usize) -> usize {
        match nodes {
            0..=5 => 0,
            6..=7 => 1,
            _ => 2,
        }
    }

    /// Where logs may stand, the best first: many nodes stand closely one above the other
    /// where there is room on the sides.
    fn logs(nodes: usize, size: Size) -> [Logs; 5] {
        let around = [0.6, 0.78, 0.92].map(Logs::Around);
        let [one, two, three] = around;
        match nodes > 5 && size.width > 620.0 {
            true => [Logs::Beside, one, two, three, Logs::Below],
            false => [Logs::Below, Logs::Beside, one, two, three],
        }
    }

    fn of(nodes: usize, size: Size, crowd: f64, chips: usize, logs: Logs) -> Self {
        let Size { width, height } = size;
        let radius = (height * 0.1).min(width * 0.082).clamp(21.0, 60.0) * crowd;
        let radius = radius.max(MIN_RADIUS);
        let mut layout = Self {
            size,
            radius,
            scale: radius / BASE_RADIUS,
            chips,
            spots: Vec::new(),
        };
        layout.spots = layout.place(nodes, logs);
        layout
    }

    /// Whether nothing leaves the stage or covers anything else.
    fn is_free(&self) -> bool {
        let all: Vec<[Area; 2]> = self.spots.iter().map(|spot| self.areas(spot)).collect();
        let Size { width, height } = self.size;
        let is_inside = |area: &Area| {
            area.x >= 0.0
                && area.y >= 0.0
                && area.x + area.width <= width
                && area.y + area.height <= height
        };
        all.iter().enumerate().all(|(place, one)| {
            let is_apart = |other: &[Area; 2]| {
                let mut pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
                pairs.all(|(a, b)| !a.covers(b))
            };
            one.iter().all(is_inside) && all[place + 1..].iter().all(is_apart)
        })
    }

    /// What a node takes, and what its log does.
    fn areas(&self, spot: &Spot) -> [Area; 2] {
        let Point { x, y } = spot.center;
        let r = self.timer_radius();
        let node = Area {
            x: x - r,
            y: y - r,
            width: 2.0 * r,
            height: 2.0 * r,
        };
        let width = self.log_width();
        let height = self.log_height() - 4.0;
        let (left, top) = match spot.side {
            Side::Above => (x - width / 2.0, y - self.above() - height),
            Side::Below => (x - width / 2.0, y + self.below()),
            Side::Left => (x - r - 8.0 - width, y - height / 2.0),
            Side::Right => (x + r + 8.0, y - height / 2.0),
        };
        let log = Area {
            x: left,
            y: top,
            width,
            height,
        };
        [node, log]
    }

    /// The width of a log with its numbers. Without entries there are no numbers either.
    fn log_width(&self) -> f64 {
        match self.chips {
            0 => 0.0,
            _ => self.chips_width().max(self.caption_size() * CAPTION_EM),
        }
    }

    /// The height of a log with its numbers.
    fn log_height(&self) -> f64 {
        match self.chips {
            0 => 0.0,
            _ => self.chip_height() + self.caption_size() + 13.0,
        }
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

    /// From the centre of a node to the lower edge of the log above it: a leader's crown
    /// stands in between.
    pub(super) fn above(&self) -> f64 {
        self.radius + 20.0 * self.scale
    }

    fn place(&self, nodes: usize, logs: Logs) -> Vec<Spot> {
        let s = self.scale;
        let log_height = self.log_height();
        let up = match logs {
            Logs::Around(_) => self.above() + log_height,
            Logs::Below | Logs::Beside => self.above(),
        };
        let down = match logs {
            Logs::Beside => self.radius + 12.0 * s,
            Logs::Below | Logs::Around(_) => self.below() + log_height,
        };
        let out = match logs {
            Logs::Below => (self.log_width() / 2.0).max(self.radius + 12.0 * s),
            Logs::Beside | Logs::Around(_) => self.radius + 14.0 * s + self.log_width(),
        };
        // Of an odd number of nodes, evenly around a circle, one is at the very top and the
        // lowest two are a little above the very bottom.
        let lowest = match nodes {
            0..=2 => 0.0,
            odd if odd % 2 == 1 => sin_cos(PI / odd as f64).1,
            _ => 1.0,
        };
        let Size { width, height } = self.size;
        let radius_y = match nodes {
            // One stands in the middle, two stand side by side.
            0..=2 => ((height - up - down) / 2.0).max(10.0),
            _ => ((height - up - down) / (1.0 + lowest)).max(10.0),
        };
        let stretch = match logs {
            Logs::Around(_) => MAX_STRETCH_AROUND,
            Logs::Below | Logs::Beside => MAX_STRETCH,
        };
        let radius_x = (width / 2.0 - out - 6.0).max(10.0).min(radius_y * stretch);
        let (radius_x, turn) = match nodes {
            0..=1 => (0.0, TAU / 4.0),
            2 => (radius_x, TAU / 4.0),
            _ => (radius_x, 0.0),
        };
        let center = Point {
            x: width / 2.0,
            y: up + radius_y,
        };
        let spot = |place: usize| {
            let angle = TAU * place as f64 / nodes as f64 - turn;
            let (sin, cos) = sin_cos(angle);
            Spot {
                center: Point {
                    x: center.x + radius_x * sin,
                    y: center.y - radius_y * cos,
                },
                side: side(logs, sin, cos),
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

/// On which side of a node its log stands, by where the node is on the circle.
fn side(logs: Logs, sin: f64, cos: f64) -> Side {
    let outer = if sin < -0.01 { Side::Left } else { Side::Right };
    match logs {
        Logs::Beside => outer,
        Logs::Around(from) if sin.abs() > from => outer,
        Logs::Around(_) if cos > 0.0 => Side::Above,
        Logs::Below | Logs::Around(_) => Side::Below,
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

    /// The stage at a desk, at a projector and on a phone, and some others.
    const SIZES: [(f64, f64); 6] = [
        (930.0, 530.0),
        (780.0, 370.0),
        (374.0, 430.0),
        (374.0, 380.0),
        (1300.0, 680.0),
        (780.0, 320.0),
    ];

    #[test]
    fn nothing_overlaps_or_leaves_the_stage() {
        for (width, height) in SIZES {
            for nodes in 1..=15 {
                let size = Size { width, height };
                let layout = Layout::new(nodes, size);
                assert_eq!(layout.spots.len(), nodes);
                assert!(layout.is_free(), "{nodes} nodes, {size:?}: {layout:?}");
            }
        }
    }

    /// Where there is room, every node has some entries of its log beside it.
    #[test]
    fn logs_are_shown_where_there_is_room() {
        for (width, height) in SIZES.into_iter().filter(|(width, _)| *width > 700.0) {
            for nodes in 1..=15 {
                let layout = Layout::new(nodes, Size { width, height });
                assert!(layout.chips >= FEW_CHIPS, "{nodes} nodes: {layout:?}");
                println!(
                    "{width}x{height} {nodes}: {} {}",
                    layout.radius, layout.chips
                );
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
