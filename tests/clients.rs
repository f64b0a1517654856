//! Clients that work by themselves, and what they leave behind.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use glassraft_core::etcd::{Request, Response};
use glassraft_core::member::{NodeId, RequestId};
use glassraft_core::trace::{Outcome, Run};
use glassraft_core::world::{Action, EventId, EventKind, Span, Workload};
use glassraft_tests::{Lab, n, trace};

/// A request of a client, from its beginning to its end.
#[derive(Clone, Debug)]
struct Operation {
    client: u32,
    node: NodeId,
    request: Request,
    began: EventId,
    ended: Option<(EventId, Outcome)>,
}

fn work(lab: &mut Lab, workload: Workload) {
    lab.act(Action::Workload { workload });
}

fn busy(clients: u32) -> Workload {
    Workload {
        clients,
        think: Span {
            min_us: 50_000,
            max_us: 300_000,
        },
        ..Workload::default()
    }
}

/// Every request of a client, by number.
fn history(lab: &Lab) -> Vec<Operation> {
    let mut operations: BTreeMap<RequestId, Operation> = BTreeMap::new();
    for (event_id, event) in lab.run.record().since(EventId(0)) {
        match &event.kind {
            EventKind::Requested {
                id,
                node,
                request,
                client: Some(client),
            } => {
                let operation = Operation {
                    client: *client,
                    node: *node,
                    request: (**request).clone(),
                    began: event_id,
                    ended: None,
                };
                operations.insert(*id, operation);
            }
            EventKind::Answered { id, result, .. } => {
                if let Some(operation) = operations.get_mut(id) {
                    assert!(operation.ended.is_none(), "{id:?} ended twice");
                    operation.ended = Some((event_id, result.clone()));
                }
            }
            _ => {}
        }
    }
    operations.into_values().collect()
}

/// Clients share the keys, mix reads and writes, go round the nodes, and never have two
/// requests under way; every put writes a value of its own. All of it follows from the one
/// action, and nothing else is recorded.
#[test]
fn clients_work_one_request_at_a_time() {
    let mut lab = Lab::with_leader(5, 1);
    work(
        &mut lab,
        Workload {
            keys: 3,
            read_percent: 30,
            serializable_percent: 50,
            ..busy(4)
        },
    );
    lab.until("a client that waits", |frame| !frame.clients.is_empty());
    assert_eq!(lab.run.frame().workload.clients, 4);
    lab.pass(30_000_000);
    assert_eq!(lab.run.recording().actions.len(), 1);
    let history = history(&lab);
    let mut values = Vec::new();
    let (mut reads, mut stale, mut puts) = (0, 0, 0);
    for client in 1..=4 {
        let own: Vec<_> = history.iter().filter(|own| own.client == client).collect();
        assert!(own.len() > 50, "client {client}: {}", own.len());
        for pair in own.windows(2) {
            let (ended, _) = pair[0].ended.as_ref().expect("it ended before the next");
            assert!(*ended < pair[1].began);
            let cause = lab.run.record().get(pair[1].began).unwrap().cause();
            assert_eq!(cause, Some(*ended), "a request follows from the last");
        }
        for node in 1..=5 {
            assert!(
                own.iter().any(|own| own.node == n(node)),
                "n{node} was not asked"
            );
        }
    }
    for operation in &history {
        match &operation.request {
            Request::Put(put) => {
                puts += 1;
                assert!(put.key.starts_with(b"/k/"));
                values.push((put.value.clone(), operation.client));
            }
            Request::Range(range) => {
                reads += 1;
                stale += u32::from(range.serializable);
                assert!([&b"/k/0"[..], b"/k/1", b"/k/2"].contains(&&range.key[..]));
            }
            other => panic!("clients only put and read, and not {other:?}"),
        }
    }
    assert!(puts > reads && reads > 60 && stale > 20 && stale < reads);
    assert!(
        values
            .iter()
            .all(|(value, client)| { value.starts_with(format!("c{client}-").as_bytes()) })
    );
    let count = values.len();
    values.sort_unstable();
    values.dedup();
    assert_eq!(values.len(), count);
    let ok = history.iter().filter_map(|own| own.ended.as_ref());
    assert!(ok.clone().all(|(_, outcome)| outcome.is_ok()));
    assert!(ok.clone().any(|(_, outcome)| matches!(
        &**outcome,
        Ok(Response::Range(range)) if !range.kvs.is_empty()
    )));
}

