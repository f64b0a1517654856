//! Actions as they stand in a link.
//!
//! An action is its number in [`Deed`], then its fields in their order. So numbers and fields
//! are never moved, changed or taken away; what is new goes to the end.

use bytes::Bytes;

use crate::etcd::{
    DeleteRangeRequest, PutRequest, RangeRequest, Request, StreamRequest, WatchRequest,
};
use crate::member::{Micros, NodeId, Options, Origin, RequestId};
use crate::world::{
    Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Shape, Span, Workload,
};

use super::bytes::Width;
use super::form::{Form, list};
use super::requests;
use super::settings::{self, Setting};

/// What is said on a stream before it is read.
const ANY_STREAM: StreamRequest = StreamRequest::Watch(WatchRequest { request: None });

/// How long a client waits where nothing else is said, in µs.
const PATIENCE_US: Micros = 5_000_000;

/// What was done, by number from 0, and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// A put with the default patience and nothing special: node, key, value.
    Put,
    /// A linearizable read of one key with the default patience and nothing special: node,
    /// key.
    Get,
    /// Node.
    Crash,
    /// Node.
    Restart,
    /// Fate of the message, and its number as a distance from what was to be expected.
    Message,
    /// Groups of nodes.
    Partition,
    Heal,
    /// Node.
    Pause,
    /// Node.
    Resume,
    /// Any other put: node, key, value, patience in µs, what is special.
    PutWith,
    /// Any other read: node, key, end of the range, patience in µs, what is special.
    Range,
    /// A deletion: node, key, end of the range, patience in µs, what is special.
    Delete,
    /// Node, shortest, longest.
    DiskSync,
    /// Node, yes or no.
    DiskFull,
    /// Node, yes or no.
    DiskLies,
    /// Node.
    Wipe,
    /// Node, millionths.
    ClockRate,
    /// Node, span.
    ClockJump,
    /// Two nodes, yes or no.
    LinkCut,
    /// Two nodes, shortest, longest, shape.
    LinkLatency,
    /// Two nodes, millionths.
    LinkLoss,
    /// Two nodes, millionths.
    LinkDuplicate,
    /// Two nodes, millionths.
    LinkReorder,
    /// Two nodes, bytes a second.
    LinkBandwidth,
    /// Node.
    Campaign,
    /// Node, ticks.
    ElectionTimeout,
    /// Two nodes.
    TransferLeader,
    /// Node, what differs from the frozen default.
    Options,
    /// Node.
    Join,
    /// Node, voters, learners.
    Reconfigure,
    /// Clients, keys, read percent, serializable percent, shortest and longest thinking,
    /// patience.
    Workload,
    /// A request about members: node, patience in µs, and what is asked.
    Members,
    /// Any other request: node, patience in µs, number of the call, its message.
    Call,
    /// Node, number of the kind of stream, message.
    Open,
    /// Number of the stream, that of its kind, message.
    Say,
    /// Number of the stream.
    Close,
    /// Token, then a request or the opening of a stream, with its number.
    As,
    /// Node, members, token, snapshot.
    Restore,
}

/// All of them, each at its number.
const ALL: [Deed; 38] = [
    Deed::Put,
    Deed::Get,
    Deed::Crash,
    Deed::Restart,
    Deed::Message,
    Deed::Partition,
    Deed::Heal,
    Deed::Pause,
    Deed::Resume,
    Deed::PutWith,
    Deed::Range,
    Deed::Delete,
    Deed::DiskSync,
    Deed::DiskFull,
    Deed::DiskLies,
    Deed::Wipe,
    Deed::ClockRate,
    Deed::ClockJump,
    Deed::LinkCut,
    Deed::LinkLatency,
    Deed::LinkLoss,
    Deed::LinkDuplicate,
    Deed::LinkReorder,
    Deed::LinkBandwidth,
    Deed::Campaign,
    Deed::ElectionTimeout,
    Deed::TransferLeader,
    Deed::Options,
    Deed::Join,
    Deed::Reconfigure,
    Deed::Workload,
    Deed::Members,
    Deed::Call,
    Deed::Open,
    Deed::Say,
    Deed::Close,
    Deed::As,
    Deed::Restore,
];

/// Writes an action that was taken after so many steps.
pub(super) fn write(form: &mut dyn Form, step: u64, action: &Action) -> Option<()> {
    let deed = Deed::of(action);
    form.number(&mut (deed as u64), Width::Bits32)?;
    fields(form, step, deed, &mut action.clone())
}

