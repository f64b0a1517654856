//! `cargo xtask bench`: the figures that the project promises.

use crate::build;
use crate::run::{cargo, check};
use crate::screenshots::HAS_LEADER;
use crate::setup::{Need, set_up};
use crate::sizes;
use crate::ui::say;
use anyhow::{Context, Result};
use glassraft_webdriver::Browser;
use lexopt::Parser;
use serde_json::json;
use std::time::Duration;

/// A leader is there after some seconds of simulated time at real pace.
const LEADER_LIMIT: Duration = Duration::from_secs(30);

/// Frames over which the page is measured.
const FRAMES: u32 = 300;

/// The chore.
pub(crate) fn chore(args: Parser) -> Result<()> {
    crate::no_more(args)?;
    let tools = set_up(Need::Browser)?;
    say("the download");
    build::build_if_stale(&tools)?;
    sizes::report(&build::dist())?;
    if crate::root().join("tests/benches/world.rs").is_file() {
        say("the world, native");
        check(cargo().args([
            "bench",
            "--locked",
            "--package",
            "glassraft-tests",
            "--bench",
            "world",
        ]))?;
    }
    let browser = Browser::open(tools.programs()?, &build::dist())?;
    page(&browser)
}

/// The page with five nodes at real pace: the time that the browser spends for a frame.
fn page(browser: &Browser) -> Result<()> {
    say(format_args!(
        "the page in the browser, over {FRAMES} frames"
    ));
    let session = &browser.session;
    session.developer_tools("Performance.enable", &json!({}))?;
    session.go(&browser.url("#nodes=5&seed=7"))?;
    session.wait_for("a leader", LEADER_LIMIT, HAS_LEADER)?;
    let before = metrics(browser)?;
    session.run(
        "let frames = arguments[0];
         await new Promise(done => {
             const frame = () => frames-- > 0 ? requestAnimationFrame(frame) : done();
             frame();
         });",
        &[json!(FRAMES)],
    )?;
    let after = metrics(browser)?;
    for (name, what) in [
        ("ScriptDuration", "script"),
        ("LayoutDuration", "layout"),
        ("RecalcStyleDuration", "style"),
        ("TaskDuration", "all tasks"),
    ] {
        let seconds = metric(&after, name)? - metric(&before, name)?;
        println!(
            "  {:>8.2} ms a frame in the mean: {what}",
            seconds * 1000.0 / f64::from(FRAMES)
        );
    }
    let seconds = metric(&after, "Timestamp")? - metric(&before, "Timestamp")?;
    println!("  {:>8.1} frames a second", f64::from(FRAMES) / seconds);
    Ok(())
}

fn metrics(browser: &Browser) -> Result<serde_json::Value> {
    browser
        .session
        .developer_tools("Performance.getMetrics", &json!({}))
}

fn metric(metrics: &serde_json::Value, name: &str) -> Result<f64> {
    metrics["metrics"]
        .as_array()
        .and_then(|all| all.iter().find(|metric| metric["name"] == name))
        .and_then(|metric| metric["value"].as_f64())
        .with_context(|| format!("the browser does not measure {name}"))
}
