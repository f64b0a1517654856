//! Histories made up to break one promise, and histories that look alike and break none.

use glassraft_core::check::{Evidence, MAX_REMEMBERED, Promise, Verdict};
use glassraft_core::member::{LogEntry, Note};
use glassraft_core::world::Action;

use super::tale::{Tale, catalog, change, entry, node};

/// Two nodes lead in one term, one after the other.
#[test]
fn two_leaders_in_a_term() {
    let mut tale = Tale::default();
    let first = tale.leads(1, 3);
    tale.follows(1, 4);
    let second = tale.leads(2, 3);
    let evidence = tale.breaks_only(Promise::ElectionSafety, second);
    let expected = Evidence::TwoLeaders {
        term: 3,
        first: node(1),
        first_at: first,
        second: node(2),
    };
    assert_eq!(*evidence, expected);
    assert_eq!(
        evidence.to_string(),
        "n2 leads in term 3, which n1 led before (event 0)"
    );
}

/// A leader that learns something about its term does not become leader once more, and
/// each term has its own.
#[test]
fn a_leader_of_each_term() {
    let mut tale = Tale::default();
    tale.leads(1, 1);
    tale.leads(1, 1);
    tale.leads(2, 2);
    tale.leads(1, 3);
    tale.breaks_nothing();
}

/// A leader puts another entry where it had one.
#[test]
fn a_leader_overwrites() {
    let mut tale = Tale::default();
    let (had, has) = (entry(2, 1, "had"), entry(2, 2, "has"));
    tale.appends(1, &[&entry(1, 1, "a"), &had]);
    tale.leads(1, 2);
    let event = tale.appends(1, &[&has]);
    let evidence = tale.breaks_only(Promise::LeaderAppendOnly, event);
    let expected = Evidence::LeaderRewrote {
        leader: node(1),
        term: 2,
        index: 2,
        had: Some(had),
        has: Some(has),
    };
    assert_eq!(*evidence, expected);
    assert_eq!(
        evidence.to_string(),
        "n1, the leader of term 2, had `put had' of term 1 at index 2, and now has `put has' of \
         term 2"
    );
}

/// A leader's log gets shorter.
#[test]
fn a_leader_deletes() {
    let mut tale = Tale::default();
    let (a, b, c) = (entry(1, 1, "a"), entry(2, 1, "b"), entry(3, 1, "c"));
    tale.leads(1, 1);
    tale.appends(1, &[&a, &b, &c]);
    let event = tale.appends(1, &[&b]);
    let evidence = tale.breaks_only(Promise::LeaderAppendOnly, event);
    let missing = matches!(evidence, Evidence::LeaderRewrote { index: 3, had: Some(had), has: None, .. } if *had == c);
    assert!(missing, "{evidence}");
}

/// A leader's log is replaced by a snapshot that ends before it.
#[test]
fn a_leader_gives_its_log_up_for_a_snapshot() {
    let mut tale = Tale::default();
    tale.leads(1, 2);
    tale.appends(1, &[&entry(1, 2, "a"), &entry(2, 2, "b")]);
    let event = tale.restores(1, 1, 1, catalog(&[]));
    tale.breaks_only(Promise::LeaderAppendOnly, event);
}

/// A follower may overwrite and delete; so may a leader that has crashed, or stepped down.
#[test]
fn who_does_not_lead_may_overwrite() {
    let mut tale = Tale::default();
    let (old, new) = (entry(1, 1, "old"), entry(1, 2, "new"));
    for leader in 1..=2 {
        tale.leads(leader, u64::from(leader));
        tale.appends(leader, &[&old, &entry(2, 1, "more")]);
    }
    tale.crashes(1, 1, 3, &[]);
    tale.starts(1, 1);
    tale.appends(1, &[&new]);
    tale.follows(2, 3);
    tale.appends(2, &[&new]);
    tale.leads(3, 4);
    tale.appends(3, &[&old]);
    tale.halts(3);
    tale.appends(3, &[&new]);
    // A disk may hold a snapshot in place of what was in the log.
    tale.leads(4, 5);
    tale.appends(4, &[&old, &entry(2, 1, "more")]);
    tale.crashes(4, 5, 3, &[]);
    tale.restores(4, 1, 2, catalog(&[]));
    tale.breaks_nothing();
}

