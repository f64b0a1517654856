//! Alarms, the leader, and what needs no cluster (`alarm_command.go`,
//! `move_leader_command.go`, `version_command.go`).

use std::collections::VecDeque;

use crate::etcd::{
    AlarmAction, AlarmMember, AlarmRequest, AlarmResponse, MoveLeaderRequest, Request, Response,
    StatusRequest,
};

use super::super::output::Finished;
use super::client::{Client, Endpoint};
use super::exit::{BAD_ARGS, ERROR};
use super::given::{Given, bad_args};
use super::kv::parse_hex;
use super::once::Once;
use super::plan::{Heard, Plan, Program, Step};
use super::print::Told;

pub(super) fn version(_: &Given<'_>) -> Result<Plan, Finished> {
    Err(Finished::output(
        "etcdctl version: 3.4.23\nAPI version: 3.4",
    ))
}

pub(super) fn alarm_list(given: &Given<'_>) -> Result<Plan, Finished> {
    given.none("alarm list command accepts no arguments")?;
    let request = Request::Alarm(AlarmRequest::default());
    Ok(Once::new(request).plan())
}

pub(super) fn alarm_disarm(given: &Given<'_>) -> Result<Plan, Finished> {
    given.none("alarm disarm command accepts no arguments")?;
    Ok(Box::new(Disarm {
        listed: false,
        rest: VecDeque::new(),
        done: AlarmResponse::default(),
    }))
}

/// `alarm disarm`: the alarms that are up are taken back one by one
/// (`clientv3/maintenance.go`, `AlarmDisarm`).
#[derive(Debug)]
struct Disarm {
    listed: bool,
    rest: VecDeque<AlarmMember>,
    done: AlarmResponse,
}

impl Program for Disarm {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        let Heard::Answer(outcome, _) = heard else {
            return Step::Ask(Request::Alarm(AlarmRequest::default()));
        };
        let alarms = match &*outcome {
            Ok(Response::Alarm(response)) => &response.alarms,
            Ok(_) => return Step::Listen,
            Err(error) => return client.fail(error, ERROR),
        };
        if self.listed {
            self.done.alarms.extend(alarms.iter().cloned());
        } else {
            self.listed = true;
            self.rest = alarms.iter().cloned().collect();
        }
        if let Some(AlarmMember { member_id, alarm }) = self.rest.pop_front() {
            return Step::Ask(Request::Alarm(AlarmRequest {
                action: AlarmAction::Deactivate as i32,
                member_id,
                alarm,
            }));
        }
        let response = Response::Alarm(std::mem::take(&mut self.done));
        let printer = client.printer();
        match client.show(printer.answer(&response, &Told::Answer)) {
            Ok(()) => Step::End(0),
            Err(status) => Step::End(status),
        }
    }
}

pub(super) fn move_leader(given: &Given<'_>) -> Result<Plan, Finished> {
    let target = given.one("move-leader command needs 1 argument")?;
    Ok(Box::new(MoveLeader {
        target_id: parse_hex(target).map_err(bad_args)?,
        rest: VecDeque::new(),
        asked: None,
        leader: 0,
    }))
}

/// `move-leader`: the leader is looked for among the endpoints, and asked to hand over.
#[derive(Debug)]
struct MoveLeader {
    target_id: u64,
    rest: VecDeque<Endpoint>,
    asked: Option<Endpoint>,
    leader: u64,
}

impl MoveLeader {
    fn ask(&mut self, client: &mut Client<'_, '_>) -> Step {
        if let Some(endpoint) = self.rest.pop_front() {
            let node = endpoint.node;
            self.asked = Some(endpoint);
            return Step::AskAt(node, Request::Status(StatusRequest {}));
        }
        let endpoints: Vec<&str> = client
            .endpoints()
            .iter()
            .map(|at| at.text.as_str())
            .collect();
        let message = format!("no leader endpoint given at [{}]", endpoints.join(" "));
        client.fail(message, BAD_ARGS)
    }
}

impl Program for MoveLeader {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        let Heard::Answer(outcome, _) = heard else {
            self.rest = client.endpoints().iter().cloned().collect();
            return self.ask(client);
        };
        match &*outcome {
            Err(error) => client.fail(error, ERROR),
            Ok(Response::Status(status)) => {
                let id = status.header.as_ref().map_or(0, |header| header.member_id);
                let Some(endpoint) = self.asked.take().filter(|_| id == status.leader) else {
                    return self.ask(client);
                };
                self.leader = id;
                let target_id = self.target_id;
                Step::AskAt(
                    endpoint.node,
                    Request::MoveLeader(MoveLeaderRequest { target_id }),
                )
            }
            Ok(response) => {
                let (from, to) = (self.leader, self.target_id);
                let text = format!("Leadership transferred from {from:x} to {to:x}");
                let printer = client.printer();
                match client.show(printer.answer(response, &Told::Text(text))) {
                    Ok(()) => Step::End(0),
                    Err(status) => Step::End(status),
                }
            }
        }
    }
}
