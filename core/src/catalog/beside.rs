//! What a store holds beside its pairs.

use super::alarms::Alarms;
use super::leases::Leases;

/// What is replicated with the pairs, and changes seldom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) leases: Leases,
    pub(super) alarms: Alarms,
}
