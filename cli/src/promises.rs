//! What is said of the promises in the end.

use std::io::Write as _;
use std::process::ExitCode;

use glassraft_core::check::{Verdict, Watch};

/// The exit status if a promise was broken.
const BROKEN: u8 = 1;

/// Says which promises were broken, and by which events, on standard error. The status is 1
/// if any was.
pub(crate) fn judge(watch: &Watch) -> ExitCode {
    let mut status = ExitCode::SUCCESS;
    for (promise, verdict) in watch.checks.verdicts() {
        let Verdict::Broken { at, evidence, .. } = verdict else {
            continue;
        };
        status = ExitCode::from(BROKEN);
        // What cannot be told cannot be told; the status says it as well.
        let _told = writeln!(
            std::io::stderr(),
            "glassraft: {} was broken by event {}: {evidence}",
            promise.name(),
            at.0
        );
    }
    status
}