/// What a leader writes again as it was is not overwritten.
#[test]
fn a_leader_may_write_the_same_again() {
    let mut tale = Tale::default();
    let (a, b) = (entry(1, 1, "a"), entry(2, 1, "b"));
    tale.leads(1, 1);
    tale.appends(1, &[&a]);
    tale.appends(1, &[&entry(1, 1, "a"), &b]);
    tale.breaks_nothing();
}

/// A leader is elected that lacks a committed entry at its end.
#[test]
fn a_leader_lacks_what_was_committed() {
    let mut tale = Tale::default();
    let (a, b) = (entry(1, 1, "a"), entry(2, 1, "b"));
    tale.leads(1, 1);
    tale.appends(1, &[&a, &b]);
    tale.appends(2, &[&a]);
    let committed_at = tale.commits(1, 2);
    let event = tale.leads(2, 2);
    let evidence = tale.breaks_only(Promise::LeaderCompleteness, event);
    let expected = Evidence::CommittedIsMissing {
        entry: b,
        committed_in: 1,
        committed_by: node(1),
        committed_at,
        leader: node(2),
        term: 2,
        instead: None,
    };
    assert_eq!(*evidence, expected);
    assert_eq!(
        evidence.to_string(),
        "n2 leads in term 2 without `put b' of term 1 of index 2, which was committed in term 1 \
         (n1, event 3); it has nothing there"
    );
}

/// Figure 8 of the paper: a leader commits an entry of an earlier term by counting, and
/// another one, who has an entry of a later term in its place, is elected.
#[test]
fn figure_eight() {
    let mut tale = Tale::default();
    let (one, two, three) = (entry(1, 1, "1"), entry(2, 2, "2"), entry(2, 3, "3"));
    for node in 1..=5 {
        tale.appends(node, &[&one]);
    }
    tale.leads(1, 2);
    tale.commits(1, 1);
    tale.appends(1, &[&two]);
    tale.appends(2, &[&two]);
    tale.crashes(1, 2, 3, &[]);
    tale.leads(5, 3);
    tale.appends(5, &[&three]);
    tale.crashes(5, 3, 3, &[]);
    tale.starts(1, 2);
    tale.leads(1, 4);
    tale.appends(1, &[&entry(3, 4, "4")]);
    tale.appends(3, &[&two]);
    tale.breaks_nothing();
    tale.commits(1, 2);
    tale.crashes(1, 4, 4, &[]);
    tale.starts(5, 3);
    let event = tale.leads(5, 5);
    let evidence = tale.breaks_only(Promise::LeaderCompleteness, event);
    let Evidence::CommittedIsMissing {
        entry,
        committed_in: 4,
        instead,
        ..
    } = evidence
    else {
        panic!("{evidence}");
    };
    assert_eq!((entry, instead), (&two, &Some(three)));
}

/// An older leader commits what a newer one, who leads already, does not have.
#[test]
fn an_older_leader_commits_late() {
    let mut tale = Tale::default();
    tale.leads(1, 1);
    tale.appends(1, &[&entry(1, 1, "a")]);
    tale.leads(2, 2);
    let event = tale.commits(1, 1);
    tale.breaks_only(Promise::LeaderCompleteness, event);
}

/// A leader whose term is older need not have what was committed later; a leader whose
/// snapshot stands for it has it; one that was halted leads no more.
#[test]
fn what_leaders_need_not_have() {
    let mut tale = Tale::default();
    let log = [&entry(1, 1, "a"), &entry(2, 3, "b")];
    tale.leads(1, 3);
    tale.appends(1, &log);
    tale.appends(2, &log);
    tale.commits(1, 1);
    tale.leads(3, 2);
    tale.halts(3);
    tale.commits(1, 2);
    tale.restores(4, 2, 3, catalog(&[]));
    tale.leads(4, 4);
    tale.leads(2, 5);
    tale.restores(5, 9, 5, catalog(&[]));
    tale.leads(5, 6);
    tale.breaks_nothing();
    // A second leader of the term in which it was committed breaks another promise.
    let event = tale.leads(3, 3);
    tale.breaks_only(Promise::ElectionSafety, event);
}

