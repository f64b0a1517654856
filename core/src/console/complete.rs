//! What may come next in a line: commands, flags, keys, nodes.

use crate::trace::Frame;

use super::{etcdctl, lab};

/// The most keys that are offered.
const MAX_KEYS: usize = 50;

/// Whole lines that a line could go on to be. Nothing is offered in the middle of a quote.
#[must_use]
pub fn complete(frame: &Frame, line: &str) -> Vec<String> {
    let word_at = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (before, word) = line.split_at(word_at);
    let mut typed: Vec<String> = before.split_whitespace().map(str::to_owned).collect();
    if before.contains(['\'', '"', '\\']) {
        return Vec::new();
    }
    // What stands behind `timeout 2` is a line of its own.
    while typed.first().is_some_and(|first| first == "timeout") && typed.len() >= 2 {
        typed.drain(..2);
    }
    let nodes = || frame.nodes.iter().map(|node| node.node.to_string());
    let names = || lab::names().map(str::to_owned);
    let mut candidates: Vec<String> = match typed.split_first() {
        None => std::iter::once("etcdctl".to_owned())
            .chain(names())
            .collect(),
        Some((first, rest)) if first == "etcdctl" => {
            let (flag, value) = split_flag(word);
            let mut rest = rest.to_vec();
            rest.extend(flag.map(|flag| flag.trim_end_matches('=').to_owned()));
            let expected = etcdctl::expected(&rest, value);
            let mut words = expected.words;
            if expected.endpoints {
                words.extend(nodes());
            }
            if expected.keys {
                words.extend(keys(frame, value));
            }
            let flag = flag.unwrap_or_default();
            words.iter().map(|word| format!("{flag}{word}")).collect()
        }
        Some((first, _)) if first == "help" => names().collect(),
        Some((name, _)) => match lab::words_behind(name) {
            [] => Vec::new(),
            words => nodes()
                .chain(words.iter().map(|word| (*word).to_owned()))
                .collect(),
        },
    };
    candidates.retain(|candidate| candidate.starts_with(word));
    let whole = candidates.iter().map(|candidate| {
        let blank = if candidate.ends_with('=') { "" } else { " " };
        format!("{before}{candidate}{blank}")
    });
    whole.collect()
}

/// A flag up to its `=`, and what stands behind it.
fn split_flag(word: &str) -> (Option<&str>, &str) {
    match word.find('=').filter(|_| word.starts_with('-')) {
        Some(place) => (Some(&word[..=place]), &word[place + 1..]),
        None => (None, word),
    }
}

/// Keys that a node has and that begin so, as far as they can be typed as they are.
fn keys(frame: &Frame, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    let plain = |key: &str| {
        let typed = |c: char| c.is_alphanumeric() || "/_-.,:@+=%".contains(c);
        !key.is_empty() && !key.starts_with('-') && key.chars().all(typed)
    };
    for version in frame.nodes.iter().flat_map(|node| node.shelf.values()) {
        let Ok(key) = std::str::from_utf8(&version.kv.key) else {
            continue;
        };
        if plain(key) && key.starts_with(word) && !found.iter().any(|known| known == key) {
            found.push(key.to_owned());
        }
        if found.len() == MAX_KEYS {
            break;
        }
    }
    crate::order::sort_short(&mut found, |a, b| a > b);
    found
}
