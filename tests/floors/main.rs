//! Tidy is a test: what the project promises of its own sources.
//!
//! - [`graph`]: in `core/` no floor uses one above it, and no circles are inside one;
//! - [`tidy`]: what no file may contain, and what clippy has to forbid in `core/`.
//!
//! Each rule is a function from sources to complaints, so each has tests beside it that
//! feed it something bad.

#![cfg(not(target_arch = "wasm32"))]

mod graph;
mod sources;
mod tidy;

use sources::Sources;

#[track_caller]
fn expect_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn no_floor_of_the_core_uses_one_above_it() {
    expect_none(&graph::floors(&Sources::of_core()));
}

#[test]
fn no_floor_of_the_core_has_a_circle() {
    expect_none(&graph::circles(&Sources::of_core()));
}

#[test]
fn the_core_names_no_clock_thread_file_or_socket() {
    expect_none(&tidy::forbidden_in_core(&Sources::of_core()));
}

#[test]
fn clippy_forbids_clocks_and_hash_order_in_the_core() {
    expect_none(&tidy::clippy_config(
        &Sources::tracked()["core/clippy.toml"],
    ));
}

#[test]
fn the_sources_are_tidy() {
    expect_none(&tidy::rust(&Sources::tracked()));
}

#[test]
fn no_file_names_a_place_that_others_do_not_have() {
    expect_none(&tidy::places(&Sources::tracked()));
}

#[test]
fn every_dependency_has_its_reason() {
    expect_none(&tidy::dependencies(&Sources::tracked()));
}
