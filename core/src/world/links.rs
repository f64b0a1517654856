//! The links: one for each direction between two nodes, with its faults.
//!
//! A message gets through a link that is whole when it leaves and when it arrives: a cut
//! loses what is sent, and what was under way as it would arrive. Without faults a link
//! keeps the order of its messages, like a TCP connection. Every kind of chance has its own
//! random stream for each sender, and none is drawn from where the chance is none.
//!
//! What may happen to a message, in this order: it is lost because the link is cut, or
//! because more waits for its bandwidth than fits, or by chance half-way; it waits until
//! those before it have gone through; it takes its latency; it waits for those before it
//! to arrive, unless chance lets it overtake. A copy made by chance takes a latency of its
//! own, and is not lost.

use crate::member::{Micros, NodeId};

use super::random::{Concern, Stream};
use super::{Latency, LinkChange, LossReason, MAX_NODES, Packet, Setup, Shape};

const NODES: usize = MAX_NODES as usize;

/// The most bytes that wait to go through one direction of a link; a message that comes
/// when there are more is lost. (A single message may be larger: snapshots are.)
const MAX_WAITING_BYTES: u64 = 16 << 20;

const US_PER_S: u64 = 1_000_000;

/// How one direction of a link is set, and how busy it is.
#[derive(Clone, Copy, Debug)]
struct Link {
    latency: Latency,
    loss_ppm: u32,
    duplicate_ppm: u32,
    reorder_ppm: u32,
    bandwidth_bytes_per_s: u32,
    /// Whether nothing but a latency, evenly drawn, stands between a message and its
    /// receiver. Follows from the rest; most links are so all the time.
    is_plain: bool,
    cut: bool,
    /// When the last message in order arrives.
    last_arrival: Micros,
    /// When the last message has gone through the bandwidth.
    busy_until: Micros,
}

impl Link {
    /// Finds whether it is plain, after a change.
    fn look(&mut self) {
        self.is_plain = !self.cut
            && self.loss_ppm == 0
            && self.duplicate_ppm == 0
            && self.reorder_ppm == 0
            && self.bandwidth_bytes_per_s == 0
            && self.latency.shape == Shape::Even;
    }

    fn in_order(&mut self, at: Micros) -> Micros {
        self.last_arrival = at.max(self.last_arrival + 1);
        self.last_arrival
    }

    /// How long the last byte of a message waits before it is on its way, in µs. `None` if
    /// too much waits before it.
    fn go_through(&mut self, now: Micros, bytes: u64) -> Option<Micros> {
        if self.bandwidth_bytes_per_s == 0 {
            return Some(0);
        }
        let bandwidth = u64::from(self.bandwidth_bytes_per_s);
        let waits_us = self.busy_until.saturating_sub(now);
        let waiting_bytes = u128::from(waits_us) * u128::from(bandwidth) / u128::from(US_PER_S);
        if waiting_bytes > u128::from(MAX_WAITING_BYTES) {
            return None;
        }
        let takes_us = bytes.saturating_mul(US_PER_S).div_ceil(bandwidth);
        self.busy_until = now + waits_us + takes_us;
        Some(waits_us + takes_us)
    }
}

/// The random streams of one sender.
#[derive(Debug)]
struct Chances {
    latency: Stream,
    loss: Stream,
    duplicate: Stream,
    reorder: Stream,
}

impl Chances {
    fn new(seed: u64, node: NodeId) -> Self {
        let stream = |concern| Stream::new(seed, concern, node);
        Self {
            latency: stream(Concern::Latency),
            loss: stream(Concern::Loss),
            duplicate: stream(Concern::Duplicate),
            reorder: stream(Concern::Reorder),
        }
    }
}

/// What becomes of a message that is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passage {
    /// When it arrives, if nothing happens to it on the way.
    pub(super) arrives_at: Micros,
    /// When a copy of it arrives, if there is one.
    pub(super) copy_arrives_at: Option<Micros>,
    /// What happens to it.
    pub(super) end: End,
}

impl Passage {
    /// The passage of a message that nothing happens to.
    pub(super) fn whole(arrives_at: Micros) -> Self {
        Self {
            arrives_at,
            copy_arrives_at: None,
            end: End::Arrives,
        }
    }
}

/// How a message's way ends, as far as its link knows when it leaves.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    /// It arrives.
    Arrives,
    /// It is lost at this time.
    DiesAt(Micros),
    /// It is lost as it leaves.
    DiesNow(LossReason),
}

/// Every link of the cluster, those of nodes that may join among them.
#[derive(Debug)]
pub(super) struct Links {
    /// By sender, then receiver.
    links: Vec<Link>,
    /// By sender.
    chances: Vec<Chances>,
    /// By sender: a bit for each receiver that it is cut off from. (All of it fits a cache
    /// line, and every arrival asks.)
    cuts: [u16; NODES],
    /// By sender, then receiver: when a cut was healed last.
    healed_at: Vec<Micros>,
}

