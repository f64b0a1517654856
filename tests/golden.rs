//! The golden traces: runs printed one line per event, the same on every machine, natively
//! and in wasm (where this runs in a browser).
//!
//! When a change is meant to alter the run, `GLASSRAFT_ACCEPT=1 cargo test -p
//! glassraft-tests --test golden` writes the new traces; every changed line of it wants an
//! explanation in the commit.

use glassraft_core::etcd::{CompactionRequest, Request, WatchCreateRequest};
use glassraft_core::world::Action;
use glassraft_tests::{Lab, get, n, put, trace, watch_as};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const KILL_THE_LEADER: &str = include_str!("golden/kill-the-leader.trace");
const WATCH_OVER_A_CRASH: &str = include_str!("golden/watch-over-a-crash.trace");

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

/// A watcher at a node that crashes and returns, one that catches up, and one whose past is
/// compacted.
fn watch_over_a_crash() -> String {
    let mut lab = Lab::new(3, 2014);
    lab.pass(2_500_000);
    let leader = lab.leader();
    let node = lab.follower();
    let open = |lab: &mut Lab, start_revision, prev_kv| {
        let request = watch_as(WatchCreateRequest {
            key: "/shelf/".into(),
            range_end: "/shelf0".into(),
            start_revision,
            prev_kv,
            ..WatchCreateRequest::default()
        });
        lab.act(Action::Open { node, request });
    };
    open(&mut lab, 0, true);
    lab.request(leader, put("/shelf/4", "dune"));
    lab.pass(600_000);
    lab.crash(node);
    lab.request(leader, put("/shelf/4", "ubik"));
    lab.request(leader, put("/other", "x"));
    lab.type_line(leader, "etcdctl del /shelf/4");
    lab.restart(node);
    lab.pass(3_000_000);
    open(&mut lab, 2, false);
    lab.pass(600_000);
    lab.request(
        leader,
        Request::Compaction(CompactionRequest {
            revision: 4,
            physical: false,
        }),
    );
    lab.pass(600_000);
    open(&mut lab, 2, false);
    lab.request(leader, put("/shelf/5", "solaris"));
    lab.pass(600_000);
    trace(&lab.run)
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn the_golden_traces_are_unchanged() {
    check("kill-the-leader", &kill_the_leader(), KILL_THE_LEADER);
    check(
        "watch-over-a-crash",
        &watch_over_a_crash(),
        WATCH_OVER_A_CRASH,
    );
}

fn check(name: &str, trace: &str, golden: &str) {
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("GLASSRAFT_ACCEPT").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");
        let path = format!("{folder}/{name}.trace");
        std::fs::write(path, trace).expect("the golden trace can be written");
        return;
    }
    for (number, (got, golden)) in trace.lines().zip(golden.lines()).enumerate() {
        assert_eq!(got, golden, "{name}: line {} differs", number + 1);
    }
    assert_eq!(trace.lines().count(), golden.lines().count(), "{name}");
    assert!(golden.lines().count() > 400, "the golden trace is there");
}
