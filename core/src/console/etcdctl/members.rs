//! Answers about members, as etcdctl prints them.

use std::fmt::Write as _;

use serde::Serialize;

use crate::etcd::{MemberInfo, Response};

/// The members that an answer lists.
pub(super) fn of(response: &Response) -> &[MemberInfo] {
    match response {
        Response::MemberAdd(added) => &added.members,
        Response::MemberRemove(members)
        | Response::MemberUpdate(members)
        | Response::MemberPromote(members)
        | Response::MemberList(members) => &members.members,
        Response::Range(_) | Response::Put(_) | Response::DeleteRange(_) => &[],
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

/// A member in JSON, with etcd's names.
#[derive(Serialize)]
pub(super) struct Member<'a> {
    #[serde(rename = "ID")]
    id: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(rename = "peerURLs", skip_serializing_if = "<[String]>::is_empty")]
    peer_urls: &'a [String],
    #[serde(rename = "clientURLs", skip_serializing_if = "<[String]>::is_empty")]
    client_urls: &'a [String],
    #[serde(rename = "isLearner", skip_serializing_if = "std::ops::Not::not")]
    is_learner: bool,
}

impl<'a> Member<'a> {
    pub(super) fn of(member: &'a MemberInfo) -> Self {
        Self {
            id: member.id,
            name: &member.name,
            peer_urls: &member.peer_urls,
            client_urls: &member.client_urls,
            is_learner: member.is_learner,
        }
    }
}
