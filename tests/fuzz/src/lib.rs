//! Hostile input for what reads links and files.
//!
//! Inputs are drawn from a seed: right links and files of any recording, broken in their
//! text, in their deflated bytes or inside of them, with a checksum that is right again; and
//! plain noise. Each is judged: reading it does not panic, takes at most
//! [`MAX_BYTES`] of memory, and gives a recording that is within the limits and goes out and
//! comes back as it is, or an error with a message of a bearable length. The tests look at no
//! clock; `cargo xtask fuzz` also holds every input to 50 ms.
#![cfg(not(target_arch = "wasm32"))]

mod draw;
mod judge;

pub use draw::Drawer;
pub use judge::{MAX_BYTES, judge, panic_with_input};

use peak_alloc::PeakAlloc;

/// Counts the memory that is taken.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What came of many inputs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Inputs that were recordings.
    pub taken: u64,
    /// Inputs that were refused.
    pub refused: u64,
    /// The most memory that any took, in bytes.
    pub most_bytes: usize,
}

impl Tally {
    /// Judges an input.
    pub fn take(&mut self, input: &str) {
        let (is_taken, bytes) = judge(input);
        self.taken += u64::from(is_taken);
        self.refused += u64::from(!is_taken);
        self.most_bytes = self.most_bytes.max(bytes);
    }
}

/// The inputs that are kept, with the names of their files.
///
/// # Errors
/// The folder cannot be read.
pub fn corpus() -> anyhow::Result<Vec<(String, String)>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut corpus = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let input = std::fs::read(&path)?;
        let name = path.display().to_string();
        corpus.push((name, String::from_utf8_lossy(&input).into_owned()));
    }
    corpus.sort();
    Ok(corpus)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was found once stays found.
    #[test]
    fn the_corpus_is_judged() {
        panic_with_input();
        let mut tally = Tally::default();
        for (_, input) in corpus().expect("the corpus is there") {
            tally.take(&input);
        }
        assert!(tally.taken >= 3 && tally.refused >= 8, "{tally:?}");
    }

    #[test]
    fn twenty_thousand_inputs_are_judged() {
        const SEED: u64 = 3;
        panic_with_input();
        let mut drawer = Drawer::new(SEED);
        let mut tally = Tally::default();
        for _ in 0..20_000 {
            tally.take(&drawer.draw());
        }
        // Enough of both, or nothing was tried.
        assert!(tally.taken > 500 && tally.refused > 5_000, "{tally:?}");
    }
}
