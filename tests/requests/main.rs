//! Requests through a node: what goes through the log, what is refused and why, what a member
//! says of itself. (Leases have tests of their own.)
#![cfg(not(target_arch = "wasm32"))]

mod auth;
mod disturbed;
mod maintenance;
mod quota;
mod writes;

use glassraft_core::etcd::{
    AlarmAction, AlarmRequest, AlarmType, CompactionRequest, Compare, Error, LeaseGrantRequest,
    PutRequest, RangeRequest, Request, RequestOp, RequestUnion, Response, StatusRequest,
    StatusResponse, TxnRequest,
};
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::world::Action;
use glassraft_tests::{Lab, n};

pub(crate) const SECOND: Micros = 1_000_000;

pub(crate) fn ask(lab: &mut Lab, node: NodeId, request: Request) -> Result<Response, Error> {
    let id = lab.request(node, request);
    (*lab.outcome(id)).clone()
}

pub(crate) fn op(request: RequestUnion) -> RequestOp {
    RequestOp {
        request: Some(request),
    }
}

pub(crate) fn put_op(key: &str, value: &str) -> RequestOp {
    op(RequestUnion::Put(PutRequest {
        key: key.to_owned().into(),
        value: value.to_owned().into(),
        ..PutRequest::default()
    }))
}

pub(crate) fn range_op(key: &str, serializable: bool) -> RequestOp {
    op(RequestUnion::Range(RangeRequest {
        key: key.to_owned().into(),
        serializable,
        ..RangeRequest::default()
    }))
}

pub(crate) fn txn(
    compare: Vec<Compare>,
    success: Vec<RequestOp>,
    failure: Vec<RequestOp>,
) -> Request {
    Request::Txn(TxnRequest {
        compare,
        success,
        failure,
    })
}

pub(crate) fn compact(revision: i64) -> Request {
    Request::Compaction(CompactionRequest {
        revision,
        physical: true,
    })
}

pub(crate) fn grant(ttl: i64) -> Request {
    Request::LeaseGrant(LeaseGrantRequest { ttl, id: 0 })
}

pub(crate) fn alarm(action: AlarmAction, member_id: u64) -> Request {
    Request::Alarm(AlarmRequest {
        action: action.into(),
        member_id,
        alarm: AlarmType::NoSpace.into(),
    })
}

pub(crate) fn status(lab: &mut Lab, node: NodeId) -> StatusResponse {
    match ask(lab, node, Request::Status(StatusRequest {})) {
        Ok(Response::Status(status)) => status,
        other => panic!("a status answered {other:?}"),
    }
}

pub(crate) fn revision(answer: &Result<Response, Error>) -> i64 {
    let response = answer.as_ref().expect("it was answered");
    response.header().expect("it has a header").revision
}

/// Cuts every node off.
pub(crate) fn isolate(lab: &mut Lab, nodes: u8) {
    let groups = (1..=nodes).map(|node| vec![n(node)]).collect();
    lab.act(Action::Partition { groups });
}
