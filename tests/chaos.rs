//! Actions chosen at random: requests, faults, and whatever a person may do to a cluster.

use glassraft_core::etcd::{
    AlarmRequest, CLUSTER_TOKEN, CompactionRequest, Compare, DefragmentRequest, DeleteRangeRequest,
    HashKvRequest, HashRequest, LeaseGrantRequest, LeaseKeepAliveRequest, LeaseLeasesRequest,
    LeaseRevokeRequest, LeaseTimeToLiveRequest, MoveLeaderRequest, PutRequest, RangeRequest,
    Request, RequestOp, RequestUnion, SnapshotRequest, StatusRequest, TxnRequest, member_id,
};
use glassraft_core::member::{NodeId, Options, Origin, ReadMode};
use glassraft_core::trace::{Frame, Run};
use glassraft_core::world::{
    Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Setup, Shape, Span,
    Workload,
};

use crate::{add, get, n, promote, put, remove};

/// A setup of five nodes that take snapshots often.
#[must_use]
pub fn setup() -> Setup {
    let mut setup = Setup::default();
    setup.options.snapshot_entries = 20;
    setup.options.catch_up_entries = 4;
    setup
}

/// Lets a run go on until there are so many events, and does everything to it that can be
/// done, at moments that the dice choose. It is stepped and advanced in turn.
pub fn disturb(run: &mut Run, dice: &mut Dice, events: u64) {
    while run.record().len() < events {
        if dice.roll(2) == 0 {
            run.step();
        } else {
            run.advance(run.now() + dice.roll(50_000));
        }
        if dice.roll(6) > 0 {
            continue;
        }
        let action = anything(dice.draw(), run.frame());
        // What makes no sense at that moment is refused, and that is well.
        let _refused = run.act(action);
    }
}

/// Clusters that are made of snapshots in the midst of everything else: all members begin anew,
/// or some, beside the old cluster or in its place, with the same token or another.
#[derive(Debug, Default)]
pub struct Recoveries {
    /// The last snapshot that was saved.
    snapshot: Vec<u8>,
}

impl Recoveries {
    /// Lets a run of five nodes go on for so many events, and gives a snapshot to some nodes.
    /// Returns to how many.
    ///
    /// # Panics
    /// Never: all numbers are small.
    pub fn disturb(&mut self, run: &mut Run, dice: &mut Dice, events: u64) -> usize {
        let end = run.record().len() + events;
        disturb(run, dice, end);
        let node = |number: u64| n(u8::try_from(number).expect("it is small"));
        let view = run.view(node(1 + dice.roll(5)));
        if let Some(catalog) = view.and_then(|view| view.catalog)
            && (dice.roll(4) == 0 || self.snapshot.is_empty())
        {
            self.snapshot = catalog.encode();
        }
        let mut members: Vec<NodeId> = (1..=5).filter(|_| dice.roll(3) > 0).map(node).collect();
        if members.is_empty() {
            members = vec![n(1)];
        }
        let origin = Origin {
            snapshot: self.snapshot.clone().into(),
            token: dice
                .choose(&[CLUSTER_TOKEN, CLUSTER_TOKEN, "again"])
                .to_owned(),
            members: members.clone(),
        };
        let mut restored = 0;
        for node in members {
            // What makes no sense at that moment is refused, and that is well.
            let _refused = run.act(Action::Crash { node });
            let _refused = run.act(Action::Wipe { node });
            let origin = Box::new(origin.clone());
            restored += usize::from(run.act(Action::Restore { node, origin }).is_ok());
            let _refused = run.act(Action::Restart { node });
            if dice.roll(4) == 0 {
                break;
            }
        }
        restored
    }
}

