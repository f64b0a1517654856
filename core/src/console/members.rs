//! Asking a member about the membership, step by step.
//!
//! etcd knows members by identifiers, and a person knows nodes by names. What leads from one
//! to the other is the list that the asked member has: it is asked for that first, and then
//! for the change. As in etcd the list may be stale; the change is not, since the cluster
//! agrees on it.

use crate::etcd::{
    self, Error, MemberAddRequest, MemberInfo, MemberListRequest, MemberPromoteRequest,
    MemberRemoveRequest, MemberUpdateRequest, Request, Response,
};
use crate::member::{Micros, NodeId, RequestId};
use crate::trace::Run;
use crate::world::Action;

use super::lab::MemberAsk;
use super::output::Finished;

/// How long a request waits, in µs, as etcdctl's do (`--command-timeout`).
const PATIENCE_US: Micros = 5_000_000;

/// A command about members that waits for an answer.
#[derive(Debug)]
pub(super) struct MemberTask {
    ask: MemberAsk,
    /// Who is asked.
    on: NodeId,
    id: RequestId,
    /// The change that follows, if the answer is the list that its member is found in.
    change: Option<(NodeId, Change)>,
}

/// A change of a member whose identifier is not known yet.
#[derive(Debug)]
enum Change {
    Remove,
    Promote,
    Update(Vec<String>),
}

impl Change {
    /// The request for it.
    fn of(self, id: u64) -> Request {
        match self {
            Self::Remove => Request::MemberRemove(MemberRemoveRequest { id }),
            Self::Promote => Request::MemberPromote(MemberPromoteRequest { id }),
            Self::Update(peer_urls) => Request::MemberUpdate(MemberUpdateRequest { id, peer_urls }),
        }
    }
}

impl MemberTask {
    /// Asks; or says why it cannot.
    pub(super) fn begin(run: &mut Run, on: NodeId, ask: MemberAsk) -> Result<Self, Finished> {
        let list = Request::MemberList(MemberListRequest {});
        let (request, change) = match &ask {
            MemberAsk::Add { node, is_learner } => {
                let peer_urls = vec![peer_url(*node)];
                let add = MemberAddRequest {
                    peer_urls,
                    is_learner: *is_learner,
                };
                (Request::MemberAdd(add), None)
            }
            MemberAsk::Remove(node) => (list, Some((*node, Change::Remove))),
            MemberAsk::Promote(node) => (list, Some((*node, Change::Promote))),
            MemberAsk::Update { node, peer_urls } => {
                (list, Some((*node, Change::Update(peer_urls.clone()))))
            }
            MemberAsk::List => (list, None),
        };
        Ok(Self {
            ask,
            on,
            id: send(run, on, request)?,
            change,
        })
    }

    /// What is printed, once it has ended.
    pub(super) fn poll(&mut self, run: &mut Run) -> Option<Finished> {
        let outcome = run.take_outcome(self.id)?;
        let response = match &*outcome {
            Ok(response) => response,
            Err(error) => return Some(refused(error)),
        };
        let Some((node, change)) = self.change.take() else {
            return Some(Finished::output(&self.told(response)));
        };
        let (url, name) = (peer_url(node), node.to_string());
        let known = response.members();
        // One that has never started has no name yet. Its address alone says nothing of
        // another: addresses can be changed, and to anything.
        let named = known.iter().find(|member| member.name == name);
        let is_at =
            |member: &&MemberInfo| member.name.is_empty() && member.peer_urls.contains(&url);
        let Some(member) = named.or_else(|| known.iter().find(is_at)) else {
            let message = format!("member: {} knows no member {node}", self.on);
            return Some(Finished::error(message, 1));
        };
        match send(run, self.on, change.of(member.id)) {
            Ok(id) => {
                self.id = id;
                None
            }
            Err(finished) => Some(finished),
        }
    }

    /// What is told of an answer.
    fn told(&self, response: &Response) -> String {
        match (&self.ask, response) {
            (MemberAsk::Add { node, is_learner }, Response::MemberAdd(added)) => {
                let id = added.member.as_ref().map_or(0, |member| member.id);
                let what = if *is_learner { "learner" } else { "voter" };
                format!("{node} is a {what} now, member {id:x}; `join {node}' starts it")
            }
            (MemberAsk::Remove(node), _) => format!("{node} is removed"),
            (MemberAsk::Promote(node), _) => format!("{node} is a voter now"),
            (MemberAsk::Update { node, peer_urls }, _) => {
                format!("{node} has the address {} now", peer_urls.join(","))
            }
            _ => response.members().iter().map(line).collect(),
        }
    }
}

/// A member in a line.
fn line(member: &MemberInfo) -> String {
    let kind = if member.is_learner {
        "learner"
    } else {
        "voter"
    };
    let name = match member.name.as_str() {
        "" => "(not started)",
        name => name,
    };
    let urls = member.peer_urls.join(",");
    format!("{:016x}  {kind:7}  {name}  {urls}\n", member.id)
}

fn peer_url(node: NodeId) -> String {
    etcd::peer_url(node.number().into())
}

fn send(run: &mut Run, node: NodeId, request: Request) -> Result<RequestId, Finished> {
    let sent = run.act(Action::Request {
        node,
        request,
        timeout_us: PATIENCE_US,
    });
    let refused = |error: String| Finished::error(format!("member: {error}"), 1);
    sent.map_err(|error| refused(error.to_string()))?
        .ok_or_else(|| refused("the request has no number".to_owned()))
}

fn refused(error: &Error) -> Finished {
    Finished::error(format!("member: {error}"), 1)
}