/// A wiped disk takes the last copy of a committed entry away: the next leader shows it.
#[test]
fn a_wiped_disk_loses_what_was_committed() {
    for erased in [
        Action::Wipe { node: node(1) },
        Action::Join { node: node(1) },
    ] {
        let mut tale = Tale::default();
        tale.leads(1, 1);
        tale.appends(1, &[&entry(1, 1, "a")]);
        tale.commits(1, 1);
        tale.crashes(1, 1, 2, &[]);
        tale.acts(erased);
        tale.breaks_nothing();
        tale.starts(1, 0);
        let event = tale.leads(1, 2);
        tale.breaks_only(Promise::LeaderCompleteness, event);
    }
}

/// So does a disk that lied.
#[test]
fn a_lying_disk_loses_what_was_committed() {
    let mut tale = Tale::default();
    tale.leads(1, 1);
    tale.appends(1, &[&entry(1, 1, "a"), &entry(2, 1, "b")]);
    tale.commits(1, 2);
    tale.crashes(1, 0, 2, &[]);
    tale.starts(1, 0);
    let event = tale.leads(1, 2);
    tale.breaks_only(Promise::LeaderCompleteness, event);
}

/// Two nodes apply different entries.
#[test]
fn two_nodes_apply_different_entries() {
    let mut tale = Tale::default();
    tale.appends(1, &[&entry(1, 1, "a")]);
    tale.appends(2, &[&entry(1, 2, "b")]);
    tale.applies(1, 1, &[]);
    let event = tale.applies(2, 1, &[]);
    let evidence = tale.breaks_only(Promise::StateMachineSafety, event);
    assert_eq!(
        evidence.to_string(),
        "at index 1 n1 applied `put a' of term 1 (event 2), and n2 applied `put b' of term 2 \
         (event 3)"
    );
}

/// The same entry makes two catalogs differ.
#[test]
fn the_same_entry_changes_catalogs_differently() {
    let mut tale = Tale::default();
    let a = entry(1, 1, "a");
    for node in 1..=3 {
        tale.appends(node, &[&a]);
    }
    tale.applies(1, 1, &[change(2, "a", "1")]);
    tale.applies(2, 1, &[change(2, "a", "1")]);
    tale.breaks_nothing();
    let event = tale.applies(3, 1, &[change(2, "a", "2")]);
    let evidence = tale.breaks_only(Promise::StateMachineSafety, event);
    assert!(matches!(evidence, Evidence::ChangesDiffer { index: 1, .. }));
    assert_eq!(
        evidence.to_string(),
        "n3 applied `put a' of term 1 (event 5) at index 1, and it changed the catalog otherwise \
         than when n1 applied `put a' of term 1 (event 3)"
    );
}

/// A node that starts again applies again, and has to apply the same.
#[test]
fn a_node_applies_something_else_after_a_restart() {
    let mut tale = Tale::default();
    let (a, b) = (entry(1, 1, "a"), entry(1, 2, "b"));
    tale.appends(1, &[&a]);
    tale.applies(1, 1, &[]);
    tale.crashes(1, 1, 2, &[]);
    tale.starts(1, 1);
    tale.applies(1, 1, &[]);
    tale.breaks_nothing();
    tale.crashes(1, 1, 2, &[]);
    tale.starts(1, 1);
    tale.appends(1, &[&b]);
    let event = tale.applies(1, 1, &[]);
    tale.breaks_only(Promise::StateMachineSafety, event);
}

