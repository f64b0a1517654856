//! Faults chosen at random.

use glassraft_core::member::NodeId;
use glassraft_core::trace::Frame;
use glassraft_core::world::{
    Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Shape, Span, Workload,
};

/// The fault that a number stands for, at a cluster that looks like this. It may be an
/// impossible one. Faults that end others are as frequent as those.
///
/// # Panics
/// Never, for a cluster has nodes.
#[must_use]
pub fn fault(dice: u64, frame: &Frame) -> Action {
    let mut dice = Dice(dice);
    let nodes = frame.nodes.len() as u64;
    let mut node = || {
        let number = u8::try_from(dice.roll(nodes) + 1).expect("at most 15 nodes");
        NodeId::new(number).expect("numbers begin with 1")
    };
    let (node, to) = (node(), node());
    match dice.roll(20) {
        0 => Action::Pause { node },
        1..=3 => Action::Resume { node },
        4 | 5 => Action::Disk {
            node,
            change: disk_change(&mut dice),
        },
        6 | 7 => Action::Clock {
            node,
            change: match dice.roll(4) {
                0 => ClockChange::Jump(100_000 * (1 + dice.roll(30))),
                1 | 2 => ClockChange::Rate(0),
                _ => ClockChange::Rate(i32::try_from(dice.roll(1_000_000)).unwrap_or(0) - 500_000),
            },
        },
        8 | 9 => Action::Link {
            from: node,
            to,
            change: link_change(&mut dice),
        },
        10 => Action::Partition {
            groups: vec![vec![node, to], others(frame, node, to)],
        },
        11..=14 => Action::Heal,
        15..=18 => message(&mut dice, frame),
        _ => Action::Workload {
            workload: Workload {
                clients: u32::try_from(dice.roll(4)).unwrap_or(0),
                serializable_percent: 20,
                ..Workload::default()
            },
        },
    }
}

fn others(frame: &Frame, node: NodeId, to: NodeId) -> Vec<NodeId> {
    let nodes = frame.nodes.iter().map(|node| node.node);
    nodes.filter(|other| ![node, to].contains(other)).collect()
}

fn disk_change(dice: &mut Dice) -> DiskChange {
    match dice.roll(12) {
        0 => DiskChange::Full(true),
        1..=6 => DiskChange::Full(false),
        7 => DiskChange::Lies(true),
        8 | 9 => DiskChange::Lies(false),
        _ => DiskChange::Sync(Span {
            min_us: 1_000,
            max_us: 1_000 + dice.roll(200_000),
        }),
    }
}

fn link_change(dice: &mut Dice) -> LinkChange {
    let ppm = dice.choose(&[0, 0, 20_000, 300_000]);
    match dice.roll(7) {
        0 => LinkChange::Cut(true),
        1 => LinkChange::Cut(false),
        2 => LinkChange::Loss(ppm),
        3 => LinkChange::Duplicate(ppm),
        4 => LinkChange::Reorder(ppm),
        5 => LinkChange::Bandwidth(dice.choose(&[0, 0, 1_000, 100_000])),
        _ => LinkChange::Latency(Latency {
            min_us: 1_000,
            max_us: 2_000 + dice.roll(200_000),
            shape: dice.choose(&[Shape::Even, Shape::Bell, Shape::LongTail]),
        }),
    }
}

/// Something happens to a message under way, or to none.
fn message(dice: &mut Dice, frame: &Frame) -> Action {
    let flights = frame.flights.by_age();
    let place = dice.roll(flights.len().max(1) as u64);
    let flight = flights.into_iter().zip(0..).find(|(_, at)| *at == place);
    let sent = flight.map_or(EventId(0), |(flight, _)| flight.sent);
    let fate = match dice.roll(8) {
        0 => Fate::Deliver,
        1 => Fate::Drop,
        2 => Fate::Duplicate,
        3 => Fate::Delay(1 + dice.roll(500_000)),
        4 => Fate::Hold,
        _ => Fate::Release,
    };
    Action::Message { sent, fate }
}

/// Numbers from one number.
struct Dice(u64);

impl Dice {
    fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        let place = self.roll(from.len() as u64);
        from[usize::try_from(place).unwrap_or(0)]
    }

    fn roll(&mut self, sides: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}
