//! Recordings for the tests of links and files: any that can be written down, and one as a
//! class makes it.

use glassraft_core::etcd::{
    CLUSTER_TOKEN, DeleteRangeRequest, MemberAddRequest, MemberListRequest, MemberPromoteRequest,
    MemberRemoveRequest, MemberUpdateRequest, PutRequest, RangeRequest, Request,
};
use glassraft_core::member::{NodeId, Options, Origin, ReadMode, RequestId};
use glassraft_core::trace::{Recording, Run, Stamped};
use glassraft_core::world::{
    Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Setup, Shape, Span,
    Workload,
};

use crate::calls::{any_on_stream, any_request_of_another_kind};
use crate::{CLIENT_TIMEOUT_US, Lab, get, n, put};

/// Random numbers from a seed (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end
    }

    /// A place in a list of so many things.
    pub fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).expect("it is below a usize")
    }

    /// Whether something of `percent` happens.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A number below `end`, as a `u32`.
    pub fn small(&mut self, end: u32) -> u32 {
        u32::try_from(self.below(end.into())).expect("it is below a u32")
    }

    /// A number of any magnitude up to 2^`bits`.
    pub fn magnitude(&mut self, bits: u64) -> u64 {
        let bits = u32::try_from(self.below(bits + 1)).expect("a number has 64 bits");
        self.draw() & u64::MAX.checked_shr(64 - bits).unwrap_or(0)
    }

    /// A node, mostly of a small cluster.
    pub fn node(&mut self) -> NodeId {
        let end = if self.chance(90) { 5 } else { 15 };
        n(u8::try_from(1 + self.below(end)).expect("15 is small"))
    }

    fn nodes(&mut self) -> Vec<NodeId> {
        (0..self.below(6)).map(|_| self.node()).collect()
    }

    fn span(&mut self) -> Span {
        Span {
            min_us: self.magnitude(30),
            max_us: self.magnitude(30),
        }
    }

    fn shape(&mut self) -> Shape {
        [Shape::Even, Shape::Bell, Shape::LongTail][self.place(3)]
    }

    /// A key or a value.
    pub fn bytes(&mut self) -> Vec<u8> {
        let len = self.below(12);
        if self.chance(20) {
            (0..len).map(|_| self.draw().to_le_bytes()[0]).collect()
        } else {
            format!("/k/{}", self.below(20)).into_bytes()
        }
    }
}

/// Any recording within the limits of a link, playable or not, with so many actions.
#[must_use]
pub fn any(random: &mut Random, actions: usize) -> Recording {
    let (mut step, mut at) = (0, 0);
    let setup = any_setup(random);
    let seed = random.magnitude(64);
    let actions = (0..actions).map(|_| {
        step += random.magnitude(10);
        at += random.magnitude(24);
        let mut action = any_action(random);
        if matches!(action, Action::Request { .. }) && random.chance(20) {
            let token = format!("{}.{}", random.draw(), random.below(99));
            action = Action::As {
                token,
                action: Box::new(action),
            };
        }
        Stamped { step, at, action }
    });
    Recording {
        setup,
        seed,
        actions: actions.collect(),
    }
}

fn any_setup(random: &mut Random) -> Setup {
    let mut setup = Setup::default();
    if random.chance(50) {
        setup.nodes = u8::try_from(1 + random.below(15)).expect("15 is small");
    }
    if random.chance(30) {
        setup.network.latency = Latency {
            min_us: 1 + random.magnitude(20),
            max_us: 2_000_000,
            shape: random.shape(),
        };
        setup.network.loss_ppm = random.small(1_000_001);
        setup.network.duplicate_ppm = random.small(1_000_001);
        setup.network.reorder_ppm = random.small(1_000_001);
        setup.network.bandwidth_bytes_per_s = random.small(u32::MAX);
        setup.disk.sync.max_us = 60_000;
    }
    if random.chance(30) {
        setup.options = any_options(random);
    }
    setup
}

fn any_options(random: &mut Random) -> Options {
    let read_mode = [ReadMode::ReadIndex, ReadMode::Lease][random.place(2)];
    Options {
        tick_us: 1_000 + random.magnitude(20),
        election_ticks: 101 + random.small(800),
        heartbeat_ticks: 1 + random.small(100),
        pre_vote: random.chance(50),
        // A lease is refused without it.
        check_quorum: read_mode == ReadMode::Lease || random.chance(50),
        max_size_per_message_bytes: random.magnitude(30),
        max_inflight_messages: 1 + random.small(1_000),
        quota_bytes: random.magnitude(30),
        read_mode,
        snapshot_entries: 1 + random.small(100_000),
        catch_up_entries: random.small(100_000),
    }
}

