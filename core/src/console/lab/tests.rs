//! What lines of the lab come to, without carrying them out.

use super::super::condition::Condition;
use super::super::shell;
use super::command::{Command, StepKind};
use super::{help, understand};
use crate::check::Watch;
use crate::member::{NodeId, ReadMode};
use crate::trace::{RecordLimits, Run};
use crate::world::{
    Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Setup, Shape, Span,
    Workload,
};

/// A cluster of five whose leader is known.
fn cluster() -> Run {
    let mut run = Run::new(Setup::default(), 7).expect("the setup is valid");
    while run.frame().leader().is_none() {
        run.step();
    }
    run
}

fn line(run: &Run, line: &str) -> Result<Command, String> {
    let tokens = shell::split(line).unwrap().tokens;
    let words = shell::with_symbols(&tokens).unwrap();
    let command =
        understand(run, &Watch::new(), &words[0], &words[1..]).expect("a command of the lab");
    command.map_err(|refusal| refusal.message)
}

fn actions(run: &Run, typed: &str) -> Vec<Action> {
    match line(run, typed) {
        Ok(Command::Act { actions, .. }) => actions,
        other => panic!("{typed}: {other:?}"),
    }
}

fn n(number: u8) -> NodeId {
    NodeId::new(number).unwrap()
}

fn ns<const N: usize>(numbers: [u8; N]) -> Vec<NodeId> {
    numbers.map(n).to_vec()
}

#[test]
fn every_example_of_the_help_is_understood() {
    let mut run = cluster();
    for topic in help::TOPICS {
        for example in topic.examples {
            assert!(example.starts_with(topic.name), "{example}");
            // These need nodes that are down or paused, or a sixth one.
            let needs = ["restart all", "resume all", "restore backup.db"];
            let refused = line(&run, example).err();
            assert_eq!(
                refused.is_some(),
                needs.contains(example),
                "{example}: {refused:?}"
            );
        }
    }
    run.act(Action::Crash { node: n(2) }).unwrap();
    assert_eq!(
        actions(&run, "restart all"),
        [Action::Restart { node: n(2) }]
    );
}

#[test]
fn nodes_are_named_in_several_ways() {
    let run = cluster();
    let leader = run.frame().leader().unwrap().node;
    let kill = |nodes: &[NodeId]| -> Vec<Action> {
        nodes
            .iter()
            .map(|node| Action::Crash { node: *node })
            .collect()
    };
    assert_eq!(actions(&run, "kill n1 n3"), kill(&ns([1, 3])));
    assert_eq!(actions(&run, "kill n1,n3 n1"), kill(&ns([1, 3])));
    assert_eq!(actions(&run, "kill leader"), kill(&[leader]));
    assert_eq!(actions(&run, "kill all"), kill(&ns([1, 2, 3, 4, 5])));
    let followers: Vec<NodeId> = NodeId::first(5).filter(|node| *node != leader).collect();
    assert_eq!(actions(&run, "kill followers"), kill(&followers));
}

#[test]
fn links_are_named_in_several_ways() {
    let run = cluster();
    let cut = |pairs: &[(u8, u8)], cut| -> Vec<Action> {
        let links = pairs.iter().map(|(from, to)| Action::Link {
            from: n(*from),
            to: n(*to),
            change: LinkChange::Cut(cut),
        });
        links.collect()
    };
    assert_eq!(actions(&run, "cut n1 n2"), cut(&[(1, 2), (2, 1)], true));
    for line in ["cut n1 > n2", "cut n1->n2", "cut n1>n2", "cut n1 -> n2"] {
        assert_eq!(actions(&run, line), cut(&[(1, 2)], true), "{line}");
    }
    assert_eq!(
        actions(&run, "heal n2 > n1 n3"),
        cut(&[(2, 1), (2, 3)], false)
    );
    assert_eq!(actions(&run, "cut n5").len(), 8);
    assert_eq!(actions(&run, "link all loss 5%").len(), 20);
    assert_eq!(actions(&run, "heal"), [Action::Heal]);
    let [
        Action::Link { change, .. },
        Action::Link { change: loss, .. },
    ] = &actions(&run, "link n1 > n2 latency 40ms..120ms bell loss 0.5%")[..]
    else {
        panic!("two changes of one direction");
    };
    let latency = Latency {
        min_us: 40_000,
        max_us: 120_000,
        shape: Shape::Bell,
    };
    assert_eq!(*change, LinkChange::Latency(latency));
    assert_eq!(*loss, LinkChange::Loss(5_000));
    let bandwidth = &actions(&run, "link n1 > n2 bandwidth 10kB/s")[0];
    assert!(matches!(
        bandwidth,
        Action::Link {
            change: LinkChange::Bandwidth(10_000),
            ..
        }
    ));
}

