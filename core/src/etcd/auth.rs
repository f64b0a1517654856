//! Users, roles and permissions (`etcdserverpb/rpc.proto`, `authpb/auth.proto`).

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::ResponseHeader;

/// What is allowed (`authpb.Permission.Type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum PermissionType {
    /// To read.
    Read = 0,
    /// To write.
    Write = 1,
    /// Both.
    ReadWrite = 2,
}

/// What is allowed with which keys (`authpb.Permission`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct Permission {
    /// See [`PermissionType`].
    #[prost(enumeration = "PermissionType", tag = "1")]
    pub perm_type: i32,
    /// The first key.
    #[prost(bytes = "bytes", tag = "2")]
    pub key: Bytes,
    /// As in [`super::RangeRequest::range_end`].
    #[prost(bytes = "bytes", tag = "3")]
    pub range_end: Bytes,
}

/// How a user is added (`authpb.UserAddOptions`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct UserAddOptions {
    /// Whether the user has no password, and so cannot authenticate by one.
    #[prost(bool, tag = "1")]
    pub no_password: bool,
}

/// Has requests checked from now on (`etcdserverpb.AuthEnableRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthEnableRequest {}

/// Has requests pass unchecked from now on (`etcdserverpb.AuthDisableRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthDisableRequest {}

/// Proves who one is (`etcdserverpb.AuthenticateRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthenticateRequest {
    /// The user.
    #[prost(string, tag = "1")]
    pub name: String,
    /// The password.
    #[prost(string, tag = "2")]
    pub password: String,
}

/// The answer to an [`AuthenticateRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthenticateResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// What later requests show.
    #[prost(string, tag = "2")]
    pub token: String,
}

/// Adds a user (`etcdserverpb.AuthUserAddRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthUserAddRequest {
    /// The user.
    #[prost(string, tag = "1")]
    pub name: String,
    /// The password.
    #[prost(string, tag = "2")]
    pub password: String,
    /// See [`UserAddOptions`].
    #[prost(message, optional, tag = "3")]
    pub options: Option<UserAddOptions>,
}

/// Asks for a user's roles (`etcdserverpb.AuthUserGetRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthUserGetRequest {
    /// The user.
    #[prost(string, tag = "1")]
    pub name: String,
}

/// The answer to an [`AuthUserGetRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthUserGetResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The roles.
    #[prost(string, repeated, tag = "2")]
    pub roles: Vec<String>,
}

/// Removes a user (`etcdserverpb.AuthUserDeleteRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthUserDeleteRequest {
    /// The user.
    #[prost(string, tag = "1")]
    pub name: String,
}

/// Gives a user another password (`etcdserverpb.AuthUserChangePasswordRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthUserChangePasswordRequest {
    /// The user.
    #[prost(string, tag = "1")]
    pub name: String,
    /// The password.
    #[prost(string, tag = "2")]
    pub password: String,
}

/// Gives a user a role (`etcdserverpb.AuthUserGrantRoleRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthUserGrantRoleRequest {
    /// The user.
    #[prost(string, tag = "1")]
    pub user: String,
    /// The role.
    #[prost(string, tag = "2")]
    pub role: String,
}

/// Takes a role from a user (`etcdserverpb.AuthUserRevokeRoleRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthUserRevokeRoleRequest {
    /// The user.
    #[prost(string, tag = "1")]
    pub name: String,
    /// The role.
    #[prost(string, tag = "2")]
    pub role: String,
}

/// Lists the users (`etcdserverpb.AuthUserListRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthUserListRequest {}

/// The answer to an [`AuthUserListRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthUserListResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The users.
    #[prost(string, repeated, tag = "2")]
    pub users: Vec<String>,
}

/// Adds a role (`etcdserverpb.AuthRoleAddRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthRoleAddRequest {
    /// The role.
    #[prost(string, tag = "1")]
    pub name: String,
}

/// Asks for a role's permissions (`etcdserverpb.AuthRoleGetRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthRoleGetRequest {
    /// The role.
    #[prost(string, tag = "1")]
    pub role: String,
}

/// The answer to an [`AuthRoleGetRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthRoleGetResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The permissions.
    #[prost(message, repeated, tag = "2")]
    pub perm: Vec<Permission>,
}

/// Lists the roles (`etcdserverpb.AuthRoleListRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthRoleListRequest {}

/// The answer to an [`AuthRoleListRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthRoleListResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The roles.
    #[prost(string, repeated, tag = "2")]
    pub roles: Vec<String>,
}

/// Removes a role (`etcdserverpb.AuthRoleDeleteRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthRoleDeleteRequest {
    /// The role.
    #[prost(string, tag = "1")]
    pub role: String,
}

/// Gives a role a permission (`etcdserverpb.AuthRoleGrantPermissionRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthRoleGrantPermissionRequest {
    /// The role.
    #[prost(string, tag = "1")]
    pub name: String,
    /// The permission.
    #[prost(message, optional, tag = "2")]
    pub perm: Option<Permission>,
}

/// Takes a permission from a role (`etcdserverpb.AuthRoleRevokePermissionRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AuthRoleRevokePermissionRequest {
    /// The role.
    #[prost(string, tag = "1")]
    pub role: String,
    /// The first key of the permission.
    #[prost(bytes = "bytes", tag = "2")]
    pub key: Bytes,
    /// The end of its range.
    #[prost(bytes = "bytes", tag = "3")]
    pub range_end: Bytes,
}
