//! Whether somebody may ask for something (`etcdserver/apply_auth.go`,
//! `etcdserver/v3_server.go`, `etcdserver/api/v3rpc/maintenance.go`).

use crate::etcd::{
    DeleteRangeRequest, Error, Operation, PermissionType, PutRequest, RangeRequest, Request,
    RequestOp, RequestUnion, TxnRequest, WatchCreateRequest,
};

use super::accounts::is_about_auth;
use super::auth::ROOT;
use super::{Catalog, Lease};

/// Who asks, as the member knows it by a token. By default nobody: a client without a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthInfo<'a> {
    /// The user.
    pub username: &'a str,
    /// The auth revision at which he was known; 0 for nobody.
    pub revision: u64,
}

impl Catalog {
    /// Checks whether `who` may ask a member for what it answers itself: reads, changes of
    /// the membership, maintenance. Writes pass; they are checked when they are applied
    /// ([`Catalog::permit_write`]). All may all, as long as requests are not checked.
    ///
    /// # Errors
    /// The error that etcd answers.
    pub fn permit(&self, who: AuthInfo<'_>, request: &Request) -> Result<(), Error> {
        if !self.is_auth_enabled() {
            return Ok(());
        }
        match request {
            Request::Range(range) => self.permit_range(who, range),
            Request::Txn(txn) if txn.is_read_only() => self.permit_txn(who, txn),
            Request::MemberAdd(_)
            | Request::MemberRemove(_)
            | Request::MemberUpdate(_)
            | Request::MemberPromote(_) => self.permit_admin(who),
            _ if request.is_maintenance() => self.permit_admin(who).map_err(Error::of_maintenance),
            _ => Ok(()),
        }
    }

    /// Checks whether `who` may have this written, at the moment of applying it.
    ///
    /// A transaction is checked with both its branches and with the transactions within it.
    /// (etcd 3.4.23 forgets those, which is a defect.)
    ///
    /// # Errors
    /// The error that etcd answers.
    pub fn permit_write(&self, who: AuthInfo<'_>, operation: &Operation) -> Result<(), Error> {
        if !self.is_auth_enabled() {
            return Ok(());
        }
        match operation {
            Operation::Put(put) => self.permit_put(who, put),
            Operation::DeleteRange(delete) => {
                self.may(who, &delete.key, &delete.range_end, PermissionType::Write)?;
                self.permit_prev_kvs(who, delete)
            }
            Operation::Txn(txn) => self.permit_txn(who, txn),
            Operation::LeaseRevoke(revoke) => self.permit_lease(who, revoke.id),
            // Everybody may ask for himself and for the roles that he has.
            Operation::UserGet(get) if get.name == who.username => Ok(()),
            Operation::RoleGet(get) if self.has_role(who, &get.role) => Ok(()),
            other if is_about_auth(other) => self.permit_admin(who),
            _ => Ok(()),
        }
    }

    /// Checks whether `who` may watch this. Of a watch to the end of all keys (`\0`) only
    /// its first key is checked: so etcd 3.4.23 does it.
    ///
    /// # Errors
    /// The error; etcd's answer says [`Error::PermissionDenied`] whatever it is.
    pub fn permit_watch(
        &self,
        who: AuthInfo<'_>,
        create: &WatchCreateRequest,
    ) -> Result<(), Error> {
        let key: &[u8] = match create.key.is_empty() {
            true => b"\0",
            false => &create.key,
        };
        let range_end: &[u8] = match &create.range_end[..] {
            b"\0" => b"",
            end => end,
        };
        match self.is_auth_enabled() {
            true => self.may(who, key, range_end, PermissionType::Read),
            false => Ok(()),
        }
    }

    fn permit_range(&self, who: AuthInfo<'_>, range: &RangeRequest) -> Result<(), Error> {
        self.may(who, &range.key, &range.range_end, PermissionType::Read)
    }

    /// One may hang a key on a lease only if one may write all keys that hang on it.
    fn permit_put(&self, who: AuthInfo<'_>, put: &PutRequest) -> Result<(), Error> {
        self.may(who, &put.key, b"", PermissionType::Write)?;
        self.permit_lease(who, put.lease)?;
        match put.prev_kv {
            true => self.may(who, &put.key, b"", PermissionType::Read),
            false => Ok(()),
        }
    }

    fn permit_prev_kvs(&self, who: AuthInfo<'_>, delete: &DeleteRangeRequest) -> Result<(), Error> {
        match delete.prev_kv {
            true => self.may(who, &delete.key, &delete.range_end, PermissionType::Read),
            false => Ok(()),
        }
    }

    fn permit_lease(&self, who: AuthInfo<'_>, lease: i64) -> Result<(), Error> {
        let mut keys = self.lease(lease).into_iter().flat_map(Lease::keys);
        keys.try_for_each(|key| self.may(who, key, b"", PermissionType::Write))
    }

    fn permit_txn(&self, who: AuthInfo<'_>, txn: &TxnRequest) -> Result<(), Error> {
        for compare in &txn.compare {
            self.may(who, &compare.key, &compare.range_end, PermissionType::Read)?;
        }
        let mut ops = txn.success.iter().chain(&txn.failure);
        ops.try_for_each(|op| self.permit_op(who, op))
    }

    /// Alone, a put is looked at for its lease and for the pair before it, too.
    fn permit_op(&self, who: AuthInfo<'_>, op: &RequestOp) -> Result<(), Error> {
        match &op.request {
            Some(RequestUnion::Range(range)) => self.permit_range(who, range),
            Some(RequestUnion::Put(put)) => self.may(who, &put.key, b"", PermissionType::Write),
            Some(RequestUnion::DeleteRange(delete)) => {
                self.permit_prev_kvs(who, delete)?;
                self.may(who, &delete.key, &delete.range_end, PermissionType::Write)
            }
            // etcd 3.4.23 forgets to look into it, so that nesting gets round permissions.
            Some(RequestUnion::Txn(inner)) => self.permit_txn(who, inner),
            None => Ok(()),
        }
    }

    /// `isOpPermitted`.
    fn may(
        &self,
        who: AuthInfo<'_>,
        key: &[u8],
        range_end: &[u8],
        kind: PermissionType,
    ) -> Result<(), Error> {
        if who.revision == 0 {
            return Err(Error::UserEmpty);
        }
        if who.revision < self.auth_revision() {
            return Err(Error::AuthOldRevision);
        }
        let auth = self.auth();
        let user = auth.user(who.username).ok_or(Error::PermissionDenied)?;
        match user.has_role(ROOT) || auth.is_permitted(user, key, range_end, kind) {
            true => Ok(()),
            false => Err(Error::PermissionDenied),
        }
    }

    /// `IsAdminPermitted`.
    fn permit_admin(&self, who: AuthInfo<'_>) -> Result<(), Error> {
        if who.username.is_empty() {
            return Err(Error::UserEmpty);
        }
        let user = self.auth().user(who.username).ok_or(Error::UserNotFound)?;
        match user.has_role(ROOT) {
            true => Ok(()),
            false => Err(Error::PermissionDenied),
        }
    }

    fn has_role(&self, who: AuthInfo<'_>, role: &str) -> bool {
        let user = self.auth().user(who.username);
        user.is_some_and(|user| user.has_role(role))
    }
}
