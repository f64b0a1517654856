//! Random `etcdctl` lines on a real etcd and on the cluster here, every byte compared.
//!
//! A session is a list of lines that a shell gets, and begins on servers that have just
//! begun. What a line prints, and its exit status, has to be the same, but for what is a
//! cluster's own (`masks.rs`). A session that differs is made as small as it can be, and
//! printed.

mod bench;
mod line;
mod masks;
mod session;
mod smaller;
mod txn;
mod users;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use glassraft_tests::recordings::Random;

use line::Line;
use session::session;

/// How many lines a session has, beside those that begin it.
const LINES_A_SESSION: u64 = 40;

/// Types so many lines; says whether nothing differed.
pub(crate) fn compare(lines: u64, seed: u64) -> Result<ExitCode> {
    let since = Instant::now();
    let mut typed = 0;
    for number in 0..lines.div_ceil(LINES_A_SESSION) {
        let count = LINES_A_SESSION.min(lines - number * LINES_A_SESSION);
        let session = nth(seed, number, count);
        typed += session.len();
        if let Some(found) = bench::try_out(&session)? {
            println!("seed {seed}, session {number}: a line is answered in two ways");
            let (session, found) = smaller::smallest(session, found)?;
            println!("the smallest session found:");
            for line in &session[..=found.place] {
                println!("$ {line}");
            }
            println!("{found}");
            return Ok(ExitCode::FAILURE);
        }
    }
    let seconds = since.elapsed().as_secs_f32();
    println!("{typed} lines of etcdctl from seed {seed}: no difference ({seconds:.1} s)");
    Ok(ExitCode::SUCCESS)
}

/// The session with this number. Each has random numbers of its own.
fn nth(seed: u64, number: u64, lines: u64) -> Vec<Line> {
    let mut seeds = Random::new(seed);
    let seed = seeds.draw() ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    session(&mut Random::new(seed), lines)
}
