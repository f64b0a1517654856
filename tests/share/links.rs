//! Links.

use glassraft_core::share::{Start, link};
use glassraft_tests::recordings::{self, Random};

/// Every recording comes back as it was, whatever is done in it.
#[test]
fn a_link_is_read_back() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let actions = random.place(60);
        let recording = recordings::any(&mut random, actions);
        let link = link::encode(&recording).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let back = link::decode(&link, Start::default());
        assert_eq!(back, Ok(recording), "seed {seed}: {link}");
    }
}

/// A lecture with 200 actions, the half of them puts and reads, fits into 2 000 characters.
#[test]
fn a_lecture_is_a_short_link() {
    for seed in 0..16 {
        let recording = recordings::lecture(seed, 200);
        let link = link::encode(&recording).expect("a lecture fits a link");
        assert!(link.len() < 2_000, "seed {seed}: {} characters", link.len());
        assert_eq!(
            link::decode(&link, Start::default()),
            Ok(recording),
            "seed {seed}"
        );
    }
}
