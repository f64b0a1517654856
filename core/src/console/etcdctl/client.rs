//! The client of a program: what it has to do with the run.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::etcd::{AuthenticateRequest, Error, Request, Response, StreamRequest, StreamResponse};
use crate::member::{Micros, NodeId, RequestId};
use crate::trace::Outcome;
use crate::world::Action;

use super::super::output::{Finished, Line, Stream};
use super::super::quantity::MAX_TIME_US;
use super::super::scene::{Command, Ends, Scene};
use super::exit::ERROR;
use super::input::Input;
use super::print::Printer;
use super::step::{Heard, Sent, Step};

/// What a user is asked who has given no password.
pub(super) const PROMPT: &str = "Password: ";

/// A place where a client asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// As it was given.
    pub(super) text: String,
    /// Who listens there.
    pub(super) node: NodeId,
}

/// What all commands share: where they ask, for how long, as whom, and how they print.
#[derive(Debug)]
pub(super) struct Settings {
    /// Where the client asks; one at least.
    pub(super) endpoints: Vec<Endpoint>,
    /// How long it waits for an answer, in µs.
    pub(super) timeout_us: Micros,
    pub(super) printer: Printer,
    /// Name and password; without that it is asked for.
    pub(super) user: Option<(String, Option<String>)>,
}

/// What a program has to do with the world.
#[derive(Debug)]
pub(super) struct Link {
    settings: Settings,
    pub(super) input: Input,
    begun: Begun,
    pub(super) interrupted: bool,
    /// A request that waits until its user has proved who he is.
    held: Option<Request>,
    /// What its requests show, once its user has proved who he is.
    token: Option<String>,
    /// The requests that have not ended, each with where and when it was sent.
    pub(super) requests: Vec<(RequestId, Sent)>,
    /// A request that was never sent, because the client itself refused it.
    refused: Option<(Outcome, Sent)>,
    /// By when they were opened; `None` once one has ended.
    pub(super) streams: Vec<Option<RequestId>>,
    /// What came on them and was not told: on which, and what, or how it ended.
    heard: VecDeque<(usize, Piece)>,
    pub(super) reads: bool,
    pub(super) until: Option<Micros>,
    pub(super) nested: Option<Box<dyn Command>>,
    pub(super) said: Vec<Line>,
}

/// What is heard on a stream, or how it ended.
type Piece = Result<Rc<StreamResponse>, Option<Error>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    No,
    /// It is to read before its user proves who he is.
    Reads,
    /// The user types his password, or proves who he is.
    LogsIn,
    Yes,
}

impl Begun {
    /// What it is once the program was told of its beginning.
    fn after(self) -> Self {
        match self {
            Self::LogsIn => Self::LogsIn,
            Self::No | Self::Reads | Self::Yes => Self::Yes,
        }
    }
}

impl Link {
    /// Whether a request is under way.
    pub(super) fn asks(&self) -> bool {
        !self.requests.is_empty()
    }

    /// Where nothing is asked before all is read, the user proves only then who he is.
    pub(super) fn new(settings: Settings, input: Input, reads_first: bool) -> Self {
        Self {
            settings,
            input,
            begun: if reads_first { Begun::Reads } else { Begun::No },
            interrupted: false,
            held: None,
            token: None,
            requests: Vec::new(),
            refused: None,
            streams: Vec::new(),
            heard: VecDeque::new(),
            reads: false,
            until: None,
            nested: None,
            said: Vec::new(),
        }
    }

    /// The next thing that the program has to hear of; nothing if it waits.
    pub(super) fn hear(&mut self, scene: &mut Scene<'_>, others: &dyn Ends) -> Option<Heard> {
        let begun = self.begun;
        self.begun = begun.after();
        match begun {
            Begun::No if self.settings.user.is_some() => _ = self.begin_log_in(scene),
            Begun::No | Begun::Reads => return Some(Heard::Begun),
            Begun::LogsIn | Begun::Yes => {}
        }
        if let Some((refused, sent)) = self.refused.take() {
            return Some(Heard::Answer(refused, sent));
        }
        if std::mem::take(&mut self.interrupted) {
            return Some(Heard::Interrupted);
        }
        self.hear_command(scene, others)
            .or_else(|| self.hear_answer(scene))
            .or_else(|| self.hear_stream(scene))
            .or_else(|| self.hear_line())
            .or_else(|| {
                let come = self.until.filter(|until| *until <= scene.run.now());
                come.map(|_| {
                    self.until = None;
                    Heard::Time
                })
            })
    }

    fn hear_command(&mut self, scene: &mut Scene<'_>, others: &dyn Ends) -> Option<Heard> {
        let nested = self.nested.as_mut()?;
        let ended = nested.poll(scene, others, &mut self.said)?;
        self.nested = None;
        self.said.extend(ended.lines);
        Some(Heard::Ended(ended.exit))
    }

