//! Who belongs to the cluster, as part of the replicated state
//! (`etcdserver/api/membership/cluster.go`).
//!
//! The raft crate knows members by the numbers of their nodes, clients know them by etcd's
//! identifiers. A node that was removed and is added again has another identifier.

use bytes::Bytes;
use raft::eraftpb::{ConfChangeSingle, ConfChangeType, ConfState};

use crate::etcd::{self, AttributesRequest, Error, MemberInfo, decoded, encoded};
use crate::order::{Ascending, sort_short};

use super::identity::Founders;
use super::{MAX_NODES, Micros};

/// The most learners (`membership/cluster.go`, `maxLearners`).
const MAX_LEARNERS: usize = 1;

/// What a change of the membership asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum Kind {
    /// A person's own choice of voters and learners; see [`super::Member::reconfigure`].
    Raw = 0,
    /// A new member.
    Add = 1,
    Remove = 2,
    /// Other peer addresses for a member.
    Update = 3,
    /// A vote for a learner.
    Promote = 4,
}

/// What a change of the membership says beyond the raft crate's part of it; its context.
/// (etcd writes JSON, `membership.ConfigChangeContext`.)
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Wanted {
    #[prost(enumeration = "Kind", tag = "1")]
    pub(super) kind: i32,
    /// The member that it is about; none of a raw change.
    #[prost(message, repeated, tag = "2")]
    pub(super) members: Vec<MemberInfo>,
    /// When it was asked for, in µs. A machine that joins later under the number of an
    /// older one tells by it that the older one was meant.
    #[prost(uint64, tag = "3")]
    pub(super) asked_at: Micros,
}

/// The members, by the number of their node.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Membership {
    members: Ascending<u64, MemberInfo>,
    /// The identifiers of former members, in order: they never come back.
    removed: Vec<u64>,
    /// When the newest change was asked for.
    changed_at: Micros,
}

/// A member with the number of its node. (The bytes are those of a map of protobuf.)
#[derive(Clone, PartialEq, prost::Message)]
struct Place {
    #[prost(uint64, tag = "1")]
    node: u64,
    #[prost(message, required, tag = "2")]
    member: MemberInfo,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Encoded {
    #[prost(message, repeated, tag = "1")]
    members: Vec<Place>,
    #[prost(uint64, repeated, tag = "2")]
    removed: Vec<u64>,
    #[prost(uint64, tag = "3")]
    changed_at: Micros,
}

impl Membership {
    /// The members that a cluster begins with. All have started, and told their names and where
    /// clients reach them, or have yet to do so.
    pub(super) fn new(founders: &Founders, have_told: bool) -> Self {
        let mut membership = Self::default();
        let told = |text: String| match have_told {
            true => text,
            false => String::new(),
        };
        for founder in &founders.members {
            let node = founder.raft_id();
            let info = MemberInfo {
                id: founders.member_id(*founder),
                name: told(format!("n{node}")),
                peer_urls: vec![etcd::peer_url(node)],
                client_urls: match have_told {
                    true => vec![etcd::client_url(node)],
                    false => Vec::new(),
                },
                is_learner: false,
            };
            membership.members.insert(node, info);
        }
        membership
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let members = self.members.iter().map(|(node, member)| Place {
            node: *node,
            member: member.clone(),
        });
        encoded(&Encoded {
            members: members.collect(),
            removed: self.removed.clone(),
            changed_at: self.changed_at,
        })
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let encoded = decoded::<Encoded>(Bytes::copy_from_slice(bytes))?;
        let mut membership = Self {
            removed: set_of(encoded.removed),
            changed_at: encoded.changed_at,
            ..Self::default()
        };
        for Place { node, member } in encoded.members {
            if !(1..=MAX_NODES.into()).contains(&node) {
                return None;
            }
            membership.members.insert(node, member);
        }
        Some(membership)
    }

    /// Whether these are the members of the configuration.
    pub(super) fn is_of(&self, conf_state: &ConfState) -> bool {
        self.members.keys().copied().eq(nodes_of(conf_state))
    }

    /// The member that runs on a node.
    pub(super) fn of_node(&self, node: u64) -> Option<&MemberInfo> {
        self.members.get(&node)
    }

    /// The node of the member with this identifier.
    pub(super) fn node_of(&self, id: u64) -> Option<u64> {
        let mut members = self.members.iter();
        let (node, _) = members.find(|(_, member)| member.id == id)?;
        Some(*node)
    }

    /// All members, by identifier (`membership/cluster.go`, `Members`).
    pub(super) fn list(&self) -> Vec<MemberInfo> {
        let mut list: Vec<MemberInfo> = self.members.values().cloned().collect();
        sort_short(&mut list, |a, b| a.id > b.id);
        list
    }

    /// The nodes of the members that have a vote, with whether each has started.
    pub(super) fn voters(&self) -> impl Iterator<Item = (u64, bool)> {
        let voters = self.members.iter().filter(|(_, member)| !member.is_learner);
        voters.map(|(node, member)| (*node, !member.name.is_empty()))
    }

    /// When the newest change was asked for.
    pub(super) fn changed_at(&self) -> Micros {
        self.changed_at
    }

