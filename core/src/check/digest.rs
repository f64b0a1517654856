//! Digests of entries and of changes.
//!
//! They stand for what they are made of, so that comparing two logs costs the same however
//! long they are. They are of 64 bits and made against accident, not against malice: that
//! two different histories of a run look alike by chance is as likely as one in 10^19 for
//! each pair that is compared.

use crate::catalog::Version;
use crate::member::LogEntry;

/// The digest of nothing.
pub(super) const EMPTY: u64 = 0;

/// An odd number without a pattern: the golden ratio's fraction in 64 bits.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// What begins the four lanes of a long text: any four different numbers.
const LANES: [u64; 4] = [1, 2, 3, 4];

/// A digest with one more word in it. For one digest before, different words give
/// different digests.
fn mix(digest: u64, word: u64) -> u64 {
    let mixed = (digest ^ word).wrapping_mul(FACTOR);
    (mixed ^ (mixed >> 29)).rotate_left(23)
}

/// A digest with a text in it, eight bytes at a time in four lanes, which a processor
/// works on at once.
fn mix_bytes(digest: u64, bytes: &[u8]) -> u64 {
    let mut digest = mix(digest, bytes.len() as u64);
    let (blocks, rest) = bytes.as_chunks::<32>();
    if !blocks.is_empty() {
        let mut lanes = LANES;
        for block in blocks {
            let (words, _) = block.as_chunks::<8>();
            for (lane, word) in lanes.iter_mut().zip(words) {
                *lane = mix(*lane, u64::from_le_bytes(*word));
            }
        }
        digest = lanes.into_iter().fold(digest, mix);
    }
    for word in rest.chunks(8) {
        let mut padded = [0; 8];
        padded[..word.len()].copy_from_slice(word);
        digest = mix(digest, u64::from_le_bytes(padded));
    }
    digest
}

/// The digest of a log up to an entry, from that of the log before it.
pub(super) fn log_with(before: u64, entry: &LogEntry) -> u64 {
    let kind = u64::from(entry.type_code().unsigned_abs());
    mix_bytes(mix(mix(before, entry.term()), kind), entry.data())
}

/// The digest of a list of changes, each with all that a catalog keeps of it.
pub(super) fn changes<'a>(changes: impl IntoIterator<Item = &'a Version>) -> u64 {
    changes
        .into_iter()
        .fold(EMPTY, |digest, change| mix(digest, version(change)))
}

/// The digest of one version of one key.
pub(super) fn version(version: &Version) -> u64 {
    let kv = &version.kv;
    let numbers = [
        kv.create_revision,
        kv.mod_revision,
        kv.version,
        kv.lease,
        version.sub,
        i64::from(version.deleted),
    ];
    let digest = numbers
        .into_iter()
        .fold(EMPTY, |digest, number| mix(digest, number.cast_unsigned()));
    mix_bytes(mix_bytes(digest, &kv.key), &kv.value)
}

/// The digest of a key.
pub(super) fn key(key: &[u8]) -> u64 {
    mix_bytes(EMPTY, key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bytes::Bytes;

    use super::{EMPTY, key, log_with};
    use crate::member::LogEntry;

    /// Texts of every length about the blocks, each with one byte changed anywhere, and
    /// texts of zeros, which differ in their length alone.
    #[test]
    fn one_byte_makes_another_digest() {
        let mut seen = BTreeSet::new();
        let mut texts = 0;
        for length in 0..100 {
            let zeros = vec![0; length];
            for place in 0..length {
                let mut text = zeros.clone();
                text[place] = 1;
                seen.insert(key(&text));
            }
            seen.insert(key(&zeros));
            texts += length + 1;
        }
        assert_eq!(seen.len(), texts);
    }

    #[test]
    fn the_order_of_entries_counts() {
        let [a, b] = ["a", "b"].map(|data| LogEntry::normal(1, 1, Bytes::from(data)));
        let log = |entries: [&LogEntry; 2]| entries.into_iter().fold(EMPTY, log_with);
        assert_ne!(log([&a, &b]), log([&b, &a]));
        assert_ne!(log([&a, &a]), log([&b, &b]));
    }
}
