//! The cluster here, asked as an etcd is asked.

use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use glassraft_core::etcd::gateway::{
    self, error_json, response_json, stream_error_json, stream_response_json,
};
use glassraft_core::world::Action;
use glassraft_tests::{Lab, n};
use serde_json::{Value, json};

/// How long a call may take, in µs.
const PATIENCE_US: u64 = 60_000_000;

/// How long a watcher may take to catch up with the past, in µs.
const CATCHING_UP_US: u64 = 2_000_000;

/// How often it is looked whether a watcher has heard something, in µs.
const STEP_US: u64 = 1_000;

/// A cluster of one member.
pub(crate) struct Glass(Lab);

impl Glass {
    /// One whose member leads.
    pub(crate) fn start(seed: u64) -> Self {
        Self(Lab::with_leader(1, seed))
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, span: Duration) {
        self.0.pass(span.as_micros().try_into().unwrap_or(0));
    }

    /// Asks with a token, and gives the body of the answer.
    pub(crate) fn ask(&mut self, token: &str, path: &str, body: &str) -> String {
        let request = match gateway::request_at(path, body) {
            Ok(request) => request,
            Err(problem) => {
                let what = problem.what;
                return json!({"error": what, "message": what, "code": 3}).to_string();
            }
        };
        let action = Action::Request {
            node: n(1),
            request,
            timeout_us: PATIENCE_US,
        };
        let id = self.0.act(with_token(token, action));
        match &*self.0.outcome(id.expect("a request has a number")) {
            Ok(response) if path == gateway::KEEP_ALIVE_PATH => {
                format!("{{\"result\":{}}}", response_json(response))
            }
            Ok(response) => response_json(response),
            Err(error) => error_json(error),
        }
    }

    /// What a watcher hears first that is created with this request and a token.
    pub(crate) fn begin_watch(&mut self, token: &str, body: &str) -> Result<Value> {
        let node = n(1);
        let request = gateway::watch_request(body)?;
        let stream = self
            .0
            .act(with_token(token, Action::Open { node, request }));
        let stream = stream.expect("a stream has a number");
        for _ in 0..PATIENCE_US / STEP_US {
            self.0.pass(STEP_US);
            let heard = self.0.run.take_streamed(stream);
            let heard = heard.ok_or_else(|| anyhow!("the stream is not known"))?;
            if let Some(first) = heard.responses.first() {
                if heard.ended.is_none() {
                    self.0.act(Action::Close { stream });
                }
                return Ok(serde_json::from_str(&stream_response_json(first))?);
            }
            if let Some(Err(error)) = &heard.ended {
                return Ok(serde_json::from_str(&stream_error_json(error))?);
            }
        }
        bail!("nothing was heard on the stream")
    }

    /// What a watcher hears that is created with this request, once it knows all there is.
    pub(crate) fn watch(&mut self, body: &str) -> Result<Vec<Value>> {
        let request = gateway::watch_request(body)?;
        let node = n(1);
        let stream = self.0.act(Action::Open { node, request });
        let stream = stream.expect("a stream has a number");
        self.0.pass(CATCHING_UP_US);
        let heard = self.0.run.take_streamed(stream);
        let heard = heard.ok_or_else(|| anyhow!("nothing was heard on the stream"))?;
        if heard.ended.is_none() {
            self.0.act(Action::Close { stream });
        }
        let lines = heard.responses.iter();
        lines
            .map(|line| Ok(serde_json::from_str(&stream_response_json(line))?))
            .collect()
    }
}

/// An action of a client that shows a token; without one, of nobody in particular.
fn with_token(token: &str, action: Action) -> Action {
    match token.is_empty() {
        true => action,
        false => Action::As {
            token: token.to_owned(),
            action: Box::new(action),
        },
    }
}
