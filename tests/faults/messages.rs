//! What a person does to one message.

use glassraft_core::trace::{Flight, Frame, NodeFrame};
use glassraft_core::world::{
    Action, ActionError, EventId, EventKind, Fate, LossReason, MessageKind, Packet, Setup,
};
use glassraft_tests::{Lab, put};

use crate::{fate, flight, wait_for_message};

/// A candidate of five has its own vote and needs two more: with one more and the others
/// dropped, nobody leads in that term; with two, it does.
#[test]
fn the_third_vote_decides() {
    for delivered in [1, 2] {
        let mut lab = Lab::new(5, 17);
        let is_vote = |packet: &Packet| packet.kind == MessageKind::Vote && !packet.reject;
        let term = wait_for_message(&mut lab, "a vote", is_vote).packet.term;
        let mut votes = 0;
        let of_term = |frame: &Frame| flight(frame, |it| is_vote(it) && it.term == term);
        let is_over = |frame: &Frame| {
            let later = |node: &NodeFrame| node.term > u64::from(term);
            frame.leader().is_some() || frame.nodes.iter().any(|node| later(node))
        };
        while !is_over(lab.run.frame()) {
            let Some(vote) = of_term(lab.run.frame()) else {
                lab.run.step();
                continue;
            };
            votes += 1;
            if votes <= delivered {
                fate(&mut lab, vote.sent, Fate::Deliver);
            } else {
                fate(&mut lab, vote.sent, Fate::Drop);
                let loss = *lab.run.frame().losses.back().unwrap();
                assert_eq!(loss.reason, LossReason::Dropped);
            }
        }
        assert!(votes >= 2);
        assert_eq!(lab.run.frame().leader().is_some(), delivered == 2);
    }
}

/// A message that is held arrives when it is released, and not before; those behind it pass.
#[test]
fn a_held_message_waits_for_its_release() {
    let mut lab = Lab::with_leader(3, 18);
    let heartbeat = wait_for_message(&mut lab, "a heartbeat", |packet| {
        packet.kind == MessageKind::Heartbeat
    });
    let sent = heartbeat.sent;
    fate(&mut lab, sent, Fate::Hold);
    lab.pass(3_000_000);
    let held = *lab
        .run
        .frame()
        .flights
        .get(sent)
        .expect("it is still under way");
    assert_eq!(held.arrives_at, None);
    let refused = |lab: &mut Lab, fate| lab.run.act(Action::Message { sent, fate }).unwrap_err();
    for fate in [Fate::Hold, Fate::Delay(1), Fate::Duplicate] {
        assert_eq!(refused(&mut lab, fate), ActionError::Held(sent));
    }
    let before = lab.run.record().len();
    fate(&mut lab, sent, Fate::Release);
    let delivered = lab.run.record().get(EventId(before + 1)).unwrap();
    assert!(matches!(delivered.kind, EventKind::Delivered { sent: id, .. } if id == sent));
    assert_eq!(delivered.cause(), Some(EventId(before)));
    assert_eq!(
        refused(&mut lab, Fate::Drop),
        ActionError::NoSuchMessage(sent)
    );
}

/// A delay puts an arrival off by just that, and the old arrival does not count, even when
/// another message has the slot by then.
#[test]
fn a_delayed_message_arrives_later() {
    let mut lab = Lab::with_leader(3, 19);
    let flight = wait_for_message(&mut lab, "a heartbeat", |packet| {
        packet.kind == MessageKind::Heartbeat
    });
    let (sent, at) = (flight.sent, flight.arrives_at.unwrap());
    let fates = [Fate::Delay(300_000), Fate::Hold, Fate::Release];
    fate(&mut lab, sent, fates[0]);
    let moved = lab.run.frame().flights.get(sent).unwrap().arrives_at;
    assert_eq!(moved, Some(at + 300_000));
    lab.run.advance(at + 299_999);
    assert!(lab.run.frame().flights.get(sent).is_some());
    lab.run.advance(at + 300_000);
    assert!(lab.run.frame().flights.get(sent).is_none());
    let arrivals = lab.run.record().since(EventId(0)).filter(
        |(_, event)| matches!(event.kind, EventKind::Delivered { sent: id, .. } if id == sent),
    );
    assert_eq!(
        arrivals.map(|(_, event)| event.at).collect::<Vec<_>>(),
        [at + 300_000]
    );
    let next = wait_for_message(&mut lab, "a heartbeat", |packet| {
        packet.kind == MessageKind::Heartbeat
    });
    fate(&mut lab, next.sent, Fate::Deliver);
    for _ in 0..500 {
        lab.run.step();
        let is_due = |flight: &&Flight| flight.arrives_at.is_some_and(|at| at < lab.run.now());
        let flights = lab.run.frame().flights.by_age();
        assert_eq!(
            flights.into_iter().find(is_due),
            None,
            "an arrival was missed"
        );
    }
}

