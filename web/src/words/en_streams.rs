//! English: watches and leases.

use super::numbers::{grouped, seconds};
use super::streams::Streams;

pub(super) const STREAMS: Streams = Streams {
    label: "Watches and leases",
    leases: "Leases",
    lease: "lease",
    left: "left",
    left_hint: "How long it lives if nobody keeps it alive, as the leader counts it",
    keys: "keys",
    more: |count| format!("and {} more", grouped(count as u64)),
    kept: "kept at",
    kept_hint: "The nodes at which a client keeps it alive",
    seconds: |left, ttl| format!("{} of {} s", seconds(left, 1), grouped(ttl.unsigned_abs())),
    unknown: "–",
    no_leases: "No lease is granted. Type in the console:",
    nobody_counts: "Nobody leads, so nobody counts the time of leases: none expires.",
    counts: |leader| {
        format!("{leader} counts the time; each leader begins anew, with a little more.")
    },
    listed: |shown, total| match total {
        0 => String::new(),
        _ if shown == total => grouped(total as u64),
        _ => format!(
            "the first {} of {}",
            grouped(shown as u64),
            grouped(total as u64)
        ),
    },
    watches: "Watches",
    at_node: "node",
    what: "watches",
    every_key: "every key",
    seen: "seen",
    seen_hint: "The last revision that the client has heard of, and that of its node",
    seen_up_to: |watch| match watch.seen {
        seen if seen < 0 => format!("– of {}", watch.revision),
        seen => format!("{seen} of {}", watch.revision),
    },
    state: "",
    state_of: |watch| match (watch.is_broken, watch.number) {
        (true, _) => "reconnecting",
        (false, None) => "beginning",
        (false, Some(_)) => "hears",
    },
    no_watches: "Nobody watches anything. Type in the console:",
};
