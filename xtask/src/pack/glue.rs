//! The JavaScript that wasm-bindgen writes, made shorter: trunk's own minifier does not
//! understand its last line, and leaves it as it is.

use anyhow::{Result, ensure};
use std::collections::BTreeMap;

/// Names of functions that the module takes from the glue, each with its short one.
pub(super) type Names = BTreeMap<String, String>;

/// Shortens the glue. Each imported function must be a property of the object of imports,
/// written once.
pub(super) fn shorten(glue: &str, imports: &[String]) -> Result<(String, Names)> {
    let mut names = Names::new();
    let mut properties = properties(glue);
    for (index, import) in imports.iter().enumerate() {
        let count = properties.remove(import.as_str()).unwrap_or(0);
        ensure!(
            count == 1,
            "the glue of wasm-bindgen has {count} properties {import}, not one"
        );
        names.insert(import.clone(), short_name(index));
    }
    let lines = if is_line_by_line(glue) {
        without_blanks(glue)
    } else {
        glue.to_owned()
    };
    Ok((renamed(&lines, &names), names))
}

/// Letters and digits that begin with a letter, in the order of their length.
fn short_name(index: usize) -> String {
    const FIRST: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
    let letter = char::from(FIRST[index % FIRST.len()]);
    match index / FIRST.len() {
        0 => letter.to_string(),
        rest => format!("{letter}{rest}"),
    }
}

/// How often each word stands before a colon.
fn properties(glue: &str) -> BTreeMap<&str, usize> {
    let mut properties = BTreeMap::new();
    for (word, rest) in words(glue) {
        if rest.starts_with(':') {
            *properties.entry(word).or_default() += 1;
        }
    }
    properties
}

/// The text with words put in the place of others where they stand before a colon.
fn renamed(glue: &str, names: &Names) -> String {
    let mut renamed = String::with_capacity(glue.len());
    let mut done = 0;
    for (word, rest) in words(glue) {
        if let (true, Some(name)) = (rest.starts_with(':'), names.get(word)) {
            let end = glue.len() - rest.len();
            renamed.push_str(&glue[done..end - word.len()]);
            renamed.push_str(name);
            done = end;
        }
    }
    renamed.push_str(&glue[done..]);
    renamed
}

/// The identifiers, each with what follows it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = &rest[rest.find(in_word)?..];
        let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some((word, after))
    })
}

/// Whether no text in quotes goes on in the next line: blanks at its start are only for people.
fn is_line_by_line(glue: &str) -> bool {
    let is_whole = |line: &str| {
        let ends_comment = line.find("*/").is_none_or(|place| place + 2 == line.len());
        let is_closed = line.matches('`').count().is_multiple_of(2);
        ends_comment && is_closed && !line.ends_with('\\')
    };
    glue.lines().map(str::trim).all(is_whole)
}

/// Without indentation, empty lines and lines of comments.
fn without_blanks(glue: &str) -> String {
    let mut short = String::with_capacity(glue.len());
    let mut in_comment = false;
    for line in glue.lines().map(str::trim) {
        let opens = line.starts_with("/*");
        if in_comment || opens {
            in_comment = !line.ends_with("*/");
            continue;
        }
        if !line.is_empty() && !line.starts_with("//") {
            short.push_str(line);
            short.push('\n');
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "/* @ts-self-types */\nconst imports = {\n    __wbg_a_12: function(x) {\n\n\
        \x20       // Twice.\n        return `a __wbg_a_12` + x;\n    },\n    /**\n     * More.\n     */\n\
        \x20   __wbg_a_123: (x) => x ? $b : y,\n};\n";

    fn imports(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_are_short_and_differ() {
        let names: Vec<_> = (0..1000).map(short_name).collect();
        let mut once = names.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), names.len());
        assert!(names.iter().all(|name| name.len() <= 3));
    }

    #[test]
    fn properties_are_renamed_and_nothing_else() {
        let (glue, names) = shorten(GLUE, &imports(&["__wbg_a_123", "__wbg_a_12"])).unwrap();
        assert_eq!(
            glue,
            "const imports = {\nb: function(x) {\nreturn `a __wbg_a_12` + x;\n},\n\
             a: (x) => x ? $b : y,\n};\n"
        );
        assert_eq!(names["__wbg_a_12"], "b");
    }

    #[test]
    fn a_text_of_many_lines_is_left_alone() {
        let text = "const text = `a\n   b`;\n";
        assert_eq!(shorten(text, &[]).unwrap().0, text);
    }

    #[test]
    fn an_import_without_a_function_is_an_error() {
        assert!(shorten(GLUE, &imports(&["__wbg_a_1"])).is_err());
        assert!(shorten("({ a: 1 }, { a: 2 })", &imports(&["a"])).is_err());
    }
}
