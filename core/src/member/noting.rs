//! What a node tells of itself: its role, its term, how far it is, and when its timer runs out.

use raft::StateRole;

use crate::etcd::Error;

use super::identity::Identity;
use super::running::{Noted, Running};
use super::{Host, MemberView, Micros, NodeId, Note, Role};

impl Running {
    /// Notes the node's role, term, leader and vote, where they changed, and ends the requests
    /// that a new leader puts an end to.
    pub(super) fn note_state(&mut self, identity: &Identity, now: Micros, host: &mut impl Host) {
        let raft = &self.raw.raft;
        let role = match raft.state {
            StateRole::Follower => Role::Follower,
            StateRole::PreCandidate => Role::PreCandidate,
            StateRole::Candidate => Role::Candidate,
            StateRole::Leader => Role::Leader,
        };
        let leader = NodeId::from_raft(raft.leader_id);
        let vote = NodeId::from_raft(raft.vote);
        let term = raft.term;
        let noted = &self.noted;
        if (role, term, leader, vote) == (noted.role, noted.term, noted.leader, noted.vote) {
            return;
        }
        if (role, term, leader) != (self.noted.role, self.noted.term, self.noted.leader) {
            host.note(Note::Became { role, term, leader });
            if leader.is_some() && leader != self.noted.leader {
                self.leader_found_at = now;
                for request in self.requests.fail_batch() {
                    host.answer(request, Err(Error::LeaderChanged));
                }
            }
            if let Some(leader) = leader {
                for request in self.requests.end_transfers(leader) {
                    host.answer(request, Ok(Self::transferred()));
                }
            }
            if role != Role::Leader && self.lessor.is_primary() {
                self.stop_counting_leases(identity, now, host);
            }
        }
        let voted_now = vote != self.noted.vote || term != self.noted.term;
        if let (true, Some(candidate)) = (voted_now, vote) {
            host.note(Note::Voted { term, candidate });
        }
        self.noted = Noted {
            role,
            term,
            leader,
            vote,
            ..self.noted
        };
    }

    /// Notes how far the node knows entries to be committed.
    pub(super) fn note_commit(&mut self, host: &mut impl Host) {
        let index = self.raw.raft.raft_log.committed;
        if index != self.noted.commit {
            self.noted.commit = index;
            host.note(Note::Committed { index });
        }
    }

    /// Notes when the election timer runs out.
    pub(super) fn note_timer(&mut self, host: &mut impl Host) {
        let raft = &self.raw.raft;
        let runs = raft.state != StateRole::Leader && raft.promotable() && self.admitted;
        let expires_at = runs.then(|| {
            let left = raft
                .randomized_election_timeout()
                .saturating_sub(raft.election_elapsed + 1);
            self.clock.tick_at(left as u64)
        });
        if expires_at == self.noted.expires_at {
            return;
        }
        self.noted.expires_at = expires_at;
        if let Some(expires_at) = expires_at {
            host.note(Note::TimerReset { expires_at });
        }
    }

    /// What the node is to its term, and the leader that it knows of.
    pub(super) fn role(&self) -> (Role, Option<NodeId>) {
        (self.noted.role, self.noted.leader)
    }

    /// What the raft crate holds, for whoever checks a picture against it.
    pub(super) fn view(&self) -> MemberView<'_> {
        let raft = &self.raw.raft;
        MemberView {
            role: Some(self.noted.role),
            term: raft.term,
            vote: NodeId::from_raft(raft.vote),
            leader: NodeId::from_raft(raft.leader_id),
            commit: raft.raft_log.committed,
            applied: self.applied,
            synced: self.raw.store().synced_through(),
            first: self.raw.store().first(),
            entries: self.raw.store().entries(),
            snapshot: self.raw.store().image_index(),
            configuration: Some(&self.configuration),
            is_removed: false,
            catalog: Some(&self.catalog),
            expires_at: self.noted.expires_at,
        }
    }
}
