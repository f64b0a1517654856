//! Durations as Go writes them: `1.5s`, `500ms`, `1m30s`.

use crate::member::Micros;

use super::super::quantity::{MAX_TIME_US, scaled_wide};
use super::text::quoted_for_time;

/// A duration in µs; a negative one counts as none, and one of more than a day as a day.
///
/// # Errors
/// What is wrong, in Go's words (`time.ParseDuration`).
pub(super) fn parse_us(text: &str) -> Result<Micros, String> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let shown = quoted_for_time(text);
    let invalid = || format!("time: invalid duration {shown}");
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total_ns: u128 = 0;
    while !rest.is_empty() {
        let number_end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, behind) = rest.split_at(number_end);
        let unit_end = behind
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit_end);
        if scaled_wide(number, 1).is_none() {
            return Err(invalid());
        }
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {shown}"));
        }
        let unit_ns = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => {
                let unit = quoted_for_time(unit);
                return Err(format!("time: unknown unit {unit} in duration {shown}"));
            }
        };
        let part_ns = scaled_wide(number, unit_ns).ok_or_else(invalid)?;
        total_ns = total_ns.saturating_add(part_ns);
        rest = behind;
    }
    if negative {
        return Ok(0);
    }
    let total_us = Micros::try_from(total_ns / 1_000).unwrap_or(MAX_TIME_US);
    Ok(total_us.min(MAX_TIME_US))
}

#[cfg(test)]
mod tests {
    use super::parse_us;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        assert_eq!(parse_us("5s"), Ok(5_000_000));
        assert_eq!(parse_us("1m30s"), Ok(90_000_000));
        assert_eq!(parse_us("1.5ms"), Ok(1_500));
        assert_eq!(parse_us("0"), Ok(0));
        assert_eq!(parse_us("-3s"), Ok(0));
        assert_eq!(parse_us("9999999h"), Ok(86_400_000_000));
        assert_eq!(parse_us("99999999999999999999999h"), Ok(86_400_000_000));
        assert_eq!(parse_us("1.5us1500ns"), Ok(3));
        assert_eq!(parse_us(".5ms"), Ok(500));
    }

    #[test]
    fn a_bad_duration_is_named() {
        let error = |text| parse_us(text).unwrap_err();
        assert_eq!(error("5"), "time: missing unit in duration \"5\"");
        assert_eq!(error("5x"), "time: unknown unit \"x\" in duration \"5x\"");
        assert_eq!(error("s"), "time: invalid duration \"s\"");
        assert_eq!(error("1.2.3s"), "time: invalid duration \"1.2.3s\"");
        assert_eq!(error(""), "time: invalid duration \"\"");
    }
}
