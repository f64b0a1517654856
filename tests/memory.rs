//! How much memory a long run takes. A file of its own: nothing else may be allocated
//! meanwhile.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::trace::Run;
use glassraft_core::world::{Action, Setup};
use glassraft_tests::{CLIENT_TIMEOUT_US, n, put};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// A run of 100 000 events with its record and with all that it takes to reach any of them
/// fits into 64 MiB, its catalogs and logs among it, although no two puts are alike.
#[test]
fn a_run_of_100_000_events_fits_into_64_mib() {
    let before = ALLOCATOR.current_usage();
    let mut run = Run::new(Setup::default(), 1).expect("the setup is valid");
    while run.frame().leader().is_none() {
        run.step();
    }
    for place in 0_u64.. {
        if run.record().len() >= 100_000 {
            break;
        }
        let key = place.wrapping_mul(7_919) % 10_000;
        let action = Action::Request {
            node: n(1),
            request: put(&format!("/key/{key}"), &format!("{place:0256}")),
            timeout_us: CLIENT_TIMEOUT_US,
        };
        run.act(action).expect("nobody crashes");
        run.advance(run.now() + 50_000);
    }
    for target in (0..100_000).step_by(1_000) {
        let frame = run.frame_of(target).expect("everything is kept");
        assert_eq!(frame.events, target);
    }
    let peak_mib = (ALLOCATOR.peak_usage() - before) >> 20;
    assert!(peak_mib < 64, "{peak_mib} MiB");
    assert!(peak_mib > 8, "{peak_mib} MiB: the run is there");
}
