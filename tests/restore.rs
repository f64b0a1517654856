//! A new cluster made of a snapshot: what it begins with, and how a run keeps it.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::check::Watch;
use glassraft_core::etcd::{
    AlarmAction, AlarmRequest, AlarmType, AuthEnableRequest, CLUSTER_TOKEN, LeaseGrantRequest,
    LeaseTimeToLiveRequest, PutRequest, Request, Response,
};
use glassraft_core::member::{MAX_SNAPSHOT_BYTES, NodeId, Origin};
use glassraft_core::share::scenario::{self, Scenario};
use glassraft_core::share::{Start, link};
use glassraft_core::trace::{Recording, Run, Stamped, TraceHash};
use glassraft_core::world::{Action, ActionError, Setup};
use glassraft_tests::chaos::{self, Dice, Recoveries};
use glassraft_tests::{Lab, get, n, printed, put};
use prost::bytes::Bytes;

const FILE: &str = "backup.db";

/// Writes a snapshot into a file of the console.
fn save(lab: &mut Lab) -> Bytes {
    let saved = lab.type_line(n(1), &format!("etcdctl snapshot save {FILE}"));
    assert_eq!(printed(&saved), format!("Snapshot saved at {FILE}"));
    lab.console.files().read(FILE).expect("it is there").clone()
}

fn types(lab: &mut Lab, line: &str) {
    let entry = lab.type_line(n(1), line);
    assert_eq!(entry.exit, Some(0), "{line}: {}", printed(&entry));
}

/// All nodes die, and begin anew with the snapshot.
fn recover(lab: &mut Lab) {
    for line in ["kill all", &format!("restore {FILE}"), "restart all"] {
        types(lab, line);
    }
    types(lab, "until leader within 20s");
}

fn ask(lab: &mut Lab, node: NodeId, request: Request) -> Response {
    let id = lab.request(node, request);
    let outcome = lab.outcome(id);
    outcome.as_ref().clone().expect("it is answered")
}

fn hash(run: &Run) -> String {
    let mut hash = TraceHash::new();
    assert!(hash.take_in(run.record()), "the whole run is hashed");
    hash.to_string()
}

/// The run goes into a link and into a file, and both repeat it.
#[test]
fn a_recovery_is_part_of_the_run() {
    let mut lab = Lab::with_leader(3, 7);
    for key in 0..40 {
        ask(&mut lab, n(1), put(&format!("/k/{key}"), "value"));
    }
    save(&mut lab);
    recover(&mut lab);
    ask(&mut lab, n(1), put("/next", "1"));
    lab.assert_picture("after a recovery");
    let recording = lab.run.recording();
    let link = link::encode(recording).expect("it fits a link");
    // The snapshot is written once, though it is in three actions.
    assert!(link.len() < 2_000, "{} characters", link.len());
    let back = link::decode(&link, Start::default());
    assert_eq!(back.as_ref(), Ok(recording));
    let mut file = String::new();
    let of = |recording: &Recording| Scenario {
        title: None,
        description: None,
        recording: recording.clone(),
    };
    scenario::write(&mut file, &of(recording)).expect("a string takes all");
    let read = scenario::read(&file).expect("it was written");
    assert_eq!(&read.recording, recording);
    let mut again = Run::replay(&read.recording).expect("it was recorded");
    again.advance(lab.run.now());
    assert_eq!(hash(&again), hash(&lab.run));
}

/// What is beside the keys comes with them, as in etcd: leases, which begin to count anew, alarms
/// and users.
#[test]
fn leases_alarms_and_users_stay() {
    let mut lab = Lab::with_leader(3, 2);
    let grant = LeaseGrantRequest { id: 77, ttl: 20 };
    ask(&mut lab, n(1), Request::LeaseGrant(grant));
    let leased = PutRequest {
        key: "/leased".into(),
        lease: 77,
        ..PutRequest::default()
    };
    ask(&mut lab, n(1), Request::Put(leased));
    let alarm = AlarmRequest {
        action: AlarmAction::Activate.into(),
        member_id: 5,
        alarm: AlarmType::NoSpace.into(),
    };
    ask(&mut lab, n(1), Request::Alarm(alarm));
    lab.pass(15_000_000);
    save(&mut lab);
    lab.pass(15_000_000);
    recover(&mut lab);
    lab.pass(1_000_000);
    let leader = lab.leader();
    let left = LeaseTimeToLiveRequest { id: 77, keys: true };
    match ask(&mut lab, leader, Request::LeaseTimeToLive(left)) {
        Response::LeaseTimeToLive(left) => {
            assert!((18..=20).contains(&left.ttl), "{left:?}");
            assert_eq!(left.keys, [Bytes::from("/leased")]);
        }
        other => panic!("{other:?}"),
    }
    let listed = lab.type_line(n(1), "etcdctl alarm list");
    assert_eq!(printed(&listed), "memberID:5 alarm:NOSPACE ");
    types(&mut lab, "etcdctl alarm disarm");
    for line in [
        "user add root:secret",
        "role add root",
        "user grant-role root root",
    ] {
        types(&mut lab, &format!("etcdctl {line}"));
    }
    ask(&mut lab, n(1), Request::AuthEnable(AuthEnableRequest {}));
    types(
        &mut lab,
        "etcdctl --user root:secret snapshot save backup.db",
    );
    recover(&mut lab);
    let refused = lab.type_line(n(1), "etcdctl get /leased");
    assert!(
        printed(&refused).contains("user name is empty"),
        "{refused:?}"
    );
    types(&mut lab, "etcdctl --user root:secret get /leased");
}

