//! Faults: what a person does to nodes, disks, clocks, links and messages.

use super::simulation::World;
use super::{Action, ActionError};

impl World {
    /// Whether a fault makes sense now.
    pub(super) fn check_disturbance(&self, _action: &Action) -> Result<(), ActionError> {
        unimplemented!()
    }

    /// Carries a fault out.
    pub(super) fn disturb(&mut self, _action: &Action) {
        unimplemented!()
    }
}
