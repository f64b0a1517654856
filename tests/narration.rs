//! What the narrator says: of everything that a person should hear about.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use glassraft_core::lesson::{Narrator, Plain, Sentence, Subject, plain};
use glassraft_core::member::{Halt, Note, Timeout};
use glassraft_core::trace::{Frame, Run};
use glassraft_core::world::{
    Action, ClockChange, DiskChange, Event, EventId, EventKind, Fate, MessageKind, Setup,
    StreamStep, Workload,
};
use glassraft_tests::{Lab, add, n, put, watch};

/// What happened, by name. A new kind of note or event does not compile until it is here,
/// and fails until a run of these tests tells of it, or it stands among the [`SILENT`].
fn kind(event: &Event) -> &'static str {
    match &event.kind {
        EventKind::Node { note, .. } => match note {
            Note::Started { .. } => "started",
            Note::Crashed(_) => "crashed",
            Note::TimedOut(Timeout::Election) => "election timeout",
            Note::TimedOut(Timeout::Heartbeat) => "heartbeat timeout",
            Note::TimedOut(Timeout::CheckQuorum) => "check quorum",
            Note::TimerReset { .. } => "timer reset",
            Note::Became { .. } => "became",
            Note::Voted { .. } => "voted",
            Note::Appended { .. } => "appended",
            Note::Synced { .. } => "synced",
            Note::Committed { .. } => "committed",
            Note::Applied { .. } => "applied",
            Note::Configured { .. } => "configured",
            Note::Compacted { .. } => "compacted",
            Note::Restored(_) => "restored",
            Note::Halted { .. } => "halted",
            Note::LeasesTimed { .. } => "leases timed",
        },
        EventKind::Acted { .. } => "acted",
        EventKind::Rerouted { .. } => "rerouted",
        EventKind::Sent { .. } => "sent",
        EventKind::Delivered { .. } => "delivered",
        EventKind::Lost { .. } => "lost",
        EventKind::Requested { .. } => "requested",
        EventKind::Answered { .. } => "answered",
        EventKind::Stream { step, .. } => match step {
            StreamStep::Opened(_) => "opened",
            StreamStep::Said(_) => "said",
            StreamStep::Heard(_) => "heard",
            StreamStep::Broke(_) => "broke",
            StreamStep::Closed(_) => "closed",
        },
    }
}

/// What nobody needs a sentence for: other events tell of it.
const SILENT: [&str; 6] = [
    "heartbeat timeout",
    "timer reset",
    "rerouted",
    "delivered",
    "leases timed",
    "said",
];

const TOLD: [&str; 23] = [
    "acted",
    "answered",
    "appended",
    "applied",
    "became",
    "broke",
    "check quorum",
    "closed",
    "committed",
    "compacted",
    "configured",
    "crashed",
    "election timeout",
    "halted",
    "heard",
    "lost",
    "opened",
    "requested",
    "restored",
    "sent",
    "started",
    "synced",
    "voted",
];

/// Every event of a run with its sentence.
fn tale(run: &Run) -> Vec<(Event, Option<Sentence>)> {
    let mut narrator = Narrator::default();
    let mut frame = Frame::new(run.setup().nodes);
    let events = run.record().since(EventId(0));
    events
        .map(|(_, event)| {
            let before = frame.clone();
            frame.apply(event);
            let sentence = narrator.tell(event, &before, &frame);
            (event.clone(), sentence)
        })
        .collect()
}

fn sentences(run: &Run) -> Vec<Sentence> {
    tale(run)
        .into_iter()
        .filter_map(|(_, sentence)| sentence)
        .collect()
}

fn lead(lab: &mut Lab) {
    lab.until("a leader", |frame| frame.leader().is_some());
}

fn small_logs() -> Lab {
    let mut setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    setup.options.pre_vote = true;
    setup.options.snapshot_entries = 5;
    setup.options.catch_up_entries = 0;
    let mut lab = Lab::with_setup(setup, 3);
    lead(&mut lab);
    lab
}

fn fill(lab: &mut Lab, count: u32) {
    let leader = lab.leader();
    for key in 0..count {
        let id = lab.request(leader, put("k", &key.to_string()));
        assert!(lab.outcome(id).is_ok());
    }
}