/// Reads an action that was taken after so many steps; `None` if it names a node, a text or
/// anything else that is none.
pub(super) fn read(form: &mut dyn Form, step: u64) -> Option<Action> {
    let (deed, mut action) = read_deed(form)?;
    fields(form, step, deed, &mut action)?;
    Some(action)
}

/// Reads the number of an action.
fn read_deed(form: &mut dyn Form) -> Option<(Deed, Action)> {
    let mut number = 0;
    form.number(&mut number, Width::Bits32)?;
    let deed = *ALL.get(usize::try_from(number).ok()?)?;
    Some((deed, deed.blank()))
}

impl Deed {
    fn of(action: &Action) -> Self {
        match action {
            Action::Request {
                request,
                timeout_us,
                ..
            } => Self::of_request(request, *timeout_us == PATIENCE_US),
            Action::Message { .. } => Self::Message,
            Action::Crash { .. } => Self::Crash,
            Action::Restart { .. } => Self::Restart,
            Action::Pause { .. } => Self::Pause,
            Action::Resume { .. } => Self::Resume,
            Action::Disk { change, .. } => match change {
                DiskChange::Sync(_) => Self::DiskSync,
                DiskChange::Full(_) => Self::DiskFull,
                DiskChange::Lies(_) => Self::DiskLies,
            },
            Action::Wipe { .. } => Self::Wipe,
            Action::Clock { change, .. } => match change {
                ClockChange::Rate(_) => Self::ClockRate,
                ClockChange::Jump(_) => Self::ClockJump,
            },
            Action::Link { change, .. } => match change {
                LinkChange::Cut(_) => Self::LinkCut,
                LinkChange::Latency(_) => Self::LinkLatency,
                LinkChange::Loss(_) => Self::LinkLoss,
                LinkChange::Duplicate(_) => Self::LinkDuplicate,
                LinkChange::Reorder(_) => Self::LinkReorder,
                LinkChange::Bandwidth(_) => Self::LinkBandwidth,
            },
            Action::Partition { .. } => Self::Partition,
            Action::Heal => Self::Heal,
            Action::Campaign { .. } => Self::Campaign,
            Action::ElectionTimeout { .. } => Self::ElectionTimeout,
            Action::TransferLeader { .. } => Self::TransferLeader,
            Action::Options { .. } => Self::Options,
            Action::Join { .. } => Self::Join,
            Action::Reconfigure { .. } => Self::Reconfigure,
            Action::Workload { .. } => Self::Workload,
            Action::Open { .. } => Self::Open,
            Action::Say { .. } => Self::Say,
            Action::Close { .. } => Self::Close,
            Action::As { .. } => Self::As,
            Action::Restore { .. } => Self::Restore,
        }
    }

    fn of_request(request: &Request, is_patient: bool) -> Self {
        match request {
            Request::Put(put) if is_patient && requests::is_plain_put(put) => Self::Put,
            Request::Put(_) => Self::PutWith,
            Request::Range(range) if is_patient && requests::is_plain_get(range) => Self::Get,
            Request::Range(_) => Self::Range,
            Request::DeleteRange(_) => Self::Delete,
            request if request.is_about_members() => Self::Members,
            _ => Self::Call,
        }
    }

