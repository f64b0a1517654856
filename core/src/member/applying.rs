//! What a committed write does to a member, and its answer (`etcdserver/apply.go`).

use crate::catalog::{Changes, cost_bytes};
use crate::etcd::{
    Acknowledged, AlarmType, Error, InternalRaftRequest, LeaseRevokeRequest, Operation, PutRequest,
    Response,
};

use super::identity::Identity;
use super::leases::min_ttl_s;
use super::running::Running;
use super::{Host, Micros, Note};

/// Whether a write is refused while the CORRUPT alarm is up, whoever makes it
/// (`etcdserver/apply.go`, `applierV3Corrupt`). It is up because somebody raised it: a member
/// does not compare its hash with the others' by itself.
fn needs_sound_data(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Put(_)
            | Operation::DeleteRange(_)
            | Operation::Txn(_)
            | Operation::Compaction(_)
            | Operation::LeaseGrant(_)
            | Operation::LeaseRevoke(_)
    )
}

impl Running {
    pub(super) fn note_applied(&self, changes: Changes, host: &mut impl Host) {
        let index = self.applied;
        host.note(Note::Applied { index, changes });
    }

    /// Carries out the write of the entry that is being applied, and answers the client of
    /// this member that waits for it, if one does.
    pub(super) fn apply_write(
        &mut self,
        identity: &Identity,
        now: Micros,
        write: &InternalRaftRequest,
        host: &mut impl Host,
    ) {
        if let Some(Operation::Attributes(attributes)) = &write.operation {
            self.membership.publish(attributes);
            self.note_applied(Changes::new(), host);
            self.learn_of_itself(identity, self.membership.changed_at());
            return;
        }
        let cost_bytes = write.operation.as_ref().and_then(cost_bytes);
        let fits = self.has_room_for(identity, cost_bytes);
        let was_alarmed = self.catalog.is_alarmed(AlarmType::NoSpace);
        let is_corrupt = self.catalog.is_alarmed(AlarmType::Corrupt);
        if let Some(Operation::Put(put)) = &write.operation
            && fits
            && !was_alarmed
            && !is_corrupt
            && !self.catalog.is_auth_enabled()
        {
            self.apply_plain_put(identity, write.id(), put, host);
            return;
        }
        let permitted = self.permit_write(write);
        let (changes, mut result) = match (permitted, &write.operation) {
            (_, Some(operation)) if is_corrupt && needs_sound_data(operation) => {
                (Changes::new(), Err(Error::Corrupt))
            }
            (Err(error), _) => (Changes::new(), Err(error)),
            (Ok(()), Some(operation)) if cost_bytes.is_none() || !was_alarmed => {
                self.carry_out_write(identity, now, operation, host)
            }
            _ => (Changes::new(), Err(Error::NoSpace)),
        };
        self.tell_of(identity, changes, host);
        self.follow_leases(identity, now, &result, write.operation.as_ref(), host);
        let waiter = self.requests.take_write(write.id());
        if result.is_ok() && !fits {
            // It was proposed while there was room. It is done, and counts as refused.
            result = Err(Error::NoSpace);
            if !was_alarmed {
                self.raise_no_space(now, waiter.map(|waiter| waiter.request));
                return;
            }
        }
        let waiter =
            waiter.and_then(|waiter| self.try_again(identity, now, waiter, write, &result, host));
        if let Some(waiter) = waiter {
            let result = result.map(|response| match response {
                // etcd gives this answer no header.
                Response::Alarm(alarm) => Response::Alarm(alarm),
                response => self.with_header(identity, response),
            });
            Self::answer(waiter, result, host);
        }
    }

    /// Applies a put as nearly every one is applied: there is room, and everybody may do
    /// everything. (It is what is applied most, and at most members nobody waits for the
    /// answer.)
    fn apply_plain_put(
        &mut self,
        identity: &Identity,
        id: u64,
        put: &PutRequest,
        host: &mut impl Host,
    ) {
        let mut txn = self.catalog.write_sharing(&mut host.pool().versions);
        let result = txn.put(put);
        let changes = txn.end();
        self.tell_of(identity, changes, host);
        if let Some(waiter) = self.requests.take_write(id) {
            let result = result.map(|put| self.with_header(identity, Response::Put(put)));
            Self::answer(waiter, result, host);
        }
    }

