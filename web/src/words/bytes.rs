//! Bytes that anybody may have typed, as text that is safe to show.

use super::words;

/// The text of some bytes. What is not readable is escaped: bytes that are no UTF-8,
/// control characters, and those that turn the direction of the text around them.
pub(crate) fn readable(bytes: &[u8], max_chars: usize) -> String {
    // Enough bytes for so many characters, so that a value of megabytes costs nothing.
    let cut = bytes.len().min(max_chars.saturating_mul(4));
    let mut text = String::new();
    let mut chars = 0;
    for chunk in bytes[..cut].utf8_chunks() {
        for character in chunk.valid().chars() {
            if chars == max_chars {
                return with_length(&text, bytes.len());
            }
            push(&mut text, character);
            chars += 1;
        }
        for byte in chunk.invalid() {
            if chars == max_chars {
                return with_length(&text, bytes.len());
            }
            text.push_str(&format!("\\x{byte:02x}"));
            chars += 1;
        }
    }
    if cut < bytes.len() {
        return with_length(&text, bytes.len());
    }
    text
}

/// The end of a key, where keys differ, with a sign for what is before it. A byte of a key that
/// is no text counts as a character.
pub(crate) fn ending(key: &[u8], max_chars: usize) -> String {
    let from = match str::from_utf8(key) {
        Ok(text) => {
            let places = text.char_indices().rev().take(max_chars);
            places.last().map_or(key.len(), |(place, _)| place)
        }
        Err(_) => key.len().saturating_sub(max_chars),
    };
    let sign = if from > 0 { "…" } else { "" };
    format!("{sign}{}", readable(&key[from..], max_chars))
}

/// A typed line or a printed one, cut if it is very long.
pub(crate) fn clipped(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => with_length(&text[..end], text.len()),
        None => text.to_owned(),
    }
}

fn with_length(text: &str, bytes: usize) -> String {
    format!("{text}{}", (words().cut)(bytes))
}

fn push(text: &mut String, character: char) {
    let turns = matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    );
    if character.is_control() || turns {
        text.extend(character.escape_default());
    } else {
        text.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays() {
        assert_eq!(readable("/lib/dune – ü".as_bytes(), 40), "/lib/dune – ü");
    }

    #[test]
    fn what_cannot_be_read_is_escaped() {
        assert_eq!(readable(b"a\nb\xff\x00", 40), "a\\nb\\xff\\u{0}");
        assert_eq!(readable("\u{202e}x".as_bytes(), 40), "\\u{202e}x");
    }

    #[test]
    fn a_long_key_is_cut_at_its_beginning() {
        assert_eq!(ending(b"/shelf/4", 8), "/shelf/4");
        assert_eq!(ending(b"/registry/pods/default", 7), "…default");
        assert_eq!(ending("/ü4".as_bytes(), 2), "…ü4");
        assert_eq!(ending("書架書架".as_bytes(), 4), "書架書架");
        assert_eq!(ending(&[0x80; 5], 2), "…\\x80\\x80");
    }

    #[test]
    fn long_text_is_cut_with_its_length() {
        let text = readable(&[b'a'; 1_000], 5);
        assert!(text.starts_with("aaaaa") && text.contains("1000") && text.len() < 40);
        assert!(clipped(&"ä".repeat(100), 10).starts_with(&"ä".repeat(10)));
    }
}
