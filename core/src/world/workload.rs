//! Clients that work by themselves.
//!
//! Each sends a request, waits for its end, thinks, and sends the next; what it asks for
//! comes from a random stream of its own. So a client never has two requests under way, and
//! its requests in order are a sequential history. No two clients of a run have the same
//! number, and no two puts write the same value: it names the client and counts its
//! requests.
//!
//! Which node a client asks is said in [`super::balancer`].

use crate::etcd::{PutRequest, RangeRequest, Request};
use crate::member::Micros;

use super::random::Stream;
use super::{ActionError, EventId, Span, Workload};

/// The most clients.
const MAX_CLIENTS: u32 = 100;

/// The most keys.
const MAX_KEYS: u32 = 10_000;

/// The shortest time that a client thinks or waits, in µs: without a pause, time would stand
/// still.
const MIN_SPAN_US: Micros = 1_000;

/// A client.
#[derive(Debug)]
struct Worker {
    stream: Stream,
    /// How many requests it has sent.
    sent: u64,
    /// The event that its next request follows from: the end of its last, or the action that
    /// set it to work.
    cause: EventId,
}

/// The clients that work.
#[derive(Debug)]
pub(super) struct Workers {
    seed: u64,
    plan: Workload,
    /// The number of the first of them.
    first: u32,
    clients: Vec<Worker>,
}

/// What a client asks for next.
pub(super) struct Ask {
    pub(super) request: Request,
    pub(super) timeout_us: Micros,
    /// What the request follows from.
    pub(super) cause: EventId,
    /// How many requests the client has sent; each client begins to count at another number.
    pub(super) turn: u64,
}

impl Workers {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            plan: Workload::default(),
            first: 1,
            clients: Vec::new(),
        }
    }

    /// Other clients begin to work; returns each with how long it thinks first. (Those that
    /// worked before end what they have begun.)
    pub(super) fn begin(&mut self, plan: &Workload, cause: EventId) -> Vec<(u32, Micros)> {
        self.first += u32::try_from(self.clients.len()).unwrap_or(u32::MAX);
        self.plan = plan.clone();
        let numbers = self.first..self.first.saturating_add(plan.clients);
        self.clients = numbers
            .clone()
            .map(|number| Worker {
                stream: Stream::of_client(self.seed, number),
                sent: 0,
                cause,
            })
            .collect();
        let clients = self.clients.iter_mut();
        let thoughts = clients.map(|client| client.stream.draw(plan.think));
        numbers.zip(thoughts).collect()
    }

    fn client(&mut self, number: u32) -> Option<&mut Worker> {
        let place = number.checked_sub(self.first)?;
        self.clients.get_mut(place as usize)
    }

    /// A client's request has ended: how long it thinks before the next, in µs. `None` if it
    /// does not work any more.
    pub(super) fn ended(&mut self, number: u32, answered: EventId) -> Option<Micros> {
        self.client(number)?.cause = answered;
        self.think(number)
    }

    /// How long a client thinks now, in µs.
    pub(super) fn think(&mut self, number: u32) -> Option<Micros> {
        let think = self.plan.think;
        Some(self.client(number)?.stream.draw(think))
    }

    /// What a client asks for now.
    pub(super) fn ask(&mut self, number: u32) -> Option<Ask> {
        let plan = self.plan.clone();
        let client = self.client(number)?;
        client.sent += 1;
        let stream = &mut client.stream;
        let is_read = stream.below(100) < plan.read_percent;
        let key = format!("/k/{}", stream.below(plan.keys)).into();
        let request = if is_read {
            Request::Range(RangeRequest {
                key,
                serializable: stream.below(100) < plan.serializable_percent,
                ..RangeRequest::default()
            })
        } else {
            Request::Put(PutRequest {
                key,
                value: format!("c{number}-{}", client.sent).into(),
                ..PutRequest::default()
            })
        };
        Some(Ask {
            request,
            timeout_us: plan.timeout_us,
            cause: client.cause,
            turn: u64::from(number) + client.sent,
        })
    }
}

/// Whether clients can work like this.
pub(super) fn check(plan: &Workload) -> Result<(), ActionError> {
    let bounds = [
        (plan.clients <= MAX_CLIENTS, "workload.clients", "0 to 100"),
        (
            (1..=MAX_KEYS).contains(&plan.keys),
            "workload.keys",
            "1 to 10000",
        ),
        (
            plan.read_percent <= 100,
            "workload.read_percent",
            "0 to 100",
        ),
        (
            plan.serializable_percent <= 100,
            "workload.serializable_percent",
            "0 to 100",
        ),
        (
            plan.think.is_allowed(MIN_SPAN_US),
            "workload.think",
            "1 ms to 1 h, shortest first",
        ),
        (
            Span {
                min_us: plan.timeout_us,
                max_us: plan.timeout_us,
            }
            .is_allowed(MIN_SPAN_US),
            "workload.timeout_us",
            "1 ms to 1 h",
        ),
    ];
    match bounds.into_iter().find(|(ok, ..)| !ok) {
        Some((_, what, allowed)) => Err(ActionError::OutOfBounds { what, allowed }),
        None => Ok(()),
    }
}
