//! Where inputs come from.

use glassraft_core::share::{Scenario, Session, link, scenario, session};
use glassraft_core::trace::{Branch, BranchId, KeptBranch, Moment, Recording, Stamped};
use glassraft_tests::forge;
use glassraft_tests::recordings::{self, Random};

/// How many inputs are drawn from one recording and its relatives.
const INPUTS_PER_RECORDING: u32 = 64;

/// Numbers where things tend to go wrong.
const EXTREMES: [u64; 14] = [
    0,
    1,
    15,
    16,
    127,
    128,
    255,
    65_535,
    100_000,
    4_000_000,
    4_000_001,
    u32::MAX as u64,
    u64::MAX >> 1,
    u64::MAX,
];

/// Draws inputs from a seed.
#[derive(Debug)]
pub struct Drawer {
    random: Random,
    left: u32,
    link: String,
    /// The bytes in the link.
    inside: Vec<u8>,
    /// Those of the recording before, to be mixed in.
    inside_before: Vec<u8>,
    scenario: String,
    session: String,
}

impl Drawer {
    /// The inputs of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            left: 0,
            link: String::new(),
            inside: Vec::new(),
            inside_before: Vec::new(),
            scenario: String::new(),
            session: String::new(),
        }
    }

    /// The next input.
    pub fn draw(&mut self) -> String {
        if self.left == 0 {
            self.left = INPUTS_PER_RECORDING;
            let actions = self.random.place(8);
            let mut recording = recordings::any(&mut self.random, actions);
            // Without actions on the default setup it would be a short link.
            recording.setup.network.loss_ppm += u32::from(recording.setup.network.loss_ppm == 0);
            self.take(&recording);
        }
        self.left -= 1;
        let random = &mut self.random;
        match random.below(16) {
            0 => noise(random),
            1 => self.link.clone(),
            2 | 3 => broken(random, self.link.as_bytes()),
            4..=8 => {
                let mut bytes = self.inside.clone();
                hurt_inside(random, &mut bytes, &self.inside_before);
                forge::seal_deflated(&stored(&bytes))
            }
            9 => {
                let mut deflated = stored(&self.inside);
                hurt(random, &mut deflated);
                forge::seal_deflated(&deflated)
            }
            10 => forge::seal_deflated(&stored(&numbers(random))),
            11 => broken(random, b"nodes=5&seed=42"),
            12..=14 => hurt_json(random, &self.scenario),
            _ => hurt_json(random, &self.session),
        }
    }

    fn take(&mut self, recording: &Recording) {
        self.link = link::encode(recording).expect("it is within the limits");
        let inside = forge::open(&self.link).expect("a link can be opened");
        self.inside_before = std::mem::replace(&mut self.inside, inside);
        self.scenario.clear();
        let written = Scenario {
            title: Some("any".to_owned()),
            description: None,
            recording: recording.clone(),
        };
        scenario::write(&mut self.scenario, &written).expect("a string takes all");
        self.session.clear();
        let mut written = Session {
            created_by: "0".to_owned(),
            ..Session::of(recording.clone(), "any".to_owned())
        };
        // Two that depart from it, with the first of its actions.
        for (number, taken) in [(2, recording.actions.len() / 2), (3, 1)] {
            let actions: Vec<Stamped> = recording.actions.iter().take(taken).cloned().collect();
            let last = actions.last();
            let head = Moment {
                events: 0,
                step: last.map_or(0, |last| last.step),
                at: last.map_or(0, |last| last.at),
            };
            let branch = Branch {
                id: BranchId(number),
                name: format!("branch {number}"),
                parent: Some(BranchId(1)),
                departure: head,
                head,
            };
            written
                .branches
                .branches
                .push(KeptBranch { branch, actions });
        }
        session::write(&mut self.session, &written).expect("a string takes all");
    }
}

/// Deflated bytes of one stored block: nothing is computed for it.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let len = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let bytes = &bytes[..usize::from(len)];
    let (low, high) = (len.to_le_bytes(), (!len).to_le_bytes());
    let mut block = vec![1, low[0], low[1], high[0], high[1]];
    block.extend_from_slice(bytes);
    block
}

