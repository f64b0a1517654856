//! Logs made up to contradict each other, and logs that do not.

use glassraft_core::check::{Evidence, Promise};
use glassraft_core::member::{LogEntry, Note};
use glassraft_core::world::Action;

use super::tale::{Tale, catalog, entry, node};

/// Two logs have different entries at one index and term.
#[test]
fn one_index_and_term_two_entries() {
    let mut tale = Tale::default();
    tale.appends(1, &[&entry(1, 1, "a"), &entry(2, 1, "b")]);
    let event = tale.appends(3, &[&entry(1, 1, "a"), &entry(2, 1, "c")]);
    let evidence = tale.breaks_only(Promise::LogMatching, event);
    assert_eq!(
        evidence.to_string(),
        "n3 and n1 both have an entry of term 1 at index 2, but at index 2 n3 has `put c' of \
         term 1 (event 1), and n1 has `put b' of term 1 (event 0)"
    );
}

/// Two logs have the same entry behind others, which differ in their term alone.
#[test]
fn the_same_entry_behind_another_log() {
    let mut tale = Tale::default();
    let common: Vec<LogEntry> = (1..=9).map(|index| entry(index, 1, "k")).collect();
    let last = entry(11, 3, "last");
    let log: Vec<&LogEntry> = common.iter().collect();
    tale.appends(1, &log);
    tale.appends(1, &[&entry(10, 1, "k")]);
    tale.appends(1, &[&last]);
    tale.appends(2, &log);
    tale.appends(2, &[&entry(10, 2, "k")]);
    tale.breaks_nothing();
    // A copy in memory, so that nothing but the logs before it can tell.
    let event = tale.appends(2, &[&last]);
    let evidence = tale.breaks_only(Promise::LogMatching, event);
    let place = matches!(
        evidence,
        Evidence::LogsDiffer {
            index: 11,
            term: 3,
            differ_at: 10,
            ..
        }
    );
    assert!(place, "{evidence}");
}

/// A crash brings entries back that another log contradicts.
#[test]
fn a_disk_brings_another_entry_back() {
    let mut tale = Tale::default();
    tale.appends(1, &[&entry(1, 1, "a")]);
    let event = tale.crashes(2, 1, 1, &[&entry(1, 1, "b")]);
    tale.breaks_only(Promise::LogMatching, event);
}

/// Entries that differ in their term may differ; an entry that was overwritten counts no
/// more, and neither does the log of a disk that was wiped.
#[test]
fn logs_may_differ_where_terms_do() {
    let mut tale = Tale::default();
    tale.appends(1, &[&entry(1, 1, "a")]);
    tale.appends(2, &[&entry(1, 2, "b")]);
    tale.appends(1, &[&entry(1, 3, "c")]);
    tale.appends(3, &[&entry(1, 1, "d")]);
    tale.acts(Action::Wipe { node: node(3) });
    tale.appends(3, &[&entry(1, 2, "b")]);
    tale.breaks_nothing();
}

/// A snapshot hides the beginning of a log: what comes behind it is compared still, and
/// what stood before it no more.
#[test]
fn logs_are_compared_behind_a_snapshot() {
    let mut tale = Tale::default();
    let log: Vec<LogEntry> = (1..=4).map(|index| entry(index, 1, "k")).collect();
    let all: Vec<&LogEntry> = log.iter().collect();
    tale.appends(1, &all);
    tale.commits(1, 4);
    let (snapshot, first) = (3, 3);
    tale.note(1, Note::Compacted { snapshot, first });
    tale.restores(2, 3, 1, catalog(&[]));
    tale.appends(2, &[&entry(4, 1, "k"), &entry(5, 1, "k")]);
    tale.appends(3, &[&entry(1, 1, "k"), &entry(2, 1, "other")]);
    tale.breaks_nothing();
    let event = tale.appends(1, &[&entry(5, 1, "other")]);
    tale.breaks_only(Promise::LogMatching, event);
}

/// The past of a log that begins with a snapshot is that of the logs that hold the
/// snapshot's last entry.
#[test]
fn what_a_snapshot_stands_for_counts() {
    let mut tale = Tale::default();
    let last = entry(3, 3, "last");
    tale.appends(1, &[&entry(1, 1, "a"), &entry(2, 1, "b")]);
    tale.restores(2, 1, 1, catalog(&[]));
    tale.appends(2, &[&entry(2, 2, "c"), &last]);
    tale.breaks_nothing();
    let event = tale.appends(1, &[&last]);
    let evidence = tale.breaks_only(Promise::LogMatching, event);
    assert!(matches!(
        evidence,
        Evidence::LogsDiffer { differ_at: 2, .. }
    ));
}

/// A snapshot whose last entry a log has leaves what comes behind it as it is.
#[test]
fn a_log_goes_on_behind_its_own_snapshot() {
    let mut tale = Tale::default();
    tale.appends(
        1,
        &[&entry(1, 1, "a"), &entry(2, 1, "b"), &entry(3, 1, "c")],
    );
    tale.commits(1, 3);
    tale.restores(1, 2, 1, catalog(&[]));
    tale.leads(1, 2);
    tale.restores(1, 1, 1, catalog(&[]));
    tale.breaks_nothing();
    let event = tale.appends(1, &[&entry(3, 2, "d")]);
    tale.breaks_only(Promise::LeaderAppendOnly, event);
}

/// A node that restores a snapshot of another past contradicts the logs that hold it.
#[test]
fn an_entry_behind_an_unknown_snapshot_is_compared_alone() {
    let mut tale = Tale::default();
    tale.restores(2, 3, 1, catalog(&[]));
    tale.appends(2, &[&entry(4, 2, "a")]);
    tale.restores(3, 3, 1, catalog(&[]));
    tale.appends(3, &[&entry(4, 2, "a")]);
    tale.breaks_nothing();
    let event = tale.appends(1, &[&entry(4, 2, "b")]);
    tale.breaks_only(Promise::LogMatching, event);
}
