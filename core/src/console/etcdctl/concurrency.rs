//! `lock` and `elect` (`lock_command.go`, `elect_command.go`,
//! `clientv3/concurrency/{session,mutex,election}.go`).

use bytes::Bytes;

use crate::etcd::{
    EventType, KeyValue, LeaseGrantRequest, LeaseKeepAliveRequest, RangeResponse, Request,
    Response, ResponseHeader, StreamRequest, StreamResponse, WatchResponse, prefix_range_end,
};

use super::super::concurrency::{Queue, watch_from};
use super::super::output::Finished;
use super::client::Client;
use super::exit::ERROR;
use super::given::{Given, bad_args};
use super::plan::{Heard, Plan, Program, Step};
use super::print::Told;

/// How long a candidate's session lives without being kept alive, in s
/// (`concurrency/session.go`, `defaultSessionTTL`).
const SESSION_TTL: i64 = 60;

pub(super) fn lock(given: &Given<'_>) -> Result<Plan, Finished> {
    let [name, command @ ..] = given.arguments() else {
        return Err(bad_args(
            "lock takes a lock name argument and an optional command to execute",
        ));
    };
    let ttl = given.parsed.int_or("ttl", 10);
    let mut holder = Holder::new(name, Bytes::new(), if ttl > 0 { ttl } else { SESSION_TTL });
    holder.command = command.to_vec();
    holder.is_lock = true;
    Ok(Box::new(holder))
}

pub(super) fn elect(given: &Given<'_>) -> Result<Plan, Finished> {
    let listens = given.parsed.is_set("listen");
    match given.arguments() {
        [_, _] if listens => Err(bad_args("proposal given but -l is set")),
        [name] if listens => Ok(Box::new(Observer::new(name))),
        [_] => Err(bad_args("no proposal argument but -l not set")),
        [name, proposal] => {
            let proposal = Bytes::from(proposal.clone());
            Ok(Box::new(Holder::new(name, proposal, SESSION_TTL)))
        }
        _ => Err(bad_args(
            "elect takes one election name argument and an optional proposal argument",
        )),
    }
}

/// What a holder waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    Lease,
    Entered,
    Before,
    /// The deletion of a key, heard on this stream.
    Deleted(usize),
    /// Whether the own key is still there.
    Own,
    /// Its own key, to be printed.
    Printed,
    /// A signal, or the end of its session.
    Held,
    Command,
    /// The end of it all, with this status.
    Left(i32),
}

/// Holds a lock, or leads, or waits for that.
#[derive(Debug)]
struct Holder {
    name: String,
    value: Bytes,
    ttl: i64,
    is_lock: bool,
    command: Vec<String>,
    queue: Option<Queue>,
    session: Option<usize>,
    wait: Wait,
}

impl Holder {
    fn new(name: &str, value: Bytes, ttl: i64) -> Self {
        Self {
            name: name.to_owned(),
            value,
            ttl,
            is_lock: false,
            command: Vec::new(),
            queue: None,
            session: None,
            wait: Wait::Lease,
        }
    }

    /// Sends what the queue asks for, and waits for the answer.
    fn ask(&mut self, wait: Wait, request: impl FnOnce(&Queue) -> Request) -> Step {
        self.wait = wait;
        match &self.queue {
            Some(queue) => Step::Ask(request(queue)),
            None => Step::End(ERROR),
        }
    }

    /// Gives the key back, and ends then.
    fn leave(&mut self, status: i32) -> Step {
        let is_lock = self.is_lock;
        self.ask(Wait::Left(status), |queue| match is_lock {
            true => queue.unlock(),
            false => queue.resign(),
        })
    }

