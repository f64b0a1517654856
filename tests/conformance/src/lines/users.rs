//! Users, roles and permissions, and lines that are typed as one of them.

use glassraft_tests::recordings::Random;

use super::line::Line;
use super::session::{key, one, some};

const USERS: [&str; 4] = ["root", "alice", "bob", "nobody"];
const ROLES: [&str; 4] = ["root", "reader", "writer", "none"];

/// What is typed before a session in which the servers ask who somebody is.
pub(crate) fn beginning(random: &mut Random) -> Vec<Line> {
    let mut lines: Vec<Line> = [
        "user add root:rpw",
        "user grant-role root root",
        "user add alice:apw",
        "user add bob:bpw",
        "role add reader",
        "role add writer",
        "role grant-permission reader read a --prefix",
        "role grant-permission writer readwrite a d",
        "user grant-role alice reader",
        "user grant-role bob writer",
    ]
    .map(Line::of)
    .into();
    lines.extend((0..random.below(4)).map(|_| line(random)));
    lines.push(Line::of("auth enable"));
    lines
}

/// Puts the flags of somebody who types into a line. Some are asked for the password, and find
/// it in the document, behind what the command reads before.
pub(crate) fn add_who(random: &mut Random, line: &mut Line) {
    if random.chance(12) {
        let name = one(random, &USERS);
        line.words.insert(0, format!("--user={name}"));
        let password = one(random, &["rpw", "apw", "bpw", "", "r pw"]).to_owned();
        let document = line.document.get_or_insert_default();
        let place = random.place(document.len() + 1);
        document.insert(place, password);
    } else {
        line.words.insert(0, who(random).to_owned());
    }
}

/// The flags of somebody who types.
fn who(random: &mut Random) -> &'static str {
    const WHO: [&str; 15] = [
        "--user=alice",
        "--user=:apw",
        "--user=alice:",
        "--user=alice --password=''",
        "--user=alice:apw --password=apw",
        "--user=alice:apw --password=''",
        "--user=root:rpw",
        "--user=root:rpw",
        "--user=root:rpw",
        "--user root --password rpw",
        "--user=alice:apw",
        "--user=alice:apw",
        "--user=bob:bpw",
        "--user=bob:wrong",
        "--user=nobody:npw",
    ];
    one(random, &WHO)
}

/// A line about users, roles and permissions.
pub(crate) fn line(random: &mut Random) -> Line {
    let (user, role) = (one(random, &USERS), one(random, &ROLES));
    match random.below(20) {
        0 => Line::of(&format!("user add {user}:{}pw", &user[..1])),
        1 => typed_password(&format!("user add {user} --interactive=false"), random),
        2 => Line::of(&format!("user add {user} --new-user-password=new")),
        3 => Line::of(&format!("user add {user} --no-password")),
        4 => Line::of(&format!("user delete {user}")),
        5 => {
            let mut line = Line::of(&format!("user get {user}"));
            some(random, &mut line, 50, &["--detail"]);
            line
        }
        6 => Line::of("user list"),
        7 => typed_password(&format!("user passwd {user} --interactive=false"), random),
        8 => Line::of(&format!("user grant-role {user} {role}")),
        9 => Line::of(&format!("user revoke-role {user} {role}")),
        10 | 11 => Line::of(&format!("role add {role}")),
        12 => Line::of(&format!("role delete {role}")),
        13 => Line::of(&format!("role get {role}")),
        14 => Line::of("role list"),
        15 | 16 => permission(random, &format!("role grant-permission {role}"), true),
        17 => permission(random, &format!("role revoke-permission {role}"), false),
        18 => Line::of(one(
            random,
            &["auth enable", "auth disable", "user", "role", "user add"],
        )),
        _ => Line::of(one(
            random,
            &[
                "user add :x",
                "user get",
                "role get",
                "user list x",
                "role add",
                "user passwd",
                "role grant-permission",
            ],
        )),
    }
}

fn typed_password(words: &str, random: &mut Random) -> Line {
    let mut line = Line::of(words);
    let lines = ["new", "", "new pw"];
    let count = random.below(3);
    line.document = Some((0..count).map(|_| one(random, &lines).to_owned()).collect());
    line
}

fn permission(random: &mut Random, words: &str, granted: bool) -> Line {
    let mut line = Line::of(words);
    if granted {
        line.word(one(random, &["read", "write", "readwrite", "READ", "x"]));
    }
    line.word(key(random));
    if random.chance(30) {
        line.word(key(random));
    }
    some(random, &mut line, 25, &["--prefix"]);
    some(random, &mut line, 10, &["--from-key"]);
    line
}
