//! `cargo xtask conformance`: random programs and lines of `etcdctl` on a real etcd and
//! on the cluster here.

use crate::run::{cargo, check};
use crate::setup::{Need, set_up};
use anyhow::Result;
use lexopt::Parser;
use std::process::Command;

/// The chore.
pub(crate) fn chore(mut args: Parser) -> Result<()> {
    let words: Vec<_> = args.raw_args()?.collect();
    set_up(Need::Etcd)?;
    check(conformance().args(words))
}

/// What compares them; its own arguments are to follow.
pub(crate) fn conformance() -> Command {
    let mut compare = cargo();
    let package = "glassraft-conformance";
    compare.args(["run", "--quiet", "--locked", "--package", package, "--"]);
    compare
}
