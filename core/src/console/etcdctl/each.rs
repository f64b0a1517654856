//! Commands that ask each endpoint (`ep_command.go`, `defrag_command.go`).

use std::collections::VecDeque;

use crate::etcd::{
    DefragmentRequest, Error, HashKvRequest, MemberListRequest, RangeRequest, Request, Response,
    StatusRequest, client_url,
};

use super::super::output::Finished;
use super::super::words::parse_node;
use super::client::{Client, Endpoint};
use super::exit::ERROR;
use super::given::Given;
use super::plan::{Heard, Plan, Program, Step};
use super::print::{Health, Status};
use super::text::go_duration;

/// What each is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Status,
    /// The hash up to a revision.
    Hash(i64),
    Defragment,
}

impl What {
    fn request(self) -> Request {
        match self {
            Self::Status => Request::Status(StatusRequest {}),
            Self::Hash(revision) => Request::HashKv(HashKvRequest { revision }),
            Self::Defragment => Request::Defragment(DefragmentRequest {}),
        }
    }
}

pub(super) fn status(given: &Given<'_>) -> Result<Plan, Finished> {
    Ok(Each::plan(given, What::Status))
}

pub(super) fn hash_kv(given: &Given<'_>) -> Result<Plan, Finished> {
    Ok(Each::plan(given, What::Hash(given.parsed.int("rev"))))
}

pub(super) fn defrag(given: &Given<'_>) -> Result<Plan, Finished> {
    if let Some(folder) = given
        .parsed
        .given("data-dir")
        .filter(|folder| !folder.is_empty())
    {
        let message = format!("Error: there is no data directory \"{folder}\" here");
        return Err(Finished::error(message, ERROR));
    }
    Ok(Each::plan(given, What::Defragment))
}

pub(super) fn health(given: &Given<'_>) -> Result<Plan, Finished> {
    Ok(Box::new(Healths {
        cluster: given.parsed.is_set("cluster"),
        asked: Vec::new(),
        heard: Vec::new(),
        refused: None,
    }))
}

/// The endpoint of an address in the list of members.
fn endpoint_at(url: &str) -> Option<Endpoint> {
    let host = url.strip_prefix("http://")?.split(':').next()?;
    let node = parse_node(host)?;
    (client_url(node.number().into()) == url).then(|| Endpoint {
        text: url.to_owned(),
        node,
    })
}

/// All endpoints in an answer that lists the members.
fn endpoints_in(response: &Response) -> Vec<Endpoint> {
    let Response::MemberList(list) = response else {
        return Vec::new();
    };
    let urls = list.members.iter().flat_map(|member| &member.client_urls);
    urls.filter_map(|url| endpoint_at(url)).collect()
}

/// Says that the list of members did not come.
fn no_list(error: &Error, client: &mut Client<'_, '_>) -> Step {
    let what = "failed to fetch endpoints from etcd cluster member list";
    client.fail(format_args!("{what}: {error}"), ERROR)
}

/// One endpoint after the other.
#[derive(Debug)]
struct Each {
    what: What,
    /// Whether the list of members says who is asked.
    cluster: bool,
    listed: bool,
    rest: VecDeque<Endpoint>,
    asked: Option<Endpoint>,
    heard: Vec<Status>,
    failed: Option<Error>,
}

impl Each {
    fn plan(given: &Given<'_>, what: What) -> Plan {
        Box::new(Self {
            what,
            cluster: given.parsed.is_set("cluster"),
            listed: false,
            rest: VecDeque::new(),
            asked: None,
            heard: Vec::new(),
            failed: None,
        })
    }

    /// Asks the next; prints what all said if there is none.
    fn ask(&mut self, client: &mut Client<'_, '_>) -> Step {
        if let Some(endpoint) = self.rest.pop_front() {
            let node = endpoint.node;
            self.asked = Some(endpoint);
            return Step::AskAt(node, self.what.request());
        }
        if self.what != What::Defragment {
            let printer = client.printer();
            let made = printer.endpoints(&self.heard, self.what != What::Status);
            if let Err(status) = client.show(made) {
                return Step::End(status);
            }
        }
        match (&self.failed, self.what) {
            (None, _) => Step::End(0),
            (Some(error), What::Hash(_)) => client.fail(error, ERROR),
            (Some(_), _) => Step::End(ERROR),
        }
    }

