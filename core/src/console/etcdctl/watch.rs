//! Watches (`watch_command.go`).

use std::collections::VecDeque;

use crate::etcd::{
    Error, StreamRequest, StreamResponse, WatchCreateRequest, WatchProgressRequest, WatchRequest,
    WatchRequestUnion, WatchResponse,
};

use super::super::output::Finished;
use super::argify::argify;
use super::client::Client;
use super::exit::{BAD_ARGS, ERROR, INTERRUPTED, INVALID_INPUT};
use super::flags::Parsed;
use super::given::{Given, bad_args, find};
use super::kv::{bytes, prefix_range};
use super::plan::{Heard, Plan, Program, Step};
use super::text::quoted;

/// The most events that wait for the command that is run for each of them.
const MAX_WAITING: usize = 10_000;

pub(super) fn plan(given: &Given<'_>) -> Result<Plan, Finished> {
    if given.parsed.is_set("interactive") {
        return Ok(Box::new(Watch {
            interactive: true,
            ..Watch::default()
        }));
    }
    let (create, command) = wanted(given.words, &given.parsed).map_err(bad_args)?;
    Ok(Box::new(Watch {
        create: Some(create),
        command,
        ..Watch::default()
    }))
}

/// What is watched, and the command that is run for each event, if there is one.
fn wanted(words: &[String], parsed: &Parsed) -> Result<(WatchCreateRequest, Vec<String>), String> {
    let mut arguments = parsed.arguments.as_slice();
    let mut command = &[][..];
    if let Some(place) = words.iter().position(|word| word == "--") {
        command = &words[place + 1..];
        if command.is_empty() {
            return Err("bad number of arguments (found separator --, but no commands)".to_owned());
        }
        arguments = &arguments[..arguments.len().saturating_sub(command.len())];
    }
    let prefix = parsed.is_set("prefix");
    let (key, range_end) = match arguments {
        [] => return Err("bad number of arguments".to_owned()),
        [_, _] if prefix => {
            return Err("`range_end` and `--prefix` are mutually exclusive".to_owned());
        }
        [key, ..] if prefix => prefix_range(key),
        [key, end] => (bytes(key), bytes(end)),
        [key, ..] => (bytes(key), bytes("")),
    };
    let create = WatchCreateRequest {
        key,
        range_end,
        start_revision: parsed.int("rev"),
        prev_kv: parsed.is_set("prev-kv"),
        ..WatchCreateRequest::default()
    };
    Ok((create, command.to_vec()))
}

#[derive(Debug, Default)]
struct Watch {
    interactive: bool,
    create: Option<WatchCreateRequest>,
    /// The stream, once it is open.
    stream: Option<usize>,
    command: Vec<String>,
    /// For how many events the command is still to be run.
    waiting: VecDeque<()>,
    runs: bool,
}

impl Program for Watch {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match heard {
            Heard::Begun if self.interactive => Step::Read,
            Heard::Begun => match self.create.take() {
                Some(create) => self.watch(create, client).unwrap_or(Step::Listen),
                None => Step::Listen,
            },
            Heard::Line(line) => self.line(line, client),
            Heard::Streamed(_, response) => self.heard(&response, client),
            Heard::Closed(_, error) => {
                if let Some(error) = error {
                    client.complain(&format!("watch was canceled ({error})"));
                }
                client.fail("watch is canceled by the server", INTERRUPTED)
            }
            Heard::Ended(0) => {
                self.runs = false;
                self.run_next()
            }
            Heard::Ended(status) => {
                let words: Vec<String> = self
                    .command
                    .iter()
                    .map(|word| quoted(word.as_bytes()))
                    .collect();
                let words = words.join(" ");
                client.complain(&format!("command [{words}] error (exit status {status})"));
                Step::End(ERROR)
            }
            _ => Step::Listen,
        }
    }
}

