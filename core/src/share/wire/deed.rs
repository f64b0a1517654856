//! Actions as they stand in a link.
//!
//! A variant is written as its place in [`Deed`], its fields follow in their order. So
//! variants and fields are never moved, changed or taken away; what is new goes to the end.

use serde::{Deserialize, Serialize};

use crate::etcd::{
    DeleteRangeRequest, MemberAddRequest, MemberListRequest, MemberPromoteRequest,
    MemberRemoveRequest, MemberUpdateRequest, PutRequest, RangeRequest, Request,
};
use crate::member::{Micros, NodeId};
use crate::share::limits::{MAX_PEER_URL_BYTES, MAX_PEER_URLS};
use crate::world::{
    Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Span, Workload,
};

use super::settings::{self, Setting};
use super::texts::{self, Mention};
use super::trend::Trend;

/// How long a client waits where nothing else is said, in µs.
const PATIENCE_US: Micros = 5_000_000;

/// A field of a request by etcd's number for it, and its value; none that is 0.
type Field = (u8, i64);

/// A node by its number.
type Node = u8;

/// What was done.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Deed {
    /// A put with the default patience and nothing special.
    Put(Node, Mention, Mention),
    /// A linearizable read of one key with the default patience and nothing special.
    Get(Node, Mention),
    Crash(Node),
    Restart(Node),
    /// Fate of the message, and its number as a distance from what was to be expected.
    Message(WireFate, i64),
    Partition(Vec<Vec<Node>>),
    Heal,
    Pause(Node),
    Resume(Node),
    /// Any other put: key, value, patience in µs, what is special.
    PutWith(Node, Mention, Mention, u64, Vec<Field>),
    /// Any other read: key, end of the range, patience in µs, what is special.
    Range(Node, Mention, Mention, u64, Vec<Field>),
    /// A deletion: key, end of the range, patience in µs, what is special.
    Delete(Node, Mention, Mention, u64, Vec<Field>),
    DiskSync(Node, u64, u64),
    DiskFull(Node, bool),
    DiskLies(Node, bool),
    Wipe(Node),
    ClockRate(Node, i32),
    ClockJump(Node, u64),
    LinkCut(Node, Node, bool),
    /// Shortest, longest, shape.
    LinkLatency(Node, Node, u64, u64, u8),
    LinkLoss(Node, Node, u32),
    LinkDuplicate(Node, Node, u32),
    LinkReorder(Node, Node, u32),
    LinkBandwidth(Node, Node, u32),
    Campaign(Node),
    ElectionTimeout(Node, u32),
    TransferLeader(Node, Node),
    /// What differs from the frozen default.
    Options(Node, Vec<Setting>),
    Join(Node),
    Reconfigure(Node, Vec<Node>, Vec<Node>),
    /// Clients, keys, read percent, serializable percent, shortest and longest thinking,
    /// patience.
    Workload(u32, u32, u32, u32, u64, u64, u64),
    /// A request about members: patience in µs, and what is asked.
    Members(Node, u64, Members),
}

/// A request about members.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Members {
    /// Peer addresses, and whether it is to be a learner.
    Add(Vec<Mention>, bool),
    /// An identifier.
    Remove(u64),
    /// An identifier and peer addresses.
    Update(u64, Vec<Mention>),
    /// An identifier.
    Promote(u64),
    List,
}

/// What happened to a message.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum WireFate {
    Deliver,
    Drop,
    Duplicate,
    Delay(u64),
    Hold,
    Release,
}

/// Writes actions.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) texts: texts::Writer,
    messages: Trend,
}

