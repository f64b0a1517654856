//! Changes of the membership, from a client's request to the new configuration
//! (`etcdserver/server.go`, `AddMember` to `applyConfChange`).
//!
//! The member that is asked checks what etcd checks, proposes an entry of its own type, and
//! answers when it applies it. An entry that makes no sense any more when its turn comes
//! changes nothing, and the client gets etcd's error. If another change is still under way,
//! the raft crate puts an empty entry in place of the proposal, as etcd's does; the client
//! waits in vain then, and runs into its time limit, as in etcd.

use std::rc::Rc;

use prost::Message as _;
use raft::StateRole;
use raft::eraftpb::{
    ConfChange, ConfChangeSingle, ConfChangeType, ConfChangeV2, ConfState, Entry, EntryType,
    Message, MessageType,
};

use crate::catalog::Changes;
use crate::etcd::{
    self, Attributes, AttributesRequest, Error, InternalRaftRequest, MemberAddResponse, MemberInfo,
    MembersResponse, Operation, Request, Response, decoded, encoded,
};

use super::identity::Identity;
use super::image::{configuration, in_order};
use super::membership::{Kind, Wanted, node_of_urls};
use super::requests::Proposal;
use super::running::Running;
use super::{Configuration, Halt, Host, LogEntry, Micros, NodeId, Note, RequestId};

/// How long a member has to have been connected to count as healthy, in µs
/// (`etcdserver/server.go`, `HealthInterval`).
const HEALTHY_US: Micros = 5_000_000;

/// Marks the message by which a leader tells a follower that it does not propose what the
/// follower passed on. (etcd asks and answers by HTTP, `promoteMemberHTTP`.)
const REFUSAL: &[u8] = b"refused";

/// What a leader refuses to promote for.
const REFUSALS: [Error; 2] = [Error::LearnerNotReady, Error::NotEnoughStarted];

impl Running {
    /// Whether the node gets the log without a vote.
    pub(super) fn is_learner(&self, identity: &Identity) -> bool {
        let member = self.membership.of_node(identity.node.raft_id());
        self.admitted && member.is_some_and(|member| member.is_learner)
    }

    /// Checks a client's change of the membership and proposes it.
    ///
    /// # Errors
    /// The error that etcd answers.
    pub(super) fn change_members(
        &mut self,
        identity: &Identity,
        now: Micros,
        request_id: RequestId,
        request: &Request,
        host: &mut impl Host,
    ) -> Result<(), Error> {
        self.requests.admit()?;
        let (kind, about) = self.wanted(now, request)?;
        match kind {
            Kind::Add => self.check_addition(identity, now, &about, host)?,
            Kind::Remove => self.check_removal(identity, now, about.id, host)?,
            // Only a leader knows how far the learner is; it looks when the proposal comes.
            Kind::Promote if self.raw.raft.state == StateRole::Leader => {
                self.check_promotion(about.id)?;
            }
            Kind::Promote | Kind::Update | Kind::Raw => {}
        }
        let wanted = Wanted {
            kind: kind.into(),
            members: vec![about],
            asked_at: now,
        };
        // What cannot be done is proposed all the same, and refused when its turn comes.
        let change = self.membership.plan(&wanted).ok().flatten();
        let change = change.unwrap_or_default();
        let id = self.take_id();
        self.requests.add_write(id, request_id, now);
        let proposal = Proposal::Change(Box::new(ConfChange {
            change_type: change.change_type,
            node_id: change.node_id,
            context: encoded(&wanted),
            id,
        }));
        self.requests.hold(id, proposal);
        self.propose_held(host);
        Ok(())
    }

    /// What a request asks for, and the member that it is about.
    ///
    /// # Errors
    /// The addresses are none of a node.
    fn wanted(&self, now: Micros, request: &Request) -> Result<(Kind, MemberInfo), Error> {
        let about = |id, peer_urls: &[String]| MemberInfo {
            id,
            peer_urls: peer_urls.to_vec(),
            ..MemberInfo::default()
        };
        Ok(match request {
            Request::MemberAdd(add) => {
                node_of_urls(&add.peer_urls)?;
                let id = etcd::added_member_id(&add.peer_urls, now / 1_000_000);
                let member = MemberInfo {
                    is_learner: add.is_learner,
                    ..about(id, &add.peer_urls)
                };
                (Kind::Add, member)
            }
            Request::MemberRemove(remove) => (Kind::Remove, about(remove.id, &[])),
            Request::MemberPromote(promote) => (Kind::Promote, about(promote.id, &[])),
            Request::MemberUpdate(update) => (Kind::Update, about(update.id, &update.peer_urls)),
            _ => (Kind::Raw, MemberInfo::default()),
        })
    }

