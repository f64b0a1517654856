//! All that there is to say about one event, part by part.
//!
//! It says what the event's line in [`super::text`] says, with the same names, and more: of
//! a message also the numbers that are 0, and of a list each part by itself.

use std::fmt;

use crate::member::{Configuration, Halt, LogEntry, NodeId, Note, Timeout};
use crate::world::{Event, EventId, EventKind, Packet, StreamStep};

use super::action_text::action_text;
use super::stream_text::{heard_text, said_text};
use super::text;

/// The most parts of one list.
const MAX_PARTS: usize = 32;

/// One thing that there is to say about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name, as in the trace.
    pub name: &'static str,
    /// What it is.
    pub value: String,
    /// The event that it names, if it names one.
    pub event: Option<EventId>,
}

/// What happened, in the word that the trace has for it, and all that there is to say about
/// it. Of a long list the first 32 parts are told, and how many more there are.
#[must_use]
pub fn facts(event: &Event) -> (&'static str, Vec<Fact>) {
    let mut facts = Facts(Vec::new());
    let word = facts.take(&event.kind);
    (word, facts.0)
}

struct Facts(Vec<Fact>);

impl Facts {
    fn say(&mut self, name: &'static str, value: impl fmt::Display) {
        self.tell(name, value.to_string());
    }

    fn tell(&mut self, name: &'static str, value: String) {
        self.0.push(Fact {
            name,
            value,
            event: None,
        });
    }

    fn point(&mut self, name: &'static str, event: EventId) {
        self.0.push(Fact {
            name,
            value: event.0.to_string(),
            event: Some(event),
        });
    }

    fn list(&mut self, name: &'static str, parts: impl ExactSizeIterator<Item = String>) {
        let more = parts.len().saturating_sub(MAX_PARTS);
        for part in parts.take(MAX_PARTS) {
            self.say(name, part);
        }
        if more > 0 {
            self.say(name, format!("… and {more} more"));
        }
    }

    fn moment(&mut self, name: &'static str, at: Option<u64>) {
        self.say(name, at.map_or("-".to_owned(), |at| format!("{at} µs")));
    }

