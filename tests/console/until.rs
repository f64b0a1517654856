//! Waiting for conditions, and for commands, outside of the console.

use glassraft_core::console::{Place, Until, Waited};
use glassraft_core::trace::Run;
use glassraft_core::world::EventId;
use glassraft_tests::{Lab, n, printed};

/// A page that waits for a condition stops where the console's `until` stops, and says the
/// same if time is up.
#[test]
fn a_page_waits_as_the_console_does() {
    for (condition, is_held) in [
        ("leader changes", true),
        ("commit >= 3 on n2", true),
        ("term > 1", true),
        ("time >= 9.5s", true),
        ("event >= 900 and n1 is up", true),
        ("a promise is broken within 2s", false),
        ("request 7 answered within 1.5s", false),
    ] {
        let [mut typed, mut page] = [(); 2].map(|()| {
            let mut lab = Lab::with_leader(5, 1);
            let leader = lab.leader();
            for line in ["etcdctl put a 1", "etcdctl put b 2"] {
                lab.type_line(leader, line);
            }
            lab.type_line(leader, "kill leader");
            lab
        });
        let said = typed.type_line(n(1), &format!("until {condition}"));

        let (frame, now) = (page.run.frame(), page.run.now());
        let until = Until::read(condition, frame, now).expect("it is a condition");
        assert!(condition.starts_with(&until.to_string()), "{until}");
        let waited = loop {
            let at = page.run.now() + 16_000;
            let waited = page
                .console
                .advance_until(&mut page.run, at, &until, || true);
            if let Some(waited) = waited {
                break waited;
            }
        };
        assert_eq!(page.run.now(), typed.run.now(), "{condition}");
        assert_eq!(page.run.record().len(), typed.run.record().len());
        match waited {
            Waited::Held => assert_eq!(said.exit, Some(0), "{condition}"),
            Waited::TimeUp(why) => assert_eq!(printed(&said), format!("until: {why}")),
        }
        assert_eq!(said.exit == Some(0), is_held, "{}", printed(&said));
    }
}

/// What is recorded already can be looked through event by event.
#[test]
fn a_condition_is_asked_of_recorded_moments() {
    let lab = Lab::with_leader(3, 5);
    let run = Run::new(lab.run.setup().clone(), 5).expect("it was one");
    let until = Until::read("leader", run.frame(), 0).expect("it is a condition");
    let mut frame = run.frame().clone();
    let events = lab.run.record().since(EventId(frame.events));
    let mut events = events.map(|(id, event)| {
        frame.apply(event);
        (id, until.check(&frame, frame.at, None))
    });
    let found = events.find(|(_, waited)| waited.is_some());
    let (id, waited) = found.expect("there is a leader");
    assert_eq!(waited, Some(Waited::Held));
    assert!(frame.leader().is_some() && frame.events == id.0 + 1);
}

/// The place of an entry may be called an index; a term and a revision are none.
#[test]
fn an_index_may_be_called_one() {
    let lab = Lab::with_leader(3, 1);
    let read = |line: &str| Until::read(line, lab.run.frame(), 0);
    for what in ["commit", "applied", "last", "synced", "snapshot"] {
        let short = read(&format!("{what} >= 9 on n2")).expect("it is a condition");
        let long = read(&format!("{what} index ≥ 9 on n2")).expect("it is a condition");
        assert_eq!(long.to_string(), short.to_string());
    }
    for line in ["term index > 3", "revision index > 3"] {
        let error = read(line).expect_err(line);
        assert!(error.contains("`index' is not a comparison"), "{error}");
    }
}

/// What is no condition is refused with what is wrong.
#[test]
fn nonsense_is_no_condition() {
    let lab = Lab::with_leader(3, 1);
    for (line, complaint) in [
        ("", "a condition"),
        ("commit >= banana", "`banana' is not a whole number"),
        ("leader n9", "there is no node n9"),
        ("leader changes now", "`now' is one word too many"),
        ("leader 'n1", "unexpected EOF"),
    ] {
        let error = Until::read(line, lab.run.frame(), 0).expect_err(line);
        assert!(error.contains(complaint), "{line}: {error}");
    }
}

/// Time passes for commands that wait, and no longer.
#[test]
fn commands_that_wait_are_served() {
    let mut lab = Lab::with_leader(3, 1);
    let put = lab.type_line_without_waiting(n(2), "etcdctl put a 1");
    let sleep = lab.type_line_without_waiting(n(1), "sleep 0.3");
    let began = lab.run.now();
    assert!(!lab.console.drives());
    let waiting = lab.console.waiting().expect("two wait");
    assert_eq!((waiting.id, &*waiting.line), (put, "etcdctl put a 1"));
    let mut looks = 0;
    while !lab.console.serve(&mut lab.run, began + 60_000_000, || true) {
        looks += 1;
        assert!(looks < 10_000, "they wait for ever");
    }
    assert_eq!(lab.entry(put).exit, Some(0));
    assert_eq!(lab.entry(sleep).exit, Some(0));
    assert_eq!(lab.run.now(), began + 300_000, "no longer than that");
    assert!(lab.console.waiting().is_none());
}

/// A command that lets time pass can be interrupted; what waits beside it goes on.
#[test]
fn what_lets_time_pass_can_be_interrupted() {
    let mut lab = Lab::with_leader(3, 1);
    let until = lab.type_line_without_waiting(n(1), "until term > 99");
    let sleep = lab.type_line_without_waiting(n(2), "sleep 1");
    assert_eq!(lab.console.driver().map(|entry| entry.id), Some(until));
    lab.console.interrupt(&mut lab.run);
    assert!(lab.console.driver().is_none() && !lab.console.drives());
    let entry = lab.entry(until);
    assert_eq!((entry.exit, &*printed(&entry)), (Some(130), "interrupted"));
    assert_eq!(lab.entry(sleep).exit, None);
}

/// A moment is named by an event's number or by a time.
#[test]
fn a_place_is_an_event_or_a_time() {
    let place = |text: &str| Place::read(text).map_err(drop);
    assert_eq!(place("1204"), Ok(Place::Event(EventId(1_204))));
    assert_eq!(place(" #1\u{202f}204 "), Ok(Place::Event(EventId(1_204))));
    assert_eq!(place("8.4s"), Ok(Place::Time(8_400_000)));
    assert_eq!(place("8.4 s"), Ok(Place::Time(8_400_000)));
    assert_eq!(place("800ms"), Ok(Place::Time(800_000)));
    for text in ["", "n1", "-3", "8.4", "99999999999999999999", "#s"] {
        assert_eq!(place(text), Err(()), "{text}");
    }
    let frame = Lab::new(3, 1).run.frame().clone();
    for place in [Place::Event(EventId(7)), Place::Time(1_250_000)] {
        let until = Until::read(&place.to_string(), &frame, 0).expect("a condition");
        assert_eq!(until.to_string(), place.to_string());
    }
}