    /// `mayAddMember` and `IsReadyToAddVotingMember`.
    fn check_addition(
        &self,
        identity: &Identity,
        now: Micros,
        member: &MemberInfo,
        host: &impl Host,
    ) -> Result<(), Error> {
        let voters = self.membership.voters().count();
        let started = self.membership.voters().filter(|(_, started)| *started);
        let started = started.count();
        // One of two has started: it may be given a third to start from its data.
        let one_of_two = started == 1 && voters == 2;
        if !member.is_learner && started < voters / 2 + 1 && !one_of_two {
            return Err(Error::NotEnoughStarted);
        }
        if self.connected(identity, now, host) < voters {
            return Err(Error::Unhealthy);
        }
        Ok(())
    }

    /// `mayRemoveMember` and `IsReadyToRemoveVotingMember`.
    fn check_removal(
        &self,
        identity: &Identity,
        now: Micros,
        id: u64,
        host: &impl Host,
    ) -> Result<(), Error> {
        let node = self.membership.node_of(id);
        let member = node.and_then(|node| self.membership.of_node(node));
        if member.is_some_and(|member| member.is_learner) {
            return Ok(());
        }
        let others = || {
            let voters = self.membership.voters();
            voters.filter(|(voter, _)| Some(*voter) != node)
        };
        let started = others().filter(|(_, started)| *started).count();
        if started < others().count() / 2 + 1 {
            return Err(Error::NotEnoughStarted);
        }
        let is_up = |node| node == identity.node || host.connected_since(node).is_some();
        if !node.and_then(NodeId::from_raft).is_some_and(is_up) {
            // It is no part of the majority that runs.
            return Ok(());
        }
        let voters = self.membership.voters().count();
        if self.connected(identity, now, host) < 2 + voters.saturating_sub(1) / 2 {
            return Err(Error::Unhealthy);
        }
        Ok(())
    }

    /// How many voters this node has been connected to for long enough, itself among them.
    fn connected(&self, identity: &Identity, now: Micros, host: &impl Host) -> usize {
        let is_healthy = |node: NodeId| {
            let since = host.connected_since(node);
            node == identity.node || since.is_some_and(|since| since + HEALTHY_US < now)
        };
        let voters = self.membership.voters();
        let nodes = voters.filter_map(|(node, _)| NodeId::from_raft(node));
        nodes.filter(|node| is_healthy(*node)).count()
    }

    /// `mayPromoteMember`, at the leader: the learner has at least nine tenths of what the
    /// leader has, and with it there are enough started voters.
    fn check_promotion(&self, id: u64) -> Result<(), Error> {
        let raft = &self.raw.raft;
        let matched = |node| raft.prs().get(node).map(|progress| progress.matched);
        let leader = matched(raft.id).unwrap_or(0);
        let learner = self.membership.node_of(id).and_then(matched);
        if learner.is_some_and(|learner| learner * 10 < leader * 9) {
            return Err(Error::LearnerNotReady);
        }
        let voters = self.membership.voters().count();
        let started = self.membership.voters().filter(|(_, started)| *started);
        if started.count() + 1 < voters / 2 + 1 {
            return Err(Error::NotEnoughStarted);
        }
        Ok(())
    }