/// Every request ends, whatever happens to the nodes, and a client whose node went down
/// turns to another.
#[test]
fn every_request_ends() {
    for seed in 0..5 {
        let mut lab = Lab::with_leader(5, seed);
        work(&mut lab, busy(10));
        for round in 0..10 {
            lab.pass(2_000_000);
            let leader = lab.run.frame().leader().map(|leader| leader.node);
            let Some(node) = leader else { continue };
            if round % 2 == 0 {
                lab.crash(node);
                lab.pass(4_000_000);
                lab.restart(node);
            } else {
                lab.act(Action::Pause { node });
                lab.pass(4_000_000);
                lab.act(Action::Resume { node });
            }
        }
        work(&mut lab, Workload::default());
        lab.pass(10_000_000);
        let history = history(&lab);
        assert!(history.len() > 300, "seed {seed}: {}", history.len());
        let open = history.iter().find(|own| own.ended.is_none());
        assert!(open.is_none(), "seed {seed}: {open:?}");
        let frame = lab.run.frame();
        assert!(frame.requests.is_empty() && frame.clients.is_empty());
        let moved = lab.run.record().since(EventId(0)).any(|(_, event)| {
            let EventKind::Answered {
                id, node, result, ..
            } = &event.kind
            else {
                return false;
            };
            let asked =
                lab.run
                    .record()
                    .since(EventId(0))
                    .find_map(|(_, event)| match &event.kind {
                        EventKind::Requested {
                            id: asked, node, ..
                        } if asked == id => Some(*node),
                        _ => None,
                    });
            result.is_ok() && asked.is_some_and(|asked| asked != *node)
        });
        assert!(moved, "seed {seed}: nobody turned to another node");
        let before = lab.run.record().len();
        lab.pass(5_000_000);
        let later = lab.run.record().since(EventId(before));
        let requested =
            later.filter(|(_, event)| matches!(event.kind, EventKind::Requested { .. }));
        assert_eq!(requested.count(), 0, "no clients, no requests");
    }
}

/// Clients that take the place of others have numbers of their own, so that each number's
/// requests are one after another.
#[test]
fn new_clients_have_new_numbers() {
    let mut lab = Lab::with_leader(3, 2);
    work(&mut lab, busy(3));
    lab.pass(3_000_000);
    work(&mut lab, busy(2));
    lab.pass(3_000_000);
    let mut clients: Vec<u32> = history(&lab).iter().map(|own| own.client).collect();
    clients.sort_unstable();
    clients.dedup();
    assert_eq!(clients, [1, 2, 3, 4, 5]);
}

/// A person at the console disturbs no client's chance: what a client asks for is the same.
#[test]
fn clients_draw_from_their_own_streams() {
    let asked = |disturb: bool| {
        let mut lab = Lab::with_leader(3, 3);
        work(&mut lab, busy(2));
        if disturb {
            let node = lab.follower();
            lab.act(Action::Pause { node });
            lab.pass(100_000);
            lab.act(Action::Resume { node });
        }
        lab.pass(5_000_000);
        let history = history(&lab);
        let of_first = history.into_iter().filter(|own| own.client == 1);
        of_first.map(|own| own.request).take(5).collect::<Vec<_>>()
    };
    let undisturbed = asked(false);
    assert_eq!(undisturbed.len(), 5);
    assert_eq!(undisturbed, asked(true));
}

/// A run with clients is repeated from its recording, event for event.
#[test]
fn a_recording_repeats_the_clients() {
    let mut lab = Lab::with_leader(5, 4);
    work(&mut lab, busy(5));
    lab.pass(5_000_000);
    let node = lab.leader();
    lab.crash(node);
    lab.pass(5_000_000);
    let mut again = Run::replay(lab.run.recording()).unwrap();
    again.advance(lab.run.now());
    assert!(trace(&lab.run) == trace(&again));
}
