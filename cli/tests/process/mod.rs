//! Starting the program.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// The program with these arguments.
pub(crate) fn glassraft(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glassraft"));
    command.args(arguments);
    command
}

/// What it prints, given this input.
pub(crate) fn output(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = glassraft(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // What refuses its arguments does not read.
    let _read = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

/// What was printed, as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it speaks UTF-8")
}
