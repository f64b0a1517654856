//! Words of a line that a command itself reads (`util.go`, `Argify`), and quoted texts as
//! Go's `fmt` scans them.

use super::super::output::Finished;
use super::exit::{INVALID_INPUT, PANIC};
use super::text::from_bytes;

/// A word of a line.
enum Word<'a> {
    Plain(String),
    /// What stands in single quotes, with them.
    Single(&'a str),
}

/// Splits a line into words; in double quotes, escapes mean what they mean to Go. Of a word in
/// single quotes etcdctl takes as many bytes as there are words behind the first two, whatever
/// stands in it (`args[i][1 : len(args)-1]`).
///
/// # Errors
/// A text in double quotes is none of Go's, and its complaint; or one in single quotes has not
/// as many bytes, which is a panic.
pub(super) fn argify(line: &str) -> Result<Vec<String>, Finished> {
    let words = split(line).map_err(|error| invalid_input(&error))?;
    let end = words.len().saturating_sub(1);
    let taken = words.into_iter().map(|word| match word {
        Word::Plain(word) => Ok(word),
        Word::Single(word) if end > word.len() => {
            let length = word.len();
            Err(panic(&format!("[:{end}] with length {length}")))
        }
        Word::Single(_) if end < 1 => Err(panic("[1:0]")),
        Word::Single(word) => {
            let bytes = &word.as_bytes()[1..end];
            Ok(from_bytes(bytes))
        }
    });
    taken.collect()
}

fn invalid_input(error: &str) -> Finished {
    Finished::error(format!("Error: {error}"), INVALID_INPUT)
}

/// How a Go program ends.
fn panic(bounds: &str) -> Finished {
    let text = format!("panic: runtime error: slice bounds out of range {bounds}");
    Finished::error(text, PANIC)
}

fn split(line: &str) -> Result<Vec<Word<'_>>, String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, behind) = match first {
            '"' => match closing(rest) {
                Some(end) => {
                    let (text, _) = scan_quoted(&rest[..end]).ok_or("invalid syntax")?;
                    let text = from_bytes(&text);
                    (Word::Plain(text), &rest[end..])
                }
                // One quote alone belongs to no word.
                None => {
                    rest = rest[1..].trim_start();
                    continue;
                }
            },
            '\'' => match rest[1..].find('\'') {
                Some(end) => (Word::Single(&rest[..end + 2]), &rest[end + 2..]),
                None => {
                    rest = rest[1..].trim_start();
                    continue;
                }
            },
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (Word::Plain(rest[..end].to_owned()), &rest[end..])
            }
        };
        words.push(word);
        rest = behind.trim_start();
    }
    Ok(words)
}

/// Where a text in double quotes ends, which begins here; behind its last quote.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (place, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(place + 1),
            _ => {}
        }
    }
    None
}

/// A quoted text at the beginning, as Go's `%q` scans it, and what follows it.
pub(super) fn scan_quoted(text: &str) -> Option<(Vec<u8>, &str)> {
    if let Some(rest) = text.strip_prefix('`') {
        let (raw, rest) = rest.split_once('`')?;
        return Some((raw.as_bytes().to_vec(), rest));
    }
    if !text.starts_with('"') {
        return None;
    }
    let end = closing(text)?;
    let mut inside = &text[1..end - 1];
    let mut bytes = Vec::new();
    while let Some(character) = inside.chars().next() {
        inside = &inside[character.len_utf8()..];
        match character {
            '\\' => inside = unescape(inside, &mut bytes)?,
            '\n' => return None,
            _ => push(&mut bytes, character),
        }
    }
    Some((bytes, &text[end..]))
}

fn push(bytes: &mut Vec<u8>, character: char) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Takes what stands behind a backslash (`strconv.UnquoteChar`); what follows it.
fn unescape<'a>(text: &'a str, bytes: &mut Vec<u8>) -> Option<&'a str> {
    let kind = text.chars().next()?;
    let plain = match kind {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        '"' => b'"',
        _ => 0,
    };
    if plain != 0 {
        bytes.push(plain);
        return Some(&text[1..]);
    }
    let (start, digits, radix) = match kind {
        'x' => (1, 2, 16),
        'u' => (1, 4, 16),
        'U' => (1, 8, 16),
        '0'..='7' => (0, 3, 8),
        _ => return None,
    };
    let number = text.get(start..start + digits)?;
    let all_digits = number.chars().all(|digit| digit.is_digit(radix));
    let number = u32::from_str_radix(number, radix)
        .ok()
        .filter(|_| all_digits)?;
    match kind {
        'u' | 'U' => push(bytes, char::from_u32(number)?),
        _ => bytes.push(u8::try_from(number).ok()?),
    }
    Some(&text[start + digits..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_gos_expression_finds() {
        let words = |line| argify(line).unwrap();
        assert_eq!(
            words("put key1 \"over wrote\""),
            ["put", "key1", "over wrote"]
        );
        assert_eq!(words(" get x --prefix "), ["get", "x", "--prefix"]);
        assert_eq!(words(r#"put a "x\"y\n""#), ["put", "a", "x\"y\n"]);
        assert!(argify(r#"put a "\q""#).is_err());
    }

    /// As etcdctl 3.4.23 does it, which is wrong.
    #[test]
    fn words_in_single_quotes_are_cut_by_the_number_of_words() {
        assert_eq!(argify("get 'a b'").unwrap(), ["get", ""]);
        assert_eq!(argify("put x 'q r'").unwrap(), ["put", "x", "q"]);
        assert_eq!(argify("put 'abc' d e --f").unwrap()[1], "abc");
        let said = |line: &str| argify(line).unwrap_err().lines[0].text.clone();
        assert!(said("'a'").ends_with("out of range [1:0]"));
        assert!(said("put '' 1 2").ends_with("out of range [:3] with length 2"));
    }

    #[test]
    fn quoted_texts_are_scanned() {
        let (bytes, rest) = scan_quoted(r#""\x00\xff\u00e9\101") > "1""#).unwrap();
        assert_eq!(bytes, b"\x00\xff\xc3\xa9A");
        assert_eq!(rest, ") > \"1\"");
        assert_eq!(scan_quoted("`a\\n` x").unwrap(), (b"a\\n".to_vec(), " x"));
        for text in ["a", "\"a", "\"\\u12\"", "\"\\+1\""] {
            assert_eq!(scan_quoted(text), None, "{text}");
        }
    }
}
