//! Answers for people (`printer_simple.go`).

use std::fmt::Write as _;

use crate::etcd::{
    AlarmType, AuthRoleGetResponse, Event, EventType, KeyValue, LeaseTimeToLiveResponse,
    Permission, PermissionType, Response, ResponseUnion, TxnResponse, prefix_range_end,
};

use super::super::text::hex;
use super::{Printer, Told, grid};

impl Printer {
    /// An answer in the format `simple`.
    pub(super) fn simple(self, response: &Response, told: &Told) -> String {
        match told {
            Told::Text(text) | Told::Always(text) => return text.clone(),
            Told::Member(id, what) => {
                let cluster = response.header().map_or(0, |header| header.cluster_id);
                return format!("Member {id:16x} {what} cluster {cluster:16x}");
            }
            _ => {}
        }
        match (response, told) {
            (Response::Put(put), _) => self.pairs("OK\n".to_owned(), put.prev_kv.as_slice()),
            (Response::Range(range), _) => self.pairs(String::new(), &range.kvs),
            (Response::DeleteRange(delete), _) => {
                self.pairs(format!("{}\n", delete.deleted), &delete.prev_kvs)
            }
            (Response::Txn(txn), _) => self.txn(txn),
            (Response::LeaseGrant(lease), _) => {
                format!("lease {:016x} granted with TTL({}s)", lease.id, lease.ttl)
            }
            (Response::LeaseKeepAlive(lease), _) => {
                format!("lease {:016x} keepalived with TTL({})", lease.id, lease.ttl)
            }
            (Response::LeaseTimeToLive(lease), told) => {
                time_to_live(lease, matches!(told, Told::LeaseKeys))
            }
            (Response::LeaseLeases(list), _) => {
                let mut text = format!("found {} leases\n", list.leases.len());
                for lease in &list.leases {
                    let _infallible = writeln!(text, "{:016x}", lease.id);
                }
                text
            }
            (Response::MemberList(list), _) => grid::joined(&grid::member_rows(&list.members)),
            (Response::Alarm(alarms), _) => {
                let mut text = String::new();
                for alarm in &alarms.alarms {
                    if alarm.member_id != 0 {
                        let _infallible = write!(text, "memberID:{} ", alarm.member_id);
                    }
                    let _infallible = writeln!(text, "{}", alarm_text(alarm.alarm));
                }
                text
            }
            (Response::RoleGet(role), Told::Role(name)) => role_text(name, role),
            (Response::UserGet(user), Told::User(name)) => {
                let roles = user.roles.iter().map(|role| format!(" {role}"));
                format!("User: {name}\nRoles:{}", roles.collect::<String>())
            }
            (Response::RoleList(list), _) => list.roles.join("\n"),
            (Response::UserList(list), _) => list.users.join("\n"),
            _ => String::new(),
        }
    }

    /// Events as `watch` prints them.
    pub(super) fn simple_events(self, events: &[Event]) -> String {
        let mut text = String::new();
        for event in events {
            let _infallible = writeln!(text, "{}", event_type(event));
            text = self.pairs(text, event.prev_kv.as_slice());
            text = self.pairs(text, event.kv.as_slice());
        }
        text
    }

    /// Keys and values, a line each.
    fn pairs(self, mut text: String, kvs: &[KeyValue]) -> String {
        for kv in kvs {
            let both = [(&kv.key, !self.value_only), (&kv.value, true)];
            for (bytes, _) in both.into_iter().filter(|(_, shown)| *shown) {
                match self.hex {
                    true => text.push_str(&hex(bytes)),
                    false => text.push_str(&String::from_utf8_lossy(bytes)),
                }
                text.push('\n');
            }
        }
        text
    }

    fn txn(self, txn: &TxnResponse) -> String {
        let mut text = if txn.succeeded {
            "SUCCESS\n"
        } else {
            "FAILURE\n"
        }
        .to_owned();
        for response in &txn.responses {
            text.push('\n');
            text = match &response.response {
                Some(ResponseUnion::Range(range)) => self.pairs(text, &range.kvs),
                Some(ResponseUnion::Put(put)) => self.pairs(text + "OK\n", put.prev_kv.as_slice()),
                Some(ResponseUnion::DeleteRange(delete)) => {
                    self.pairs(format!("{text}{}\n", delete.deleted), &delete.prev_kvs)
                }
                // A line of etcdctl holds no transaction within a transaction.
                Some(ResponseUnion::Txn(_)) | None => text,
            };
        }
        text
    }
}

/// `PUT` or `DELETE`.
pub(super) fn event_type(event: &Event) -> &'static str {
    match event.r#type == EventType::Delete as i32 {
        true => "DELETE",
        false => "PUT",
    }
}

/// An alarm as protobuf's text has it: `alarm:NOSPACE `.
fn alarm_text(alarm: i32) -> String {
    match alarm_name(alarm) {
        "NONE" => String::new(),
        name => format!("alarm:{name} "),
    }
}

/// An alarm's name.
pub(super) fn alarm_name(alarm: i32) -> &'static str {
    let known = [
        (AlarmType::NoSpace, "NOSPACE"),
        (AlarmType::Corrupt, "CORRUPT"),
    ];
    let found = known.iter().find(|(kind, _)| *kind as i32 == alarm);
    found.map_or("NONE", |(_, name)| name)
}

fn time_to_live(lease: &LeaseTimeToLiveResponse, keys: bool) -> String {
    let LeaseTimeToLiveResponse {
        id,
        ttl,
        granted_ttl,
        ..
    } = *lease;
    if granted_ttl == 0 && ttl == -1 {
        return format!("lease {id:016x} already expired");
    }
    let mut text = format!("lease {id:016x} granted with TTL({granted_ttl}s), remaining({ttl}s)");
    if keys {
        let keys = lease.keys.iter();
        let keys: Vec<_> = keys.map(|key| String::from_utf8_lossy(key)).collect();
        let _infallible = write!(text, ", attached keys([{}])", keys.join(" "));
    }
    text
}

/// A role with what it allows to read and to write.
fn role_text(name: &str, role: &AuthRoleGetResponse) -> String {
    let mut text = format!("Role {name}\n");
    for (heading, other) in [
        ("KV Read:", PermissionType::Write),
        ("KV Write:", PermissionType::Read),
    ] {
        let _infallible = writeln!(text, "{heading}");
        let allowed = role
            .perm
            .iter()
            .filter(|allowed| allowed.perm_type != other as i32);
        for permission in allowed {
            let _infallible = writeln!(text, "\t{}", range_text(permission));
        }
    }
    text
}

fn range_text(permission: &Permission) -> String {
    let key = String::from_utf8_lossy(&permission.key);
    if permission.range_end.is_empty() {
        return key.into_owned();
    }
    let mut text = match &permission.range_end[..] {
        b"\0" => format!("[{key}, <open ended>"),
        end => format!("[{key}, {})", String::from_utf8_lossy(end)),
    };
    if prefix_range_end(&permission.key) == permission.range_end {
        let _infallible = write!(text, " (prefix {key})");
    }
    text
}

/// What etcdctl says when a permission is taken back.
pub(in super::super) fn revoked_text(role: &str, key: &str, end: &str) -> String {
    match end {
        "" => format!("Permission of key {key} is revoked from role {role}"),
        "\0" => format!("Permission of range [{key}, <open ended> is revoked from role {role}"),
        end => format!("Permission of range [{key}, {end}) is revoked from role {role}"),
    }
}
