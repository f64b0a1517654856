//! Answers with one field a line (`printer_fields.go`).

use std::fmt::{Display, Write as _};

use crate::etcd::{
    DeleteRangeResponse, KeyValue, MemberInfo, PermissionType, PutResponse, RangeResponse,
    Response, ResponseHeader, ResponseUnion, WatchResponse,
};

use super::super::text::quoted;
use super::Printer;
use super::simple::{alarm_name, event_type};

/// A line: `"Name" : value`.
pub(super) fn field(text: &mut String, name: &str, value: impl Display) {
    let _infallible = writeln!(text, "\"{name}\" : {value}");
}

/// The fields of a header.
pub(super) fn header(text: &mut String, header: Option<&ResponseHeader>) {
    let header = header.cloned().unwrap_or_default();
    field(text, "ClusterID", header.cluster_id);
    field(text, "MemberID", header.member_id);
    field(text, "Revision", header.revision);
    field(text, "RaftTerm", header.raft_term);
}

impl Printer {
    /// An answer in the format `fields`; nothing where etcdctl has none.
    pub(super) fn fields(self, response: &Response) -> Option<String> {
        let mut text = String::new();
        match response {
            Response::Range(range) => fields_range(&mut text, range),
            Response::Put(put) => fields_put(&mut text, put),
            Response::DeleteRange(delete) => fields_delete(&mut text, delete),
            Response::MemberAdd(_)
            | Response::MemberRemove(_)
            | Response::MemberUpdate(_)
            | Response::MemberPromote(_)
            | Response::MoveLeader(_)
            | Response::UserGet(_)
            | Response::UserList(_) => return None,
            _ => {
                header(&mut text, response.header());
                fields_more(&mut text, response);
            }
        }
        Some(text)
    }

    /// Events as `watch -w fields` prints them.
    pub(super) fn fields_events(self, response: &WatchResponse) -> String {
        let mut text = String::new();
        header(&mut text, response.header.as_ref());
        for event in &response.events {
            field(&mut text, "Type", event_type(event));
            if let Some(kv) = &event.prev_kv {
                pair(&mut text, "Prev", kv);
            }
            pair(&mut text, "", &event.kv.clone().unwrap_or_default());
        }
        text
    }
}

/// What follows the header.
fn fields_more(text: &mut String, response: &Response) {
    match response {
        Response::Txn(txn) => {
            field(text, "Succeeded", txn.succeeded);
            for response in &txn.responses {
                match &response.response {
                    Some(ResponseUnion::Range(range)) => fields_range(text, range),
                    Some(ResponseUnion::Put(put)) => fields_put(text, put),
                    Some(ResponseUnion::DeleteRange(delete)) => fields_delete(text, delete),
                    Some(ResponseUnion::Txn(_)) | None => {}
                }
            }
        }
        Response::LeaseGrant(lease) => id_and_ttl(text, lease.id, lease.ttl),
        Response::LeaseKeepAlive(lease) => id_and_ttl(text, lease.id, lease.ttl),
        Response::LeaseTimeToLive(lease) => {
            id_and_ttl(text, lease.id, lease.ttl);
            field(text, "GrantedTTL", lease.granted_ttl);
            for key in &lease.keys {
                field(text, "Key", quoted(key));
            }
        }
        Response::LeaseLeases(list) => {
            for lease in &list.leases {
                field(text, "ID", lease.id);
            }
        }
        Response::MemberList(list) => fields_members(text, &list.members),
        Response::Alarm(alarms) => {
            for alarm in &alarms.alarms {
                field(text, "MemberID", alarm.member_id);
                field(text, "AlarmType", alarm_name(alarm.alarm));
                text.push('\n');
            }
        }
        Response::RoleGet(role) => {
            for permission in &role.perm {
                let kinds = [
                    PermissionType::Write as i32,
                    PermissionType::ReadWrite as i32,
                ];
                let place = kinds.iter().position(|kind| *kind == permission.perm_type);
                let kind = ["READ", "WRITE", "READWRITE"][place.map_or(0, |place| place + 1)];
                field(text, "PermType", format_args!(" {kind}"));
                field(text, "Key", quoted(&permission.key));
                field(text, "RangeEnd", quoted(&permission.range_end));
            }
        }
        Response::RoleList(list) => {
            let roles = list
                .roles
                .iter()
                .map(|role| format!(" {}", quoted(role.as_bytes())));
            let _infallible = writeln!(text, "\"Roles\" :{}", roles.collect::<String>());
        }
        _ => {}
    }
}

fn id_and_ttl(text: &mut String, id: i64, ttl: i64) {
    field(text, "ID", id);
    field(text, "TTL", ttl);
}

fn fields_range(text: &mut String, range: &RangeResponse) {
    header(text, range.header.as_ref());
    for kv in &range.kvs {
        pair(text, "", kv);
    }
    field(text, "More", range.more);
    field(text, "Count", range.count);
}

fn fields_put(text: &mut String, put: &PutResponse) {
    header(text, put.header.as_ref());
    if let Some(kv) = &put.prev_kv {
        pair(text, "Prev", kv);
    }
}

fn fields_delete(text: &mut String, delete: &DeleteRangeResponse) {
    header(text, delete.header.as_ref());
    field(text, "Deleted", delete.deleted);
    for kv in &delete.prev_kvs {
        pair(text, "Prev", kv);
    }
}

/// A pair; `--hex` means nothing here.
fn pair(text: &mut String, prefix: &str, kv: &KeyValue) {
    field(text, &format!("{prefix}Key"), quoted(&kv.key));
    for (name, value) in [
        ("CreateRevision", kv.create_revision),
        ("ModRevision", kv.mod_revision),
        ("Version", kv.version),
    ] {
        field(text, &format!("{prefix}{name}"), value);
    }
    field(text, &format!("{prefix}Value"), quoted(&kv.value));
    field(text, &format!("{prefix}Lease"), kv.lease);
}

/// Members in the format `fields`.
fn fields_members(text: &mut String, members: &[MemberInfo]) {
    for member in members {
        field(text, "ID", member.id);
        field(text, "Name", quoted(member.name.as_bytes()));
        for (name, urls) in [
            ("PeerURL", &member.peer_urls),
            ("ClientURL", &member.client_urls),
        ] {
            for url in urls {
                field(text, name, quoted(url.as_bytes()));
            }
        }
        field(text, "IsLearner", member.is_learner);
        text.push('\n');
    }
}
