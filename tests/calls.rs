//! Any request of any call, for the tests of what is written down and read again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use glassraft_core::etcd::{
    LeaseKeepAliveRequest, Request, StreamRequest, WatchCancelRequest, WatchCreateRequest,
    WatchProgressRequest, WatchRequest, WatchRequestUnion, gateway,
};

use crate::recordings::{Random, any_request, any_request_about_members};

/// Any request that has no form of its own in links and files.
#[must_use]
pub fn any_request_of_another_kind(random: &mut Random) -> Request {
    loop {
        let request = any_call(random);
        let has_form = matches!(
            request,
            Request::Put(_) | Request::Range(_) | Request::DeleteRange(_)
        );
        if !has_form && !request.is_about_members() {
            return request;
        }
    }
}

/// Any request of any call.
#[must_use]
pub fn any_call(random: &mut Random) -> Request {
    let (_, number) = Request::PATHS[random.place(Request::PATHS.len())];
    let text = any_message(random, number);
    gateway::request(number, &text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

/// Anything that a client may say on a stream.
#[must_use]
pub fn any_on_stream(random: &mut Random) -> StreamRequest {
    let number = if random.chance(50) {
        random.below(3).cast_signed()
    } else {
        random.magnitude(63).cast_signed()
    };
    let request = match random.below(8) {
        0 => return StreamRequest::LeaseKeepAlive(LeaseKeepAliveRequest { id: number }),
        1 => WatchRequestUnion::Cancel(WatchCancelRequest { watch_id: number }),
        2 => WatchRequestUnion::Progress(WatchProgressRequest {}),
        3 => return StreamRequest::Watch(WatchRequest { request: None }),
        _ => WatchRequestUnion::Create(WatchCreateRequest {
            key: random.bytes().into(),
            range_end: random.bytes().into(),
            start_revision: number,
            progress_notify: random.chance(20),
            filters: (0..random.below(3))
                .map(|_| i32::from(random.chance(50)))
                .collect(),
            prev_kv: random.chance(30),
            watch_id: if random.chance(20) { 7 } else { 0 },
            fragment: random.chance(20),
        }),
    };
    StreamRequest::Watch(WatchRequest {
        request: Some(request),
    })
}

/// What a call may be asked, in the gateway's JSON.
fn any_message(random: &mut Random, number: u8) -> String {
    let id = if random.chance(80) {
        random.below(9)
    } else {
        random.magnitude(63)
    };
    let flag = random.chance(50);
    let name = ["root", "alice", "", "two words", "\u{e9}"][random.place(5)];
    let key = STANDARD.encode(random.bytes());
    let range_end = STANDARD.encode(random.bytes());
    match number {
        0..=2 => gateway::request_json(&loop {
            let request = any_request(random);
            if request.number() == number {
                break request;
            }
        }),
        3 => any_txn(random, 0),
        4 => format!("{{\"revision\":{id},\"physical\":{flag}}}"),
        10 => format!("{{\"TTL\":\"{id}\",\"ID\":{}}}", random.magnitude(63)),
        11..=13 => format!("{{\"ID\":{id},\"keys\":{flag}}}"),
        20..=24 => gateway::request_json(&loop {
            let request = any_request_about_members(random);
            if request.number() == number {
                break request;
            }
        }),
        30 => {
            let (action, alarm) = (random.below(4), random.below(3));
            format!("{{\"action\":{action},\"memberID\":{id},\"alarm\":{alarm}}}")
        }
        34 => format!("{{\"revision\":{id}}}"),
        36 => format!("{{\"targetID\":{id}}}"),
        // Of all these fields, a call takes its own.
        40..=63 => format!(
            "{{\"name\":\"{name}\",\"user\":\"{name}\",\"role\":\"{name}\",\
             \"password\":\"{id}\",\"options\":{{\"no_password\":{flag}}}}}"
        ),
        64 => format!(
            "{{\"name\":\"{name}\",\"perm\":{{\"permType\":{},\"key\":\"{key}\",\
             \"range_end\":\"{range_end}\"}}}}",
            random.below(3)
        ),
        65 => format!("{{\"role\":\"{name}\",\"key\":\"{key}\",\"range_end\":\"{range_end}\"}}"),
        _ => "{}".to_owned(),
    }
}

/// A transaction in the gateway's JSON, with others in it.
fn any_txn(random: &mut Random, depth: u32) -> String {
    const TARGETS: [&str; 5] = [
        "version",
        "create_revision",
        "mod_revision",
        "value",
        "lease",
    ];
    let compare = |random: &mut Random| {
        let target = random.place(5);
        let value = match target {
            3 => format!("\"{}\"", STANDARD.encode(random.bytes())),
            _ => random.below(9).to_string(),
        };
        format!(
            "{{\"key\":\"{}\",\"target\":{target},\"result\":{},\"{}\":{value}}}",
            STANDARD.encode(random.bytes()),
            random.below(4),
            TARGETS[target]
        )
    };
    let operation = |random: &mut Random| {
        if depth < 2 && random.chance(20) {
            return format!("{{\"request_txn\":{}}}", any_txn(random, depth + 1));
        }
        let request = any_request(random);
        let name = ["range", "put", "delete_range"][usize::from(request.number())];
        format!("{{\"request_{name}\":{}}}", gateway::request_json(&request))
    };
    let compares: Vec<String> = (0..random.below(3)).map(|_| compare(random)).collect();
    let mut operations = || -> String {
        let count = random.below(4);
        let operations: Vec<String> = (0..count).map(|_| operation(random)).collect();
        operations.join(",")
    };
    format!(
        "{{\"compare\":[{}],\"success\":[{}],\"failure\":[{}]}}",
        compares.join(","),
        operations(),
        operations()
    )
}
