//! Users and roles of a store: changing, listing, proving who one is (`auth/store.go`).

use std::sync::Arc;

use crate::etcd::{
    AuthRoleGetRequest, AuthRoleGetResponse, AuthRoleListResponse, AuthUserGetRequest,
    AuthUserGetResponse, AuthUserListResponse, Error, Operation,
};

use super::Catalog;
use super::auth::Auth;

impl Catalog {
    /// Whether requests are checked.
    #[must_use]
    pub fn is_auth_enabled(&self) -> bool {
        self.auth().enabled
    }

    /// The auth revision, from 1 on.
    #[must_use]
    pub fn auth_revision(&self) -> u64 {
        self.auth().revision
    }

    pub(super) fn auth(&self) -> &Auth {
        &self.beside.auth
    }

    /// Carries out what concerns users and roles; `None` for any other operation. `index`
    /// is the operation's place in the log: passwords are salted with it, so that all
    /// members come to the same.
    ///
    /// # Errors
    /// What etcd says; nothing has changed then.
    pub fn change_auth(&mut self, operation: &Operation, index: u64) -> Option<Result<(), Error>> {
        if !is_about_auth(operation) {
            return None;
        }
        let auth = Arc::make_mut(&mut Arc::make_mut(&mut self.beside).auth);
        Some(match operation {
            Operation::AuthEnable(_) => auth.enable(),
            Operation::AuthDisable(_) => {
                auth.disable();
                Ok(())
            }
            Operation::UserAdd(add) => auth.add_user(add, index),
            Operation::UserDelete(delete) => auth.delete_user(delete),
            Operation::UserChangePassword(change) => auth.change_password(change, index),
            Operation::UserGrantRole(grant) => auth.grant_role(grant),
            Operation::UserRevokeRole(revoke) => auth.revoke_role(revoke),
            Operation::RoleAdd(add) => auth.add_role(add),
            Operation::RoleDelete(delete) => auth.delete_role(delete),
            Operation::RoleGrantPermission(grant) => auth.grant_permission(grant),
            Operation::RoleRevokePermission(revoke) => auth.revoke_permission(revoke),
            _ => return None,
        })
    }

    /// A user's roles.
    ///
    /// # Errors
    /// There is no such user.
    pub fn user(&self, request: &AuthUserGetRequest) -> Result<AuthUserGetResponse, Error> {
        let user = self.auth().user(&request.name).ok_or(Error::UserNotFound)?;
        Ok(AuthUserGetResponse {
            header: None,
            roles: user.roles.clone(),
        })
    }

    /// All users, by name.
    #[must_use]
    pub fn users(&self) -> AuthUserListResponse {
        let users = self.auth().users.iter();
        AuthUserListResponse {
            header: None,
            users: users.map(|user| user.name.clone()).collect(),
        }
    }

    /// Whether a user proves who he is by a password. Returns the auth revision at which he
    /// does; etcd asks again if it is another when the token is written.
    ///
    /// # Errors
    /// Requests are not checked; the user is not there, has no password, or another one.
    pub fn check_password(&self, name: &str, password: &str) -> Result<u64, Error> {
        let user = self.auth().user(name);
        if self.is_auth_enabled() && user.is_some_and(|user| user.no_password) {
            return Err(Error::NoPasswordUser);
        }
        self.check_user(name)?;
        let kept = user.and_then(|user| user.password.as_ref());
        match kept.is_some_and(|kept| kept.is(password)) {
            true => Ok(self.auth_revision()),
            false => Err(Error::AuthFailed),
        }
    }

    /// Whether a user can authenticate at all: what is looked at when a token is written,
    /// after the password was compared (`auth/store.go`, `Authenticate`).
    ///
    /// # Errors
    /// Requests are not checked; the user is not there or has no password.
    pub fn check_user(&self, name: &str) -> Result<(), Error> {
        let auth = self.auth();
        if !auth.enabled {
            return Err(Error::AuthNotEnabled);
        }
        match auth.user(name).is_some_and(|user| !user.no_password) {
            true => Ok(()),
            false => Err(Error::AuthFailed),
        }
    }

    /// A role's permissions, by their first keys.
    ///
    /// # Errors
    /// There is no such role.
    pub fn role(&self, request: &AuthRoleGetRequest) -> Result<AuthRoleGetResponse, Error> {
        let role = self.auth().role(&request.role).ok_or(Error::RoleNotFound)?;
        Ok(AuthRoleGetResponse {
            header: None,
            perm: role.permissions.clone(),
        })
    }

    /// All roles, by name.
    #[must_use]
    pub fn roles(&self) -> AuthRoleListResponse {
        let roles = self.auth().roles.iter();
        AuthRoleListResponse {
            header: None,
            roles: roles.map(|role| role.name.clone()).collect(),
        }
    }
}

/// Whether an operation changes users or roles, or whether requests are checked.
pub(super) fn is_about_auth(operation: &Operation) -> bool {
    !matches!(
        operation,
        Operation::Put(_)
            | Operation::DeleteRange(_)
            | Operation::Txn(_)
            | Operation::Compaction(_)
            | Operation::LeaseGrant(_)
            | Operation::LeaseRevoke(_)
            | Operation::Alarm(_)
            | Operation::Authenticate(_)
            | Operation::Attributes(_)
    )
}
