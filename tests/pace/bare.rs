//! The raft crate alone, in a plain loop.

use std::collections::VecDeque;

use raft::eraftpb::Message;
use raft::storage::MemStorage;
use raft::{Config, RawNode, StateRole};

use super::{PROPOSALS_PER_TICK, Pace, VALUE_BYTES, key};

/// The raft crate alone: a plain loop that hands every message over at once and drops what
/// is committed.
pub fn bare(nodes: u8, ticks: u64, now_ms: &impl Fn() -> f64) -> Pace {
    let mut cluster = Bare::new(nodes);
    let leader = cluster.elect();
    let value = vec![b'v'; VALUE_BYTES];
    let began = now_ms();
    let before = cluster.messages;
    for _ in 0..ticks {
        for node in &mut cluster.nodes {
            node.tick();
        }
        cluster.drain();
        for proposal in 0..PROPOSALS_PER_TICK {
            let data = [key(proposal).as_bytes(), &value].concat();
            cluster.nodes[leader]
                .propose(Vec::new(), data)
                .expect("the leader takes proposals");
            cluster.drain();
        }
    }
    Pace {
        events: 0,
        messages: cluster.messages - before,
        seconds: (now_ms() - began) / 1e3,
    }
}

struct Bare {
    nodes: Vec<RawNode<MemStorage>>,
    queue: VecDeque<Message>,
    messages: u64,
}

impl Bare {
    fn new(nodes: u8) -> Self {
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let voters: Vec<u64> = (1..=u64::from(nodes)).collect();
        let nodes = voters.iter().map(|&id| {
            let config = Config {
                id,
                election_tick: 10,
                heartbeat_tick: 1,
                max_size_per_msg: 1024 * 1024,
                max_inflight_msgs: 512,
                check_quorum: true,
                ..Config::default()
            };
            let storage = MemStorage::new_with_conf_state((voters.clone(), vec![]));
            RawNode::new(&config, storage, &logger).expect("a valid configuration")
        });
        Self {
            nodes: nodes.collect(),
            queue: VecDeque::new(),
            messages: 0,
        }
    }

    fn elect(&mut self) -> usize {
        self.nodes[0].campaign().expect("a follower may stand");
        self.drain();
        assert_eq!(self.nodes[0].raft.state, StateRole::Leader);
        0
    }

    fn drain(&mut self) {
        for place in 0..self.nodes.len() {
            self.handle_ready(place);
        }
        while let Some(message) = self.queue.pop_front() {
            let place = usize::try_from(message.to - 1).expect("a small number");
            // As in the world: what the crate refuses concerns nobody.
            let _refused = self.nodes[place].step(message);
            self.handle_ready(place);
        }
    }

    fn handle_ready(&mut self, place: usize) {
        let node = &mut self.nodes[place];
        while node.has_ready() {
            let mut ready = node.ready();
            self.messages += ready.messages().len() as u64;
            self.queue.extend(ready.take_messages());
            if let Some(hard_state) = ready.hs() {
                node.store().wl().set_hardstate(hard_state.clone());
            }
            if !ready.entries().is_empty() {
                let entries = ready.entries();
                node.store().wl().append(entries).expect("entries in order");
            }
            self.messages += ready.persisted_messages().len() as u64;
            self.queue.extend(ready.take_persisted_messages());
            let mut light = node.advance(ready);
            self.messages += light.messages().len() as u64;
            self.queue.extend(light.take_messages());
            node.advance_apply();
        }
    }
}
