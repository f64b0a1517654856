//! Requests as they stand in a link.

use bytes::Bytes;

use crate::etcd::{
    DeleteRangeRequest, MemberAddRequest, MemberListRequest, MemberPromoteRequest,
    MemberRemoveRequest, MemberUpdateRequest, PutRequest, RangeRequest, Request, StatusRequest,
};
use crate::member::Micros;
use crate::share::limits::{MAX_PEER_URL_BYTES, MAX_PEER_URLS, call_parts, is_call};

use super::bytes::Width;
use super::form::{Form, list, to_flag};

/// A request about members before it is read.
pub(super) const ANY_ABOUT_MEMBERS: Request = Request::MemberList(MemberListRequest {});

/// Any other call before it is read.
pub(super) const ANY_CALL: Request = Request::Status(StatusRequest {});

/// Whether nothing is special about a put.
pub(super) fn is_plain_put(put: &PutRequest) -> bool {
    *put == PutRequest {
        key: put.key.clone(),
        value: put.value.clone(),
        ..PutRequest::default()
    }
}

/// Whether a read is of one key, and nothing is special about it.
pub(super) fn is_plain_get(range: &RangeRequest) -> bool {
    *range
        == RangeRequest {
            key: range.key.clone(),
            ..RangeRequest::default()
        }
}

/// What follows the node of a request. A plain one has no more than its texts.
pub(super) fn fields(
    form: &mut dyn Form,
    is_plain: bool,
    request: &mut Request,
    timeout_us: &mut Micros,
) -> Option<()> {
    match request {
        Request::Put(put) => {
            form.text(&mut put.key)?;
            form.text(&mut put.value)?;
        }
        Request::Range(range) => {
            form.text(&mut range.key)?;
            if !is_plain {
                form.text(&mut range.range_end)?;
            }
        }
        Request::DeleteRange(delete) => {
            form.text(&mut delete.key)?;
            form.text(&mut delete.range_end)?;
        }
        _ => {
            form.wide(timeout_us)?;
            return match request.is_about_members() {
                true => members_fields(form, request),
                false => call_fields(form, request),
            };
        }
    }
    if is_plain {
        return Some(());
    }
    form.wide(timeout_us)?;
    match request {
        Request::Put(put) => special(form, &mut put_specials(put)),
        Request::Range(range) => special(form, &mut range_specials(range)),
        Request::DeleteRange(delete) => special(form, &mut delete_specials(delete)),
        _ => None,
    }
}

