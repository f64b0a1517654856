//! The answer to the raft crate's question for entropy in wasm.
//!
//! The crate draws its election timeouts with `rand::thread_rng`, and the member floor
//! overwrites every draw with a number of its own, so what is drawn here never matters. A
//! constant keeps the wasm module free of an import that would reach the browser's
//! randomness. Natively `rand` asks the operating system instead; that draw is
//! overwritten in the same way, which the golden trace proves on both targets.

/// Fills the buffer with zeros.
///
/// # Errors
/// None; the signature is the one that `getrandom` asks for.
fn constant(buffer: &mut [u8]) -> Result<(), getrandom::Error> {
    buffer.fill(0);
    Ok(())
}

getrandom::register_custom_getrandom!(constant);
