//! What a store holds beside its pairs.

use std::sync::Arc;

use crate::etcd::AlarmMember;

use super::auth::Auth;
use super::lease::Leases;

/// What is replicated with the pairs, and changes seldom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) leases: Leases,
    /// In the order of their kinds, then of the members; at most one of a kind and a member.
    pub(super) alarms: Vec<AlarmMember>,
    pub(super) auth: Arc<Auth>,
}