    /// An action of this number, before its fields are read.
    fn blank(self) -> Action {
        const ANY: NodeId = NodeId::new(1).expect("1 is a number");
        const ANY_SPAN: Span = Span {
            min_us: 0,
            max_us: 0,
        };
        const ANY_LATENCY: Latency = Latency {
            min_us: 0,
            max_us: 0,
            shape: Shape::Even,
        };
        let node = ANY;
        let request = |request| Action::Request {
            node,
            request,
            timeout_us: PATIENCE_US,
        };
        let disk = |change| Action::Disk { node, change };
        let clock = |change| Action::Clock { node, change };
        let link = |change| Action::Link {
            from: node,
            to: node,
            change,
        };
        match self {
            Self::Put | Self::PutWith => request(Request::Put(PutRequest::default())),
            Self::Get | Self::Range => request(Request::Range(RangeRequest::default())),
            Self::Delete => request(Request::DeleteRange(DeleteRangeRequest::default())),
            Self::Members => request(requests::ANY_ABOUT_MEMBERS),
            Self::Call => request(requests::ANY_CALL),
            Self::Crash => Action::Crash { node },
            Self::Restart => Action::Restart { node },
            Self::Message => Action::Message {
                sent: EventId(0),
                fate: Fate::Deliver,
            },
            Self::Partition => Action::Partition { groups: Vec::new() },
            Self::Heal => Action::Heal,
            Self::Pause => Action::Pause { node },
            Self::Resume => Action::Resume { node },
            Self::DiskSync => disk(DiskChange::Sync(ANY_SPAN)),
            Self::DiskFull => disk(DiskChange::Full(false)),
            Self::DiskLies => disk(DiskChange::Lies(false)),
            Self::Wipe => Action::Wipe { node },
            Self::ClockRate => clock(ClockChange::Rate(0)),
            Self::ClockJump => clock(ClockChange::Jump(0)),
            Self::LinkCut => link(LinkChange::Cut(false)),
            Self::LinkLatency => link(LinkChange::Latency(ANY_LATENCY)),
            Self::LinkLoss => link(LinkChange::Loss(0)),
            Self::LinkDuplicate => link(LinkChange::Duplicate(0)),
            Self::LinkReorder => link(LinkChange::Reorder(0)),
            Self::LinkBandwidth => link(LinkChange::Bandwidth(0)),
            Self::Campaign => Action::Campaign { node },
            Self::ElectionTimeout => Action::ElectionTimeout { node, ticks: 0 },
            Self::TransferLeader => Action::TransferLeader { node, to: node },
            Self::Options => Action::Options {
                node,
                options: Box::default(),
            },
            Self::Join => Action::Join { node },
            Self::Reconfigure => Action::Reconfigure {
                node,
                voters: Vec::new(),
                learners: Vec::new(),
            },
            Self::Workload => Action::Workload {
                workload: Workload::default(),
            },
            Self::Open => Action::Open {
                node,
                request: ANY_STREAM,
            },
            Self::Say => Action::Say {
                stream: RequestId(0),
                request: ANY_STREAM,
            },
            Self::Close => Action::Close {
                stream: RequestId(0),
            },
            Self::As => Action::As {
                token: String::new(),
                action: Box::new(Action::Heal),
            },
            Self::Restore => Action::Restore {
                node,
                origin: Box::new(Origin {
                    snapshot: Bytes::new(),
                    members: Vec::new(),
                    token: String::new(),
                }),
            },
        }
    }
}

/// What follows an action's number.
fn fields(form: &mut dyn Form, step: u64, deed: Deed, action: &mut Action) -> Option<()> {
    match action {
        Action::Request {
            node,
            request,
            timeout_us,
        } => {
            form.node(node)?;
            let is_plain = matches!(deed, Deed::Put | Deed::Get);
            requests::fields(form, is_plain, request, timeout_us)
        }
        Action::Message { sent, fate } => {
            fate_fields(form, fate)?;
            form.event(step, &mut sent.0)
        }
        Action::Crash { node }
        | Action::Restart { node }
        | Action::Pause { node }
        | Action::Resume { node }
        | Action::Wipe { node }
        | Action::Campaign { node }
        | Action::Join { node } => form.node(node),
        Action::Heal => Some(()),
        Action::Disk { node, change } => {
            form.node(node)?;
            match change {
                DiskChange::Sync(span) => span_fields(form, span),
                DiskChange::Full(flag) | DiskChange::Lies(flag) => form.flag(flag),
            }
        }
        Action::Clock { node, change } => {
            form.node(node)?;
            match change {
                ClockChange::Rate(ppm) => form.narrow_signed(ppm),
                ClockChange::Jump(span_us) => form.wide(span_us),
            }
        }
        Action::Link { from, to, change } => {
            form.node(from)?;
            form.node(to)?;
            link_fields(form, change)
        }
        Action::Partition { groups } => {
            list(form, groups, &Vec::new(), |form, group| form.nodes(group))
        }
        Action::ElectionTimeout { node, ticks } => {
            form.node(node)?;
            form.narrow(ticks)
        }
        Action::TransferLeader { node, to } => {
            form.node(node)?;
            form.node(to)
        }
        Action::Options { node, options } => {
            form.node(node)?;
            options_fields(form, options)
        }
        Action::Reconfigure {
            node,
            voters,
            learners,
        } => {
            form.node(node)?;
            form.nodes(voters)?;
            form.nodes(learners)
        }
        Action::Workload { workload } => workload_fields(form, workload),
        Action::Open { node, request } => {
            form.node(node)?;
            stream_fields(form, request)
        }
        Action::Say { stream, request } => {
            form.wide(&mut stream.0)?;
            stream_fields(form, request)
        }
        Action::Close { stream } => form.wide(&mut stream.0),
        Action::As { token, action } => {
            token_field(form, token)?;
            if !form.is_reading() {
                return write(form, step, action);
            }
            **action = read_asking(form, step)?;
            Some(())
        }
        Action::Restore { node, origin } => {
            form.node(node)?;
            form.nodes(&mut origin.members)?;
            token_field(form, &mut origin.token)?;
            form.text(&mut origin.snapshot)
        }
    }
}