impl Watch {
    /// Begins a watcher; what comes of it, if that is the end.
    fn watch(&mut self, create: WatchCreateRequest, client: &mut Client<'_, '_>) -> Option<Step> {
        self.say(WatchRequestUnion::Create(create), client)
    }

    fn say(&mut self, request: WatchRequestUnion, client: &mut Client<'_, '_>) -> Option<Step> {
        let request = StreamRequest::Watch(WatchRequest {
            request: Some(request),
        });
        match self.stream {
            Some(stream) => client.say(stream, request),
            None => match client.open(request) {
                Ok(stream) => self.stream = Some(stream),
                Err(status) => return Some(Step::End(status)),
            },
        }
        None
    }

    /// A line of `watch -i`.
    fn line(&mut self, line: Option<String>, client: &mut Client<'_, '_>) -> Step {
        let Some(line) = line else {
            return client.fail("Error reading watch request line: EOF", INVALID_INPUT);
        };
        let words = match argify(&line) {
            Ok(words) => words,
            Err(finished) => return client.finish(finished),
        };
        match words.first().map(String::as_str) {
            None => {
                client.complain(&format!(
                    "Invalid command: {line} (watch and progress supported)"
                ));
            }
            Some("watch") if words.len() < 2 => {
                let why = "command type or key is not provided";
                client.complain(&format!("Invalid command {line} ({why})"));
            }
            Some("watch") => {
                let (command, rest) = find(&words);
                let parsed = match Parsed::parse(command.own(), &rest) {
                    Ok(parsed) => parsed,
                    Err(error) => return client.fail(error, BAD_ARGS),
                };
                match wanted(&words, &parsed) {
                    Ok((create, _)) => {
                        if let Some(step) = self.watch(create, client) {
                            return step;
                        }
                    }
                    Err(why) if why.starts_with("bad number") => {
                        return client.fail(why, BAD_ARGS);
                    }
                    Err(why) => client.complain(&format!("Invalid command {line} ({why})")),
                }
            }
            Some("progress") => {
                if self.stream.is_some() {
                    self.say(WatchRequestUnion::Progress(WatchProgressRequest {}), client);
                }
            }
            Some(_) => client.complain(&format!("Invalid command {line} (only support watch)")),
        }
        Step::Read
    }

    fn heard(&mut self, response: &StreamResponse, client: &mut Client<'_, '_>) -> Step {
        let StreamResponse::Watch(answer) = response else {
            return Step::Listen;
        };
        // That it has begun is the library's affair.
        if answer.created && !answer.canceled {
            return Step::Listen;
        }
        if answer.canceled {
            client.complain(&format!("watch was canceled ({})", why_canceled(answer)));
        } else if answer.events.is_empty() {
            let revision = answer.header.as_ref().map_or(0, |header| header.revision);
            client.print(&format!("progress notify: {revision}"));
        }
        if let Err(status) = client.show(client.printer().watch(response)) {
            return Step::End(status);
        }
        if answer.canceled && !self.interactive {
            return client.fail("watch is canceled by the server", INTERRUPTED);
        }
        if !self.command.is_empty() {
            let room = MAX_WAITING.saturating_sub(self.waiting.len());
            self.waiting
                .extend(answer.events.iter().take(room).map(|_| ()));
            if room < answer.events.len() {
                let message = format!("more than {MAX_WAITING} events wait for the command");
                return client.fail(message, ERROR);
            }
        }
        self.run_next()
    }

    /// Runs the command for the next event.
    fn run_next(&mut self) -> Step {
        if self.runs || self.waiting.pop_front().is_none() {
            return Step::Listen;
        }
        self.runs = true;
        Step::Run(self.command.clone())
    }
}

/// Why a watcher has ended (`clientv3/watch.go`, `WatchResponse.Err`).
fn why_canceled(answer: &WatchResponse) -> String {
    match answer.cancel_reason.as_str() {
        _ if answer.compact_revision != 0 => Error::Compacted.to_string(),
        "" => Error::FutureRevision.to_string(),
        reason => reason.to_owned(),
    }
}
