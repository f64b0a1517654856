//! Who is in the cluster, who leads it, and how its nodes are set.

use super::simulation::World;
use super::{Action, ActionError};

impl World {
    /// Whether an action makes sense now.
    pub(super) fn check_governance(&self, _action: &Action) -> Result<(), ActionError> {
        unimplemented!()
    }

    /// Carries an action out.
    pub(super) fn govern(&mut self, _action: &Action) {
        unimplemented!()
    }
}
