//! Users, roles and what they may do (`auth/store.go`), as far as they are replicated.
//! Tokens, by which a client says who it is, are the member's.
//!
//! Every change takes the next *auth revision*. A request is checked against the revision
//! under which its client was known, so that one that was allowed and has waited in the log
//! is refused once users or roles have changed (`ErrAuthOldRevision`).

mod password;
mod permissions;
mod roles;
mod users;

use bytes::Bytes;

use crate::etcd::{Error, Permission};

use password::Password;

/// The user that must be there while requests are checked, and the role that may do all.
pub(super) const ROOT: &str = "root";

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Auth {
    pub(super) enabled: bool,
    pub(super) revision: u64,
    /// By name.
    pub(super) users: Vec<User>,
    /// By name.
    pub(super) roles: Vec<Role>,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            enabled: false,
            revision: FIRST_REVISION,
            users: Vec::new(),
            roles: Vec::new(),
        }
    }
}

/// The auth revision as long as nothing has changed.
pub(super) const FIRST_REVISION: u64 = 1;

/// A user.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct User {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    /// `None` if it has none, and so cannot authenticate by one.
    #[prost(message, optional, tag = "2")]
    pub(super) password: Option<Password>,
    /// In ascending order.
    #[prost(string, repeated, tag = "3")]
    pub(super) roles: Vec<String>,
    #[prost(bool, tag = "4")]
    pub(super) no_password: bool,
}

/// A role.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct Role {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    /// By their first keys; those of one key in the order in which they were granted.
    #[prost(message, repeated, tag = "2")]
    pub(super) permissions: Vec<Permission>,
}

impl Auth {
    /// What a snapshot says; `None` if it cannot: names that do not ascend, or requests
    /// checked with nobody who may do all.
    pub(super) fn restore(
        enabled: bool,
        revision: u64,
        users: Vec<User>,
        mut roles: Vec<Role>,
    ) -> Option<Self> {
        // A memory of their own: one that stays would keep all of the snapshot.
        for permission in roles.iter_mut().flat_map(|role| &mut role.permissions) {
            permission.key = Bytes::copy_from_slice(&permission.key);
            permission.range_end = Bytes::copy_from_slice(&permission.range_end);
        }
        let ascend = |names: &[&String]| {
            names.first().is_none_or(|first| !first.is_empty()) && names.is_sorted_by(|a, b| a < b)
        };
        let user_names: Vec<&String> = users.iter().map(|user| &user.name).collect();
        let role_names: Vec<&String> = roles.iter().map(|role| &role.name).collect();
        let granted = |user: &User| ascend(&user.roles.iter().collect::<Vec<_>>());
        let is_sound = ascend(&user_names) && ascend(&role_names) && users.iter().all(granted);
        let auth = Self {
            enabled,
            revision,
            users,
            roles,
        };
        let has_root = auth.user(ROOT).is_some_and(|root| root.has_role(ROOT));
        (is_sound && (has_root || !enabled)).then_some(auth)
    }

    fn user_place(&self, name: &str) -> Result<usize, usize> {
        self.users.binary_search_by(|user| user.name[..].cmp(name))
    }

    fn role_place(&self, name: &str) -> Result<usize, usize> {
        self.roles.binary_search_by(|role| role.name[..].cmp(name))
    }

    pub(super) fn user(&self, name: &str) -> Option<&User> {
        Some(&self.users[self.user_place(name).ok()?])
    }

    pub(super) fn role(&self, name: &str) -> Option<&Role> {
        Some(&self.roles[self.role_place(name).ok()?])
    }

    /// Requests are checked from now on, if there is somebody who may undo that.
    pub(super) fn enable(&mut self) -> Result<(), Error> {
        if self.enabled {
            return Ok(());
        }
        let root = self.user(ROOT).ok_or(Error::RootUserNotExist)?;
        if !root.has_role(ROOT) {
            return Err(Error::RootRoleNotExist);
        }
        self.enabled = true;
        Ok(())
    }

    pub(super) fn disable(&mut self) {
        if self.enabled {
            self.enabled = false;
            self.revision += 1;
        }
    }
}

impl User {
    pub(super) fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|granted| granted == role)
    }
}
