//! Links.

use glassraft_core::etcd::{
    MemberAddRequest, MemberUpdateRequest, PutRequest, Request, RequestOp, RequestUnion, TxnRequest,
};
use glassraft_core::member::Options;
use glassraft_core::share::{self, LinkError, ReadError, Start, limits, link};
use glassraft_core::trace::Stamped;
use glassraft_core::world::{Action, ClockChange, DiskChange, Span};
use glassraft_tests::forge::{self, varint};
use glassraft_tests::recordings::{self, Random};
use glassraft_tests::{n, put};

/// Every recording comes back as it was, whatever is done in it.
#[test]
fn a_link_is_read_back() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let actions = random.place(60);
        let recording = recordings::any(&mut random, actions);
        let link = link::encode(&recording).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let back = link::decode(&link, Start::default());
        assert_eq!(back, Ok(recording), "seed {seed}: {link}");
    }
}

/// A lecture with 200 actions, the half of them puts and reads, fits into 2 000 characters.
#[test]
fn a_lecture_is_a_short_link() {
    for seed in 0..6 {
        let recording = recordings::lecture(seed, 200);
        let link = link::encode(&recording).expect("a lecture fits a link");
        assert!(link.len() < 2_000, "seed {seed}: {} characters", link.len());
        assert_eq!(
            link::decode(&link, Start::default()),
            Ok(recording),
            "seed {seed}"
        );
    }
}

fn error(link: &str) -> String {
    link::decode(link, Start::default())
        .expect_err(&link[..link.len().min(80)])
        .to_string()
}

/// A link that says so many actions, with these bytes behind the head.
fn forged(actions: u64, rest: &[u8]) -> String {
    let mut bytes = [varint(1), varint(7), varint(0), varint(actions), varint(0)].concat();
    bytes.extend_from_slice(rest);
    forge::seal(&bytes)
}

/// A tiny link that asks for something huge is refused, and the message says what.
#[test]
fn what_is_huge_is_refused() {
    let huge_time = [&[0, 0][..], &varint(u64::MAX >> 16), &varint(0), &[2, 1]].concat();
    let far_step = [&[0, 0][..], &varint(0), &varint(2 * 100_000_000), &[2, 1]].concat();
    let cases = [
        (
            "nodes=1000000",
            "nodes is `1000000', but has to be 1 to 15".to_owned(),
        ),
        (
            &forge::seal(
                &[
                    varint(1),
                    varint(7),
                    vec![1, 1],
                    varint(1_000_000),
                    vec![0, 0],
                ]
                .concat(),
            ),
            "setting 1 is not known here".to_owned(),
        ),
        (
            &forge::seal(&[varint(1), varint(7), vec![1, 1], varint(200), vec![0, 0]].concat()),
            "setup: nodes is 200, but has to be 1 to 15".to_owned(),
        ),
        (
            &forged(1_000_000_000, &[]),
            "there are 1000000000; at most 100000".to_owned(),
        ),
        (
            &forged(99_999, &[]),
            "the list of actions cannot be read".to_owned(),
        ),
        (
            &forged(1, &huge_time),
            "actions[0]: at_us has to be at most one day".to_owned(),
        ),
        (
            &forged(1, &far_step),
            "actions[0]: step has to be at most 4000000".to_owned(),
        ),
        (&forged(0, &[9; 3]), "3 bytes are left over".to_owned()),
        (
            &forge::seal(&varint(2)),
            "made for runs of behaviour 2".to_owned(),
        ),
        (&forge::seal(&[]), "the head cannot be read".to_owned()),
        (
            &forge::seal_deflated(&forge::bomb(2)),
            "more than 1048576 bytes".to_owned(),
        ),
        (
            &forge::seal_deflated(&forge::bomb(150)),
            "more than 1048576 bytes".to_owned(),
        ),
        (
            &forge::seal_deflated(&forge::bomb(1024)),
            "at most 262144 are allowed".to_owned(),
        ),
        (
            &forge::seal_deflated(b"\xff\xff\xff"),
            "it does not unpack".to_owned(),
        ),
    ];
    for (link, wanted) in cases {
        let said = error(link);
        assert!(said.contains(&wanted), "{said}\n{wanted}");
    }
}