/// Any action, playable or not.
pub fn any_action(random: &mut Random) -> Action {
    let node = random.node();
    match random.below(24) {
        kind @ 0..=2 => Action::Request {
            node,
            request: match kind {
                0 if random.chance(50) => any_request_about_members(random),
                0 => any_request_of_another_kind(random),
                _ => any_request(random),
            },
            timeout_us: if random.chance(70) {
                CLIENT_TIMEOUT_US
            } else {
                random.magnitude(36)
            },
        },
        3 => Action::Crash { node },
        4 => Action::Restart { node },
        5 => Action::Pause { node },
        6 => Action::Resume { node },
        7 => Action::Disk {
            node,
            change: match random.below(3) {
                0 => DiskChange::Sync(random.span()),
                1 => DiskChange::Full(random.chance(50)),
                _ => DiskChange::Lies(random.chance(50)),
            },
        },
        8 => Action::Wipe { node },
        9 => Action::Clock {
            node,
            change: if random.chance(50) {
                ClockChange::Rate(i32::try_from(random.below(9_900_001)).unwrap_or(0) - 900_000)
            } else {
                ClockChange::Jump(random.magnitude(20))
            },
        },
        10 => Action::Link {
            from: node,
            to: random.node(),
            change: any_link_change(random),
        },
        11 => Action::Partition {
            groups: (0..random.below(5)).map(|_| random.nodes()).collect(),
        },
        12 => Action::Heal,
        13 => Action::Message {
            sent: EventId(random.magnitude(64)),
            fate: match random.below(6) {
                0 => Fate::Deliver,
                1 => Fate::Drop,
                2 => Fate::Duplicate,
                3 => Fate::Delay(random.magnitude(36)),
                4 => Fate::Hold,
                _ => Fate::Release,
            },
        },
        14 => Action::Campaign { node },
        15 => Action::ElectionTimeout {
            node,
            ticks: random.small(2_000),
        },
        16 => Action::TransferLeader {
            node,
            to: random.node(),
        },
        17 => Action::Options {
            node,
            options: Box::new(any_options(random)),
        },
        18 => Action::Join { node },
        19 => Action::Reconfigure {
            node,
            voters: random.nodes(),
            learners: random.nodes(),
        },
        20 => Action::Open {
            node,
            request: any_on_stream(random),
        },
        21 => {
            let stream = RequestId(random.magnitude(64));
            match random.chance(60) {
                true => Action::Say {
                    stream,
                    request: any_on_stream(random),
                },
                false => Action::Close { stream },
            }
        }
        22 => Action::Restore {
            node,
            origin: Box::new(Origin {
                snapshot: random.bytes().into(),
                members: random.nodes(),
                token: match random.chance(50) {
                    true => CLUSTER_TOKEN.to_owned(),
                    false => format!("again-{}", random.below(99)),
                },
            }),
        },
        _ => Action::Workload {
            workload: Workload {
                clients: random.small(101),
                keys: 1 + random.small(10_000),
                read_percent: random.small(101),
                serializable_percent: random.small(101),
                think: random.span(),
                timeout_us: random.magnitude(36),
            },
        },
    }
}

fn any_link_change(random: &mut Random) -> LinkChange {
    match random.below(6) {
        0 => LinkChange::Cut(random.chance(50)),
        1 => LinkChange::Latency(Latency {
            min_us: random.magnitude(30),
            max_us: random.magnitude(30),
            shape: random.shape(),
        }),
        2 => LinkChange::Loss(random.small(1_000_001)),
        3 => LinkChange::Duplicate(random.small(1_000_001)),
        4 => LinkChange::Reorder(random.small(1_000_001)),
        _ => LinkChange::Bandwidth(random.small(u32::MAX)),
    }
}

/// Any request about members.
pub fn any_request_about_members(random: &mut Random) -> Request {
    let id = random.magnitude(64);
    let mut peer_urls = || -> Vec<String> {
        let url = |random: &mut Random| match random.below(4) {
            0 => format!("/{}", random.draw()),
            _ => format!("http://n{}:2380", 1 + random.below(20)),
        };
        let len = if random.chance(80) {
            1
        } else {
            random.below(17)
        };
        (0..len).map(|_| url(random)).collect()
    };
    match id % 5 {
        0 => Request::MemberAdd(MemberAddRequest {
            peer_urls: peer_urls(),
            is_learner: random.chance(50),
        }),
        1 => Request::MemberUpdate(MemberUpdateRequest {
            id,
            peer_urls: peer_urls(),
        }),
        2 => Request::MemberRemove(MemberRemoveRequest { id }),
        3 => Request::MemberPromote(MemberPromoteRequest { id }),
        _ => Request::MemberList(MemberListRequest {}),
    }
}

