//! A setup as numbered differences from a frozen default.
//!
//! The numbers and the defaults of this file never change: old links mean them. A new
//! setting gets a new number, and as its default whatever runs did before it came.

use crate::member::{Options, ReadMode};
use crate::world::{Disk, Latency, Network, Setup, Shape, Span};

use super::problem::Problem;

/// A setting's number and its value.
pub(super) type Setting = (u8, u64);

/// How many settings there are.
const COUNT: usize = 21;

/// The first setting of a node's options.
const FIRST_OPTION: u8 = 21;

/// Every setting with its default, by number.
const FROZEN: [Setting; COUNT] = [
    (1, 5),                  // nodes
    (2, 40_000),             // network.latency.min_us
    (3, 120_000),            // network.latency.max_us
    (4, 0),                  // network.latency.shape: even, bell, long tail
    (5, 0),                  // network.loss_ppm
    (6, 0),                  // network.duplicate_ppm
    (7, 0),                  // network.reorder_ppm
    (8, 0),                  // network.bandwidth_bytes_per_s
    (9, 10_000),             // disk.sync.min_us
    (10, 30_000),            // disk.sync.max_us
    (FIRST_OPTION, 100_000), // options.tick_us
    (22, 10),                // options.election_ticks
    (23, 1),                 // options.heartbeat_ticks
    (24, 0),                 // options.pre_vote
    (25, 1),                 // options.check_quorum
    (26, 1_048_576),         // options.max_size_per_message_bytes
    (27, 512),               // options.max_inflight_messages
    (28, 67_108_864),        // options.quota_bytes
    (29, 0),                 // options.read_mode: read index, lease
    (30, 100_000),           // options.snapshot_entries
    (31, 5_000),             // options.catch_up_entries
];

/// What of a setup differs from the frozen default.
pub(super) fn of_setup(setup: &Setup) -> Vec<Setting> {
    let Setup {
        nodes,
        network,
        disk: Disk { sync },
        options,
    } = setup;
    let Network {
        latency,
        loss_ppm,
        duplicate_ppm,
        reorder_ppm,
        bandwidth_bytes_per_s,
    } = network;
    let values = [
        u64::from(*nodes),
        latency.min_us,
        latency.max_us,
        shape_number(latency.shape),
        u64::from(*loss_ppm),
        u64::from(*duplicate_ppm),
        u64::from(*reorder_ppm),
        u64::from(*bandwidth_bytes_per_s),
        sync.min_us,
        sync.max_us,
    ];
    let mut settings = differences(&values, 1);
    settings.extend(of_options(options));
    settings
}

/// What of a node's options differs from the frozen default.
pub(super) fn of_options(options: &Options) -> Vec<Setting> {
    let Options {
        tick_us,
        election_ticks,
        heartbeat_ticks,
        pre_vote,
        check_quorum,
        max_size_per_message_bytes,
        max_inflight_messages,
        quota_bytes,
        read_mode,
        snapshot_entries,
        catch_up_entries,
    } = options;
    let values = [
        *tick_us,
        u64::from(*election_ticks),
        u64::from(*heartbeat_ticks),
        u64::from(*pre_vote),
        u64::from(*check_quorum),
        *max_size_per_message_bytes,
        u64::from(*max_inflight_messages),
        *quota_bytes,
        match read_mode {
            ReadMode::ReadIndex => 0,
            ReadMode::Lease => 1,
        },
        u64::from(*snapshot_entries),
        u64::from(*catch_up_entries),
    ];
    differences(&values, FIRST_OPTION)
}

/// Of settings in a row, from this number on, those that differ.
fn differences(values: &[u64], first: u8) -> Vec<Setting> {
    FROZEN
        .iter()
        .filter(|(number, _)| *number >= first)
        .zip(values)
        .filter(|((_, default), value)| default != *value)
        .map(|((number, _), value)| (*number, *value))
        .collect()
}

