//! What a store holds beside its pairs.

use std::sync::Arc;

use super::alarms::Alarms;
use super::auth::Auth;
use super::leases::Leases;

/// What is replicated with the pairs, and changes seldom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) leases: Leases,
    pub(super) alarms: Alarms,
    pub(super) auth: Arc<Auth>,
}
