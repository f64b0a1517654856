//! Random programs on a real etcd and on the cluster here, every answer compared.
//!
//! Both go on from program to program, and each begins by taking all keys and leases away. A
//! program that is answered in two ways is made as small as it can be, on servers that have
//! just begun, and printed.
//!
//! Some programs are about users and roles (`users.rs`), and some wait for the end of leases
//! (`ending.rs`). A real etcd takes its seconds for those, so they have servers of their own,
//! beside all others.

mod ending;
mod etcd;
mod glass;
mod lines;
mod pair;
mod program;
mod smallest;
mod users;

use std::panic::resume_unwind;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use anyhow::Result;
use glassraft_tests::recordings::Random;
use lexopt::{Arg, Parser, ValueExt as _};

use pair::{Difference, Pair};
use program::{Kind, Step, program};
use smallest::{Laboratory, smallest};

/// After so many programs both begin anew, so that no history grows without end.
const PROGRAMS_A_START: usize = 50;

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
    let numbers = |waits: bool| -> Vec<u64> {
        let all = 0..wanted.programs;
        all.filter(|number| (Kind::of(*number) == Kind::Ending) == waits)
            .collect()
    };
    let (quick, slow) = (numbers(false), numbers(true));
    let both = thread::scope(|scope| {
        let slow = scope.spawn(|| run(&wanted, &slow));
        let quick = run(&wanted, &quick);
        [quick, slow.join().unwrap_or_else(|why| resume_unwind(why))]
    });
    for found in both {
        if let Some(found) = found? {
            println!(
                "seed {}, program {}: {}",
                wanted.seed, found.number, found.difference.text
            );
            tell_smallest(&wanted, &found)?;
            return Ok(ExitCode::FAILURE);
        }
    }
    let kinds = [Kind::Users, Kind::Ending].map(|kind| {
        let all = 0..wanted.programs;
        all.filter(|number| Kind::of(*number) == kind).count()
    });
    println!(
        "{} programs of {} requests from seed {}, {} of them with users and {} with leases that \
         end: no difference ({:.1} s)",
        wanted.programs,
        wanted.requests,
        wanted.seed,
        kinds[0],
        kinds[1],
        since.elapsed().as_secs_f32()
    );
    Ok(ExitCode::SUCCESS)
}

/// A program that was answered in two ways.
struct Found {
    number: u64,
    difference: Difference,
    /// The programs that its servers had run before.
    before: Vec<u64>,
}

/// Runs the programs with these numbers, until one is answered in two ways.
fn run(wanted: &Wanted, numbers: &[u64]) -> Result<Option<Found>> {
    let mut pair = None;
    let mut before = Vec::new();
    for &number in numbers {
        if before.len() >= PROGRAMS_A_START {
            pair = None;
        }
        let steps = nth(wanted, number);
        if let Some(difference) = Pair::run_on(&mut pair, &steps, || before.clear())? {
            return Ok(Some(Found {
                number,
                difference,
                before,
            }));
        }
        before.push(number);
    }
    Ok(None)
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
    program(&mut Random::new(seed), Kind::of(number), wanted.requests)
}

/// Prints the smallest program found that is answered in two ways, on servers that have just
/// begun.
fn tell_smallest(wanted: &Wanted, found: &Found) -> Result<()> {
    let mut laboratory = Laboratory::new();
    let alone = nth(wanted, found.number);
    // Or it needs what was before it.
    let before = found.before.iter();
    let before: Vec<Step> = before.flat_map(|number| nth(wanted, *number)).collect();
    let all = [before, alone.clone()].concat();
    for steps in [alone, all] {
        if let Some(found) = laboratory.try_out(&steps)? {
            let (steps, found) = smallest(&mut laboratory, steps, found)?;
            println!("the smallest program found:");
            for step in &steps {
                println!("  {step}");
            }
            println!("{}", found.text);
            return Ok(());
        }
    }
    println!("it could not be repeated on servers that have just begun");
    Ok(())
}
