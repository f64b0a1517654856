//! An action as text.

use std::fmt::Write as _;

use crate::catalog::hash_of_image;
use crate::member::{NodeId, Options, ReadMode, RequestId};
use crate::world::{
    Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Shape, Span, Workload,
};

use super::plain::bytes;

/// What a person did, in words separated by blanks: what, where, and as `name=value` how.
/// Times are in µs. [`super::text`] lists all forms.
pub(super) fn action_text(action: &Action) -> String {
    match action {
        Action::Request {
            node, timeout_us, ..
        } => format!("request {node} timeout={timeout_us}"),
        Action::As { token, action } => format!("as token={token:?} {}", action_text(action)),
        Action::Crash { node } => format!("crash {node}"),
        Action::Restart { node } => format!("restart {node}"),
        Action::Pause { node } => format!("pause {node}"),
        Action::Resume { node } => format!("resume {node}"),
        Action::Disk { node, change } => format!("disk {node} {}", disk(*change)),
        Action::Wipe { node } => format!("wipe {node}"),
        Action::Clock { node, change } => match change {
            ClockChange::Rate(ppm) => format!("clock {node} rate={ppm}"),
            ClockChange::Jump(us) => format!("clock {node} jump={us}"),
        },
        Action::Link { from, to, change } => format!("link {from}>{to} {}", link(*change)),
        Action::Partition { groups } => {
            let groups: Vec<String> = groups.iter().map(|group| names(group)).collect();
            format!("partition {}", groups.join("|"))
        }
        Action::Heal => "heal".to_owned(),
        Action::Message {
            sent: EventId(sent),
            fate,
        } => format!("message {} sent={sent}", fate_text(*fate)),
        Action::Campaign { node } => format!("campaign {node}"),
        Action::ElectionTimeout { node, ticks } => format!("election-timeout {node} ticks={ticks}"),
        Action::TransferLeader { node, to } => format!("transfer-leader {node} to={to}"),
        Action::Options { node, options } => format!("options {node} {}", options_text(options)),
        Action::Join { node } => format!("join {node}"),
        Action::Reconfigure {
            node,
            voters,
            learners,
        } => format!(
            "reconfigure {node} voters={} learners={}",
            names(voters),
            names(learners)
        ),
        Action::Workload { workload } => format!("workload {}", workload_text(workload)),
        Action::Open { node, .. } => format!("open {node}"),
        Action::Say {
            stream: RequestId(id),
            ..
        } => format!("say stream={id}"),
        Action::Close {
            stream: RequestId(id),
        } => format!("close stream={id}"),
        Action::Restore { node, origin } => format!(
            "restore {node} members={} token={} snapshot={:08x} bytes={}",
            names(&origin.members),
            bytes(origin.token.as_bytes()),
            hash_of_image(&origin.snapshot),
            origin.snapshot.len()
        ),
    }
}

/// Names with commas between them; `-` for none.
fn names(nodes: &[NodeId]) -> String {
    if nodes.is_empty() {
        return "-".to_owned();
    }
    let names: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
    names.join(",")
}

fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn span(span: Span) -> String {
    format!("{}..{}", span.min_us, span.max_us)
}

fn disk(change: DiskChange) -> String {
    match change {
        DiskChange::Sync(sync) => format!("sync={}", span(sync)),
        DiskChange::Full(full) => format!("full={}", yes(full)),
        DiskChange::Lies(lies) => format!("lies={}", yes(lies)),
    }
}

fn link(change: LinkChange) -> String {
    match change {
        LinkChange::Cut(cut) => format!("cut={}", yes(cut)),
        LinkChange::Latency(Latency {
            min_us,
            max_us,
            shape,
        }) => {
            let shape = match shape {
                Shape::Even => "even",
                Shape::Bell => "bell",
                Shape::LongTail => "long-tail",
            };
            format!("latency={min_us}..{max_us} shape={shape}")
        }
        LinkChange::Loss(ppm) => format!("loss={ppm}"),
        LinkChange::Duplicate(ppm) => format!("duplicate={ppm}"),
        LinkChange::Reorder(ppm) => format!("reorder={ppm}"),
        LinkChange::Bandwidth(bytes) => format!("bandwidth={bytes}"),
    }
}

fn fate_text(fate: Fate) -> String {
    match fate {
        Fate::Deliver => "deliver".to_owned(),
        Fate::Drop => "drop".to_owned(),
        Fate::Duplicate => "duplicate".to_owned(),
        Fate::Delay(us) => format!("delay by={us}"),
        Fate::Hold => "hold".to_owned(),
        Fate::Release => "release".to_owned(),
    }
}

