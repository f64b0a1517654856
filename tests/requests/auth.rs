//! Who may ask what.

use glassraft_core::etcd::{
    AlarmRequest, AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest,
    AuthRoleGrantPermissionRequest, AuthRoleListRequest, AuthRoleRevokePermissionRequest,
    AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest, AuthUserGetRequest,
    AuthUserGrantRoleRequest, AuthUserListRequest, AuthenticateRequest, DefragmentRequest, Error,
    HashRequest, LeaseGrantRequest, MemberListRequest, Permission, PermissionType, Request,
    Response, StatusRequest, StreamRequest, StreamResponse, WatchCreateRequest, WatchRequest,
    WatchRequestUnion,
};
use glassraft_core::member::{NodeId, RequestId};
use glassraft_core::world::{Action, ActionError, EventId, EventKind, StreamStep};
use glassraft_tests::{CLIENT_TIMEOUT_US, Lab, add, get, n, put, trace};

use crate::{SECOND, ask, compact, put_op, range_op, txn};

fn asking(node: NodeId, token: &str, request: Request) -> Action {
    Action::As {
        token: token.to_owned(),
        action: Box::new(Action::Request {
            node,
            request,
            timeout_us: CLIENT_TIMEOUT_US,
        }),
    }
}

fn begin(lab: &mut Lab, node: NodeId, token: &str, request: Request) -> RequestId {
    let id = lab.act(asking(node, token, request));
    id.expect("a request has a number")
}

fn ask_as(lab: &mut Lab, node: NodeId, token: &str, request: Request) -> Result<Response, Error> {
    let id = begin(lab, node, token, request);
    (*lab.outcome(id)).clone()
}

fn user(name: &str, password: &str) -> Request {
    Request::UserAdd(AuthUserAddRequest {
        name: name.to_owned(),
        password: password.to_owned(),
        options: None,
    })
}

fn role(name: &str) -> Request {
    Request::RoleAdd(AuthRoleAddRequest {
        name: name.to_owned(),
    })
}

fn give(user: &str, role: &str) -> Request {
    Request::UserGrantRole(AuthUserGrantRoleRequest {
        user: user.to_owned(),
        role: role.to_owned(),
    })
}

fn allow(role: &str, kind: PermissionType, key: &str, range_end: &str) -> Request {
    Request::RoleGrantPermission(AuthRoleGrantPermissionRequest {
        name: role.to_owned(),
        perm: Some(Permission {
            perm_type: kind.into(),
            key: key.to_owned().into(),
            range_end: range_end.to_owned().into(),
        }),
    })
}

fn enable() -> Request {
    Request::AuthEnable(AuthEnableRequest {})
}

fn prove(lab: &mut Lab, node: NodeId, name: &str, password: &str) -> Result<String, Error> {
    let request = Request::Authenticate(AuthenticateRequest {
        name: name.to_owned(),
        password: password.to_owned(),
    });
    match ask(lab, node, request)? {
        Response::Authenticate(answer) => Ok(answer.token),
        other => panic!("a proof answered {other:?}"),
    }
}

/// A cluster that checks: root may do all, alice may read and write `/a/…`, and read `/b`.
fn guarded(seed: u64) -> Lab {
    let mut lab = Lab::with_leader(3, seed);
    let node = lab.follower();
    for request in [
        user("root", "secret"),
        role("root"),
        give("root", "root"),
        user("alice", "pw"),
        role("reader"),
        allow("reader", PermissionType::ReadWrite, "/a/", "/a0"),
        allow("reader", PermissionType::Read, "/b", ""),
        give("alice", "reader"),
        enable(),
    ] {
        ask(&mut lab, node, request).unwrap();
    }
    lab.pass(SECOND);
    lab
}

