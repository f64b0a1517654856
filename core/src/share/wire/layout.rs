//! A recording as columns of bytes, and back.

use serde::{Deserialize, Serialize};

use crate::share::limits::{Excess, MAX_ACTIONS, Toll};
use crate::trace::{Recording, Stamped};

use super::deed::{self, Deed};
use super::problem::{Problem, unreadable};
use super::settings::{self, Setting};
use super::texts;
use super::trend::Trend;

/// How many bytes of a time, and so how many bits, stand by themselves.
const LOW_BYTES: usize = 2;
const LOW_BITS: u32 = 16;

/// What stands before the columns.
#[derive(Debug, Serialize, Deserialize)]
struct Head<'a> {
    /// See [`crate::share::BEHAVIOUR`].
    behaviour: u32,
    seed: u64,
    settings: Vec<Setting>,
    /// How many.
    actions: u32,
    /// Every text that is mentioned.
    texts: &'a [u8],
}

/// The bytes of a recording, in pieces: head, stamps, deeds. What is in one piece is of one
/// kind, so each can be compressed in its own way.
pub(in crate::share) fn write(
    recording: &Recording,
    behaviour: u32,
) -> Result<[Vec<u8>; 3], Problem> {
    let found = recording.actions.len();
    let too_many = || {
        Problem::Excess(Excess::Actions {
            found: found as u64,
        })
    };
    let actions = u32::try_from(found).map_err(|_| too_many())?;
    let mut writer = deed::Writer::default();
    let mut deeds = Vec::new();
    for stamped in &recording.actions {
        put(&mut deeds, &writer.deed(stamped.step, &stamped.action));
    }
    let texts = writer.texts.into_list();
    let mut head = Vec::new();
    put(
        &mut head,
        &Head {
            behaviour,
            seed: recording.seed,
            settings: settings::of_setup(&recording.setup),
            actions,
            texts: &texts,
        },
    );
    Ok([head, write_stamps(&recording.actions), deeds])
}

/// The times and steps of actions. The low bits of a time are noise, and stand by themselves.
fn write_stamps(actions: &[Stamped]) -> Vec<u8> {
    let (mut low, mut high, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    let mut trend = Trend::default();
    let mut last_at = 0;
    for stamped in actions {
        let later = stamped.at.wrapping_sub(last_at);
        last_at = stamped.at;
        low.extend_from_slice(&later.to_le_bytes()[..LOW_BYTES]);
        put(&mut high, &(later >> LOW_BITS));
        put(&mut steps, &trend.distance(stamped.at, stamped.step));
    }
    [low, high, steps].concat()
}

fn put<T: Serialize>(bytes: &mut Vec<u8>, value: &T) {
    let value = postcard::to_allocvec(value).expect("plain data is always written");
    bytes.extend_from_slice(&value);
}

/// The recording of these bytes, within the limits.
pub(in crate::share) fn read(bytes: &[u8], behaviour: u32) -> Result<Recording, Problem> {
    let mut rest = bytes;
    // First of all by itself: what follows may be laid out in another way.
    let found = postcard::take_from_bytes::<u32>(bytes)
        .map_err(|_| unreadable("head", None))?
        .0;
    if found != behaviour {
        return Err(Problem::Behaviour {
            found,
            known: behaviour,
        });
    }
    let head: Head<'_> = take(&mut rest, "head", None)?;
    let setup = settings::to_setup(&head.settings)?;
    setup
        .validate()
        .map_err(|error| Problem::Excess(Excess::Setup(error)))?;
    let too_many = |found: u32| {
        Problem::Excess(Excess::Actions {
            found: found.into(),
        })
    };
    let count = usize::try_from(head.actions).unwrap_or(usize::MAX);
    // An action takes a few bytes at least, so a count that lies takes no memory.
    if count > MAX_ACTIONS {
        return Err(too_many(head.actions));
    }
    if count > rest.len() {
        return Err(unreadable("list of actions", None));
    }
    let stamps = read_stamps(&mut rest, count)?;
    let mut reader = deed::Reader::new(texts::Reader::new(head.texts));
    let mut toll = Toll::new(setup.options.tick_us);
    let mut actions = Vec::with_capacity(count);
    for (place, (step, at)) in stamps.into_iter().enumerate() {
        let deed: Deed = take(&mut rest, "action", Some(place))?;
        let action = reader.action(step, deed);
        let action = action.ok_or_else(|| unreadable("action", Some(place)))?;
        let stamped = Stamped { step, at, action };
        toll.take(&stamped).map_err(|(what, allowed)| {
            Problem::Excess(Excess::Action {
                place,
                what,
                allowed,
            })
        })?;
        actions.push(stamped);
    }
    let bytes = rest.len() + reader.texts.left();
    if bytes > 0 {
        return Err(Problem::Trailing { bytes });
    }
    Ok(Recording {
        setup,
        seed: head.seed,
        actions,
    })
}

/// After how many steps and at what time each action was taken.
fn read_stamps(rest: &mut &[u8], count: usize) -> Result<Vec<(u64, u64)>, Problem> {
    let low = rest.split_off(..count * LOW_BYTES);
    let low = low.ok_or_else(|| unreadable("times", None))?;
    let mut stamps = Vec::with_capacity(count);
    let mut at = 0_u64;
    for (place, low) in low.as_chunks::<LOW_BYTES>().0.iter().enumerate() {
        let high: u64 = take(rest, "time", Some(place))?;
        let later = high
            .checked_mul(1 << LOW_BITS)
            .map(|high| high | u64::from(u16::from_le_bytes(*low)));
        let sum = later.and_then(|later| at.checked_add(later));
        at = sum.ok_or_else(|| unreadable("time", Some(place)))?;
        stamps.push((0, at));
    }
    let mut trend = Trend::default();
    for (place, (step, at)) in stamps.iter_mut().enumerate() {
        *step = trend.at_distance(*at, take(rest, "step", Some(place))?);
    }
    Ok(stamps)
}

fn take<'a, T: Deserialize<'a>>(
    rest: &mut &'a [u8],
    part: &'static str,
    place: Option<usize>,
) -> Result<T, Problem> {
    let taken = postcard::take_from_bytes(rest);
    let (value, left) = taken.map_err(|_| unreadable(part, place))?;
    *rest = left;
    Ok(value)
}
