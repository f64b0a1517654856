//! Which node a working client asks.
//!
//! A client takes its requests round the nodes that are up, as the balancer of etcd's client
//! does with the endpoints that it is connected to
//! (`clientv3/balancer/picker/roundrobin_balanced.go`). When it has to ask again because a
//! node went down, it asks the next one. A stopped process keeps its connections, so its
//! clients wait for it.

use crate::member::{Member, NodeId, RequestId};

use super::queue::Due;
use super::simulation::World;
use super::workload::Ask;

impl World {
    /// A client that works by itself has thought, and asks.
    pub(super) fn ask_for_client(&mut self, client: u32) {
        let environment = &mut self.environment;
        if environment.clients.is_full() {
            if let Some(think_us) = environment.workload.think(client) {
                environment.after(think_us, Due::Think { client });
            }
            return;
        }
        let Some(ask) = environment.workload.ask(client) else {
            return;
        };
        let Ask {
            request,
            timeout_us,
            cause,
            turn,
        } = ask;
        self.environment.cause = Some(cause);
        let nodes = self.members.len() as u64;
        let place = u8::try_from(turn % nodes).expect("there are at most 15 nodes");
        let first = NodeId::new(place + 1).expect("numbers begin with 1");
        let node = self.up_from(first).unwrap_or(first);
        self.begin_request(node, request, timeout_us, Some(client));
    }

    /// A working client whose node is down turns to the next that is up. (A person has
    /// chosen the node, and waits for it.)
    pub(super) fn turn_from_who_is_down(&mut self, request: RequestId) {
        let Some(open) = self.environment.clients.get(request) else {
            return;
        };
        if open.client.is_none() || self.members[open.node.index()].is_running() {
            return;
        }
        if let Some(next) = self.up_from(open.node) {
            self.environment.clients.turn_to(request, next);
        }
    }

    /// The first node that is up, from this one on and round.
    fn up_from(&self, first: NodeId) -> Option<NodeId> {
        let count = u8::try_from(self.members.len()).ok()?;
        let from_first = NodeId::first(count).skip(first.index());
        let mut round = from_first.chain(NodeId::first(count).take(first.index()));
        round.find(|node| {
            self.members
                .get(node.index())
                .is_some_and(Member::is_running)
        })
    }
}
