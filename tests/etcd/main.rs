//! What was recorded of a real etcd 3.4.23 (`recordings/`): its JSON, its errors, and all that
//! it answered, held against the cluster here.
#![cfg(not(target_arch = "wasm32"))]

mod concurrency;
mod gateway;
mod golden;
mod masks;
mod recorded;