    fn hear_answer(&mut self, scene: &mut Scene<'_>) -> Option<Heard> {
        let run = &mut *scene.run;
        let mut requests = self.requests.iter().enumerate();
        let (place, outcome) =
            requests.find_map(|(place, (id, _))| Some((place, run.take_outcome(*id)?)))?;
        let (_, sent) = self.requests.remove(place);
        Some(Heard::Answer(outcome, sent))
    }

    fn hear_stream(&mut self, scene: &mut Scene<'_>) -> Option<Heard> {
        if self.heard.is_empty() {
            let mut missed = 0;
            for (place, stream) in self.streams.iter_mut().enumerate() {
                let Some(heard) = stream.and_then(|id| scene.run.take_streamed(id)) else {
                    continue;
                };
                missed += heard.missed;
                let responses = heard.responses.into_iter();
                self.heard
                    .extend(responses.map(|response| (place, Ok(response))));
                if let Some(ended) = heard.ended {
                    *stream = None;
                    self.heard.push_back((place, Err(ended.err())));
                }
            }
            if missed > 0 {
                let text = format!("{missed} answers were dropped here: too many waited");
                self.print(Stream::Err, &text);
            }
        }
        Some(match self.heard.pop_front()? {
            (place, Ok(response)) => Heard::Streamed(place, response),
            (place, Err(error)) => Heard::Closed(place, error),
        })
    }

    fn hear_line(&mut self) -> Option<Heard> {
        let line = self.reads.then(|| self.input.next())??;
        self.reads = false;
        Some(Heard::Line(line))
    }

    /// Keeps a login to itself: what the program hears then, or what is done before it hears
    /// anything. If the user is not let in, that is why.
    pub(super) fn log_in(&mut self, heard: Heard) -> ControlFlow<Result<Step, Error>, Heard> {
        if self.begun != Begun::LogsIn {
            return ControlFlow::Continue(heard);
        }
        match &heard {
            Heard::Line(password) => {
                let (name, _) = self.settings.user.take().unwrap_or_default();
                let password = password.clone().unwrap_or_default();
                if !password.is_empty() {
                    let proof = Request::Authenticate(AuthenticateRequest { name, password });
                    return ControlFlow::Break(Ok(Step::Ask(proof)));
                }
            }
            Heard::Answer(outcome, _) => match &**outcome {
                Ok(Response::Authenticate(answer)) => self.token = Some(answer.token.clone()),
                // Whoever need not prove anything goes on without (`clientv3/client.go`).
                Ok(_) | Err(Error::AuthNotEnabled) => {}
                Err(error) => {
                    self.begun = Begun::Yes;
                    return ControlFlow::Break(Err(error.clone()));
                }
            },
            _ => return ControlFlow::Continue(heard),
        }
        self.begun = Begun::Yes;
        match self.held.take() {
            Some(request) => ControlFlow::Break(Ok(Step::Ask(request))),
            None => ControlFlow::Continue(Heard::Begun),
        }
    }

    /// Lets the user prove who he is, if there is one who has not; its status, if it is to end.
    fn begin_log_in(&mut self, scene: &mut Scene<'_>) -> Option<i32> {
        self.begun = Begun::LogsIn;
        let (name, password) = self.settings.user.take()?;
        if let Some(password) = password {
            let proof = Request::Authenticate(AuthenticateRequest { name, password });
            return self.take(Step::Ask(proof), scene);
        }
        self.settings.user = Some((name, None));
        self.print(Stream::Out, PROMPT);
        self.take(Step::Read, scene)
    }

    /// Does what the program wants next; its status, if it wants to end.
    pub(super) fn take(&mut self, step: Step, scene: &mut Scene<'_>) -> Option<i32> {
        match step {
            Step::Ask(request) if self.settings.user.is_some() => {
                self.held = Some(request);
                return self.begin_log_in(scene);
            }
            Step::Ask(request) => {
                let node = self.reached(scene);
                return self.send(node, request, scene);
            }
            Step::AskAt(node, request) => return self.send(node, request, scene),
            Step::Listen => {}
            Step::Read => self.reads = true,
            Step::Until(at) => self.until = Some(at),
            Step::Run(words) => {
                let begin = scene.begin;
                self.nested = Some(begin(scene, &words));
            }
            Step::End(exit) => return Some(exit),
        }
        None
    }

    /// The first endpoint that a client can reach; the first of all if it reaches none.
    fn reached(&self, scene: &Scene<'_>) -> NodeId {
        let frame = scene.run.frame();
        let up = |node: NodeId| frame.node(node).is_some_and(|node| node.role().is_some());
        let mut nodes = self.settings.endpoints.iter().map(|endpoint| endpoint.node);
        let first = self
            .settings
            .endpoints
            .first()
            .map_or(scene.node, |first| first.node);
        nodes.find(|node| up(*node)).unwrap_or(first)
    }

