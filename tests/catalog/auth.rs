//! Users, roles and permissions, by what an etcd 3.4.23 answered.

use glassraft_core::catalog::{AuthInfo, Catalog};
use glassraft_core::etcd::{
    AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest, AuthRoleDeleteRequest,
    AuthRoleGetRequest, AuthRoleGrantPermissionRequest, AuthRoleListRequest,
    AuthRoleRevokePermissionRequest, AuthUserAddRequest, AuthUserChangePasswordRequest,
    AuthUserDeleteRequest, AuthUserGetRequest, AuthUserGrantRoleRequest, AuthUserListRequest,
    AuthUserRevokeRoleRequest, Compare, DefragmentRequest, Error, LeaseRevokeRequest,
    MemberAddRequest, MemberListRequest, Operation, Permission, PermissionType, Request,
    StatusRequest, TxnRequest, UserAddOptions, WatchCreateRequest,
};

use crate::{delete, op, put, range, txn};

/// A store with its log's last place.
struct Desk {
    catalog: Catalog,
    index: u64,
}

const READ: PermissionType = PermissionType::Read;
const WRITE: PermissionType = PermissionType::Write;
const BOTH: PermissionType = PermissionType::ReadWrite;

impl Desk {
    fn new() -> Self {
        Self {
            catalog: Catalog::new(),
            index: 0,
        }
    }

    fn apply(&mut self, operation: &Operation) -> Result<(), Error> {
        self.index += 1;
        let before = self.catalog.clone();
        let result = self.catalog.change_auth(operation, self.index);
        let result = result.expect("it concerns users or roles");
        assert!(result.is_ok() || self.catalog == before, "{operation:?}");
        let image = self.catalog.encode();
        assert_eq!(Catalog::decode(&image), Some(self.catalog.clone()));
        result
    }

    fn add_user(&mut self, name: &str, password: &str) -> Result<(), Error> {
        self.apply(&Operation::UserAdd(AuthUserAddRequest {
            name: name.to_owned(),
            password: password.to_owned(),
            options: None,
        }))
    }

    fn add_role(&mut self, name: &str) -> Result<(), Error> {
        self.apply(&Operation::RoleAdd(AuthRoleAddRequest {
            name: name.to_owned(),
        }))
    }

    fn grant(&mut self, user: &str, role: &str) -> Result<(), Error> {
        self.apply(&Operation::UserGrantRole(AuthUserGrantRoleRequest {
            user: user.to_owned(),
            role: role.to_owned(),
        }))
    }

    fn allow(
        &mut self,
        role: &str,
        key: &str,
        end: &str,
        kind: PermissionType,
    ) -> Result<(), Error> {
        let perm = Permission {
            perm_type: kind as i32,
            key: key.to_owned().into(),
            range_end: end.to_owned().into(),
        };
        let name = role.to_owned();
        let grant = AuthRoleGrantPermissionRequest {
            name,
            perm: Some(perm),
        };
        self.apply(&Operation::RoleGrantPermission(grant))
    }

    fn enable(&mut self) -> Result<(), Error> {
        self.apply(&Operation::AuthEnable(AuthEnableRequest {}))
    }

    fn permissions(&self, role: &str) -> Vec<(String, String, i32)> {
        let request = AuthRoleGetRequest {
            role: role.to_owned(),
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let found = self.catalog.role(&request).expect("the role is there").perm;
        let found = found
            .iter()
            .map(|p| (text(&p.key), text(&p.range_end), p.perm_type));
        found.collect()
    }

    fn roles_of(&self, user: &str) -> Result<Vec<String>, Error> {
        let request = AuthUserGetRequest {
            name: user.to_owned(),
        };
        Ok(self.catalog.user(&request)?.roles)
    }

    fn permit(&self, who: &str, request: &Request) -> Result<(), Error> {
        match Operation::of(request.clone()) {
            Some(write) if !is_read(request) => self.catalog.permit_write(self.who(who), &write),
            _ => self.catalog.permit(self.who(who), request),
        }
    }

    fn who<'a>(&self, username: &'a str) -> AuthInfo<'a> {
        match username {
            "" => AuthInfo::default(),
            username => AuthInfo {
                username,
                revision: self.catalog.auth_revision(),
            },
        }
    }

    fn reads(&self, key: &str, end: &str) -> bool {
        self.permit("al", &Request::Range(range(key, end, 0)))
            .is_ok()
    }
}

/// Whether a member answers it itself.
fn is_read(request: &Request) -> bool {
    matches!(request, Request::Txn(txn) if txn.is_read_only())
}

fn with_root() -> Desk {
    let mut desk = Desk::new();
    desk.add_user("root", "r").expect("it is new");
    desk.grant("root", "root").expect("both are there");
    desk
}