impl Links {
    pub(super) fn new(setup: &Setup, seed: u64) -> Self {
        let network = &setup.network;
        let mut link = Link {
            latency: network.latency,
            loss_ppm: network.loss_ppm,
            duplicate_ppm: network.duplicate_ppm,
            reorder_ppm: network.reorder_ppm,
            bandwidth_bytes_per_s: network.bandwidth_bytes_per_s,
            is_plain: false,
            cut: false,
            last_arrival: 0,
            busy_until: 0,
        };
        link.look();
        Self {
            links: vec![link; NODES * NODES],
            chances: NodeId::first(MAX_NODES)
                .map(|node| Chances::new(seed, node))
                .collect(),
            cuts: [0; NODES],
            healed_at: vec![0; NODES * NODES],
        }
    }

    fn link(&mut self, from: NodeId, to: NodeId) -> &mut Link {
        &mut self.links[from.index() * NODES + to.index()]
    }

    /// Sends a message on its way; `bytes` is how large it is.
    pub(super) fn send(&mut self, now: Micros, packet: &Packet, bytes: u64) -> Passage {
        let place = packet.from.index() * NODES + packet.to.index();
        let link = &mut self.links[place];
        let chances = &mut self.chances[packet.from.index()];
        let arrives_at = now + chances.latency.draw_latency(link.latency);
        Self::send_through_faults(link, chances, now, arrives_at, bytes)
    }

    /// When a message arrives that leaves now, if nothing can go wrong with it on its link;
    /// then [`Links::send`] need not be asked.
    #[inline]
    pub(super) fn send_plainly(&mut self, now: Micros, packet: &Packet) -> Option<Micros> {
        let place = packet.from.index() * NODES + packet.to.index();
        let link = &mut self.links[place];
        if !link.is_plain {
            return None;
        }
        let chances = &mut self.chances[packet.from.index()];
        let arrives_at = now + chances.latency.draw_latency(link.latency);
        Some(link.in_order(arrives_at))
    }

    #[cold]
    fn send_through_faults(
        link: &mut Link,
        chances: &mut Chances,
        now: Micros,
        arrives_at: Micros,
        bytes: u64,
    ) -> Passage {
        let dies = |reason| Passage {
            arrives_at,
            copy_arrives_at: None,
            end: End::DiesNow(reason),
        };
        if link.cut {
            return dies(LossReason::Cut);
        }
        let Some(waits_us) = link.go_through(now, bytes) else {
            return dies(LossReason::NetworkFull);
        };
        let leaves_at = now + waits_us;
        let arrives_at = arrives_at + waits_us;
        let copied = chances.duplicate.happens(link.duplicate_ppm);
        if chances.loss.happens(link.loss_ppm) {
            return Passage {
                arrives_at,
                copy_arrives_at: None,
                end: End::DiesAt(leaves_at + (arrives_at - leaves_at) / 2),
            };
        }
        let overtakes = chances.reorder.happens(link.reorder_ppm);
        let arrives_at = if overtakes {
            arrives_at
        } else {
            link.in_order(arrives_at)
        };
        let copy_arrives_at = copied.then(|| {
            let latency_us = chances.latency.draw_latency(link.latency);
            link.in_order(leaves_at + latency_us)
        });
        Passage {
            arrives_at,
            copy_arrives_at,
            end: End::Arrives,
        }
    }

    /// Whether what arrives now is lost.
    pub(super) fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        self.cuts[from.index()] >> to.index() & 1 == 1
    }

    /// Since when messages have gone between two nodes in both directions; `None` if one
    /// direction is cut.
    pub(super) fn whole_since(&self, a: NodeId, b: NodeId) -> Option<Micros> {
        let is_cut = self.is_cut(a, b) || self.is_cut(b, a);
        let healed_at =
            |from: NodeId, to: NodeId| self.healed_at[from.index() * NODES + to.index()];
        (!is_cut).then(|| healed_at(a, b).max(healed_at(b, a)))
    }

    /// Changes one direction of a link, now.
    pub(super) fn change(&mut self, now: Micros, from: NodeId, to: NodeId, change: LinkChange) {
        if let LinkChange::Cut(cut) = change {
            self.cut(now, from, to, cut);
            return;
        }
        let link = self.link(from, to);
        match change {
            LinkChange::Cut(_) => {}
            LinkChange::Latency(latency) => link.latency = latency,
            LinkChange::Loss(ppm) => link.loss_ppm = ppm,
            LinkChange::Duplicate(ppm) => link.duplicate_ppm = ppm,
            LinkChange::Reorder(ppm) => link.reorder_ppm = ppm,
            LinkChange::Bandwidth(bytes_per_s) => {
                link.bandwidth_bytes_per_s = bytes_per_s;
                // What waits has been let through at the old pace.
                link.busy_until = 0;
            }
        }
        link.look();
    }

    /// Cuts or heals one direction of a link, now.
    pub(super) fn cut(&mut self, now: Micros, from: NodeId, to: NodeId, cut: bool) {
        let bit = 1 << to.index();
        if self.is_cut(from, to) && !cut {
            self.healed_at[from.index() * NODES + to.index()] = now;
        }
        if cut {
            self.cuts[from.index()] |= bit;
        } else {
            self.cuts[from.index()] &= !bit;
        }
        let link = self.link(from, to);
        link.cut = cut;
        link.look();
    }
}
