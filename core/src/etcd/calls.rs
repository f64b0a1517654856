//! All calls of etcd's API: what a client may ask of a member, and what a member answers.

use bytes::Bytes;
use prost::Message as _;
use serde::{Deserialize, Serialize};

use super::coding::{decoded, read, written};
use super::{
    Acknowledged, AlarmRequest, AlarmResponse, AuthDisableRequest, AuthEnableRequest,
    AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGetRequest, AuthRoleGetResponse,
    AuthRoleGrantPermissionRequest, AuthRoleListRequest, AuthRoleListResponse,
    AuthRoleRevokePermissionRequest, AuthUserAddRequest, AuthUserChangePasswordRequest,
    AuthUserDeleteRequest, AuthUserGetRequest, AuthUserGetResponse, AuthUserGrantRoleRequest,
    AuthUserListRequest, AuthUserListResponse, AuthUserRevokeRoleRequest, AuthenticateRequest,
    AuthenticateResponse, CompactionRequest, DefragmentRequest, DeleteRangeRequest,
    DeleteRangeResponse, Error, HashKvRequest, HashKvResponse, HashRequest, HashResponse, KeyValue,
    LeaseGrantRequest, LeaseGrantResponse, LeaseKeepAliveRequest, LeaseKeepAliveResponse,
    LeaseLeasesRequest, LeaseLeasesResponse, LeaseRevokeRequest, LeaseTimeToLiveRequest,
    LeaseTimeToLiveResponse, MAX_CLIENT_SEND_BYTES, MemberAddRequest, MemberAddResponse,
    MemberInfo, MemberListRequest, MemberPromoteRequest, MemberRemoveRequest, MemberUpdateRequest,
    MembersResponse, MoveLeaderRequest, PutRequest, PutResponse, RangeRequest, RangeResponse,
    ResponseHeader, SnapshotRequest, SnapshotResponse, StatusRequest, StatusResponse, TxnRequest,
    TxnResponse,
};

/// Makes the types of requests and responses out of a table of calls.
macro_rules! calls {
    ($($(#[doc = $doc:literal])+
       $call:ident = $number:literal, $label:literal, $path:literal,
       $request:ident => $response:ident;)+) => {
        /// What a client asks of a member.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Request {
            $($(#[doc = $doc])+ $call($request),)+
        }

        /// What a member answers.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Response {
            $(#[doc = concat!("To [`Request::", stringify!($call), "`].")] $call($response),)+
        }

        impl Request {
            /// The paths of all calls at etcd's JSON gateway, with their numbers.
            pub const PATHS: &'static [(&'static str, u8)] = &[$(($path, $number)),+];

            /// The number of the call. Files and links hold it, so it never changes.
            #[must_use]
            pub fn number(&self) -> u8 {
                match self {
                    $(Self::$call(_) => $number,)+
                }
            }

            /// The name of the call in traces and files.
            #[must_use]
            pub fn label(&self) -> &'static str {
                match self {
                    $(Self::$call(_) => $label,)+
                }
            }

            /// The path of the call at etcd's JSON gateway.
            #[must_use]
            pub fn path(&self) -> &'static str {
                match self {
                    $(Self::$call(_) => $path,)+
                }
            }

            /// A request of this number that asks for nothing in particular; `None` if
            /// there is no such call.
            #[must_use]
            pub fn blank(number: u8) -> Option<Self> {
                Some(match number {
                    $($number => Self::$call($request::default()),)+
                    _ => return None,
                })
            }

            /// The number of the call with this name in traces and files.
            #[must_use]
            pub fn number_of(label: &str) -> Option<u8> {
                Some(match label {
                    $($label => $number,)+
                    _ => return None,
                })
            }

            /// The message as etcd's bytes.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                written(match self {
                    $(Self::$call(request) => request,)+
                })
            }

            /// The size of the encoded request in bytes.
            #[must_use]
            pub fn encoded_len(&self) -> usize {
                match self {
                    $(Self::$call(request) => request.encoded_len(),)+
                }
            }

            /// The request that [`Request::encode`] made these bytes of; `None` if it
            /// cannot have.
            #[must_use]
            pub fn decode(number: u8, bytes: &[u8]) -> Option<Self> {
                let mut request = Self::blank(number)?;
                read(match &mut request {
                    $(Self::$call(request) => request,)+
                }, Bytes::copy_from_slice(bytes))?;
                Some(request)
            }
        }

        impl Response {
            /// The number of the call that it answers.
            #[must_use]
            pub fn number(&self) -> u8 {
                match self {
                    $(Self::$call(_) => $number,)+
                }
            }

            /// The header.
            #[must_use]
            pub fn header(&self) -> Option<&ResponseHeader> {
                match self {
                    $(Self::$call(response) => response.header.as_ref(),)+
                }
            }

            /// Puts the header in.
            pub fn set_header(&mut self, header: ResponseHeader) {
                match self {
                    $(Self::$call(response) => response.header = Some(header),)+
                }
            }

            /// The message as etcd's bytes.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                written(match self {
                    $(Self::$call(response) => response,)+
                })
            }

            /// The answer that [`Response::encode`] made these bytes of; `None` if it
            /// cannot have.
            #[must_use]
            pub fn decode(number: u8, bytes: &[u8]) -> Option<Self> {
                Some(match number {
                    $($number => Self::$call(decoded(Bytes::copy_from_slice(bytes))?),)+
                    _ => return None,
                })
            }
        }
    };
}

