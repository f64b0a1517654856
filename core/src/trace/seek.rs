//! The picture of any moment of a run.

use std::fmt;

use crate::member::Micros;
use crate::world::EventId;

use super::{Frame, Run};

/// Why a run has no picture of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeekError {
    /// The events of that time are not kept any more; [`super::Rewind`] brings them back.
    Dropped,
    /// It has not come to that yet.
    Future,
}

impl fmt::Display for SeekError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dropped => "the events of that time are not kept any more",
            Self::Future => "the run has not come to that yet",
        })
    }
}

impl std::error::Error for SeekError {}

impl Run {
    /// The picture made of the first `events` events, which is the one after event
    /// `events - 1`.
    ///
    /// It is folded from the nearest picture that is kept: a chunk of the record away at
    /// most, unless pictures grew so large that some had to go.
    ///
    /// # Errors
    /// There were not so many events yet, or they are not kept any more.
    pub fn frame_of(&self, events: u64) -> Result<Frame, SeekError> {
        if events == self.frame.events {
            return Ok(self.frame.clone());
        }
        if events > self.frame.events {
            return Err(SeekError::Future);
        }
        let mut frame = self.frame_near(events);
        if frame.events < self.record.dropped() && frame.events < events {
            return Err(SeekError::Dropped);
        }
        let behind = self.record.since(EventId(frame.events));
        for (_, event) in behind.take_while(|(id, _)| id.0 < events) {
            frame.apply(event);
        }
        Ok(frame)
    }

    /// The picture at a time: after the last event of that moment.
    ///
    /// # Errors
    /// That time has not come yet, or its events are not kept any more.
    pub fn frame_at(&self, at: Micros) -> Result<Frame, SeekError> {
        self.frame_of(self.events_at(at)?)
    }

    /// How many events there were until a time, those of that moment among them.
    ///
    /// # Errors
    /// That time has not come yet, or its events are not kept any more.
    pub fn events_at(&self, at: Micros) -> Result<u64, SeekError> {
        if at > self.now() {
            return Err(SeekError::Future);
        }
        let events = self.record.count_until(at);
        // At the edge nobody knows whether the events that are gone were of that moment.
        if events > 0 && events == self.record.dropped() {
            return Err(SeekError::Dropped);
        }
        Ok(events)
    }

    /// The newest picture of at most so many events that is at hand. Of the time whose
    /// events are dropped, some pictures stay: fewer, the longer the run.
    #[must_use]
    pub fn frame_near(&self, events: u64) -> Frame {
        if events >= self.frame.events {
            return self.frame.clone();
        }
        self.key_frames.before(events)
    }

    /// How many pictures are kept to fold others from.
    #[must_use]
    pub fn key_frames(&self) -> usize {
        self.key_frames.len()
    }
}
