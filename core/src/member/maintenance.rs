//! What a member says of itself, and what an operator does with it
//! (`etcdserver/api/v3rpc/maintenance.go`).

use raft::StateRole;

use crate::etcd::{
    Acknowledged, AlarmType, Error, HashKvRequest, HashResponse, MoveLeaderRequest, Response,
    SnapshotResponse, StatusResponse, VERSION,
};

use super::identity::Identity;
use super::running::Running;
use super::{Host, NodeId, RequestId};

/// How large etcd's file is before anything is in it, in bytes.
const EMPTY_FILE_BYTES: u64 = 20_480;

/// What it grows by, in bytes.
const PAGE_BYTES: u64 = 4_096;

/// The size of etcd's file that would hold so many bytes, as the quota counts them: an
/// estimate, by whole pages, as there is no file.
fn file_size(cost_bytes: u64) -> i64 {
    let pages = cost_bytes.div_ceil(PAGE_BYTES);
    (EMPTY_FILE_BYTES + pages * PAGE_BYTES).cast_signed()
}

impl Running {
    /// The state of this member.
    pub(super) fn status(&self, identity: &Identity) -> Response {
        let raft = &self.raw.raft;
        let mut errors = Vec::new();
        if raft.leader_id == raft::INVALID_ID {
            errors.push(Error::NoLeader.message());
        }
        for alarm in self.catalog.alarms() {
            let name = match alarm.alarm() {
                AlarmType::None => "NONE",
                AlarmType::NoSpace => "NOSPACE",
                AlarmType::Corrupt => "CORRUPT",
            };
            errors.push(format!("memberID:{} alarm:{name} ", alarm.member_id));
        }
        let leader = self.membership.of_node(raft.leader_id);
        Response::Status(StatusResponse {
            header: Some(self.header(identity, self.catalog.revision())),
            version: VERSION.to_owned(),
            db_size: file_size(self.file_bytes),
            db_size_in_use: file_size(self.catalog.cost_bytes()),
            leader: leader.map_or(0, |leader| leader.id),
            raft_index: raft.raft_log.committed,
            raft_term: raft.term,
            raft_applied_index: self.applied,
            errors,
            is_learner: self.is_learner(identity),
        })
    }

    /// The hash of the whole store.
    pub(super) fn hash(&self, identity: &Identity) -> Response {
        Response::Hash(HashResponse {
            header: Some(self.header(identity, self.catalog.revision())),
            hash: self.catalog.hash(),
        })
    }

    /// The hash of all versions up to a revision.
    ///
    /// # Errors
    /// The revision is compacted or still to come.
    pub(super) fn hash_kv(
        &self,
        identity: &Identity,
        asked: &HashKvRequest,
    ) -> Result<Response, Error> {
        let response = Response::HashKv(self.catalog.hash_kv(asked.revision)?);
        Ok(self.with_header(identity, response))
    }

    /// Gives back what the store's file does not need any more. (etcd copies the file and
    /// serves nobody meanwhile. That takes seconds for a file of gigabytes; for one of the
    /// size that a run here may have it is over before a sync would be, and so at once.)
    pub(super) fn defragment(&mut self) -> Response {
        self.file_bytes = self.catalog.cost_bytes();
        Response::Defragment(Acknowledged::default())
    }

    /// The store as bytes.
    pub(super) fn snapshot(&self) -> Response {
        Response::Snapshot(SnapshotResponse {
            header: None,
            remaining_bytes: 0,
            blob: self.catalog.encode().into(),
        })
    }

    /// Hands the leadership over. The client hears of it once another member leads; if that
    /// never happens, its own time limit ends the request, as in etcd.
    ///
    /// # Errors
    /// This member does not lead, too many wait, or the other one is none that could lead.
    pub(super) fn move_leader(
        &mut self,
        identity: &Identity,
        request: RequestId,
        wanted: &MoveLeaderRequest,
        host: &mut impl Host,
    ) -> Result<(), Error> {
        if self.raw.raft.state != StateRole::Leader {
            return Err(Error::NotLeader);
        }
        let node = self.membership.node_of(wanted.target_id);
        let member = node.and_then(|node| self.membership.of_node(node));
        let may_lead = member.is_some_and(|member| !member.is_learner);
        let Some(to) = node.and_then(NodeId::from_raft).filter(|_| may_lead) else {
            return Err(Error::BadLeaderTransferee);
        };
        if to == identity.node {
            host.answer(request, Ok(Self::transferred()));
            return Ok(());
        }
        self.requests.admit()?;
        self.raw.transfer_leader(to.raft_id());
        self.requests.await_transfer(request, to);
        Ok(())
    }

    /// The answer once another member leads.
    pub(super) fn transferred() -> Response {
        Response::MoveLeader(Acknowledged::default())
    }
}
