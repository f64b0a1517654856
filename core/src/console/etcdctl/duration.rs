//! Durations as Go writes them: `1.5s`, `500ms`, `1m30s`.

use crate::member::Micros;

/// The longest duration that counts, in µs: a day. A longer one is taken as this.
const MAX_US: f64 = 86_400e6;

/// A duration in µs; a negative one counts as none.
///
/// # Errors
/// What is wrong, in Go's words (`time.ParseDuration`).
pub(super) fn parse_us(text: &str) -> Result<Micros, String> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let invalid = || format!("time: invalid duration {text:?}");
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total_us = 0.0;
    while !rest.is_empty() {
        let number_end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, behind) = rest.split_at(number_end);
        let number: f64 = number.parse().map_err(|_| invalid())?;
        let unit_end = behind
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit_end);
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {text:?}"));
        }
        let unit_us = match unit {
            "ns" => 1e-3,
            "us" | "µs" | "μs" => 1.0,
            "ms" => 1e3,
            "s" => 1e6,
            "m" => 60e6,
            "h" => 3600e6,
            _ => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
        };
        total_us += number * unit_us;
        rest = behind;
    }
    if negative {
        return Ok(0);
    }
    Ok(whole_us(total_us))
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a day, which fits"
)]
fn whole_us(us: f64) -> Micros {
    us.clamp(0.0, MAX_US) as Micros
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
    }

    #[test]
    fn a_bad_duration_is_named() {
        let error = |text| parse_us(text).unwrap_err();
        assert_eq!(error("5"), "time: missing unit in duration \"5\"");
        assert_eq!(error("5x"), "time: unknown unit \"x\" in duration \"5x\"");
        assert_eq!(error("s"), "time: invalid duration \"s\"");
        assert_eq!(error(""), "time: invalid duration \"\"");
    }
}
