//! Requests as they stand in a scenario file, with etcd's names; what has its default is not
//! written.

use bytes::Bytes;

use crate::etcd::gateway::{Message, Unknown};
use crate::etcd::{
    DeleteRangeRequest, MemberAddRequest, MemberListRequest, MemberPromoteRequest,
    MemberRemoveRequest, MemberUpdateRequest, PutRequest, RangeRequest, Request, StatusRequest,
};
use crate::json::{Value, Writer};
use crate::member::Micros;
use crate::share::limits::{call_parts, is_call};

use super::form::{Choice, Fields, Part, Structure};
use super::parts::Wide;
use super::wrong::Wrong;

/// How long a client waits where nothing else is said, in µs: etcd's client's five seconds.
pub(super) const PATIENCE_US: Micros = 5_000_000;

/// A request about members before it is read.
pub(super) const ANY_ABOUT_MEMBERS: Request = Request::MemberList(MemberListRequest {});

/// The fields of a request.
pub(super) fn request_fields(request: &mut Request, fields: &mut Fields<'_, '_>) {
    match request {
        Request::Put(put) => put_fields(put, fields),
        Request::Range(range) => range_fields(range, fields),
        Request::DeleteRange(delete) => delete_fields(delete, fields),
        _ if request.is_about_members() => fields.needed("ask", request),
        _ => {
            fields.needed("call", &mut CallName(request));
            fields.given("message", &mut CallMessage(request));
        }
    }
}

/// Any other request before it is read.
pub(super) const ANY_CALL: Request = Request::Status(StatusRequest {});

/// Which call it is, by its name in traces.
struct CallName<'r>(&'r mut Request);

impl Part for CallName<'_> {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let mut name = String::new();
        name.read(value)?;
        let call = Request::number_of(&name).and_then(Request::blank);
        *self.0 = call.filter(is_call).ok_or_else(|| {
            let calls = Request::PATHS.iter();
            let calls = calls.filter_map(|(_, number)| Request::blank(*number));
            let names = calls.filter(is_call).map(|call| call.label());
            let known: Vec<&str> = names.collect();
            Wrong::of_name(value, "call", &name, &known)
        })?;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.string(self.0.label());
    }
}

/// What it asks for, in the JSON of etcd's gateway.
struct CallMessage<'r>(&'r mut Request);

impl Part for CallMessage<'_> {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let number = self.0.number();
        let Some(message) = Message::asked(number) else {
            return Ok(());
        };
        let bytes = message
            .read_value(value, Unknown::Refused)
            .map_err(|problem| {
                let wrong = Wrong::at(value, &problem.what);
                match problem.place.is_empty() {
                    true => wrong,
                    false => wrong.inside(&problem.place),
                }
            })?;
        // A few bytes may stand for much that takes memory.
        let few = call_parts(number, &bytes);
        let request = few.and_then(|_| Request::decode(number, &bytes));
        *self.0 = request.ok_or_else(|| {
            let allowed = "at most 1024 conditions and operations, nested at most 32 deep";
            Wrong::at(
                value,
                &format!("too large a transaction, expected {allowed}"),
            )
        })?;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        if let Some(message) = Message::asked(self.0.number()) {
            message.write_into(out, &self.0.encode());
        }
    }
}

fn put_fields(put: &mut PutRequest, fields: &mut Fields<'_, '_>) {
    let PutRequest {
        key,
        value,
        lease,
        prev_kv,
        ignore_value,
        ignore_lease,
    } = put;
    fields.needed("key", key);
    fields.unusual("value", value, &Bytes::new());
    fields.unusual("lease", lease, &0);
    fields.unusual("prev_kv", prev_kv, &false);
    fields.unusual("ignore_value", ignore_value, &false);
    fields.unusual("ignore_lease", ignore_lease, &false);
}

fn range_fields(range: &mut RangeRequest, fields: &mut Fields<'_, '_>) {
    let RangeRequest {
        key,
        range_end,
        limit,
        revision,
        sort_order,
        sort_target,
        serializable,
        keys_only,
        count_only,
        min_mod_revision,
        max_mod_revision,
        min_create_revision,
        max_create_revision,
    } = range;
    fields.needed("key", key);
    fields.unusual("range_end", range_end, &Bytes::new());
    fields.unusual("limit", limit, &0);
    fields.unusual("revision", revision, &0);
    fields.unusual("sort_order", sort_order, &0);
    fields.unusual("sort_target", sort_target, &0);
    fields.unusual("serializable", serializable, &false);
    fields.unusual("keys_only", keys_only, &false);
    fields.unusual("count_only", count_only, &false);
    fields.unusual("min_mod_revision", min_mod_revision, &0);
    fields.unusual("max_mod_revision", max_mod_revision, &0);
    fields.unusual("min_create_revision", min_create_revision, &0);
    fields.unusual("max_create_revision", max_create_revision, &0);
}

fn delete_fields(delete: &mut DeleteRangeRequest, fields: &mut Fields<'_, '_>) {
    let DeleteRangeRequest {
        key,
        range_end,
        prev_kv,
    } = delete;
    fields.needed("key", key);
    fields.unusual("range_end", range_end, &Bytes::new());
    fields.unusual("prev_kv", prev_kv, &false);
}

/// What is asked about members.
impl Choice for Request {
    const NAMES: &'static [&'static str] = &["add", "remove", "update", "promote", "list"];

    fn name(&self) -> &'static str {
        match self {
            Self::MemberAdd(_) => "add",
            Self::MemberRemove(_) => "remove",
            Self::MemberUpdate(_) => "update",
            Self::MemberPromote(_) => "promote",
            _ => "list",
        }
    }

    fn blank(name: &str) -> Option<Self> {
        Some(match name {
            "add" => Self::MemberAdd(MemberAddRequest::default()),
            "remove" => Self::MemberRemove(MemberRemoveRequest::default()),
            "update" => Self::MemberUpdate(MemberUpdateRequest::default()),
            "promote" => Self::MemberPromote(MemberPromoteRequest::default()),
            "list" => ANY_ABOUT_MEMBERS,
            _ => return None,
        })
    }

    fn content(&mut self) -> Option<&mut dyn Part> {
        Some(match self {
            Self::MemberAdd(add) => add,
            Self::MemberRemove(remove) => remove,
            Self::MemberUpdate(update) => update,
            Self::MemberPromote(promote) => promote,
            Self::MemberList(list) => list,
            _ => return None,
        })
    }
}

impl Structure for MemberAddRequest {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        fields.needed("peer_urls", &mut self.peer_urls);
        fields.unusual("is_learner", &mut self.is_learner, &false);
    }
}

impl Structure for MemberRemoveRequest {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        fields.needed("id", &mut Wide(&mut self.id));
    }
}

impl Structure for MemberUpdateRequest {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        fields.needed("id", &mut Wide(&mut self.id));
        fields.needed("peer_urls", &mut self.peer_urls);
    }
}

impl Structure for MemberPromoteRequest {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        fields.needed("id", &mut Wide(&mut self.id));
    }
}

impl Structure for MemberListRequest {
    fn fields(&mut self, _fields: &mut Fields<'_, '_>) {}
}
