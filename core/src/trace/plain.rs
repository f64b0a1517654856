//! Keys, values and messages as words of a line.

use std::fmt::Write as _;

/// A call with its message, as `txn:{"success":[…]}`.
pub(super) fn call_text(name: &str, message: &str) -> String {
    const MAX_SHOWN: usize = 256;
    let plain = json_text(message);
    let mut text = format!("{name}:{}", &plain[..plain.len().min(MAX_SHOWN)]);
    if plain.len() > MAX_SHOWN {
        add_rest(&mut text, plain.as_bytes());
    }
    text
}

/// JSON in ASCII and without blanks; texts in it may have some.
fn json_text(json: &str) -> String {
    let mut text = String::new();
    for character in json.chars() {
        if character.is_ascii_graphic() {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _infallible = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

/// Bytes as text without blanks; what is not plain is escaped, and a long one is cut, with
/// its length and its hash behind it.
pub(super) fn bytes(bytes: &[u8]) -> String {
    const MAX_SHOWN: usize = 64;
    let mut text: String = bytes
        .iter()
        .take(MAX_SHOWN)
        .flat_map(|&byte| std::ascii::escape_default(byte))
        .map(char::from)
        .collect();
    text = text.replace(' ', "\\x20");
    if bytes.len() > MAX_SHOWN {
        add_rest(&mut text, bytes);
    }
    text
}

/// What stands behind the beginning of something long.
fn add_rest(text: &mut String, bytes: &[u8]) {
    let length = bytes.len();
    let _infallible = write!(text, "…({length} bytes, {:016x})", fnv_1a(bytes));
}

/// The 64-bit FNV-1a hash (RFC 9923).
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::{bytes, call_text, fnv_1a};

    #[test]
    fn two_long_values_never_look_the_same() {
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
        let (one, other) = ([b'a'; 65], [[b'a'; 64].as_slice(), b"b"].concat());
        assert_eq!(
            bytes(&one),
            "a".repeat(64) + "…(65 bytes, 8087e9a889f8a14c)"
        );
        assert_ne!(bytes(&one), bytes(&other));
        assert_eq!(bytes(b"a b\n"), "a\\x20b\\n");
    }

    #[test]
    fn a_long_message_is_cut() {
        let long = call_text("txn", &"x".repeat(257));
        assert_eq!(
            long,
            format!(
                "txn:{}…(257 bytes, {:016x})",
                "x".repeat(256),
                fnv_1a(&[b'x'; 257])
            )
        );
    }
}
