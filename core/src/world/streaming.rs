//! Streams between clients and nodes: opened, spoken on, broken, taken up again, ended.

use std::rc::Rc;

use crate::etcd::{Error, Response, StreamRequest, StreamResponse};
use crate::member::{NodeId, RequestId};

use super::environment::Environment;
use super::queue::Due;
use super::simulation::World;
use super::streams::{MAX_ON_STREAM, MAX_STREAMS, Stream};
use super::{Action, ActionError, EventId, EventKind, StreamStep};

/// The longest token that a client may show, in bytes. (etcd's have some twenty.)
const MAX_TOKEN_BYTES: usize = 100;

impl World {
    /// Whether something about a stream makes sense now.
    pub(super) fn check_streaming(&self, action: &Action) -> Result<(), ActionError> {
        let streams = &self.environment.streams;
        match action {
            Action::Open { node, .. } => {
                if self.members.get(node.index()).is_none() {
                    return Err(ActionError::NoSuchNode(*node));
                }
                let there = streams.values().filter(|stream| stream.node == *node);
                match there.count() < MAX_STREAMS {
                    true => Ok(()),
                    false => Err(ActionError::TooManyStreams(*node, MAX_STREAMS)),
                }
            }
            Action::Say {
                stream: id,
                request,
            } => {
                let stream = streams.get(id).ok_or(ActionError::NoSuchStream(*id))?;
                if !stream.suits(request) {
                    return Err(ActionError::OtherStream(*id));
                }
                match stream.is_full() && begins(request) {
                    true => Err(ActionError::TooManyOnStream(*id, MAX_ON_STREAM)),
                    false => Ok(()),
                }
            }
            Action::Close { stream: id } => {
                let stream = streams.get(id).ok_or(ActionError::NoSuchStream(*id));
                stream.map(|_| ())
            }
            _ => unreachable!("every other action is checked elsewhere"),
        }
    }

    /// Whether something may be done that shows a token.
    pub(super) fn check_token(&self, token: &str, action: &Action) -> Result<(), ActionError> {
        let refuse = |what, allowed| Err(ActionError::OutOfBounds { what, allowed });
        match action {
            _ if token.len() > MAX_TOKEN_BYTES => refuse("a token", "at most 100 bytes"),
            Action::Request { .. } | Action::Open { .. } => self.check(action),
            _ => refuse(
                "what a token is shown with",
                "a request or the opening of a stream",
            ),
        }
    }

    /// A client opens a stream.
    pub(super) fn open(&mut self, node: NodeId, request: StreamRequest) -> RequestId {
        let environment = &mut self.environment;
        let request = Rc::new(request);
        let id = environment.clients.take_number();
        let opened = environment.emit_step(id, node, StreamStep::Opened(Rc::clone(&request)));
        let mut stream = Stream::new(node, environment.now, opened, &request);
        stream.token = environment.token.clone();
        if self.members[node.index()].is_running() {
            stream.connect();
        } else {
            stream.pause(environment.now);
        }
        stream.say(environment.now, &request);
        environment.streams.insert(id, stream);
        self.pass_on(id, &request);
        self.environment.wind_stream(id);
        id
    }

    /// A person has the client of a stream say something.
    pub(super) fn say(&mut self, id: RequestId, request: &StreamRequest) {
        let environment = &mut self.environment;
        let Some(stream) = environment.streams.get_mut(&id) else {
            return;
        };
        stream.say(environment.now, request);
        self.speak(id, request.clone());
        self.environment.wind_stream(id);
    }

    /// A person has the client end a stream.
    pub(super) fn close(&mut self, id: RequestId) {
        self.hang_up(id);
        self.environment.end_stream(id, None);
    }

    /// The client says something, and the node hears it if it is reached.
    fn speak(&mut self, id: RequestId, request: StreamRequest) {
        let environment = &mut self.environment;
        let Some(node) = environment.streams.get(&id).map(|stream| stream.node) else {
            return;
        };
        let request = Rc::new(request);
        environment.emit_step(id, node, StreamStep::Said(Rc::clone(&request)));
        self.pass_on(id, &request);
    }

    /// What the client says gets to the node, if that is reached.
    fn pass_on(&mut self, id: RequestId, request: &Rc<StreamRequest>) {
        let environment = &mut self.environment;
        let stream = environment.streams.get(&id);
        let Some(stream) = stream.filter(|stream| stream.is_connected) else {
            return;
        };
        let (node, token) = (stream.node, stream.token.clone());
        let Some(backlog) = environment.sites[node.index()].backlog.as_mut() else {
            let now = environment.now;
            let host = &mut environment.at(node);
            let token = token.as_deref().unwrap_or("");
            self.members[node.index()].say(now, id, request, token, host);
            return;
        };
        if !backlog.say(id, Rc::clone(request), token) {
            self.hang_up(id);
            let error = Error::ConnectionClosed;
            self.environment.interrupt_stream(id, error, false);
        }
    }

