//! `check perf`: so many puts a second for a minute (`check.go`, `pkg/report`).

use bytes::Bytes;

use crate::etcd::{
    CompactionRequest, DefragmentRequest, DeleteRangeRequest, PutRequest, RangeRequest, Request,
    Response,
};
use crate::member::Micros;

use super::super::output::Finished;
use super::client::Client;
use super::exit::{BAD_FEATURE, ERROR, INVALID_INPUT};
use super::given::Given;
use super::kv::prefix_range;
use super::plan::{Heard, Plan, Program, Step};

/// How long it goes on, in s.
const SECONDS: u64 = 60;

/// How often the bar is drawn, in µs.
const BAR_US: Micros = 200_000;

/// The size of a key behind the prefix, and of a value, in bytes.
const KEY_BYTES: usize = 256;
const VALUE_BYTES: usize = 1_024;

/// A load: its names, how many writes a second, and how many wait at once.
const LOADS: [([&str; 2], u64, usize); 4] = [
    (["s", "small"], 150, 50),
    (["m", "medium"], 1_000, 200),
    (["l", "large"], 8_000, 500),
    (["xl", "xLarge"], 15_000, 1_000),
];

/// The most writes a second here: each is an action of the run, of which it keeps 100 000.
const MAX_RATE: u64 = 1_000;