/// Any request about keys.
pub fn any_request(random: &mut Random) -> Request {
    let (key, second) = (random.bytes().into(), random.bytes().into());
    let plain = random.chance(50);
    let mut number = || {
        if plain || random.chance(60) {
            return 0;
        }
        let number = random.magnitude(63).cast_signed();
        if random.chance(20) { -number } else { number }
    };
    let numbers = [(); 7].map(|()| number());
    let mut flag = || !plain && random.chance(30);
    match flag() as u8 + 2 * u8::from(flag()) {
        0 => Request::Put(PutRequest {
            key,
            value: second,
            lease: numbers[0],
            prev_kv: flag(),
            ignore_value: flag(),
            ignore_lease: flag(),
        }),
        1 => Request::DeleteRange(DeleteRangeRequest {
            key,
            range_end: second,
            prev_kv: flag(),
        }),
        _ => Request::Range(RangeRequest {
            key,
            range_end: second,
            limit: numbers[0],
            revision: numbers[1],
            sort_order: i32::try_from(numbers[2] % 3).unwrap_or(0),
            sort_target: i32::try_from(numbers[2] % 5).unwrap_or(0),
            serializable: flag(),
            keys_only: flag(),
            count_only: flag(),
            min_mod_revision: numbers[3],
            max_mod_revision: numbers[4],
            min_create_revision: numbers[5],
            max_create_revision: numbers[6],
        }),
    }
}

/// What a class does in half an hour: so many actions a few seconds apart, at the times, steps
/// and messages of a real run. More than half are puts and reads with short keys and values;
/// the others are kills, restarts, partitions and the fates of messages.
#[must_use]
pub fn lecture(seed: u64, actions: usize) -> Recording {
    lecture_with_run(seed, actions).0
}

/// The same with the run that its stamps are from: of it, requests, crashes and restarts were
/// played.
#[must_use]
pub fn lecture_with_run(seed: u64, actions: usize) -> (Recording, Run) {
    const NAMES: [&str; 8] = [
        "dune", "ubik", "solaris", "emma", "faust", "ivanhoe", "kim", "odyssey",
    ];
    let mut random = Random::new(seed);
    let mut lab = Lab::new(5, seed);
    let mut lecture = Vec::new();
    let mut down: Option<NodeId> = None;
    while lecture.len() < actions {
        lab.pass(500_000 + random.below(8_000_000));
        let node = n(u8::try_from(1 + random.below(5)).expect("5 is small"));
        let action = match (random.below(20), down) {
            (0..=9, _) => {
                let key = format!("/shelf/{}", random.below(10));
                let name = NAMES[random.place(NAMES.len())];
                let value = if random.chance(50) {
                    name.to_owned()
                } else {
                    format!("v{}", lecture.len())
                };
                request(node, put(&key, &value))
            }
            (10 | 11, _) => request(node, get(&format!("/shelf/{}", random.below(10)))),
            (12 | 13, None) => Action::Crash { node },
            (12..=14, Some(node)) => Action::Restart { node },
            (15 | 16, _) => {
                let split = 1 + random.place(4);
                let nodes: Vec<NodeId> = (1..=5).map(n).collect();
                let groups = [&nodes[..split], &nodes[split..]].map(<[_]>::to_vec);
                Action::Partition {
                    groups: groups.into(),
                }
            }
            (14 | 17, _) => Action::Heal,
            _ => {
                let flights = lab.run.frame().flights.by_age();
                let Some(flight) = flights.last() else {
                    continue;
                };
                let fate = [Fate::Drop, Fate::Deliver, Fate::Duplicate, Fate::Hold];
                Action::Message {
                    sent: flight.sent,
                    fate: fate[random.place(4)],
                }
            }
        };
        match &action {
            Action::Crash { node } => down = Some(*node),
            Action::Restart { .. } => down = None,
            _ => {}
        }
        // What this length is measured with need not be played; a read in its place brings
        // the stamp.
        let is_played = matches!(
            action,
            Action::Request { .. } | Action::Crash { .. } | Action::Restart { .. }
        );
        let played = if is_played {
            action.clone()
        } else {
            request(node, get("stamp"))
        };
        lab.act(played);
        let stamp = lab.run.recording().actions.last().expect("it was recorded");
        lecture.push(Stamped {
            action,
            ..stamp.clone()
        });
    }
    let recording = Recording {
        actions: lecture,
        ..lab.run.recording().clone()
    };
    (recording, lab.run)
}

fn request(node: NodeId, request: Request) -> Action {
    Action::Request {
        node,
        request,
        timeout_us: CLIENT_TIMEOUT_US,
    }
}
