//! `cargo xtask fuzz`: hostile input for what reads links and files.

use crate::run::{cargo, check};
use crate::setup::{Need, set_up};
use anyhow::Result;
use lexopt::Parser;

/// The chore.
pub(crate) fn chore(mut args: Parser) -> Result<()> {
    let words: Vec<_> = args.raw_args()?.collect();
    set_up(Need::Build)?;
    let mut fuzz = cargo();
    fuzz.args([
        "run",
        "--release",
        "--locked",
        "--package",
        "glassraft-fuzz",
        "--",
    ]);
    check(fuzz.args(words))
}
