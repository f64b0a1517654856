//! Roles and their permissions (`auth/store.go`).

use crate::etcd::{
    AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGrantPermissionRequest,
    AuthRoleRevokePermissionRequest, Error,
};

use super::{Auth, ROOT, Role};

impl Auth {
    pub(in crate::catalog) fn add_role(&mut self, add: &AuthRoleAddRequest) -> Result<(), Error> {
        if add.name.is_empty() {
            return Err(Error::RoleEmpty);
        }
        let Err(place) = self.role_place(&add.name) else {
            return Err(Error::RoleAlreadyExists);
        };
        let role = Role {
            name: add.name.clone(),
            permissions: Vec::new(),
        };
        self.roles.insert(place, role);
        self.revision += 1;
        Ok(())
    }

    /// Removes a role, from all users too.
    pub(in crate::catalog) fn delete_role(
        &mut self,
        delete: &AuthRoleDeleteRequest,
    ) -> Result<(), Error> {
        if self.enabled && delete.role == ROOT {
            return Err(Error::InvalidAuthManagement);
        }
        let place = self.role_place(&delete.role);
        self.roles.remove(place.map_err(|_| Error::RoleNotFound)?);
        for user in &mut self.users {
            user.roles.retain(|role| *role != delete.role);
        }
        self.revision += 1;
        Ok(())
    }

    /// Grants a permission, or changes what the one with this range allows. Only the first
    /// of those that begin with the key is compared, as in etcd: a later one stays, and
    /// another with its range is added.
    ///
    /// Without a permission an etcd 3.4.23 stops; here nothing is granted.
    pub(in crate::catalog) fn grant_permission(
        &mut self,
        grant: &AuthRoleGrantPermissionRequest,
    ) -> Result<(), Error> {
        let role = self.role_mut(&grant.name)?;
        let permission = grant.perm.as_ref().ok_or(Error::EmptyKey)?;
        let permissions = &mut role.permissions;
        let first = permissions.partition_point(|known| known.key < permission.key);
        let is_of_range = |known: &&mut crate::etcd::Permission| {
            known.key == permission.key && known.range_end == permission.range_end
        };
        match permissions.get_mut(first).filter(is_of_range) {
            Some(known) => known.perm_type = permission.perm_type,
            None => {
                let after = permissions.partition_point(|known| known.key <= permission.key);
                permissions.insert(after, permission.clone());
            }
        }
        self.revision += 1;
        Ok(())
    }

    pub(in crate::catalog) fn revoke_permission(
        &mut self,
        revoke: &AuthRoleRevokePermissionRequest,
    ) -> Result<(), Error> {
        let role = self.role_mut(&revoke.role)?;
        let before = role.permissions.len();
        role.permissions
            .retain(|known| known.key != revoke.key || known.range_end != revoke.range_end);
        if role.permissions.len() == before {
            return Err(Error::PermissionNotGranted);
        }
        self.revision += 1;
        Ok(())
    }

    fn role_mut(&mut self, name: &str) -> Result<&mut Role, Error> {
        let place = self.role_place(name).map_err(|_| Error::RoleNotFound)?;
        Ok(&mut self.roles[place])
    }
}