/// The members of the new cluster tell their names and where clients reach them; one whose
/// machine was not restored has not started, as in etcd.
#[test]
fn members_tell_of_themselves() {
    let mut lab = Lab::with_leader(3, 3);
    let snapshot = save(&mut lab);
    for line in ["kill all", "wipe n1 n2"] {
        types(&mut lab, line);
    }
    for node in [n(1), n(2)] {
        lab.act(restore(node, &[1, 2, 3], &snapshot));
        lab.restart(node);
    }
    types(&mut lab, "until leader within 20s");
    lab.pass(5_000_000);
    let list = lab.type_line(n(1), "etcdctl member list");
    assert_eq!(
        printed(&list),
        "9b116f88cab4dc9, unstarted, , http://n3:2380, , false\n\
         5440ff22fe632778, started, n1, http://n1:2380, http://n1:2379, false\n\
         5aa594b5d9b66c42, started, n2, http://n2:2380, http://n2:2379, false"
    );
}

/// Addresses are read as etcd reads them, and a machine that the old cluster removed may be named.
#[test]
fn members_may_be_written_otherwise_and_have_been_removed() {
    let mut lab = Lab::with_leader(3, 3);
    save(&mut lab);
    // Members are healthy once they have been connected for a while.
    lab.pass(6_000_000);
    for line in ["member remove n3", "kill all", "wipe n1"] {
        types(&mut lab, line);
    }
    types(
        &mut lab,
        "etcdctl snapshot restore backup.db --name n1 \
         --initial-cluster 'n1=HTTP://n1:2380,n3= http://n3:2380' \
         --initial-advertise-peer-urls ' http://n1:2380'",
    );
    let made = lab.run.frame().node(n(1)).map(|node| node.vote);
    assert_eq!(
        made,
        Some(Some(n(3))),
        "its member has the lowest identifier"
    );
}

fn restore(node: NodeId, members: &[u8], snapshot: &Bytes) -> Action {
    Action::Restore {
        node,
        origin: Box::new(Origin {
            snapshot: snapshot.clone(),
            members: members.iter().copied().map(n).collect(),
            token: CLUSTER_TOKEN.to_owned(),
        }),
    }
}

/// What makes no sense is refused, with what is wrong, and nothing happens.
#[test]
fn what_cannot_be_restored_is_refused() {
    let mut lab = Lab::with_leader(3, 4);
    let snapshot = save(&mut lab);
    let node = n(1);
    let large = Bytes::from(vec![0; MAX_SNAPSHOT_BYTES + 1]);
    let refused = |lab: &Lab, action: Action| lab.run.check(&action).expect_err("it is refused");
    let whole = |members: &[u8]| restore(node, members, &snapshot);
    assert_eq!(refused(&lab, whole(&[1])), ActionError::NotDown(node));
    lab.crash(node);
    assert_eq!(refused(&lab, whole(&[1])), ActionError::NotEmpty(node));
    lab.act(Action::Wipe { node });
    assert_eq!(refused(&lab, whole(&[1, 4])), ActionError::NoSuchNode(n(4)));
    let damaged = restore(node, &[1], &snapshot.slice(1..));
    assert_eq!(refused(&lab, damaged), ActionError::BadSnapshot(node));
    for (action, complaint) in [
        (whole(&[]), "the list of new members has to be in order"),
        (whole(&[2]), "the list of new members has to be in order"),
        (whole(&[2, 1]), "the list of new members has to be in order"),
        (whole(&[1, 1]), "the list of new members has to be in order"),
        (restore(node, &[1], &large), "has to be at most 512 KiB"),
    ] {
        let error = refused(&lab, action).to_string();
        assert!(error.contains(complaint), "{error}");
    }
    assert_eq!(lab.run.check(&whole(&[1])), Ok(()));
}

