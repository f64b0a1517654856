//! `glassraft exec` as another program sees it.

mod process;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use process::{glassraft, output, text};

/// A process that is asked line by line.
struct Talk {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Talk {
    fn begin(arguments: &[&str]) -> Self {
        let mut child = glassraft(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let input = child.stdin.take().expect("it is piped");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Self {
            child,
            input,
            output,
        }
    }

    /// Says something, and returns all that is said up to `[exit N]`.
    fn say(&mut self, lines: &str) -> String {
        writeln!(self.input, "{lines}").expect("it listens");
        let mut answer = String::new();
        while !answer
            .lines()
            .last()
            .is_some_and(|line| line.starts_with("[exit "))
        {
            let read = self.output.read_line(&mut answer).expect("it speaks");
            assert!(read > 0, "it said no more than {answer:?}");
        }
        answer
    }

    fn end(mut self) -> Option<i32> {
        drop(self.input);
        self.child.wait().expect("it ends").code()
    }
}

/// Each line is answered before the next is said.
#[test]
fn a_program_can_hold_a_conversation() {
    let mut talk = Talk::begin(&["exec", "--nodes", "3", "--seed", "7"]);
    assert_eq!(
        talk.say("etcdctl put /k v"),
        "$ etcdctl put /k v\nOK\n[exit 0]\n"
    );
    assert_eq!(
        talk.say("etcdctl get /k --endpoints n2"),
        "$ etcdctl get /k --endpoints n2\n/k\nv\n[exit 0]\n"
    );
    assert_eq!(talk.say("# nothing"), "$ # nothing\n[exit 0]\n");
    assert_eq!(talk.say(""), "$ \n[exit 0]\n");
    assert_eq!(talk.say("kill leader"), "$ kill leader\n[exit 0]\n");
    assert!(talk.say("until leader changes").ends_with("\n[exit 0]\n"));
    assert_eq!(
        talk.say("nonsense"),
        "$ nonsense\nbash: nonsense: command not found\n`help' lists the commands.\n[exit 127]\n"
    );
    assert_eq!(talk.end(), Some(0));
}

/// What waits in a shell waits here, in virtual time.
#[test]
fn the_shell_waits_in_virtual_time() {
    let mut talk = Talk::begin(&["exec"]);
    let document = "etcdctl put /k <<'EOF'\ntwo\n  $lines\nEOF";
    assert_eq!(
        talk.say(document),
        "$ etcdctl put /k <<'EOF'\nOK\n[exit 0]\n"
    );
    assert_eq!(
        talk.say("etcdctl get /k --print-value-only"),
        "$ etcdctl get /k --print-value-only\ntwo\n  $lines\n\n[exit 0]\n"
    );
    assert_eq!(
        talk.say("timeout 2 sleep 3"),
        "$ timeout 2 sleep 3\n[exit 124]\n"
    );
    assert_eq!(
        talk.say("etcdctl put /j 1 &"),
        "$ etcdctl put /j 1 &\n[exit 0]\n"
    );
    assert_eq!(talk.say("wait"), "$ wait\nOK\n[exit 0]\n");
    assert_eq!(talk.say("sleep 2.5 &"), "$ sleep 2.5 &\n[exit 0]\n");
    assert_eq!(
        talk.say("timeout 2.4 wait"),
        "$ timeout 2.4 wait\n[exit 124]\n"
    );
    assert_eq!(
        talk.say("timeout 0.2 wait"),
        "$ timeout 0.2 wait\n[exit 0]\n"
    );
    assert_eq!(talk.say("kill all"), "$ kill all\n[exit 0]\n");
    assert_eq!(
        talk.say("timeout 2 etcdctl get /k"),
        "$ timeout 2 etcdctl get /k\n[exit 124]\n"
    );
    assert_eq!(talk.end(), Some(0));
}

/// The same lines and the same seed give the same answers; standard input may be a file.
#[test]
fn a_conversation_repeats() {
    let lines = b"kill leader\nuntil leader changes\nshow\r\ntrace 100";
    let first = output(&["exec", "--seed", "3"], lines);
    let second = output(&["exec", "--seed=3", "-"], lines);
    assert_eq!(text(&first.stdout), text(&second.stdout));
    assert!(text(&first.stdout).contains("$ show\n"));
    let other = output(&["exec", "--seed", "4"], lines);
    assert_ne!(text(&first.stdout), text(&other.stdout));
}

/// A bad line is answered, and the conversation goes on.
#[test]
fn bad_lines_are_answered() {
    let answer = output(
        &["exec"],
        b"etcdctl get \xff\netcdctl put 'a\nkill n9\nexpect leader\n",
    );
    let said = text(&answer.stdout);
    for says in [
        "bash: the line is not UTF-8\n[exit 2]",
        "looking for matching `''\n[exit 2]",
        "there is no node n9 (there are n1 to n5)",
        "$ expect leader\n[exit 0]\n",
    ] {
        assert!(said.contains(says), "{says}: {said}");
    }
    assert_eq!(answer.status.code(), Some(0));
    // What was meant as the text of a refused line is not carried out.
    let refused = output(
        &["exec"],
        b"etcdctl put a <<A <<B\nkill leader\nA\nkill n2\nB\n",
    );
    assert_eq!(
        text(&refused.stdout),
        "$ etcdctl put a <<A <<B\nbash: `<<' at character 19: a command takes one here-document\n[exit 2]\n"
    );
    let unended = output(&["exec"], b"etcdctl put a <<E\nb\n");
    assert_eq!(
        text(&unended.stdout),
        "$ etcdctl put a <<E\nbash: here-document delimited by end-of-file (wanted `E')\n[exit 2]\n"
    );
    let mut long = vec![b'x'; 40_000_000];
    long.extend(b"\nexpect leader\n");
    let answer = text(&output(&["exec"], &long).stdout);
    assert!(answer.ends_with("\n[exit 2]\n$ expect leader\n[exit 0]\n"));
}

/// Bad input to the program itself is status 2, with a message that names it.
#[test]
fn bad_arguments_are_named() {
    for (arguments, says) in [
        (&["nonsense"][..], "there is no subcommand `nonsense'"),
        (&["--nonsense"], "--nonsense"),
        (&["exec", "--nodes", "x"], "--nodes: `x' is not a number"),
        (
            &["exec", "--nodes", "16"],
            "nodes is 16, but has to be 1 to 15",
        ),
        (
            &["exec", "--nodes", "0"],
            "nodes is 0, but has to be 1 to 15",
        ),
        (
            &["exec", "--seed", "-1"],
            "--seed: `-1' is not a whole number",
        ),
        (&["exec", "--nodes"], "--nodes"),
        (&["exec", "no/such/file"], "no/such/file: "),
        (&["exec", "a", "b"], "\"b\""),
    ] {
        let output = output(arguments, b"");
        let said = text(&output.stderr);
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

/// Help and version are printed, and are no errors.
#[test]
fn help_is_printed() {
    for (arguments, says) in [
        (&[][..], "usage: glassraft SUBCOMMAND"),
        (&["--help"], "usage: glassraft SUBCOMMAND"),
        (&["exec", "--help"], "usage: glassraft exec"),
        (&["run", "--help"], "usage: glassraft run"),
        (&["link", "--help"], "usage: glassraft link"),
        (&["unlink", "-h"], "usage: glassraft unlink"),
        (
            &["--version"],
            concat!("glassraft ", env!("CARGO_PKG_VERSION")),
        ),
    ] {
        let output = output(arguments, b"");
        assert!(text(&output.stdout).contains(says), "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}
