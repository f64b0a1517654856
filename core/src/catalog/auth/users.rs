//! Users (`auth/store.go`).

use crate::etcd::{
    AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest, AuthUserGetRequest,
    AuthUserGetResponse, AuthUserGrantRoleRequest, AuthUserListResponse, AuthUserRevokeRoleRequest,
    Error,
};

use super::{Auth, Catalog, Password, ROOT, User};

impl Auth {
    pub(super) fn add_user(&mut self, add: &AuthUserAddRequest, index: u64) -> Result<(), Error> {
        if add.name.is_empty() {
            return Err(Error::UserEmpty);
        }
        let Err(place) = self.user_place(&add.name) else {
            return Err(Error::UserAlreadyExists);
        };
        let no_password = add.options.as_ref().is_some_and(|o| o.no_password);
        let user = User {
            name: add.name.clone(),
            password: (!no_password).then(|| Password::new(&add.password, index)),
            roles: Vec::new(),
            no_password,
        };
        self.users.insert(place, user);
        self.revision += 1;
        Ok(())
    }

    pub(super) fn delete_user(&mut self, delete: &AuthUserDeleteRequest) -> Result<(), Error> {
        if self.enabled && delete.name == ROOT {
            return Err(Error::InvalidAuthManagement);
        }
        let place = self.user_place(&delete.name);
        self.users.remove(place.map_err(|_| Error::UserNotFound)?);
        self.revision += 1;
        Ok(())
    }

    pub(super) fn change_password(
        &mut self,
        change: &AuthUserChangePasswordRequest,
        index: u64,
    ) -> Result<(), Error> {
        let user = self.user_mut(&change.name)?;
        user.password = Some(Password::new(&change.password, index));
        self.revision += 1;
        Ok(())
    }

    /// The role `root` need not be there to be granted. To grant a role again is no change.
    pub(super) fn grant_role(&mut self, grant: &AuthUserGrantRoleRequest) -> Result<(), Error> {
        let is_there = grant.role == ROOT || self.role(&grant.role).is_some();
        let user = self.user_mut(&grant.user)?;
        if !is_there {
            return Err(Error::RoleNotFound);
        }
        if let Err(place) = user.roles.binary_search(&grant.role) {
            user.roles.insert(place, grant.role.clone());
            self.revision += 1;
        }
        Ok(())
    }

    pub(super) fn revoke_role(&mut self, revoke: &AuthUserRevokeRoleRequest) -> Result<(), Error> {
        if self.enabled && revoke.name == ROOT && revoke.role == ROOT {
            return Err(Error::InvalidAuthManagement);
        }
        let user = self.user_mut(&revoke.name)?;
        let place = user.roles.binary_search(&revoke.role);
        user.roles.remove(place.map_err(|_| Error::RoleNotGranted)?);
        self.revision += 1;
        Ok(())
    }

    fn user_mut(&mut self, name: &str) -> Result<&mut User, Error> {
        let place = self.user_place(name).map_err(|_| Error::UserNotFound)?;
        Ok(&mut self.users[place])
    }
}

impl Catalog {
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
        self.check_user(name)?;
        let user = self.auth().user(name).filter(|user| !user.no_password);
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
}