#[test]
fn a_partition_has_groups() {
    let run = cluster();
    let partition = |groups| vec![Action::Partition { groups }];
    let halves = partition(vec![ns([1, 2]), ns([3, 4, 5])]);
    assert_eq!(actions(&run, "partition n1 n2 | n3 n4 n5"), halves);
    assert_eq!(actions(&run, "partition n1,n2|n3,n4,n5"), halves);
    assert_eq!(actions(&run, "partition n1 n2 | rest"), halves);
    let bridge = partition(vec![ns([1, 2, 3]), ns([3, 4, 5])]);
    assert_eq!(actions(&run, "partition n1 n2 n3 | n3 n4 n5"), bridge);
}

#[test]
fn what_is_done_to_one_node_becomes_its_action() {
    let run = cluster();
    let node = n(2);
    let span = Span {
        min_us: 10_000,
        max_us: 30_000,
    };
    let disk = |change| vec![Action::Disk { node, change }];
    assert_eq!(
        actions(&run, "disk n2 sync 10ms..30ms"),
        disk(DiskChange::Sync(span))
    );
    assert_eq!(actions(&run, "disk n2 full"), disk(DiskChange::Full(true)));
    assert_eq!(actions(&run, "disk n2 ok"), disk(DiskChange::Full(false)));
    assert_eq!(actions(&run, "disk n2 lies"), disk(DiskChange::Lies(true)));
    assert_eq!(
        actions(&run, "disk n2 honest"),
        disk(DiskChange::Lies(false))
    );
    assert_eq!(actions(&run, "disk n2 ok honest").len(), 2);
    let clock = |change| vec![Action::Clock { node, change }];
    assert_eq!(
        actions(&run, "clock n2 rate -5%"),
        clock(ClockChange::Rate(-50_000))
    );
    assert_eq!(
        actions(&run, "clock n2 jump 5s"),
        clock(ClockChange::Jump(5_000_000))
    );
    let ticks = 15;
    let timeout = vec![Action::ElectionTimeout { node, ticks }];
    assert_eq!(actions(&run, "election-timeout n2 15"), timeout);
    assert_eq!(actions(&run, "pause n2"), [Action::Pause { node }]);
    assert_eq!(actions(&run, "wipe n2"), [Action::Wipe { node }]);
    assert_eq!(actions(&run, "campaign n2"), [Action::Campaign { node }]);
    assert_eq!(actions(&run, "join n6"), [Action::Join { node: n(6) }]);
    let leader = run.frame().leader().unwrap().node;
    let transfer = Action::TransferLeader {
        node: leader,
        to: node,
    };
    assert_eq!(actions(&run, "transfer n2"), [transfer]);
    let reconfigure = Action::Reconfigure {
        node,
        voters: ns([3, 4]),
        learners: ns([1]),
    };
    assert_eq!(
        actions(&run, "reconfigure n3 n4 learners n1 on n2"),
        [reconfigure]
    );
}

#[test]
fn settings_build_on_those_there_are() {
    let run = cluster();
    let set = actions(
        &run,
        "set n2 pre-vote on read-mode lease max-message-size 64KiB",
    );
    let [Action::Options { node, options }] = &set[..] else {
        panic!("{set:?}");
    };
    assert_eq!(*node, n(2));
    let mut expected = run.setup().options.clone();
    expected.pre_vote = true;
    expected.read_mode = ReadMode::Lease;
    expected.max_size_per_message_bytes = 65_536;
    assert_eq!(**options, expected);
    assert_eq!(actions(&run, "set all check-quorum off").len(), 5);
}

