//! `cargo xtask test`: every check and test, in the order in which they fail soonest.

use crate::build;
use crate::conformance;
use crate::run::{cargo, check};
use crate::setup::{Need, Tools, WASM, set_up};
use crate::ui::{Elapsed, Stopwatch, say};
use crate::wasm;
use anyhow::{Result, bail};
use lexopt::{Parser, ValueExt as _};
use std::process::Command;

/// One step: its name on the command line, what it is, and how it is done.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn(&Shared) -> Result<()>,
}

const STEPS: [Step; 8] = [
    Step {
        name: "fmt",
        what: "formatting",
        run: fmt,
    },
    Step {
        name: "clippy",
        what: "clippy, native and wasm",
        run: clippy,
    },
    Step {
        name: "doc",
        what: "documentation",
        run: doc,
    },
    Step {
        name: "native",
        what: "native tests",
        run: native,
    },
    Step {
        name: "conformance",
        what: "200 random programs on a real etcd and here",
        run: conformance,
    },
    Step {
        name: "build",
        what: "release build of the page and its size",
        run: |all| build::build(&all.tools),
    },
    Step {
        name: "wasm",
        what: "wasm tests in the browser",
        run: wasm,
    },
    Step {
        name: "browser",
        what: "tests of the built page in the browser",
        run: browser,
    },
];

/// What the steps share.
struct Shared {
    tools: Tools,
    /// Parts of names of the tests to run; all when empty.
    names: Vec<String>,
}

/// The chore.
pub(crate) fn chore(args: Parser) -> Result<()> {
    let time = Stopwatch::start();
    let (steps, names) = parse(args)?;
    let all = Shared {
        tools: set_up(Need::Tests)?,
        names,
    };
    say(format_args!("set-up complete ({})", time.read()));
    let mut done: Vec<(&str, Elapsed)> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        println!();
        say(format_args!(
            "step {} of {}: {} ({})",
            number + 1,
            steps.len(),
            step.name,
            step.what
        ));
        let time = Stopwatch::start();
        let result = (step.run)(&all);
        done.push((step.name, time.read()));
        if let Err(error) = result {
            print_summary(&done, Some(step.name));
            return Err(error.context(format!("step {}", step.name)));
        }
    }
    print_summary(&done, None);
    say(format_args!(
        "all {} steps passed ({})",
        steps.len(),
        time.read()
    ));
    Ok(())
}

/// The steps to do, and the words after `--`.
fn parse(mut args: Parser) -> Result<(Vec<&'static Step>, Vec<String>)> {
    let mut wanted = Vec::new();
    // Everything behind `--` is taken raw: lexopt would not tell it from what is before.
    let mut raw = args.raw_args()?;
    while let Some(word) = raw.next_if(|word| word != "--") {
        wanted.push(word.string()?);
    }
    let names = raw
        .skip(1)
        .map(lexopt::ValueExt::string)
        .collect::<Result<Vec<_>, _>>()?;
    for word in &wanted {
        if !STEPS.iter().any(|step| step.name == word) {
            bail!(
                "there is no step {word:?}; the steps are {}",
                STEPS.map(|step| step.name).join(" ")
            );
        }
    }
    let is_wanted = |step: &&Step| match (wanted.is_empty(), names.is_empty()) {
        (false, _) => wanted.iter().any(|word| word == step.name),
        (true, true) => true,
        (true, false) => matches!(step.name, "native" | "wasm" | "browser"),
    };
    Ok((STEPS.iter().filter(is_wanted).collect(), names))
}

fn fmt(_: &Shared) -> Result<()> {
    check(cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(_: &Shared) -> Result<()> {
    let packages = [
        "--package",
        "glassraft-core",
        "--package",
        "glassraft-web",
        "--package",
        "glassraft-tests",
    ];
    let mut native = cargo();
    native.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--locked",
    ]);
    check(native.args(["--", "-D", "warnings"]))?;
    let mut wasm = cargo();
    wasm.args([
        "clippy",
        "--target",
        WASM,
        "--all-targets",
        "--all-features",
        "--locked",
    ])
    .args(packages);
    check(wasm.args(["--", "-D", "warnings"]))
}

fn doc(_: &Shared) -> Result<()> {
    let mut doc = cargo();
    doc.args([
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ]);
    check(doc.env("RUSTDOCFLAGS", "-D warnings"))
}

fn native(all: &Shared) -> Result<()> {
    check(nextest(all, "not binary_id(glassraft-tests::browser)").args(&all.names))?;
    let mut examples = cargo();
    // With the same features as above, so that nothing is built again.
    examples.args(["test", "--doc", "--workspace", "--all-features", "--locked"]);
    if !all.names.is_empty() {
        examples.arg("--").args(&all.names);
    }
    check(&mut examples)
}

fn conformance(_: &Shared) -> Result<()> {
    check(&mut conformance::conformance())?;
    check(conformance::conformance().args(["--lines", "100"]))
}

fn wasm(all: &Shared) -> Result<()> {
    let mut tests = wasm::tests(&all.tools)?;
    tests.args(["--package", "glassraft-tests"]);
    if !all.names.is_empty() {
        tests.arg("--").args(&all.names);
    }
    check(&mut tests)
}

fn browser(all: &Shared) -> Result<()> {
    build::build_if_stale(&all.tools)?;
    check(nextest(all, "binary_id(glassraft-tests::browser)").args(&all.names))
}

/// The native tests that a filter lets through; all are built with the same features,
/// so that each crate is built once for all steps.
fn nextest(all: &Shared, filter: &str) -> Command {
    let mut tests = cargo();
    all.tools.on_path(&mut tests);
    tests.args([
        "nextest",
        "run",
        "--workspace",
        "--all-features",
        "--locked",
    ]);
    tests.args(["--filterset", filter]);
    // A test that returns an error names what it waited for; where says nothing more.
    tests.env("RUST_LIB_BACKTRACE", "0");
    if !all.names.is_empty() {
        tests.arg("--no-tests=pass");
    }
    tests
}

fn print_summary(done: &[(&str, Elapsed)], failed: Option<&str>) {
    println!();
    for (name, time) in done {
        let verdict = if Some(*name) == failed {
            "FAILED"
        } else {
            "passed"
        };
        println!("  {verdict}  {name:<11} {time:>12}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(words: &[&str]) -> Result<(Vec<&'static str>, Vec<String>)> {
        let (steps, names) = parse(Parser::from_args(words))?;
        Ok((steps.iter().map(|step| step.name).collect(), names))
    }

    #[test]
    fn steps_are_chosen_by_name_and_kept_in_order() {
        assert_eq!(chosen(&[]).unwrap().0.len(), STEPS.len());
        assert_eq!(chosen(&["wasm", "fmt"]).unwrap().0, ["fmt", "wasm"]);
        assert!(chosen(&["frob"]).is_err());
    }

    #[test]
    fn names_of_tests_choose_the_steps_that_have_tests() {
        let (steps, names) = chosen(&["--", "golden"]).unwrap();
        assert_eq!(
            (steps, names),
            (vec!["native", "wasm", "browser"], vec!["golden".to_owned()])
        );
        assert_eq!(chosen(&["browser", "--", "a", "b"]).unwrap().0, ["browser"]);
    }
}
