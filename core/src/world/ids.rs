//! Numbers that name things.

use serde::{Deserialize, Serialize};

/// An event, numbered over the whole run from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId(pub u64);

/// A message's place in the network while it is under way. No two messages have the same at
/// the same time; places are used again, the last that became free first.
pub type Slot = u32;