#[test]
fn messages_and_clients_are_described() {
    let run = cluster();
    let sent = EventId(812);
    for (words, fate) in [
        ("deliver", Fate::Deliver),
        ("drop", Fate::Drop),
        ("duplicate", Fate::Duplicate),
        ("delay 2s", Fate::Delay(2_000_000)),
        ("hold", Fate::Hold),
        ("release", Fate::Release),
    ] {
        let line = format!("message 812 {words}");
        assert_eq!(actions(&run, &line), [Action::Message { sent, fate }]);
    }
    let workload = Workload {
        clients: 3,
        keys: 4,
        read_percent: 25,
        think: Span {
            min_us: 100_000,
            max_us: 1_000_000,
        },
        ..Workload::default()
    };
    assert_eq!(
        actions(&run, "clients 3 keys 4 reads 25% think 100ms..1s"),
        [Action::Workload { workload }]
    );
    let fast = actions(&run, "clients 4 rate 10/s");
    let [Action::Workload { workload }] = &fast[..] else {
        panic!("{fast:?}");
    };
    let pause = (workload.think.min_us, workload.think.max_us);
    assert_eq!((workload.clients, pause), (4, (400_000, 400_000)));
    let workload = Workload::default();
    assert_eq!(
        actions(&run, "clients off"),
        [Action::Workload { workload }]
    );
}

#[test]
fn time_passes_in_several_ways() {
    let run = cluster();
    let step = |count, kind, within_us| {
        Ok(Command::Step {
            count,
            kind,
            within_us,
        })
    };
    assert_eq!(line(&run, "step"), step(1, StepKind::Event, 60_000_000));
    assert_eq!(
        line(&run, "step 5 commits"),
        step(5, StepKind::Commit, 60_000_000)
    );
    assert_eq!(
        line(&run, "step role within 2s"),
        step(1, StepKind::Role, 2_000_000)
    );
    assert_eq!(line(&run, "run 3s"), Ok(Command::Pass(3_000_000)));
    let Ok(Command::Until {
        condition,
        within_us,
    }) = line(&run, "until commit>=9 on n2 and not leader n1 within 10s")
    else {
        panic!("a condition");
    };
    assert_eq!(within_us, 10_000_000);
    assert_eq!(condition.to_string(), "commit >= 9 on n2 and not leader n1");
}

/// What a condition prints is what can be typed for it.
#[test]
fn conditions_are_printed_as_they_are_typed() {
    let run = cluster();
    for typed in [
        "leader",
        "leader n2",
        "no leader",
        "term > 3",
        "commit >= 9 on n2",
        "applied = 4 on all",
        "last != 4 on leader",
        "event = 900",
        "event < 900",
        "time >= 5s",
        "time != 1.5s",
        "time <= 0.000001s",
        "time > 90000s",
        "role n3 follower",
        "n3 is paused",
        "value /k = v on n2",
        "value /k missing on all",
        "request 7 answered",
        "quiet and not n1 is down",
    ] {
        match line(&run, &format!("expect {typed}")) {
            Ok(Command::Expect(condition)) => assert_eq!(condition.to_string(), typed),
            other => panic!("{typed}: {other:?}"),
        }
    }
    assert!(matches!(
        line(&run, "until leader changes"),
        Ok(Command::Until {
            condition: Condition::LeaderChanges,
            ..
        })
    ));
}

