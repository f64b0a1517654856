//! Quantities with their units, as lab commands take them: `40ms`, `5%`, `10kB`.
//!
//! All of it is whole numbers: `1.5s` is a number of digits and a place of the point, and
//! never a floating-point number.

use crate::member::Micros;

/// The longest time that may be named, in µs: a day.
pub(super) const MAX_TIME_US: Micros = 86_400_000_000;

/// A decimal number times `unit`, rounded down; `None` if it is none, or does not fit.
fn scaled(text: &str, unit: u64) -> Option<u64> {
    u64::try_from(scaled_wide(text, unit)?).ok()
}

/// A decimal number times `unit`, rounded down; `None` if it is none. One that is beyond all
/// bounds is 2^64 times the unit.
pub(super) fn scaled_wide(text: &str, unit: u64) -> Option<u128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: u128 = match whole {
        "" => 0,
        // There are digits only, so it is too large if it is no number.
        _ => whole.parse().map_or(1 << 64, u64::into),
    };
    let mut below: u128 = 0;
    let mut places: u128 = 1;
    // No unit is larger than a day in µs, or an hour in ns; digits beyond these change nothing
    // that matters.
    for digit in fraction.bytes().take(12) {
        below = below * 10 + u128::from(digit - b'0');
        places *= 10;
    }
    let unit = u128::from(unit);
    Some(whole * unit + unit * below / places)
}

/// The number and the unit behind it.
fn parts(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    text.split_at(end)
}

/// A time such as `40ms`, in µs; a day at most.
pub(super) fn time_us(text: &str) -> Option<Micros> {
    moment_us(text).filter(|us| *us <= MAX_TIME_US)
}

/// A moment of a run, as a time since it began, in µs. A run may last as long as it likes.
pub(super) fn moment_us(text: &str) -> Option<Micros> {
    let (number, unit) = parts(text);
    let unit_us = match unit {
        "us" | "µs" | "μs" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" | "min" => 60_000_000,
        "h" => 3_600_000_000,
        _ => return None,
    };
    scaled(number, unit_us)
}

/// A time as GNU `sleep` and `timeout` take it, in µs: seconds, or with a unit of one letter.
pub(super) fn gnu_time_us(text: &str) -> Option<Micros> {
    let (number, unit) = parts(text);
    let unit_us = match unit {
        "" | "s" => 1_000_000,
        "m" => 60_000_000,
        "h" => 3_600_000_000,
        "d" => 86_400_000_000,
        _ => return None,
    };
    scaled(number, unit_us)
}

/// Two times such as `40ms..120ms`, or one for both ends, in µs. The first may leave its
/// unit to the second.
pub(super) fn span_us(text: &str) -> Option<(Micros, Micros)> {
    let Some((low, high)) = text.split_once("..") else {
        let us = time_us(text)?;
        return Some((us, us));
    };
    let max = time_us(high)?;
    let (_, unit) = parts(high);
    let min = time_us(low).or_else(|| time_us(&format!("{low}{unit}")))?;
    (min <= max).then_some((min, max))
}

/// A percentage such as `5%` or `0.1%`, in millionths.
pub(super) fn millionths(text: &str) -> Option<u32> {
    let ppm = scaled(text.strip_suffix('%')?, 10_000)?;
    u32::try_from(ppm).ok()
}

/// A whole percentage, such as `50%`.
pub(super) fn percent(text: &str) -> Option<u32> {
    let number = text.strip_suffix('%')?.parse().ok()?;
    (number <= 100).then_some(number)
}

/// A rate of change such as `+20%` or `-5%`, in millionths.
pub(super) fn change_millionths(text: &str) -> Option<i32> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    Some(sign * i32::try_from(millionths(text)?).ok()?)
}

/// A size such as `512B`, `10kB` or `1MiB`, in bytes.
pub(super) fn size_bytes(text: &str) -> Option<u64> {
    let (number, unit) = parts(text);
    let unit_bytes = match unit {
        "B" => 1,
        "kB" | "KB" => 1_000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return None,
    };
    scaled(number, unit_bytes)
}

/// A moment or a span for people: seconds to the microsecond.
pub(super) fn seconds(us: Micros) -> String {
    format!("{}.{:06} s", us / 1_000_000, us % 1_000_000)
}

/// A moment as it is typed: `1.25s`.
pub(super) fn moment(us: Micros) -> String {
    short_seconds(us).replace(' ', "")
}

/// A span without zeros that say nothing.
pub(super) fn short_seconds(us: Micros) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_with_their_units() {
        assert_eq!(time_us("40ms"), Some(40_000));
        assert_eq!(time_us("1.5s"), Some(1_500_000));
        assert_eq!(time_us("0.0000015s"), Some(1));
        assert_eq!(time_us("2m"), Some(120_000_000));
        assert_eq!(gnu_time_us("2.5"), Some(2_500_000));
        assert_eq!(gnu_time_us(".5m"), Some(30_000_000));
        assert_eq!(span_us("40ms..120ms"), Some((40_000, 120_000)));
        assert_eq!(span_us("40..120ms"), Some((40_000, 120_000)));
        assert_eq!(span_us("200ms..2s"), Some((200_000, 2_000_000)));
        assert_eq!(span_us("10ms"), Some((10_000, 10_000)));
        assert_eq!(millionths("5%"), Some(50_000));
        assert_eq!(millionths("0.1%"), Some(1_000));
        assert_eq!(percent("50%"), Some(50));
        assert_eq!(change_millionths("+20%"), Some(200_000));
        assert_eq!(change_millionths("-0.5%"), Some(-5_000));
        assert_eq!(size_bytes("10kB"), Some(10_000));
        assert_eq!(size_bytes("1MiB"), Some(1_048_576));
        assert_eq!(size_bytes("0.5KiB"), Some(512));
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in [
            "",
            "5",
            "ms",
            "-1s",
            "1.2.3s",
            "1e3s",
            "25h",
            "99999999999999999999s",
        ] {
            assert_eq!(time_us(text), None, "{text}");
        }
        for text in ["120ms..40ms", "..", "1s..", "40..120"] {
            assert_eq!(span_us(text), None, "{text}");
        }
        for text in ["5", "%", "-5%", "x%"] {
            assert_eq!(millionths(text), None, "{text}");
        }
        assert_eq!(percent("101%"), None);
        assert_eq!(size_bytes("10"), None);
        assert_eq!(gnu_time_us("1ms"), None);
    }

    #[test]
    fn times_are_printed_in_seconds() {
        assert_eq!(seconds(1_000_001), "1.000001 s");
        assert_eq!(short_seconds(60_000_000), "60 s");
        assert_eq!(short_seconds(1_250_000), "1.25 s");
        assert_eq!(moment(1_250_000), "1.25s");
        assert_eq!(moment_us("25h"), Some(90_000_000_000));
    }
}
