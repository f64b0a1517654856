//! Who is in the cluster, who leads it, and how its nodes are set.

use crate::catalog::Catalog;
use crate::member::{
    Arrival, Clock, Configuration, MAX_SNAPSHOT_BYTES, MAX_TOKEN_BYTES, Member, NodeId, Origin,
    Role,
};
use crate::order::sort_short;

use super::environment::Environment;
use super::queue::Due;
use super::setup::validate_options;
use super::simulation::World;
use super::{Action, ActionError, MAX_NODES};

impl World {
    /// Whether an action makes sense now.
    pub(super) fn check_governance(&self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::Wipe { node } => self.check_wipe(*node),
            Action::Campaign { node } => {
                let member = self.going_on(*node)?;
                let may = member.may_campaign();
                may.then_some(()).ok_or(ActionError::NotVoter(*node))
            }
            Action::ElectionTimeout { node, ticks } => {
                let least = self.going_on(*node)?.options().election_ticks;
                let is_possible = (least..2 * least).contains(ticks);
                is_possible.then_some(()).ok_or(ActionError::OutOfBounds {
                    what: "an election timeout",
                    allowed: "from election_ticks to twice that, less one",
                })
            }
            Action::TransferLeader { node, to } => self.check_transfer(*node, *to),
            Action::Options { node, options } => {
                self.known(*node)?;
                validate_options(options).map_err(|error| ActionError::OutOfBounds {
                    what: error.field,
                    allowed: error.allowed,
                })
            }
            Action::Join { node } => self.check_join(*node),
            Action::Restore { node, origin } => self.check_restore(*node, origin),
            Action::Reconfigure {
                node,
                voters,
                learners,
            } => self.check_reconfiguration(*node, voters, learners),
            _ => unreachable!("every other action is checked elsewhere"),
        }
    }

    /// A node that exists and was not removed.
    fn known(&self, node: NodeId) -> Result<&Member, ActionError> {
        let member = self.members.get(node.index());
        let member = member.ok_or(ActionError::NoSuchNode(node))?;
        if member.is_removed() {
            return Err(ActionError::Removed(node));
        }
        Ok(member)
    }

    fn running(&self, node: NodeId) -> Result<&Member, ActionError> {
        let member = self.known(node)?;
        if !member.is_running() {
            return Err(ActionError::Down(node));
        }
        Ok(member)
    }

    /// A node that runs and is not paused.
    fn going_on(&self, node: NodeId) -> Result<&Member, ActionError> {
        let member = self.running(node)?;
        if self.is_paused(node) {
            return Err(ActionError::AlreadyPaused(node));
        }
        Ok(member)
    }

    fn check_wipe(&self, node: NodeId) -> Result<(), ActionError> {
        match self.known(node)?.is_running() {
            true => Err(ActionError::NotDown(node)),
            false => Ok(()),
        }
    }

    fn check_restore(&self, node: NodeId, origin: &Origin) -> Result<(), ActionError> {
        let member = self.known(node)?;
        if member.is_running() {
            return Err(ActionError::NotDown(node));
        }
        if !member.is_blank() {
            return Err(ActionError::NotEmpty(node));
        }
        // What the old cluster removed may be in the new one.
        let is_there = |named: &NodeId| self.members.get(named.index()).is_some();
        if let Some(named) = origin.members.iter().find(|named| !is_there(named)) {
            return Err(ActionError::NoSuchNode(*named));
        }
        let bound = |ok: bool, what, allowed| match ok {
            true => Ok(()),
            false => Err(ActionError::OutOfBounds { what, allowed }),
        };
        bound(
            origin.members.contains(&node) && origin.members.is_sorted_by(|a, b| a < b),
            "the list of new members",
            "in order, each once, with the node among them",
        )?;
        let Origin {
            snapshot, token, ..
        } = origin;
        bound(
            token.len() <= MAX_TOKEN_BYTES,
            "a cluster's token",
            "at most 100 bytes",
        )?;
        bound(
            snapshot.len() <= MAX_SNAPSHOT_BYTES,
            "a snapshot that a cluster is made of",
            "at most 512 KiB",
        )?;
        let is_whole = Catalog::decode(snapshot).is_some();
        is_whole.then_some(()).ok_or(ActionError::BadSnapshot(node))
    }

    fn check_transfer(&self, node: NodeId, to: NodeId) -> Result<(), ActionError> {
        let member = self.going_on(node)?;
        let leads = member.role().is_some_and(|(role, _)| role == Role::Leader);
        if !leads {
            return Err(ActionError::NotLeader(node));
        }
        // etcd refuses others as a "bad leader transferee" (`etcdserver/server.go`,
        // `MoveLeader`).
        let configuration = member.configuration();
        let votes = configuration.is_some_and(|configuration| configuration.voters.contains(&to));
        votes.then_some(()).ok_or(ActionError::NotVoter(to))
    }

    fn check_join(&self, node: NodeId) -> Result<(), ActionError> {
        if let Some(member) = self.members.get(node.index()) {
            // An emptied machine of another cluster is as good as new.
            let host = &self.members[self.host_of(node).index()];
            let is_new = member.is_blank() && member.cluster_id() != host.cluster_id();
            return match member.is_removed() || is_new {
                true => Ok(()),
                false => Err(ActionError::Exists(node)),
            };
        }
        let is_next = node.index() == self.members.len() && node.number() <= MAX_NODES;
        is_next.then_some(()).ok_or(ActionError::OutOfBounds {
            what: "the number of a node that joins",
            allowed: "the next free one, at most 15, or that of a removed node",
        })
    }

    fn check_reconfiguration(
        &self,
        node: NodeId,
        voters: &[NodeId],
        learners: &[NodeId],
    ) -> Result<(), ActionError> {
        let member = self.going_on(node)?;
        for named in voters.iter().chain(learners) {
            self.known(*named)?;
        }
        let sorted = |nodes: &[NodeId]| {
            let mut nodes = nodes.to_vec();
            sort_short(&mut nodes, |a, b| a > b);
            nodes
        };
        let wanted = Configuration {
            voters: sorted(voters),
            outgoing: Vec::new(),
            learners: sorted(learners),
        };
        let mut named = sorted(&[voters, learners].concat());
        let count = named.len();
        named.dedup();
        if wanted.voters.is_empty() || named.len() < count {
            return Err(ActionError::OutOfBounds {
                what: "the new configuration",
                allowed: "at least one voter, and no node twice",
            });
        }
        if member.configuration() == Some(&wanted) {
            return Err(ActionError::OutOfBounds {
                what: "the new configuration",
                allowed: "another than the present one",
            });
        }
        match member.role() {
            Some((_, Some(_))) => Ok(()),
            _ => Err(ActionError::NoLeader(node)),
        }
    }

    /// Carries an action out.
    pub(super) fn govern(&mut self, action: &Action) {
        let node = action.node();
        match action {
            Action::Join { node } => return self.join(*node),
            Action::Restore { node, origin } => return self.restore(*node, origin),
            _ => {}
        }
        let now = self.environment.now;
        let member = &mut self.members[node.index()];
        let host = &mut self.environment.at(node);
        match action {
            Action::Wipe { .. } => member.wipe(),
            Action::Campaign { .. } => member.campaign(now, host),
            Action::ElectionTimeout { ticks, .. } => {
                member.set_election_timeout(now, *ticks, host);
            }
            Action::TransferLeader { to, .. } => member.transfer_leader(now, *to, host),
            Action::Options { options, .. } => member.set_options((**options).clone()),
            Action::Reconfigure {
                voters, learners, ..
            } => member.reconfigure(now, voters, learners, host),
            _ => unreachable!("every other action is carried out elsewhere"),
        }
    }

    /// A new machine starts. (Whatever else the world has for each node is there from the
    /// beginning, for as many as there may be.)
    fn join(&mut self, node: NodeId) {
        let host = self.host_of(node);
        let environment = &mut self.environment;
        let now = environment.now;
        let site = environment.site(node);
        site.start += 1;
        site.up_since = Some(now);
        site.disk.replace(self.setup.disk.sync);
        let start = site.start;
        let phase = Environment::clock_phase(&self.setup, self.seed, node);
        let clock = Clock::new(self.setup.options.tick_us, 0, now + phase);
        environment.site(node).clock = clock;
        environment.after(phase, Due::Tick { node, start });
        let member = Member::join(
            node,
            self.setup.options.clone(),
            self.seed,
            Arrival {
                at: now,
                clock,
                former: self.members.get(node.index()),
                host: &self.members[host.index()],
            },
            &mut environment.at(node),
        );
        let cluster = member.cluster_id();
        match self.members.get_mut(node.index()) {
            Some(former) => *former = member,
            None => self.members.push(member),
        }
        let known = self.members.len();
        self.environment.put_in_cluster(node, cluster, known);
    }

    /// Whose cluster a machine joins: that of the first running node that has it among the
    /// members, or else of the first that runs at all.
    fn host_of(&self, joining: NodeId) -> NodeId {
        let known = u8::try_from(self.members.len()).unwrap_or(MAX_NODES);
        let others = || NodeId::first(known).filter(|node| *node != joining);
        let configuration = |node: &NodeId| self.members[node.index()].configuration();
        let knows = |node: &NodeId| {
            configuration(node).is_some_and(
                |Configuration {
                     voters, learners, ..
                 }| { voters.contains(&joining) || learners.contains(&joining) },
            )
        };
        let host = others().find(knows);
        let host = host.or_else(|| others().find(|node| configuration(node).is_some()));
        host.or_else(|| others().next()).unwrap_or(joining)
    }

    /// A node's disk gets what a member of a new cluster begins with.
    fn restore(&mut self, node: NodeId, origin: &Origin) {
        let member = &mut self.members[node.index()];
        member.found(origin);
        let cluster = member.cluster_id();
        let known = self.members.len();
        self.environment.put_in_cluster(node, cluster, known);
        self.environment.lose_all_of(node);
    }
}