    fn answered(&mut self, response: &Response, client: &mut Client<'_, '_>) -> Step {
        match (self.wait, response) {
            (Wait::Lease, Response::LeaseGrant(lease)) => {
                let keep = StreamRequest::LeaseKeepAlive(LeaseKeepAliveRequest { id: lease.id });
                match client.open(keep) {
                    Ok(session) => self.session = Some(session),
                    Err(status) => return Step::End(status),
                }
                self.queue = Some(Queue::new(&self.name, lease.id, self.value.clone()));
                self.ask(Wait::Entered, Queue::enter)
            }
            (Wait::Entered, Response::Txn(answer)) => {
                if let Some(queue) = &mut self.queue {
                    queue.entered(answer);
                }
                self.ask(Wait::Before, Queue::before)
            }
            (Wait::Before, Response::Range(answer)) => match Queue::wait_for(answer) {
                Some(watch) => match client.open(StreamRequest::Watch(watch)) {
                    Ok(stream) => {
                        self.wait = Wait::Deleted(stream);
                        Step::Listen
                    }
                    Err(status) => Step::End(status),
                },
                None if self.is_lock => self.ask(Wait::Own, Queue::own),
                None => self.ask(Wait::Printed, Queue::own),
            },
            (Wait::Own, Response::Range(own)) if own.kvs.is_empty() => {
                client.fail("mutex: session is expired", ERROR)
            }
            (Wait::Own, _) if self.command.is_empty() => self.ask(Wait::Printed, Queue::own),
            (Wait::Own, _) => {
                self.wait = Wait::Command;
                Step::Run(self.command.clone())
            }
            (Wait::Printed, Response::Range(own)) if own.kvs.is_empty() && self.is_lock => {
                client.fail("lock lost on init", ERROR)
            }
            (Wait::Printed, _) => {
                self.wait = Wait::Held;
                match client.show(client.printer().answer(response, &Told::Answer)) {
                    Ok(()) => Step::Listen,
                    Err(status) => Step::End(status),
                }
            }
            (Wait::Left(status), _) => Step::End(status),
            _ => Step::Listen,
        }
    }

    fn expired(&mut self, client: &mut Client<'_, '_>) -> Step {
        self.session = None;
        let message = match self.wait {
            Wait::Held if self.is_lock => "session expired",
            Wait::Held => "elect: session expired",
            _ => return Step::Listen,
        };
        client.fail(message, ERROR)
    }

    /// Somebody wants it to end: what it has, it gives back.
    fn interrupted(&mut self, client: &mut Client<'_, '_>) -> Step {
        match self.wait {
            Wait::Held => self.leave(0),
            // The command gets the signal, too; here it goes on to its end.
            Wait::Command | Wait::Left(_) => Step::Listen,
            Wait::Lease => client.fail("context canceled", ERROR),
            _ => {
                if let Wait::Deleted(stream) = self.wait {
                    client.close(stream);
                }
                client.complain("Error: context canceled");
                self.leave(ERROR)
            }
        }
    }
}

impl Program for Holder {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match heard {
            Heard::Begun => {
                client.be_patient();
                let ttl = self.ttl;
                Step::Ask(Request::LeaseGrant(LeaseGrantRequest { ttl, id: 0 }))
            }
            Heard::Answer(outcome, _) => match (&*outcome, self.wait) {
                (Ok(response), _) => self.answered(response, client),
                (Err(_), Wait::Left(status)) if status != 0 => Step::End(status),
                (Err(error), _) => client.fail(error, ERROR),
            },
            Heard::Streamed(stream, response) => match &*response {
                StreamResponse::Watch(answer) if self.wait == Wait::Deleted(stream) => {
                    if !answer.canceled && !answer.events.iter().any(is_deletion) {
                        return Step::Listen;
                    }
                    client.close(stream);
                    // Another may stand before, by now.
                    self.ask(Wait::Before, Queue::before)
                }
                StreamResponse::LeaseKeepAlive(lease) if lease.ttl <= 0 => self.expired(client),
                _ => Step::Listen,
            },
            Heard::Closed(stream, _) if self.session == Some(stream) => self.expired(client),
            Heard::Closed(stream, error) if self.wait == Wait::Deleted(stream) => {
                let error = error.map_or("context canceled".to_owned(), |error| error.to_string());
                client.complain(&format!("Error: {error}"));
                self.leave(ERROR)
            }
            Heard::Ended(status) => {
                if status != 0 {
                    client.complain(&format!("Error: exit status {status}"));
                }
                self.leave(if status == 0 { 0 } else { ERROR })
            }
            Heard::Interrupted => self.interrupted(client),
            _ => Step::Listen,
        }
    }

    fn tidies_up(&self) -> bool {
        true
    }
}

