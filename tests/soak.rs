//! Random runs with every fault, and all checks on.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::check::{Promise, Verdict, Watch};
use glassraft_core::trace::Run;
use glassraft_core::world::{Action, DiskChange, Setup};
use glassraft_tests::{CLIENT_TIMEOUT_US, chaos, get, n, put};

/// Runs with honest disks keep every promise, whatever else happens to them.
#[test]
fn whatever_happens_every_promise_holds() {
    for seed in 0..200 {
        soak(seed, false);
    }
}

/// Disks that lie lose what was committed, and the observers say so.
#[test]
fn lying_disks_break_promises() {
    let watches: Vec<Watch> = (0..200).map(|seed| soak(seed, true)).collect();
    for promise in [
        Promise::ElectionSafety,
        Promise::LeaderCompleteness,
        Promise::StateMachineSafety,
    ] {
        let broken = watches
            .iter()
            .filter(|watch| !watch.checks.verdict(promise).is_held());
        assert!(broken.count() > 0, "{}", promise.name());
    }
}

/// A run with faults, crashes, restarts and requests at moments that the seed chooses.
fn soak(seed: u64, disks_may_lie: bool) -> Watch {
    let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut roll = |sides: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice >> 16) % sides
    };
    let nodes = u8::try_from(roll(7)).expect("few") + 1;
    let setup = Setup {
        nodes,
        ..Setup::default()
    };
    let mut run = Run::new(setup, seed).expect("the setup is valid");
    let mut watch = Watch::new();
    if disks_may_lie {
        // All of them do, until a fault says otherwise.
        for node in (1..=nodes).map(n) {
            let change = DiskChange::Lies(true);
            run.act(Action::Disk { node, change })
                .expect("the node is there");
        }
    }
    for number in 0..300 {
        let node = n(u8::try_from(roll(nodes.into())).expect("few") + 1);
        let key = format!("k{}", roll(7));
        let request = |request| Action::Request {
            node,
            request,
            timeout_us: CLIENT_TIMEOUT_US,
        };
        let action = match roll(14) {
            0 | 1 => Action::Crash { node },
            2..=4 => Action::Restart { node },
            5..=7 => request(put(&key, &number.to_string())),
            8 => request(get(&key)),
            _ => chaos::fault(roll(u64::MAX), run.frame()),
        };
        let change = DiskChange::Lies(true);
        let lies = matches!(&action, Action::Disk { change: it, .. } if *it == change);
        if lies && !disks_may_lie {
            continue;
        }
        // Some make no sense now, and are refused.
        let _refused = run.act(action);
        let at = run.now() + roll(700_000);
        let advanced = watch.advance(&mut run, at);
        assert_eq!(advanced, Ok(()), "seed {seed}");
        for (promise, verdict) in watch.checks.verdicts() {
            if let (Verdict::Broken { at, evidence, .. }, false) = (verdict, disks_may_lie) {
                let name = promise.name();
                panic!(
                    "seed {seed}: {name} is broken at event {}: {evidence}",
                    at.0
                );
            }
        }
    }
    watch
}