fn token_field(form: &mut dyn Form, token: &mut String) -> Option<()> {
    let mut bytes = Bytes::copy_from_slice(token.as_bytes());
    form.text(&mut bytes)?;
    *token = String::from_utf8(bytes.into()).ok()?;
    Some(())
}

/// Reads what a token is shown with: a request or the opening of a stream, and so not a token
/// again.
fn read_asking(form: &mut dyn Form, step: u64) -> Option<Action> {
    let (deed, mut action) = read_deed(form)?;
    if !matches!(action, Action::Request { .. } | Action::Open { .. }) {
        return None;
    }
    fields(form, step, deed, &mut action)?;
    Some(action)
}

/// What is said on a stream: the number of its kind, and its message as etcd's bytes.
fn stream_fields(form: &mut dyn Form, request: &mut StreamRequest) -> Option<()> {
    let mut number = request.number();
    form.byte(&mut number)?;
    let mut bytes = match form.is_reading() {
        true => Bytes::new(),
        false => request.encode().into(),
    };
    form.text(&mut bytes)?;
    if form.is_reading() {
        *request = StreamRequest::decode(number, &bytes)?;
    }
    Some(())
}

/// What happened to a message, by number from 0.
fn fate_fields(form: &mut dyn Form, fate: &mut Fate) -> Option<()> {
    const ALL: [Fate; 6] = [
        Fate::Deliver,
        Fate::Drop,
        Fate::Duplicate,
        Fate::Delay(0),
        Fate::Hold,
        Fate::Release,
    ];
    let mut number = match fate {
        Fate::Deliver => 0,
        Fate::Drop => 1,
        Fate::Duplicate => 2,
        Fate::Delay(_) => 3,
        Fate::Hold => 4,
        Fate::Release => 5,
    };
    form.number(&mut number, Width::Bits32)?;
    if form.is_reading() {
        *fate = *ALL.get(usize::try_from(number).ok()?)?;
    }
    match fate {
        Fate::Delay(span_us) => form.wide(span_us),
        Fate::Deliver | Fate::Drop | Fate::Duplicate | Fate::Hold | Fate::Release => Some(()),
    }
}

fn span_fields(form: &mut dyn Form, Span { min_us, max_us }: &mut Span) -> Option<()> {
    form.wide(min_us)?;
    form.wide(max_us)
}

fn link_fields(form: &mut dyn Form, change: &mut LinkChange) -> Option<()> {
    match change {
        LinkChange::Cut(cut) => form.flag(cut),
        LinkChange::Latency(Latency {
            min_us,
            max_us,
            shape,
        }) => {
            form.wide(min_us)?;
            form.wide(max_us)?;
            let mut number = u8::try_from(settings::shape_number(*shape)).ok()?;
            form.byte(&mut number)?;
            *shape = settings::to_shape(number.into())?;
            Some(())
        }
        LinkChange::Loss(number)
        | LinkChange::Duplicate(number)
        | LinkChange::Reorder(number)
        | LinkChange::Bandwidth(number) => form.narrow(number),
    }
}

fn options_fields(form: &mut dyn Form, options: &mut Options) -> Option<()> {
    let mut changed = settings::of_options(options);
    settings_fields(form, &mut changed)?;
    if form.is_reading() {
        *options = settings::to_options(&changed).ok()?;
    }
    Some(())
}

/// Settings, each with its number.
pub(super) fn settings_fields(form: &mut dyn Form, settings: &mut Vec<Setting>) -> Option<()> {
    list(form, settings, &(0, 0), |form, (number, value)| {
        form.byte(number)?;
        form.wide(value)
    })
}

fn workload_fields(form: &mut dyn Form, workload: &mut Workload) -> Option<()> {
    let Workload {
        clients,
        keys,
        read_percent,
        serializable_percent,
        think,
        timeout_us,
    } = workload;
    form.narrow(clients)?;
    form.narrow(keys)?;
    form.narrow(read_percent)?;
    form.narrow(serializable_percent)?;
    span_fields(form, think)?;
    form.wide(timeout_us)
}
