//! Clients that ask for everything: users who prove who they are, watchers, leases that are
//! kept alive, beside all that [`crate::chaos`] does.

use glassraft_core::etcd::{
    AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest, AuthRoleGetRequest,
    AuthRoleGrantPermissionRequest, AuthRoleRevokePermissionRequest, AuthUserAddRequest,
    AuthUserChangePasswordRequest, AuthUserDeleteRequest, AuthUserGrantRoleRequest,
    AuthUserListRequest, AuthenticateRequest, LeaseKeepAliveRequest, Permission, PermissionType,
    Request, Response, StreamRequest, WatchCancelRequest, WatchCreateRequest, WatchProgressRequest,
    WatchRequest, WatchRequestUnion,
};
use glassraft_core::member::{NodeId, RequestId};
use glassraft_core::trace::Run;
use glassraft_core::world::Action;

use crate::chaos::{self, Dice};
use crate::{n, watch_as};

/// The most tokens that clients have at a time, and the most streams.
const MAX_HELD: usize = 6;

/// Clients, and what they know.
#[derive(Debug, Default)]
pub struct Crowd {
    /// The proofs that are under way.
    proofs: Vec<RequestId>,
    tokens: Vec<String>,
    streams: Vec<RequestId>,
}

impl Crowd {
    /// Lets a run go on until there are so many events. Clients ask for everything, and
    /// everything happens to the cluster, at moments that the dice choose.
    pub fn disturb(&mut self, run: &mut Run, dice: &mut Dice, events: u64) {
        while run.record().len() < events {
            run.advance(run.now() + dice.roll(100_000));
            self.learn(run);
            let node = n(u8::try_from(1 + dice.roll(5)).unwrap_or(1));
            let action = match dice.roll(20) {
                0 => chaos::anything(dice.draw(), run.frame()),
                1..=6 => chaos::request(dice.draw(), run.frame()),
                7..=10 => about_users(dice, node),
                11 | 12 => open(dice, node),
                13 | 14 => self.go_on(dice),
                _ => continue,
            };
            let proves = matches!(
                &action,
                Action::Request {
                    request: Request::Authenticate(_),
                    ..
                }
            );
            let opens = matches!(action, Action::Open { .. });
            // What makes no sense at that moment is refused, and that is well.
            let Ok(Some(id)) = run.act(self.shown(dice, action)) else {
                continue;
            };
            if proves {
                self.proofs.push(id);
            } else if opens {
                self.streams.push(id);
                if self.streams.len() > MAX_HELD {
                    self.streams.remove(0);
                }
            }
        }
    }

    /// Takes the tokens that came.
    fn learn(&mut self, run: &mut Run) {
        let tokens = &mut self.tokens;
        self.proofs.retain(|id| {
            let outcome = run.take_outcome(*id);
            if let Some(Ok(Response::Authenticate(answer))) = outcome.as_deref() {
                tokens.push(answer.token.clone());
                if tokens.len() > MAX_HELD {
                    tokens.remove(0);
                }
            }
            outcome.is_none()
        });
    }

    /// What somebody does, mostly with a token.
    fn shown(&self, dice: &mut Dice, action: Action) -> Action {
        let asks = matches!(action, Action::Request { .. } | Action::Open { .. });
        let shows = asks && dice.roll(5) > 0;
        let place = dice.roll(self.tokens.len().max(1) as u64);
        match self.tokens.get(usize::try_from(place).unwrap_or(0)) {
            Some(token) if shows => Action::As {
                token: token.clone(),
                action: Box::new(action),
            },
            _ => action,
        }
    }

    /// Something more is said on a stream, or it ends.
    fn go_on(&self, dice: &mut Dice) -> Action {
        let place = usize::try_from(dice.roll(MAX_HELD as u64)).unwrap_or(0);
        let Some(&stream) = self.streams.get(place) else {
            return Action::Heal;
        };
        let watch_id = i64::try_from(dice.roll(3)).unwrap_or(0);
        let union = match dice.roll(5) {
            0 => return Action::Close { stream },
            1 => WatchRequestUnion::Cancel(WatchCancelRequest { watch_id }),
            2 => WatchRequestUnion::Progress(WatchProgressRequest {}),
            _ => WatchRequestUnion::Create(watcher(dice)),
        };
        let request = Some(union);
        Action::Say {
            stream,
            request: StreamRequest::Watch(WatchRequest { request }),
        }
    }
}

/// A watcher of some keys, from now or from the past.
fn watcher(dice: &mut Dice) -> WatchCreateRequest {
    WatchCreateRequest {
        key: format!("k{}", dice.roll(5)).into(),
        range_end: "k9".into(),
        start_revision: i64::try_from(dice.roll(4) * dice.roll(8)).unwrap_or(0),
        prev_kv: dice.roll(2) == 0,
        ..WatchCreateRequest::default()
    }
}

fn open(dice: &mut Dice, node: NodeId) -> Action {
    let id = i64::try_from(1 + dice.roll(4)).unwrap_or(1);
    let request = match dice.roll(3) {
        0 => StreamRequest::LeaseKeepAlive(LeaseKeepAliveRequest { id }),
        _ => watch_as(watcher(dice)),
    };
    Action::Open { node, request }
}

/// A request about users and roles, so that in the end some may do something.
fn about_users(dice: &mut Dice, node: NodeId) -> Action {
    let name = if dice.roll(2) == 0 { "root" } else { "alice" }.to_owned();
    let role = if name == "root" { "root" } else { "some" }.to_owned();
    let password = "pw".to_owned();
    let key = format!("k{}", dice.roll(5));
    let request = match dice.roll(24) {
        0..=3 => Request::UserAdd(AuthUserAddRequest {
            name,
            password,
            options: None,
        }),
        4..=6 => Request::RoleAdd(AuthRoleAddRequest { name: role }),
        7..=9 => Request::RoleGrantPermission(AuthRoleGrantPermissionRequest {
            name: role,
            perm: Some(Permission {
                perm_type: PermissionType::ReadWrite.into(),
                key: key.into(),
                range_end: "k9".into(),
            }),
        }),
        10..=13 => Request::UserGrantRole(AuthUserGrantRoleRequest { user: name, role }),
        14 => Request::AuthEnable(AuthEnableRequest {}),
        15..=19 => Request::Authenticate(AuthenticateRequest { name, password }),
        20 if dice.roll(3) == 0 => Request::AuthDisable(AuthDisableRequest {}),
        20 => Request::UserDelete(AuthUserDeleteRequest { name }),
        21 => Request::UserChangePassword(AuthUserChangePasswordRequest { name, password }),
        22 => Request::RoleRevokePermission(AuthRoleRevokePermissionRequest {
            role,
            key: key.into(),
            range_end: "k9".into(),
        }),
        _ if dice.roll(2) == 0 => Request::RoleGet(AuthRoleGetRequest { role }),
        _ => Request::UserList(AuthUserListRequest {}),
    };
    Action::Request {
        node,
        request,
        timeout_us: 5_000_000,
    }
}