fn is_deletion(event: &crate::etcd::Event) -> bool {
    event.r#type == EventType::Delete as i32
}

/// `elect -l`: whoever leads, and what he proposes (`election.go`, `observe`).
#[derive(Debug)]
struct Observer {
    name: String,
    /// The watch: for anybody, or for the end of whoever leads.
    stream: Option<usize>,
    leads: bool,
}

impl Observer {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            stream: None,
            leads: false,
        }
    }

    /// Prints who leads, and watches his key.
    fn found(
        &mut self,
        header: &ResponseHeader,
        kv: &KeyValue,
        client: &mut Client<'_, '_>,
    ) -> Step {
        if let Err(status) = show(header, kv, client) {
            return Step::End(status);
        }
        self.leads = true;
        self.watch(&kv.key, &Bytes::new(), header.revision + 1, client)
    }

    fn watch(&mut self, key: &Bytes, end: &Bytes, from: i64, client: &mut Client<'_, '_>) -> Step {
        if let Some(before) = self.stream.take() {
            client.close(before);
        }
        match client.open(StreamRequest::Watch(watch_from(key, end, from))) {
            Ok(stream) => {
                self.stream = Some(stream);
                Step::Listen
            }
            Err(status) => Step::End(status),
        }
    }

    fn range(&mut self, answer: &RangeResponse, client: &mut Client<'_, '_>) -> Step {
        let header = answer.header.clone().unwrap_or_default();
        if let Some(kv) = answer.kvs.first() {
            return self.found(&header, kv, client);
        }
        self.leads = false;
        let prefix = format!("{}/", self.name);
        let end = prefix_range_end(prefix.as_bytes());
        self.watch(&prefix.into(), &end, header.revision, client)
    }
}

impl Observer {
    fn changed(&mut self, answer: &WatchResponse, client: &mut Client<'_, '_>) -> Step {
        let header = answer.header.clone().unwrap_or_default();
        for event in &answer.events {
            let kv = event.kv.clone().unwrap_or_default();
            match (is_deletion(event), self.leads) {
                (true, true) => return Step::Ask(Queue::first(&self.name)),
                (true, false) => {}
                (false, false) => {
                    let revision = kv.mod_revision;
                    let header = ResponseHeader { revision, ..header };
                    return self.found(&header, &kv, client);
                }
                (false, true) => {
                    if let Err(status) = show(&header, &kv, client) {
                        return Step::End(status);
                    }
                }
            }
        }
        Step::Listen
    }
}

/// Prints a pair as `get` would.
fn show(header: &ResponseHeader, kv: &KeyValue, client: &mut Client<'_, '_>) -> Result<(), i32> {
    let response = Response::Range(RangeResponse {
        header: Some(header.clone()),
        kvs: vec![kv.clone()],
        ..RangeResponse::default()
    });
    client.show(client.printer().answer(&response, &Told::Answer))
}

impl Program for Observer {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match heard {
            Heard::Begun => {
                client.be_patient();
                Step::Ask(Queue::first(&self.name))
            }
            Heard::Answer(outcome, _) => match &*outcome {
                Ok(Response::Range(answer)) => self.range(answer, client),
                Ok(_) => Step::Listen,
                Err(error) => client.fail(error, ERROR),
            },
            Heard::Streamed(stream, response) if self.stream == Some(stream) => match &*response {
                StreamResponse::Watch(answer) => self.changed(answer, client),
                StreamResponse::LeaseKeepAlive(_) => Step::Listen,
            },
            Heard::Closed(..) => client.fail("elect: observer lost", ERROR),
            Heard::Interrupted => Step::End(0),
            _ => Step::Listen,
        }
    }

    fn tidies_up(&self) -> bool {
        true
    }
}