/// The users and permissions that an etcd 3.4.23 was asked with.
fn with_al() -> Desk {
    let mut desk = with_root();
    desk.add_user("al", "p").expect("it is new");
    for role in ["r1", "r2", "empty"] {
        desk.add_role(role).expect("it is new");
        desk.grant("al", role).expect("both are there");
    }
    for (role, key, end, kind) in [
        ("r1", "z", "b", BOTH),
        ("empty", "", "\0", BOTH),
        ("empty", "", "", BOTH),
        ("r1", "a", "", BOTH),
        ("r1", "b", "f", BOTH),
        ("r2", "f", "k", READ),
        ("r2", "m", "\0", READ),
        ("r1", "b", "d", READ),
        ("r1", "b", "f", WRITE),
        ("r1", "b", "f", READ),
        ("r1", "b", "f", BOTH),
    ] {
        desk.allow(role, key, end, kind).expect("the role is there");
    }
    desk.enable().expect("root is there");
    desk
}

#[test]
fn users_and_roles_are_etcds() {
    let mut desk = Desk::new();
    assert_eq!(desk.catalog.auth_revision(), 1);
    assert_eq!(desk.enable(), Err(Error::RootUserNotExist));
    assert_eq!(
        desk.catalog.check_password("root", "x"),
        Err(Error::AuthNotEnabled)
    );
    assert_eq!(desk.add_user("root", "rootpw"), Ok(()));
    assert_eq!(desk.enable(), Err(Error::RootRoleNotExist));
    assert_eq!(desk.add_user("", "x"), Err(Error::UserEmpty));
    assert_eq!(desk.add_user("root", "x"), Err(Error::UserAlreadyExists));
    assert_eq!(desk.add_role("root"), Ok(()));
    assert_eq!(desk.add_role(""), Err(Error::RoleEmpty));
    assert_eq!(desk.add_role("root"), Err(Error::RoleAlreadyExists));
    assert_eq!(desk.grant("root", "root"), Ok(()));
    assert_eq!(desk.grant("root", "zip"), Err(Error::RoleNotFound));
    assert_eq!(desk.grant("zip", "root"), Err(Error::UserNotFound));
    assert_eq!(desk.add_user("alice", "pw"), Ok(()));
    assert_eq!(desk.add_role("r1"), Ok(()));
    assert_eq!(desk.allow("r1", "conf", "", READ), Ok(()));
    assert_eq!(desk.allow("r1", "app/", "app0", BOTH), Ok(()));
    assert_eq!(
        desk.allow("nor", "conf", "", READ),
        Err(Error::RoleNotFound)
    );
    let expected = [
        ("app/".into(), "app0".into(), 2),
        ("conf".into(), String::new(), 0),
    ];
    assert_eq!(desk.permissions("r1"), expected);
    assert_eq!(desk.catalog.roles().roles, ["r1", "root"]);
    let before = desk.catalog.auth_revision();
    assert_eq!(
        (desk.grant("alice", "r1"), desk.grant("alice", "r1")),
        (Ok(()), Ok(()))
    );
    assert_eq!(
        desk.catalog.auth_revision(),
        before + 1,
        "again is no change"
    );
    assert_eq!(desk.roles_of("alice"), Ok(vec!["r1".to_owned()]));
    assert_eq!(desk.roles_of("zip"), Err(Error::UserNotFound));
    assert_eq!(desk.catalog.users().users, ["alice", "root"]);
    let revoke = |role: &str, key: &str| {
        Operation::RoleRevokePermission(AuthRoleRevokePermissionRequest {
            role: role.to_owned(),
            key: key.to_owned().into(),
            ..AuthRoleRevokePermissionRequest::default()
        })
    };
    assert_eq!(
        desk.apply(&revoke("r1", "zzz")),
        Err(Error::PermissionNotGranted)
    );
    assert_eq!(desk.apply(&revoke("nor", "zzz")), Err(Error::RoleNotFound));
    assert_eq!(desk.apply(&revoke("r1", "conf")), Ok(()));
    let role_of = |name: &str, role: &str| {
        Operation::UserRevokeRole(AuthUserRevokeRoleRequest {
            name: name.to_owned(),
            role: role.to_owned(),
        })
    };
    assert_eq!(
        desk.apply(&role_of("alice", "root")),
        Err(Error::RoleNotGranted)
    );
    let delete_role = |role: &str| {
        Operation::RoleDelete(AuthRoleDeleteRequest {
            role: role.to_owned(),
        })
    };
    assert_eq!(desk.enable(), Ok(()));
    assert_eq!(
        desk.apply(&role_of("root", "root")),
        Err(Error::InvalidAuthManagement)
    );
    assert_eq!(
        desk.apply(&delete_role("root")),
        Err(Error::InvalidAuthManagement)
    );
    assert_eq!(desk.apply(&delete_role("r1")), Ok(()));
    assert_eq!(desk.roles_of("alice"), Ok(Vec::new()));
    let delete_user = |name: &str| {
        Operation::UserDelete(AuthUserDeleteRequest {
            name: name.to_owned(),
        })
    };
    assert_eq!(
        desk.apply(&delete_user("root")),
        Err(Error::InvalidAuthManagement)
    );
    assert_eq!(desk.apply(&delete_user("alice")), Ok(()));
    assert_eq!(desk.apply(&delete_user("alice")), Err(Error::UserNotFound));
    let before = desk.catalog.auth_revision();
    for revision in [before + 1, before + 1] {
        desk.apply(&Operation::AuthDisable(AuthDisableRequest {}))
            .expect("it always can");
        assert_eq!(desk.catalog.auth_revision(), revision);
    }
    assert_eq!(desk.apply(&delete_user("root")), Ok(()));
}

