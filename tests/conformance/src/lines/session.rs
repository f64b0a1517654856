//! Random sessions: lines over few keys, so that they meet, with slips in some.

use glassraft_tests::recordings::Random;

use super::line::Line;
use super::{txn, users};

/// One of them.
pub(crate) fn one<'a>(random: &mut Random, list: &[&'a str]) -> &'a str {
    list[random.place(list.len())]
}

/// Keys, as they are typed. Some are prefixes of others; some have to be quoted.
const KEYS: [&str; 22] = [
    "a",
    "a",
    "a",
    "a/1",
    "a/2",
    "'a/1'",
    "b",
    "b",
    "b/1",
    "\"b\"/2",
    "c",
    "d",
    "''",
    "'a b'",
    "\"q\\\"q\"",
    "'b\\s'",
    "ключ",
    "a\\ b",
    "'$x'",
    "x#y",
    "\"it's\"",
    "'\t'",
];

/// Values, as they are typed.
const VALUES: [&str; 16] = [
    "1",
    "2",
    "3",
    "10",
    "''",
    "'two words'",
    "\"double \\\"quoted\\\"\"",
    "'back\\slash'",
    "значение",
    "-1",
    "'#none'",
    "a=b",
    "'<&|>;'",
    "'{\"json\":[1,null]}'",
    "😀",
    "\"\\\\x41 \\$\"",
];

pub(crate) fn key(random: &mut Random) -> &'static str {
    one(random, &KEYS)
}

pub(crate) fn value(random: &mut Random) -> &'static str {
    one(random, &VALUES)
}

/// A lease that was granted, or one that was not.
pub(crate) fn lease(random: &mut Random) -> String {
    match random.below(30) {
        0 => one(random, &["zz", "0", "-1", "''", "ffffffffffffffff", "0x1"]).to_owned(),
        _ => format!("{{lease {}}}", random.below(4)),
    }
}

/// A revision, mostly one that there is once so many lines were typed.
fn revision(random: &mut Random, typed: u64) -> String {
    match random.below(20) {
        0 => one(
            random,
            &["-1", "x", "''", "1.5", "9223372036854775808", "0x3", "+2"],
        )
        .to_owned(),
        1 => (typed + 20).to_string(),
        _ => random.below(typed / 2 + 3).to_string(),
    }
}

/// A session with so many lines, behind those that begin it.
pub(crate) fn session(random: &mut Random, lines: u64) -> Vec<Line> {
    let mut session = Vec::new();
    let is_guarded = random.chance(25);
    if is_guarded {
        session.extend(users::beginning(random));
    }
    for typed in 0..lines {
        let mut line = any(random, typed);
        if random.chance(25) {
            let place = random.place(line.words.len() + 1);
            let flag = global(random);
            // A lease that is granted and not told of would have no name.
            if !line.is("grant") || !flag.contains("table") {
                line.words.insert(place, flag.to_owned());
            }
        }
        if is_guarded && random.chance(85) {
            users::add_who(random, &mut line);
        }
        if random.chance(6) {
            slip(random, &mut line);
        }
        session.push(line);
    }
    session
}

fn any(random: &mut Random, typed: u64) -> Line {
    match random.below(100) {
        0..=18 => put(random),
        19..=41 => get(random, typed),
        42..=48 => del(random),
        49..=63 => txn::txn(random),
        64..=66 => compaction(random, typed),
        67..=69 => grant(random),
        70..=77 => about_leases(random),
        78..=80 => watch(random, typed),
        81..=88 => cluster(random, typed),
        89..=94 => users::line(random),
        _ => other(random),
    }
}

/// Flags that every command takes, and values that they do not.
fn global(random: &mut Random) -> &'static str {
    const GLOBAL: [&str; 24] = [
        "-w json",
        "-w json",
        "-w=json",
        "-wjson",
        "--write-out=json",
        "--write-out fields",
        "-w fields",
        "-w fields",
        "-w simple",
        "-w table",
        "-w table",
        "--write-out=table",
        "--hex",
        "--hex",
        "--hex=true",
        "--hex=false",
        "--hex=1",
        "--command-timeout=4s",
        "--dial-timeout 3s",
        "--insecure-transport=true",
        "-w yaml",
        "--hex=maybe",
        "--command-timeout=soon",
        "--keepalive-time",
    ];
    one(random, &GLOBAL)
}

