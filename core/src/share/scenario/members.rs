//! Requests about members as they stand in a scenario file, with etcd's names.

use serde::{Deserialize, Serialize};

use crate::etcd::{
    MemberAddRequest, MemberListRequest, MemberPromoteRequest, MemberRemoveRequest,
    MemberUpdateRequest, Request,
};
use crate::member::{Micros, NodeId};
use crate::world::Action;

use super::parts::{Node, Urls, Wide, is_default};
use super::requests::{is_patience, patience};

/// A request about members.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::share) struct FileMembers {
    node: Node,
    ask: Ask,
    #[serde(default = "patience", skip_serializing_if = "is_patience")]
    timeout_us: Micros,
}

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Ask {
    Add {
        peer_urls: Urls,
        #[serde(default, skip_serializing_if = "is_default")]
        is_learner: bool,
    },
    Remove {
        id: Wide,
    },
    Update {
        id: Wide,
        peer_urls: Urls,
    },
    Promote {
        id: Wide,
    },
    List {},
}

impl FileMembers {
    /// A request about members; any other is taken for a question who they are.
    pub(super) fn new(node: NodeId, request: &Request, timeout_us: Micros) -> Self {
        let ask = match request {
            Request::MemberAdd(add) => Ask::Add {
                peer_urls: Urls(add.peer_urls.clone()),
                is_learner: add.is_learner,
            },
            Request::MemberRemove(remove) => Ask::Remove {
                id: Wide(remove.id),
            },
            Request::MemberUpdate(update) => Ask::Update {
                id: Wide(update.id),
                peer_urls: Urls(update.peer_urls.clone()),
            },
            Request::MemberPromote(promote) => Ask::Promote {
                id: Wide(promote.id),
            },
            _ => Ask::List {},
        };
        Self {
            node: Node(node),
            ask,
            timeout_us,
        }
    }

    pub(super) fn into_action(self) -> Action {
        let request = match self.ask {
            Ask::Add {
                peer_urls,
                is_learner,
            } => Request::MemberAdd(MemberAddRequest {
                peer_urls: peer_urls.0,
                is_learner,
            }),
            Ask::Remove { id } => Request::MemberRemove(MemberRemoveRequest { id: id.0 }),
            Ask::Update { id, peer_urls } => Request::MemberUpdate(MemberUpdateRequest {
                id: id.0,
                peer_urls: peer_urls.0,
            }),
            Ask::Promote { id } => Request::MemberPromote(MemberPromoteRequest { id: id.0 }),
            Ask::List {} => Request::MemberList(MemberListRequest {}),
        };
        Action::Request {
            node: self.node.0,
            request,
            timeout_us: self.timeout_us,
        }
    }
}
