//! The pace of the world in wasm, in a browser. `cargo xtask bench` runs it; in a test run
//! it is not built.
#![cfg(target_arch = "wasm32")]

use glassraft_tests::pace::{catalog, report};
use js_sys::Promise;
use wasm_bindgen_futures::JsFuture;
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
///
/// After each part the browser has its turn: its driver gives up on a page that says nothing for
/// 30 s.
#[wasm_bindgen_test]
async fn pace() {
    let performance = performance();
    let clock = || performance.now();
    let world = report(TICKS, &clock);
    for text in world.chain(catalog::report(&clock)) {
        console_log!("{text}");
        give_way().await;
    }
}

/// Lets the browser do what it has to.
async fn give_way() {
    let window = web_sys::window().expect("a browser has a window");
    let turn = Promise::new(&mut |resolve, _| {
        let asked = window.set_timeout_with_callback(&resolve);
        asked.expect("a function can be called later");
    });
    let turned = JsFuture::from(turn).await;
    turned.expect("nothing rejects it");
}