#[test]
fn passwords_prove_who_one_is() {
    let mut desk = with_root();
    let none = UserAddOptions { no_password: true };
    let add = AuthUserAddRequest {
        name: "none".to_owned(),
        password: String::new(),
        options: Some(none),
    };
    desk.apply(&Operation::UserAdd(add)).expect("it is new");
    desk.add_user("empty", "").expect("it is new");
    desk.enable().expect("root is there");
    let revision = desk.catalog.auth_revision();
    let check =
        |desk: &Desk, name: &str, password: &str| desk.catalog.check_password(name, password);
    assert_eq!(check(&desk, "root", "r"), Ok(revision));
    assert_eq!(check(&desk, "empty", ""), Ok(revision));
    for (name, password) in [
        ("root", ""),
        ("root", "R"),
        ("zip", "r"),
        ("none", ""),
        ("empty", "r"),
    ] {
        assert_eq!(
            check(&desk, name, password),
            Err(match name {
                "none" => Error::NoPasswordUser,
                _ => Error::AuthFailed,
            }),
            "{name} {password}"
        );
    }
    let change = |name: &str, password: &str| {
        Operation::UserChangePassword(AuthUserChangePasswordRequest {
            name: name.to_owned(),
            password: password.to_owned(),
        })
    };
    let long = "a password that is longer than a block of sixty-four bytes, as some are";
    assert_eq!(desk.apply(&change("root", long)), Ok(()));
    assert_eq!(desk.apply(&change("zip", long)), Err(Error::UserNotFound));
    assert_eq!(check(&desk, "root", "r"), Err(Error::AuthFailed));
    assert_eq!(check(&desk, "root", long), Ok(revision + 1));
    // What is kept does not show it.
    let image = desk.catalog.encode();
    assert!(
        !image
            .windows(long.len())
            .any(|part| part == long.as_bytes())
    );
    // The same operations make the same of it, wherever they are applied.
    let mut other = with_root();
    other.index += 2;
    assert_eq!(other.apply(&change("root", long)), Ok(()));
    assert_ne!(other.catalog.hash(), with_root().catalog.hash());
    assert_eq!(with_root().catalog.hash(), with_root().catalog.hash());
}

#[test]
fn permissions_of_all_roles_are_put_together() {
    let desk = with_al();
    let expected = [("a", "", 2), ("b", "f", 2), ("b", "d", 0), ("z", "b", 2)];
    let expected = expected.map(|(key, end, kind)| (key.to_owned(), end.to_owned(), kind));
    assert_eq!(desk.permissions("r1"), expected);
    for (key, end, may) in [
        ("a", "", true),
        ("a", "a\0", true),
        ("b", "f", true),
        ("b", "k", true),
        ("b", "l", false),
        ("a", "f", false),
        ("m", "\0", true),
        ("n", "z", true),
        ("k", "", false),
        ("l", "\0", false),
        // As etcd's interval tree has it: it ends before it begins.
        ("f", "c", true),
    ] {
        assert_eq!(desk.reads(key, end), may, "{key}..{end}");
    }
    let writes = |key| desk.permit("al", &Request::Put(put(key, ""))).is_ok();
    assert_eq!(
        [writes("a"), writes("e"), writes("f"), writes("m")],
        [true, true, false, false]
    );
}