    fn take(&mut self, kind: &EventKind) -> &'static str {
        match kind {
            EventKind::Node { note, .. } => self.take_note(note),
            EventKind::Sent {
                packet, arrives_at, ..
            } => {
                self.packet(packet);
                self.moment("arrives", Some(*arrives_at));
                "sent"
            }
            EventKind::Delivered { sent, packet, .. } => {
                self.packet(packet);
                self.point("sent", *sent);
                "delivered"
            }
            EventKind::Lost {
                sent,
                packet,
                reason,
                ..
            } => {
                self.packet(packet);
                self.point("sent", *sent);
                self.say("why", text::reason_name(*reason));
                "lost"
            }
            EventKind::Rerouted {
                sent, arrives_at, ..
            } => {
                self.point("sent", *sent);
                self.moment("arrives", *arrives_at);
                "rerouted"
            }
            EventKind::Acted { action, .. } => {
                self.say("action", action_text(action));
                "acted"
            }
            EventKind::Stream { id, step, .. } => {
                self.say("stream", id.0);
                self.take_step(step)
            }
            EventKind::Requested {
                id,
                request,
                client,
                ..
            } => {
                self.say("request", id.0);
                if let Some(client) = client {
                    self.say("client", client);
                }
                self.say("asks", text::request_text(request));
                "requested"
            }
            EventKind::Answered {
                id,
                result,
                unknown,
                ..
            } => {
                self.say("request", id.0);
                match &**result {
                    Ok(response) => {
                        self.say("answer", text::response_text(response));
                        "answered"
                    }
                    Err(error) => {
                        self.say("error", format!("{error:?}"));
                        let outcome = if *unknown { "unknown" } else { "not done" };
                        self.say("outcome", outcome);
                        "failed"
                    }
                }
            }
        }
    }

    fn take_step(&mut self, step: &StreamStep) -> &'static str {
        match step {
            StreamStep::Opened(request) => {
                self.say("says", said_text(request));
                "opened"
            }
            StreamStep::Said(request) => {
                self.say("says", said_text(request));
                "said"
            }
            StreamStep::Heard(response) => {
                self.say("hears", heard_text(response));
                "heard"
            }
            StreamStep::Broke(error) => {
                self.say("error", format!("{error:?}"));
                "broke"
            }
            StreamStep::Closed(error) => {
                if let Some(error) = error {
                    self.say("error", format!("{error:?}"));
                }
                "closed"
            }
        }
    }

    fn packet(&mut self, packet: &Packet) {
        let Packet {
            kind,
            from,
            to,
            term,
            index,
            log_term,
            commit,
            entries,
            reject,
        } = packet;
        self.say("type", kind.name());
        self.say("from", from);
        self.say("to", to);
        let numbers = [
            ("term", term),
            ("index", index),
            ("log-term", log_term),
            ("commit", commit),
            ("entries", entries),
        ];
        for (name, number) in numbers {
            self.say(name, number);
        }
        self.say("reject", if *reject { "yes" } else { "no" });
    }

    fn take_note(&mut self, note: &Note) -> &'static str {
        match note {
            Note::Started { term, vote, commit } => {
                self.disk(*term, *vote, *commit);
                "started"
            }
            Note::Crashed(remains) => {
                self.disk(remains.term, remains.vote, remains.commit);
                self.say("first", remains.first);
                self.say("snapshot", remains.snapshot);
                self.say("from", remains.from);
                self.entries("restored", &remains.restored);
                "crashed"
            }
            Note::TimedOut(timeout) => {
                let timer = match timeout {
                    Timeout::Election => "election",
                    Timeout::Heartbeat => "heartbeat",
                    Timeout::CheckQuorum => "check-quorum",
                };
                self.say("timer", timer);
                "timed-out"
            }
            Note::TimerReset { expires_at } => {
                self.moment("expires", Some(*expires_at));
                "timer-reset"
            }
            Note::Became { role, term, leader } => {
                self.say("role", role.name());
                self.say("term", term);
                self.say("leader", text::name(*leader));
                "became"
            }
            Note::Voted { term, candidate } => {
                self.say("term", term);
                self.say("for", candidate);
                "voted"
            }
            Note::Appended { entries } => {
                self.entries("entry", entries);
                "appended"
            }
            Note::Synced { through } => {
                self.say("through", through);
                "synced"
            }
            Note::Committed { index } => {
                self.say("index", index);
                "committed"
            }
            Note::Applied { index, changes } => {
                self.say("index", index);
                let changes = changes.iter().map(|change| text::change_text(change));
                self.list("change", changes);
                "applied"
            }
            Note::LeasesTimed { deadlines } => {
                self.list("lease", deadlines.iter().map(text::deadline_text));
                "leases-timed"
            }
            Note::Configured { configuration } => {
                self.configuration(configuration);
                "configured"
            }
            Note::Compacted { snapshot, first } => {
                self.say("snapshot", snapshot);
                self.say("first", first);
                "compacted"
            }
            Note::Restored(restored) => {
                self.say("index", restored.index);
                self.say("term", restored.term);
                self.say("revision", restored.catalog.revision());
                self.configuration(&restored.configuration);
                "restored"
            }
            Note::Halted { reason } => {
                let reason = match reason {
                    Halt::Removed => "removed",
                    Halt::DiskFull => "disk-full",
                    Halt::LogLost => "log-lost",
                };
                self.say("why", reason);
                "halted"
            }
        }
    }

    fn disk(&mut self, term: u64, vote: Option<NodeId>, commit: u64) {
        self.say("term", term);
        self.say("vote", text::name(vote));
        self.say("commit", commit);
    }

    fn entries(&mut self, name: &'static str, entries: &[LogEntry]) {
        self.list(name, entries.iter().map(text::entry));
    }

    fn configuration(&mut self, configuration: &Configuration) {
        self.say("members", text::configuration_text(configuration));
    }
}