/// A run in which everything happens that is worth a sentence.
fn eventful() -> Lab {
    let mut lab = small_logs();
    let behind = lab.follower();
    lab.act(Action::Open {
        node: behind,
        request: watch("k"),
    });
    fill(&mut lab, 1);
    lab.pass(1_000_000);
    lab.crash(behind);
    fill(&mut lab, 12);
    lab.restart(behind);
    lab.until("a snapshot sent", |frame| {
        frame.node(behind).unwrap().applied == frame.commit()
    });
    lab.pass(1_000_000);
    lab.crash(behind);
    lab.restart(behind);
    // etcd wants every member to have been connected for a while.
    lab.pass(10_000_000);
    let leader = lab.leader();
    let id = lab.request(leader, add(4, true));
    assert!(lab.outcome(id).is_ok());
    lab.act(Action::Join { node: n(4) });
    lab.pass(2_000_000);
    // A learner serves no stream.
    lab.act(Action::Open {
        node: n(4),
        request: watch("k"),
    });
    let leader = lab.leader();
    lab.act(Action::Partition {
        groups: vec![vec![leader]],
    });
    lab.until("a leader who gives up", |frame| {
        frame.node(leader).unwrap().role() != Some(glassraft_core::member::Role::Leader)
    });
    lab.act(Action::Heal);
    lead(&mut lab);
    // Two stand for election at once: each has given its vote to itself.
    let leader = lab.leader();
    lab.crash(leader);
    lab.pass(1_000_000);
    for node in (1..=3).map(n).filter(|node| *node != leader) {
        lab.act(Action::Campaign { node });
    }
    lab.pass(500_000);
    lab.restart(leader);
    lab.pass(5_000_000);
    lead(&mut lab);
    let node = lab.follower();
    lab.act(Action::Disk {
        node,
        change: DiskChange::Full(true),
    });
    fill(&mut lab, 3);
    lab.pass(1_000_000);
    lab
}

/// What an event says by itself is about the node that it happened at, and is what the
/// narrator says of it, where that needs no picture.
#[test]
fn an_event_says_by_itself_what_the_narrator_says() {
    let mut agreed = 0;
    for (event, told) in tale(&eventful().run) {
        let alone = plain(&event);
        match (&alone, told) {
            (Sentence::Plain(said), _) => {
                let who = match said {
                    Plain::Sent(packet) => packet.from,
                    Plain::Received(packet) => packet.to,
                    Plain::Rerouted(node, _)
                    | Plain::Said(node)
                    | Plain::Heard(node)
                    | Plain::Closed(node)
                    | Plain::Node(node, _) => *node,
                };
                assert_eq!(who, event.node(), "{event:?}");
            }
            // Only the picture tells whether the node runs.
            (
                Sentence::Requested { subject, .. },
                Some(Sentence::Requested { subject: told, .. }),
            ) => {
                assert_eq!(*subject, told, "{event:?}");
            }
            (_, Some(told)) => {
                assert_eq!(alone, told, "{event:?}");
                agreed += 1;
            }
            (_, None) => {}
        }
    }
    assert!(agreed > 30, "{agreed} sentences were compared");
}

#[test]
fn everything_worth_hearing_has_a_sentence() {
    let lab = eventful();
    let tale = tale(&lab.run);
    let told: BTreeSet<&str> = tale
        .iter()
        .filter(|(_, sentence)| sentence.is_some())
        .map(|(event, _)| kind(event))
        .collect();
    let missing: Vec<_> = TOLD.iter().filter(|kind| !told.contains(*kind)).collect();
    assert!(missing.is_empty(), "no sentence for {missing:?}");
    for (event, sentence) in &tale {
        let kind = kind(event);
        assert!(
            TOLD.contains(&kind) != SILENT.contains(&kind),
            "{kind} is to be told, or not worth it"
        );
        let is_silent = SILENT.contains(&kind);
        assert!(!is_silent || sentence.is_none(), "{event:?}: {sentence:?}");
    }
}

#[test]
fn a_run_begins_with_its_beginning() {
    for nodes in [1, 5, 15] {
        let lab = Lab::new(nodes, 7);
        let told = sentences(&lab.run);
        let began = Sentence::Began {
            nodes: nodes.into(),
        };
        assert!(
            !told.is_empty() && told.iter().all(|each| *each == began),
            "{nodes} nodes: {told:?}"
        );
    }
}

