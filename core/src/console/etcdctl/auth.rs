//! Users and roles (`auth_command.go`, `user_command.go`, `role_command.go`).

use crate::etcd::{
    AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest, AuthRoleDeleteRequest,
    AuthRoleGetRequest, AuthRoleGrantPermissionRequest, AuthRoleListRequest,
    AuthRoleRevokePermissionRequest, AuthUserAddRequest, AuthUserChangePasswordRequest,
    AuthUserDeleteRequest, AuthUserGetRequest, AuthUserGrantRoleRequest, AuthUserListRequest,
    AuthUserRevokeRoleRequest, Error, Permission, PermissionType, Request, Response,
    UserAddOptions,
};

use super::super::output::Finished;
use super::client::Client;
use super::exit::BAD_ARGS;
use super::flags::Parsed;
use super::given::{Given, bad_args};
use super::kv::{bytes, prefix_range};
use super::once::{Once, Roles};
use super::plan::{Heard, Plan, Program, Step};
use super::print::{Told, revoked_text};

pub(super) fn enable(given: &Given<'_>) -> Result<Plan, Finished> {
    given.none("auth enable command does not accept any arguments")?;
    let once = Once::new(Request::AuthEnable(AuthEnableRequest {}));
    let told = Told::Always("Authentication Enabled".to_owned());
    Ok(Box::new(Enable(once.told(told))))
}

/// `auth enable`. Where the user `root` lacks the role `root`, he is given it
/// (`auth_command.go`).
struct Enable(Once);

impl Program for Enable {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        let outcome = match &heard {
            Heard::Answer(outcome, _) => &**outcome,
            _ => return self.0.next(heard, client),
        };
        Step::Ask(match outcome {
            Err(Error::RootRoleNotExist) => Request::RoleAdd(AuthRoleAddRequest {
                name: "root".to_owned(),
            }),
            Ok(Response::RoleAdd(_)) => Request::UserGrantRole(AuthUserGrantRoleRequest {
                user: "root".to_owned(),
                role: "root".to_owned(),
            }),
            Ok(Response::UserGrantRole(_)) => Request::AuthEnable(AuthEnableRequest {}),
            _ => return self.0.next(heard, client),
        })
    }
}

pub(super) fn disable(given: &Given<'_>) -> Result<Plan, Finished> {
    given.none("auth disable command does not accept any arguments")?;
    let once = Once::new(Request::AuthDisable(AuthDisableRequest {}));
    Ok(once
        .told(Told::Always("Authentication Disabled".to_owned()))
        .plan())
}

/// A request that is told of in these words, and for which etcdctl has no time limit.
fn simple(request: Request, text: String) -> Result<Plan, Finished> {
    Ok(Once::new(request).patient().says(text).plan())
}

/// A request whose answer is told.
fn answer(request: Request, told: Told) -> Result<Plan, Finished> {
    Ok(Once::new(request).patient().told(told).plan())
}

pub(super) fn role_add(given: &Given<'_>) -> Result<Plan, Finished> {
    let name = given
        .one("role add command requires role name as its argument")?
        .to_owned();
    let text = format!("Role {name} created");
    simple(Request::RoleAdd(AuthRoleAddRequest { name }), text)
}

pub(super) fn role_delete(given: &Given<'_>) -> Result<Plan, Finished> {
    let role = given
        .one("role delete command requires role name as its argument")?
        .to_owned();
    let text = format!("Role {role} deleted");
    simple(Request::RoleDelete(AuthRoleDeleteRequest { role }), text)
}

pub(super) fn role_get(given: &Given<'_>) -> Result<Plan, Finished> {
    let role = given
        .one("role get command requires role name as its argument")?
        .to_owned();
    let told = Told::Role(role.clone());
    answer(Request::RoleGet(AuthRoleGetRequest { role }), told)
}

pub(super) fn role_list(given: &Given<'_>) -> Result<Plan, Finished> {
    given.none("role list command requires no arguments")?;
    answer(Request::RoleList(AuthRoleListRequest {}), Told::Answer)
}

