//! `etcdctl` of version 3.4: its flags, its texts, its exit statuses.
//!
//! [`understand`] turns the words behind `etcdctl` into a [`Ctl`]: a program with a client.
//! One table (`table.rs`) has all commands; `given.rs` finds the one that a line names, as
//! cobra does, and `flags.rs` its flags, as pflag does. What needs no request (help, a wrong
//! flag) is printed at once. A program (`plan.rs`) is a machine of steps; most are one request
//! and the printing of its answer (`once.rs`). `ctl.rs` carries the steps out in the run.

mod argify;
mod auth;
mod bootstrap;
mod client;
mod cluster;
mod concurrency;
mod ctl;
mod duration;
mod each;
mod exit;
mod flags;
mod given;
mod help;
mod input;
mod kv;
mod lease;
mod maintenance;
mod once;
mod perf;
mod plan;
mod plans;
mod print;
mod snapshot;
mod step;
mod table;
mod text;
mod txn;
mod watch;

use crate::etcd::client_url;

use super::output::Finished;
use super::scene::Scene;
use super::words::parse_node;
use client::{Endpoint, PROMPT, Settings};
use flags::{GLOBAL_FLAGS, Kind, Parsed};
use given::{Given, bad_args};
use input::Input;
use print::Printer;

pub(super) use ctl::Ctl;

/// Whether `etcdctl` has a command of this name.
pub(super) fn is_command(name: &str) -> bool {
    table::root()
        .children()
        .any(|command| command.name() == name)
}

/// What may stand behind words of `etcdctl`, for completion.
pub(super) struct Expected {
    /// Commands and flags, each with a blank behind it or not.
    pub(super) words: Vec<String>,
    /// Whether a key may stand there, too.
    pub(super) keys: bool,
    /// Whether it is an endpoint.
    pub(super) endpoints: bool,
}

/// What may follow these words behind `etcdctl`; `word` is what was typed of the next.
pub(super) fn expected(typed: &[String], word: &str) -> Expected {
    let (command, rest) = given::find(typed);
    let before = typed.last().map(String::as_str);
    let value_of = before.and_then(|before| flags::waits_for_value(command.own(), before));
    let mut expected = Expected {
        words: Vec::new(),
        keys: false,
        endpoints: false,
    };
    if let Some(flag) = value_of {
        expected.endpoints = flag.name == "endpoints";
        let values: &[&str] = match flag.name {
            "write-out" => &["simple", "json", "fields", "table", "protobuf"],
            "consistency" => &["l", "s"],
            "order" => &["ASCEND", "DESCEND"],
            "sort-by" => &["CREATE", "KEY", "MODIFY", "VALUE", "VERSION"],
            "load" => &["s", "m"],
            _ => &[],
        };
        expected.words = values.iter().map(|value| (*value).to_owned()).collect();
    } else if word.starts_with('-') {
        let own = command.flags.iter().chain(command.inherited());
        let flags = own.chain(GLOBAL_FLAGS).chain([&flags::HELP]);
        expected.words = flags
            .map(|flag| match flag.kind {
                Kind::Bool => format!("--{}", flag.name),
                _ => format!("--{}=", flag.name),
            })
            .collect();
    } else if command.is_group() {
        let children = command.children().map(|child| child.name().to_owned());
        expected.words = children.collect();
    } else {
        let arguments = rest.iter().filter(|word| !word.starts_with('-')).count();
        expected.keys = arguments == 0
            && matches!(
                command.path,
                "get" | "put" | "del" | "watch" | "lock" | "elect"
            );
    }
    expected
}

/// Commands that ask nobody, and so log nobody in.
const WITHOUT_CLIENT: [&str; 3] = ["snapshot restore", "snapshot status", "version"];

/// Understands the words behind `etcdctl`.
///
/// # Errors
/// What is printed at once instead: help, or what is wrong.
pub(super) fn understand(scene: &Scene<'_>, words: &[String]) -> Result<Ctl, Finished> {
    let given = Given::new(words, scene.input)?;
    let Some(plan) = plans::of(given.command.path) else {
        let path = given.command.path;
        let message = format!("Error: `etcdctl {path}' has nothing to work on here");
        return Err(Finished::error(message, exit::ERROR));
    };
    // What is wrong with its arguments is told before what is wrong with the client's flags.
    let program = plan(&given)?;
    let path = given.command.path;
    let user = user(&given.parsed).filter(|_| !WITHOUT_CLIENT.contains(&path));
    let endpoints = endpoints(scene, &given.parsed)?;
    let printer = Printer::new(&given).map_err(|wrong| {
        // The password is asked for before that is looked at, but for this.
        let is_asked = matches!(user, Some((_, None))) && path != "endpoint health";
        let mut all = Finished::output(if is_asked { PROMPT } else { "" });
        all.lines.extend(wrong.lines);
        all.exit = wrong.exit;
        all
    })?;
    let settings = Settings {
        endpoints,
        printer,
        timeout_us: given.parsed.duration_us("command-timeout"),
        user,
    };
    // A put without a value has read all of it.
    let is_read =
        path == "put" && given.arguments().len() == 1 && !given.parsed.is_set("ignore-value");
    let input = scene.input.filter(|_| !is_read).unwrap_or_default();
    let input = Input::new(input, scene.input_ends);
    Ok(Ctl::new(program, settings, input))
}

/// The endpoints that a line asks: those given, else the node that it was typed at.
fn endpoints(scene: &Scene<'_>, parsed: &Parsed) -> Result<Vec<Endpoint>, Finished> {
    let Some(endpoints) = parsed.given("endpoints") else {
        let url = client_url(scene.node.number().into());
        return Ok(vec![Endpoint {
            text: url.trim_start_matches("http://").to_owned(),
            node: scene.node,
        }]);
    };
    let frame = scene.run.frame();
    let found = endpoints.split(',').map(|text| {
        let host = text.strip_prefix("http://").unwrap_or(text);
        let host = host.strip_suffix(":2379").unwrap_or(host);
        let known = parse_node(host).filter(|node| frame.node(*node).is_some());
        let text = text.to_owned();
        known.map(|node| Endpoint { text, node }).ok_or_else(|| {
            let nodes = frame.nodes.len();
            let known = format!("the endpoints are n1 to n{nodes}");
            bad_args(format!("there is no endpoint \"{host}\" here; {known}"))
        })
    });
    found.collect()
}

/// The user that a line is typed for, with the password; nothing in its place asks for one
/// (`etcdctl/ctlv3/command/global.go`, `authCfgFromCmd`). With either of them empty nobody is
/// anybody (`clientv3/client.go`).
fn user(parsed: &Parsed) -> Option<(String, Option<String>)> {
    let given = |flag| parsed.given(flag).filter(|text| !text.is_empty());
    let name = given("user")?;
    let (name, password) = match given("password") {
        Some(password) => (name, Some(password)),
        None => match name.split_once(':') {
            Some((name, password)) => (name, Some(password)),
            None => (name, None),
        },
    };
    let is_somebody = !name.is_empty() && password != Some("");
    is_somebody.then(|| (name.to_owned(), password.map(str::to_owned)))
}
