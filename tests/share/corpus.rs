//! Old links: each has to give the trace that it gave when it was made.
//!
//! Each file of `corpus/` holds a link, the behaviour it was made for, how many events its
//! run has, and the hash of the run. A link of this version's behaviour that gives
//! another trace means that `share::BEHAVIOUR` has to be raised; then, and for new links,
//! `GLASSRAFT_ACCEPT=1 cargo nextest run -p glassraft-tests --test share corpus` writes the
//! files anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use glassraft_core::share::{self, BEHAVIOUR};
use glassraft_core::trace::{Recording, Run, TraceHash};
use glassraft_core::world::{Setup, Shape};
use glassraft_tests::recordings;
use glassraft_tests::{Lab, n, printed};

/// How long a run goes on after its last action, in µs.
const AFTER_US: u64 = 5_000_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("share/corpus")
}

/// The recordings that the corpus is made of.
fn recordings() -> Vec<(&'static str, Recording)> {
    let mut setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    setup.network.latency.shape = Shape::LongTail;
    setup.options.pre_vote = true;
    setup.options.tick_us = 50_000;
    let nothing = |setup, seed| Recording {
        setup,
        seed,
        actions: Vec::new(),
    };
    let five = Setup::default();
    vec![
        ("short", nothing(five, 42)),
        ("setup", nothing(setup, u64::MAX)),
        (
            "lecture",
            recordings::lecture_with_run(3, 40).1.recording().clone(),
        ),
        ("recovery", recovery()),
    ]
}

/// Two of three nodes become a new cluster with another token, and then the third as well.
fn recovery() -> Recording {
    const TWO: &str = "--initial-cluster n1=http://n1:2380,n2=http://n2:2380";
    let mut lab = Lab::with_leader(3, 12);
    for line in [
        "etcdctl put /a 1".to_owned(),
        "etcdctl lease grant 60".to_owned(),
        "etcdctl snapshot save backup.db".to_owned(),
        "etcdctl put /a 2".to_owned(),
        "kill n1 n2".to_owned(),
        "wipe n1 n2".to_owned(),
        format!("{RESTORE} n1 {TWO} --initial-advertise-peer-urls http://n1:2380"),
        format!("{RESTORE} n2 {TWO} --initial-advertise-peer-urls http://n2:2380"),
        "restart n1 n2".to_owned(),
        "run 5s".to_owned(),
        "etcdctl put /a 3".to_owned(),
        "kill all".to_owned(),
        "restore backup.db".to_owned(),
        "restart all".to_owned(),
        "run 5s".to_owned(),
    ] {
        let entry = lab.type_line(n(1), &line);
        assert_eq!(entry.exit, Some(0), "{line}: {}", printed(&entry));
    }
    lab.run.recording().clone()
}

const RESTORE: &str = "etcdctl snapshot restore backup.db --initial-cluster-token again --name";

/// How many events a recording's run has, and its hash.
fn trace(recording: &Recording) -> String {
    let mut run = Run::replay(recording).expect("the corpus can be played");
    run.advance(run.now() + AFTER_US);
    let mut hash = TraceHash::new();
    assert!(hash.take_in(run.record()), "the whole run is hashed");
    format!("{} events {hash}", hash.events())
}

fn accept() {
    for (name, recording) in recordings() {
        let link = share::link::encode(&recording).expect("it fits a link");
        let mut file = format!("{link}\n");
        let _infallible = writeln!(file, "behaviour {BEHAVIOUR}\n{}", trace(&recording));
        fs::create_dir_all(folder()).expect("a folder can be made");
        fs::write(folder().join(name).with_extension("link"), file).expect("a file can be written");
    }
}

#[test]
fn an_old_link_gives_the_trace_that_it_gave() {
    if std::env::var_os("GLASSRAFT_ACCEPT").is_some() {
        accept();
    }
    let mut seen = 0;
    for entry in fs::read_dir(folder()).expect("the corpus is there") {
        let path = entry.expect("the corpus can be listed").path();
        let file = fs::read_to_string(&path).expect("the corpus can be read");
        let mut lines = file.lines();
        let (link, behaviour, wanted) = (lines.next(), lines.next(), lines.next());
        let name = path.display();
        let read = share::read(link.expect("a link"));
        if behaviour != Some(&format!("behaviour {BEHAVIOUR}")) {
            let error = read.expect_err("it is of another behaviour").to_string();
            assert!(error.contains("behaviour"), "{name}: {error}");
        } else {
            let recording = read.unwrap_or_else(|error| panic!("{name}: {error}"));
            let found = trace(&recording);
            assert_eq!(
                Some(found.as_str()),
                wanted,
                "{name}: the run takes another course"
            );
        }
        seen += 1;
    }
    assert!(seen >= 4, "{seen} links");
}
