//! Recorded sessions of a real etcdctl 3.4.23, replayed line by line and byte for byte, but
//! for what is a cluster's own: see [`mask`].

use std::collections::BTreeMap;

use glassraft_core::console::Conversation;
use glassraft_core::world::Setup;

const TRANSCRIPT: &str = include_str!("recordings/etcdctl-transcript.txt");
const MORE: &str = include_str!("recordings/etcdctl-more.txt");
const AUTH: &str = include_str!("recordings/etcdctl-auth.txt");
const PASSWORD: &str = include_str!("recordings/etcdctl-password.txt");
const WATCH: &str = include_str!("recordings/etcdctl-watch.txt");
const PERF: &str = include_str!("recordings/etcdctl-check-perf.txt");
const HELP: &str = include_str!("recordings/etcdctl-help.txt");

/// Lines that are not compared, each by a part of it, with the reason.
const EXCLUDED: &[(&str, &str)] = &[(
    "--endpoints=127.0.0.1:1 ",
    "it complained of an environment variable of the recorder's",
)];

/// The recorded session: about 100 commands.
#[test]
fn etcdctl_prints_what_the_real_one_printed() {
    replay(&mut conversation(), TRANSCRIPT, 90);
}

/// Arguments that are wrong, transactions, leases, members, endpoints, snapshots.
#[test]
fn etcdctl_says_what_is_wrong_as_the_real_one_does() {
    replay(&mut conversation(), MORE, 120);
}

/// Users, roles, permissions, and who may do what.
#[test]
fn users_and_roles_are_told_of_as_the_real_one_does() {
    // The recording began at revision 10, where `a' was 1, compacted up to 5.
    let mut conversation = conversation();
    for _ in 2..=10 {
        conversation.say("etcdctl put a 1");
    }
    conversation.say("etcdctl compaction 5");
    replay(&mut conversation, AUTH, 100);
}

/// Passwords that are asked for, users who are not let in, and roles that are given by the way.
#[test]
fn passwords_are_asked_for_as_the_real_one_does() {
    replay(&mut conversation(), PASSWORD, 45);
}

/// A command with its here-document, and what it printed.
struct Typed {
    lines: Vec<String>,
    printed: Vec<String>,
}

fn sessions(recording: &str) -> Vec<Typed> {
    let mut sessions: Vec<Typed> = Vec::new();
    let mut lines = recording.lines();
    while let Some(line) = lines.next() {
        if let Some(typed) = line.strip_prefix("$ ") {
            let mut typed = vec![typed.to_owned()];
            if typed[0].ends_with("<<'E'") {
                let document = lines.by_ref().take_while(|line| *line != "E");
                typed.extend(document.map(str::to_owned));
                typed.push("E".to_owned());
            }
            sessions.push(Typed {
                lines: typed,
                printed: Vec::new(),
            });
        } else if let Some(typed) = sessions.last_mut() {
            typed.printed.push(line.to_owned());
        }
    }
    sessions
}

/// One member, as there was in the recordings.
fn conversation() -> Conversation {
    let setup = Setup {
        nodes: 1,
        ..Setup::default()
    };
    Conversation::new(setup, 1).expect("the setup is valid")
}

/// Types what was typed, and compares what is printed.
fn replay(conversation: &mut Conversation, recording: &str, at_least: usize) {
    let mut names = Names::default();
    let mut differing = Vec::new();
    let sessions = sessions(recording);
    assert!(sessions.len() >= at_least, "the recording is there");
    for Typed { lines, printed } in sessions {
        if EXCLUDED.iter().any(|(part, _)| lines[0].contains(part)) {
            continue;
        }
        let mut said = None;
        for line in &lines {
            said = conversation.say(&names.ours(line));
        }
        let said = said.expect("the document has ended");
        let said: Vec<&str> = said.lines().skip(1).collect();
        names.learn(&printed, &said);
        let mask = |line: &str| match lines[0].contains("snapshot status") {
            true => mask_counts(&mask(line)),
            false => mask(line),
        };
        let expected: Vec<String> = printed.iter().map(|line| mask(line)).collect();
        let got: Vec<String> = said.iter().map(|line| mask(line)).collect();
        if got != expected {
            let (typed, printed, said) = (lines.join("\n"), printed.join("\n"), said.join("\n"));
            differing.push(format!("$ {typed}\n{printed}\n-- got --\n{said}"));
        }
    }
    let count = differing.len();
    assert!(
        differing.is_empty(),
        "{count} differ:\n{}",
        differing.join("\n\n")
    );
}

