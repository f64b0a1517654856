//! The identifiers of a cluster and its members, as etcd derives them from a static
//! bootstrap (`etcdserver/api/membership/member.go` and `cluster.go`).

use crate::order::sort_short;
use sha1::{Digest, Sha1};

/// The name that every bootstrapped cluster hashes in (`embed/config.go`,
/// `initial-cluster-token`).
pub const CLUSTER_TOKEN: &str = "etcd-cluster";

/// The identifier of the member that node number `node` runs, in a cluster with the usual
/// token.
#[must_use]
pub fn member_id(node: u64) -> u64 {
    member_id_by(node, CLUSTER_TOKEN)
}

/// The identifier of the member that node number `node` runs in a cluster with this token:
/// the first eight bytes of the SHA-1 of its peer URL and the token.
#[must_use]
pub fn member_id_by(node: u64, token: &str) -> u64 {
    let mut hash = Sha1::new();
    hash.update(peer_url(node));
    hash.update(token);
    first_eight(&hash.finalize())
}

/// The identifier of a member that is added to a running cluster: its peer addresses in
/// ascending order and the time in seconds are hashed in, so that a member that comes back
/// is another one (`membership/member.go`, `NewMember`).
#[must_use]
pub fn added_member_id(peer_urls: &[String], seconds: u64) -> u64 {
    let mut urls: Vec<&String> = peer_urls.iter().collect();
    sort_short(&mut urls, |a, b| a > b);
    let mut hash = Sha1::new();
    for url in urls {
        hash.update(url);
    }
    hash.update(seconds.to_string());
    first_eight(&hash.finalize())
}

/// Where the other members reach node number `node`.
#[must_use]
pub fn peer_url(node: u64) -> String {
    format!("http://n{node}:2380")
}

/// Where clients reach node number `node`.
#[must_use]
pub fn client_url(node: u64) -> String {
    format!("http://n{node}:2379")
}

/// The number of the node that listens at a peer address; `None` where none does.
#[must_use]
pub fn node_of_peer_url(url: &str) -> Option<u64> {
    let host = url.strip_prefix("http://n")?.strip_suffix(":2380")?;
    let node = host.parse().ok()?;
    // Other spellings of a number ("+3", "03") are other hosts.
    (peer_url(node) == url).then_some(node)
}

/// The identifier of a cluster bootstrapped from these members: the first eight bytes of
/// the SHA-1 of their identifiers, in ascending order.
#[must_use]
pub fn cluster_id(members: impl IntoIterator<Item = u64>) -> u64 {
    let mut members: Vec<u64> = members.into_iter().collect();
    sort_short(&mut members, |a, b| a > b);
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
