//! The golden trace: one run, printed one line per event, the same on every machine,
//! natively and in wasm (where this runs in a browser).
//!
//! When a change is meant to alter the run, `GLASSRAFT_ACCEPT=1 cargo test -p
//! glassraft-tests --test golden` writes the new trace; every changed line of it wants an
//! explanation in the commit.

use glassraft_tests::{Lab, get, n, put, trace};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const GOLDEN: &str = include_str!("golden/kill-the-leader.trace");

/// Election, a write at a follower, a linearizable read, the leader's death, a new leader,
/// a write and a deletion meanwhile, the old leader's return.
fn kill_the_leader() -> String {
    let mut lab = Lab::new(5, 2014);
    lab.pass(2_500_000);
    let first = lab.leader();
    let follower = lab.follower();
    lab.request(follower, put("/shelf/4", "dune"));
    lab.pass(600_000);
    lab.request(follower, get("/shelf/4"));
    lab.pass(400_000);
    lab.request(first, put("/shelf/5", "ubik"));
    lab.pass(10_000);
    lab.crash(first);
    lab.pass(3_500_000);
    let second = lab.leader();
    lab.type_line(second, "etcdctl del /shelf/4");
    lab.restart(first);
    lab.type_line(n(3), "etcdctl put /shelf/9 solaris --prev-kv");
    lab.pass(700_000);
    trace(&lab.run)
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn the_golden_trace_is_unchanged() {
    let trace = kill_the_leader();
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("GLASSRAFT_ACCEPT").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/kill-the-leader.trace");
        std::fs::write(path, &trace).expect("the golden trace can be written");
        return;
    }
    for (number, (got, golden)) in trace.lines().zip(GOLDEN.lines()).enumerate() {
        assert_eq!(got, golden, "line {} differs", number + 1);
    }
    assert_eq!(trace.lines().count(), GOLDEN.lines().count());
    assert!(GOLDEN.lines().count() > 1_000, "the golden trace is there");
}