/// What the recorded leases are called here.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    /// A recorded line with the names that things have here.
    fn ours(&self, line: &str) -> String {
        let mut line = line.replace("127.0.0.1:23795", "n1");
        // Members have the addresses of nodes.
        for (theirs, ours) in [("24999", "n9:2380"), ("25999", "n8:2380")] {
            line = line.replace(&format!("127.0.0.1:{theirs}"), ours);
        }
        let names = self.0.iter();
        names.fold(line, |line, (theirs, ours)| line.replace(theirs, ours))
    }

    fn learn(&mut self, theirs: &[String], ours: &[&str]) {
        let lease = |line: &str| {
            let id = line.strip_prefix("lease ")?.strip_suffix("s)")?;
            id.split_once(" granted with TTL(")
                .map(|(id, _)| id.to_owned())
        };
        for (theirs, ours) in theirs.iter().zip(ours) {
            if let (Some(theirs), Some(ours)) = (lease(theirs), lease(ours)) {
                self.0.entry(theirs).or_insert(ours);
            }
        }
    }
}

/// Numbers behind these are a cluster's own: identifiers, terms, the raft log, hashes, sizes,
/// and the time that a lease has left.
const NUMBERS: &[&str] = &[
    "\"cluster_id\":",
    "\"member_id\":",
    "\"raft_term\":",
    "\"raftTerm\":",
    "\"raftIndex\":",
    "\"raftAppliedIndex\":",
    "\"leader\":",
    "\"dbSize\":",
    "\"dbSizeInUse\":",
    "\"hash\":",
    "\"ID\":",
    "\"id\":",
    "\"ttl\":",
    "remaining(",
    "\"ClusterID\" : ",
    "\"MemberID\" : ",
    "\"RaftTerm\" : ",
    "\"ID\" : ",
    "\"Leader\" : ",
    "\"DBSize\" : ",
    "\"RaftIndex\" : ",
    "\"RaftAppliedIndex\" : ",
    "\"Hash\" : ",
];

/// A line without what is a cluster's own.
fn mask(line: &str) -> String {
    let mut line = line.to_owned();
    for name in NUMBERS {
        let mut from = 0;
        while let Some(at) = line[from..].find(name) {
            let digits = from + at + name.len();
            let rest = &line[digits..];
            let end = rest.find(|c: char| !c.is_ascii_digit());
            let length = end.unwrap_or(rest.len());
            if length > 0 {
                line.replace_range(digits..digits + length, "N");
            }
            from = digits;
        }
    }
    // The addresses and the name of the member.
    for (theirs, ours, masked) in [
        ("http://127.0.0.1:23805", "http://n1:2380", "PEER"),
        ("http://127.0.0.1:23795", "http://n1:2379", "CLIENT"),
        ("127.0.0.1:23795", "n1:2379", "ENDPOINT"),
        ("http://127.0.0.1:24999", "http://n9:2380", "ADDED"),
        ("\"one\"", "\"n1\"", "NAME"),
        ("started, one,", "started, n1,", "started, NAME,"),
        ("one=PEER", "n1=PEER", "NAME=PEER"),
        (" one |", " n1 |", " NAME |"),
    ] {
        line = line.replace(theirs, masked).replace(ours, masked);
    }
    let words = line.split(' ').filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(mask_word).collect();
    let is_status = words.iter().any(|word| word.starts_with("3.4.23")) && words.len() > 5;
    for at in 1..words.len() {
        let bare = words[at].trim_end_matches(',').to_owned();
        if matches!(bare.as_str(), "B" | "kB" | "MB") {
            words[at - 1] = "N".to_owned();
            words[at] = words[at].replace(&bare, "kB");
        }
        if is_status && !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit()) {
            words[at] = "N".to_owned();
        }
    }
    // Members stand in the order of their identifiers.
    if let Some(members) = line.strip_prefix("ETCD_INITIAL_CLUSTER=") {
        let mut members: Vec<&str> = members.trim_matches('"').split(',').collect();
        members.sort_unstable();
        return members.join(",");
    }
    // Tables are as wide as what stands in them.
    match line.starts_with("+-") {
        true => "+-".repeat(line.matches('+').count() - 1),
        false => words.join(" "),
    }
}

