//! Keys in a map, and byte strings that are equal.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::ops::Deref;

use bytes::Bytes;

/// A key of a store, in the order of its bytes.
///
/// Keys are compared many times for each change of a store. In wasm the comparison of byte
/// strings goes byte by byte; this one takes eight at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(pub Bytes);

impl Deref for Key {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl From<&Bytes> for Key {
    fn from(key: &Bytes) -> Self {
        Self(key.clone())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((a, a_rest), (b, b_rest)) = (self.as_chunks::<8>(), other.as_chunks::<8>());
        let both = a.len().min(b.len());
        for (a, b) in a[..both].iter().zip(&b[..both]) {
            let order = u64::from_be_bytes(*a).cmp(&u64::from_be_bytes(*b));
            if order != Ordering::Equal {
                return order;
            }
        }
        match a.len() == b.len() {
            true => a_rest.cmp(b_rest),
            false => self[8 * both..].cmp(&other[8 * both..]),
        }
    }
}

/// Whether two byte strings are equal. Mostly they are one part of one entry of the log; if
/// not, they are compared by eight bytes at a time, as keys are.
#[must_use]
pub fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let ((a_words, a_rest), (b_words, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut words = a_words.iter().zip(b_words);
    a.len() == b.len()
        && (a.as_ptr() == b.as_ptr()
            || words.all(|(a, b)| u64::from_le_bytes(*a) == u64::from_le_bytes(*b))
                && a_rest == b_rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_bytes() {
        let texts = [
            "",
            "a",
            "aaaaaaaa",
            "aaaaaaaab",
            "aaaaaaaa\u{0}",
            "aaaaaaab",
            "/key/001",
            "/key/010",
            "/key/0010",
            "b",
            "aaaaaaaaaaaaaaaa",
            "aaaaaaaaaaaaaaab",
            "aaaaaaaaaaaaaaaaa",
            "ö",
        ];
        for a in texts {
            for b in texts {
                let key = |text: &str| Key(Bytes::copy_from_slice(text.as_bytes()));
                assert_eq!(
                    key(a).cmp(&key(b)),
                    a.as_bytes().cmp(b.as_bytes()),
                    "{a:?} {b:?}"
                );
            }
        }
    }
}
