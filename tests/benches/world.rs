//! The pace of the world, native. `cargo xtask bench` runs it.

use std::process::Command;
use std::time::Instant;

use glassraft_tests::pace::{self, Busy, Life, NODES};

/// Ticks of 100 ms, for all nodes of a cluster together.
const TICKS: u64 = 60_000;

/// What the process is called with that lives one life.
const LIFE: &str = "life";

/// A life in a process of its own.
fn life_of_its_own() -> Life {
    let program = std::env::current_exe().expect("this program has a name");
    let output = Command::new(program).arg(LIFE).output();
    let output = output.expect("it can be started again").stdout;
    let text = String::from_utf8(output).expect("numbers are text");
    let mut numbers = text.split_whitespace().map(str::parse);
    Life::default().map(|_| {
        let number = numbers.next().and_then(Result::ok);
        number.expect("a life prints a number for each age")
    })
}

fn main() {
    let began = Instant::now();
    let now_ms = || began.elapsed().as_secs_f64() * 1e3;
    let ticks = TICKS / u64::from(NODES);
    let mut words = std::env::args().skip(1);
    // One of them alone, for a profiler.
    let pace = match words.next().as_deref() {
        Some("world") => pace::world(NODES, ticks, &now_ms),
        Some("bare") => pace::bare(NODES, ticks, &now_ms),
        Some("checks") => {
            println!("{:.1} ns/event", pace::checks(NODES, ticks, &now_ms));
            return;
        }
        // A run that grows to so many events, and to so many more.
        Some("grow") => {
            let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
            let mut busy = Busy::of_age(100, number());
            let from = busy.run.record().len();
            busy.go_on(from + number());
            println!("{from} to {} events", busy.run.record().len());
            return;
        }
        Some("costs") => {
            println!("{}", pace::costs(life_of_its_own));
            return;
        }
        Some(LIFE) => {
            println!("{}", pace::life(&now_ms).map(|ns| ns.to_string()).join(" "));
            return;
        }
        _ => {
            for text in pace::report(TICKS, &now_ms, life_of_its_own) {
                println!("{text}");
            }
            return;
        }
    };
    println!("{:.0} messages/s", pace.per_second());
}