/// How many keys a snapshot has: etcd's file has some of its own. The revision counts.
fn mask_counts(line: &str) -> String {
    let words = line.split(' ').enumerate();
    let words = words.map(|(place, word)| match word.trim_end_matches([',', '|']) {
        number if place == 0 || number.parse::<u64>().is_err() || number == "16" => word,
        _ => "N",
    });
    words.collect::<Vec<_>>().join(" ")
}

/// An identifier, a hash or a duration is a cluster's own.
fn mask_word(word: &str) -> String {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != 'µ');
    let is_hex = bare.len() >= 7
        && bare.chars().all(|c| c.is_ascii_hexdigit())
        && bare.chars().any(|c| c.is_ascii_digit());
    let number = bare.trim_end_matches(|c: char| !c.is_ascii_digit());
    let is_time = matches!(&bare[number.len()..], "ms" | "µs" | "s")
        && (number.contains('.') || number == "0")
        && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    if is_hex || is_time {
        return word.replace(bare, "N");
    }
    match word.find("\"took\":\"") {
        Some(at) => {
            let (before, rest) = word.split_at(at + 8);
            let end = rest.find('"').unwrap_or(0);
            format!("{before}N{}", &rest[end..])
        }
        None => word.to_owned(),
    }
}

/// The help of each command.
#[test]
fn help_is_what_the_real_one_prints() {
    let mut conversation = conversation();
    let mut compared = 0;
    for part in HELP.split("=== ").skip(1) {
        let (line, expected) = part.split_once('\n').expect("a line was typed");
        let said = conversation.say(line).expect("it is one line");
        let said = said.split_once('\n').map_or("", |(_, said)| said);
        let said = said.strip_suffix("[exit 0]\n").expect("help succeeds");
        // The recording leaves the global options out, which stand at the end.
        let own = said.find("GLOBAL OPTIONS:").map_or(said, |at| &said[..at]);
        assert_eq!(own.trim_end(), expected.trim_end(), "{line}");
        compared += 1;
    }
    assert!(compared > 30);
}

/// Watches print what the real ones printed, with the revisions of a longer life: theirs
/// began at revision 8570.
#[test]
fn watches_print_what_the_real_ones_printed() {
    for Typed { lines, printed } in sessions(WATCH) {
        let mut conversation = conversation();
        let mut say = |line: &str| conversation.say(line).expect("it is one line");
        // `foo' was created at revision 2, and put for the seventh time at revision 10.
        for value in ["1", "2", "3", "4", "5", "6"] {
            say(&format!("etcdctl put foo {value}"));
        }
        say("etcdctl put other x");
        say("etcdctl put other y");
        say("etcdctl put foo bar");
        say(&format!("{} &", lines[0]));
        let mut said = say("etcdctl put foo A");
        said += &say("etcdctl del foo");
        let said: Vec<&str> = said.lines().collect();
        let own = |line: &&&str| !line.starts_with(['$', '[']) && !matches!(**line, "OK" | "1");
        let said: Vec<String> = said.iter().filter(own).map(|line| mask(line)).collect();
        let longer = |line: &String| mask(&line.replace("8570", "11").replace("8571", "12"));
        let mut printed: Vec<String> = printed.iter().map(longer).collect();
        // Between two recordings stands an empty line, but the last.
        while printed.len() > said.len() && printed.last().is_some_and(String::is_empty) {
            printed.pop();
        }
        assert_eq!(said, printed, "{}", lines[0]);
    }
}

/// `check perf` says as much as the real one, and no faster.
#[test]
fn check_perf_draws_its_bar() {
    let mut conversation = conversation();
    let said = conversation
        .say("etcdctl check perf --load=s")
        .expect("it is one line");
    let shape = |text: &str| -> Vec<String> {
        let bars = text.lines().filter(|line| line.contains(" / 60 "));
        let bars = bars.map(|bar| bar.split('%').next().unwrap_or_default().to_owned());
        let mut bars: Vec<String> = bars.collect();
        bars.dedup();
        bars
    };
    assert_eq!(shape(&said), shape(PERF));
    let last: Vec<&str> = said.lines().rev().take(5).collect();
    assert!(last[4].contains("Throughput"), "{last:?}");
    assert!(last[3].contains("Slowest request took"), "{last:?}");
    assert!(last[2].contains("Stddev"), "{last:?}");
    assert!(matches!(last[1], "PASS" | "FAIL"), "{last:?}");
    let said = conversation
        .say("etcdctl get --prefix /etcdctl-check-perf/")
        .unwrap();
    assert!(said.ends_with("/\n[exit 0]\n"), "its keys are gone: {said}");
}