    fn send(&mut self, node: NodeId, request: Request, scene: &mut Scene<'_>) -> Option<i32> {
        // Refused before it is an action: nothing of it needs to be kept.
        let at = scene.run.now();
        let sent = Sent { node, at };
        if let Err(error) = request.check_client_size() {
            self.refused = Some((Rc::new(Err(error)), sent));
            return None;
        }
        let action = Action::Request {
            node,
            request,
            timeout_us: self.settings.timeout_us,
        };
        match scene.run.act(self.shown(action)) {
            Ok(Some(id)) => self.requests.push((id, sent)),
            Ok(None) => return Some(0),
            Err(error) => {
                self.print(Stream::Err, &format!("Error: {error}"));
                return Some(ERROR);
            }
        }
        None
    }

    /// What is asked, with the token of the user whom the line is typed for.
    fn shown(&self, action: Action) -> Action {
        match &self.token {
            Some(token) => Action::As {
                token: token.clone(),
                action: Box::new(action),
            },
            None => action,
        }
    }

    fn print(&mut self, stream: Stream, text: &str) {
        self.said.extend(text.lines().map(|text| Line {
            stream,
            text: text.to_owned(),
        }));
    }
}

/// What a program may do beside waiting.
pub(super) struct Client<'a, 'b> {
    pub(super) link: &'a mut Link,
    pub(super) scene: &'a mut Scene<'b>,
}

impl Client<'_, '_> {
    /// Prints lines to standard output.
    pub(super) fn print(&mut self, text: &str) {
        self.link.print(Stream::Out, text);
    }

    /// Prints lines to standard error.
    pub(super) fn complain(&mut self, text: &str) {
        self.link.print(Stream::Err, text);
    }

    /// Prints an error, and ends.
    pub(super) fn fail(&mut self, error: impl std::fmt::Display, exit: i32) -> Step {
        self.complain(&format!("Error: {error}"));
        Step::End(exit)
    }

    /// Prints all of it, and ends with its status.
    pub(super) fn finish(&mut self, finished: Finished) -> Step {
        self.link.said.extend(finished.lines);
        Step::End(finished.exit)
    }

    /// Prints what a printer made.
    ///
    /// # Errors
    /// It made none; the status to end with.
    pub(super) fn show(&mut self, made: Result<String, Finished>) -> Result<(), i32> {
        match made {
            Ok(text) => {
                self.print(&text);
                Ok(())
            }
            Err(finished) => {
                let status = finished.exit;
                self.link.said.extend(finished.lines);
                Err(status)
            }
        }
    }

    pub(super) fn now(&self) -> Micros {
        self.scene.run.now()
    }

    pub(super) fn printer(&self) -> Printer {
        self.link.settings.printer
    }

    pub(super) fn endpoints(&self) -> &[Endpoint] {
        &self.link.settings.endpoints
    }

    /// Waits for as long as it takes, as etcdctl does with what it gives no time limit. (A day
    /// is the longest time here.)
    pub(super) fn be_patient(&mut self) {
        self.link.settings.timeout_us = MAX_TIME_US;
    }

    /// Opens a stream at the first endpoint; its place among the streams.
    ///
    /// # Errors
    /// It cannot be opened; the status to end with.
    pub(super) fn open(&mut self, request: StreamRequest) -> Result<usize, i32> {
        let node = self.link.reached(self.scene);
        let action = self.link.shown(Action::Open { node, request });
        match self.scene.run.act(action) {
            Ok(stream) => {
                self.link.streams.push(stream);
                Ok(self.link.streams.len() - 1)
            }
            Err(error) => {
                self.complain(&format!("Error: {error}"));
                Err(ERROR)
            }
        }
    }

    /// Says something on a stream that goes on.
    pub(super) fn say(&mut self, place: usize, request: StreamRequest) {
        if let Some(stream) = self.link.streams.get(place).copied().flatten() {
            // If it has ended meanwhile, its end will be heard.
            let _ended = self.scene.run.act(Action::Say { stream, request });
        }
    }

    /// Leaves a stream.
    pub(super) fn close(&mut self, place: usize) {
        self.link.heard.retain(|(stream, _)| *stream != place);
        if let Some(stream) = self.link.streams.get_mut(place).and_then(Option::take) {
            let _ended = self.scene.run.act(Action::Close { stream });
        }
    }

    /// Sends one more request, beside those that are under way.
    pub(super) fn send(&mut self, request: Request) -> Option<Step> {
        let node = self.link.reached(self.scene);
        self.link.send(node, request, self.scene).map(Step::End)
    }

    /// As [`Client::send`], to this node.
    pub(super) fn send_to(&mut self, node: NodeId, request: Request) -> Option<Step> {
        self.link.send(node, request, self.scene).map(Step::End)
    }

    /// How many requests are under way.
    pub(super) fn under_way(&self) -> usize {
        self.link.requests.len()
    }
}