    /// The node learns that the client of a stream is gone, if it has the stream.
    fn hang_up(&mut self, id: RequestId) {
        let environment = &mut self.environment;
        let stream = environment.streams.get(&id);
        let Some(stream) = stream.filter(|stream| stream.is_connected) else {
            return;
        };
        let place = stream.node.index();
        match &mut environment.sites[place].backlog {
            Some(backlog) => backlog.hang_up(id),
            None => self.members[place].hang_up(id),
        }
    }

    /// The client of a stream has something to do.
    pub(super) fn attend(&mut self, id: RequestId) {
        let environment = &mut self.environment;
        let now = environment.now;
        let stream = environment.streams.get_mut(&id);
        let Some(stream) = stream.filter(|stream| stream.timer_at == Some(now)) else {
            return;
        };
        stream.timer_at = None;
        environment.cause = Some(stream.cause);
        if stream.gives_up(now) {
            self.hang_up(id);
            let error = Some(Error::DeadlineExceeded);
            self.environment.end_stream(id, error);
            return;
        }
        let said = if !stream.is_to_reconnect(now) {
            stream.due(now)
        } else if self.members[stream.node.index()].is_running() {
            stream.connect();
            stream.take_up(now)
        } else {
            stream.pause(now);
            Vec::new()
        };
        for request in said {
            self.speak(id, request);
        }
        self.environment.wind_stream(id);
    }

    /// A node is gone, and the clients of its streams notice.
    pub(super) fn break_streams(&mut self, node: NodeId) {
        let streams = self.environment.streams.iter();
        let broken = streams.filter(|(_, stream)| stream.node == node && stream.is_connected);
        let broken: Vec<RequestId> = broken.map(|(id, _)| *id).collect();
        for id in broken {
            let error = Error::ConnectionClosed;
            self.environment.interrupt_stream(id, error, false);
        }
    }
}

/// Whether this begins something on a stream.
fn begins(request: &StreamRequest) -> bool {
    use crate::etcd::WatchRequestUnion::Create;
    match request {
        StreamRequest::Watch(request) => matches!(request.request, Some(Create(_))),
        StreamRequest::LeaseKeepAlive(_) => true,
    }
}

impl Environment {
    fn emit_step(&mut self, id: RequestId, node: NodeId, step: StreamStep) -> EventId {
        self.emit(EventKind::Stream { id, node, step })
    }

    /// What a node says on a stream, or with what error it ends it.
    pub(super) fn stream(&mut self, id: RequestId, result: Result<StreamResponse, Error>) {
        let Some(stream) = self.streams.get(&id) else {
            return;
        };
        let response = match result {
            Ok(response) => Rc::new(response),
            Err(error) if stream.is_ended_by(&error) => {
                self.end_stream(id, Some(error));
                return;
            }
            Err(error) => {
                self.interrupt_stream(id, error, true);
                return;
            }
        };
        let heard = self.emit_step(id, stream.node, StreamStep::Heard(Rc::clone(&response)));
        let now = self.now;
        let stream = self.streams.get_mut(&id);
        match stream.is_some_and(|stream| stream.hear(now, heard, &response)) {
            true => self.end_stream(id, None),
            false => self.wind_stream(id),
        }
    }

    /// What a node answers to a request that came by a stream.
    #[cold]
    pub(super) fn stream_answer(&mut self, id: RequestId, result: Result<Response, Error>) {
        match result {
            Ok(Response::LeaseKeepAlive(response)) => {
                self.stream(id, Ok(StreamResponse::LeaseKeepAlive(response)));
            }
            Ok(_) => {}
            Err(error) => self.stream(id, Err(error)),
        }
    }

    /// A stream breaks, and its client tries again.
    fn interrupt_stream(&mut self, id: RequestId, error: Error, is_node_there: bool) {
        let Some(node) = self.streams.get(&id).map(|stream| stream.node) else {
            return;
        };
        let broke = self.emit_step(id, node, StreamStep::Broke(error));
        let now = self.now;
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.interrupt(now, broke, is_node_there);
        }
        self.wind_stream(id);
    }

    /// A stream ends for good.
    fn end_stream(&mut self, id: RequestId, error: Option<Error>) {
        if let Some(stream) = self.streams.remove(&id) {
            self.emit_step(id, stream.node, StreamStep::Closed(error));
        }
    }

    /// Sees to it that the client looks at its stream when it has to.
    fn wind_stream(&mut self, id: RequestId) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        let at = stream.next_at();
        if let Some(at) = at
            && stream.timer_at != Some(at)
        {
            stream.timer_at = Some(at);
            self.queue.push(at, Due::Stream { stream: id });
        }
    }
}