impl Writer {
    /// What stands for an action after so many steps.
    pub(super) fn deed(&mut self, step: u64, action: &Action) -> Deed {
        match action {
            Action::Request {
                node,
                request,
                timeout_us,
            } => self.request(node.number(), request, *timeout_us),
            Action::Message { sent, fate } => {
                Deed::Message(wire_fate(*fate), self.messages.distance(step, sent.0))
            }
            Action::Crash { node } => Deed::Crash(node.number()),
            Action::Restart { node } => Deed::Restart(node.number()),
            Action::Pause { node } => Deed::Pause(node.number()),
            Action::Resume { node } => Deed::Resume(node.number()),
            Action::Disk { node, change } => match change {
                DiskChange::Sync(span) => Deed::DiskSync(node.number(), span.min_us, span.max_us),
                DiskChange::Full(full) => Deed::DiskFull(node.number(), *full),
                DiskChange::Lies(lies) => Deed::DiskLies(node.number(), *lies),
            },
            Action::Wipe { node } => Deed::Wipe(node.number()),
            Action::Clock { node, change } => match change {
                ClockChange::Rate(ppm) => Deed::ClockRate(node.number(), *ppm),
                ClockChange::Jump(span_us) => Deed::ClockJump(node.number(), *span_us),
            },
            Action::Link { from, to, change } => link(from.number(), to.number(), *change),
            Action::Partition { groups } => {
                Deed::Partition(groups.iter().map(|group| numbers(group)).collect())
            }
            Action::Heal => Deed::Heal,
            Action::Campaign { node } => Deed::Campaign(node.number()),
            Action::ElectionTimeout { node, ticks } => Deed::ElectionTimeout(node.number(), *ticks),
            Action::TransferLeader { node, to } => Deed::TransferLeader(node.number(), to.number()),
            Action::Options { node, options } => {
                Deed::Options(node.number(), settings::of_options(options))
            }
            Action::Join { node } => Deed::Join(node.number()),
            Action::Reconfigure {
                node,
                voters,
                learners,
            } => Deed::Reconfigure(node.number(), numbers(voters), numbers(learners)),
            Action::Workload { workload } => workload_deed(workload),
        }
    }

    fn request(&mut self, node: Node, request: &Request, timeout_us: Micros) -> Deed {
        let usual = timeout_us == PATIENCE_US;
        match request {
            Request::Put(put) => {
                let (key, value) = (self.texts.mention(&put.key), self.texts.mention(&put.value));
                let fields = put_fields(put);
                if usual && fields.is_empty() {
                    return Deed::Put(node, key, value);
                }
                Deed::PutWith(node, key, value, timeout_us, fields)
            }
            Request::Range(range) => {
                let key = self.texts.mention(&range.key);
                let fields = range_fields(range);
                if usual && fields.is_empty() && range.range_end.is_empty() {
                    return Deed::Get(node, key);
                }
                let end = self.texts.mention(&range.range_end);
                Deed::Range(node, key, end, timeout_us, fields)
            }
            Request::DeleteRange(delete) => {
                let DeleteRangeRequest {
                    key,
                    range_end,
                    prev_kv,
                } = delete;
                let (key, end) = (self.texts.mention(key), self.texts.mention(range_end));
                let fields = given([(3, i64::from(*prev_kv))]);
                Deed::Delete(node, key, end, timeout_us, fields)
            }
            Request::MemberAdd(add) => {
                let urls = self.mentions(&add.peer_urls);
                Deed::Members(node, timeout_us, Members::Add(urls, add.is_learner))
            }
            Request::MemberUpdate(update) => {
                let urls = self.mentions(&update.peer_urls);
                Deed::Members(node, timeout_us, Members::Update(update.id, urls))
            }
            Request::MemberRemove(remove) => {
                Deed::Members(node, timeout_us, Members::Remove(remove.id))
            }
            Request::MemberPromote(promote) => {
                Deed::Members(node, timeout_us, Members::Promote(promote.id))
            }
            Request::MemberList(_) => Deed::Members(node, timeout_us, Members::List),
        }
    }

    fn mentions(&mut self, texts: &[String]) -> Vec<Mention> {
        let mut mention = |text: &String| self.texts.mention(&text.clone().into());
        texts.iter().map(&mut mention).collect()
    }
}

fn numbers(nodes: &[NodeId]) -> Vec<Node> {
    nodes.iter().map(|node| node.number()).collect()
}

fn wire_fate(fate: Fate) -> WireFate {
    match fate {
        Fate::Deliver => WireFate::Deliver,
        Fate::Drop => WireFate::Drop,
        Fate::Duplicate => WireFate::Duplicate,
        Fate::Delay(span_us) => WireFate::Delay(span_us),
        Fate::Hold => WireFate::Hold,
        Fate::Release => WireFate::Release,
    }
}