/// The same with every kind of request that a client may make. (It is not part of
/// [`disturb`], so that the runs of that stay what they are.)
pub fn disturb_by_requests(run: &mut Run, dice: &mut Dice, events: u64) {
    while run.record().len() < events {
        run.advance(run.now() + dice.roll(100_000));
        let action = match dice.roll(8) {
            0 => anything(dice.draw(), run.frame()),
            1..=4 => request(dice.draw(), run.frame()),
            _ => continue,
        };
        // What makes no sense at that moment is refused, and that is well.
        let _refused = run.act(action);
    }
}

/// The request that a number stands for, to a node of a cluster that looks like this, among
/// few keys and leases.
#[must_use]
pub fn request(dice: u64, frame: &Frame) -> Action {
    let mut dice = Dice(dice);
    let nodes = frame.nodes.len() as u64;
    let node = n(u8::try_from(dice.roll(nodes) + 1).unwrap_or(1));
    let member = member_id(dice.roll(nodes + 1) + 1);
    let small = |dice: &mut Dice, sides| i64::try_from(dice.roll(sides)).unwrap_or(0);
    let id = small(&mut dice, 5);
    let newest = frame.nodes.iter().map(|node| node.revision).max();
    let revision = newest.unwrap_or(1) - 3 + small(&mut dice, 5);
    let request = match dice.roll(24) {
        0..=3 => Request::LeaseGrant(LeaseGrantRequest {
            id,
            // (Members that are set differently raise what is shorter differently.)
            ttl: 2 + small(&mut dice, 20),
        }),
        4 => Request::LeaseRevoke(LeaseRevokeRequest { id }),
        5..=7 => Request::LeaseKeepAlive(LeaseKeepAliveRequest { id }),
        8 | 9 => Request::LeaseTimeToLive(LeaseTimeToLiveRequest { id, keys: true }),
        10 => Request::LeaseLeases(LeaseLeasesRequest {}),
        11 | 12 => Request::Put(a_put(&mut dice, id)),
        13..=15 => Request::Txn(a_txn(&mut dice, id)),
        16 => Request::Compaction(CompactionRequest {
            revision,
            physical: true,
        }),
        17 => Request::Alarm(AlarmRequest {
            // Raised less often than taken back.
            action: dice.choose(&[0, 1, 2, 2, 2]),
            member_id: member,
            alarm: 1,
        }),
        18 => Request::Status(StatusRequest {}),
        19 => Request::Hash(HashRequest {}),
        20 => Request::HashKv(HashKvRequest { revision }),
        21 => Request::Defragment(DefragmentRequest {}),
        22 => Request::Snapshot(SnapshotRequest {}),
        _ => Request::MoveLeader(MoveLeaderRequest { target_id: member }),
    };
    Action::Request {
        node,
        request,
        timeout_us: dice.choose(&[300_000, 5_000_000, 9_000_000]),
    }
}

fn a_put(dice: &mut Dice, lease: i64) -> PutRequest {
    PutRequest {
        key: format!("k{}", dice.roll(7)).into(),
        value: "x"
            .repeat(usize::try_from(dice.roll(100)).unwrap_or(0))
            .into(),
        lease,
        prev_kv: dice.roll(2) == 0,
        ..PutRequest::default()
    }
}

fn a_txn(dice: &mut Dice, lease: i64) -> TxnRequest {
    let key = format!("k{}", dice.roll(7));
    let compare = Compare {
        key: key.clone().into(),
        target: dice.choose(&[0, 1, 2, 3, 4]),
        result: dice.choose(&[0, 1, 2, 3]),
        ..Compare::default()
    };
    let range = RequestUnion::Range(RangeRequest {
        key: key.clone().into(),
        serializable: dice.roll(2) == 0,
        ..RangeRequest::default()
    });
    let delete = RequestUnion::DeleteRange(DeleteRangeRequest {
        key: key.into(),
        ..DeleteRangeRequest::default()
    });
    let op = |request| RequestOp {
        request: Some(request),
    };
    let success = match dice.roll(3) {
        0 => op(range.clone()),
        1 => op(delete),
        _ => op(RequestUnion::Put(a_put(dice, lease))),
    };
    TxnRequest {
        compare: vec![compare],
        success: vec![success, op(range.clone())],
        failure: vec![op(range)],
    }
}