#[test]
fn nobody_is_locked_out() {
    let mut lab = Lab::with_leader(3, 1);
    let node = lab.follower();
    assert_eq!(ask(&mut lab, node, enable()), Err(Error::RootUserNotExist));
    assert_eq!(
        prove(&mut lab, node, "root", "x"),
        Err(Error::AuthNotEnabled)
    );
    ask(&mut lab, node, user("root", "secret")).unwrap();
    assert_eq!(ask(&mut lab, node, enable()), Err(Error::RootRoleNotExist));
    assert_eq!(
        ask(&mut lab, node, user("root", "again")),
        Err(Error::UserAlreadyExists)
    );
    ask(&mut lab, node, role("root")).unwrap();
    ask(&mut lab, node, give("root", "root")).unwrap();
    ask(&mut lab, node, enable()).unwrap();
    assert_eq!(ask(&mut lab, node, enable()), Err(Error::UserEmpty));
    let token = prove(&mut lab, node, "root", "secret").unwrap();
    let (letters, index) = token.split_once('.').unwrap();
    assert_eq!(letters.len(), 16);
    assert!(index.parse::<u64>().unwrap() > 5);
    let delete = Request::UserDelete(AuthUserDeleteRequest {
        name: "root".to_owned(),
    });
    assert_eq!(
        ask_as(&mut lab, node, &token, delete),
        Err(Error::InvalidAuthManagement)
    );
    let disable = Request::AuthDisable(AuthDisableRequest {});
    ask_as(&mut lab, node, &token, disable).unwrap();
    lab.pass(SECOND);
    for node in 1..=3 {
        ask(&mut lab, n(node), put("/x", "1")).unwrap();
    }
}

#[test]
fn everybody_may_do_what_his_roles_allow() {
    let mut lab = guarded(2);
    let (leader, follower) = (lab.leader(), lab.follower());
    for wrong in [("alice", "nope"), ("zed", "pw")] {
        let proved = prove(&mut lab, follower, wrong.0, wrong.1);
        assert_eq!(proved, Err(Error::AuthFailed));
    }
    let alice = prove(&mut lab, follower, "alice", "pw").unwrap();
    lab.pass(SECOND);
    // Every member knows her.
    for node in [leader, follower] {
        for allowed in [
            put("/a/1", "1"),
            get("/a/1"),
            get("/b"),
            Request::LeaseGrant(LeaseGrantRequest { ttl: 60, id: 0 }),
            Request::UserGet(AuthUserGetRequest {
                name: "alice".to_owned(),
            }),
            Request::Status(StatusRequest {}),
            Request::MemberList(MemberListRequest {}),
        ] {
            ask_as(&mut lab, node, &alice, allowed).unwrap();
        }
        let other_branch = txn(vec![], vec![range_op("/b", true)], vec![put_op("/c", "1")]);
        for denied in [
            put("/b", "1"),
            get("/c"),
            other_branch,
            txn(vec![], vec![range_op("/c", true)], vec![]),
            user("bob", "x"),
            add(4, true),
            Request::UserList(AuthUserListRequest {}),
            Request::RoleList(AuthRoleListRequest {}),
        ] {
            let answer = ask_as(&mut lab, node, &alice, denied);
            assert_eq!(answer, Err(Error::PermissionDenied));
        }
        for admins in [
            Request::Defragment(DefragmentRequest {}),
            Request::Hash(HashRequest {}),
        ] {
            let answer = ask_as(&mut lab, node, &alice, admins);
            assert_eq!(answer, Err(Error::AdminRequired));
        }
        for nobody in [get("/a/1"), put("/a/1", "1"), enable()] {
            assert_eq!(ask(&mut lab, node, nobody), Err(Error::UserEmpty));
        }
        let junk = ask_as(&mut lab, node, "junk.1", get("/a/1"));
        assert_eq!(junk, Err(Error::InvalidAuthToken));
        ask(&mut lab, node, Request::MemberList(MemberListRequest {})).unwrap();
    }
    let root = prove(&mut lab, leader, "root", "secret").unwrap();
    ask_as(&mut lab, leader, &root, put("/c", "1")).unwrap();
    lab.assert_picture("in a cluster that checks");
}

