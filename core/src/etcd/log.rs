//! What stands in the Raft log.

use serde::{Deserialize, Serialize};

use super::{
    AlarmRequest, AttributesRequest, AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest,
    AuthRoleDeleteRequest, AuthRoleGetRequest, AuthRoleGrantPermissionRequest, AuthRoleListRequest,
    AuthRoleRevokePermissionRequest, AuthUserAddRequest, AuthUserChangePasswordRequest,
    AuthUserDeleteRequest, AuthUserGetRequest, AuthUserGrantRoleRequest, AuthUserListRequest,
    AuthUserRevokeRoleRequest, CompactionRequest, DeleteRangeRequest, LeaseGrantRequest,
    LeaseRevokeRequest, PutRequest, Request, TxnRequest,
};

/// Identifies a request among all that are in the log (`etcdserverpb.RequestHeader`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct RequestHeader {
    /// Unique over members and their restarts.
    #[prost(uint64, tag = "1")]
    pub id: u64,
    /// Who asks, where requests are checked; empty where they are not.
    #[prost(string, tag = "2")]
    pub username: String,
    /// The revision of the users and roles that the request was checked against.
    #[prost(uint64, tag = "3")]
    pub auth_revision: u64,
}

/// Proves who somebody is, with the token that is given for it
/// (`etcdserverpb.InternalAuthenticateRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct InternalAuthenticateRequest {
    /// The user.
    #[prost(string, tag = "1")]
    pub name: String,
    /// The password.
    #[prost(string, tag = "2")]
    pub password: String,
    /// The token.
    #[prost(string, tag = "3")]
    pub simple_token: String,
}

/// A write as it stands in the Raft log (`etcdserverpb.InternalRaftRequest`, whose fields
/// exclude each other).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct InternalRaftRequest {
    /// Who waits for it.
    #[prost(message, optional, tag = "100")]
    pub header: Option<RequestHeader>,
    /// What is to be done.
    #[prost(
        oneof = "Operation",
        tags = "4, 5, 6, 7, 8, 9, 10, 1000, 1011, 1012, 1100, 1101, 1102, 1103, 1104, 1105, 1106, \
                1107, 1200, 1201, 1202, 1203, 1204, 1301"
    )]
    pub operation: Option<Operation>,
}

/// What a write does.
#[derive(Clone, PartialEq, Eq, prost::Oneof, Serialize, Deserialize)]
pub enum Operation {
    /// A put.
    #[prost(message, tag = "4")]
    Put(PutRequest),
    /// A deletion.
    #[prost(message, tag = "5")]
    DeleteRange(DeleteRangeRequest),
    /// A transaction.
    #[prost(message, tag = "6")]
    Txn(TxnRequest),
    /// A compaction.
    #[prost(message, tag = "7")]
    Compaction(CompactionRequest),
    /// A lease begins.
    #[prost(message, tag = "8")]
    LeaseGrant(LeaseGrantRequest),
    /// A lease ends.
    #[prost(message, tag = "9")]
    LeaseRevoke(LeaseRevokeRequest),
    /// An alarm is raised or taken back.
    #[prost(message, tag = "10")]
    Alarm(AlarmRequest),
    /// Requests are checked from now on.
    #[prost(message, tag = "1000")]
    AuthEnable(AuthEnableRequest),
    /// Requests pass unchecked from now on.
    #[prost(message, tag = "1011")]
    AuthDisable(AuthDisableRequest),
    /// Somebody proves who he is.
    #[prost(message, tag = "1012")]
    Authenticate(InternalAuthenticateRequest),
    /// A user is added.
    #[prost(message, tag = "1100")]
    UserAdd(AuthUserAddRequest),
    /// A user is removed.
    #[prost(message, tag = "1101")]
    UserDelete(AuthUserDeleteRequest),
    /// A user's roles are asked for. (etcd 3.4 has such reads go through the log.)
    #[prost(message, tag = "1102")]
    UserGet(AuthUserGetRequest),
    /// A user gets another password.
    #[prost(message, tag = "1103")]
    UserChangePassword(AuthUserChangePasswordRequest),
    /// A user gets a role.
    #[prost(message, tag = "1104")]
    UserGrantRole(AuthUserGrantRoleRequest),
    /// A user loses a role.
    #[prost(message, tag = "1105")]
    UserRevokeRole(AuthUserRevokeRoleRequest),
    /// The users are asked for.
    #[prost(message, tag = "1106")]
    UserList(AuthUserListRequest),
    /// The roles are asked for.
    #[prost(message, tag = "1107")]
    RoleList(AuthRoleListRequest),
    /// A role is added.
    #[prost(message, tag = "1200")]
    RoleAdd(AuthRoleAddRequest),
    /// A role is removed.
    #[prost(message, tag = "1201")]
    RoleDelete(AuthRoleDeleteRequest),
    /// A role's permissions are asked for.
    #[prost(message, tag = "1202")]
    RoleGet(AuthRoleGetRequest),
    /// A role gets a permission.
    #[prost(message, tag = "1203")]
    RoleGrantPermission(AuthRoleGrantPermissionRequest),
    /// A role loses a permission.
    #[prost(message, tag = "1204")]
    RoleRevokePermission(AuthRoleRevokePermissionRequest),
    /// A member tells something of itself.
    #[prost(message, tag = "1301")]
    Attributes(AttributesRequest),
}

/// Leads from requests to operations and back, where they have the same name and message.
macro_rules! operations {
    ($($name:ident),+) => {
        impl Operation {
            /// What a request asks to be written; `None` for a read, for what a member or the
            /// leader does by itself, and for what concerns members: that goes into the log as
            /// another type of entry.
            #[must_use]
            pub fn of(request: Request) -> Option<Self> {
                match request {
                    $(Request::$name(request) => Some(Self::$name(request)),)+
                    _ => None,
                }
            }

            /// The request that asks for this; `None` for what no request asks for.
            #[must_use]
            pub fn request(&self) -> Option<Request> {
                match self {
                    $(Self::$name(request) => Some(Request::$name(request.clone())),)+
                    Self::Authenticate(_) | Self::Attributes(_) => None,
                }
            }
        }
    };
}

operations!(
    Put,
    DeleteRange,
    Txn,
    Compaction,
    LeaseGrant,
    LeaseRevoke,
    Alarm,
    AuthEnable,
    AuthDisable,
    UserAdd,
    UserGet,
    UserList,
    UserDelete,
    UserChangePassword,
    UserGrantRole,
    UserRevokeRole,
    RoleAdd,
    RoleGet,
    RoleList,
    RoleDelete,
    RoleGrantPermission,
    RoleRevokePermission
);

impl InternalRaftRequest {
    /// A write under the identifier `id`.
    #[must_use]
    pub fn new(id: u64, operation: Operation) -> Self {
        Self {
            header: Some(RequestHeader {
                id,
                ..RequestHeader::default()
            }),
            operation: Some(operation),
        }
    }

    /// The identifier, 0 where there is none.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.header.as_ref().map_or(0, |header| header.id)
    }
}
