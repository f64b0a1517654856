//! One number that stands for a whole run.

use std::fmt;

use crate::world::EventId;

use super::{Record, text};

/// The 128-bit FNV-1a hash (RFC 9923) of the first events of a run: of their lines in
/// [`text`], each with a line feed behind it. It is the same on every machine.
///
/// FNV is small and needs nothing else. It is no defence against somebody who makes two
/// runs with one hash on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceHash {
    state: u128,
    events: u64,
}

const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// How many events are taken in between two looks at the budget.
const EVENTS_PER_LOOK: usize = 256;

impl Default for TraceHash {
    fn default() -> Self {
        Self::new()
    }
}

impl TraceHash {
    /// The hash of no event.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: OFFSET_BASIS,
            events: 0,
        }
    }

    /// How many events it stands for.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Takes the further events of a record in. Returns whether it stands for all of them:
    /// not if the next is not kept any more.
    pub fn take_in(&mut self, record: &Record) -> bool {
        self.take_in_some(record, || false)
    }

    /// Takes further events of a record in, until `over_budget` says that it is enough for
    /// now. Returns whether it stands for all of them. If the next event is not kept any
    /// more, it takes none; [`super::Rewind::hashing`] then leads to the hash.
    pub fn take_in_some(&mut self, record: &Record, mut over_budget: impl FnMut() -> bool) -> bool {
        if self.events < record.dropped() {
            return false;
        }
        let mut left = EVENTS_PER_LOOK;
        for (id, event) in record.since(EventId(self.events)) {
            self.write(text::line(id, event).as_bytes());
            self.write(b"\n");
            self.events += 1;
            left -= 1;
            if left == 0 {
                if over_budget() {
                    break;
                }
                left = EVENTS_PER_LOOK;
            }
        }
        self.events == record.len()
    }

    /// Takes bytes in; for a trace that came as text.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.state = (self.state ^ u128::from(byte)).wrapping_mul(PRIME);
        }
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for TraceHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::TraceHash;

    /// The values of RFC 9923, appendix B.
    #[test]
    fn it_is_fnv_1a() {
        let hash = |text: &str| {
            let mut hash = TraceHash::new();
            hash.write(text.as_bytes());
            hash.to_string()
        };
        assert_eq!(hash(""), "6c62272e07bb014262b821756295c58d");
        assert_eq!(hash("a"), "d228cb696f1a8caf78912b704e4a8964");
        assert_eq!(hash("foobar"), "343e1662793c64bf6f0d3597ba446f18");
    }
}
