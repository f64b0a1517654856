//! Numbers in attributes.
//!
//! They are written by way of integers: the program then need not carry the code that
//! prints any floating-point number in full, which is a good part of the download.

/// A length, to a tenth of a pixel.
pub(crate) fn px(length: f64) -> String {
    fixed(length, 10)
}

/// A shift for the attribute `transform`.
pub(crate) fn shift(x: f64, y: f64) -> String {
    format!("translate({} {})", px(x), px(y))
}

/// A factor for the attribute `transform`.
pub(crate) fn scale(factor: f64) -> String {
    format!("scale({})", fixed(factor, 100))
}

/// A number in whole parts of one, of which there are 10 or 100.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a screen has fewer than twenty million pixels"
)]
fn fixed(number: f64, parts: u32) -> String {
    let rounded = (number * f64::from(parts)).round() as i32;
    let sign = if rounded < 0 { "-" } else { "" };
    let (whole, rest) = (
        rounded.unsigned_abs() / parts,
        rounded.unsigned_abs() % parts,
    );
    let zero = if parts == 100 && rest < 10 { "0" } else { "" };
    format!("{sign}{whole}.{zero}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_full() {
        for (length, text) in [
            (0.0, "0.0"),
            (1.26, "1.3"),
            (-0.26, "-0.3"),
            (-12.0, "-12.0"),
        ] {
            assert_eq!(px(length), text);
        }
        assert_eq!(shift(1.0, -2.5), "translate(1.0 -2.5)");
        assert_eq!(scale(1.049), "scale(1.05)");
        assert_eq!(scale(0.5), "scale(0.50)");
    }
}
