//! What clients heard on streams, kept until somebody asks.

use std::rc::Rc;

use crate::etcd::{Error, StreamResponse};
use crate::member::RequestId;
use crate::order::Ascending;
use crate::world::StreamStep;

/// The most that waits to be asked for on one stream; the oldest gives way.
const MAX_HEARD: usize = 1_000;

/// The most streams of which something waits; the oldest gives way.
const MAX_STREAMS: usize = 1_600;

/// What a client heard on a stream since it was asked last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// What it heard, in order. A watcher that was taken up again after a break says nothing
    /// of that here, as etcd's client keeps it to itself.
    pub responses: Vec<Rc<StreamResponse>>,
    /// How much was heard before that and dropped, because 1 000 answers waited.
    pub missed: u64,
    /// How the stream ended, if it did: with an error, or because the client wished so or had
    /// nothing left to ask for.
    pub ended: Option<Result<(), Error>>,
}

/// One stream.
#[derive(Debug, Default)]
struct Ear {
    heard: Heard,
    /// The watchers that have begun.
    begun: Vec<i64>,
}

/// All streams that were not closed, or of which something is left to be heard.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    ears: Ascending<RequestId, Ear>,
}

impl Hearing {
    /// Takes in what happened on a stream.
    pub(super) fn apply(&mut self, id: RequestId, step: &StreamStep) {
        if matches!(step, StreamStep::Opened(_)) {
            if self.ears.len() == MAX_STREAMS {
                self.ears.pop_first();
            }
            self.ears.insert(id, Ear::default());
            return;
        }
        let Some(ear) = self.ears.get_mut(&id) else {
            return;
        };
        match step {
            StreamStep::Opened(_) | StreamStep::Said(_) | StreamStep::Broke(_) => {}
            StreamStep::Heard(response) => ear.hear(response),
            StreamStep::Closed(error) => {
                ear.heard.ended = Some(error.clone().map_or(Ok(()), Err));
            }
        }
    }

    /// Hands out what was heard. A stream that has ended is forgotten then.
    pub(super) fn take(&mut self, id: RequestId) -> Option<Heard> {
        let heard = std::mem::take(&mut self.ears.get_mut(&id)?.heard);
        if heard.ended.is_some() {
            self.ears.remove(&id);
        }
        Some(heard)
    }
}

impl Ear {
    fn hear(&mut self, response: &Rc<StreamResponse>) {
        if let StreamResponse::Watch(response) = &**response {
            let number = response.watch_id;
            if response.canceled {
                self.begun.retain(|begun| *begun != number);
            } else if response.created {
                if self.begun.contains(&number) {
                    return;
                }
                self.begun.push(number);
            }
        }
        let heard = &mut self.heard;
        if heard.responses.len() == MAX_HEARD {
            heard.responses.remove(0);
            heard.missed += 1;
        }
        heard.responses.push(Rc::clone(response));
    }
}