/// A password that changes and a node that starts again make tokens worthless; a role that
/// changes does not.
#[test]
fn tokens_end() {
    let mut lab = guarded(3);
    let (leader, follower) = (lab.leader(), lab.follower());
    let alice = prove(&mut lab, follower, "alice", "pw").unwrap();
    let root = prove(&mut lab, leader, "root", "secret").unwrap();
    ask_as(&mut lab, follower, &alice, get("/b")).unwrap();
    let revoke = Request::RoleRevokePermission(AuthRoleRevokePermissionRequest {
        role: "reader".to_owned(),
        key: "/b".into(),
        range_end: Vec::new().into(),
    });
    ask_as(&mut lab, leader, &root, revoke).unwrap();
    lab.pass(SECOND);
    ask_as(&mut lab, follower, &alice, put("/a/1", "1")).unwrap();
    let read = ask_as(&mut lab, follower, &alice, get("/b"));
    assert_eq!(read, Err(Error::PermissionDenied));
    let change = Request::UserChangePassword(AuthUserChangePasswordRequest {
        name: "alice".to_owned(),
        password: "new".to_owned(),
    });
    ask_as(&mut lab, leader, &root, change).unwrap();
    lab.pass(SECOND);
    let old = ask_as(&mut lab, follower, &alice, get("/a/1"));
    assert_eq!(old, Err(Error::InvalidAuthToken));
    let alice = prove(&mut lab, follower, "alice", "new").unwrap();
    lab.crash(follower);
    lab.restart(follower);
    lab.pass(2 * SECOND);
    let forgotten = ask_as(&mut lab, follower, &alice, get("/a/1"));
    assert_eq!(forgotten, Err(Error::InvalidAuthToken));
    ask_as(&mut lab, leader, &alice, get("/a/1")).unwrap();
    // Nobody uses it for five minutes.
    lab.pass(301 * SECOND);
    let old = ask_as(&mut lab, leader, &alice, get("/a/1"));
    assert_eq!(old, Err(Error::InvalidAuthToken));
}

/// A token that is none is refused, even where nobody is asked for one; and with the words
/// that the part of etcd has which is asked.
#[test]
fn a_token_that_is_none_is_worse_than_no_token() {
    let mut lab = Lab::with_leader(3, 9);
    let node = lab.follower();
    let mut at_once = get("/a");
    if let Request::Range(range) = &mut at_once {
        range.serializable = true;
    }
    let lease = Request::LeaseGrant(LeaseGrantRequest { ttl: 60, id: 0 });
    for request in [
        put("/a", "1"),
        get("/a"),
        at_once,
        lease,
        add(4, true),
        role("x"),
    ] {
        let answer = ask_as(&mut lab, node, "junk.1", request);
        assert_eq!(answer, Err(Error::InvalidAuthToken));
    }
    for request in [
        Request::Defragment(DefragmentRequest {}),
        Request::Hash(HashRequest {}),
        Request::Alarm(AlarmRequest::default()),
    ] {
        let answer = ask_as(&mut lab, node, "junk.1", request);
        assert_eq!(answer, Err(Error::AdminTokenInvalid));
    }
    for request in [
        Request::Status(StatusRequest {}),
        Request::MemberList(MemberListRequest {}),
    ] {
        ask_as(&mut lab, node, "junk.1", request).unwrap();
    }
    ask(&mut lab, node, put("/a", "1")).unwrap();
}

/// So a token that was one is refused once nobody is asked for tokens any more.
#[test]
fn tokens_end_when_nobody_is_asked_for_them() {
    let mut lab = guarded(10);
    let node = lab.follower();
    let root = prove(&mut lab, node, "root", "secret").unwrap();
    let disable = Request::AuthDisable(AuthDisableRequest {});
    ask_as(&mut lab, node, &root, disable).unwrap();
    let old = ask_as(&mut lab, node, &root, put("/c", "1"));
    assert_eq!(old, Err(Error::InvalidAuthToken));
    ask(&mut lab, node, put("/c", "1")).unwrap();
}

/// Who proves who he is need show no token. If he does, it has to be one, and it is looked at
/// behind the password.
#[test]
fn a_proof_with_a_token_that_is_none_is_refused() {
    let mut lab = guarded(11);
    let node = lab.follower();
    let mut proof = |password: &str| {
        let request = Request::Authenticate(AuthenticateRequest {
            name: "alice".to_owned(),
            password: password.to_owned(),
        });
        ask_as(&mut lab, node, "junk.1", request)
    };
    assert_eq!(proof("pw"), Err(Error::InvalidAuthToken));
    assert_eq!(proof("nope"), Err(Error::AuthFailed));
}

/// A member that has not applied a proof yet lets whoever shows its token wait.
#[test]
fn a_token_may_be_faster_than_the_log() {
    let mut lab = guarded(4);
    let leader = lab.leader();
    let others: Vec<NodeId> = (1..=3).map(n).filter(|node| *node != leader).collect();
    let groups = vec![vec![leader, others[0]], vec![others[1]]];
    lab.act(Action::Partition { groups });
    let alice = prove(&mut lab, leader, "alice", "pw").unwrap();
    ask_as(&mut lab, leader, &alice, put("/a/1", "1")).unwrap();
    let id = begin(&mut lab, others[1], &alice, get("/a/1"));
    lab.pass(500_000);
    assert!(lab.run.take_outcome(id).is_none());
    lab.act(Action::Heal);
    assert!(lab.outcome(id).is_ok());
}

