//! `glassraft run`, `link` and `unlink` as another program sees them.

mod process;

use glassraft_core::share::{Scenario, link, scenario};
use glassraft_core::trace::{Recording, Run, Stamped, TraceHash};
use glassraft_core::world::{Action, Setup};
use process::{output, text};

/// Prints what a command says that has to succeed.
fn said(arguments: &[&str], input: &str) -> String {
    let output = output(arguments, input.as_bytes());
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {complaint}");
    assert_eq!(complaint, "", "{arguments:?}");
    text(&output.stdout)
}

/// A run in which the leader is killed, and its recording.
fn recorded() -> (Run, Recording) {
    let setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    let mut run = Run::new(setup, 42).expect("the setup is valid");
    run.advance(3_000_000);
    let node = run.frame().leader().expect("somebody leads").node;
    run.act(Action::Crash { node }).expect("it runs");
    let recording = run.recording().clone();
    (run, recording)
}

fn file_of(recording: &Recording) -> String {
    let mut file = String::new();
    let scenario = Scenario {
        title: None,
        description: None,
        recording: recording.clone(),
    };
    scenario::write(&mut file, &scenario).expect("a string takes all");
    file
}

/// The hash is the one that whoever has the run takes, the page for example; and it is that
/// of the text.
#[test]
fn the_hash_is_that_of_the_run() {
    let (mut run, recording) = recorded();
    let file = file_of(&recording);
    let condition = "leader changes and commit >= 2";
    let before = run.frame().clone();
    let reign = |run: &Run| {
        let leader = run.frame().leader();
        leader.map(|leader| (leader.node, leader.term))
    };
    let old = before.leader().map(|leader| (leader.node, leader.term));
    while reign(&run).is_none() || reign(&run) == old || run.frame().commit() < 2 {
        run.step().expect("the run goes on");
    }
    let mut hash = TraceHash::new();
    assert!(hash.take_in(run.record()));
    let arguments = ["run", "-", "--until", condition, "--hash"];
    assert_eq!(said(&arguments, &file), format!("{hash}\n"));
    let with_text = said(&[&arguments[..], &["--format", "text"]].concat(), &file);
    let lines = glassraft_core::share::export::text;
    let mut wanted = String::new();
    let events = run.record().since(glassraft_core::world::EventId(0));
    lines(&mut wanted, events).expect("a string takes all");
    assert_eq!(with_text, format!("{wanted}{hash}\n"));
}

/// Whatever carries a recording can be played, and gives the same run.
#[test]
fn files_and_links_are_played() {
    let (_, recording) = recorded();
    let file = file_of(&recording);
    let link = link::encode(&recording).expect("it fits a link");
    let whole = format!("https://example.org/lab/#{link}");
    let hash = said(&["run", "-", "--hash"], &file);
    assert_eq!(hash.len(), 33, "{hash}");
    assert_eq!(said(&["run", &link, "--hash"], ""), hash);
    assert_eq!(said(&["run", &whole, "--hash"], ""), hash);
    assert_eq!(said(&["run", "-", "--hash"], &link), hash);
    let path = std::env::temp_dir().join(format!("glassraft-{}.json", std::process::id()));
    std::fs::write(&path, &file).expect("a file can be written");
    let named = path.to_str().expect("it is UTF-8");
    assert_eq!(said(&["run", named, "--hash"], ""), hash);
    assert_eq!(said(&["link", named], ""), format!("{link}\n"));
    std::fs::remove_file(&path).expect("it is there");
}

/// A file becomes a link and a file again, the same one.
#[test]
fn a_link_goes_there_and_back() {
    let (_, recording) = recorded();
    let file = file_of(&recording);
    let link = said(&["link", "-"], &file);
    assert_eq!(said(&["unlink", link.trim_end()], ""), file);
    assert_eq!(said(&["unlink", "-"], &link), file);
    assert_eq!(said(&["link", "-"], "nodes=3&seed=42"), "nodes=3&seed=42\n");
}

/// What is no condition is told before anything is printed.
#[test]
fn nonsense_is_told_before_the_run() {
    let output = output(&["run", "nodes=3&seed=42", "--until", "foo"], b"");
    assert_eq!(text(&output.stdout), "");
    assert!(text(&output.stderr).contains("`foo' is not a condition"));
    assert_eq!(output.status.code(), Some(2));
}

/// A run is played to an event, or to a moment, wherever nothing happens then.
#[test]
fn a_run_is_played_to_an_event_or_a_moment() {
    let start = "nodes=3&seed=42";
    let lines = said(&["run", start, "--until", "event >= 300"], "");
    // What happens in one instant is not divided.
    let last: u64 = lines.lines().count() as u64 - 1;
    assert!((300..310).contains(&last), "{last}");
    for (until, moment) in [("time >= 3s", 3_000_000), ("time > 4.5s", 4_500_001)] {
        let lines = said(&["run", start, "--until", until], "");
        let last = lines.lines().last().expect("something happens");
        let at = last.split(' ').nth(1).and_then(|at| at.parse().ok());
        let at: u64 = at.expect("the second column is a time");
        // A heartbeat comes ten times a second.
        assert!((moment - 200_000..=moment).contains(&at), "{until}: {last}");
    }
}

