//! Numbers as they are read.

use glassraft_core::member::Micros;

/// Seconds with so many digits behind the point, at most 6.
pub(super) fn seconds(at: Micros, digits: usize) -> String {
    let whole = grouped(at / 1_000_000);
    let rest = format!("{:06}", at % 1_000_000);
    format!("{whole}.{}", &rest[..digits.min(6)])
}

/// A number with a narrow gap every three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        let left = digits.len() - place;
        if place > 0 && left.is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_204), "1\u{202f}204");
        assert_eq!(grouped(123_456_789), "123\u{202f}456\u{202f}789");
        assert_eq!(seconds(8_412_345, 3), "8.412");
    }
}
