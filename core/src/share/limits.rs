//! How much a link or a file may ask for.
//!
//! Whoever opens one has not written it. A recording is small, and what it makes a world do
//! need not be: these limits bound both, before anything is played.

use std::fmt;

use crate::etcd::gateway::Message;
use crate::etcd::{
    MemberAddRequest, MemberUpdateRequest, Request, RequestOp, StreamRequest, WatchRequest,
    WatchRequestUnion,
};
use crate::member::{MAX_SNAPSHOT_BYTES, MAX_TOKEN_BYTES, Micros, NodeId, Origin};
use crate::trace::{Recording, Stamped};
use crate::world::{
    Action, ClockChange, DiskChange, Fate, LinkChange, MAX_NODES, Setup, SetupError,
};

/// The most actions.
pub const MAX_ACTIONS: usize = 100_000;

/// The latest step of a world that an action may follow, ticks that are made up for at a
/// clock's jump included.
pub const MAX_STEPS: u64 = 4_000_000;

/// The latest time of an action, in µs: one day.
pub const MAX_AT_US: Micros = 86_400_000_000;

/// The longest duration that an action may name, in µs: one day. (A world may allow less.)
pub const MAX_WAIT_US: Micros = 86_400_000_000;

/// The most bytes of keys, values and snapshots in all actions together: 16 MiB.
pub const MAX_PAYLOAD_BYTES: usize = 16 * 1024 * 1024;

/// The most groups of all partitions together.
pub const MAX_GROUPS: usize = 100_000;

/// The most groups of one partition.
pub const MAX_GROUPS_OF_ONE: usize = 32;

/// The most peer addresses of one member. (etcd has no bound; one is usual.)
pub const MAX_PEER_URLS: usize = 16;

/// The most filters of one watcher. (etcd knows two, and has no bound.)
pub const MAX_FILTERS: usize = 16;

/// The most bytes of a peer address.
pub const MAX_PEER_URL_BYTES: usize = 256;

/// The most conditions and operations of one request, those in nested transactions included.
/// (etcd carries out 128 operations at most, and refuses more.)
pub const MAX_CALL_PARTS: usize = 1_024;

/// How deep messages may be nested in one request; 32 transactions within each other, with an
/// operation in the last, are 65 deep.
/// What is in a file is read back, and JSON is read no deeper than 128.
pub const MAX_CALL_DEPTH: u32 = 65;

/// What a recording asks too much of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excess {
    /// The run cannot begin with its setup.
    Setup(SetupError),
    /// There are more actions than [`MAX_ACTIONS`].
    Actions {
        /// How many.
        found: u64,
    },
    /// An action is not what it has to be.
    Action {
        /// Its place, from 0.
        place: usize,
        /// What of it.
        what: &'static str,
        /// What it has to be.
        allowed: &'static str,
    },
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(error) => write!(f, "setup: {error}"),
            Self::Actions { found } => {
                write!(
                    f,
                    "actions: there are {found}; at most {MAX_ACTIONS} are read"
                )
            }
            Self::Action {
                place,
                what,
                allowed,
            } => write!(f, "actions[{place}]: {what} has to be {allowed}"),
        }
    }
}

impl std::error::Error for Excess {}

/// Checks that a recording can be played within the limits. It says nothing about whether
/// its actions make sense where they stand; only playing it does.
///
/// # Errors
/// The first thing that is too much.
pub fn check(recording: &Recording) -> Result<(), Excess> {
    recording.setup.validate().map_err(Excess::Setup)?;
    let found = recording.actions.len();
    if found > MAX_ACTIONS {
        return Err(Excess::Actions {
            found: found as u64,
        });
    }
    let mut toll = Toll::new(recording.setup.options.tick_us);
    for (place, stamped) in recording.actions.iter().enumerate() {
        let excess = |(what, allowed)| Excess::Action {
            place,
            what,
            allowed,
        };
        toll.take(stamped).map_err(excess)?;
    }
    Ok(())
}

/// What is too much, and what is allowed.
type Bound = (&'static str, &'static str);

/// What the actions of a recording have asked for so far.
#[derive(Debug)]
pub(super) struct Toll {
    /// The shortest time between two ticks that any node may have by now.
    tick_us: Micros,
    step: u64,
    at: Micros,
    /// Ticks at the jumps of clocks.
    jumped: u64,
    payload: usize,
    groups: usize,
}

