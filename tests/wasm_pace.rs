//! The pace of the world in wasm, in a browser. `cargo xtask bench` runs it; in a test run
//! it is not built.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Ticks of 100 ms.
const TICKS: u64 = 10_000;

#[wasm_bindgen_test]
fn pace() {
    let performance = web_sys::window()
        .and_then(|window| window.performance())
        .expect("a browser has a clock");
    let report = glassraft_tests::pace::report("wasm", TICKS, || performance.now());
    console_log!("{report}");
}
