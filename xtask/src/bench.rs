//! `cargo xtask bench`: the figures that the project promises.

mod frames;

use crate::build;
use crate::run::{cargo, check};
use crate::setup::{Need, set_up};
use crate::sizes;
use crate::ui::say;
use crate::wasm;
use anyhow::Result;
use glassraft_webdriver::Browser;
use lexopt::Parser;

/// The chore.
pub(crate) fn chore(args: Parser) -> Result<()> {
    crate::no_more(args)?;
    let tools = set_up(Need::Browser)?;
    say("the download");
    build::build_if_stale(&tools)?;
    let size = sizes::report(&build::dist());
    let package = ["--locked", "--package", "glassraft-tests"];
    say("the world, native");
    check(
        cargo()
            .arg("bench")
            .args(package)
            .args(["--bench", "world"]),
    )?;
    say("a catalog alone, native");
    check(
        cargo()
            .arg("bench")
            .args(package)
            .args(["--bench", "catalog"]),
    )?;
    say("what a run and a catalog take in memory, native");
    check(
        cargo()
            .arg("bench")
            .args(package)
            .args(["--bench", "memory_of_a_run"]),
    )?;
    // The page is small first and fast second; natively there is no such choice to make.
    for (profile, what) in [
        ("web", "by the page's profile"),
        ("release", "as fast as it gets"),
    ] {
        say(format!("the world and a catalog alone, in wasm, {what}"));
        let mut tests = wasm::tests(&tools)?;
        if profile == "web" {
            build::for_download(&mut tests);
        }
        check(
            tests
                .args(["--profile", profile])
                .args(["--package", "glassraft-tests", "--features", "bench"])
                .args(["--test", "wasm_pace", "--", "--nocapture"]),
        )?;
    }
    let browser = Browser::open_traced(tools.programs()?, &build::dist())?;
    frames::measure(&browser)?;
    // Last, so that a page that is too large is measured all the same.
    size
}
