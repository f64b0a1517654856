//! Random transactions, as they are typed.

use glassraft_tests::recordings::Random;

use super::line::Line;
use super::session::{lease, one, some};

/// Keys as etcdctl reads them in a transaction: in double quotes, or bare.
const KEYS: [&str; 10] = [
    "a",
    "a/1",
    "a/2",
    "b",
    "c",
    "a b",
    "ключ",
    "\\x00",
    "\\xff\\xfe",
    "q\\\"q",
];

const VALUES: [&str; 12] = [
    "",
    "1",
    "2",
    "two words",
    "a\\nb",
    "\\x00\\xff",
    "\\r\\n",
    "\\t",
    "\\u00e9",
    "\\101",
    "'",
    "é",
];

/// A transaction with its here-document; some are broken.
pub(crate) fn txn(random: &mut Random) -> Line {
    let mut line = Line::of("txn");
    some(random, &mut line, 10, &["-i"]);
    some(random, &mut line, 2, &["--interactive=false", "extra"]);
    let mut document = Vec::new();
    for part in 0..3 {
        for _ in 0..random.below(3) {
            document.push(match part {
                0 => compare(random),
                _ => operation(random),
            });
        }
        document.push(String::new());
    }
    if random.chance(3) {
        document.truncate(random.place(document.len() + 1));
    }
    line.document = Some(document);
    line
}

fn compare(random: &mut Random) -> String {
    // Not `lease`: with it etcdctl 3.4.23 panics, whatever the lease, and here it works.
    const TARGETS: [&str; 18] = [
        "value", "val", "version", "ver", "create", "c", "cre", "mod", "m", "mod", "value",
        "value", "version", "create", "mod", "foo", "", "VALUE",
    ];
    const RESULTS: [&str; 10] = ["=", "=", "=", "!=", "<", ">", "<", ">", "==", "<="];
    let (target, key) = (one(random, &TARGETS), one(random, &KEYS));
    let result = one(random, &RESULTS);
    let with = if target.starts_with('v') && !target.starts_with("ver") {
        one(random, &VALUES).to_owned()
    } else {
        match random.below(12) {
            0 => one(random, &["x", "", "-1", "9223372036854775808", "1.5"]).to_owned(),
            _ => random.below(12).to_string(),
        }
    };
    match random.below(30) {
        0 => format!("{target}({key}) {result} \"{with}\""),
        1 => format!("{target}(\"{key}\"){result}\"{with}\""),
        2 => format!("{target}(\"{key}\") {result} {with}"),
        3 => format!("{target} (\"{key}\") {result} \"{with}\""),
        4 => format!("  {target}(\"{key}\") {result} \"{with}\"  "),
        5 => format!("{target}(\"{key}\") {result} \"{with}\" more"),
        6 => format!("{target}(`{key}`) {result} `{with}`"),
        _ => format!("{target}(\"{key}\") {result} \"{with}\""),
    }
}

fn quoted(random: &mut Random, text: &str) -> String {
    match random.below(12) {
        // etcdctl cuts what stands in single quotes, in the midst of a letter if need be.
        0 if text.is_ascii() => format!("'{text}'"),
        1 => text.to_owned(),
        2 => format!("\"{text}"),
        _ => format!("\"{text}\""),
    }
}

fn operation(random: &mut Random) -> String {
    const FLAGS: [&str; 14] = [
        "--prefix",
        "--prev-kv",
        "--from-key",
        "--keys-only",
        "--limit=1",
        "--rev=2",
        "--sort-by=VERSION",
        "--order=DESCEND",
        "--print-value-only",
        "--ignore-value",
        "-w json",
        "--bogus",
        "--hex",
        "--consistency=s",
    ];
    let command = match random.below(40) {
        0 => one(
            random,
            &["", "foo", "PUT", "txn", "del", "watch", "get", "pu"],
        ),
        1..=18 => "put",
        19..=30 => "get",
        _ => "del",
    };
    let key = one(random, &KEYS);
    let mut words = vec![command.to_owned(), quoted(random, key)];
    if command == "put" && random.chance(97) {
        let value = one(random, &VALUES);
        words.push(quoted(random, value));
    } else if random.chance(10) {
        let end = one(random, &KEYS);
        words.push(quoted(random, end));
    }
    if command == "put" && random.chance(15) {
        words.push(format!("--lease={}", lease(random)));
    }
    if random.chance(30) {
        let flag = one(
            random,
            match command {
                "put" => &FLAGS[1..2],
                "get" => &FLAGS[..],
                _ => &FLAGS[..2],
            },
        );
        words.push(flag.to_owned());
    }
    words.join(" ")
}
