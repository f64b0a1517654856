//! `glassraft-fuzz --inputs N --seed S`: reads hostile input until it is enough.

/// There is nothing to fuzz in a browser.
#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> anyhow::Result<()> {
    native::main()
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::time::{Duration, Instant};

    use anyhow::{Result, ensure};
    use glassraft_fuzz::{Drawer, Tally, corpus, panic_with_input};
    use lexopt::{Arg, Parser, ValueExt as _};

    /// Inputs between two lines of progress.
    const INPUTS_PER_LINE: u64 = 1_000_000;

    /// The longest that an input may take, read, judged and written again.
    const LONGEST: Duration = Duration::from_millis(50);

    /// How often what seems slow is tried again.
    const RETRIES: u32 = 5;

    fn timed(judging: impl FnOnce()) -> Duration {
        let began = Instant::now();
        judging();
        began.elapsed()
    }

    pub(crate) fn main() -> Result<()> {
        let (inputs, seed) = arguments()?;
        println!("seed {seed}: {inputs} inputs, after the corpus");
        panic_with_input();
        let mut tally = Tally::default();
        let mut slowest = Duration::ZERO;
        let mut judge = |input: &str| {
            let mut took = timed(|| tally.take(input));
            // Most of what seems slow had to wait for the processor: it is tried again.
            for _ in 0..RETRIES {
                if took <= slowest {
                    break;
                }
                took = took.min(timed(|| {
                    glassraft_fuzz::judge(input);
                }));
            }
            slowest = slowest.max(took);
            ensure!(
                slowest <= LONGEST,
                "an input takes {} ms; at most {} are allowed:\n{input:?}",
                slowest.as_millis(),
                LONGEST.as_millis()
            );
            Ok((tally, slowest))
        };
        for (name, input) in corpus()? {
            let began = Instant::now();
            judge(&input)?;
            let took = began.elapsed();
            println!("{name}: {} µs", took.as_micros());
        }
        let mut drawer = Drawer::new(seed);
        for done in 1..=inputs {
            let (tally, slowest) = judge(&drawer.draw())?;
            if done % INPUTS_PER_LINE == 0 || done == inputs {
                let Tally {
                    taken,
                    refused,
                    most_bytes,
                } = tally;
                println!(
                    "{done} inputs: {taken} taken, {refused} refused; the most memory {most_bytes} \
                     bytes, the longest time {} µs",
                    slowest.as_micros()
                );
            }
        }
        Ok(())
    }

    fn arguments() -> Result<(u64, u64)> {
        let (mut inputs, mut seed) = (1_000_000, 1);
        let mut parser = Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("inputs") => inputs = parser.value()?.parse()?,
                Arg::Long("seed") => seed = parser.value()?.parse()?,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok((inputs, seed))
    }
}
