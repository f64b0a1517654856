//! `a promise is broken`, in a console whose time a page lets pass.

use glassraft_core::check::Promise;
use glassraft_core::trace::RecordLimits;
use glassraft_tests::{Lab, n, printed};

/// Loses what a majority said to have on disk, which breaks a promise once somebody leads.
fn lose_an_entry(lab: &mut Lab) {
    for line in [
        "disk followers lies",
        "etcdctl put a 1",
        "until value a = 1 on all",
    ] {
        let entry = lab.type_line(n(1), line);
        assert_eq!(entry.exit, Some(0), "{line}: {}", printed(&entry));
    }
    let leader = lab.leader();
    lab.type_line(n(1), "kill all");
    lab.pass(500_000);
    for node in (1..=3).map(n).filter(|node| *node != leader) {
        lab.restart(node);
    }
}

/// It is seen at the very event, whoever lets time pass; and it stays so.
#[test]
fn a_breach_is_seen_when_it_happens() {
    let mut lab = Lab::with_leader(3, 8);
    let kept = lab.type_line(n(1), "expect no promise is broken");
    assert_eq!(kept.exit, Some(0), "{}", printed(&kept));
    let shown = printed(&lab.type_line(n(1), "show"));
    assert!(shown.ends_with("promises: all 5 kept"), "{shown}");
    let refused = lab.type_line(n(1), "expect a promise is broken");
    assert_eq!(refused.exit, Some(1));
    assert_eq!(
        printed(&refused),
        "expect: not so: a promise is broken; no promise is broken"
    );

    lose_an_entry(&mut lab);
    let id = lab.type_line_without_waiting(n(1), "until a promise is broken");
    let later = lab.run.now() + 60_000_000;
    assert!(!lab.console.advance_to(&mut lab.run, later, || false));
    let entry = lab.entry(id);
    assert_eq!(entry.exit, Some(0), "{}", printed(&entry));
    let (promise, at) = lab.console.watch().checks.first_broken().expect("it broke");
    let when = lab.run.record().get(at).expect("it is kept").at;
    assert_eq!(when, lab.run.now(), "time stopped there");

    lab.pass(5_000_000);
    let refused = lab.type_line(n(1), "expect no promise is broken");
    let found = format!(
        "expect: not so: no promise is broken; event {} broke {}",
        at.0,
        promise.name()
    );
    assert_eq!((refused.exit, printed(&refused)), (Some(1), found));
    let shown = printed(&lab.type_line(n(1), "show"));
    let says = format!("{} broken by event {}", promise.name(), at.0);
    assert!(shown.contains(&says), "{shown}");
}

/// A console that lets time pass by itself shows its observers all of it, however long that
/// is; and where others did so for too long, it says how far they saw.
#[test]
fn nothing_is_left_unchecked_in_silence() {
    let mut lab = Lab::with_leader(3, 2);
    lab.type_line(n(1), "clients 100 think 1ms..2ms");
    // Twice as much as the record keeps, in one go.
    let most = RecordLimits::default().max_events as u64;
    let per_second = {
        lab.pass(20_000_000);
        lab.run.record().len() / 20
    };
    let long_us = 2 * most / per_second * 1_000_000;
    let later = lab.run.now() + long_us;
    lab.console.advance_to(&mut lab.run, later, || false);
    assert!(lab.run.record().dropped() > most / 2, "much is dropped");
    assert_eq!(lab.console.watch().seen(), lab.run.record().len());
    let shown = printed(&lab.type_line(n(1), "show"));
    let kept = format!("promises: all {} kept", Promise::ALL.len());
    assert!(shown.ends_with(&kept), "{shown}");

    let seen = lab.console.watch().seen();
    lab.run.advance(later + long_us);
    assert!(lab.console.observe(&lab.run).is_err());
    let shown = printed(&lab.type_line(n(1), "show"));
    let len = lab.run.record().len();
    let partly = format!("{kept} (checked up to event {seen} of {len})");
    assert!(shown.ends_with(&partly), "{shown}");
}
