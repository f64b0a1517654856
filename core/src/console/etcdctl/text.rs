//! How Go writes bytes, times and sizes.

use std::fmt::Write as _;

use crate::member::Micros;

/// From here on stand the 256 characters that stand for bytes which are no text: the last
/// ones of all, for private use.
const RAW: u32 = 0x10_ff00;

/// Bytes as a text, from which [`to_bytes`] makes them again whatever they are.
pub(super) fn from_bytes(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let raw = chunk.invalid().iter();
        text.extend(raw.filter_map(|byte| char::from_u32(RAW + u32::from(*byte))));
    }
    text
}

/// The bytes of a text, in which some characters may stand for others ([`from_bytes`]).
pub(super) fn to_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        let raw = u32::from(character).checked_sub(RAW);
        match raw.and_then(|raw| u8::try_from(raw).ok()) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// Bytes as `\x66\x6f`.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "\\x{byte:02x}");
        text
    })
}

/// Bytes in double quotes, as Go's `%q` writes them.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\u{7}' => text.push_str("\\a"),
                '\u{8}' => text.push_str("\\b"),
                '\u{c}' => text.push_str("\\f"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\u{b}' => text.push_str("\\v"),
                '\0'..' ' | '\u{7f}' => {
                    let _infallible = write!(text, "\\x{:02x}", u32::from(character));
                }
                _ if is_printed(character) => text.push(character),
                '\u{80}'..='\u{ffff}' => {
                    let _infallible = write!(text, "\\u{:04x}", u32::from(character));
                }
                _ => {
                    let _infallible = write!(text, "\\U{:08x}", u32::from(character));
                }
            }
        }
        text.push_str(&hex(chunk.invalid()));
    }
    text.push('"');
    text
}

/// A text in double quotes, as Go's `time` writes what is no duration.
pub(super) fn quoted_for_time(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='\u{7f}' => quoted.push(character),
            _ => quoted.push_str(&hex(character.encode_utf8(&mut [0; 4]).as_bytes())),
        }
    }
    quoted + "\""
}

/// What Go escapes beyond ASCII (`strconv.IsPrint`): blanks and marks of direction, private
/// use, and what is no character. (What Unicode has not assigned is printed here.)
const ESCAPED: [(u32, u32); 17] = [
    (0x80, 0xa0),
    (0xad, 0xad),
    (0x600, 0x605),
    (0x61c, 0x61c),
    (0x6dd, 0x6dd),
    (0x70f, 0x70f),
    (0x8e2, 0x8e2),
    (0x1680, 0x1680),
    (0x180e, 0x180e),
    (0x2000, 0x200f),
    (0x2028, 0x202f),
    (0x205f, 0x206f),
    (0x3000, 0x3000),
    (0xe000, 0xf8ff),
    (0xfdd0, 0xfdef),
    (0xfeff, 0xfeff),
    (0xfff0, 0xfffb),
];

/// Whether Go prints a character as it is.
fn is_printed(character: char) -> bool {
    let code = u32::from(character);
    let none = code & 0xfffe == 0xfffe || (0xe_0000..0xe_0100).contains(&code) || code >= 0xf_0000;
    !none
        && !ESCAPED
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&code))
}

/// A time as Go writes it: `1.5s`, `10.335458ms`, `1m0s`.
pub(super) fn go_duration(us: Micros) -> String {
    let short = |whole: u64, rest: u64, places: usize, unit: &str| {
        let text = format!("{whole}.{rest:0places$}");
        format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
    };
    match us {
        0 => "0s".to_owned(),
        1..1_000 => format!("{us}µs"),
        1_000..1_000_000 => short(us / 1_000, us % 1_000, 3, "ms"),
        _ => {
            let seconds = short(us / 1_000_000 % 60, us % 1_000_000, 6, "s");
            let minutes = us / 60_000_000;
            match minutes {
                0 => seconds,
                1..60 => format!("{minutes}m{seconds}"),
                _ => format!("{}h{}m{seconds}", minutes / 60, minutes % 60),
            }
        }
    }
}

/// A size as `go-humanize` writes it: `25 kB`, `1.5 MB`.
pub(super) fn bytes_text(bytes: i64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let bytes = u64::try_from(bytes).unwrap_or_default();
    if bytes < 10 {
        return format!("{bytes} B");
    }
    let (mut unit, mut divisor) = (0, 1_u64);
    while bytes / divisor >= 1_000 {
        divisor *= 1_000;
        unit += 1;
    }
    // Tenths, rounded; from ten on without them.
    let tenths = (u128::from(bytes) * 10 + u128::from(divisor) / 2) / u128::from(divisor);
    let name = UNITS[unit];
    match tenths {
        0..100 => format!("{}.{} {name}", tenths / 10, tenths % 10),
        // Half goes to the even number, as Go prints it.
        _ => {
            let (whole, rest) = (tenths / 10, tenths % 10);
            let up = rest > 5 || (rest == 5 && whole % 2 == 1);
            format!("{} {name}", whole + u128::from(up))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_gos() {
        assert_eq!(go_duration(0), "0s");
        assert_eq!(go_duration(12), "12µs");
        assert_eq!(go_duration(1_592), "1.592ms");
        assert_eq!(go_duration(10_000), "10ms");
        assert_eq!(go_duration(1_001_219), "1.001219s");
        assert_eq!(go_duration(60_000_000), "1m0s");
        assert_eq!(go_duration(3_661_500_000), "1h1m1.5s");
        assert_eq!(bytes_text(0), "0 B");
        assert_eq!(bytes_text(82), "82 B");
        assert_eq!(bytes_text(20_480), "20 kB");
        assert_eq!(bytes_text(24_576), "25 kB");
        assert_eq!(bytes_text(1_500), "1.5 kB");
        assert_eq!(bytes_text(2_147_483_648), "2.1 GB");
    }

    #[test]
    fn bytes_that_are_no_text_stay_what_they_are() {
        for bytes in [&b"a\xff\xfeb"[..], b"\xd0", "ключ".as_bytes(), b""] {
            assert_eq!(to_bytes(&from_bytes(bytes)), bytes);
        }
        assert_eq!(from_bytes("é".as_bytes()), "é");
    }

    #[test]
    fn bytes_are_quoted_as_go_does() {
        let bytes = b"\x00\xff\"\\\n\t\xc3\xa9\xe2\x80\xa8";
        assert_eq!(quoted(bytes), r#""\x00\xff\"\\\n\té\u2028""#);
        assert_eq!(
            quoted("\u{7f}\u{301}ß \u{e000}".as_bytes()),
            "\"\\x7f\u{301}ß \\ue000\""
        );
        assert_eq!(hex(b"foo"), "\\x66\\x6f\\x6f");
    }
}