/// What an action may ask for is bounded, whatever carries it.
#[test]
fn an_action_cannot_ask_for_too_much() {
    let refused = |action: Action, wanted: &str| {
        let mut recording = recordings::any(&mut Random::new(1), 0);
        let (step, at) = (1, 1);
        recording.actions.push(Stamped { step, at, action });
        let error = limits::check(&recording).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}\n{wanted}");
    };
    let node = n(1);
    let day = 86_400_000_001;
    let change = ClockChange::Jump(u64::MAX);
    refused(
        Action::Clock { node, change },
        "the ticks of jumps included",
    );
    let change = DiskChange::Sync(Span {
        min_us: 1,
        max_us: day,
    });
    refused(
        Action::Disk { node, change },
        "a duration has to be at most one day",
    );
    let request = Action::Request {
        node,
        request: put("a", "b"),
        timeout_us: u64::MAX,
    };
    refused(request, "a duration has to be at most one day");
    let members = |request| Action::Request {
        node,
        request,
        timeout_us: 1,
    };
    let add = |urls: usize, bytes: usize| MemberAddRequest {
        peer_urls: vec!["x".repeat(bytes); urls],
        is_learner: false,
    };
    refused(
        members(Request::MemberAdd(add(17, 1))),
        "a list of peer addresses has to be of at most 16",
    );
    let update = MemberUpdateRequest {
        id: 1,
        peer_urls: add(1, 257).peer_urls,
    };
    refused(
        members(Request::MemberUpdate(update)),
        "a peer address has to be of at most 256 bytes",
    );
    let nested = (0..33).fold(TxnRequest::default(), |inner, _| TxnRequest {
        success: vec![RequestOp {
            request: Some(RequestUnion::Txn(inner)),
        }],
        ..TxnRequest::default()
    });
    let wide = TxnRequest {
        failure: vec![RequestOp::default(); 1_024],
        ..TxnRequest::default()
    };
    for txn in [nested, wide] {
        refused(
            members(Request::Txn(txn)),
            "a transaction has to be of at most 1024 conditions and operations, nested at most",
        );
    }
    refused(Action::Join { node: n(16) }, "a node has to be n1 to n15");
    refused(
        Action::TransferLeader { node, to: n(200) },
        "a node has to be n1 to n15",
    );
    let groups = vec![vec![node]; 33];
    refused(
        Action::Partition { groups },
        "a partition has to be of at most 32 groups",
    );
    let voters = vec![node; 16];
    let learners = Vec::new();
    refused(
        Action::Reconfigure {
            node,
            voters,
            learners,
        },
        "a list of nodes has to be of at most 15",
    );
    let options = Box::new(Options {
        tick_us: 1,
        ..Options::default()
    });
    refused(
        Action::Options { node, options },
        "options.tick_us has to be 1000 to 10000000",
    );
    let value = "x".repeat(17 << 20);
    let request = Action::Request {
        node,
        request: put("a", &value),
        timeout_us: 1,
    };
    refused(
        request,
        "all keys and values so far has to be at most 16 MiB",
    );
}

/// Damage is noticed wherever it is, and nothing else comes out of it.
#[test]
fn damage_is_noticed() {
    let recording = recordings::any(&mut Random::new(5), 20);
    let link = link::encode(&recording).expect("it fits");
    for place in 0..link.len() {
        let mut changed = link.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("it is ASCII");
        assert!(
            link::decode(&changed, Start::default()).is_err(),
            "place {place}"
        );
        if place > 0 {
            assert!(
                link::decode(&link[..place], Start::default()).is_err(),
                "cut at {place}"
            );
        }
    }
    assert!(error(&link[..link.len() - 1]).contains("damaged"));
    assert!(error(&format!("{link}%20")).contains("the character at place"));
    assert!(error(&link.replace("run=1.", "run=2.")).contains("version `2'"));
    assert!(error(&link.replace("run=1.", "run=")).contains("damaged"));
    assert!(error("x=1").contains("there is no `x'"));
}

/// Recordings that no link carries are not made into one.
#[test]
fn what_would_not_be_read_back_is_not_written() {
    let mut recording = recordings::any(&mut Random::new(5), 3);
    recording.actions[2].step = u64::MAX;
    assert!(link::encode(&recording).is_err());
    recording.actions[2].step = 0;
    recording.actions[1].step = 1;
    assert!(link::encode(&recording).is_err());
    let mut random = Random::new(6);
    let long: Vec<u8> = (0..300_000)
        .map(|_| random.draw().to_le_bytes()[0])
        .collect();
    let mut recording = recordings::any(&mut random, 0);
    recording.actions.push(Stamped {
        step: 0,
        at: 0,
        action: Action::Request {
            node: n(1),
            request: Request::Put(PutRequest {
                key: long.into(),
                ..PutRequest::default()
            }),
            timeout_us: 1,
        },
    });
    assert!(matches!(
        link::encode(&recording),
        Err(LinkError::TooLong { .. })
    ));
}

/// What a person pastes: a link with or without its address, a short one, a file.
#[test]
fn whatever_carries_a_recording_is_read() {
    let recording = recordings::any(&mut Random::new(9), 4);
    let link = link::encode(&recording).expect("it fits");
    for text in [
        link.clone(),
        format!("#{link}"),
        format!("https://example.org/glassraft/?x=1#{link}\n"),
        format!("  file:///index.html#{link}  "),
        format!("\u{feff}#{link}"),
    ] {
        assert_eq!(share::read(&text).as_ref(), Ok(&recording), "{text}");
    }
    let short = share::read("http://127.0.0.1:8080/#nodes=3&seed=42").expect("a short link");
    assert_eq!(
        (short.setup.nodes, short.seed, short.actions.len()),
        (3, 42, 0)
    );
    assert_eq!(link::encode(&short).as_deref(), Ok("nodes=3&seed=42"));
    assert_eq!(share::read(" \n"), Err(ReadError::Empty));
    assert!(matches!(share::read("kill n3"), Err(ReadError::Link(_))));
    for json in ["{ nonsense", "[]", &"[".repeat(1_000_000)] {
        let read = share::read(json);
        assert!(matches!(read, Err(ReadError::Scenario(_))), "{read:?}");
    }
}
