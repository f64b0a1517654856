//! Each promise is shown to fire, on a history that breaks it, and to hold where nothing
//! is wrong.
#![cfg(not(target_arch = "wasm32"))]

mod clusters;
mod histories;
mod logs;
mod runs;
mod tale;