    /// Looks at a proposal that another node passes on. One to promote a learner that is not
    /// ready is sent back; one that comes back ends a client's request. Returns whether it
    /// has been dealt with.
    pub(super) fn screen_proposal(&mut self, message: &Message, host: &mut impl Host) -> bool {
        let Some(entry) = message.entries.first() else {
            return false;
        };
        if entry.context == REFUSAL {
            self.take_refusal(entry, host);
            return true;
        }
        let leads = self.raw.raft.state == StateRole::Leader;
        if !leads || entry.entry_type != EntryType::EntryConfChange as i32 {
            return false;
        }
        let Ok(change) = ConfChange::decode(&entry.data[..]) else {
            return true;
        };
        let wanted = decoded::<Wanted>(change.context.clone().into()).unwrap_or_default();
        let about = wanted.members.first().map_or(0, |member| member.id);
        if wanted.kind() != Kind::Promote {
            return false;
        }
        let Err(error) = self.check_promotion(about) else {
            return false;
        };
        let place = REFUSALS.iter().position(|refusal| *refusal == error);
        let answer = Entry {
            context: REFUSAL.to_vec(),
            index: place.unwrap_or(0) as u64,
            data: change.id.to_be_bytes().to_vec(),
            ..Entry::default()
        };
        let mut refusal = Message {
            to: message.from,
            from: self.raw.raft.id,
            entries: vec![answer],
            ..Message::default()
        };
        refusal.set_msg_type(MessageType::MsgPropose);
        host.send(&mut refusal);
        true
    }

    fn take_refusal(&mut self, entry: &Entry, host: &mut impl Host) {
        let place = usize::try_from(entry.index).unwrap_or(0);
        let (Ok(id), Some(error)) = (entry.data[..].try_into(), REFUSALS.get(place)) else {
            return;
        };
        if let Some(waiter) = self.requests.take_write(u64::from_be_bytes(id)) {
            Self::answer(waiter, Err(error.clone()), host);
        }
    }

    /// Applies an entry that changes the membership.
    #[cold]
    pub(super) fn apply_change(
        &mut self,
        identity: &Identity,
        entry: &LogEntry,
        host: &mut impl Host,
    ) {
        host.note(Note::Applied {
            index: entry.index(),
            changes: Changes::new(),
        });
        let Some((id, change)) = entry.change() else {
            return;
        };
        let mut wanted = decoded::<Wanted>(change.context.clone().into()).unwrap_or_default();
        if change.changes.is_empty() {
            // The end of a joint configuration: of what was asked for at its beginning.
            wanted.asked_at = self.membership.changed_at();
        }
        let result = self.carry_out(change, &wanted);
        let configuration = configuration(&self.conf_state);
        if *self.configuration != configuration {
            self.configuration = Rc::new(configuration);
            self.note_configuration(identity, host);
        }
        if let Some(waiter) = self.requests.take_write(id) {
            let answer = result.map(|()| self.answer_about(&wanted));
            let answer = answer.map(|response| self.with_member_header(identity, response));
            Self::answer(waiter, answer, host);
        }
        self.learn_of_itself(identity, wanted.asked_at);
    }

    pub(super) fn note_configuration(&mut self, identity: &Identity, host: &mut impl Host) {
        let configuration = Rc::clone(&self.configuration);
        host.note(Note::Configured { configuration });
        self.stop_idle_timer(identity);
    }

    /// Whoever heard of a configuration in which this node has no vote knows that it has no
    /// election timer.
    pub(super) fn stop_idle_timer(&mut self, identity: &Identity) {
        let configuration = &self.configuration;
        let mut voters = configuration.voters.iter().chain(&configuration.outgoing);
        if voters.all(|voter| *voter != identity.node) {
            self.noted.expires_at = None;
        }
    }

    fn carry_out(&mut self, change: ConfChangeV2, wanted: &Wanted) -> Result<(), Error> {
        let change = match (wanted.kind(), self.membership.plan(wanted)) {
            (Kind::Raw, _) => change,
            (_, Err(error)) => return Err(error),
            (_, Ok(None)) => {
                self.membership.change(wanted, &self.conf_state);
                return Ok(());
            }
            (_, Ok(Some(single))) => ConfChangeV2 {
                changes: vec![single],
                ..ConfChangeV2::default()
            },
        };
        // The crate refuses what would leave nobody to vote, or would end a joint
        // configuration half way.
        let changed = self.raw.apply_conf_change(&change);
        self.conf_state = in_order(changed.map_err(|_| Error::NotEnoughStarted)?);
        self.membership.change(wanted, &self.conf_state);
        Ok(())
    }

    fn answer_about(&self, wanted: &Wanted) -> Response {
        let members = MembersResponse {
            header: None,
            members: self.membership.list(),
        };
        match wanted.kind() {
            Kind::Remove => Response::MemberRemove(members),
            Kind::Update => Response::MemberUpdate(members),
            Kind::Promote => Response::MemberPromote(members),
            Kind::Add | Kind::Raw => Response::MemberAdd(MemberAddResponse {
                header: None,
                member: wanted.members.first().cloned(),
                members: members.members,
            }),
        }
    }