#[test]
fn what_is_wrong_is_named() {
    let run = cluster();
    for (typed, says) in [
        ("kill", "needs one node or more"),
        ("kill n7", "there is no node n7 (there are n1 to n5)"),
        ("kill 3", "`3' is not a node"),
        ("kill n1 x", "`x' is not a node"),
        ("show all", "`all' is one word too many"),
        ("resume all", "`all' is no node now"),
        ("restore backup.db", "no node is down"),
        ("partition n1 n2", "needs two groups or more"),
        ("partition n1 | ", "needs one node or more"),
        ("partition n1 | rest | rest", "`rest' stands there twice"),
        ("link n1 n2", "a property of a link; those are latency"),
        ("link n1 n2 loss 5", "`5' is not a share"),
        ("link n1 n2 reorder 101%", "`101%' is not a share"),
        ("link n1 n1 loss 5%", "no link leads from n1 to itself"),
        ("cut n2,n2", "no link leads from n2 to itself"),
        (
            "link n1 n2 latency 120ms..40ms",
            "`120ms..40ms' is not a time or two",
        ),
        ("link n1 n2 bandwidth 0B/s", "`0B/s' is not a rate"),
        ("disk n2", "a state of a disk; those are sync"),
        ("disk n2 quick", "`quick' is not a state of a disk"),
        ("clock n2 rate fast", "`fast' is not a rate"),
        ("clock n2 rate +901%", "`+901%' is not a rate"),
        ("clock n2 rate -91%", "from -90% to +900%"),
        ("clock n2", "a change of a clock"),
        ("message x drop", "`x' is not the number of the event"),
        (
            "message 8 explode",
            "`explode' is not what may happen to a message",
        ),
        ("set n2", "a setting; those are pre-vote"),
        ("set n2 pre-vote maybe", "`maybe' is not on or off"),
        ("set n2 colour red", "`colour' is not a setting"),
        ("clients many", "`many' is not a number of clients"),
        ("clients 3 reads 50", "`50' is not a whole share"),
        ("clients 3 rate 10", "`10' is not a rate of all clients"),
        ("clients 3 rate 0/s", "`0/s' is not a rate of all clients"),
        ("clients 3 rate 3001/s", "at most 1000/s for each"),
        ("step 0", "`0' is not a number from 1 to 10000"),
        ("step 5 dances", "`dances' is not what is counted"),
        ("run 3", "`3' is not a time with its unit"),
        ("run 25h", "such as 500ms, 3s or 1m, 24h at most"),
        ("until", "a condition, such as"),
        ("until leader leads", "`leads' is not a node"),
        ("until commit 9", "`9' is not a comparison"),
        ("until commit >= x", "`x' is not a whole number"),
        ("until event 9", "`9' is not a comparison"),
        ("until event >= 5s", "`5s' is not the number of an event"),
        ("until event >=", "the number of an event is missing"),
        ("until time 5s", "`5s' is not a comparison"),
        ("until time >= 5", "`5' is not a time with its unit"),
        ("until time >= -5s", "`-5s' is not a time with its unit"),
        ("until time", "a comparison; those are"),
        ("until n3 down", "`down' is not `is'"),
        ("until no quorum", "`quorum' is not `leader'"),
        ("until leader within", "a time with its unit"),
        ("expect leader changes", "says something of two moments"),
        (
            "expect value /k",
            "`= VALUE' or `missing' is missing at the end",
        ),
        ("why 999999", "there is no event 999999 yet"),
        ("log", "a node is missing"),
        ("help nonsense", "there is no command `nonsense'"),
    ] {
        let message = line(&run, typed).expect_err(typed);
        assert!(message.contains(says), "{typed}: {message}");
    }
    let many = format!("until {}leader", "not ".repeat(100_001));
    let Ok(Command::Until { condition, .. }) = line(&run, &many) else {
        panic!("a condition");
    };
    assert_eq!(condition.to_string(), "not leader");
    let many = format!("until leader{}", " and leader".repeat(1_000));
    assert!(line(&run, &many).unwrap_err().contains("more than 32"));
}

#[test]
fn what_has_a_name_is_what_it_stands_for() {
    let run = cluster();
    for (named, said) in [
        ("disk n2 slow", "disk n2 sync 400ms..800ms"),
        ("clock n2 fast", "clock n2 rate +100%"),
        ("clock n2 slow", "clock n2 rate -50%"),
        ("clock n2 right", "clock n2 rate 0%"),
        ("link n1 n2 slow", "link n1 n2 latency 500ms..1s"),
        ("link n1 > n2 lossy", "link n1 > n2 loss 30%"),
        ("partition leader-alone", "partition leader | rest"),
        ("partition bridge", "partition n1 n2 n3 | n3 n4 n5"),
    ] {
        assert_eq!(actions(&run, named), actions(&run, said), "{named}");
    }
    let leader = run.frame().leader().unwrap().node;
    let [Action::Partition { groups }] = &actions(&run, "partition minority")[..] else {
        panic!("one action");
    };
    assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [2, 3]);
    assert!(groups[0].contains(&leader));
    assert!(line(&run, "partition thirds").is_err(), "of five");
    assert!(line(&run, "partition minority n1").is_err());
}

#[test]
fn an_event_that_is_not_kept_is_refused_with_the_oldest_that_is() {
    let limits = RecordLimits { max_events: 1 };
    let mut run = Run::with_limits(Setup::default(), 1, limits).expect("the setup is valid");
    while run.record().dropped() == 0 {
        run.step();
    }
    let oldest = run.record().dropped();
    let message = line(&run, &format!("why {}", oldest - 1)).expect_err("it is not kept");
    assert!(
        message.contains(&format!("the oldest that is kept is {oldest}")),
        "{message}"
    );
    assert!(line(&run, &format!("why {oldest}")).is_ok());
}