#[test]
fn a_change_of_the_membership_is_told_once() {
    let mut lab = Lab::with_leader(5, 7);
    let leader = lab.leader();
    lab.act(Action::Reconfigure {
        node: leader,
        voters: vec![n(1), n(2), n(3)],
        learners: vec![],
    });
    lab.pass(5_000_000);
    let follower = [n(1), n(2), n(3)].into_iter().find(|node| *node != leader);
    let follower = follower.unwrap();
    lab.crash(follower);
    lab.restart(follower);
    lab.pass(5_000_000);
    let told = sentences(&lab.run);
    let configured = told.iter().filter_map(|sentence| match sentence {
        Sentence::Configured { configuration, .. } => {
            Some((configuration.voters.len(), configuration.outgoing.len()))
        }
        _ => None,
    });
    assert_eq!(configured.collect::<Vec<_>>(), [(3, 5), (3, 0)]);
}

#[test]
fn whoever_stops_says_why() {
    let lab = eventful();
    let told = sentences(&lab.run);
    let is_full = |sentence: &Sentence| {
        matches!(
            sentence,
            Sentence::Halted {
                reason: Halt::DiskFull,
                ..
            }
        )
    };
    assert_eq!(told.iter().filter(|each| is_full(each)).count(), 1);
    let snapshots = told.iter().filter_map(|sentence| match sentence {
        Sentence::Restored { own, .. } => Some(*own),
        _ => None,
    });
    let snapshots: Vec<bool> = snapshots.collect();
    assert_eq!(snapshots.first(), Some(&false), "{snapshots:?}");
    assert!(snapshots.contains(&true), "{snapshots:?}");
}

#[test]
fn what_a_person_does_is_told_of() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.follower();
    let actions = [
        Action::Pause { node },
        Action::Resume { node },
        Action::Clock {
            node,
            change: ClockChange::Rate(1_000_000),
        },
        Action::Heal,
        Action::Workload {
            workload: Workload {
                clients: 2,
                ..Workload::default()
            },
        },
    ];
    for action in &actions {
        lab.act(action.clone());
    }
    // A lost heartbeat would be no news.
    let append = |frame: &Frame| {
        let flights = frame.flights.by_age();
        let mut appends = flights
            .iter()
            .filter(|flight| flight.packet.kind == MessageKind::Append);
        appends.next().map(|flight| flight.sent)
    };
    lab.until("entries under way", |frame| append(frame).is_some());
    let sent = append(lab.run.frame()).unwrap();
    lab.act(Action::Message {
        sent,
        fate: Fate::Hold,
    });
    lab.act(Action::Message {
        sent,
        fate: Fate::Drop,
    });
    let told = sentences(&lab.run);
    let acted: Vec<&Action> = told
        .iter()
        .filter_map(|sentence| match sentence {
            Sentence::Acted { action } => Some(&**action),
            _ => None,
        })
        .collect();
    // A message that is dropped is told of as lost.
    assert_eq!(acted.len(), actions.len() + 1, "{acted:?}");
    assert!(acted.iter().zip(&actions).all(|(one, two)| *one == two));
    assert!(
        told.iter()
            .any(|sentence| matches!(sentence, Sentence::Lost { .. }))
    );
}

/// What is told of a line of the console, until it has been answered and `also` is over.
fn told_of(lab: &mut Lab, line: &str, also: u64) -> Vec<Sentence> {
    let before = sentences(&lab.run).len();
    let leader = lab.leader();
    lab.type_line_without_waiting(leader, line);
    lab.pass(also);
    sentences(&lab.run).split_off(before)
}