    /// The members, as this one has them.
    pub(super) fn list_members(&self, identity: &Identity) -> Response {
        let list = MembersResponse {
            header: None,
            members: self.membership.list(),
        };
        self.with_member_header(identity, Response::MemberList(list))
    }

    /// etcd leaves the revision out of answers about members.
    fn with_member_header(&self, identity: &Identity, mut response: Response) -> Response {
        let mut header = self.header(identity, 0);
        header.revision = 0;
        response.set_header(header);
        response
    }

    /// The membership has changed by what was asked for at that time: what it means for this
    /// node.
    #[cold]
    pub(super) fn learn_of_itself(&mut self, identity: &Identity, asked_at: Micros) {
        let member = self.membership.of_node(identity.node.raft_id());
        let belonged = std::mem::replace(&mut self.belongs, member.is_some());
        let is_unknown = member.is_some_and(|member| member.client_urls.is_empty());
        self.member_id = member.map_or(self.member_id, |member| member.id);
        if self.belongs {
            self.admitted |= identity.is_meant(asked_at);
        } else if belonged && identity.is_removed_by(asked_at) {
            self.halting = Some((Halt::Removed, asked_at));
        } else if identity.joined() {
            self.admitted = false;
        }
        let must_publish = self.admitted && is_unknown;
        self.publish_at = must_publish.then(|| self.publish_at.unwrap_or(0));
    }

    /// Tells the others its name and where clients reach it, once it knows a leader, until
    /// it finds that they know (`etcdserver/server.go`, `publish`).
    #[cold]
    pub(super) fn publish_when_due(&mut self, identity: &Identity, now: Micros) {
        if self.publish_at.is_none_or(|at| at > now) || self.raw.raft.leader_id == 0 {
            return;
        }
        self.publish_at = Some(now + identity.options.request_timeout_us());
        let node = identity.node.raft_id();
        let attributes = Attributes {
            name: identity.node.to_string(),
            client_urls: vec![etcd::client_url(node)],
        };
        let told = AttributesRequest {
            member_id: self.member_id,
            attributes: Some(attributes),
        };
        let told = InternalRaftRequest::new(self.take_id(), Operation::Attributes(told));
        // If the leader is just being changed, it will try once more.
        let _ = self.raw.propose(Vec::new(), encoded(&told));
    }

    /// Proposes the change that leads to these voters and learners, in one go. Returns
    /// whether there is anything to change.
    pub(super) fn reconfigure(
        &mut self,
        now: Micros,
        voters: &[NodeId],
        learners: &[NodeId],
    ) -> bool {
        let changes = changes_to(&self.conf_state, voters, learners);
        if changes.is_empty() {
            return false;
        }
        let wanted = Wanted {
            kind: Kind::Raw.into(),
            members: Vec::new(),
            asked_at: now,
        };
        let change = ConfChangeV2 {
            changes,
            context: encoded(&wanted),
            ..ConfChangeV2::default()
        };
        // Nobody waits for an answer; whether it was taken shows in the log.
        let _ = self.raw.propose_conf_change(Vec::new(), change);
        true
    }

    /// The configuration as the node has it.
    pub(super) fn configuration(&self) -> &Configuration {
        &self.configuration
    }
}

/// What to change for these voters and learners.
fn changes_to(
    present: &ConfState,
    voters: &[NodeId],
    learners: &[NodeId],
) -> Vec<ConfChangeSingle> {
    let change = |node_id, kind: ConfChangeType| ConfChangeSingle {
        change_type: kind as i32,
        node_id,
    };
    let has = |list: &[NodeId], id: u64| list.iter().any(|node| node.raft_id() == id);
    let mut changes = Vec::new();
    for id in voters.iter().map(|node| node.raft_id()) {
        if !present.voters.contains(&id) {
            changes.push(change(id, ConfChangeType::AddNode));
        }
    }
    for id in learners.iter().map(|node| node.raft_id()) {
        if !present.learners.contains(&id) {
            changes.push(change(id, ConfChangeType::AddLearnerNode));
        }
    }
    for id in present.voters.iter().chain(&present.learners).copied() {
        if !has(voters, id) && !has(learners, id) {
            changes.push(change(id, ConfChangeType::RemoveNode));
        }
    }
    changes
}
