//! Tests and benchmarks that run in wasm, in a headless browser.

use crate::run::cargo;
use crate::setup::{Tools, WASM};
use anyhow::{Context, Result};
use glassraft_webdriver::capabilities;
use serde_json::to_string_pretty;
use std::fs;
use std::process::Command;

/// How long the runner waits for a test or a benchmark, in s.
const PATIENCE_S: &str = "600";

/// `cargo test` for wasm, by wasm-bindgen's test runner in the browser of the set-up.
pub(crate) fn tests(tools: &Tools) -> Result<Command> {
    let programs = tools.programs()?;
    // The runner reads from a file how the browser is to be started.
    let wishes = crate::root().join("target").join("webdriver.json");
    fs::create_dir_all(crate::root().join("target"))?;
    fs::write(&wishes, to_string_pretty(&capabilities(&programs.chrome))?)
        .with_context(|| format!("writing {}", wishes.display()))?;
    let mut tests = cargo();
    tools
        .on_path(&mut tests)
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "wasm-bindgen-test-runner",
        )
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &wishes)
        .env("CHROMEDRIVER", &programs.chromedriver)
        // Without it the runner gives up after 20 s that print nothing.
        .env("WASM_BINDGEN_TEST_TIMEOUT", PATIENCE_S)
        .args(["test", "--target", WASM, "--locked"]);
    Ok(tests)
}
