//! Links, files and exports: what goes out comes back, and what is hostile stays out.
#![cfg(not(target_arch = "wasm32"))]

mod corpus;
mod exports;
mod files;
mod links;
mod schema;
mod streams;