/// A snapshot holds what its entries made, or it does not.
#[test]
fn a_snapshot_of_another_catalog() {
    let right = [("a", "1"), ("b", "2"), ("b", ""), ("a", "3"), ("c", "4")];
    let changes: Vec<_> = catalog(&right)
        .changes_since(0)
        .map(|version| (**version).clone())
        .collect();
    assert_eq!(changes.len(), right.len());
    let wrong = |place: usize, put| {
        let mut puts = right;
        puts[place] = put;
        puts
    };
    for (puts, is_right) in [
        (&right[..], true),
        (&right[..4], false),
        (&wrong(4, ("c", "5")), false),
        (&wrong(4, ("d", "4")), false),
        // The same keys and values with another past.
        (&wrong(0, ("c", "1")), false),
        (&wrong(2, ("b", "3")), false),
        (&wrong(1, ("d", "2")), false),
    ] {
        let mut tale = Tale::default();
        for (index, change) in (1..).zip(&changes) {
            tale.appends(1, &[&entry(index, 1, "k")]);
            tale.applies(1, index, std::slice::from_ref(change));
        }
        let event = tale.restores(2, 5, 1, catalog(puts));
        if is_right {
            tale.breaks_nothing();
        } else {
            let evidence = tale.breaks_only(Promise::StateMachineSafety, event);
            assert!(matches!(
                evidence,
                Evidence::SnapshotDiffers { index: 5, .. }
            ));
        }
    }
}

/// A node that joined by a snapshot which nobody else told of is the first to apply.
#[test]
fn applying_goes_on_behind_a_snapshot() {
    let mut tale = Tale::default();
    tale.restores(1, 7, 1, catalog(&[("a", "1")]));
    tale.appends(1, &[&entry(8, 1, "b")]);
    tale.applies(1, 8, &[change(3, "b", "1")]);
    tale.restores(2, 8, 1, catalog(&[("a", "1"), ("b", "1")]));
    tale.breaks_nothing();
    let event = tale.restores(3, 8, 1, catalog(&[("a", "2"), ("b", "1")]));
    tale.breaks_only(Promise::StateMachineSafety, event);
}

/// A crash that loses what was not synced and not committed breaks nothing, whoever leads
/// next; nor does the new entry that takes its place.
#[test]
fn a_crash_loses_unsynced_entries() {
    let mut tale = Tale::default();
    let (a, lost, new) = (entry(1, 1, "a"), entry(2, 1, "lost"), entry(2, 2, "new"));
    tale.leads(1, 1);
    tale.appends(1, &[&a]);
    tale.appends(2, &[&a]);
    tale.commits(1, 1);
    tale.applies(1, 1, &[]);
    tale.appends(1, &[&lost]);
    tale.crashes(1, 1, 2, &[]);
    tale.leads(2, 2);
    tale.appends(2, &[&new]);
    tale.starts(1, 1);
    tale.follows(1, 2);
    tale.appends(1, &[&new]);
    tale.commits(2, 2);
    tale.commits(1, 2);
    for node in [2, 1] {
        tale.applies(node, 1, &[]);
        tale.applies(node, 2, &[]);
    }
    tale.breaks_nothing();
}

/// The first breach is kept, later ones are counted, and each is known to have happened
/// at its event.
#[test]
fn the_first_breach_is_kept() {
    let mut tale = Tale::default();
    tale.leads(1, 1);
    let first = tale.leads(2, 1);
    tale.leads(2, 1);
    tale.leads(3, 1);
    let last = tale.leads(4, 1);
    tale.breaks_only(Promise::ElectionSafety, first);
    let verdict = tale.checks.verdict(Promise::ElectionSafety);
    assert!(matches!(verdict, Verdict::Broken { later: 2, .. }));
    assert_eq!(tale.checks.breaches(), 3);
    let broken = Some((Promise::ElectionSafety, first));
    assert_eq!(tale.checks.first_broken(), broken);
    assert!(verdict.is_broken_at(last) && verdict.is_broken_at(first));
    assert!(!verdict.is_broken_at(glassraft_core::world::EventId(first.0 - 1)));
}

