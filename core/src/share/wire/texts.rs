//! Keys and values, each kept once.
//!
//! The first mention of a text is 0, and means the next text of a list of its own; each
//! further mention is its place in that list, from 1.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::bytes::{Width, put, take};

/// A mention of a text.
pub(super) type Mention = u32;

/// Collects texts.
#[derive(Debug, Default)]
pub(super) struct Writer {
    places: BTreeMap<Bytes, Mention>,
    /// The length of each text, and the text.
    list: Vec<u8>,
}

impl Writer {
    /// The mention of a text.
    pub(super) fn mention(&mut self, text: &Bytes) -> Mention {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = u32::try_from(self.places.len() + 1).unwrap_or(u32::MAX);
        self.places.insert(text.clone(), place);
        put(&mut self.list, text.len() as u64);
        self.list.extend_from_slice(text);
        0
    }

    /// The list.
    pub(super) fn into_list(self) -> Vec<u8> {
        self.list
    }
}

/// Finds texts. All of them share the memory of the list.
#[derive(Debug)]
pub(super) struct Reader {
    known: Vec<Bytes>,
    list: Bytes,
}

impl Reader {
    /// The texts of a list.
    pub(super) fn new(list: &[u8]) -> Self {
        Self {
            known: Vec::new(),
            list: Bytes::copy_from_slice(list),
        }
    }

    /// The text that is mentioned.
    pub(super) fn text(&mut self, mention: Mention) -> Option<Bytes> {
        let Some(place) = mention.checked_sub(1) else {
            return self.next();
        };
        self.known.get(usize::try_from(place).ok()?).cloned()
    }

    fn next(&mut self) -> Option<Bytes> {
        let mut rest = &self.list[..];
        let length = usize::try_from(take(&mut rest, Width::Bits32)?).ok()?;
        if length > rest.len() {
            return None;
        }
        let start = self.list.len() - rest.len();
        let _length = self.list.split_to(start);
        let text = self.list.split_to(length);
        self.known.push(text.clone());
        Some(text)
    }

    /// How many bytes nobody asked for.
    pub(super) fn left(&self) -> usize {
        self.list.len()
    }
}
