//! Hashes of a store, by which members are compared.

use crate::etcd::{Error, HashKvResponse, KeyValue, ResponseHeader, encoded};

use super::{Catalog, Version};

impl Catalog {
    /// The hash of all versions up to a revision, 0 for the newest, as etcd computes it
    /// (`mvcc/kvstore.go`, `HashByRev`): equal on members that applied the same. It goes
    /// over what etcd's file holds, in its order, so it equals a real etcd's.
    ///
    /// What was compacted at the last compaction counts only as far as it is still needed at
    /// `revision`; unless nothing at all is there at `revision`.
    ///
    /// # Errors
    /// A revision that is compacted (the last compacted one too) or still to come.
    pub fn hash_kv(&self, revision: i64) -> Result<HashKvResponse, Error> {
        if revision > 0 && revision <= self.compacted {
            return Err(Error::Compacted);
        }
        if revision > self.revision() {
            return Err(Error::FutureRevision);
        }
        let until = match revision {
            0 => self.revision(),
            revision => revision,
        };
        let is_kept = |version: &Version| {
            let at = self.at(&version.kv.key, until);
            at.is_some_and(|kept| kept.revision() == version.revision())
        };
        let keeps_any = self
            .by_key
            .values()
            .any(|history| history.at(until).is_some());
        let mut crc = Crc32c::default();
        crc.add(b"key");
        for version in self.changes_since(0) {
            let main = version.kv.mod_revision;
            if main > until {
                break;
            }
            if main > self.compacted || !keeps_any || is_kept(version) {
                add_version(&mut crc, version);
            }
        }
        Ok(HashKvResponse {
            header: Some(ResponseHeader {
                revision: self.revision(),
                ..ResponseHeader::default()
            }),
            hash: crc.value(),
            compact_revision: self.compacted,
        })
    }

    /// The hash of the whole store: pairs with their past, leases, alarms, users, roles.
    /// etcd hashes its file, in which each member has things of its own; this one is of what
    /// is replicated, and so is equal on members that applied the same.
    #[must_use]
    pub fn hash(&self) -> u32 {
        hash_of_image(&self.encode())
    }
}

/// The hash of a whole store whose bytes these are; see [`Catalog::encode`].
#[must_use]
pub fn hash_of_image(bytes: &[u8]) -> u32 {
    let mut crc = Crc32c::default();
    crc.add(bytes);
    crc.value()
}

/// A version as it stands in etcd's file: the revision, marked if it is a deletion
/// (`mvcc/revision.go`, `mvcc/kvstore.go`), and the pair, of a deletion the key alone.
fn add_version(crc: &mut Crc32c, version: &Version) {
    let revision = version.revision();
    crc.add(&revision.main.to_be_bytes());
    crc.add(b"_");
    crc.add(&revision.sub.to_be_bytes());
    if version.deleted {
        crc.add(b"t");
        let pair = KeyValue {
            key: version.kv.key.clone(),
            ..KeyValue::default()
        };
        crc.add(&encoded(&pair));
    } else {
        crc.add(&encoded(&version.kv));
    }
}

/// CRC-32C (Castagnoli), as `hash/crc32` of Go computes it. (Four bits at a time: hashes are
/// asked for seldom, and a table for eight is a kilobyte of the download.)
struct Crc32c(u32);

/// The polynomial, its lowest power in the highest bit.
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// What the lowest four bits do to all others.
const STEPS: [u32; 16] = {
    let mut steps = [0; 16];
    let (mut place, mut bits) = (0, 0);
    while place < steps.len() {
        let mut step: u32 = bits;
        let mut bit = 0;
        while bit < 4 {
            step = (step >> 1) ^ (POLYNOMIAL * (step & 1));
            bit += 1;
        }
        steps[place] = step;
        (place, bits) = (place + 1, bits + 1);
    }
    steps
};

impl Default for Crc32c {
    fn default() -> Self {
        Self(!0)
    }
}

impl Crc32c {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 ^= u32::from(byte);
            self.0 = (self.0 >> 4) ^ STEPS[self.0 as usize & 15];
            self.0 = (self.0 >> 4) ^ STEPS[self.0 as usize & 15];
        }
    }

    fn value(&self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Crc32c;

    #[test]
    fn the_checksum_is_castagnolis() {
        // RFC 3720, appendix B.4.
        let examples: [(&[u8], u32); 3] = [
            (&[0; 32], 0x8a91_36aa),
            (&[0xff; 32], 0x62a8_ab43),
            (b"123456789", 0xe306_9283),
        ];
        for (bytes, expected) in examples {
            let mut crc = Crc32c::default();
            crc.add(bytes);
            assert_eq!(crc.value(), expected, "{bytes:?}");
        }
    }
}
