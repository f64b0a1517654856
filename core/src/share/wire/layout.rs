//! A recording as columns of bytes, and back.

use crate::share::limits::{Excess, MAX_ACTIONS, Toll};
use crate::trace::{Recording, Stamped};

use super::bytes::{Width, put, put_signed, take, take_signed};
use super::deed;
use super::form::{Form, Reader, Writer};
use super::problem::{Problem, unreadable};
use super::settings::{self, Setting};
use super::texts;
use super::trend::Trend;

/// How many bytes of a time, and so how many bits, stand by themselves.
const LOW_BYTES: usize = 2;
const LOW_BITS: u32 = 16;

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
    let mut writer = Writer::default();
    for stamped in &recording.actions {
        // Whatever there is can be written.
        let _always_written = deed::write(&mut writer, stamped.step, &stamped.action);
    }
    let Writer {
        bytes: deeds,
        texts,
        ..
    } = writer;
    let head = write_head(recording, behaviour, actions, &texts.into_list());
    Ok([head, write_stamps(&recording.actions), deeds])
}

/// What stands before the columns: behaviour, seed, settings, how many actions, and all texts
/// with their length.
fn write_head(recording: &Recording, behaviour: u32, actions: u32, texts: &[u8]) -> Vec<u8> {
    let mut head = Writer::default();
    put(&mut head.bytes, behaviour.into());
    put(&mut head.bytes, recording.seed);
    let mut settings = settings::of_setup(&recording.setup);
    let _always_written = deed::settings_fields(&mut head, &mut settings);
    put(&mut head.bytes, actions.into());
    put(&mut head.bytes, texts.len() as u64);
    head.bytes.extend_from_slice(texts);
    head.bytes
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
        put(&mut high, later >> LOW_BITS);
        put_signed(&mut steps, trend.distance(stamped.at, stamped.step));
    }
    [low, high, steps].concat()
}

/// The recording of these bytes, within the limits.
pub(in crate::share) fn read(bytes: &[u8], behaviour: u32) -> Result<Recording, Problem> {
    let mut head = Reader::new(bytes, texts::Reader::new(&[]));
    // First of all by itself: what follows may be laid out in another way.
    let mut found = 0;
    (&mut head as &mut dyn Form)
        .narrow(&mut found)
        .ok_or_else(|| unreadable("head", None))?;
    if found != behaviour {
        return Err(Problem::Behaviour {
            found,
            known: behaviour,
        });
    }
    let head = read_head(head).ok_or_else(|| unreadable("head", None))?;
    let mut rest = head.rest;
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
    let mut reader = Reader::new(rest, texts::Reader::new(head.texts));
    let mut toll = Toll::new(setup.options.tick_us);
    let mut actions = Vec::with_capacity(count);
    for (place, (step, at)) in stamps.into_iter().enumerate() {
        let action = deed::read(&mut reader, step);
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
    let bytes = reader.rest.len() + reader.texts.left();
    if bytes > 0 {
        return Err(Problem::Trailing { bytes });
    }
    Ok(Recording {
        setup,
        seed: head.seed,
        actions,
    })
}

/// What stands before the columns, behind the behaviour.
struct Head<'a> {
    seed: u64,
    settings: Vec<Setting>,
    actions: u32,
    texts: &'a [u8],
    rest: &'a [u8],
}

fn read_head<'a>(mut reader: Reader<'a>) -> Option<Head<'a>> {
    let form: &mut dyn Form = &mut reader;
    let (mut seed, mut settings, mut actions, mut texts) = (0, Vec::new(), 0, 0);
    form.wide(&mut seed)?;
    deed::settings_fields(form, &mut settings)?;
    form.narrow(&mut actions)?;
    form.narrow(&mut texts)?;
    let (texts, rest) = reader.rest.split_at_checked(usize::try_from(texts).ok()?)?;
    Some(Head {
        seed,
        settings,
        actions,
        texts,
        rest,
    })
}

/// After how many steps and at what time each action was taken.
fn read_stamps(rest: &mut &[u8], count: usize) -> Result<Vec<(u64, u64)>, Problem> {
    let low = rest.split_off(..count * LOW_BYTES);
    let low = low.ok_or_else(|| unreadable("times", None))?;
    let mut stamps = Vec::with_capacity(count);
    let mut at = 0_u64;
    for (place, low) in low.as_chunks::<LOW_BYTES>().0.iter().enumerate() {
        let high = take(rest, Width::Bits64).ok_or_else(|| unreadable("time", Some(place)))?;
        let later = high
            .checked_mul(1 << LOW_BITS)
            .map(|high| high | u64::from(u16::from_le_bytes(*low)));
        let sum = later.and_then(|later| at.checked_add(later));
        at = sum.ok_or_else(|| unreadable("time", Some(place)))?;
        stamps.push((0, at));
    }
    let mut trend = Trend::default();
    for (place, (step, at)) in stamps.iter_mut().enumerate() {
        let distance = take_signed(rest, Width::Bits64);
        let distance = distance.ok_or_else(|| unreadable("step", Some(place)))?;
        *step = trend.at_distance(*at, distance);
    }
    Ok(stamps)
}