fn link(from: Node, to: Node, change: LinkChange) -> Deed {
    match change {
        LinkChange::Cut(cut) => Deed::LinkCut(from, to, cut),
        LinkChange::Latency(Latency {
            min_us,
            max_us,
            shape,
        }) => {
            let shape = u8::try_from(settings::shape_number(shape)).unwrap_or(u8::MAX);
            Deed::LinkLatency(from, to, min_us, max_us, shape)
        }
        LinkChange::Loss(ppm) => Deed::LinkLoss(from, to, ppm),
        LinkChange::Duplicate(ppm) => Deed::LinkDuplicate(from, to, ppm),
        LinkChange::Reorder(ppm) => Deed::LinkReorder(from, to, ppm),
        LinkChange::Bandwidth(bytes) => Deed::LinkBandwidth(from, to, bytes),
    }
}

fn workload_deed(workload: &Workload) -> Deed {
    let Workload {
        clients,
        keys,
        read_percent,
        serializable_percent,
        think: Span { min_us, max_us },
        timeout_us,
    } = *workload;
    Deed::Workload(
        clients,
        keys,
        read_percent,
        serializable_percent,
        min_us,
        max_us,
        timeout_us,
    )
}

/// The fields that are not 0.
fn given<const N: usize>(fields: [Field; N]) -> Vec<Field> {
    fields.into_iter().filter(|field| field.1 != 0).collect()
}

fn put_fields(put: &PutRequest) -> Vec<Field> {
    let PutRequest {
        key: _,
        value: _,
        lease,
        prev_kv,
        ignore_value,
        ignore_lease,
    } = put;
    given([
        (3, *lease),
        (4, i64::from(*prev_kv)),
        (5, i64::from(*ignore_value)),
        (6, i64::from(*ignore_lease)),
    ])
}

fn range_fields(range: &RangeRequest) -> Vec<Field> {
    let RangeRequest {
        key: _,
        range_end: _,
        limit,
        revision,
        sort_order,
        sort_target,
        serializable,
        keys_only,
        count_only,
        min_mod_revision,
        max_mod_revision,
        min_create_revision,
        max_create_revision,
    } = range;
    given([
        (3, *limit),
        (4, *revision),
        (5, i64::from(*sort_order)),
        (6, i64::from(*sort_target)),
        (7, i64::from(*serializable)),
        (8, i64::from(*keys_only)),
        (9, i64::from(*count_only)),
        (10, *min_mod_revision),
        (11, *max_mod_revision),
        (12, *min_create_revision),
        (13, *max_create_revision),
    ])
}

/// Reads actions.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) texts: texts::Reader,
    messages: Trend,
}

impl Reader {
    /// A reader that finds texts there.
    pub(super) fn new(texts: texts::Reader) -> Self {
        Self {
            texts,
            messages: Trend::default(),
        }
    }