/// Adds some of these flags.
pub(crate) fn some(random: &mut Random, line: &mut Line, percent: u64, flags: &[&str]) {
    for flag in flags {
        if random.chance(percent) {
            let place = 1 + random.place(line.words.len());
            line.words.insert(place, (*flag).to_owned());
        }
    }
}

/// Changes a line so that it is wrong, most often.
fn slip(random: &mut Random, line: &mut Line) {
    let place = random.place(line.words.len());
    // With the right number of words these would hold on to what they get, and never end.
    let may_hold = line
        .words
        .iter()
        .any(|word| word == "lock" || word == "elect");
    match random.below(6) {
        0 => _ = line.words.remove(place),
        1 | 2 if may_hold => line.words.truncate(place + 1),
        1 => line.words.insert(place, "extra".to_owned()),
        2 => line.words.insert(place, "--".to_owned()),
        3 => {
            let flags = [
                "--bogus",
                "-x",
                "--prefix=2",
                "-h",
                "--help",
                "-",
                "--limit",
                "-w",
            ];
            line.words.insert(place, one(random, &flags).to_owned());
        }
        4 => {
            // A letter too few.
            if line.words[place].is_ascii() && !line.words[place].contains(['\'', '"', '\\', '{']) {
                line.words[place].pop();
            }
        }
        _ => line.words.truncate(place + 1),
    }
}

pub(crate) fn put(random: &mut Random) -> Line {
    let mut line = Line::of("put");
    line.word(key(random));
    if random.chance(8) {
        let lines = ["one", "  two ", "", "$x `y` \\z", "\t!"];
        let count = random.below(4);
        let lines = (0..count).map(|_| one(random, &lines).to_owned());
        line.document = Some(lines.collect());
    } else if random.chance(96) {
        let given = value(random);
        if given == "-1" && random.chance(70) {
            line.word("--");
        }
        line.word(given);
    }
    if random.chance(20) {
        let id = lease(random);
        line.words.insert(1, format!("--lease={id}"));
    }
    some(random, &mut line, 15, &["--prev-kv"]);
    some(random, &mut line, 3, &["--ignore-value", "--ignore-lease"]);
    if random.chance(4) {
        line = Line::of("put --ignore-value");
        line.word(key(random));
    }
    line
}

pub(crate) fn get(random: &mut Random, typed: u64) -> Line {
    const ORDERS: [&str; 5] = ["ASCEND", "DESCEND", "descend", "''", "up"];
    const TARGETS: [&str; 8] = [
        "CREATE", "KEY", "MODIFY", "VALUE", "VERSION", "version", "''", "LEASE",
    ];
    let mut line = Line::of("get");
    line.word(key(random));
    if random.chance(25) {
        line.word(key(random));
    }
    some(random, &mut line, 30, &["--prefix"]);
    some(
        random,
        &mut line,
        8,
        &["--from-key", "--keys-only", "--print-value-only"],
    );
    if random.chance(12) {
        let order = one(random, &ORDERS);
        some(random, &mut line, 100, &[&format!("--order={order}")]);
    }
    if random.chance(12) {
        let target = one(random, &TARGETS);
        some(random, &mut line, 100, &[&format!("--sort-by={target}")]);
    }
    if random.chance(12) {
        let limit = one(
            random,
            &["0", "1", "2", "3", "-1", "x", "99999999999999999999"],
        );
        some(random, &mut line, 100, &[&format!("--limit={limit}")]);
    }
    if random.chance(12) {
        let at = revision(random, typed);
        some(random, &mut line, 100, &[&format!("--rev={at}")]);
    }
    if random.chance(8) {
        let consistency = one(random, &["l", "s", "s", "x"]);
        some(
            random,
            &mut line,
            100,
            &[&format!("--consistency={consistency}")],
        );
    }
    line
}

