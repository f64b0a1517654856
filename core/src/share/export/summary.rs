//! A run in a few lines.

use std::collections::BTreeMap;
use std::fmt;

use crate::member::{Micros, NodeId, Note, Role};
use crate::world::{Event, EventId, EventKind};

/// The most leaders that are listed, the newest; the others are counted.
const MAX_LED: usize = 1_000;

/// A node that began to lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Led {
    /// When.
    pub at: Micros,
    /// In which term.
    pub term: u64,
    /// Who.
    pub node: NodeId,
}

/// How many requests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// With an answer.
    pub ok: u64,
    /// With an error, and certainly without effect.
    pub failed: u64,
    /// With an error, and nobody can say if they were carried out.
    pub unknown: u64,
    /// Not yet.
    pub open: u64,
}

/// What became of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// How many left.
    pub sent: u64,
    /// How many arrived.
    pub delivered: u64,
    /// How many were lost.
    pub lost: u64,
}

/// What a checker says of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The promise's name.
    pub promise: String,
    /// The event that broke it, if one did.
    pub broken_by: Option<EventId>,
}

/// A run in a few lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many events were looked at.
    pub events: u64,
    /// When the last of them happened.
    pub until: Micros,
    /// Who led, oldest first; at most the last thousand.
    pub leaders: Vec<Led>,
    /// How many more led before.
    pub leaders_before: u64,
    /// The highest term.
    pub term: u64,
    /// The highest commit index.
    pub commit: u64,
    /// Crashes of nodes.
    pub crashes: u64,
    /// Other things that a person did, requests left out.
    pub actions: u64,
    /// Requests.
    pub requests: Requests,
    /// Messages.
    pub messages: Messages,
    /// What checkers say; whoever has asked them fills it in.
    pub verdicts: Vec<Verdict>,
}

impl Summary {
    /// The summary of events.
    #[must_use]
    pub fn of<'a>(events: impl IntoIterator<Item = (EventId, &'a Event)>) -> Self {
        let mut summary = Self::default();
        for (_, event) in events {
            summary.take(event);
        }
        summary
    }

    /// Takes the next event in.
    pub fn take(&mut self, event: &Event) {
        self.events += 1;
        self.until = event.at;
        match &event.kind {
            EventKind::Node { node, note } => self.take_note(event.at, *node, note),
            EventKind::Acted { .. } => self.actions += 1,
            EventKind::Rerouted { .. } | EventKind::Stream { .. } => {}
            EventKind::Sent { .. } => self.messages.sent += 1,
            EventKind::Delivered { .. } => self.messages.delivered += 1,
            EventKind::Lost { .. } => self.messages.lost += 1,
            EventKind::Requested { .. } => self.requests.open += 1,
            EventKind::Answered {
                result, unknown, ..
            } => {
                self.requests.open = self.requests.open.saturating_sub(1);
                match (&**result, unknown) {
                    (Ok(_), _) => self.requests.ok += 1,
                    (Err(_), true) => self.requests.unknown += 1,
                    (Err(_), false) => self.requests.failed += 1,
                }
            }
        }
    }

    fn take_note(&mut self, at: Micros, node: NodeId, note: &Note) {
        match note {
            Note::Became { role, term, .. } => {
                self.term = self.term.max(*term);
                let led = Led {
                    at,
                    term: *term,
                    node,
                };
                let last = self.leaders.last();
                let goes_on = last.is_some_and(|last| (last.term, last.node) == (*term, node));
                if *role == Role::Leader && !goes_on {
                    self.lead(led);
                }
            }
            Note::Committed { index } => self.commit = self.commit.max(*index),
            Note::Crashed(_) => self.crashes += 1,
            _ => {}
        }
    }

    fn lead(&mut self, led: Led) {
        if self.leaders.len() == MAX_LED {
            self.leaders.remove(0);
            self.leaders_before += 1;
        }
        self.leaders.push(led);
    }

    /// How many terms each node led, of those that are listed.
    #[must_use]
    pub fn terms_led(&self) -> BTreeMap<NodeId, u64> {
        let mut terms = BTreeMap::new();
        for led in &self.leaders {
            *terms.entry(led.node).or_default() += 1;
        }
        terms
    }
}

/// Seconds with all six places.
fn seconds(at: Micros) -> String {
    format!("{}.{:06} s", at / 1_000_000, at % 1_000_000)
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Requests {
            ok,
            failed,
            unknown,
            open,
        } = self.requests;
        let Messages {
            sent,
            delivered,
            lost,
        } = self.messages;
        writeln!(f, "time       {}", seconds(self.until))?;
        writeln!(f, "events     {}", self.events)?;
        writeln!(f, "term       {}", self.term)?;
        writeln!(f, "committed  through index {}", self.commit)?;
        writeln!(
            f,
            "actions    {}, of them {} crashes",
            self.actions, self.crashes
        )?;
        writeln!(
            f,
            "requests   {ok} ok, {failed} failed, {unknown} unknown, {open} open"
        )?;
        writeln!(
            f,
            "messages   {sent} sent, {delivered} delivered, {lost} lost"
        )?;
        if self.leaders_before > 0 {
            writeln!(f, "leaders    {} more before", self.leaders_before)?;
        }
        for Led { at, term, node } in &self.leaders {
            writeln!(f, "leader     {node} in term {term} from {}", seconds(*at))?;
        }
        for Verdict { promise, broken_by } in &self.verdicts {
            match broken_by {
                None => writeln!(f, "promise    {promise}: kept")?,
                Some(EventId(id)) => writeln!(f, "promise    {promise}: broken by event {id}")?,
            }
        }
        Ok(())
    }
}