calls! {
    /// Read keys.
    Range = 0, "range", "/v3/kv/range", RangeRequest => RangeResponse;
    /// Write a key.
    Put = 1, "put", "/v3/kv/put", PutRequest => PutResponse;
    /// Delete keys.
    DeleteRange = 2, "delete-range", "/v3/kv/deleterange", DeleteRangeRequest => DeleteRangeResponse;
    /// Do several things at once, depending on conditions.
    Txn = 3, "txn", "/v3/kv/txn", TxnRequest => TxnResponse;
    /// Forget the past of the store.
    Compaction = 4, "compaction", "/v3/kv/compaction", CompactionRequest => Acknowledged;
    /// Grant a lease.
    LeaseGrant = 10, "lease-grant", "/v3/lease/grant", LeaseGrantRequest => LeaseGrantResponse;
    /// End a lease.
    LeaseRevoke = 11, "lease-revoke", "/v3/lease/revoke", LeaseRevokeRequest => Acknowledged;
    /// Have a lease begin its time anew, once.
    LeaseKeepAlive = 12, "lease-keep-alive", "/v3/lease/keepalive", LeaseKeepAliveRequest => LeaseKeepAliveResponse;
    /// Ask how long a lease has left.
    LeaseTimeToLive = 13, "lease-time-to-live", "/v3/lease/timetolive", LeaseTimeToLiveRequest => LeaseTimeToLiveResponse;
    /// List the leases.
    LeaseLeases = 14, "lease-leases", "/v3/lease/leases", LeaseLeasesRequest => LeaseLeasesResponse;
    /// Add a member.
    MemberAdd = 20, "member-add", "/v3/cluster/member/add", MemberAddRequest => MemberAddResponse;
    /// Remove a member.
    MemberRemove = 21, "member-remove", "/v3/cluster/member/remove", MemberRemoveRequest => MembersResponse;
    /// Move a member to other addresses.
    MemberUpdate = 22, "member-update", "/v3/cluster/member/update", MemberUpdateRequest => MembersResponse;
    /// Give a learner a vote.
    MemberPromote = 23, "member-promote", "/v3/cluster/member/promote", MemberPromoteRequest => MembersResponse;
    /// List the members.
    MemberList = 24, "member-list", "/v3/cluster/member/list", MemberListRequest => MembersResponse;
    /// Ask for alarms, or raise or take one back.
    Alarm = 30, "alarm", "/v3/maintenance/alarm", AlarmRequest => AlarmResponse;
    /// Ask a member for its state.
    Status = 31, "status", "/v3/maintenance/status", StatusRequest => StatusResponse;
    /// Have a member tidy up its disk.
    Defragment = 32, "defragment", "/v3/maintenance/defragment", DefragmentRequest => Acknowledged;
    /// Ask for the hash of a member's whole store.
    Hash = 33, "hash", "/v3/maintenance/hash", HashRequest => HashResponse;
    /// Ask for the hash of a member's versions.
    HashKv = 34, "hash-kv", "/v3/maintenance/hashkv", HashKvRequest => HashKvResponse;
    /// Ask for a member's whole store.
    Snapshot = 35, "snapshot", "/v3/maintenance/snapshot", SnapshotRequest => SnapshotResponse;
    /// Have the leader hand over.
    MoveLeader = 36, "move-leader", "/v3/maintenance/transfer-leadership", MoveLeaderRequest => Acknowledged;
    /// Have requests checked from now on.
    AuthEnable = 40, "auth-enable", "/v3/auth/enable", AuthEnableRequest => Acknowledged;
    /// Have requests pass unchecked from now on.
    AuthDisable = 41, "auth-disable", "/v3/auth/disable", AuthDisableRequest => Acknowledged;
    /// Prove who one is.
    Authenticate = 42, "authenticate", "/v3/auth/authenticate", AuthenticateRequest => AuthenticateResponse;
    /// Add a user.
    UserAdd = 50, "user-add", "/v3/auth/user/add", AuthUserAddRequest => Acknowledged;
    /// Ask for a user's roles.
    UserGet = 51, "user-get", "/v3/auth/user/get", AuthUserGetRequest => AuthUserGetResponse;
    /// List the users.
    UserList = 52, "user-list", "/v3/auth/user/list", AuthUserListRequest => AuthUserListResponse;
    /// Remove a user.
    UserDelete = 53, "user-delete", "/v3/auth/user/delete", AuthUserDeleteRequest => Acknowledged;
    /// Give a user another password.
    UserChangePassword = 54, "user-change-password", "/v3/auth/user/changepw", AuthUserChangePasswordRequest => Acknowledged;
    /// Give a user a role.
    UserGrantRole = 55, "user-grant-role", "/v3/auth/user/grant", AuthUserGrantRoleRequest => Acknowledged;
    /// Take a role from a user.
    UserRevokeRole = 56, "user-revoke-role", "/v3/auth/user/revoke", AuthUserRevokeRoleRequest => Acknowledged;
    /// Add a role.
    RoleAdd = 60, "role-add", "/v3/auth/role/add", AuthRoleAddRequest => Acknowledged;
    /// Ask for a role's permissions.
    RoleGet = 61, "role-get", "/v3/auth/role/get", AuthRoleGetRequest => AuthRoleGetResponse;
    /// List the roles.
    RoleList = 62, "role-list", "/v3/auth/role/list", AuthRoleListRequest => AuthRoleListResponse;
    /// Remove a role.
    RoleDelete = 63, "role-delete", "/v3/auth/role/delete", AuthRoleDeleteRequest => Acknowledged;
    /// Give a role a permission.
    RoleGrantPermission = 64, "role-grant-permission", "/v3/auth/role/grant", AuthRoleGrantPermissionRequest => Acknowledged;
    /// Take a permission from a role.
    RoleRevokePermission = 65, "role-revoke-permission", "/v3/auth/role/revoke", AuthRoleRevokePermissionRequest => Acknowledged;
}