/// Each format is what it says.
#[test]
fn every_format_is_printed() {
    let start = "#nodes=3&seed=42";
    let lines = said(&["run", start], "").lines().count();
    let json = said(&["run", start, "--format", "jsonl"], "");
    assert_eq!(json.lines().count(), lines);
    assert!(json.lines().all(|line| line.starts_with('{')));
    let shiviz = said(&["run", start, "--format", "shiviz"], "");
    assert_eq!(shiviz.lines().count(), 2 * lines);
    let perfetto = said(&["run", start, "--format", "perfetto"], "");
    assert!(perfetto.starts_with("{\"displayTimeUnit\""), "{perfetto}");
    let summary = said(&["run", start, "--format", "summary"], "");
    assert!(
        summary.contains(&format!("events     {lines}\n")),
        "{summary}"
    );
    assert!(summary.contains("Election Safety: kept"), "{summary}");
}

/// A disk that lies loses what was promised to be kept.
const BROKEN: &str = "\
disk followers lies
etcdctl put a 1
until value a = 1 on all
kill all
sleep 1
restart n1 n3
until a promise is broken
expect a promise is broken
show
expect no promise is broken
";

/// A broken promise is status 1, and standard error says which, by what.
#[test]
fn a_broken_promise_is_told() {
    let output = output(&["exec", "--nodes", "3", "--seed", "42"], BROKEN.as_bytes());
    let (out, complaint) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{out}{complaint}");
    assert!(
        out.contains("$ expect a promise is broken\n[exit 0]\n"),
        "{out}"
    );
    let (_, at) = complaint.split_once("broken by event ").expect(&complaint);
    let event = at.split(':').next().expect("a number");
    assert!(complaint.starts_with("glassraft: "), "{complaint}");
    assert!(out.contains(&format!("broken by event {event}")), "{out}");
    let not_so = "expect: not so: no promise is broken; event ";
    assert!(out.contains(not_so), "{out}");
}

/// The same without a console.
#[test]
fn a_recording_that_breaks_a_promise_is_told() {
    use glassraft_core::console::Conversation;
    let setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    let mut conversation = Conversation::new(setup, 42).expect("the setup is valid");
    for line in BROKEN.lines() {
        conversation.say(line);
    }
    let file = file_of(conversation.run().recording());
    let until = "a promise is broken";
    let arguments = ["run", "-", "--format", "summary", "--until", until];
    let output = output(&arguments, file.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains(" was broken by event "));
    assert!(text(&output.stdout).contains(": broken by event "));
}

/// What cannot be used is status 2, and standard error says what, and where.
#[test]
fn bad_input_is_named() {
    let (_, mut recording) = recorded();
    let again = recording.actions[0].clone();
    recording.actions.push(Stamped { ..again });
    let twice = file_of(&recording);
    let cases: [(&[&str], &str, &str); 15] = [
        (&["run"], "", "SCENARIO or LINK is missing"),
        (&["run", "a", "b"], "", "\"b\""),
        (&["run", "no/such/file"], "", "no/such/file: "),
        (
            &["run", "-"],
            "",
            "standard input: there is nothing to read",
        ),
        (&["run", "-"], "{", "standard input: "),
        (&["run", "-"], &twice, "standard input: action 1: "),
        (
            &["run", "run=1.AAAA"],
            "",
            "LINK: the link cannot be used: ",
        ),
        (&["run", "nodes=99"], "", "nodes is `99'"),
        (
            &["run", "seed=1", "--format", "xml"],
            "",
            "--format: `xml' is none of text, jsonl",
        ),
        (
            &["run", "seed=1", "--until", "so"],
            "",
            "--until: `so' is not a condition",
        ),
        (
            &["run", "seed=1", "--until", "leader n9"],
            "",
            "--until: there is no node n9",
        ),
        (
            &["run", "seed=1", "--hash", "--until", "term > 90 within 1s"],
            "",
            "--until: not within 1 s: term > 90; term is ",
        ),
        (&["link"], "", "FILE is missing"),
        (
            &["unlink", "run=1.?"],
            "",
            "LINK: the link cannot be used: ",
        ),
        (
            &["link", "-"],
            "{\"glassraft\":1}",
            "standard input: the scenario cannot be used: missing field `seed`",
        ),
    ];
    for (arguments, input, says) in cases {
        let output = output(arguments, input.as_bytes());
        let complaint = text(&output.stderr);
        assert!(complaint.contains(says), "{arguments:?}: {complaint}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    let bytes = output(&["link", "-"], b"{\"a\xff");
    assert!(text(&bytes.stderr).contains("it is not UTF-8 (at byte 3)"));
}