/// Roles that change between a write's proposal and its turn do not refuse it: the member
/// tries it once more under the new ones.
#[test]
fn a_write_that_meets_a_change_of_roles_is_tried_again() {
    let mut lab = guarded(5);
    let (leader, follower) = (lab.leader(), lab.follower());
    let alice = prove(&mut lab, follower, "alice", "pw").unwrap();
    let root = prove(&mut lab, leader, "root", "secret").unwrap();
    lab.pass(SECOND);
    let change = begin(&mut lab, leader, &root, role("another"));
    let put = begin(&mut lab, follower, &alice, put("/a/1", "1"));
    let once = begin(&mut lab, leader, &alice, compact(1));
    assert!(lab.outcome(change).is_ok());
    assert!(lab.outcome(put).is_ok());
    assert!(lab.outcome(once).is_ok(), "it is not checked");
    let written = trace(&lab.run).matches("put:/a/1").count();
    assert!(written > 3, "{written}");
}

/// The leader ends leases whoever granted them.
#[test]
fn leases_end_in_a_cluster_that_checks() {
    let mut lab = guarded(6);
    let leader = lab.leader();
    let alice = prove(&mut lab, leader, "alice", "pw").unwrap();
    let grant = Request::LeaseGrant(LeaseGrantRequest { ttl: 2, id: 7 });
    ask_as(&mut lab, leader, &alice, grant).unwrap();
    let mut on_it = put("/a/1", "1");
    if let Request::Put(put) = &mut on_it {
        put.lease = 7;
    }
    ask_as(&mut lab, leader, &alice, on_it).unwrap();
    lab.pass(4 * SECOND);
    let shelf = &lab.run.frame().node(leader).unwrap().shelf;
    assert!(shelf.is_empty());
}

#[test]
fn a_watcher_hears_what_its_client_may_read() {
    let mut lab = guarded(7);
    let follower = lab.follower();
    let alice = prove(&mut lab, follower, "alice", "pw").unwrap();
    let open = |key: &str| Action::As {
        token: alice.clone(),
        action: Box::new(Action::Open {
            node: follower,
            request: StreamRequest::Watch(WatchRequest {
                request: Some(WatchRequestUnion::Create(WatchCreateRequest {
                    key: key.to_owned().into(),
                    ..WatchCreateRequest::default()
                })),
            }),
        }),
    };
    let denied = lab.act(open("/c")).unwrap();
    let allowed = lab.act(open("/a/1")).unwrap();
    ask_as(&mut lab, follower, &alice, put("/a/1", "1")).unwrap();
    let heard = |of: RequestId| {
        let events = lab.run.record().since(EventId(0));
        let heard = events.filter_map(|(_, event)| match &event.kind {
            EventKind::Stream {
                id,
                step: StreamStep::Heard(response),
                ..
            } if *id == of => match &**response {
                StreamResponse::Watch(response) => Some(response.clone()),
                StreamResponse::LeaseKeepAlive(_) => None,
            },
            _ => None,
        });
        heard.collect::<Vec<_>>()
    };
    let refusal = &heard(denied)[0];
    assert!(refusal.created && refusal.canceled && refusal.watch_id == -1);
    let why = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
    assert_eq!(refusal.cancel_reason, why);
    assert_eq!(heard(denied).len(), 1);
    assert_eq!(heard(allowed)[1].events.len(), 1);
}

#[test]
fn a_token_is_shown_with_a_request() {
    let mut lab = Lab::with_leader(1, 8);
    let mut refused = |action, token: &str| {
        let action = Action::As {
            token: token.to_owned(),
            action: Box::new(action),
        };
        matches!(lab.run.act(action), Err(ActionError::OutOfBounds { .. }))
    };
    assert!(refused(Action::Heal, "a.1"));
    assert!(refused(asking(n(1), "a.1", get("/a")), "a.1"));
    let Action::As { action, .. } = asking(n(1), "", get("/a")) else {
        return;
    };
    assert!(refused((*action).clone(), &"a".repeat(101)));
    assert!(!refused(*action, "a.1"));
}