/// Of a log longer than is remembered, the newest entries are compared all the same, and
/// what is forgotten is taken for right.
#[test]
fn a_long_log_is_compared_at_its_end() {
    let mut tale = Tale::default();
    let length = MAX_REMEMBERED as u64 + 1_000;
    let log: Vec<LogEntry> = (1..=length).map(|index| entry(index, 1, "k")).collect();
    for entry in &log {
        tale.appends(1, &[entry]);
        tale.appends(2, &[entry]);
    }
    for entry in &log[..1_500] {
        tale.appends(4, &[entry]);
    }
    tale.commits(1, length);
    for index in 1..=length {
        tale.applies(1, index, &[]);
    }
    // Equal entries, but not the same copies in memory.
    tale.crashes(1, 1, 1_001, &[&entry(1_001, 1, "k"), &log[1_001]]);
    tale.breaks_nothing();
    let rest: Vec<&LogEntry> = log[1_002..].iter().collect();
    tale.appends(1, &rest);
    tale.leads(2, 2);
    tale.acts(Action::Wipe { node: node(4) });
    tale.appends(3, &[&entry(1, 1, "forgotten")]);
    tale.applies(3, 1, &[]);
    tale.breaks_nothing();
    let event = tale.appends(2, &[&entry(length + 1, 2, "a")]);
    tale.appends(1, &[&entry(length + 1, 2, "a")]);
    tale.breaks_nothing();
    assert!(event.0 > length);
    tale.follows(2, 3);
    let event = tale.appends(2, &[&entry(length, 1, "other")]);
    tale.breaks_only(Promise::LogMatching, event);
    let event = tale.leads(2, 4);
    tale.breaks(Promise::LeaderCompleteness, event);
    let event = tale.applies(2, length, &[]);
    tale.breaks(Promise::StateMachineSafety, event);
}

/// What a leader lacks is named although the first of it is forgotten.
#[test]
fn an_empty_leader_after_a_long_run() {
    let forgotten = 1_000;
    let length = MAX_REMEMBERED as u64 + forgotten;
    let log: Vec<LogEntry> = (1..=length).map(|index| entry(index, 1, "k")).collect();
    let mut beginning = Tale::default();
    for entry in &log {
        beginning.appends(1, &[entry]);
    }
    beginning.commits(1, length);
    for left in [0, 1, forgotten - 1, forgotten, length - 1] {
        let mut tale = beginning.clone();
        for (entry, _) in log.iter().zip(0..left) {
            tale.appends(2, &[entry]);
        }
        tale.crashes(1, 1, 1, &[]);
        let event = tale.leads(2, 2);
        let evidence = tale.breaks_only(Promise::LeaderCompleteness, event);
        let Evidence::CommittedIsMissing { entry, .. } = evidence else {
            panic!("{evidence}");
        };
        assert_eq!(entry.index(), (left + 1).max(forgotten + 1));
    }
}

/// What is not told in between, and indices that no log has, do no harm.
#[test]
fn gaps_do_no_harm() {
    let mut tale = Tale::default();
    tale.appends(1, &[&entry(5, 1, "a"), &entry(9, 1, "b")]);
    tale.appends(2, &[&entry(9, 1, "b")]);
    tale.commits(2, 9);
    tale.commits(3, 40);
    tale.appends(4, &[&entry(1, 1, "a"), &entry(2, 1, "b")]);
    tale.appends(4, &[&entry(3, 1, "a"), &entry(4, 1, "b")]);
    tale.appends(4, &[&entry(5, 1, "a"), &entry(6, 1, "b")]);
    tale.appends(5, &[&entry(5, 1, "a")]);
    tale.applies(1, 9, &[]);
    tale.restores(3, 9, 1, catalog(&[("a", "1")]));
    tale.applies(2, 11, &[]);
    let (snapshot, first) = (70, 60);
    tale.note(1, Note::Compacted { snapshot, first });
    tale.appends(1, &[&entry(60, 1, "c")]);
    tale.crashes(2, 1, 0, &[]);
    tale.restores(1, 5, 1, catalog(&[]));
    tale.breaks_nothing();
}
