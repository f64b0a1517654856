//! Everything that can be asked of a cluster that suffers everything.

use std::collections::BTreeSet;

use glassraft_core::check::Watch;
use glassraft_core::etcd::Response;
use glassraft_core::trace::Run;
use glassraft_core::world::{EventId, EventKind};
use glassraft_tests::chaos::{self, Dice};
use glassraft_tests::{Lab, n, trace};

/// Whatever is asked of a cluster that suffers everything: the picture is what the nodes hold,
/// the same actions give the same run, and members that are equally far have the same store.
#[test]
fn requests_of_all_kinds_in_disturbed_runs() {
    let mut answered = BTreeSet::new();
    for seed in 0..40 {
        let mut setup = chaos::setup();
        setup.options.quota_bytes = 40_000;
        let mut lab = Lab::with_setup(setup, seed);
        let mut dice = Dice::new(seed);
        let mut watch = Watch::new();
        for events in (500..=5_000).step_by(500) {
            chaos::disturb_by_requests(&mut lab.run, &mut dice, events);
            assert_eq!(watch.follow(lab.run.record()), Ok(()));
            lab.assert_nodes("in a disturbed run");
            // A disk that lies may take promises back, and all of this with them.
            if watch.checks.breaches() == 0 {
                assert_same_stores(&lab, seed);
            }
        }
        for (_, event) in lab.run.record().since(EventId(0)) {
            if let EventKind::Answered { result, .. } = &event.kind
                && let Ok(response) = &**result
            {
                answered.insert(name_of(response));
            }
        }
        let end = lab.run.now();
        lab.run.advance(end);
        let mut again = Run::replay(lab.run.recording()).unwrap();
        again.advance(end);
        assert!(trace(&again) == trace(&lab.run), "seed {seed}");
    }
    assert_eq!(answered.len(), 16, "{answered:?}");
}

fn name_of(response: &Response) -> String {
    let text = format!("{response:?}");
    text.split('(').next().unwrap_or_default().to_owned()
}

/// Members that have applied as much have the same store.
fn assert_same_stores(lab: &Lab, seed: u64) {
    let views = (1..=5).filter_map(|node| lab.run.view(n(node)));
    let stores: Vec<_> = views
        .filter_map(|view| Some((view.applied, view.catalog?)))
        .collect();
    for (applied, store) in &stores {
        for (also_applied, other) in &stores {
            if applied == also_applied {
                assert!(store == other, "seed {seed}: two stores after {applied}");
                assert_eq!(store.hash(), other.hash(), "seed {seed}");
            }
        }
    }
}