/// A copy of a message arrives as well, and is harmless.
#[test]
fn a_message_can_be_doubled() {
    let mut lab = Lab::with_leader(3, 20);
    let leader = lab.leader();
    lab.request(leader, put("a", "1"));
    let append = wait_for_message(&mut lab, "an append", |packet| packet.entries == 1);
    let before = lab.run.record().len();
    fate(&mut lab, append.sent, Fate::Duplicate);
    let copy = lab.run.record().get(EventId(before + 1)).unwrap();
    assert_eq!(copy.cause(), Some(EventId(before)));
    assert!(matches!(&copy.kind, EventKind::Sent { packet, .. } if *packet == append.packet));
    lab.pass(1_000_000);
    let copies = [append.sent, EventId(before + 1)].map(|id| {
        let mut events = lab.run.record().since(EventId(before));
        events
            .find_map(|(_, event)| match event.kind {
                EventKind::Delivered { sent, .. } if sent == id => Some(event.at),
                _ => None,
            })
            .expect("it arrived")
    });
    assert_eq!(copies[0], copies[1]);
    let frame = lab.run.frame();
    assert!(
        frame
            .nodes
            .iter()
            .all(|node| node.last() == 2 && node.revision == 2)
    );
}

/// A message that is held stays where it was, and one that is delayed goes on from there:
/// neither jumps on its way.
#[test]
fn what_happens_to_a_message_is_seen_where_it_is() {
    let mut lab = Lab::with_leader(3, 19);
    let heartbeat = wait_for_message(&mut lab, "a heartbeat", |packet| {
        packet.kind == MessageKind::Heartbeat
    });
    let (sent, arrives_at) = (heartbeat.sent, heartbeat.arrives_at.unwrap());
    assert!(heartbeat.passed(heartbeat.sent_at) == 0.0 && heartbeat.passed(arrives_at) == 1.0);
    let middle = u64::midpoint(heartbeat.sent_at, arrives_at);
    lab.run.advance(middle);
    let shown = |lab: &Lab| *lab.run.frame().flights.get(sent).unwrap();
    let before = shown(&lab).passed(middle);
    assert!((before - 0.5).abs() < 0.001);
    fate(&mut lab, sent, Fate::Delay(1_000_000));
    let delayed = shown(&lab);
    assert!(delayed.is_delayed && delayed.passed(middle) == before);
    assert!(delayed.passed(arrives_at) < 0.6);
    assert_eq!(delayed.passed(arrives_at + 1_000_000), 1.0);
    fate(&mut lab, sent, Fate::Duplicate);
    let flights = lab.run.frame().flights.by_age();
    let copies = flights.iter().filter(|flight| flight.is_copy);
    assert_eq!(
        copies.map(|copy| copy.packet).collect::<Vec<_>>(),
        [delayed.packet]
    );
    fate(&mut lab, sent, Fate::Hold);
    let held = shown(&lab);
    assert!(!held.is_delayed && held.arrives_at.is_none());
    assert_eq!(held.passed(arrives_at + 5_000_000), before);
    fate(&mut lab, sent, Fate::Drop);
    assert_eq!(lab.run.frame().losses.back().unwrap().passed, before);
}

/// A copy that chance makes is known as one, and nothing else is.
#[test]
fn copies_are_told_from_messages() {
    for (duplicate_ppm, has_copies) in [(0, false), (300_000, true)] {
        let mut setup = Setup::default();
        setup.network.duplicate_ppm = duplicate_ppm;
        let mut lab = Lab::with_setup(setup, 5);
        let mut copies = 0;
        let mut seen = 0;
        for _ in 0..3_000 {
            lab.run.step();
            let flights = lab.run.frame().flights.by_age();
            let new = flights.iter().filter(|flight| flight.sent.0 >= seen);
            copies += new.filter(|flight| flight.is_copy).count();
            seen = lab.run.frame().events;
        }
        assert_eq!(
            copies > 50,
            has_copies,
            "{copies} copies at {duplicate_ppm}"
        );
        assert!(
            has_copies || copies == 0,
            "{copies} copies where none is made"
        );
    }
}
