//! Passwords, as they are kept.
//!
//! etcd keeps them by bcrypt. Its least cost takes longer than the page may stop for, times
//! the number of members, and no crate in the tree has it; PBKDF2 needs nothing but the
//! SHA-1 that identifiers are made with. Nobody should type a password that matters into a
//! simulation; but one who looks at a member's disk does not read it there.

use sha1::{Digest as _, Sha1};

/// A password that can be compared with, and not read.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(in crate::catalog) struct Password {
    /// Makes two users' equal passwords differ.
    #[prost(uint64, tag = "1")]
    salt: u64,
    #[prost(bytes = "vec", tag = "2")]
    hash: Vec<u8>,
}

/// How often the hash is taken: a millisecond or two in a page.
const ITERATIONS: u32 = 1_000;

/// What SHA-1 takes in at a time, in bytes.
const BLOCK_BYTES: usize = 64;

impl Password {
    pub(in crate::catalog) fn new(password: &str, salt: u64) -> Self {
        let hash = pbkdf2(password.as_bytes(), &salt.to_be_bytes(), ITERATIONS);
        Self {
            salt,
            hash: hash.to_vec(),
        }
    }

    pub(in crate::catalog) fn is(&self, password: &str) -> bool {
        *self == Self::new(password, self.salt)
    }
}

/// The first block of PBKDF2 with HMAC-SHA-1 (RFC 8018, section 5.2).
fn pbkdf2(password: &[u8], salt: &[u8], iterations: u32) -> [u8; 20] {
    let hmac = Hmac::new(password);
    let mut last = hmac.of(&[salt, &1_u32.to_be_bytes()]);
    let mut hash = last;
    for _ in 1..iterations {
        last = hmac.of(&[&last]);
        for (byte, other) in hash.iter_mut().zip(last) {
            *byte ^= other;
        }
    }
    hash
}

/// HMAC-SHA-1 with a key (RFC 2104), as far as it can be computed without a message.
struct Hmac {
    inner: Sha1,
    outer: Sha1,
}

impl Hmac {
    fn new(key: &[u8]) -> Self {
        let mut block = [0; BLOCK_BYTES];
        match block.get_mut(..key.len()) {
            Some(start) => start.copy_from_slice(key),
            None => block[..20].copy_from_slice(&Sha1::digest(key)),
        }
        let padded = |pad: u8| Sha1::new_with_prefix(block.map(|byte| byte ^ pad));
        Self {
            inner: padded(0x36),
            outer: padded(0x5c),
        }
    }

    fn of(&self, message: &[&[u8]]) -> [u8; 20] {
        let mut inner = self.inner.clone();
        for part in message {
            inner.update(part);
        }
        let mut outer = self.outer.clone();
        outer.update(inner.finalize());
        outer.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::pbkdf2;

    #[test]
    fn the_hash_is_pbkdf2() {
        // RFC 6070, section 2.
        let hex = |hash: [u8; 20]| hash.map(|byte| format!("{byte:02x}")).concat();
        let examples = [
            (1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
            (4096, "4b007901b765489abead49d926f721d065a429c1"),
        ];
        for (iterations, expected) in examples {
            assert_eq!(hex(pbkdf2(b"password", b"salt", iterations)), expected);
        }
    }
}
