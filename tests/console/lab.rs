//! The lab's own commands and its shell, in a console whose time a page lets pass.

use glassraft_core::console::{EntryId, Stream};
use glassraft_core::world::{EventId, Setup};
use glassraft_tests::{Lab, n, printed};

/// Lets time pass in frames of 16 ms, as a page does, until a command has ended.
fn watch(lab: &mut Lab, id: EntryId) {
    for _ in 0..10_000 {
        if lab.entry(id).exit.is_some() {
            return;
        }
        let next = lab.run.now() + 16_000;
        lab.console.advance_to(&mut lab.run, next, || false);
    }
    panic!("`{}' did not end", lab.entry(id).line);
}

/// A condition is seen at the very moment at which it holds, however long a frame is.
#[test]
fn until_stops_at_the_moment() {
    let mut lab = Lab::with_leader(5, 1);
    let leader = lab.leader();
    lab.type_line(leader, "kill leader");
    let id = lab.type_line_without_waiting(n(1), "until leader");
    assert!(lab.console.drives());
    let later = lab.run.now() + 60_000_000;
    assert!(!lab.console.advance_to(&mut lab.run, later, || false));
    let entry = lab.entry(id);
    assert_eq!(entry.exit, Some(0), "{}", printed(&entry));
    let now = lab.run.now();
    let at = format!("at {}.{:06} s, ", now / 1_000_000, now % 1_000_000);
    assert!(printed(&entry).starts_with(&at), "{}", printed(&entry));
    assert!(!lab.console.drives());
}

/// An event is waited for by its number, and a moment is met exactly, whether anything
/// happens then or not.
#[test]
fn until_an_event_or_a_moment() {
    let mut lab = Lab::with_leader(3, 4);
    let last = lab.run.record().len() - 1;
    let said = printed(&lab.type_line(n(1), &format!("until event >= {}", last + 40)));
    let event = lab.run.record().len() - 1;
    assert!(said.ends_with(&format!(" s, event {event}")), "{said}");
    // What happens in one instant is not divided.
    let next = lab.run.record().get(EventId(last + 40)).unwrap();
    assert_eq!(next.at, lab.run.now());
    let holds = |lab: &mut Lab, condition: &str| {
        let entry = lab.type_line(n(1), &format!("expect {condition}"));
        entry.exit == Some(0)
    };
    for (comparison, expected) in [
        ("=", [false, true, false]),
        ("!=", [true, false, true]),
        (">", [true, false, false]),
        (">=", [true, true, false]),
        ("<", [false, false, true]),
        ("<=", [false, true, true]),
    ] {
        let event = lab.run.record().len() - 1;
        let now = lab.run.now();
        for (place, is) in (0..).zip(expected) {
            let line = format!("event {comparison} {}", event + place - 1);
            assert_eq!(holds(&mut lab, &line), is, "{line}");
            let line = format!("time {comparison} {}us", now + place - 1);
            assert_eq!(holds(&mut lab, &line), is, "{line}");
        }
    }
    // Nobody is there to do anything.
    lab.type_line(n(1), "kill all");
    lab.type_line(n(1), "run 2s");
    let quiet = lab.run.record().len();
    for (moment, met) in [
        ("time >= 20s", 20_000_000),
        ("time > 20s", 20_000_001),
        ("time = 20500ms and no leader", 20_500_000),
        ("not time <= 21s", 21_000_001),
    ] {
        let entry = lab.type_line(n(1), &format!("until {moment}"));
        assert_eq!(entry.exit, Some(0), "{moment}: {}", printed(&entry));
        assert_eq!(lab.run.now(), met, "{moment}");
    }
    assert_eq!(lab.run.record().len(), quiet);
    let late = printed(&lab.type_line(n(1), "until time < 3s within 1s"));
    assert_eq!(
        late,
        "until: not within 1 s: time < 3s; the time is 22.000001 s"
    );
    let never = printed(&lab.type_line(n(1), "until event = 3 within 1s"));
    let last = quiet - 1;
    assert_eq!(
        never,
        format!("until: not within 1 s: event = 3; the last event is {last}")
    );
}

/// What waits ends by itself while frames go by, and other commands go on meanwhile.
#[test]
fn nothing_blocks_a_page() {
    let mut lab = Lab::with_leader(3, 2);
    let began = lab.run.now();
    let sleep = lab.type_line_without_waiting(n(1), "sleep 1.5");
    let put = lab.type_line_without_waiting(n(2), "etcdctl put a b");
    watch(&mut lab, put);
    assert_eq!(lab.entry(sleep).exit, None);
    watch(&mut lab, sleep);
    assert!((1_500_000..1_517_000).contains(&(lab.run.now() - began)));
    let never = lab.type_line_without_waiting(n(1), "until leader n1 and leader n2 within 2s");
    watch(&mut lab, never);
    let entry = lab.entry(never);
    assert_eq!(entry.exit, Some(1));
    let said = printed(&entry);
    let says = "until: not within 2 s: leader n1 and leader n2; ";
    assert!(said.starts_with(says), "{said}");
    assert_eq!(entry.output[0].stream, Stream::Err);
}

