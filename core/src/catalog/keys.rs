//! Which keys a request means.

use std::ops::Bound;

use bytes::Bytes;

use super::{Key, same_bytes};

/// The keys that a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRange {
    /// The one key.
    One(Bytes),
    /// Every key from this one on.
    From(Bytes),
    /// From the first key up to, and without, the second.
    Between(Bytes, Bytes),
}

impl KeyRange {
    /// The range of a request's `key` and `range_end`.
    #[must_use]
    pub fn new(key: &Bytes, range_end: &Bytes) -> Self {
        match &range_end[..] {
            b"" => Self::One(key.clone()),
            b"\0" => Self::From(key.clone()),
            _ => Self::Between(key.clone(), range_end.clone()),
        }
    }

    /// The bounds of the range; `None` for a range that ends before it begins.
    pub(super) fn bounds(&self) -> Option<(Bound<Key>, Bound<Key>)> {
        let included = |key: &Bytes| Bound::Included(Key::from(key));
        let excluded = |key: &Bytes| Bound::Excluded(Key::from(key));
        match self {
            Self::One(key) => Some((included(key), included(key))),
            Self::From(key) => Some((included(key), Bound::Unbounded)),
            Self::Between(key, end) if key < end => Some((included(key), excluded(end))),
            Self::Between(..) => None,
        }
    }
    /// Whether a key is in the range.
    #[must_use]
    pub fn contains(&self, key: &[u8]) -> bool {
        match self {
            Self::One(one) => same_bytes(one, key),
            Self::From(first) => key >= &first[..],
            Self::Between(first, end) => key >= &first[..] && key < &end[..],
        }
    }
}
