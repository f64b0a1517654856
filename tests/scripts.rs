//! The scripts: one behaviour, one file.
//!
//! A script begins with a comment that states its claim. Then come directives, if it needs
//! any, and the lines of a console, as `glassraft exec` takes them:
//!
//! - `# nodes: 5` and `# seed: 7`: the cluster; these are the values if nothing is said, but
//!   for the seed, which is 1;
//! - `# trace: became voted`: the events that are shown, by their word in the text trace; if
//!   nothing is said, `became`, `crashed`, `started`, `committed`, `answered` and `failed`.
//!
//! What was said, with the events that happened meanwhile below each line, is compared with
//! the file `NAME.trace` beside the script. Lines that begin with `expect` or `until` have to
//! succeed, so a trace with a broken claim cannot even be accepted:
//!
//! `GLASSRAFT_ACCEPT=1 cargo nextest run -p glassraft-tests --test scripts` writes the traces.
//! Every changed line of them wants to be understood.
#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Write as _;
use std::path::PathBuf;

use glassraft_core::console::Conversation;
use glassraft_core::trace::text;
use glassraft_core::world::{EventId, Setup};

include!(concat!(env!("OUT_DIR"), "/scripts.rs"));

/// The events that are shown if a script does not say which.
const SHOWN: &str = "became crashed started committed answered failed";

/// A script, read.
struct Script<'a> {
    setup: Setup,
    seed: u64,
    shown: Vec<&'a str>,
    /// Its lines, with their numbers from 1.
    lines: Vec<(usize, &'a str)>,
}

impl<'a> Script<'a> {
    fn parse(text: &'a str) -> Result<Self, String> {
        let claim = text.lines().next().unwrap_or_default();
        if !claim.starts_with("# ") || directive(claim).is_some() {
            return Err("line 1: the claim is missing".to_owned());
        }
        let mut script = Self {
            setup: Setup::default(),
            seed: 1,
            shown: SHOWN.split_whitespace().collect(),
            lines: Vec::new(),
        };
        for (number, line) in (1..).zip(text.lines()) {
            let wrong = |_| format!("line {number}: {line}");
            match directive(line) {
                Some(("nodes", value)) => script.setup.nodes = value.parse().map_err(wrong)?,
                Some(("seed", value)) => script.seed = value.parse().map_err(wrong)?,
                Some(("trace", value)) => script.shown = value.split_whitespace().collect(),
                _ => script.lines.push((number, line)),
            }
        }
        Ok(script)
    }

    /// Runs it.
    ///
    /// # Errors
    /// A line that has to succeed does not; what was said up to it.
    fn run(&self) -> Result<String, String> {
        let setup = self.setup.clone();
        let mut conversation =
            Conversation::new(setup, self.seed).map_err(|error| error.to_string())?;
        let mut said = String::new();
        let mut seen = EventId(conversation.run().record().len());
        for (number, line) in &self.lines {
            let is_comment = line.trim().is_empty() || line.trim_start().starts_with('#');
            if is_comment && !conversation.wants_more() {
                continue;
            }
            let Some(answer) = conversation.say(line) else {
                continue;
            };
            said.push_str(&answer);
            self.show(&conversation, &mut seen, &mut said);
            let is_claim = line.starts_with("expect") || line.starts_with("until");
            if is_claim && !answer.ends_with("[exit 0]\n") {
                return Err(format!("line {number}: not so\n{said}"));
            }
        }
        match conversation.end() {
            Some(unended) => Err(unended),
            None => Ok(said),
        }
    }

    /// Shows the events since the last time: time, node, and what happened. (Not their
    /// numbers: those would change with every event of another kind.)
    fn show(&self, conversation: &Conversation, seen: &mut EventId, said: &mut String) {
        let record = conversation.run().record();
        assert!(record.dropped() <= seen.0, "a line of too many events");
        for (id, event) in record.since(*seen) {
            let line = text::line(id, event);
            let columns: Vec<&str> = line.splitn(5, ' ').collect();
            let [_, at, _, node, what] = columns[..] else {
                panic!("the text trace has other columns now: {line}");
            };
            let word = what.split(' ').next().unwrap_or_default();
            if self.shown.contains(&word) {
                let _infallible = writeln!(said, "  {at} {node} {what}");
            }
        }
        *seen = EventId(record.len());
    }
}

/// The name and the value of a directive.
fn directive(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("# ")?.split_once(": ")?;
    ["nodes", "seed", "trace"]
        .contains(&name)
        .then(|| (name, value.trim()))
}

/// Runs a script and compares what is said with what was accepted.
fn check(folder: &str, name: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("scripts")
        .join(folder)
        .join(format!("{name}.script"));
    let file = format!("tests/scripts/{folder}/{name}.script");
    let text = std::fs::read_to_string(&path).expect("a script can be read");
    let script = Script::parse(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let seed = script.seed;
    let said = script
        .run()
        .unwrap_or_else(|error| panic!("{file}, seed {seed}: {error}"));
    let accepted = path.with_extension("trace");
    if std::env::var_os("GLASSRAFT_ACCEPT").is_some() {
        std::fs::write(&accepted, &said).expect("a trace can be written");
        return;
    }
    let expected = std::fs::read_to_string(&accepted).unwrap_or_default();
    assert!(
        said == expected,
        "{file}, seed {seed}: another trace than accepted\n{}",
        difference(&expected, &said)
    );
}

/// The first lines that differ, with those before them.
fn difference(expected: &str, said: &str) -> String {
    const BEFORE: usize = 4;
    const SHOWN: usize = 12;
    let (expected, said): (Vec<&str>, Vec<&str>) =
        (expected.lines().collect(), said.lines().collect());
    let same = expected
        .iter()
        .zip(&said)
        .take_while(|(expected, said)| expected == said)
        .count();
    let mut text = format!("at line {}:\n", same + 1);
    for line in &said[same.saturating_sub(BEFORE)..same] {
        let _infallible = writeln!(text, "  {line}");
    }
    for (sign, lines) in [('-', expected), ('+', said)] {
        for line in lines.iter().skip(same).take(SHOWN) {
            let _infallible = writeln!(text, "{sign} {line}");
        }
    }
    text
}

/// What is wrong with a script is found: no claim, a claim that does not hold, a
/// here-document without an end.
#[test]
fn a_wrong_script_is_found() {
    assert!(Script::parse("etcdctl get a\n").is_err());
    assert!(Script::parse("# seed: 3\n").is_err());
    assert!(Script::parse("# A claim.\n# seed: many\n").is_err());
    let run = |text| Script::parse(text).unwrap().run();
    let said = run("# A claim.\n# seed: 2\n\netcdctl put a b\nexpect value a = b\n").unwrap();
    assert!(
        said.starts_with("$ etcdctl put a b\nOK\n[exit 0]\n  "),
        "{said}"
    );
    let broken = run("# A claim.\nexpect value a = b\n").unwrap_err();
    assert!(
        broken.contains("line 2: not so\n$ expect value a = b\n"),
        "{broken}"
    );
    assert!(run("# A claim.\nuntil n9 is down\n").is_err());
    assert!(run("# A claim.\netcdctl put a <<E\nb\n").is_err());
    assert_eq!(
        difference("a\nb\nc\n", "a\nx\nc\n"),
        "at line 2:\n  a\n- b\n- c\n+ x\n+ c\n"
    );
}
