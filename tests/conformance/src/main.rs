//! Random programs on a real etcd and on the cluster here, every answer compared.
//!
//! Both go on from program to program, and each begins by taking all keys and leases away. A
//! program that is answered in two ways is made as small as it can be, on servers that have
//! just begun, and printed.

mod etcd;
mod glass;
mod lines;
mod pair;
mod program;
mod smallest;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use glassraft_tests::recordings::Random;
use lexopt::{Arg, Parser, ValueExt as _};

use pair::Pair;
use program::{Step, program};
use smallest::{Laboratory, smallest};

/// After so many programs both begin anew, so that no history grows without end.
const PROGRAMS_A_START: u64 = 50;

/// What is asked for on the command line.
struct Wanted {
    programs: u64,
    requests: usize,
    seed: u64,
    /// How many lines of `etcdctl` are typed instead.
    lines: Option<u64>,
}

fn main() -> Result<ExitCode> {
    let wanted = parse(Parser::from_env())?;
    if let Some(lines) = wanted.lines {
        return lines::compare(lines, wanted.seed);
    }
    let since = Instant::now();
    let mut pair = None;
    for number in 0..wanted.programs {
        let steps = nth(&wanted, number);
        if number % PROGRAMS_A_START == 0 {
            pair = None;
        }
        let both = match &mut pair {
            Some(both) => both,
            none => none.insert(Pair::start()?),
        };
        if let Some(difference) = both.run(&steps)? {
            println!(
                "seed {}, program {number}: {}",
                wanted.seed, difference.text
            );
            tell_smallest(&wanted, number)?;
            return Ok(ExitCode::FAILURE);
        }
    }
    let seconds = since.elapsed().as_secs_f32();
    println!(
        "{} programs of {} requests from seed {}: no difference ({seconds:.1} s)",
        wanted.programs, wanted.requests, wanted.seed
    );
    Ok(ExitCode::SUCCESS)
}

fn parse(mut args: Parser) -> Result<Wanted> {
    let mut wanted = Wanted {
        programs: 200,
        requests: 60,
        seed: 1,
        lines: None,
    };
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("programs") => wanted.programs = args.value()?.parse()?,
            Arg::Long("requests") => wanted.requests = args.value()?.parse()?,
            Arg::Long("lines") => wanted.lines = Some(args.value()?.parse()?),
            Arg::Long("seed") => wanted.seed = args.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(wanted)
}

/// The program with this number. Each has random numbers of its own.
fn nth(wanted: &Wanted, number: u64) -> Vec<Step> {
    let mut seeds = Random::new(wanted.seed);
    let seed = seeds.draw() ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    program(&mut Random::new(seed), wanted.requests)
}

/// Prints the smallest program found that is answered in two ways, on servers that have just
/// begun.
fn tell_smallest(wanted: &Wanted, number: u64) -> Result<()> {
    let first = number - number % PROGRAMS_A_START;
    let mut laboratory = Laboratory::default();
    let alone = nth(wanted, number);
    // Or it needs what was before it.
    let all = (first..=number)
        .flat_map(|number| nth(wanted, number))
        .collect();
    for steps in [alone, all] {
        if let Some(found) = laboratory.try_out(&steps)? {
            let (steps, found) = smallest(&mut laboratory, steps, found)?;
            println!("the smallest program found:");
            for step in &steps {
                println!("  {} {}", step.path, step.body);
            }
            println!("{}", found.text);
            return Ok(());
        }
    }
    println!("it could not be repeated on servers that have just begun");
    Ok(())
}