pub(crate) fn del(random: &mut Random) -> Line {
    let mut line = Line::of("del");
    line.word(key(random));
    if random.chance(15) {
        line.word(key(random));
    }
    some(random, &mut line, 20, &["--prefix"]);
    some(random, &mut line, 30, &["--prev-kv"]);
    some(random, &mut line, 4, &["--from-key"]);
    line
}

fn compaction(random: &mut Random, typed: u64) -> Line {
    let mut line = Line::of("compaction");
    line.word(revision(random, typed));
    some(random, &mut line, 30, &["--physical"]);
    if random.chance(10) {
        line.words[0] = "compact".to_owned();
    }
    line
}

/// The times are far apart, so that the order of the leases' ends is the same everywhere.
fn grant(random: &mut Random) -> Line {
    let mut line = Line::of("lease grant");
    line.word(match random.below(12) {
        0 => one(
            random,
            &["x", "''", "9000000001", "1.5", "99999999999999999999"],
        )
        .to_owned(),
        _ => (1_000 * (1 + random.below(9_000))).to_string(),
    });
    line
}

fn about_leases(random: &mut Random) -> Line {
    let mut line = match random.below(10) {
        0..=3 => Line::of("lease timetolive"),
        4 | 5 => Line::of("lease revoke"),
        6 | 7 => Line::of("lease keep-alive --once"),
        8 => return Line::of("lease list"),
        _ => {
            return Line::of(one(
                random,
                &["lease", "lease lst", "lease list x", "lease grant"],
            ));
        }
    };
    line.word(lease(random));
    if line.is("timetolive") {
        some(random, &mut line, 60, &["--keys"]);
    }
    line
}

/// A watch of what is past. It is ended after a second, unless it ends before.
fn watch(random: &mut Random, typed: u64) -> Line {
    let mut line = Line::of("watch");
    line.word(key(random));
    if random.chance(10) {
        line.word(key(random));
    }
    let from = revision(random, typed);
    some(random, &mut line, 100, &[&format!("--rev={from}")]);
    some(random, &mut line, 50, &["--prefix"]);
    some(random, &mut line, 30, &["--prev-kv"]);
    line.endless = true;
    line
}

fn cluster(random: &mut Random, typed: u64) -> Line {
    const LINES: [&str; 28] = [
        "endpoint status",
        "endpoint status",
        "endpoint health",
        "endpoint hashkv",
        "endpoint",
        "endpoint status extra",
        "member list",
        "member list",
        "member list x",
        "member remove 77",
        "member remove",
        "member remove zz",
        "member add",
        "member add x",
        "member add x --peer-urls=a",
        "member add x --peer-urls=http://a",
        "member add x --peer-urls=ftp://a:1",
        "member add x --peer-urls=http://a:1/x",
        "member update {member}",
        "member update 77 --peer-urls=http://127.0.0.1:1",
        "member promote {member}",
        "member promote 77",
        "move-leader 77",
        "move-leader {member}",
        "move-leader",
        "alarm list",
        "alarm disarm",
        "defrag",
    ];
    let mut line = Line::of(one(random, &LINES));
    if line.is("hashkv") && random.chance(50) {
        line.word(format!("--rev={}", revision(random, typed)));
    }
    line
}

fn other(random: &mut Random) -> Line {
    const LINES: [&str; 27] = [
        "version",
        "version x",
        "help get",
        "help lease grant",
        "help nothing",
        "alarm",
        "alarm list x",
        "alarm lst",
        "puts a 1",
        "gte a",
        "''",
        "snapshot save",
        "snapshot status",
        "snapshot status none.db",
        "snapshot restore none.db",
        "snapshot restore none.db --name n1",
        "snapshot restore none.db --initial-cluster default=n1:2380",
        "snapshot restore none.db --initial-cluster default=http://127.0.0.1",
        "snapshot restore none.db --initial-cluster default=http://127.0.0.1:2380",
        "snapshot restore none.db --initial-advertise-peer-urls http://localhost:2380,x",
        "lock",
        "elect",
        "elect a b c",
        "check",
        "check perf --load=zz",
        "auth",
        "auth enable x",
    ];
    Line::of(one(random, &LINES))
}