fn byte(random: &mut Random) -> u8 {
    random.draw().to_le_bytes()[0]
}

fn noise(random: &mut Random) -> String {
    const BEGINNINGS: [&str; 6] = ["", "run=1.", "#", "{", "{\"glassraft\":1,", "run="];
    let bytes: Vec<u8> = (0..random.below(60)).map(|_| byte(random)).collect();
    let beginning = BEGINNINGS[random.place(BEGINNINGS.len())];
    format!("{beginning}{}", String::from_utf8_lossy(&bytes))
}

/// Numbers as a link has them, without sense.
fn numbers(random: &mut Random) -> Vec<u8> {
    let mut bytes = forge::varint(1);
    for _ in 0..random.below(40) {
        let number = if random.chance(40) {
            EXTREMES[random.place(EXTREMES.len())]
        } else {
            random.magnitude(64)
        };
        bytes.extend(forge::varint(number));
    }
    bytes
}

fn broken(random: &mut Random, text: &[u8]) -> String {
    let mut bytes = text.to_vec();
    hurt(random, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Changes a few bytes, takes some away, or puts some twice.
fn hurt(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(3) {
        if bytes.is_empty() {
            bytes.push(byte(random));
        }
        let place = random.place(bytes.len());
        match random.below(6) {
            0 => bytes[place] = byte(random),
            1 => bytes[place] ^= 1 << random.below(8),
            2 => bytes.truncate(place),
            3 => drop(bytes.remove(place)),
            4 => bytes.insert(place, byte(random)),
            _ => {
                let end = (place + random.place(20)).min(bytes.len());
                let twice = bytes[place..end].to_vec();
                bytes.splice(place..place, twice);
            }
        }
    }
}

/// The same, or an extreme number in place of a byte, or the end of another link.
fn hurt_inside(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    match random.below(4) {
        0 if !other.is_empty() && !bytes.is_empty() => {
            bytes.truncate(random.place(bytes.len()));
            bytes.extend_from_slice(&other[random.place(other.len())..]);
        }
        1 | 2 if !bytes.is_empty() => {
            let place = random.place(bytes.len());
            let number = forge::varint(EXTREMES[random.place(EXTREMES.len())]);
            bytes.splice(place..=place, number);
        }
        _ => hurt(random, bytes),
    }
}

/// Breaks JSON: a number becomes an extreme one, a part goes, comes twice or is swallowed by
/// brackets, or bytes change.
fn hurt_json(random: &mut Random, text: &str) -> String {
    const TOKENS: [&str; 12] = [
        "null",
        "-1",
        "1e300",
        "\"\"",
        "[]",
        "{}",
        "[[",
        "true",
        "\"\\ud800\"",
        ",",
        "\"n9\":",
        "}",
    ];
    let mut text = text.to_owned();
    for _ in 0..=random.below(2) {
        let digits: Vec<usize> = text
            .char_indices()
            .filter(|(_, char)| char.is_ascii_digit())
            .map(|(place, _)| place)
            .collect();
        if digits.is_empty() {
            return text;
        }
        let place = digits[random.place(digits.len())];
        match random.below(5) {
            0 | 1 => {
                let end = text[place..]
                    .find(|char: char| !char.is_ascii_digit())
                    .map_or(text.len(), |len| place + len);
                let number = EXTREMES[random.place(EXTREMES.len())].to_string();
                text.replace_range(place..end, &number);
            }
            2 => text.replace_range(place..=place, TOKENS[random.place(TOKENS.len())]),
            3 => {
                let end = (place + random.place(80)).min(text.len());
                if let Some(part) = text.get(place..end) {
                    let part = if random.chance(50) {
                        part.repeat(2)
                    } else {
                        String::new()
                    };
                    text.replace_range(place..end, &part);
                }
            }
            _ => text = broken(random, text.as_bytes()),
        }
    }
    text
}