    fn hear(&mut self, result: &Result<Response, Error>, client: &mut Client<'_, '_>) {
        let Some(Endpoint { text, .. }) = self.asked.take() else {
            return;
        };
        match (result, self.what) {
            (Ok(_), What::Defragment) => {
                client.print(&format!("Finished defragmenting etcd member[{text}]"));
            }
            (Ok(response), _) => self.heard.push(Status {
                endpoint: text,
                response: response.clone(),
            }),
            (Err(error), what) => {
                client.complain(&match what {
                    What::Status => {
                        format!("Failed to get the status of endpoint {text} ({error})")
                    }
                    What::Hash(_) => format!("Failed to get the hash of endpoint {text} ({error})"),
                    What::Defragment => {
                        format!("Failed to defragment etcd member[{text}] ({error})")
                    }
                });
                self.failed = Some(error.clone());
            }
        }
    }
}

impl Program for Each {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match heard {
            Heard::Begun if self.cluster => Step::Ask(Request::MemberList(MemberListRequest {})),
            Heard::Begun => {
                self.rest = client.endpoints().iter().cloned().collect();
                self.ask(client)
            }
            Heard::Answer(outcome, _) if self.cluster && !self.listed => match &*outcome {
                Ok(response) => {
                    self.listed = true;
                    self.rest = endpoints_in(response).into();
                    self.ask(client)
                }
                Err(error) => no_list(error, client),
            },
            Heard::Answer(outcome, _) => {
                self.hear(&outcome, client);
                self.ask(client)
            }
            _ => Step::Listen,
        }
    }
}

/// `endpoint health`: a read at all of them at once.
#[derive(Debug)]
struct Healths {
    cluster: bool,
    asked: Vec<Endpoint>,
    heard: Vec<Health>,
    /// Why its user was not let in. Nobody is well then, and all are told of.
    refused: Option<Error>,
}

impl Healths {
    fn ask(&mut self, endpoints: Vec<Endpoint>, client: &mut Client<'_, '_>) -> Step {
        let read = Request::Range(RangeRequest {
            key: "health".into(),
            ..RangeRequest::default()
        });
        for endpoint in &endpoints {
            if let Some(error) = &self.refused {
                self.heard.push(Health {
                    endpoint: endpoint.text.clone(),
                    took: String::new(),
                    error: error.to_string(),
                });
            } else if let Some(step) = client.send_to(endpoint.node, read.clone()) {
                return step;
            }
        }
        self.asked = endpoints;
        self.end_if_all(client)
    }

    fn end_if_all(&self, client: &mut Client<'_, '_>) -> Step {
        if self.heard.len() < self.asked.len() {
            return Step::Listen;
        }
        match client.printer().health(&self.heard) {
            // People read it on standard error (`printer_simple.go`).
            Ok(text) if client.printer().is_simple() => client.complain(&text),
            Ok(text) => client.print(&text),
            Err(finished) => return client.finish(finished),
        }
        match self.heard.iter().all(|health| health.error.is_empty()) {
            true => Step::End(0),
            false => client.fail("unhealthy cluster", ERROR),
        }
    }
}

impl Program for Healths {
    fn refused(&mut self, error: Error, client: &mut Client<'_, '_>) -> Step {
        self.refused = Some(error);
        self.next(Heard::Begun, client)
    }

    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match heard {
            Heard::Begun if self.cluster => Step::Ask(Request::MemberList(MemberListRequest {})),
            Heard::Begun => {
                let endpoints = client.endpoints().to_vec();
                self.ask(endpoints, client)
            }
            Heard::Answer(outcome, _) if self.cluster && self.asked.is_empty() => match &*outcome {
                Ok(response) => self.ask(endpoints_in(response), client),
                Err(error) => no_list(error, client),
            },
            Heard::Answer(outcome, sent) => {
                let mut asked = self.asked.iter();
                let asked = asked.find(|endpoint| endpoint.node == sent.node);
                self.heard.push(Health {
                    endpoint: asked.map_or_else(String::new, |endpoint| endpoint.text.clone()),
                    took: go_duration(client.now() - sent.at),
                    error: match &*outcome {
                        // Who may not read is healthy: the read went through the cluster.
                        Ok(_) | Err(Error::PermissionDenied) => String::new(),
                        Err(error) => error.to_string(),
                    },
                });
                self.end_if_all(client)
            }
            _ => Step::Listen,
        }
    }
}