    /// What was done after so many steps; `None` if it names a node, a text or anything else
    /// that is none.
    pub(super) fn action(&mut self, step: u64, deed: Deed) -> Option<Action> {
        let n = NodeId::new;
        Some(match deed {
            Deed::Put(..)
            | Deed::Get(..)
            | Deed::PutWith(..)
            | Deed::Range(..)
            | Deed::Delete(..) => return self.request(&deed),
            Deed::Members(node, timeout_us, members) => Action::Request {
                node: n(node)?,
                request: self.members(members)?,
                timeout_us,
            },
            Deed::Message(fate, distance) => Action::Message {
                sent: EventId(self.messages.at_distance(step, distance)),
                fate: live_fate(&fate),
            },
            Deed::DiskSync(..)
            | Deed::DiskFull(..)
            | Deed::DiskLies(..)
            | Deed::ClockRate(..)
            | Deed::ClockJump(..) => return machine(&deed),
            Deed::LinkCut(from, to, _)
            | Deed::LinkLatency(from, to, ..)
            | Deed::LinkLoss(from, to, _)
            | Deed::LinkDuplicate(from, to, _)
            | Deed::LinkReorder(from, to, _)
            | Deed::LinkBandwidth(from, to, _) => Action::Link {
                from: n(from)?,
                to: n(to)?,
                change: link_change(&deed)?,
            },
            Deed::Crash(node) => Action::Crash { node: n(node)? },
            Deed::Restart(node) => Action::Restart { node: n(node)? },
            Deed::Pause(node) => Action::Pause { node: n(node)? },
            Deed::Resume(node) => Action::Resume { node: n(node)? },
            Deed::Wipe(node) => Action::Wipe { node: n(node)? },
            Deed::Campaign(node) => Action::Campaign { node: n(node)? },
            Deed::Join(node) => Action::Join { node: n(node)? },
            Deed::Heal => Action::Heal,
            Deed::Partition(groups) => Action::Partition {
                groups: groups
                    .iter()
                    .map(|group| nodes(group))
                    .collect::<Option<_>>()?,
            },
            Deed::ElectionTimeout(node, ticks) => Action::ElectionTimeout {
                node: n(node)?,
                ticks,
            },
            Deed::TransferLeader(node, to) => Action::TransferLeader {
                node: n(node)?,
                to: n(to)?,
            },
            Deed::Options(node, changed) => Action::Options {
                node: n(node)?,
                options: Box::new(settings::to_options(&changed).ok()?),
            },
            Deed::Reconfigure(node, voters, learners) => Action::Reconfigure {
                node: n(node)?,
                voters: nodes(&voters)?,
                learners: nodes(&learners)?,
            },
            Deed::Workload(clients, keys, reads, serializable, min_us, max_us, timeout_us) => {
                Action::Workload {
                    workload: Workload {
                        clients,
                        keys,
                        read_percent: reads,
                        serializable_percent: serializable,
                        think: Span { min_us, max_us },
                        timeout_us,
                    },
                }
            }
        })
    }

    fn members(&mut self, members: Members) -> Option<Request> {
        Some(match members {
            Members::Add(urls, is_learner) => Request::MemberAdd(MemberAddRequest {
                peer_urls: self.strings(&urls)?,
                is_learner,
            }),
            Members::Update(id, urls) => Request::MemberUpdate(MemberUpdateRequest {
                id,
                peer_urls: self.strings(&urls)?,
            }),
            Members::Remove(id) => Request::MemberRemove(MemberRemoveRequest { id }),
            Members::Promote(id) => Request::MemberPromote(MemberPromoteRequest { id }),
            Members::List => Request::MemberList(MemberListRequest {}),
        })
    }

    /// Peer addresses. Many could mention one long text, so what goes beyond the limits is
    /// refused before it is copied.
    fn strings(&mut self, mentions: &[Mention]) -> Option<Vec<String>> {
        if mentions.len() > MAX_PEER_URLS {
            return None;
        }
        let text = |mention: &Mention| {
            let bytes = self.texts.text(*mention)?;
            let is_short = bytes.len() <= MAX_PEER_URL_BYTES;
            String::from_utf8(is_short.then(|| bytes.to_vec())?).ok()
        };
        mentions.iter().map(text).collect()
    }

    fn request(&mut self, deed: &Deed) -> Option<Action> {
        let (node, first, second, timeout_us, fields) = match deed {
            Deed::Put(node, key, value) => (node, key, Some(value), PATIENCE_US, &[][..]),
            Deed::Get(node, key) => (node, key, None, PATIENCE_US, &[][..]),
            Deed::PutWith(node, key, second, timeout_us, fields)
            | Deed::Range(node, key, second, timeout_us, fields)
            | Deed::Delete(node, key, second, timeout_us, fields) => {
                (node, key, Some(second), *timeout_us, &fields[..])
            }
            _ => return None,
        };
        let key = self.texts.text(*first)?;
        let second = second.map_or(Some(bytes::Bytes::new()), |it| self.texts.text(*it))?;
        let mut request = match deed {
            Deed::Put(..) | Deed::PutWith(..) => Request::Put(PutRequest {
                key,
                value: second,
                ..PutRequest::default()
            }),
            Deed::Get(..) | Deed::Range(..) => Request::Range(RangeRequest {
                key,
                range_end: second,
                ..RangeRequest::default()
            }),
            _ => Request::DeleteRange(DeleteRangeRequest {
                key,
                range_end: second,
                ..DeleteRangeRequest::default()
            }),
        };
        for field in fields {
            set_field(&mut request, *field)?;
        }
        Some(Action::Request {
            node: NodeId::new(*node)?,
            request,
            timeout_us,
        })
    }
}