    /// Tells whoever wants to know of what was just applied.
    fn tell_of(&mut self, identity: &Identity, changes: Changes, host: &mut impl Host) {
        let to_tell = self.to_tell(&changes);
        self.note_applied(changes, host);
        if let Some(changes) = to_tell {
            self.tell_watchers(identity, &changes, host);
        }
        self.file_bytes = self.file_bytes.max(self.catalog.cost_bytes());
    }

    /// Changes the store. Returns the changes of keys, and the answer.
    fn carry_out_write(
        &mut self,
        identity: &Identity,
        now: Micros,
        operation: &Operation,
        host: &mut impl Host,
    ) -> (Changes, Result<Response, Error>) {
        let done = Acknowledged::default;
        let shared = &mut host.pool().versions;
        let result = match operation {
            Operation::Put(put) => {
                let mut txn = self.catalog.write_sharing(shared);
                let result = txn.put(put).map(Response::Put);
                return (txn.end(), result);
            }
            Operation::DeleteRange(delete) => {
                let mut txn = self.catalog.write_sharing(shared);
                let response = Response::DeleteRange(txn.delete_range(delete));
                return (txn.end(), Ok(response));
            }
            Operation::Txn(request) => {
                let mut txn = self.catalog.write_sharing(shared);
                let result = txn.txn(request).map(Response::Txn);
                return (txn.end(), result);
            }
            Operation::LeaseRevoke(revoke) => {
                return match self.catalog.revoke_lease(revoke.id, Some(shared)) {
                    Ok(changes) => (changes, Ok(Response::LeaseRevoke(done()))),
                    Err(error) => (Changes::new(), Err(error)),
                };
            }
            Operation::Compaction(compaction) => {
                let compacted = self.catalog.compact(compaction.revision);
                compacted.map(|()| Response::Compaction(done()))
            }
            Operation::LeaseGrant(grant) => {
                let min_ttl = min_ttl_s(&identity.options);
                let granted = self.catalog.grant_lease(grant.id, grant.ttl, min_ttl);
                granted.map(Response::LeaseGrant)
            }
            Operation::Alarm(alarm) => Ok(Response::Alarm(self.catalog.alarm(alarm))),
            Operation::Authenticate(proof) => self.carry_out_authentication(now, proof),
            Operation::UserGet(get) => self.catalog.user(get).map(Response::UserGet),
            Operation::UserList(_) => Ok(Response::UserList(self.catalog.users())),
            Operation::RoleGet(get) => self.catalog.role(get).map(Response::RoleGet),
            Operation::RoleList(_) => Ok(Response::RoleList(self.catalog.roles())),
            operation => self.change_auth(operation),
        };
        (Changes::new(), result)
    }

    /// Changes users or roles, or whether requests are checked.
    fn change_auth(&mut self, operation: &Operation) -> Result<Response, Error> {
        let changed = self.catalog.change_auth(operation, self.applied);
        // Nothing else comes here.
        changed.unwrap_or(Err(Error::InvalidAuthManagement))?;
        self.follow_auth(operation);
        let done = Acknowledged::default();
        Ok(match operation {
            Operation::AuthEnable(_) => Response::AuthEnable(done),
            Operation::AuthDisable(_) => Response::AuthDisable(done),
            Operation::UserAdd(_) => Response::UserAdd(done),
            Operation::UserDelete(_) => Response::UserDelete(done),
            Operation::UserChangePassword(_) => Response::UserChangePassword(done),
            Operation::UserGrantRole(_) => Response::UserGrantRole(done),
            Operation::UserRevokeRole(_) => Response::UserRevokeRole(done),
            Operation::RoleAdd(_) => Response::RoleAdd(done),
            Operation::RoleDelete(_) => Response::RoleDelete(done),
            Operation::RoleGrantPermission(_) => Response::RoleGrantPermission(done),
            _ => Response::RoleRevokePermission(done),
        })
    }

    /// Tells whoever counts the time of leases what became of them.
    fn follow_leases(
        &mut self,
        identity: &Identity,
        now: Micros,
        result: &Result<Response, Error>,
        operation: Option<&Operation>,
        host: &mut impl Host,
    ) {
        match (result, operation) {
            (Ok(Response::LeaseGrant(granted)), _) => {
                self.lease_granted(now, granted.id, granted.ttl, host);
            }
            (Ok(_), Some(&Operation::LeaseRevoke(LeaseRevokeRequest { id }))) => {
                self.lease_revoked(identity, id, host);
            }
            _ => {}
        }
    }
}