/// The end of the range that a permission is about.
fn range_end(
    parsed: &Parsed,
    key: &str,
    end: Option<&String>,
) -> Result<(String, String), Finished> {
    let (prefix, from_key) = (parsed.is_set("prefix"), parsed.is_set("from-key"));
    if prefix && from_key {
        return Err(bad_args(
            "--from-key and --prefix flags are mutually exclusive",
        ));
    }
    let unexpected = |flag: &str| bad_args(format!("unexpected endkey argument with {flag} flag"));
    match end {
        Some(_) if prefix => Err(unexpected("--prefix")),
        Some(_) if from_key => Err(unexpected("--from-key")),
        Some(end) => Ok((key.to_owned(), end.clone())),
        None if prefix => {
            let (key, end) = prefix_range(key);
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Ok((text(&key), text(&end)))
        }
        None if from_key => {
            let key = if key.is_empty() { "\0" } else { key };
            Ok((key.to_owned(), "\0".to_owned()))
        }
        None => Ok((key.to_owned(), String::new())),
    }
}

pub(super) fn role_grant(given: &Given<'_>) -> Result<Plan, Finished> {
    let [name, kind, key, more @ ..] = given.arguments() else {
        return Err(bad_args(
            "role grant command requires role name, permission type, and key [endkey] as its argument",
        ));
    };
    let perm_type = match kind.to_ascii_uppercase().as_str() {
        "READ" => PermissionType::Read,
        "WRITE" => PermissionType::Write,
        "READWRITE" => PermissionType::ReadWrite,
        _ => return Err(bad_args(format!("invalid permission type: {kind}"))),
    };
    let (key, end) = range_end(&given.parsed, key, more.first())?;
    let request = AuthRoleGrantPermissionRequest {
        name: name.clone(),
        perm: Some(Permission {
            perm_type: perm_type as i32,
            key: bytes(&key),
            range_end: bytes(&end),
        }),
    };
    let text = format!("Role {name} updated");
    simple(Request::RoleGrantPermission(request), text)
}

pub(super) fn role_revoke(given: &Given<'_>) -> Result<Plan, Finished> {
    let [role, key, more @ ..] = given.arguments() else {
        return Err(bad_args(
            "role revoke-permission command requires role name and key [endkey] as its argument",
        ));
    };
    let (key, end) = range_end(&given.parsed, key, more.first())?;
    let request = AuthRoleRevokePermissionRequest {
        role: role.clone(),
        key: bytes(&key),
        range_end: bytes(&end),
    };
    let text = revoked_text(role, &key, &end);
    simple(Request::RoleRevokePermission(request), text)
}

pub(super) fn user_delete(given: &Given<'_>) -> Result<Plan, Finished> {
    let name = given
        .one("user delete command requires user name as its argument")?
        .to_owned();
    let text = format!("User {name} deleted");
    simple(Request::UserDelete(AuthUserDeleteRequest { name }), text)
}

pub(super) fn user_get(given: &Given<'_>) -> Result<Plan, Finished> {
    let name = given
        .one("user get command requires user name as its argument")?
        .to_owned();
    if given.parsed.is_set("detail") {
        return Ok(Box::new(Roles::new(&name)));
    }
    let told = Told::User(name.clone());
    answer(Request::UserGet(AuthUserGetRequest { name }), told)
}

pub(super) fn user_list(given: &Given<'_>) -> Result<Plan, Finished> {
    given.none("user list command requires no arguments")?;
    answer(Request::UserList(AuthUserListRequest {}), Told::Answer)
}

/// A user and a role.
fn user_and_role(given: &Given<'_>, otherwise: &str) -> Result<(String, String), Finished> {
    match given.arguments() {
        [user, role] => Ok((user.clone(), role.clone())),
        _ => Err(bad_args(otherwise)),
    }
}

pub(super) fn user_grant(given: &Given<'_>) -> Result<Plan, Finished> {
    const NEEDS: &str = "user grant command requires user name and role name as its argument";
    let (user, role) = user_and_role(given, NEEDS)?;
    let text = format!("Role {role} is granted to user {user}");
    simple(
        Request::UserGrantRole(AuthUserGrantRoleRequest { user, role }),
        text,
    )
}

