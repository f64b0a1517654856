//! Commands of one request, and those of several for which the next follows from the answer.

use std::collections::VecDeque;

use crate::etcd::{Request, Response};

use super::super::output::Finished;
use super::client::Client;
use super::exit::ERROR;
use super::plan::{Heard, Plan, Program, Step};
use super::print::Told;

/// One request, and what is printed of its answer.
#[derive(Debug)]
pub(super) struct Once {
    request: Option<Request>,
    told: Told,
    /// What etcdctl says it failed at, if it says so.
    failed: Option<&'static str>,
    /// Whether the client waits for as long as it takes.
    patient: bool,
}

impl Once {
    /// A request with the line's time limit.
    pub(super) fn new(request: Request) -> Self {
        Self {
            request: Some(request),
            told: Told::Answer,
            failed: None,
            patient: false,
        }
    }

    /// Sends this instead.
    pub(super) fn ask_for(&mut self, request: Request) {
        self.request = Some(request);
    }

    /// What is told of its answer.
    pub(super) fn told(mut self, told: Told) -> Self {
        self.told = told;
        self
    }

    /// Such a text is told of its answer where people read it.
    pub(super) fn says(self, text: String) -> Self {
        self.told(Told::Text(text))
    }

    /// Tells what it failed at.
    pub(super) fn or_failed(mut self, failed: &'static str) -> Self {
        self.failed = Some(failed);
        self
    }

    /// Waits for as long as it takes.
    pub(super) fn patient(mut self) -> Self {
        self.patient = true;
        self
    }

    pub(super) fn plan(self) -> Plan {
        Box::new(self)
    }
}

impl Program for Once {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        if let Some(request) = self.request.take() {
            if self.patient {
                client.be_patient();
            }
            return Step::Ask(request);
        }
        let Heard::Answer(outcome, _) = heard else {
            return Step::Listen;
        };
        let response = match (&*outcome, self.failed) {
            (Ok(response), _) => response,
            (Err(error), None) => return client.fail(error, ERROR),
            (Err(error), Some(what)) => {
                return client.fail(format_args!("failed to {what} ({error})"), ERROR);
            }
        };
        let printer = client.printer();
        if let Err(finished) = printer.check_value_only() {
            return client.finish(finished);
        }
        match client.show(printer.answer(response, &self.told)) {
            Ok(()) => Step::End(0),
            Err(status) => Step::End(status),
        }
    }

    fn is_single(&self) -> bool {
        true
    }
}

/// A line that turns out to be wrong once it has a client.
#[derive(Debug)]
pub(super) struct Refused(Finished);

impl Refused {
    pub(super) fn plan(finished: Finished) -> Plan {
        Box::new(Self(finished))
    }
}

impl Program for Refused {
    fn next(&mut self, _: Heard, client: &mut Client<'_, '_>) -> Step {
        client.finish(self.0.clone())
    }
}

/// `user get --detail`: the user, and each of his roles.
#[derive(Debug)]
pub(super) struct Roles {
    user: String,
    roles: VecDeque<String>,
    /// The role that was asked for.
    asked: Option<String>,
}

impl Roles {
    pub(super) fn new(user: &str) -> Self {
        Self {
            user: user.to_owned(),
            roles: VecDeque::new(),
            asked: None,
        }
    }
}

impl Program for Roles {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        let Heard::Answer(outcome, _) = heard else {
            client.be_patient();
            let name = self.user.clone();
            return Step::Ask(Request::UserGet(crate::etcd::AuthUserGetRequest { name }));
        };
        match &*outcome {
            Err(error) => return client.fail(error, ERROR),
            Ok(Response::UserGet(user)) => {
                client.print(&format!("User: {}", self.user));
                self.roles = user.roles.iter().cloned().collect();
            }
            Ok(response) => {
                client.print("\n");
                let told = Told::Role(self.asked.take().unwrap_or_default());
                let printer = client.printer();
                if let Err(status) = client.show(printer.answer(response, &told)) {
                    return Step::End(status);
                }
            }
        }
        match self.roles.pop_front() {
            Some(role) => {
                self.asked = Some(role.clone());
                Step::Ask(Request::RoleGet(crate::etcd::AuthRoleGetRequest { role }))
            }
            None => Step::End(0),
        }
    }
}
