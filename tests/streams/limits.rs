//! What is refused on a stream, and what gives way.

use glassraft_core::etcd::{Error, LeaseKeepAliveRequest, StreamRequest, WatchRequestUnion};
use glassraft_core::trace::Heard;
use glassraft_core::world::{Action, ActionError, EventId, EventKind};
use glassraft_tests::{Lab, add, n, printed, put, watch};

use super::{Client, SECOND_US, done, from};

#[test]
fn a_stream_that_is_closed_is_forgotten() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.leader();
    let mut client = Client::open(&mut lab, node, watch("k"));
    lab.act(Action::Close {
        stream: client.stream,
    });
    client.listen(&mut lab);
    assert_eq!(client.ended, Some(Ok(())));
    assert_eq!(lab.run.take_streamed(client.stream), None);
    assert!(lab.run.frame().streams.is_empty());
    let events = lab.run.record().len();
    done(&mut lab, node, put("k", "1"));
    let since = lab.run.record().since(EventId(events));
    let spoken = since.filter(|(_, event)| matches!(event.kind, EventKind::Stream { .. }));
    assert_eq!(spoken.count(), 0);
    let again = Action::Close {
        stream: client.stream,
    };
    assert_eq!(
        lab.run.act(again),
        Err(ActionError::NoSuchStream(client.stream))
    );
}

#[test]
fn what_makes_no_sense_on_a_stream_is_refused() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.leader();
    let client = Client::open(&mut lab, node, watch("k"));
    let stream = client.stream;
    let keep_alive = StreamRequest::LeaseKeepAlive(LeaseKeepAliveRequest { id: 7 });
    let other = lab.run.act(Action::Say {
        stream,
        request: keep_alive,
    });
    assert_eq!(other, Err(ActionError::OtherStream(stream)));
    for _ in 1..100 {
        client.say(&mut lab, WatchRequestUnion::Create(from("k", 0)));
    }
    let one_more = lab.run.act(Action::Say {
        stream,
        request: watch("k"),
    });
    assert_eq!(one_more, Err(ActionError::TooManyOnStream(stream, 100)));
    for _ in 1..100 {
        Client::open(&mut lab, node, watch("k"));
    }
    let open = Action::Open {
        node,
        request: watch("k"),
    };
    let one_more = lab.run.act(open);
    assert_eq!(one_more, Err(ActionError::TooManyStreams(node, 100)));
    let nowhere = lab.run.act(Action::Open {
        node: n(9),
        request: watch("k"),
    });
    assert_eq!(nowhere, Err(ActionError::NoSuchNode(n(9))));
}

#[test]
fn what_nobody_asks_for_gives_way() {
    let mut lab = Lab::with_leader(1, 7);
    let client = Client::open(&mut lab, n(1), watch("k"));
    for _ in 0..1_010 {
        let id = lab.request(n(1), put("k", "x"));
        assert!(lab.outcome(id).is_ok());
    }
    let heard: Heard = lab.run.take_streamed(client.stream).unwrap();
    assert_eq!((heard.responses.len(), heard.missed), (1_000, 11));
}

#[test]
fn a_learner_serves_no_stream() {
    let mut lab = Lab::with_leader(3, 7);
    lab.pass(10 * SECOND_US);
    let leader = lab.leader();
    let id = lab.request(leader, add(4, true));
    assert!(lab.outcome(id).is_ok());
    lab.act(Action::Join { node: n(4) });
    lab.pass(3 * SECOND_US);
    let mut client = Client::open(&mut lab, n(4), watch("k"));
    client.listen(&mut lab);
    assert_eq!(client.ended, Some(Err(Error::NotSupportedForLearner)));
}

/// A command that was not asked for long says how much it has not told.
#[test]
fn a_command_says_what_it_has_missed() {
    let mut lab = Lab::with_leader(1, 1);
    let node = lab.leader();
    let id = lab.type_line_without_waiting(node, "etcdctl watch k");
    lab.console.poll(&mut lab.run);
    lab.pass(100_000);
    lab.console.poll(&mut lab.run);
    for number in 0..1_011 {
        let put = lab.request(node, put("k", &number.to_string()));
        assert!(lab.outcome(put).is_ok());
    }
    lab.console.poll(&mut lab.run);
    let entry = lab.entry(id);
    let said: Vec<&str> = entry.output.iter().map(|line| &*line.text).collect();
    assert_eq!(said[0], "11 answers were dropped here: too many waited");
    assert_eq!(said[1..4], ["PUT", "k", "11"]);
    lab.console.poll(&mut lab.run);
    let again = printed(&lab.entry(id));
    assert_eq!(again.matches("dropped").count(), 1);
}
