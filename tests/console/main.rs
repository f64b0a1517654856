//! The console: `etcdctl` as it is, and lines that nobody should type.
#![cfg(not(target_arch = "wasm32"))]

mod lab;
mod members;
mod promises;
mod transcript;
mod until;

use glassraft_core::console;
use glassraft_tests::{Lab, n, printed};

/// A bad line gets a message and an exit status, and the next line works.
#[test]
fn a_bad_line_is_named_and_the_session_goes_on() {
    let mut lab = Lab::with_leader(3, 2);
    let cases = [
        ("etcdctl put 'x", 2, "looking for matching `''"),
        ("etcdctl put \"x", 2, "looking for matching `\"'"),
        ("etcdctl put x\\", 2, "unexpected EOF"),
        ("etcdctl get a | wc", 2, "`|' at character 15"),
        (
            "etcdctl put x",
            128,
            "put command needs 1 argument and input from stdin or 2 arguments",
        ),
        ("etcdctl get", 128, "get command needs one argument"),
        ("etcdctl del", 128, "del command needs one argument"),
        (
            "etcdctl get a --limit",
            1,
            "flag needs an argument: --limit",
        ),
        (
            "etcdctl get a --limit x",
            1,
            "invalid argument \"x\" for \"--limit\" flag: strconv.ParseInt: parsing \"x\": invalid syntax",
        ),
        ("etcdctl get a -w", 1, "flag needs an argument: 'w' in -w"),
        ("etcdctl get a -w nonsense", 4, "unsupported output format"),
        (
            "etcdctl get a --consistency=x",
            4,
            "unknown consistency flag \"x\"",
        ),
        ("etcdctl get a --order=up", 4, "bad sort order up"),
        (
            "etcdctl get a --command-timeout 5",
            1,
            "time: missing unit in duration \"5\"",
        ),
        ("etcdctl get a --nonsense", 1, "unknown flag: --nonsense"),
        // The flag that nobody knows takes the next word for its value.
        ("etcdctl --nonsense get a", 1, "unknown command \"a\""),
        (
            "etcdctl --endpoints n9 get a",
            128,
            "there is no endpoint \"n9\" here",
        ),
        ("etcdctl put '' x", 1, "etcdserver: key is not provided"),
        ("etcdctl txn", 3, "EOF"),
        ("etcdctl migrate", 1, "has nothing to work on here"),
        ("put a b", 127, "Did you mean `etcdctl put'?"),
        ("nonsense", 127, "nonsense: command not found"),
        ("kill", 2, "needs one node"),
        ("kill n7", 2, "there is no node n7 (there are n1 to n3)"),
        ("kill 3", 2, "`3' is not a node"),
        ("restart n1", 1, "n1 is up already"),
    ];
    for (line, exit, says) in cases {
        let entry = lab.type_line(n(1), line);
        let said = printed(&entry);
        assert!(said.contains(says), "{line}: {said}");
        assert_eq!(entry.exit, Some(exit), "{line}: {said}");
        let next = lab.type_line(n(1), "etcdctl put ok yes");
        assert_eq!(
            (printed(&next).as_str(), next.exit),
            ("OK", Some(0)),
            "after {line}"
        );
    }
}

/// Too large is refused where etcd's client and etcd's server refuse it, in their words.
#[test]
fn what_is_too_large_is_refused() {
    let mut lab = Lab::with_leader(3, 3);
    let key = "k".repeat(10_000_000);
    let entry = lab.type_line(n(1), &format!("etcdctl put {key} x"));
    assert_eq!(
        printed(&entry),
        "Error: rpc error: code = ResourceExhausted desc = trying to send message larger \
         than max (10000008 vs. 2097152)"
    );
    assert!(entry.line.len() < 10_000, "only the beginning is kept");
    let value = "v".repeat(1_600_000);
    let entry = lab.type_line(n(1), &format!("etcdctl put k {value}"));
    assert_eq!(printed(&entry), "Error: etcdserver: request is too large");
    let line = format!("etcdctl put {} x", "k".repeat(17_000_000));
    let entry = lab.type_line(n(1), &line);
    assert!(printed(&entry).contains("the limit is 16777216 bytes"));
    assert_eq!(printed(&lab.type_line(n(1), "etcdctl put k v")), "OK");
}

/// What the lab's own commands do, and what completion offers.
#[test]
fn the_lab_has_commands_of_its_own() {
    let mut lab = Lab::with_leader(5, 4);
    let leader = lab.leader();
    assert_eq!(lab.type_line(n(1), "kill leader").exit, Some(0));
    let again = lab.type_line(n(1), &format!("kill {leader}"));
    assert_eq!(printed(&again), format!("kill: {leader} is down already"));
    assert_eq!(
        lab.type_line(n(1), &format!("restart {leader}")).exit,
        Some(0)
    );
    assert!(printed(&lab.type_line(n(1), "help")).contains("etcdctl put KEY VALUE"));
    let offered = |line: &str| console::complete(lab.run.frame(), line);
    assert_eq!(offered("etcdctl ge"), ["etcdctl get "]);
    assert_eq!(
        offered("etcdctl get --pr"),
        ["etcdctl get --prefix ", "etcdctl get --print-value-only "]
    );
    assert_eq!(offered("kill n4"), ["kill n4 "]);
    assert_eq!(offered("res"), ["restart ", "resume ", "restore "]);
}

/// `clear` empties the console and leaves the history.
#[test]
fn clear_empties_the_console() {
    let mut lab = Lab::with_leader(3, 5);
    lab.type_line(n(1), "etcdctl put a b");
    lab.console.submit(&mut lab.run, n(1), "clear");
    assert_eq!(lab.console.entries().count(), 0);
    assert_eq!(lab.console.history().len(), 2);
}