/// A link or a file cannot ask for more than a world takes.
#[test]
fn a_recording_restores_within_bounds() {
    let recording = |actions: Vec<Action>| Recording {
        setup: Setup::default(),
        seed: 1,
        actions: actions
            .into_iter()
            .map(|action| Stamped {
                step: 0,
                at: 0,
                action,
            })
            .collect(),
    };
    let refused = |recording: &Recording, complaint: &str| {
        let error = link::encode(recording).expect_err(complaint).to_string();
        assert!(error.contains(complaint), "{error}");
    };
    let large = Bytes::from(vec![0; MAX_SNAPSHOT_BYTES + 1]);
    let fits = large.slice(1..);
    let one = recording(vec![restore(n(1), &[1], &large)]);
    refused(&one, "actions[0]: a snapshot has to be at most 512 KiB");
    let many = recording(vec![restore(n(1), &[1], &fits); 32]);
    let link = link::encode(&many).expect("16 MiB of them are taken");
    assert_eq!(link::decode(&link, Start::default()), Ok(many));
    let more = recording(vec![restore(n(1), &[1], &fits); 33]);
    refused(&more, "actions[32]: the size of all keys and values so far");
    let mut token = restore(n(1), &[1], &fits);
    if let Action::Restore { origin, .. } = &mut token {
        origin.token = "t".repeat(101);
    }
    refused(
        &recording(vec![token]),
        "a cluster's token has to be at most 100 bytes",
    );
}

/// What etcdctl 3.4.23 prints where `snapshot restore` cannot be done, recorded with addresses
/// that it resolves.
#[test]
fn etcdctl_says_what_is_wrong() {
    const N2: &str = "n1=http://127.0.0.1:2380,n2=http://127.0.0.2:2380";
    let mut lab = Lab::with_leader(3, 5);
    save(&mut lab);
    for (flags, message) in [
        (
            format!("--name n3 --initial-cluster {N2}"),
            "couldn't find local name \"n3\" in the initial cluster configuration",
        ),
        (
            "--name n2 --initial-cluster ''".to_owned(),
            "couldn't find local name \"n2\" in the initial cluster configuration",
        ),
        (
            format!("--name n2 --initial-cluster {N2}"),
            "--initial-cluster has n2=http://127.0.0.2:2380 but missing from \
             --initial-advertise-peer-urls=http://localhost:2380 \
             (resolved urls: \"http://localhost:2380\" != \"http://127.0.0.2:2380\")",
        ),
        (
            format!("--name n2 --initial-cluster {N2}/x"),
            "URL must not contain a path: http://127.0.0.2:2380/x",
        ),
        (
            format!("--name n2 --initial-cluster {N2} --initial-advertise-peer-urls ''"),
            "URL scheme must be http, https, unix, or unixs: ",
        ),
        (
            format!("--name n2 --initial-cluster {N2} --initial-advertise-peer-urls foo"),
            "URL scheme must be http, https, unix, or unixs: foo",
        ),
        (
            "--name n2 --initial-cluster n1=http://n1:2380,n2".to_owned(),
            "URL scheme must be http, https, unix, or unixs: ",
        ),
        (
            "--name n2 --initial-cluster n2=n2:2380".to_owned(),
            "URL scheme must be http, https, unix, or unixs: n2:2380",
        ),
        (
            "--name n2 --initial-cluster n2=http://n2".to_owned(),
            "URL address does not have the form \"host:port\": http://n2",
        ),
        (
            format!(
                "--name n2 --initial-cluster {N2} --initial-advertise-peer-urls \
                 http://127.0.0.2:2380,http://127.0.0.3:2380"
            ),
            "--initial-advertise-peer-urls has http://127.0.0.3:2380 but missing from \
             --initial-cluster=n2=http://127.0.0.2:2380,n2=http://127.0.0.3:2380",
        ),
        (
            "--name n2 --initial-cluster n1=http://n1:2380,n2=http://n2:2380,n2=http://n3:2380 \
             --initial-advertise-peer-urls http://n2:2380"
                .to_owned(),
            "--initial-cluster has n2=http://n3:2380 but missing from \
             --initial-advertise-peer-urls=http://n2:2380 \
             (len([\"http://n2:2380\"]) != len([\"http://n2:2380\" \"http://n3:2380\"]))",
        ),
        (
            "--name n9 --initial-cluster n9=http://127.0.0.2:2380,n9=http://127.0.0.2:2380 \
             --initial-advertise-peer-urls http://127.0.0.2:2380"
                .to_owned(),
            "failed to resolve http://127.0.0.2:2380 to match \
             --initial-cluster=n9=http://127.0.0.2:2380 \
             (len([\"http://127.0.0.2:2380\"]) != \
             len([\"http://127.0.0.2:2380\" \"http://127.0.0.2:2380\"]))",
        ),
        (
            "--name n2 --initial-cluster n1=http://n2:2380,n2=http://n2:2380 \
             --initial-advertise-peer-urls http://n2:2380"
                .to_owned(),
            "initial cluster n1=http://n2:2380,n2=http://n2:2380 has duplicate url",
        ),
        (
            "--name n1 --initial-cluster n1=http://n1:2380 \
             --initial-advertise-peer-urls http://n1:2380"
                .to_owned(),
            "data-dir \"n1.etcd\" exists",
        ),
    ] {
        let line = format!("etcdctl snapshot restore {FILE} {flags}");
        let entry = lab.type_line(n(1), &line);
        assert_eq!(printed(&entry), format!("Error: {message}"), "{line}");
        assert_eq!(entry.exit, Some(1), "{line}");
    }
}

