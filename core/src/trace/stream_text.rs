//! What happens on a stream, as text; [`super::text`] lists all forms.

use std::fmt::Write as _;

use crate::etcd::{
    Event as Change, EventType, StreamRequest, StreamResponse, WatchCreateRequest, WatchRequest,
    WatchRequestUnion, WatchResponse,
};
use crate::member::RequestId;
use crate::world::StreamStep;

use super::plain::bytes;

/// What happened.
pub(super) fn step_text(RequestId(id): RequestId, step: &StreamStep) -> String {
    match step {
        StreamStep::Opened(request) => format!("opened stream={id} {}", said_text(request)),
        StreamStep::Said(request) => format!("said stream={id} {}", said_text(request)),
        StreamStep::Heard(response) => format!("heard stream={id} {}", heard_text(response)),
        StreamStep::Broke(error) => format!("broke stream={id} error={error:?}"),
        StreamStep::Closed(None) => format!("closed stream={id}"),
        StreamStep::Closed(Some(error)) => format!("closed stream={id} error={error:?}"),
    }
}

/// What a client says.
pub(super) fn said_text(request: &StreamRequest) -> String {
    match request {
        StreamRequest::Watch(WatchRequest { request }) => match request {
            Some(WatchRequestUnion::Create(create)) => create_text(create),
            Some(WatchRequestUnion::Cancel(cancel)) => format!("cancel:{}", cancel.watch_id),
            Some(WatchRequestUnion::Progress(_)) => "progress".to_owned(),
            None => "nothing".to_owned(),
        },
        StreamRequest::LeaseKeepAlive(request) => format!("keep-alive:{:x}", request.id),
    }
}

fn create_text(create: &WatchCreateRequest) -> String {
    let mut text = format!("watch:{}", bytes(&create.key));
    if !create.range_end.is_empty() {
        let _infallible = write!(text, " end={}", bytes(&create.range_end));
    }
    for filter in &create.filters {
        let _infallible = write!(text, " filter={filter}");
    }
    let further = [
        ("start_revision", create.start_revision),
        ("progress_notify", create.progress_notify.into()),
        ("prev_kv", create.prev_kv.into()),
        ("watch_id", create.watch_id),
        ("fragment", create.fragment.into()),
    ];
    for (name, value) in further.into_iter().filter(|(_, value)| *value != 0) {
        let _infallible = write!(text, " {name}={value}");
    }
    text
}

/// What a client hears.
pub(super) fn heard_text(response: &StreamResponse) -> String {
    let revision = response.header().map_or(0, |header| header.revision);
    match response {
        StreamResponse::Watch(response) => watch_text(response, revision),
        StreamResponse::LeaseKeepAlive(response) => {
            let (id, ttl) = (response.id, response.ttl);
            format!("keep-alive:{id:x} ttl={ttl} revision={revision}")
        }
    }
}

fn watch_text(response: &WatchResponse, revision: i64) -> String {
    let mut text = format!("watch:{} revision={revision}", response.watch_id);
    for (name, is_so) in [
        ("created", response.created),
        ("canceled", response.canceled),
        ("fragment", response.fragment),
    ] {
        if is_so {
            let _infallible = write!(text, " {name}");
        }
    }
    if response.compact_revision != 0 {
        let _infallible = write!(text, " compacted={}", response.compact_revision);
    }
    if !response.cancel_reason.is_empty() {
        let reason = bytes(response.cancel_reason.as_bytes());
        let _infallible = write!(text, " reason={reason}");
    }
    if !response.events.is_empty() {
        let changes: Vec<String> = response.events.iter().map(change_text).collect();
        let _infallible = write!(text, " [{}]", changes.join(" "));
    }
    text
}

fn change_text(change: &Change) -> String {
    let Some(kv) = &change.kv else {
        return "nothing".to_owned();
    };
    let key = bytes(&kv.key);
    let mut text = if change.r#type == i32::from(EventType::Delete) {
        format!("delete:{key} mod={}", kv.mod_revision)
    } else {
        format!(
            "put:{key}={} mod={} create={} version={}",
            bytes(&kv.value),
            kv.mod_revision,
            kv.create_revision,
            kv.version
        )
    };
    if kv.lease != 0 {
        let _infallible = write!(text, " lease={:x}", kv.lease);
    }
    if let Some(before) = &change.prev_kv {
        let value = bytes(&before.value);
        let _infallible = write!(text, " before={value} before-mod={}", before.mod_revision);
    }
    text
}
