//! Users (`auth/store.go`).

use crate::etcd::{
    AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest,
    AuthUserGrantRoleRequest, AuthUserRevokeRoleRequest, Error,
};

use super::{Auth, Password, ROOT, User};

impl Auth {
    pub(in crate::catalog) fn add_user(
        &mut self,
        add: &AuthUserAddRequest,
        index: u64,
    ) -> Result<(), Error> {
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

    pub(in crate::catalog) fn delete_user(
        &mut self,
        delete: &AuthUserDeleteRequest,
    ) -> Result<(), Error> {
        if self.enabled && delete.name == ROOT {
            return Err(Error::InvalidAuthManagement);
        }
        let place = self.user_place(&delete.name);
        self.users.remove(place.map_err(|_| Error::UserNotFound)?);
        self.revision += 1;
        Ok(())
    }

    pub(in crate::catalog) fn change_password(
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
    pub(in crate::catalog) fn grant_role(
        &mut self,
        grant: &AuthUserGrantRoleRequest,
    ) -> Result<(), Error> {
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

    pub(in crate::catalog) fn revoke_role(
        &mut self,
        revoke: &AuthUserRevokeRoleRequest,
    ) -> Result<(), Error> {
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