#[test]
fn requests_are_checked_as_etcd_does() {
    let mut desk = with_al();
    desk.catalog.grant_lease(5, 100, 2).expect("it is new");
    let mut leased = put("secret", "x");
    leased.lease = 5;
    let mut write = desk.catalog.write();
    write.put(&leased).expect("the lease is there");
    assert_eq!(write.end().len(), 1);
    let denied = Err(Error::PermissionDenied);
    let mut with_lease = put("b", "");
    with_lease.lease = 5;
    let txn_of = |request: TxnRequest| Request::Txn(request);
    let compare = Compare {
        key: "l".into(),
        ..Compare::default()
    };
    let secret = || op(put("secret", ""));
    let mut prev = delete("b", "");
    prev.prev_kv = true;
    let name = |name: &str| AuthUserGetRequest {
        name: name.to_owned(),
    };
    let role = |role: &str| AuthRoleGetRequest {
        role: role.to_owned(),
    };
    for (request, nobody, al) in [
        (
            Request::UserList(AuthUserListRequest {}),
            Error::UserEmpty,
            &denied,
        ),
        (
            Request::RoleList(AuthRoleListRequest {}),
            Error::UserEmpty,
            &denied,
        ),
        (Request::UserGet(name("al")), Error::UserEmpty, &Ok(())),
        (Request::UserGet(name("root")), Error::UserEmpty, &denied),
        (Request::RoleGet(role("r1")), Error::UserEmpty, &Ok(())),
        (Request::RoleGet(role("root")), Error::UserEmpty, &denied),
        (
            Request::LeaseRevoke(LeaseRevokeRequest { id: 5 }),
            Error::UserEmpty,
            &denied,
        ),
        (
            Request::MemberAdd(MemberAddRequest::default()),
            Error::UserEmpty,
            &denied,
        ),
        (
            Request::Defragment(DefragmentRequest {}),
            Error::AdminUserEmpty,
            &Err(Error::AdminRequired),
        ),
        (Request::Put(put("b", "")), Error::UserEmpty, &Ok(())),
        (Request::Put(with_lease.clone()), Error::UserEmpty, &denied),
        (Request::DeleteRange(prev), Error::UserEmpty, &Ok(())),
        (
            Request::DeleteRange(delete("f", "")),
            Error::UserEmpty,
            &denied,
        ),
        (txn_of(txn([compare], [], [])), Error::UserEmpty, &denied),
        (txn_of(txn([], [], [secret()])), Error::UserEmpty, &denied),
        // Here etcd 3.4.23 lets everybody pass, which is a defect.
        (
            txn_of(txn([], [op(txn([], [secret()], []))], [])),
            Error::UserEmpty,
            &denied,
        ),
        (
            txn_of(txn([], [op(with_lease)], [])),
            Error::UserEmpty,
            &Ok(()),
        ),
    ] {
        assert_eq!(desk.permit("", &request), Err(nobody), "{request:?}");
        assert_eq!(desk.permit("al", &request), *al, "{request:?}");
        assert_eq!(desk.permit("root", &request), Ok(()), "{request:?}");
    }
    for request in [
        Request::MemberList(MemberListRequest::default()),
        Request::Status(StatusRequest {}),
        Request::Alarm(Default::default()),
        Request::Compaction(Default::default()),
        Request::LeaseGrant(Default::default()),
        Request::LeaseTimeToLive(Default::default()),
        Request::LeaseLeases(Default::default()),
        txn_of(txn([], [], [])),
    ] {
        assert_eq!(desk.permit("", &request), Ok(()), "{request:?}");
    }
    let old = AuthInfo {
        username: "al",
        revision: desk.catalog.auth_revision() - 1,
    };
    let read = Request::Range(range("a", "", 0));
    assert_eq!(desk.catalog.permit(old, &read), Err(Error::AuthOldRevision));
    assert_eq!(desk.permit("zip", &read), denied);
    assert_eq!(
        desk.permit("zip", &Request::UserList(AuthUserListRequest {})),
        Err(Error::UserNotFound)
    );
    desk.apply(&Operation::AuthDisable(AuthDisableRequest {}))
        .expect("it always can");
    assert_eq!(desk.permit("", &read), Ok(()));
}

#[test]
fn watches_are_checked_as_etcd_does() {
    let desk = with_al();
    let watch = |who, key: &str, end: &str| {
        let create = WatchCreateRequest {
            key: key.to_owned().into(),
            range_end: end.to_owned().into(),
            ..WatchCreateRequest::default()
        };
        desk.catalog.permit_watch(desk.who(who), &create).is_ok()
    };
    assert!(watch("al", "a", "") && watch("al", "b", "k"));
    assert!(watch("al", "a", "\0"), "etcd looks at the first key alone");
    assert!(!watch("al", "a", "c") && !watch("al", "", "") && !watch("", "a", ""));
    assert!(watch("root", "", "\0"));
}
