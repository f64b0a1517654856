//! Requests between clients and nodes: begun, sent, given up.

use std::rc::Rc;

use crate::etcd::{Error, Request};
use crate::member::{Micros, NodeId, RequestId};

use super::EventKind;
use super::queue::Due;
use super::simulation::World;

impl World {
    /// A client begins a request.
    pub(super) fn begin_request(
        &mut self,
        node: NodeId,
        request: Request,
        timeout_us: Micros,
        client: Option<u32>,
    ) -> RequestId {
        let environment = &mut self.environment;
        let request = Rc::new(request);
        let id = environment.clients.next();
        let checked = request.check_client_size();
        let began = environment.emit(EventKind::Requested {
            id,
            node,
            request: Rc::clone(&request),
            client,
        });
        let token = environment.token.clone();
        environment
            .clients
            .begin(node, &request, client, began, token);
        if let Err(error) = checked {
            environment.end(id, Err(error));
            return id;
        }
        environment.after(timeout_us, Due::Deadline { request: id });
        self.send_request(id);
        id
    }

    /// A client sends its request, or finds that the node is down.
    pub(super) fn send_request(&mut self, id: RequestId) {
        self.turn_from_who_is_down(id);
        let environment = &mut self.environment;
        let Some(open) = environment.clients.get(id) else {
            return;
        };
        let node = open.node;
        let (request, token) = (Rc::clone(&open.request), open.token.clone());
        let member = &mut self.members[node.index()];
        let backlog = environment.sites[node.index()].backlog.as_mut();
        let waits = backlog.map(|backlog| backlog.request(id, Rc::clone(&request), token.clone()));
        if !member.is_running() || waits == Some(false) {
            if let Some(pause) = environment.clients.unreachable(id) {
                environment.after(pause, Due::Retry { request: id });
            }
            return;
        }
        environment.clients.mark_sent(id);
        if waits.is_none() {
            let now = environment.now;
            let token = token.as_deref().unwrap_or("");
            member.request(now, id, request, token, &mut environment.at(node));
        }
    }

    /// A client's patience ends.
    pub(super) fn give_up(&mut self, id: RequestId) {
        let environment = &mut self.environment;
        let Some(open) = environment.clients.get(id) else {
            return;
        };
        let is_sent = open.is_sent();
        let place = open.node.index();
        if let Some(backlog) = &mut environment.sites[place].backlog {
            if is_sent {
                backlog.cancel(id);
            }
        } else if self.members[place].cancel(id) {
            environment.clients.mark_undone(id);
        }
        environment.end(id, Err(Error::DeadlineExceeded));
    }
}