/// Every option by its name in a setup.
fn options_text(options: &Options) -> String {
    let Options {
        tick_us,
        election_ticks,
        heartbeat_ticks,
        pre_vote,
        check_quorum,
        max_size_per_message_bytes,
        max_inflight_messages,
        quota_bytes,
        read_mode,
        snapshot_entries,
        catch_up_entries,
    } = options;
    let read_mode = match read_mode {
        ReadMode::ReadIndex => "read-index",
        ReadMode::Lease => "lease",
    };
    let mut text = format!("tick_us={tick_us}");
    let numbers = [
        ("election_ticks", u64::from(*election_ticks)),
        ("heartbeat_ticks", u64::from(*heartbeat_ticks)),
        ("max_size_per_message_bytes", *max_size_per_message_bytes),
        ("max_inflight_messages", u64::from(*max_inflight_messages)),
        ("quota_bytes", *quota_bytes),
        ("snapshot_entries", u64::from(*snapshot_entries)),
        ("catch_up_entries", u64::from(*catch_up_entries)),
    ];
    for (name, number) in numbers {
        let _infallible = write!(text, " {name}={number}");
    }
    let (pre_vote, check_quorum) = (yes(*pre_vote), yes(*check_quorum));
    text + &format!(" pre_vote={pre_vote} check_quorum={check_quorum} read_mode={read_mode}")
}

/// Every number by its name in a recording.
fn workload_text(workload: &Workload) -> String {
    let Workload {
        clients,
        keys,
        read_percent,
        serializable_percent,
        think,
        timeout_us,
    } = workload;
    format!(
        "clients={clients} keys={keys} read_percent={read_percent} \
         serializable_percent={serializable_percent} think={} timeout={timeout_us}",
        span(*think)
    )
}

#[cfg(test)]
mod tests {
    use super::action_text;
    use crate::etcd::{PutRequest, Request};
    use crate::member::{NodeId, Options};
    use crate::world::{
        Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Shape, Span, Workload,
    };

    fn n(number: u8) -> NodeId {
        NodeId::new(number).expect("numbered from 1")
    }

    #[test]
    fn each_action_has_its_words() {
        let node = n(1);
        let span = Span {
            min_us: 1,
            max_us: 2,
        };
        let latency = Latency {
            min_us: 1,
            max_us: 2,
            shape: Shape::LongTail,
        };
        let disk = |change| Action::Disk { node, change };
        let clock = |change| Action::Clock { node, change };
        let link = |change| Action::Link {
            from: node,
            to: n(2),
            change,
        };
        let fate = |fate| Action::Message {
            sent: EventId(7),
            fate,
        };
        let request = Action::Request {
            node,
            request: Request::Put(PutRequest::default()),
            timeout_us: 5,
        };
        for (action, text) in [
            (request, "request n1 timeout=5"),
            (Action::Crash { node }, "crash n1"),
            (Action::Restart { node }, "restart n1"),
            (Action::Pause { node }, "pause n1"),
            (Action::Resume { node }, "resume n1"),
            (disk(DiskChange::Sync(span)), "disk n1 sync=1..2"),
            (disk(DiskChange::Full(true)), "disk n1 full=yes"),
            (disk(DiskChange::Lies(false)), "disk n1 lies=no"),
            (Action::Wipe { node }, "wipe n1"),
            (clock(ClockChange::Rate(-500)), "clock n1 rate=-500"),
            (clock(ClockChange::Jump(500)), "clock n1 jump=500"),
            (link(LinkChange::Cut(true)), "link n1>n2 cut=yes"),
            (
                link(LinkChange::Latency(latency)),
                "link n1>n2 latency=1..2 shape=long-tail",
            ),
            (link(LinkChange::Loss(9)), "link n1>n2 loss=9"),
            (link(LinkChange::Duplicate(9)), "link n1>n2 duplicate=9"),
            (link(LinkChange::Reorder(9)), "link n1>n2 reorder=9"),
            (link(LinkChange::Bandwidth(9)), "link n1>n2 bandwidth=9"),
            (
                Action::Partition {
                    groups: vec![vec![n(1), n(2)], vec![n(3), n(4), n(5)]],
                },
                "partition n1,n2|n3,n4,n5",
            ),
            (Action::Heal, "heal"),
            (fate(Fate::Deliver), "message deliver sent=7"),
            (fate(Fate::Drop), "message drop sent=7"),
            (fate(Fate::Duplicate), "message duplicate sent=7"),
            (fate(Fate::Delay(3)), "message delay by=3 sent=7"),
            (fate(Fate::Hold), "message hold sent=7"),
            (fate(Fate::Release), "message release sent=7"),
            (Action::Campaign { node }, "campaign n1"),
            (
                Action::ElectionTimeout { node, ticks: 12 },
                "election-timeout n1 ticks=12",
            ),
            (
                Action::TransferLeader { node, to: n(2) },
                "transfer-leader n1 to=n2",
            ),
            (
                Action::Options {
                    node,
                    options: Box::new(Options::default()),
                },
                "options n1 tick_us=100000 election_ticks=10 heartbeat_ticks=1 \
                 max_size_per_message_bytes=1048576 max_inflight_messages=512 \
                 quota_bytes=67108864 snapshot_entries=100000 catch_up_entries=5000 \
                 pre_vote=no check_quorum=yes read_mode=read-index",
            ),
            (Action::Join { node }, "join n1"),
            (
                Action::Reconfigure {
                    node,
                    voters: vec![n(1), n(2)],
                    learners: Vec::new(),
                },
                "reconfigure n1 voters=n1,n2 learners=-",
            ),
            (
                Action::Workload {
                    workload: Workload::default(),
                },
                "workload clients=0 keys=10 read_percent=50 serializable_percent=0 \
                 think=200000..2000000 timeout=5000000",
            ),
        ] {
            assert_eq!(action_text(&action), text);
        }
    }
}