fn set_field(request: &mut Request, (number, value): Field) -> Option<()> {
    let flag = || match value {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    };
    match (request, number) {
        (Request::Put(put), 3) => put.lease = value,
        (Request::Put(put), 4) => put.prev_kv = flag()?,
        (Request::Put(put), 5) => put.ignore_value = flag()?,
        (Request::Put(put), 6) => put.ignore_lease = flag()?,
        (Request::Range(range), 3) => range.limit = value,
        (Request::Range(range), 4) => range.revision = value,
        (Request::Range(range), 5) => range.sort_order = i32::try_from(value).ok()?,
        (Request::Range(range), 6) => range.sort_target = i32::try_from(value).ok()?,
        (Request::Range(range), 7) => range.serializable = flag()?,
        (Request::Range(range), 8) => range.keys_only = flag()?,
        (Request::Range(range), 9) => range.count_only = flag()?,
        (Request::Range(range), 10) => range.min_mod_revision = value,
        (Request::Range(range), 11) => range.max_mod_revision = value,
        (Request::Range(range), 12) => range.min_create_revision = value,
        (Request::Range(range), 13) => range.max_create_revision = value,
        (Request::DeleteRange(delete), 3) => delete.prev_kv = flag()?,
        _ => return None,
    }
    Some(())
}

fn nodes(numbers: &[Node]) -> Option<Vec<NodeId>> {
    numbers.iter().map(|number| NodeId::new(*number)).collect()
}

fn live_fate(fate: &WireFate) -> Fate {
    match *fate {
        WireFate::Deliver => Fate::Deliver,
        WireFate::Drop => Fate::Drop,
        WireFate::Duplicate => Fate::Duplicate,
        WireFate::Delay(span_us) => Fate::Delay(span_us),
        WireFate::Hold => Fate::Hold,
        WireFate::Release => Fate::Release,
    }
}

/// What happened to a disk or to a clock.
fn machine(deed: &Deed) -> Option<Action> {
    let disk = |node, change| {
        let node = NodeId::new(node)?;
        Some(Action::Disk { node, change })
    };
    let clock = |node, change| {
        let node = NodeId::new(node)?;
        Some(Action::Clock { node, change })
    };
    match *deed {
        Deed::DiskSync(node, min_us, max_us) => {
            disk(node, DiskChange::Sync(Span { min_us, max_us }))
        }
        Deed::DiskFull(node, full) => disk(node, DiskChange::Full(full)),
        Deed::DiskLies(node, lies) => disk(node, DiskChange::Lies(lies)),
        Deed::ClockRate(node, ppm) => clock(node, ClockChange::Rate(ppm)),
        Deed::ClockJump(node, span_us) => clock(node, ClockChange::Jump(span_us)),
        _ => None,
    }
}

fn link_change(deed: &Deed) -> Option<LinkChange> {
    Some(match *deed {
        Deed::LinkCut(_, _, cut) => LinkChange::Cut(cut),
        Deed::LinkLatency(_, _, min_us, max_us, shape) => LinkChange::Latency(Latency {
            min_us,
            max_us,
            shape: settings::to_shape(shape.into())?,
        }),
        Deed::LinkLoss(_, _, ppm) => LinkChange::Loss(ppm),
        Deed::LinkDuplicate(_, _, ppm) => LinkChange::Duplicate(ppm),
        Deed::LinkReorder(_, _, ppm) => LinkChange::Reorder(ppm),
        Deed::LinkBandwidth(_, _, bytes) => LinkChange::Bandwidth(bytes),
        _ => return None,
    })
}
