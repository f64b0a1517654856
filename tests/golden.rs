//! What must be the same natively and in wasm, where it runs in a browser.

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Sums a mixed sequence in the way of the integer generators: with wrapping.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn sixty_four_bit_integers_wrap_alike() {
    let mixed = (0..100_u64).fold(7_u64, |sum, n| {
        sum.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n)
    });
    assert_eq!(mixed % 2, 1);
}
