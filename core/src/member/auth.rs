//! Who asks, and whether he may (`auth/store.go`, `etcdserver/v3_server.go`,
//! `etcdserver/apply_auth.go`).
//!
//! A read is checked when it is answered, a write when it is applied: with what its client
//! was known as when it was proposed, and refused if users or roles have changed since. The
//! member that proposed it then tries once more.

use crate::catalog::AuthInfo;
use crate::etcd::{
    AuthenticateRequest, AuthenticateResponse, Error, InternalAuthenticateRequest,
    InternalRaftRequest, Operation, Request, RequestHeader, Response, WatchCreateRequest, encoded,
};

use super::identity::{Identity, mix};
use super::requests::{Proposal, Waiter};
use super::running::Running;
use super::tokens::{index_of, letters};
use super::{Host, Micros, RequestId};

/// Who asks: by default nobody.
#[derive(Clone, Debug, Default)]
pub(super) struct Who {
    username: String,
    /// Which users and roles there were when he was known; 0 for nobody.
    revision: u64,
}

impl Who {
    fn info(&self) -> AuthInfo<'_> {
        AuthInfo {
            username: &self.username,
            revision: self.revision,
        }
    }

    /// The header of what he writes.
    pub(super) fn header(self, id: u64) -> RequestHeader {
        RequestHeader {
            id,
            username: self.username,
            auth_revision: self.revision,
        }
    }
}

impl Running {
    /// Whom a token stands for. A client may come without one; whether that is enough shows
    /// later. One that shows a token is refused if that is none, even while all may do all
    /// (`AuthInfoFromCtx` does not ask whether they may).
    ///
    /// # Errors
    /// The token is none, or is not known any more.
    fn who(&mut self, now: Micros, token: &str) -> Result<Who, Error> {
        if token.is_empty() {
            return Ok(Who::default());
        }
        let username = self.tokens.show(now, token);
        let username = username.ok_or(Error::InvalidAuthToken)?.to_owned();
        let revision = self.catalog.auth_revision();
        Ok(Who { username, revision })
    }

    /// Whom a token stands for that is shown with a request.
    ///
    /// # Errors
    /// The token is none, or is not known any more.
    pub(super) fn asker(
        &mut self,
        now: Micros,
        token: &str,
        request: &Request,
    ) -> Result<Who, Error> {
        let is_maintenance = request.is_maintenance() || matches!(request, Request::Alarm(_));
        self.who(now, token).map_err(|error| match is_maintenance {
            true => error.of_maintenance(),
            false => error,
        })
    }

    /// Whether whoever shows a token may ask for this.
    ///
    /// # Errors
    /// He may not, or the token is none.
    pub(super) fn permit(
        &mut self,
        now: Micros,
        token: &str,
        request: &Request,
    ) -> Result<(), Error> {
        let who = self
            .who(now, token)
            .map_err(|error| match request.is_maintenance() {
                true => error.of_maintenance(),
                false => error,
            })?;
        self.catalog.permit(who.info(), request)
    }

    /// Whether whoever shows a token may begin a watcher.
    ///
    /// # Errors
    /// He may not, or the token is none.
    pub(super) fn permit_watch(
        &mut self,
        now: Micros,
        token: &str,
        create: &WatchCreateRequest,
    ) -> Result<(), Error> {
        let who = self.who(now, token)?;
        self.catalog.permit_watch(who.info(), create)
    }

    /// The index of the entry that a token is of, if this node has not applied it yet.
    pub(super) fn may_know_soon(&self, token: &str) -> Option<u64> {
        index_of(token).filter(|index| *index > self.applied)
    }

    /// What the leader does by itself, it does as the one who may do all (`WithRoot`).
    pub(super) fn as_root(&self) -> Who {
        match self.catalog.is_auth_enabled() {
            true => Who {
                username: "root".to_owned(),
                revision: self.catalog.auth_revision(),
            },
            false => Who::default(),
        }
    }

    /// Whether a write that stands in the log may be carried out.
    ///
    /// # Errors
    /// It may not.
    pub(super) fn permit_write(&self, write: &InternalRaftRequest) -> Result<(), Error> {
        if !self.catalog.is_auth_enabled() {
            return Ok(());
        }
        let header = write.header.as_ref();
        let info = header.map_or(AuthInfo::default(), |header| AuthInfo {
            username: &header.username,
            revision: header.auth_revision,
        });
        match &write.operation {
            Some(operation) => self.catalog.permit_write(info, operation),
            None => Ok(()),
        }
    }