/// A field of a request, which is special if it is not 0.
enum Special<'r> {
    Number(&'r mut i64),
    Narrow(&'r mut i32),
    Flag(&'r mut bool),
}

impl Special<'_> {
    fn get(&self) -> i64 {
        match self {
            Self::Number(number) => **number,
            Self::Narrow(number) => i64::from(**number),
            Self::Flag(flag) => i64::from(**flag),
        }
    }

    fn set(&mut self, value: i64) -> Option<()> {
        match self {
            Self::Number(number) => **number = value,
            Self::Narrow(number) => **number = i32::try_from(value).ok()?,
            Self::Flag(flag) => **flag = to_flag(value)?,
        }
        Some(())
    }
}

/// The special fields of a put, by etcd's numbers for them.
fn put_specials(put: &mut PutRequest) -> [(u8, Special<'_>); 4] {
    let PutRequest {
        key: _,
        value: _,
        lease,
        prev_kv,
        ignore_value,
        ignore_lease,
    } = put;
    [
        (3, Special::Number(lease)),
        (4, Special::Flag(prev_kv)),
        (5, Special::Flag(ignore_value)),
        (6, Special::Flag(ignore_lease)),
    ]
}

/// The special fields of a read, by etcd's numbers for them.
fn range_specials(range: &mut RangeRequest) -> [(u8, Special<'_>); 11] {
    let RangeRequest {
        key: _,
        range_end: _,
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
    [
        (3, Special::Number(limit)),
        (4, Special::Number(revision)),
        (5, Special::Narrow(sort_order)),
        (6, Special::Narrow(sort_target)),
        (7, Special::Flag(serializable)),
        (8, Special::Flag(keys_only)),
        (9, Special::Flag(count_only)),
        (10, Special::Number(min_mod_revision)),
        (11, Special::Number(max_mod_revision)),
        (12, Special::Number(min_create_revision)),
        (13, Special::Number(max_create_revision)),
    ]
}

/// The special field of a deletion, by etcd's number for it.
fn delete_specials(delete: &mut DeleteRangeRequest) -> [(u8, Special<'_>); 1] {
    let DeleteRangeRequest {
        key: _,
        range_end: _,
        prev_kv,
    } = delete;
    [(3, Special::Flag(prev_kv))]
}

/// What is special: a list of numbers of fields, each with its value.
fn special(form: &mut dyn Form, specials: &mut [(u8, Special<'_>)]) -> Option<()> {
    let given = specials
        .iter()
        .map(|(number, special)| (*number, special.get()));
    let mut given: Vec<(u8, i64)> = given.filter(|(_, value)| *value != 0).collect();
    list(form, &mut given, &(0, 0), |form, (number, value)| {
        form.byte(number)?;
        form.signed(value, Width::Bits64)
    })?;
    for (number, value) in given {
        let mut known = specials.iter_mut();
        let (_, special) = known.find(|(known, _)| *known == number)?;
        special.set(value)?;
    }
    Some(())
}

/// Any other call: its number, and its message as etcd's bytes.
fn call_fields(form: &mut dyn Form, request: &mut Request) -> Option<()> {
    let mut number = u64::from(request.number());
    form.number(&mut number, Width::Bits32)?;
    let mut bytes = match form.is_reading() {
        true => Bytes::new(),
        false => request.encode().into(),
    };
    form.text(&mut bytes)?;
    if form.is_reading() {
        let number = u8::try_from(number).ok()?;
        // A few bytes may stand for much that takes memory.
        call_parts(number, &bytes)?;
        *request = Request::decode(number, &bytes).filter(is_call)?;
    }
    Some(())
}

/// What is asked about members, by number from 0, and what follows.
fn members_fields(form: &mut dyn Form, request: &mut Request) -> Option<()> {
    let mut number = match request {
        Request::MemberAdd(_) => 0,
        Request::MemberRemove(_) => 1,
        Request::MemberUpdate(_) => 2,
        Request::MemberPromote(_) => 3,
        _ => 4,
    };
    form.number(&mut number, Width::Bits32)?;
    if form.is_reading() {
        *request = match number {
            0 => Request::MemberAdd(MemberAddRequest::default()),
            1 => Request::MemberRemove(MemberRemoveRequest::default()),
            2 => Request::MemberUpdate(MemberUpdateRequest::default()),
            3 => Request::MemberPromote(MemberPromoteRequest::default()),
            4 => ANY_ABOUT_MEMBERS,
            _ => return None,
        };
    }
    match request {
        Request::MemberAdd(add) => {
            urls(form, &mut add.peer_urls)?;
            form.flag(&mut add.is_learner)
        }
        Request::MemberUpdate(update) => {
            form.wide(&mut update.id)?;
            urls(form, &mut update.peer_urls)
        }
        Request::MemberRemove(remove) => form.wide(&mut remove.id),
        Request::MemberPromote(promote) => form.wide(&mut promote.id),
        _ => Some(()),
    }
}

/// Peer addresses. Many could mention one long text, so what goes beyond the limits is
/// refused before it is copied.
fn urls(form: &mut dyn Form, urls: &mut Vec<String>) -> Option<()> {
    let mut len = urls.len() as u64;
    form.number(&mut len, Width::Bits32)?;
    if !form.is_reading() {
        let mut mention = |url: &String| form.text(&mut url.clone().into());
        return urls.iter().try_for_each(&mut mention);
    }
    if len > MAX_PEER_URLS as u64 {
        return None;
    }
    for _ in 0..len {
        let mut text = Bytes::new();
        form.text(&mut text)?;
        let is_short = text.len() <= MAX_PEER_URL_BYTES;
        urls.push(String::from_utf8(is_short.then(|| text.to_vec())?).ok()?);
    }
    Some(())
}
