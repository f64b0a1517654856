//! The pace of the world in wasm, in a browser. `cargo xtask bench` runs it; in a test run
//! it is not built.
#![cfg(target_arch = "wasm32")]

use glassraft_tests::pace::{catalog, life, report};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Ticks of 100 ms, for all nodes of a cluster together.
const TICKS: u64 = 30_000;

fn performance() -> web_sys::Performance {
    web_sys::window()
        .and_then(|window| window.performance())
        .expect("a browser has a clock")
}

/// One test, so that the order is certain: a catalog of a million keys leaves a memory behind
/// in which a run would no longer lie as in a page that was just opened.
#[wasm_bindgen_test]
fn pace() {
    let performance = performance();
    let clock = || performance.now();
    report(TICKS, clock, || life(&clock), |text| console_log!("{text}"));
    catalog::report(&clock, |text| console_log!("{text}"));
}