    /// What the raft crate has to change for what is wanted; nothing where only addresses
    /// change (`membership/cluster.go`, `ValidateConfigurationChange`).
    ///
    /// # Errors
    /// The error that etcd answers; nothing is to be changed then.
    pub(super) fn plan(&self, wanted: &Wanted) -> Result<Option<ConfChangeSingle>, Error> {
        if wanted.kind() == Kind::Raw {
            return Ok(None);
        }
        let about = wanted.members.first().ok_or(Error::MemberNotFound)?;
        if self.removed.contains(&about.id) {
            return Err(Error::MemberNotFound);
        }
        let node = self.node_of(about.id);
        let change = |node_id, kind: ConfChangeType| {
            Ok(Some(ConfChangeSingle {
                change_type: kind as i32,
                node_id,
            }))
        };
        match wanted.kind() {
            Kind::Add => {
                let new = self.addable(about)?;
                let kind = match about.is_learner {
                    true => ConfChangeType::AddLearnerNode,
                    false => ConfChangeType::AddNode,
                };
                change(new, kind)
            }
            Kind::Promote => {
                let node = node.ok_or(Error::MemberNotFound)?;
                if self.of_node(node).is_none_or(|member| !member.is_learner) {
                    return Err(Error::MemberNotLearner);
                }
                change(node, ConfChangeType::AddNode)
            }
            Kind::Remove => change(
                node.ok_or(Error::MemberNotFound)?,
                ConfChangeType::RemoveNode,
            ),
            Kind::Update | Kind::Raw => {
                node.ok_or(Error::MemberNotFound)?;
                self.check_urls(about)?;
                Ok(None)
            }
        }
    }

    /// The node of a member that may be added.
    fn addable(&self, member: &MemberInfo) -> Result<u64, Error> {
        if self.node_of(member.id).is_some() {
            return Err(Error::MemberExists);
        }
        self.check_urls(member)?;
        let node = node_of_urls(&member.peer_urls)?;
        if self.members.contains_key(&node) {
            // Its own address was updated away; the machine is taken all the same.
            return Err(Error::PeerUrlExists);
        }
        let learners = self.members.values().filter(|member| member.is_learner);
        if member.is_learner && learners.count() >= MAX_LEARNERS {
            return Err(Error::TooManyLearners);
        }
        Ok(node)
    }

    /// # Errors
    /// Another member has one of these addresses.
    fn check_urls(&self, member: &MemberInfo) -> Result<(), Error> {
        let others = self.members.values().filter(|other| other.id != member.id);
        let mut taken = others.flat_map(|other| &other.peer_urls);
        if taken.any(|url| member.peer_urls.contains(url)) {
            return Err(Error::PeerUrlExists);
        }
        Ok(())
    }

    /// Takes in what was wanted, now that the raft crate has this configuration.
    pub(super) fn change(&mut self, wanted: &Wanted, conf_state: &ConfState) {
        self.changed_at = wanted.asked_at;
        if wanted.kind() == Kind::Update {
            for update in &wanted.members {
                let node = self.node_of(update.id);
                if let Some(member) = node.and_then(|node| self.members.get_mut(&node)) {
                    member.peer_urls.clone_from(&update.peer_urls);
                }
            }
        }
        self.follow(conf_state, &wanted.members);
    }

    /// Has the members that the configuration has. One that is new and not told of is
    /// given an identifier as if it had been added by name.
    fn follow(&mut self, conf_state: &ConfState, told: &[MemberInfo]) {
        let belong = set_of(nodes_of(conf_state));
        let removed = &mut self.removed;
        self.members.retain(|node, member| {
            let belongs = belong.contains(node);
            if !belongs {
                put_in(removed, member.id);
            }
            belongs
        });
        let seconds = self.changed_at / 1_000_000;
        for node in belong {
            let of_node = |member: &&MemberInfo| node_of_urls(&member.peer_urls) == Ok(node);
            let new = || {
                let peer_urls = vec![etcd::peer_url(node)];
                MemberInfo {
                    id: etcd::added_member_id(&peer_urls, seconds),
                    peer_urls,
                    ..MemberInfo::default()
                }
            };
            let told = || told.iter().find(of_node).cloned().unwrap_or_else(new);
            let member = self.members.get_or_insert_with(node, told);
            member.is_learner = conf_state.learners.contains(&node);
        }
    }

    /// Takes in what a member tells of itself.
    pub(super) fn publish(&mut self, request: &AttributesRequest) {
        let Some(attributes) = &request.attributes else {
            return;
        };
        let node = self.node_of(request.member_id);
        if let Some(member) = node.and_then(|node| self.members.get_mut(&node)) {
            member.name.clone_from(&attributes.name);
            member.client_urls.clone_from(&attributes.client_urls);
        }
    }
}

/// Everybody in a configuration, in order.
pub(super) fn nodes_of(conf_state: &ConfState) -> impl Iterator<Item = u64> {
    let lists = [
        &conf_state.voters,
        &conf_state.voters_outgoing,
        &conf_state.learners,
        &conf_state.learners_next,
    ];
    set_of(lists.into_iter().flatten().copied()).into_iter()
}

/// Some numbers in order, each once.
fn set_of(numbers: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut set = Vec::new();
    for number in numbers {
        put_in(&mut set, number);
    }
    set
}

/// Puts a number into a few that are in order, unless it is one of them.
fn put_in(set: &mut Vec<u64>, number: u64) {
    if let Err(place) = set.binary_search(&number) {
        set.insert(place, number);
    }
}

/// The node that listens at these peer addresses.
///
/// # Errors
/// None does. (etcd takes any address; here those of the machines exist and no others.)
pub(super) fn node_of_urls(urls: &[String]) -> Result<u64, Error> {
    let mut nodes = urls.iter().map(|url| etcd::node_of_peer_url(url));
    let node = nodes.next().flatten().ok_or(Error::BadMemberUrls)?;
    let is_node = (1..=u64::from(MAX_NODES)).contains(&node);
    if is_node && nodes.all(|other| other == Some(node)) {
        return Ok(node);
    }
    Err(Error::BadMemberUrls)
}