impl Toll {
    pub(super) fn new(tick_us: Micros) -> Self {
        Self {
            tick_us: tick_us.max(1),
            step: 0,
            at: 0,
            jumped: 0,
            payload: 0,
            groups: 0,
        }
    }

    /// Takes the next action in.
    pub(super) fn take(&mut self, stamped: &Stamped) -> Result<(), Bound> {
        is(
            stamped.step >= self.step,
            ("step", "at least that of the action before"),
        )?;
        is(
            stamped.at >= self.at,
            ("at_us", "at least that of the action before"),
        )?;
        is(stamped.at <= MAX_AT_US, ("at_us", "at most one day"))?;
        self.step = stamped.step;
        self.at = stamped.at;
        self.take_action(&stamped.action)?;
        is(
            self.step.saturating_add(self.jumped) <= MAX_STEPS,
            ("step", "at most 4000000, the ticks of jumps included"),
        )
    }

    fn take_action(&mut self, action: &Action) -> Result<(), Bound> {
        is_node(action.node())?;
        match action {
            Action::As { token, action } => {
                is(token.len() <= 100, ("a token", "at most 100 bytes"))?;
                is(
                    matches!(**action, Action::Request { .. } | Action::Open { .. }),
                    (
                        "what a token is shown with",
                        "a request or the opening of a stream",
                    ),
                )?;
                self.take_action(action)?;
            }
            Action::Request {
                request,
                timeout_us,
                ..
            } => {
                is_short(*timeout_us)?;
                are_peer_urls(request)?;
                is(
                    call_parts(request.number(), &request.encode()).is_some(),
                    (
                        "a transaction",
                        "of at most 1024 conditions and operations, nested at most 32 deep",
                    ),
                )?;
                self.take_payload(payload(request))?;
            }
            Action::Open { request, .. } | Action::Say { request, .. } => {
                let filters = filters(request);
                is(
                    filters <= MAX_FILTERS,
                    ("the filters of a watcher", "at most 16"),
                )?;
                self.take_payload(request.encode().len())?;
            }
            Action::Clock {
                change: ClockChange::Jump(span_us),
                ..
            } => {
                let ticks = span_us / self.tick_us;
                self.jumped = self.jumped.saturating_add(ticks);
            }
            Action::Options { options, .. } => {
                let setup = Setup {
                    options: (**options).clone(),
                    ..Setup::default()
                };
                setup
                    .validate()
                    .map_err(|error| (error.field, error.allowed))?;
                self.tick_us = self.tick_us.min(options.tick_us).max(1);
            }
            Action::Link { to, change, .. } => {
                is_node(*to)?;
                if let LinkChange::Latency(latency) = change {
                    is_short(latency.min_us.max(latency.max_us))?;
                }
            }
            Action::TransferLeader { to, .. } => is_node(*to)?,
            Action::Partition { groups } => self.take_groups(groups)?,
            Action::Reconfigure {
                voters, learners, ..
            } => {
                are_nodes(voters)?;
                are_nodes(learners)?;
            }
            Action::Message {
                fate: Fate::Delay(span_us),
                ..
            } => is_short(*span_us)?,
            Action::Workload { workload } => {
                let longest = workload.timeout_us.max(workload.think.max_us);
                is_short(longest.max(workload.think.min_us))?;
            }
            Action::Disk {
                change: DiskChange::Sync(span),
                ..
            } => is_short(span.min_us.max(span.max_us))?,
            Action::Restore { origin, .. } => self.take_origin(origin)?,
            Action::Crash { .. }
            | Action::Restart { .. }
            | Action::Pause { .. }
            | Action::Resume { .. }
            | Action::Disk { .. }
            | Action::Wipe { .. }
            | Action::Clock { .. }
            | Action::Heal
            | Action::Message { .. }
            | Action::Campaign { .. }
            | Action::ElectionTimeout { .. }
            | Action::Join { .. }
            | Action::Close { .. } => {}
        }
        Ok(())
    }

