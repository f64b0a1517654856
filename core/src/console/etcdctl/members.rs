//! Answers about members, as etcdctl prints them.

use std::fmt::Write as _;

use crate::etcd::{MemberAddResponse, MemberInfo, Response};
use crate::json::Writer;

/// The members that an answer lists.
pub(super) fn of(response: &Response) -> &[MemberInfo] {
    match response {
        Response::MemberAdd(added) => &added.members,
        Response::MemberRemove(members)
        | Response::MemberUpdate(members)
        | Response::MemberPromote(members)
        | Response::MemberList(members) => &members.members,
        _ => &[],
    }
}

/// One line a member, as of `member list`.
pub(super) fn simple(members: &[MemberInfo]) -> String {
    let mut text = String::new();
    for member in members {
        let status = if member.name.is_empty() {
            "unstarted"
        } else {
            "started"
        };
        let _infallible = writeln!(
            text,
            "{:x}, {status}, {}, {}, {}, {}",
            member.id,
            member.name,
            member.peer_urls.join(","),
            member.client_urls.join(","),
            member.is_learner
        );
    }
    text
}

/// One line a field of a member.
pub(super) fn fields(members: &[MemberInfo]) -> String {
    let mut text = String::new();
    for member in members {
        let _infallible = writeln!(text, "\"ID\" : {}", member.id);
        let _infallible = writeln!(text, "\"Name\" : {:?}", member.name);
        for url in &member.peer_urls {
            let _infallible = writeln!(text, "\"PeerURL\" : {url:?}");
        }
        for url in &member.client_urls {
            let _infallible = writeln!(text, "\"ClientURL\" : {url:?}");
        }
        let _infallible = writeln!(text, "\"IsLearner\" : {}\n", member.is_learner);
    }
    text
}

/// The members of an answer in JSON, with etcd's names.
pub(super) fn json(out: &mut Writer, response: &Response) {
    if let Response::MemberAdd(MemberAddResponse {
        member: Some(added),
        ..
    }) = response
    {
        out.name("member");
        member(out, added);
    }
    out.name("members");
    out.open_list();
    for info in of(response) {
        member(out, info);
    }
    out.close_list();
}

fn member(out: &mut Writer, info: &MemberInfo) {
    out.open_object();
    out.number_at("ID", info.id);
    if !info.name.is_empty() {
        out.string_at("name", &info.name);
    }
    for (name, urls) in [
        ("peerURLs", &info.peer_urls),
        ("clientURLs", &info.client_urls),
    ] {
        if !urls.is_empty() {
            out.name(name);
            out.open_list();
            for url in urls {
                out.string(url);
            }
            out.close_list();
        }
    }
    if info.is_learner {
        out.flag_at("isLearner", true);
    }
    out.close_object();
}