#[test]
fn what_is_in_the_log_is_called_by_its_name() {
    let mut lab = Lab::with_leader(3, 7);
    let txn = "etcdctl txn <<'END'\nversion(\"k\") = \"0\"\n\nput k v\n\n\nEND";
    for (line, subject) in [
        (txn, Subject::Txn("k".into())),
        ("etcdctl compaction 2", Subject::Compaction(2)),
        ("etcdctl lease grant 60", Subject::Grant(60)),
        ("etcdctl alarm disarm", Subject::Alarm(false)),
        ("etcdctl role add reader", Subject::Call("role-add")),
    ] {
        let told = told_of(&mut lab, line, 1_000_000);
        let is_asked = |told: &Sentence| matches!(told, Sentence::Requested { subject: of, .. } if *of == subject);
        assert!(told.iter().any(is_asked), "{line}: {told:?}");
        let is_about = |told: &Sentence| match told {
            Sentence::Proposed { subject, .. } | Sentence::Committed { subject, .. } => {
                assert_ne!(*subject, Subject::Empty, "{line}");
                true
            }
            _ => false,
        };
        // Proposed and committed.
        let count = told.iter().filter(|told| is_about(told)).count();
        assert_eq!(count, 2, "{line}: {told:?}");
    }
}

#[test]
fn a_transaction_says_whether_its_comparisons_held() {
    let mut lab = Lab::with_leader(3, 7);
    let txn = "etcdctl txn <<'END'\nversion(\"k\") = \"0\"\n\nput k v\n\n\nEND";
    for expected in [true, false] {
        let told = told_of(&mut lab, txn, 1_000_000);
        let held = told.iter().find_map(|told| match told {
            Sentence::Answered { succeeded, .. } => *succeeded,
            _ => None,
        });
        assert_eq!(held, Some(expected), "{told:?}");
    }
}

#[test]
fn a_lease_that_is_over_is_told_apart_from_one_that_is_revoked() {
    let mut lab = Lab::with_leader(3, 7);
    let ends = |told: &[Sentence]| {
        let over = |told: &&Sentence| matches!(told, Sentence::LeaseExpired { .. });
        let revoked = |told: &&Sentence| {
            let Sentence::Proposed { subject, .. } = told else {
                return false;
            };
            matches!(subject, Subject::Revoke(_))
        };
        let count = |what: &dyn Fn(&&Sentence) -> bool| told.iter().filter(what).count();
        (count(&over), count(&revoked))
    };
    let told = told_of(&mut lab, "etcdctl lease grant 3", 10_000_000);
    assert_eq!(ends(&told), (1, 0), "{told:?}");
    told_of(&mut lab, "etcdctl lease grant 60", 1_000_000);
    let (lease, _) = lab
        .run
        .frame()
        .leader()
        .unwrap()
        .leases
        .iter()
        .next()
        .unwrap();
    let keep = told_of(
        &mut lab,
        &format!("etcdctl lease keep-alive {lease:x} &"),
        1_000_000,
    );
    let kept =
        |told: &&Sentence| matches!(told, Sentence::KeepsAlive { lease: of, .. } if *of == lease);
    assert_eq!(keep.iter().filter(kept).count(), 1, "{keep:?}");
    let told = told_of(
        &mut lab,
        &format!("etcdctl lease revoke {lease:x}"),
        1_000_000,
    );
    assert_eq!(ends(&told), (0, 1), "{told:?}");
}

/// A cluster that begins with a snapshot counts from its own beginning: what it commits is told,
/// although the old one had come further.
#[test]
fn a_new_cluster_is_told_of_from_its_beginning() {
    let mut lab = Lab::with_leader(3, 4);
    let run_line = |lab: &mut Lab, line: &str| {
        let entry = lab.type_line(n(1), line);
        assert_eq!(entry.exit, Some(0), "{line}");
    };
    run_line(&mut lab, "etcdctl snapshot save backup.db");
    for value in 0..20 {
        run_line(&mut lab, &format!("etcdctl put /a {value}"));
    }
    for line in ["kill all", "restore backup.db", "restart all", "run 5s"] {
        run_line(&mut lab, line);
    }
    run_line(&mut lab, "etcdctl put /new 1");
    let told = sentences(&lab.run);
    let is_told = told.iter().any(|sentence| {
        matches!(sentence, Sentence::Committed { subject: Subject::Put(put), .. } if put == "/new")
    });
    assert!(is_told, "{:?}", told.last());
    let restored = told.iter().filter(|sentence| {
        matches!(sentence, Sentence::Acted { action } if matches!(**action, Action::Restore { .. }))
    });
    assert_eq!(restored.count(), 3);
}