    fn take_origin(&mut self, origin: &Origin) -> Result<(), Bound> {
        are_nodes(&origin.members)?;
        is(
            origin.token.len() <= MAX_TOKEN_BYTES,
            ("a cluster's token", "at most 100 bytes"),
        )?;
        is(
            origin.snapshot.len() <= MAX_SNAPSHOT_BYTES,
            ("a snapshot", "at most 512 KiB"),
        )?;
        self.take_payload(origin.snapshot.len())
    }

    fn take_payload(&mut self, bytes: usize) -> Result<(), Bound> {
        self.payload = self.payload.saturating_add(bytes);
        is(
            self.payload <= MAX_PAYLOAD_BYTES,
            ("the size of all keys and values so far", "at most 16 MiB"),
        )
    }

    fn take_groups(&mut self, groups: &[Vec<NodeId>]) -> Result<(), Bound> {
        is(
            groups.len() <= MAX_GROUPS_OF_ONE,
            ("a partition", "of at most 32 groups"),
        )?;
        self.groups += groups.len();
        is(
            self.groups <= MAX_GROUPS,
            ("the number of all groups so far", "at most 100000"),
        )?;
        groups.iter().try_for_each(|group| are_nodes(group))
    }
}

/// The bytes of a request's keys and value, and of what holds them.
fn payload(request: &Request) -> usize {
    match request {
        Request::Range(range) => range.key.len() + range.range_end.len(),
        Request::Put(put) => put.key.len() + put.value.len(),
        Request::DeleteRange(delete) => delete.key.len() + delete.range_end.len(),
        Request::MemberAdd(MemberAddRequest { peer_urls, .. })
        | Request::MemberUpdate(MemberUpdateRequest { peer_urls, .. }) => peer_urls
            .iter()
            .map(|url| url.len() + size_of::<String>())
            .sum(),
        _ => {
            let bytes = request.encode();
            let parts = call_parts(request.number(), &bytes).unwrap_or(MAX_CALL_PARTS);
            bytes.len() + parts * size_of::<RequestOp>()
        }
    }
}

/// How many messages are in a request's bytes, if they are few and not nested too deep.
pub(super) fn call_parts(number: u8, bytes: &[u8]) -> Option<usize> {
    let parts = Message::asked(number)?.parts(bytes, MAX_CALL_DEPTH)?;
    (parts <= MAX_CALL_PARTS).then_some(parts)
}

/// Whether a request has no form of its own in links and files.
pub(super) fn is_call(request: &Request) -> bool {
    let has_form = matches!(
        request,
        Request::Put(_) | Request::Range(_) | Request::DeleteRange(_)
    );
    !has_form && !request.is_about_members()
}

/// How many filters a watcher is to have that is begun.
fn filters(request: &StreamRequest) -> usize {
    match request {
        StreamRequest::Watch(WatchRequest {
            request: Some(WatchRequestUnion::Create(create)),
        }) => create.filters.len(),
        _ => 0,
    }
}

/// Whether the peer addresses that a request names are few and short.
fn are_peer_urls(request: &Request) -> Result<(), Bound> {
    let (Request::MemberAdd(MemberAddRequest {
        peer_urls: urls, ..
    })
    | Request::MemberUpdate(MemberUpdateRequest {
        peer_urls: urls, ..
    })) = request
    else {
        return Ok(());
    };
    is(
        urls.len() <= MAX_PEER_URLS,
        ("a list of peer addresses", "of at most 16"),
    )?;
    is(
        urls.iter().all(|url| url.len() <= MAX_PEER_URL_BYTES),
        ("a peer address", "of at most 256 bytes"),
    )
}

fn is_node(node: NodeId) -> Result<(), Bound> {
    is(node.number() <= MAX_NODES, ("a node", "n1 to n15"))
}

fn are_nodes(nodes: &[NodeId]) -> Result<(), Bound> {
    is(
        nodes.len() <= usize::from(MAX_NODES),
        ("a list of nodes", "of at most 15"),
    )?;
    nodes.iter().try_for_each(|node| is_node(*node))
}

fn is_short(span_us: Micros) -> Result<(), Bound> {
    is(span_us <= MAX_WAIT_US, ("a duration", "at most one day"))
}

fn is(ok: bool, bound: Bound) -> Result<(), Bound> {
    if ok { Ok(()) } else { Err(bound) }
}