impl Request {
    /// What etcd's client itself refuses to send.
    ///
    /// # Errors
    /// The request is larger than [`MAX_CLIENT_SEND_BYTES`].
    pub fn check_client_size(&self) -> Result<(), Error> {
        let bytes = self.encoded_len();
        if bytes > MAX_CLIENT_SEND_BYTES {
            return Err(Error::MessageTooLarge {
                bytes,
                limit: MAX_CLIENT_SEND_BYTES,
            });
        }
        Ok(())
    }

    /// Whether only an administrator may ask that of a member
    /// (`etcdserver/api/v3rpc/maintenance.go`, `authMaintenanceServer`).
    pub(crate) fn is_maintenance(&self) -> bool {
        matches!(
            self,
            Self::Defragment(_) | Self::Snapshot(_) | Self::Hash(_) | Self::HashKv(_)
        )
    }

    /// Whether the request concerns the members of the cluster.
    #[must_use]
    pub fn is_about_members(&self) -> bool {
        matches!(
            self,
            Self::MemberAdd(_)
                | Self::MemberRemove(_)
                | Self::MemberUpdate(_)
                | Self::MemberPromote(_)
                | Self::MemberList(_)
        )
    }

    /// Whether etcd's client sends the request once more where the member could not answer,
    /// although it may have been carried out (`clientv3/retry.go`, `repeatable`).
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        self.is_read()
            || matches!(
                self,
                Self::LeaseGrant(_)
                    | Self::LeaseRevoke(_)
                    | Self::LeaseKeepAlive(_)
                    | Self::Alarm(_)
                    | Self::Snapshot(_)
                    | Self::MoveLeader(_)
            )
    }

    /// Whether the request changes nothing.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(
            self,
            Self::Range(_)
                | Self::LeaseTimeToLive(_)
                | Self::LeaseLeases(_)
                | Self::MemberList(_)
                | Self::Status(_)
                | Self::Hash(_)
                | Self::HashKv(_)
                | Self::UserGet(_)
                | Self::UserList(_)
                | Self::RoleGet(_)
                | Self::RoleList(_)
        )
    }
}

impl Response {
    /// The pairs that the answer carries.
    #[must_use]
    pub fn kvs(&self) -> &[KeyValue] {
        match self {
            Self::Range(r) => &r.kvs,
            Self::Put(r) => r.prev_kv.as_slice(),
            Self::DeleteRange(r) => &r.prev_kvs,
            _ => &[],
        }
    }

    /// The members that the answer lists.
    #[must_use]
    pub fn members(&self) -> &[MemberInfo] {
        match self {
            Self::MemberAdd(added) => &added.members,
            Self::MemberRemove(r)
            | Self::MemberUpdate(r)
            | Self::MemberPromote(r)
            | Self::MemberList(r) => &r.members,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Request;

    #[test]
    fn every_call_has_a_number_and_a_name_of_its_own() {
        for &(path, number) in Request::PATHS {
            let request = Request::blank(number).unwrap();
            assert_eq!(request.path(), path);
            assert_eq!(request.number(), number);
            assert_eq!(Request::number_of(request.label()), Some(number));
            assert_eq!(Request::decode(number, &request.encode()), Some(request));
        }
        assert_eq!(Request::blank(255), None);
    }
}
