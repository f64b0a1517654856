//! The identifiers of a cluster and its members, as etcd derives them from a static
//! bootstrap (`etcdserver/api/membership/member.go` and `cluster.go`).

use sha1::{Digest, Sha1};

/// The name that every bootstrapped cluster hashes in (`embed/config.go`,
/// `initial-cluster-token`).
const CLUSTER_TOKEN: &str = "etcd-cluster";

/// The identifier of the member that node number `node` runs: the first eight bytes of
/// the SHA-1 of its peer URL and the cluster's token.
#[must_use]
pub fn member_id(node: u64) -> u64 {
    let mut hash = Sha1::new();
    hash.update(format!("http://n{node}:2380"));
    hash.update(CLUSTER_TOKEN);
    first_eight(&hash.finalize())
}

/// The identifier of a cluster bootstrapped from these members: the first eight bytes of
/// the SHA-1 of their identifiers, in ascending order.
#[must_use]
pub fn cluster_id(members: impl IntoIterator<Item = u64>) -> u64 {
    let mut members: Vec<u64> = members.into_iter().collect();
    members.sort_unstable();
    let mut hash = Sha1::new();
    for member in members {
        hash.update(member.to_be_bytes());
    }
    first_eight(&hash.finalize())
}

fn first_eight(digest: &[u8]) -> u64 {
    digest
        .iter()
        .take(8)
        .fold(0, |id, &byte| id << 8 | u64::from(byte))
}