pub(super) fn plan(given: &Given<'_>) -> Result<Plan, Finished> {
    let load = given.parsed.given("load").unwrap_or("s");
    let known = LOADS.iter().find(|(names, ..)| names.contains(&load));
    let refused = |text| Finished::error(text, BAD_FEATURE);
    let (_, rate, clients) =
        known.ok_or_else(|| refused(format!("Error: unknown load option {load}")))?;
    if *rate > MAX_RATE {
        let text = format!("Error: {rate} writes a second are too many here; {MAX_RATE} are not");
        return Err(refused(text));
    }
    let prefix = given
        .parsed
        .given("prefix")
        .unwrap_or("/etcdctl-check-perf/");
    Ok(Box::new(Perf {
        prefix: prefix.to_owned(),
        rate: *rate,
        clients: *clients,
        compacts: given.parsed.is_set("auto-compact"),
        defragments: given.parsed.is_set("auto-defrag"),
        phase: Phase::Looks,
        began: 0,
        due: 0,
        drawn: 0,
        took_us: Vec::new(),
        errors: Vec::new(),
        ended: 0,
    }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Whether keys are there already.
    Looks,
    Writes,
    Deletes,
    Compacts,
    Defragments,
}

#[derive(Debug)]
struct Perf {
    prefix: String,
    rate: u64,
    clients: usize,
    compacts: bool,
    defragments: bool,
    phase: Phase,
    /// When the writing began, in µs.
    began: Micros,
    /// How many writes were begun.
    due: u64,
    /// How often the bar was drawn.
    drawn: u64,
    /// How long each write took, in µs.
    took_us: Vec<Micros>,
    /// What failed, and how often.
    errors: Vec<(String, u64)>,
    /// When the last write ended, in µs.
    ended: Micros,
}

impl Program for Perf {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match heard {
            Heard::Begun => {
                client.be_patient();
                let (key, range_end) = prefix_range(&self.prefix);
                Step::Ask(Request::Range(RangeRequest {
                    key,
                    range_end,
                    limit: 1,
                    ..RangeRequest::default()
                }))
            }
            Heard::Answer(outcome, sent) if self.phase == Phase::Writes => {
                match &*outcome {
                    Ok(_) => self.took_us.push(client.now() - sent.at),
                    Err(error) => self.failed(error.to_string()),
                }
                self.ended = client.now();
                self.go_on(client)
            }
            Heard::Time => self.go_on(client),
            Heard::Answer(outcome, _) => match &*outcome {
                Ok(response) => self.answered(response, client),
                Err(error) => client.fail(error, ERROR),
            },
            _ => Step::Listen,
        }
    }
}

impl Perf {
    fn failed(&mut self, error: String) {
        match self.errors.iter_mut().find(|(known, _)| *known == error) {
            Some((_, count)) => *count += 1,
            None => self.errors.push((error, 1)),
        }
    }

    /// Begins what is due, and draws the bar.
    fn go_on(&mut self, client: &mut Client<'_, '_>) -> Step {
        let now = client.now();
        let passed = now - self.began;
        while self.drawn * BAR_US <= passed && self.drawn * BAR_US < SECONDS * 1_000_000 {
            let line = self.bar(self.drawn * BAR_US);
            client.print(&line);
            self.drawn += 1;
        }
        let all = self.rate * SECONDS;
        let due = (passed * self.rate / 1_000_000 + 1).min(all);
        while self.due < due && client.under_way() < self.clients {
            let put = self.put();
            if let Some(step) = client.send(put) {
                return step;
            }
        }
        let over = passed >= SECONDS * 1_000_000;
        if over && client.under_way() == 0 {
            client.print(&format!(" {SECONDS} / {SECONDS}  100.00% 1m0s"));
            self.phase = Phase::Deletes;
            let (key, range_end) = prefix_range(&self.prefix);
            return Step::Ask(Request::DeleteRange(DeleteRangeRequest {
                key,
                range_end,
                prev_kv: false,
            }));
        }
        let next_put = self.began + (self.due * 1_000_000).div_ceil(self.rate);
        let next_bar = self.began + self.drawn * BAR_US;
        let end = self.began + SECONDS * 1_000_000;
        let waits = self.due >= all || client.under_way() >= self.clients;
        let next = if waits {
            next_bar
        } else {
            next_put.min(next_bar)
        };
        match over {
            true => Step::Listen,
            false => Step::Until(next.min(end).max(now + 1)),
        }
    }

    /// The bar after so many µs.
    fn bar(&self, passed: Micros) -> String {
        let seconds = passed / 1_000_000;
        let hundredths = seconds * 10_000 / SECONDS;
        let rounded = (seconds * 100_000 / SECONDS + 5) / 10;
        let shown = hundredths.max(rounded);
        let percent = format!("{}.{:02}", shown / 100, shown % 100);
        let left = match seconds {
            0 => String::new(),
            _ => format!(
                " 00m{:02}s",
                (SECONDS * 1_000_000 - passed).div_ceil(1_000_000)
            ),
        };
        format!(" {seconds} / {SECONDS} {percent:>7}%{left}")
    }

    /// The next write: a key of its own, a value of zeros.
    fn put(&mut self) -> Request {
        let mut key = format!("{}{:x}/", self.prefix, self.due);
        self.due += 1;
        let end = self.prefix.len() + KEY_BYTES;
        while key.len() < end {
            key.push('.');
        }
        Request::Put(PutRequest {
            key: key.into_bytes().into(),
            value: Bytes::from_static(&[0; VALUE_BYTES]),
            ..PutRequest::default()
        })
    }

    fn answered(&mut self, response: &Response, client: &mut Client<'_, '_>) -> Step {
        match (self.phase, response) {
            (Phase::Looks, Response::Range(range)) if !range.kvs.is_empty() => {
                let prefix = &self.prefix;
                let message = format!(
                    "prefix {prefix:?} has keys. Delete with etcdctl del --prefix {prefix} first"
                );
                client.fail(message, INVALID_INPUT)
            }
            (Phase::Looks, _) => {
                self.phase = Phase::Writes;
                self.began = client.now();
                self.ended = self.began;
                client.print("\n");
                self.go_on(client)
            }
            (Phase::Deletes, _) if self.compacts => {
                self.phase = Phase::Compacts;
                let revision = response.header().map_or(0, |header| header.revision);
                client.print(&format!("Compacting with revision {revision}"));
                Step::Ask(Request::Compaction(CompactionRequest {
                    revision,
                    physical: true,
                }))
            }
            (Phase::Deletes | Phase::Compacts, _) if self.defragments => {
                self.phase = Phase::Defragments;
                let at = client
                    .endpoints()
                    .first()
                    .map_or(String::new(), |at| at.text.clone());
                client.print(&format!("Defragmenting {at:?}"));
                Step::Ask(Request::Defragment(DefragmentRequest {}))
            }
            _ => self.judge(client),
        }
    }

    fn judge(&self, client: &mut Client<'_, '_>) -> Step {
        let mut passes = true;
        if !self.errors.is_empty() {
            passes = false;
            client.print("FAIL: too many errors");
            for (error, count) in &self.errors {
                client.print(&format!("FAIL: ERROR({error}) -> {count}"));
            }
        }
        let count = self.took_us.len() as u64;
        let rate = count * 1_000_000 / (self.ended - self.began).max(1);
        let slowest = self.took_us.iter().copied().max().unwrap_or(0);
        let mean = self.took_us.iter().sum::<u64>() / count.max(1);
        let squares = self.took_us.iter().map(|took| took.abs_diff(mean).pow(2));
        let deviation = (squares.sum::<u64>() / count.max(1)).isqrt();
        let seconds = |us: u64| format!("{}.{:06}s", us / 1_000_000, us % 1_000_000);
        let mut say = |good: bool, yes: String, no: String| {
            passes &= good;
            client.print(if good { &yes } else { &no });
        };
        say(
            rate * 10 > self.rate * 9,
            format!("PASS: Throughput is {} writes/s", rate + 1),
            format!("FAIL: Throughput too low: {} writes/s", rate + 1),
        );
        say(
            slowest <= 500_000,
            format!("PASS: Slowest request took {}", seconds(slowest)),
            format!("Slowest request took too long: {}", seconds(slowest)),
        );
        say(
            deviation <= 100_000,
            format!("PASS: Stddev is {}", seconds(deviation)),
            format!("Stddev too high: {}", seconds(deviation)),
        );
        client.print(if passes { "PASS" } else { "FAIL" });
        Step::End(if passes { 0 } else { ERROR })
    }
}
