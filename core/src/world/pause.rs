//! A process that is stopped for a while, and goes on.

use crate::member::NodeId;

use super::EventId;
use super::backlog::{Backlog, Waiting};
use super::queue::Due;
use super::simulation::World;

impl World {
    /// Whether a node is up and its process is stopped.
    #[must_use]
    pub fn is_paused(&self, node: NodeId) -> bool {
        let site = self.environment.sites.get(node.index());
        site.is_some_and(|site| site.backlog.is_some())
    }

    pub(super) fn pause(&mut self, node: NodeId) {
        let site = self.environment.site(node);
        site.backlog = Some(Box::new(Backlog::default()));
        site.up_since = None;
    }

    /// The process goes on and handles what waits, in the order in which it came. (If that
    /// stops the node, what is left is lost as in a crash.)
    pub(super) fn resume(&mut self, node: NodeId) {
        let now = self.now();
        let site = self.environment.site(node);
        let Some(backlog) = site.backlog.take() else {
            return;
        };
        site.up_since = Some(now);
        let resumed = self.environment.cause;
        if backlog.clock_waits {
            self.wind_up(node);
        }
        for waiting in backlog.into_items() {
            self.environment.begin_step(resumed);
            self.handle(node, waiting, resumed);
            self.stop_who_cannot_go_on();
        }
    }

    /// The clock ticks again. (While a process is stopped nothing is in the queue for it, or a
    /// world in which nothing else is to happen would step for ever.)
    fn wind_up(&mut self, node: NodeId) {
        let environment = &mut self.environment;
        let now = environment.now;
        let site = environment.site(node);
        let start = site.start;
        let next_at = site.clock.skip_to(now);
        environment.queue.push(next_at, Due::Tick { node, start });
        self.show_timer(node);
    }

    fn handle(&mut self, node: NodeId, waiting: Waiting, resumed: Option<EventId>) {
        let now = self.now();
        if let Waiting::Message(slot) = waiting {
            // Lost, if the node is down by now.
            self.receive(node, slot);
            return;
        }
        let member = &mut self.members[node.index()];
        if !member.is_running() {
            return;
        }
        match waiting {
            Waiting::Message(_) => {}
            Waiting::Tick => {
                self.tick_member(node, resumed);
                self.show_timer(node);
            }
            Waiting::Sync => self.end_sync(node, resumed),
            Waiting::Wake => self.wake_member(node),
            Waiting::Request(id, request, token) => {
                let host = &mut self.environment.at(node);
                let token = token.as_deref().unwrap_or("");
                member.request(now, id, request, token, host);
            }
            Waiting::Cancel(id) => {
                member.cancel(id);
            }
            Waiting::Said(id, request, token) => {
                let host = &mut self.environment.at(node);
                let token = token.as_deref().unwrap_or("");
                member.say(now, id, &request, token, host);
            }
            Waiting::HangUp(id) => member.hang_up(id),
        }
    }
}
