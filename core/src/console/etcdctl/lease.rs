//! Leases (`lease_command.go`).

use crate::etcd::{
    Error, LeaseGrantRequest, LeaseKeepAliveRequest, LeaseLeasesRequest, LeaseRevokeRequest,
    LeaseTimeToLiveRequest, Request, Response, StreamRequest, StreamResponse,
};

use super::super::output::Finished;
use super::client::Client;
use super::exit::BAD_CONNECTION;
use super::given::{Given, bad_args};
use super::kv::parse_signed;
use super::once::{Once, Refused};
use super::plan::{Heard, Plan, Program, Step};
use super::print::Told;

fn lease_id(text: &str) -> Result<i64, Finished> {
    parse_signed(text, 16)
        .map_err(|why| bad_args(format!("bad lease ID arg ({why}), expecting ID in Hex")))
}

pub(super) fn grant(given: &Given<'_>) -> Result<Plan, Finished> {
    let ttl = given.one("lease grant command needs TTL argument")?;
    let ttl = parse_signed(ttl, 10).map_err(|why| bad_args(format!("bad TTL ({why})")))?;
    let request = Request::LeaseGrant(LeaseGrantRequest { ttl, id: 0 });
    Ok(Once::new(request).or_failed("grant lease").plan())
}

pub(super) fn revoke(given: &Given<'_>) -> Result<Plan, Finished> {
    let id = lease_id(given.one("lease revoke command needs 1 argument")?)?;
    let request = Request::LeaseRevoke(LeaseRevokeRequest { id });
    let once = Once::new(request).or_failed("revoke lease");
    Ok(once.says(format!("lease {id:016x} revoked")).plan())
}

pub(super) fn time_to_live(given: &Given<'_>) -> Result<Plan, Finished> {
    let id = given.one("lease timetolive command needs lease ID as argument")?;
    let keys = given.parsed.is_set("keys");
    let id = match lease_id(id) {
        Ok(id) => id,
        // It has a client by then.
        Err(finished) => return Ok(Refused::plan(finished)),
    };
    let request = LeaseTimeToLiveRequest { id, keys };
    let once = Once::new(Request::LeaseTimeToLive(request)).patient();
    let told = if keys { Told::LeaseKeys } else { Told::Answer };
    Ok(once.told(told).plan())
}

pub(super) fn list(_: &Given<'_>) -> Result<Plan, Finished> {
    let request = Request::LeaseLeases(LeaseLeasesRequest {});
    Ok(Once::new(request).patient().plan())
}

pub(super) fn keep_alive(given: &Given<'_>) -> Result<Plan, Finished> {
    let id = given.one("lease keep-alive command needs lease ID as argument")?;
    Ok(Box::new(KeepAlive {
        id: lease_id(id)?,
        once: given.parsed.is_set("once"),
    }))
}

/// `lease keep-alive`, once or until the lease is gone.
#[derive(Debug)]
struct KeepAlive {
    id: i64,
    once: bool,
}

impl KeepAlive {
    fn gone(&self, client: &mut Client<'_, '_>) -> Step {
        if self.once {
            return client.fail(Error::LeaseNotFound, BAD_CONNECTION);
        }
        client.print(&format!("lease {:016x} expired or revoked.", self.id));
        Step::End(0)
    }

    fn kept(&self, response: &Response, client: &mut Client<'_, '_>) -> Step {
        let printer = client.printer();
        match client.show(printer.answer(response, &Told::Answer)) {
            Ok(()) if self.once => Step::End(0),
            Ok(()) => Step::Listen,
            Err(status) => Step::End(status),
        }
    }
}

impl Program for KeepAlive {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match heard {
            Heard::Begun => {
                let request = LeaseKeepAliveRequest { id: self.id };
                if self.once {
                    client.be_patient();
                    return Step::Ask(Request::LeaseKeepAlive(request));
                }
                match client.open(StreamRequest::LeaseKeepAlive(request)) {
                    Ok(_) => Step::Listen,
                    Err(status) => Step::End(status),
                }
            }
            Heard::Answer(outcome, _) => match &*outcome {
                Ok(Response::LeaseKeepAlive(lease)) if lease.ttl <= 0 => self.gone(client),
                Ok(response) => self.kept(response, client),
                Err(error) => client.fail(error, BAD_CONNECTION),
            },
            Heard::Streamed(_, response) => match &*response {
                StreamResponse::LeaseKeepAlive(lease) if lease.ttl > 0 => {
                    self.kept(&Response::LeaseKeepAlive(lease.clone()), client)
                }
                _ => self.gone(client),
            },
            Heard::Closed(..) => self.gone(client),
            _ => Step::Listen,
        }
    }
}
