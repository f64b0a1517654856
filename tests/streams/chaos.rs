//! Streams in runs in which everything happens at moments that the dice choose.

use glassraft_core::catalog::Version;
use glassraft_core::etcd::{
    DeleteRangeRequest, LeaseKeepAliveRequest, Request, StreamRequest, WatchCancelRequest,
    WatchCreateRequest, WatchProgressRequest, WatchRequest, WatchRequestUnion,
};
use glassraft_core::member::RequestId;
use glassraft_core::trace::{Frame, Run};
use glassraft_core::world::{Action, LinkChange};
use glassraft_tests::chaos::{self, Dice};
use glassraft_tests::{Lab, get, n, put, trace, watch_as};

use super::{Client, SECOND_US, change};

/// Faults that lose nothing that was committed.
fn fault(dice: &mut Dice) -> Action {
    let node = n(u8::try_from(1 + dice.roll(5)).expect("5 is small"));
    let to = n(u8::try_from(1 + dice.roll(5)).expect("5 is small"));
    match dice.roll(12) {
        0 => Action::Crash { node },
        1..=3 => Action::Restart { node },
        4 => Action::Pause { node },
        5 | 6 => Action::Resume { node },
        7 => {
            let nodes: Vec<_> = (1..=5).map(n).collect();
            let split = usize::try_from(1 + dice.roll(4)).expect("4 is small");
            Action::Partition {
                groups: vec![nodes[..split].to_vec(), nodes[split..].to_vec()],
            }
        }
        8 => Action::Heal,
        9 => Action::Campaign { node },
        10 => Action::TransferLeader { node, to },
        _ => Action::Link {
            from: node,
            to,
            change: LinkChange::Loss(300_000 * u32::try_from(dice.roll(2)).expect("it is small")),
        },
    }
}

fn write(dice: &mut Dice) -> Request {
    let key = format!("k{}", dice.roll(4));
    match dice.roll(4) {
        0 => Request::DeleteRange(DeleteRangeRequest {
            key: key.into(),
            ..DeleteRangeRequest::default()
        }),
        _ => put(&key, &dice.roll(1_000).to_string()),
    }
}

fn all_keys(start_revision: i64) -> WatchCreateRequest {
    WatchCreateRequest {
        key: "k".into(),
        range_end: "l".into(),
        start_revision,
        ..WatchCreateRequest::default()
    }
}

/// Whatever happens to nodes and network: in the end every watcher has heard exactly the
/// changes since it began, each once and in their order.
#[test]
fn every_watcher_hears_the_history() {
    let mut breaks = 0;
    for seed in 0..25 {
        let mut dice = Dice::new(seed);
        let mut lab = Lab::with_setup(chaos::setup(), seed);
        let mut clients = Vec::new();
        for _ in 0..400 {
            lab.pass(dice.roll(400_000));
            let node = n(u8::try_from(1 + dice.roll(5)).expect("5 is small"));
            match dice.roll(10) {
                0 if clients.len() < 12 => {
                    let start = i64::try_from(dice.roll(3) % 2).expect("it is small");
                    let client = Client::open(&mut lab, node, watch_as(all_keys(start)));
                    clients.push((client, start));
                }
                0..=5 => {
                    lab.request(node, write(&mut dice));
                }
                _ => {
                    let _refused = lab.run.act(fault(&mut dice));
                }
            }
        }
        calm(&mut lab);
        let up_to_date = lab.leader();
        for (client, start) in &mut clients {
            let heard = client.changes(&mut lab);
            let created = &client.heard[0];
            assert!(created.created, "seed {seed}");
            let shown = lab.run.frame().streams.get(&client.stream).unwrap();
            assert!(!shown.is_broken, "seed {seed}");
            let first = match start {
                0 => created.header.as_ref().unwrap().revision + 1,
                start => *start,
            };
            let view = lab.run.view(up_to_date).unwrap();
            let history = view.catalog.unwrap().changes_since(first);
            let history: Vec<String> = history.map(|version| line(version)).collect();
            assert_eq!(heard, history, "seed {seed}, stream {}", client.stream.0);
        }
        breaks += trace(&lab.run).matches(" broke stream=").count();
    }
    assert!(breaks > 50, "{breaks}");
}

/// Everything works again, long enough for every client to have tried to reach its node.
fn calm(lab: &mut Lab) {
    lab.act(Action::Heal);
    for from in (1..=5).map(n) {
        for to in (1..=5).map(n).filter(|to| *to != from) {
            let change = LinkChange::Loss(0);
            lab.act(Action::Link { from, to, change });
        }
        let _refused = lab.run.act(Action::Resume { node: from });
        let _refused = lab.run.act(Action::Restart { node: from });
    }
    lab.pass(300 * SECOND_US);
    let id = lab.request(n(1), get("k"));
    assert!(lab.outcome(id).is_ok());
}

fn line(version: &Version) -> String {
    let event = glassraft_core::etcd::Event {
        r#type: i32::from(version.deleted),
        kv: Some(version.kv.clone()),
        prev_kv: None,
    };
    change(&event)
}

/// Something that a client may do about streams.
fn about_streams(dice: &mut Dice, frame: &Frame) -> Action {
    let node = n(u8::try_from(1 + dice.roll(5)).expect("5 is small"));
    let open: Vec<RequestId> = frame.streams.iter().map(|(id, _)| *id).collect();
    let place = usize::try_from(dice.roll(open.len().max(1) as u64)).expect("it is small");
    let stream = open.get(place).copied().unwrap_or(RequestId(1));
    let said = |request| {
        StreamRequest::Watch(WatchRequest {
            request: Some(request),
        })
    };
    let request = match dice.roll(6) {
        0 => said(WatchRequestUnion::Cancel(WatchCancelRequest {
            watch_id: i64::try_from(dice.roll(3)).expect("it is small"),
        })),
        1 => said(WatchRequestUnion::Progress(WatchProgressRequest {})),
        2 => StreamRequest::LeaseKeepAlive(LeaseKeepAliveRequest { id: 7 }),
        _ => watch_as(WatchCreateRequest {
            prev_kv: dice.roll(2) == 0,
            progress_notify: dice.roll(2) == 0,
            ..all_keys(i64::try_from(dice.roll(5)).expect("it is small"))
        }),
    };
    match dice.roll(5) {
        0 | 1 => Action::Open { node, request },
        2 | 3 => Action::Say { stream, request },
        _ => Action::Close { stream },
    }
}

/// A run with everything in it, among it what loses committed entries, is played again to the
/// letter, and its picture is what the nodes hold.
#[test]
fn runs_with_streams_and_every_fault_repeat() {
    for seed in 100..110 {
        let mut dice = Dice::new(seed);
        let mut lab = Lab::with_setup(chaos::setup(), seed);
        while lab.run.record().len() < 6_000 {
            lab.run.advance(lab.run.now() + dice.roll(50_000));
            let action = match dice.roll(5) {
                0 => chaos::anything(dice.draw(), lab.run.frame()),
                1 => about_streams(&mut dice, lab.run.frame()),
                _ => continue,
            };
            let _refused = lab.run.act(action);
            lab.assert_nodes("in a run with streams");
        }
        let end = lab.run.now();
        let lines = trace(&lab.run);
        assert!(lines.contains(" heard stream="), "seed {seed}");
        let mut again = Run::replay(lab.run.recording()).expect("it can be played");
        again.advance(end);
        assert!(trace(&again) == lines, "seed {seed}");
        assert!(again.frame() == lab.run.frame(), "seed {seed}");
    }
}
