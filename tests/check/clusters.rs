//! Clusters that were made of snapshots, beside the one that the run began with.

use glassraft_core::check::Promise;
use glassraft_core::etcd::CLUSTER_TOKEN;
use glassraft_core::member::Origin;
use glassraft_core::world::{Action, EventId};
use prost::bytes::Bytes;

use super::tale::{Tale, catalog, change, entry, node};

/// What nodes 1 and 2 make a new cluster of.
fn origin() -> Origin {
    Origin {
        snapshot: Bytes::from(catalog(&[("a", "1")]).encode()),
        members: vec![node(1), node(2)],
        token: CLUSTER_TOKEN.to_owned(),
    }
}

fn restore(tale: &mut Tale, number: u8) {
    tale.acts(Action::Restore {
        node: node(number),
        origin: Box::new(origin()),
    });
}

/// A node of the new cluster starts.
fn starts_anew(tale: &mut Tale, number: u8) -> EventId {
    tale.starts(number, Origin::TERM);
    tale.restores(number, 2, Origin::TERM, catalog(&[("a", "1")]))
}

/// Nodes 1 to 3 commit two puts in term 5, under their first leader.
fn old_cluster() -> Tale {
    let mut tale = Tale::default();
    let entries = [entry(1, 5, "a"), entry(2, 5, "b"), entry(3, 5, "c")];
    tale.leads(1, 5);
    for number in 1..=3 {
        tale.appends(number, &[&entries[0], &entries[1], &entries[2]]);
        tale.commits(number, 3);
        tale.applies(number, 1, &[change(2, "a", "1")]);
        tale.applies(number, 2, &[change(3, "b", "1")]);
        tale.applies(number, 3, &[change(4, "c", "1")]);
    }
    tale
}

/// The new cluster of nodes 1 and 2, which has a leader in the same term, and another entry at
/// the same index.
fn new_cluster(tale: &mut Tale) {
    for number in [1, 2] {
        tale.crashes(number, 5, 4, &[]);
        tale.acts(Action::Wipe { node: node(number) });
        restore(tale, number);
    }
    for number in [1, 2] {
        starts_anew(tale, number);
    }
    tale.follows(1, 5);
    tale.leads(2, 5);
    for number in [1, 2] {
        tale.appends(number, &[&entry(3, 5, "x")]);
        tale.commits(number, 3);
        tale.applies(number, 3, &[change(3, "x", "1")]);
    }
}

/// A cluster that was made of a snapshot has its own terms, indexes and log: what the old one
/// had there says nothing against it.
#[test]
fn a_restored_cluster_begins_anew() {
    let mut tale = old_cluster();
    new_cluster(&mut tale);
    tale.breaks_nothing();
}

/// It is held to the promises as any other.
#[test]
fn a_restored_cluster_keeps_its_promises() {
    let mut tale = old_cluster();
    new_cluster(&mut tale);
    let mut twice = tale.clone();
    let event = twice.leads(1, 5);
    twice.breaks_only(Promise::ElectionSafety, event);
    let event = tale.applies(1, 3, &[change(3, "y", "1")]);
    tale.breaks_only(Promise::StateMachineSafety, event);
}

/// A member that was emptied, and begins once more with the snapshot, has lost what its cluster
/// committed. While it is alone it is another cluster; when it hears from the others it is one
/// of them, and as their leader it lacks that.
#[test]
fn a_member_cannot_begin_twice() {
    let mut tale = old_cluster();
    new_cluster(&mut tale);
    tale.crashes(2, 5, 4, &[]);
    tale.acts(Action::Wipe { node: node(2) });
    restore(&mut tale, 2);
    starts_anew(&mut tale, 2);
    tale.breaks_nothing();
    tale.delivers(1, 2);
    tale.breaks_nothing();
    let event = tale.leads(2, 6);
    tale.breaks_only(Promise::LeaderCompleteness, event);
}

/// A second disaster, after which all of them begin with the same snapshot again.
#[test]
fn the_same_snapshot_twice() {
    let mut tale = old_cluster();
    new_cluster(&mut tale);
    new_cluster(&mut tale);
    tale.delivers(1, 2);
    tale.breaks_nothing();
}

/// If the old cluster and the new one hear from each other, they are one, and the leader of the
/// new one lacks what the old one committed.
#[test]
fn clusters_that_meet_are_one() {
    let mut tale = old_cluster();
    new_cluster(&mut tale);
    tale.leads(2, 6);
    tale.breaks_nothing();
    let event = tale.delivers(3, 2);
    tale.breaks_only(Promise::LeaderCompleteness, event);
}

/// A machine that joins is of the cluster that it hears from.
#[test]
fn who_joins_is_of_either_cluster() {
    let mut tale = old_cluster();
    new_cluster(&mut tale);
    tale.acts(Action::Join { node: node(4) });
    tale.starts(4, 0);
    tale.delivers(2, 4);
    tale.restores(4, 2, 1, catalog(&[("a", "1")]));
    tale.appends(4, &[&entry(3, 5, "x")]);
    tale.applies(4, 3, &[change(3, "x", "1")]);
    tale.breaks_nothing();
    let event = tale.leads(4, 5);
    tale.breaks_only(Promise::ElectionSafety, event);
}