    /// A client proves who it is: its password is looked at here, where the newest users are
    /// known, and goes through the log for the token. A token that it shows all the same is
    /// looked at like any other.
    pub(super) fn authenticate(
        &mut self,
        identity: &Identity,
        now: Micros,
        (request, token): (RequestId, &str),
        asked: &AuthenticateRequest,
        host: &mut impl Host,
    ) {
        let checked = self.catalog.check_password(&asked.name, &asked.password);
        let known = |revision| self.who(now, token).map(|_| revision);
        let checked_revision = match checked.and_then(known) {
            Ok(revision) => revision,
            Err(error) => return host.answer(request, Err(error)),
        };
        let id = self.take_id();
        let proof = Operation::Authenticate(InternalAuthenticateRequest {
            name: asked.name.clone(),
            password: asked.password.clone(),
            simple_token: letters(mix(id ^ identity.cluster_id), mix),
        });
        let waiter = Waiter {
            checked_revision,
            ..Waiter::of(request)
        };
        let encoded = encoded(&InternalRaftRequest::new(id, proof));
        self.requests.add_waiter(id, waiter, now);
        self.requests.hold(id, Proposal::Write(encoded));
    }

    /// A proof is applied: its token stands for the user from now on. One that was applied
    /// before this start of the node is forgotten, as etcd forgets it.
    pub(super) fn carry_out_authentication(
        &mut self,
        now: Micros,
        proof: &InternalAuthenticateRequest,
    ) -> Result<Response, Error> {
        self.catalog.check_user(&proof.name)?;
        let token = format!("{}.{}", proof.simple_token, self.applied);
        if self.applied > self.applied_before {
            let username = proof.name.clone();
            self.tokens.assign(now, token.clone(), username);
        }
        Ok(Response::Authenticate(AuthenticateResponse {
            header: None,
            token,
        }))
    }

    /// Users or roles have changed: whose tokens do not count any more.
    pub(super) fn follow_auth(&mut self, operation: &Operation) {
        match operation {
            Operation::UserDelete(delete) => self.tokens.forget_user(&delete.name),
            Operation::UserChangePassword(change) => self.tokens.forget_user(&change.name),
            Operation::AuthDisable(_) => self.tokens.clear(),
            _ => {}
        }
    }

    /// A write of this node's client was refused because users or roles had changed since it
    /// was proposed, or a password was looked at before they had: it is tried once more.
    /// Returns the client if it is not.
    pub(super) fn try_again(
        &mut self,
        identity: &Identity,
        now: Micros,
        waiter: Waiter,
        write: &InternalRaftRequest,
        result: &Result<Response, Error>,
        host: &mut impl Host,
    ) -> Option<Waiter> {
        match (&write.operation, result) {
            (Some(Operation::Authenticate(proof)), Ok(_))
                if waiter.checked_revision != self.catalog.auth_revision() =>
            {
                let asked = AuthenticateRequest {
                    name: proof.name.clone(),
                    password: proof.password.clone(),
                };
                self.authenticate(identity, now, (waiter.request, ""), &asked, host);
                None
            }
            (Some(operation), Err(Error::AuthOldRevision)) if is_tried_again(operation) => {
                let id = self.take_id();
                let header = write.header.as_ref();
                let who = Who {
                    username: header.map_or(String::new(), |header| header.username.clone()),
                    revision: self.catalog.auth_revision(),
                };
                let again = InternalRaftRequest {
                    header: Some(who.header(id)),
                    operation: write.operation.clone(),
                };
                self.requests.add_waiter(id, waiter, now);
                self.requests.hold(id, Proposal::Write(encoded(&again)));
                None
            }
            _ => Some(waiter),
        }
    }
}

/// Whether etcd tries a write again that was refused for an old auth revision (`raftRequest`,
/// and not `raftRequestOnce`).
fn is_tried_again(operation: &Operation) -> bool {
    !matches!(
        operation,
        Operation::Compaction(_)
            | Operation::LeaseGrant(_)
            | Operation::LeaseRevoke(_)
            | Operation::Alarm(_)
            | Operation::AuthEnable(_)
    )
}