/// A budget ends a frame, and the command goes on in the next.
#[test]
fn a_budget_ends_a_frame() {
    let mut lab = Lab::with_leader(3, 2);
    let id = lab.type_line_without_waiting(n(1), "step 500 event");
    let later = lab.run.now() + 60_000_000;
    let mut frames = 0;
    while lab.entry(id).exit.is_none() {
        lab.console.advance_to(&mut lab.run, later, || true);
        frames += 1;
        assert!(frames < 10_000, "it goes on");
    }
    assert!(frames > 1, "{frames}");
    assert!(lab.entry(id).output.len() >= 500);
}

/// Each kind of step counts what its name says.
#[test]
fn steps_are_counted_by_kind() {
    let mut lab = Lab::with_leader(3, 3);
    let leader = lab.leader();
    let lines = |lab: &mut Lab, line: &str| -> Vec<String> {
        let entry = lab.type_line(leader, line);
        assert_eq!(entry.exit, Some(0), "{line}: {}", printed(&entry));
        entry.output.iter().map(|line| line.text.clone()).collect()
    };
    for line in lines(&mut lab, "step 4 message") {
        assert!(
            line.contains(" delivered ") || line.contains(" lost "),
            "{line}"
        );
    }
    lab.type_line_without_waiting(leader, "etcdctl put a b");
    let commit = lines(&mut lab, "step commit");
    assert!(commit[0].ends_with("committed index=2"), "{commit:?}");
    assert_eq!(commit.len(), 1);
    lab.type_line_without_waiting(leader, "etcdctl get a");
    let request = lines(&mut lab, "step request");
    assert!(request[0].contains(" answered "), "{request:?}");
    lab.type_line(leader, "kill leader");
    for line in lines(&mut lab, "step 2 role within 10s") {
        assert!(
            line.contains(" became ") || line.contains(" crashed "),
            "{line}"
        );
    }
    let some = lab.type_line(leader, "step 50 role within 1s");
    assert_eq!(some.exit, Some(1));
    assert!(printed(&some).contains("step: not within 1 s: "));
}

/// Looking changes nothing, and tells what there is.
#[test]
fn looking_changes_nothing() {
    let mut lab = Lab::with_leader(3, 4);
    let leader = lab.leader();
    lab.type_line(leader, "etcdctl put /k v");
    let before = (lab.run.now(), lab.run.recording().actions.len());
    let mut says = |line: &str, wanted: &str| {
        let entry = lab.type_line(n(1), line);
        assert_eq!(entry.exit, Some(0), "{line}");
        let said = printed(&entry);
        assert!(said.contains(wanted), "{line}: {said}");
    };
    says("show", "node  state");
    says("log leader", "committed  put:/k");
    says("log leader 1", "1 entries before these");
    says("messages", "message  arrives");
    says("trace 1", " answered request=1 ");
    says("why 40", " - n");
    says("help", "kill NODES");
    says("help until", "leader changes");
    says("expect leader and value /k = v on leader", "");
    assert_eq!(before, (lab.run.now(), lab.run.recording().actions.len()));
}

/// There is a limit to how much runs at once, and to what is kept.
#[test]
fn what_runs_and_what_is_kept_has_a_limit() {
    let mut lab = Lab::with_leader(3, 5);
    let first = lab.type_line_without_waiting(n(1), "sleep 3 &");
    for _ in 1..100 {
        lab.type_line_without_waiting(n(1), "sleep 3 &");
    }
    let refused = lab.type_line(n(1), "sleep 3 &");
    assert_eq!(refused.exit, Some(1));
    assert!(printed(&refused).contains("100 commands run; that is the limit"));
    for _ in 0..300 {
        lab.type_line(n(1), "nonsense");
    }
    assert_eq!(lab.console.entries().count(), 200);
    assert_eq!(lab.entry(first).exit, None, "what runs is kept");
    watch(&mut lab, first);
    assert_eq!(lab.type_line(n(1), "wait").exit, Some(0));
    let deep = "timeout 1 ".repeat(100_000) + "sleep 1";
    let refused = lab.type_line(n(1), &deep);
    assert_eq!(refused.exit, Some(125), "{}", printed(&refused));
}

/// Several nodes are named at once; those that cannot be are told, the others are done.
#[test]
fn several_nodes_are_done_at_once() {
    let mut lab = Lab::with_setup(Setup::default(), 6);
    lab.type_line(n(1), "until leader");
    assert_eq!(lab.type_line(n(1), "kill n1 n2").exit, Some(0));
    let again = lab.type_line(n(1), "kill n1 n3");
    assert_eq!(printed(&again), "kill: n1 is down already");
    assert_eq!(again.exit, Some(1));
    assert_eq!(lab.type_line(n(1), "expect n3 is down").exit, Some(0));
    assert_eq!(lab.type_line(n(1), "restart all").exit, Some(0));
    let not_so = lab.type_line(n(1), "expect n3 is down");
    assert_eq!(
        printed(&not_so),
        "expect: not so: n3 is down; n3 is follower"
    );
    let nobody = lab.type_line(n(1), "restart all");
    assert!(printed(&nobody).starts_with("restart: `all' is no node now"));
}