/// The action that a number stands for, at a cluster that looks like this. It may be an
/// impossible one. A cluster that suffers them all works now and then.
#[must_use]
pub fn anything(dice: u64, frame: &Frame) -> Action {
    let mut dice = Dice(dice);
    let nodes = frame.nodes.len() as u64;
    let node = n(u8::try_from(dice.roll(nodes) + 1).unwrap_or(1));
    let key = format!("k{}", dice.roll(7));
    let request = |request, timeout_us| Action::Request {
        node,
        request,
        timeout_us,
    };
    match dice.roll(20) {
        0 => Action::Crash { node },
        1..=4 => Action::Restart { node },
        5..=8 => request(put(&key, "x"), 5_000_000),
        9 | 10 => request(get(&key), 300_000),
        11..=17 => fault(dice.draw(), frame),
        _ => governance(dice.draw()),
    }
}

/// The action on the membership, or on who leads it, that a number stands for. It may be an
/// impossible one, and it is one of up to seven nodes.
///
/// # Panics
/// Never: all numbers are small.
#[must_use]
pub fn governance(dice: u64) -> Action {
    let node = n(u8::try_from(dice % 7).expect("less than 7") + 1);
    let bits = dice / 1_024;
    let chosen = |shift: u64| {
        let of = move |number: &u8| bits >> (shift + u64::from(*number)) & 1 == 1;
        (1..=7).filter(of).map(n).collect::<Vec<NodeId>>()
    };
    let request = |request| Action::Request {
        node,
        request,
        timeout_us: 5_000_000,
    };
    let other = u8::try_from(bits % 7).expect("less than 7") + 1;
    match dice / 16 % 17 {
        0 => Action::Join { node },
        1 => Action::Wipe { node },
        2 => Action::Crash { node },
        3..=5 => Action::Restart { node },
        6 => Action::Campaign { node },
        7 => Action::TransferLeader { node, to: n(other) },
        8 => Action::ElectionTimeout {
            node,
            ticks: 10 + u32::from(other),
        },
        9 => {
            let voters = chosen(0);
            let mut learners = chosen(8);
            learners.retain(|node| !voters.contains(node));
            Action::Reconfigure {
                node,
                voters,
                learners,
            }
        }
        10 => request(add(other, (bits / 64).is_multiple_of(2))),
        11 => {
            let id = member_id(other.into());
            let asks = [remove(id), promote(id)];
            request(asks[usize::from(bits.is_multiple_of(3))].clone())
        }
        12 => Action::Options {
            node,
            options: Box::new(options(bits)),
        },
        _ => request(put(&format!("k{}", bits % 5), "x")),
    }
}

/// How a node may be set.
fn options(bits: u64) -> Options {
    let mut dice = Dice(bits);
    let lease = dice.roll(3) == 0;
    Options {
        tick_us: dice.choose(&[50_000, 100_000, 100_000]),
        snapshot_entries: dice.choose(&[5, 20, 1_000]),
        catch_up_entries: dice.choose(&[0, 4]),
        pre_vote: dice.roll(2) == 0,
        check_quorum: lease || dice.roll(2) == 0,
        read_mode: if lease {
            ReadMode::Lease
        } else {
            ReadMode::ReadIndex
        },
        ..Options::default()
    }
}

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

/// Pseudo-random numbers for what a test does; the run has its own.
pub struct Dice(u64);

impl Dice {
    /// The numbers that begin with this one.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.roll(u64::MAX) << 32 | self.roll(u64::MAX)
    }

    /// One of these.
    ///
    /// # Panics
    /// There is none.
    pub fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        let place = self.roll(from.len() as u64);
        from[usize::try_from(place).unwrap_or(0)]
    }

    /// The next number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}