/// What only the lab can say: which nodes there are, and whose data directory is whose.
#[test]
fn the_lab_says_which_nodes_there_are() {
    let mut lab = Lab::with_leader(3, 5);
    save(&mut lab);
    types(&mut lab, "kill n1");
    types(&mut lab, "wipe n1");
    for (flags, message) in [
        (
            "--name n1 --initial-cluster n1=http://n1:2380,n7=http://n7:2380 \
             --initial-advertise-peer-urls http://n1:2380",
            "Error: no node here is n7=http://n7:2380: \
             those there are go from n1=http://n1:2380 to n3",
        ),
        (
            "--name n1 --initial-cluster n1=http://n2:2380 \
             --initial-advertise-peer-urls http://n2:2380",
            "Error: no node here is n1=http://n2:2380: \
             those there are go from n1=http://n1:2380 to n3",
        ),
        (
            "--data-dir ./n1.etcd/",
            "Error: \"./n1.etcd/\" is the data-dir of n1, and not of default",
        ),
    ] {
        let line = format!("etcdctl snapshot restore {FILE} {flags}");
        let entry = lab.type_line(n(1), &line);
        assert_eq!(printed(&entry), message, "{line}");
    }
    // Nothing is emptied for a snapshot that is none, or for a node that runs.
    lab.console
        .files_mut()
        .write("bad.db", Bytes::from_static(b"\x08"))
        .expect("there is room");
    types(&mut lab, "restart n1");
    let before = lab.run.recording().actions.len();
    types(&mut lab, "kill n1");
    for (line, message) in [
        (
            "restore bad.db",
            "restore: bad.db is no snapshot, or is damaged",
        ),
        (
            "restore none.db",
            "restore: none.db: No such file or directory",
        ),
        ("restore backup.db n1 n2", "restore: n2 is not down"),
    ] {
        let entry = lab.type_line(n(2), line);
        assert_eq!(printed(&entry), message);
        assert_eq!(entry.exit, Some(1));
    }
    assert_eq!(lab.run.recording().actions.len(), before + 1);
}

/// Whatever is done to a cluster, with snapshots put back into some nodes and not into others,
/// under this token and that: the picture is right, nobody panics, and the run repeats.
#[test]
fn recoveries_in_the_midst_of_everything() {
    for seed in 0..24 {
        let run = Run::new(chaos::setup(), seed).expect("the setup is valid");
        let mut dice = Dice::new(seed);
        let mut lab = Lab::of(run, seed);
        let mut watch = Watch::new();
        let mut restored = 0;
        let mut recoveries = Recoveries::default();
        for _ in 0..120 {
            restored += recoveries.disturb(&mut lab.run, &mut dice, 60);
            lab.assert_nodes("with recoveries");
            watch
                .follow(lab.run.record())
                .expect("all is in the record");
        }
        assert!(restored > 20, "seed {seed}: {restored}");
        let end = lab.run.now() + 1;
        lab.run.advance(end);
        let mut again = Run::replay(lab.run.recording()).expect("it was recorded");
        again.advance(end);
        assert_eq!(hash(&again), hash(&lab.run), "seed {seed}");
    }
}

/// A cluster of one that has lost its machine is there again.
#[test]
fn a_single_node() {
    let mut lab = Lab::with_leader(1, 6);
    ask(&mut lab, n(1), put("a", "1"));
    save(&mut lab);
    recover(&mut lab);
    match ask(&mut lab, n(1), get("a")) {
        Response::Range(range) => assert_eq!(range.kvs[0].value, "1"),
        other => panic!("{other:?}"),
    }
}