/// The setup with these differences.
pub(super) fn to_setup(settings: &[Setting]) -> Result<Setup, Problem> {
    let values = Values::new(settings)?;
    Ok(Setup {
        nodes: values.narrow(1)?,
        network: Network {
            latency: Latency {
                min_us: values.get(2),
                max_us: values.get(3),
                shape: to_shape(values.get(4)).ok_or(Problem::Setting { number: 4 })?,
            },
            loss_ppm: values.narrow(5)?,
            duplicate_ppm: values.narrow(6)?,
            reorder_ppm: values.narrow(7)?,
            bandwidth_bytes_per_s: values.narrow(8)?,
        },
        disk: Disk {
            sync: Span {
                min_us: values.get(9),
                max_us: values.get(10),
            },
        },
        options: values.options()?,
    })
}

/// The options with these differences.
pub(super) fn to_options(settings: &[Setting]) -> Result<Options, Problem> {
    if let Some((number, _)) = settings.iter().find(|(number, _)| *number < FIRST_OPTION) {
        return Err(Problem::Setting { number: *number });
    }
    Values::new(settings)?.options()
}

/// The number of a shape.
pub(super) fn shape_number(shape: Shape) -> u64 {
    match shape {
        Shape::Even => 0,
        Shape::Bell => 1,
        Shape::LongTail => 2,
    }
}

/// The shape of a number.
pub(super) fn to_shape(number: u64) -> Option<Shape> {
    match number {
        0 => Some(Shape::Even),
        1 => Some(Shape::Bell),
        2 => Some(Shape::LongTail),
        _ => None,
    }
}

/// Every setting's value.
struct Values([Setting; COUNT]);

impl Values {
    fn new(settings: &[Setting]) -> Result<Self, Problem> {
        let mut values = FROZEN;
        for (number, value) in settings {
            let mut known = values.iter_mut();
            let setting = known
                .find(|setting| setting.0 == *number)
                .ok_or(Problem::Setting { number: *number })?;
            setting.1 = *value;
        }
        Ok(Self(values))
    }

    fn get(&self, number: u8) -> u64 {
        let setting = self.0.iter().find(|setting| setting.0 == number);
        setting
            .expect("every number that is asked for is in FROZEN")
            .1
    }

    fn narrow<T: TryFrom<u64>>(&self, number: u8) -> Result<T, Problem> {
        T::try_from(self.get(number)).map_err(|_| Problem::Setting { number })
    }

    fn flag(&self, number: u8) -> Result<bool, Problem> {
        match self.get(number) {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Problem::Setting { number }),
        }
    }

    fn options(&self) -> Result<Options, Problem> {
        Ok(Options {
            tick_us: self.get(FIRST_OPTION),
            election_ticks: self.narrow(22)?,
            heartbeat_ticks: self.narrow(23)?,
            pre_vote: self.flag(24)?,
            check_quorum: self.flag(25)?,
            max_size_per_message_bytes: self.get(26),
            max_inflight_messages: self.narrow(27)?,
            quota_bytes: self.get(28),
            read_mode: if self.flag(29)? {
                ReadMode::Lease
            } else {
                ReadMode::ReadIndex
            },
            snapshot_entries: self.narrow(30)?,
            catch_up_entries: self.narrow(31)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setup_is_read_back() {
        let mut setup = Setup {
            nodes: 9,
            ..Setup::default()
        };
        setup.network.latency.shape = Shape::LongTail;
        setup.network.bandwidth_bytes_per_s = u32::MAX;
        setup.disk.sync.max_us = 1 << 31;
        setup.options.check_quorum = false;
        setup.options.read_mode = ReadMode::Lease;
        setup.options.catch_up_entries = 1;
        let settings = of_setup(&setup);
        assert_eq!(settings.len(), 7);
        assert_eq!(to_setup(&settings), Ok(setup));
    }

    #[test]
    fn no_setting_is_the_frozen_default() {
        assert_eq!(to_setup(&[]), Ok(Setup::default()));
        assert_eq!(to_options(&[]), Ok(Options::default()));
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        for setting in [(0, 0), (99, 1), (1, 256), (4, 3), (24, 2), (22, 1 << 32)] {
            let problem = Problem::Setting { number: setting.0 };
            assert_eq!(to_setup(&[setting]), Err(problem));
        }
        assert!(to_options(&[(1, 5)]).is_err());
    }
}