pub(super) fn user_revoke(given: &Given<'_>) -> Result<Plan, Finished> {
    const NEEDS: &str = "user revoke-role requires user name and role name as its argument";
    let (name, role) = user_and_role(given, NEEDS)?;
    let text = format!("Role {role} is revoked from user {name}");
    simple(
        Request::UserRevokeRole(AuthUserRevokeRoleRequest { name, role }),
        text,
    )
}

pub(super) fn user_add(given: &Given<'_>) -> Result<Plan, Finished> {
    let named = given.one("user add command requires user name as its argument")?;
    let add = |name: &str, password: &str, no_password| AuthUserAddRequest {
        name: name.to_owned(),
        password: password.to_owned(),
        options: Some(UserAddOptions { no_password }),
    };
    let flag = given.parsed.text("new-user-password");
    let request = if given.parsed.is_set("no-password") {
        add(named, "", true)
    } else if !flag.is_empty() {
        add(named, flag, false)
    } else if let Some((name, password)) = named.split_once(':') {
        if name.is_empty() {
            return Err(bad_args("empty user name is not allowed"));
        }
        add(name, password, false)
    } else {
        let request = Request::UserAdd(add(named, "", false));
        return Ok(Password::plan(
            given,
            named,
            request,
            format!("User {named} created"),
        ));
    };
    let text = format!("User {} created", request.name);
    simple(Request::UserAdd(request), text)
}

pub(super) fn user_password(given: &Given<'_>) -> Result<Plan, Finished> {
    let name = given.one("user passwd command requires user name as its argument")?;
    let request = Request::UserChangePassword(AuthUserChangePasswordRequest {
        name: name.to_owned(),
        password: String::new(),
    });
    Ok(Password::plan(
        given,
        name,
        request,
        "Password updated".to_owned(),
    ))
}

/// A request with a password that is read from standard input: twice with a prompt, or once
/// without (`--interactive=false`).
#[derive(Debug)]
struct Password {
    user: String,
    twice: bool,
    first: Option<String>,
    request: Option<Request>,
    once: Once,
}

impl Password {
    fn plan(given: &Given<'_>, user: &str, request: Request, text: String) -> Plan {
        Box::new(Self {
            user: user.to_owned(),
            twice: given.parsed.is_set_or("interactive", true),
            first: None,
            once: Once::new(request.clone()).patient().says(text),
            request: Some(request),
        })
    }

    fn line(&mut self, line: Option<String>, client: &mut Client<'_, '_>) -> Step {
        let line = line.unwrap_or_default();
        match &self.first {
            None if self.twice && line.is_empty() => client.fail("empty password", BAD_ARGS),
            None if self.twice => {
                self.first = Some(line);
                let user = &self.user;
                client.print(&format!("Type password of {user} again for confirmation: "));
                Step::Read
            }
            Some(first) if *first != line => client.fail("given passwords are different", BAD_ARGS),
            _ => {
                // Without a terminal a word is read (`fmt.Scanf`).
                let word = match self.twice {
                    true => line,
                    false => line
                        .split_whitespace()
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                };
                let mut request = self.request.take();
                if let Some(
                    Request::UserAdd(AuthUserAddRequest { password, .. })
                    | Request::UserChangePassword(AuthUserChangePasswordRequest { password, .. }),
                ) = &mut request
                {
                    *password = word;
                }
                if let Some(request) = request {
                    self.once.ask_for(request);
                }
                self.once.next(Heard::Begun, client)
            }
        }
    }
}

impl Program for Password {
    fn reads_first(&self) -> bool {
        true
    }

    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match heard {
            Heard::Begun => {
                if self.twice {
                    client.print(&format!("Password of {}: ", self.user));
                }
                Step::Read
            }
            Heard::Line(line) => self.line(line, client),
            heard => self.once.next(heard, client),
        }
    }
}
