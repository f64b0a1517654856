//! Lists in order: sorting a handful, and finding by numbers that ascend.

use std::cmp::Ordering;
use std::collections::VecDeque;

/// Sorts a list of some dozen items at most; equal ones keep their order. The time that it
/// takes grows with the square of their number.
///
/// (The standard library's sort is 3 kB of code for each type of what is sorted, and the page
/// is downloaded. A list of nodes, members, addresses or flags is as fast sorted by insertion.)
pub(crate) fn sort_short<T>(items: &mut [T], is_after: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut place = end;
        while place > 0 && is_after(&items[place - 1], &items[place]) {
            items.swap(place - 1, place);
            place -= 1;
        }
    }
}

/// Sorts a list of any length in O(n log n); equal ones keep their order.
///
/// (The standard library's sort, of places in the list: its code is in the page once, and not
/// once for each type of what is sorted.)
pub(crate) fn sort_long<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut places: Vec<usize> = (0..items.len()).collect();
    sort_places(&mut places, &|a, b| compare(&items[a], &items[b]));
    // Now each place says which item belongs there. They move along the circles of that.
    for start in 0..places.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut places[at], at);
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Sorts places of a list by what stands there; equal ones keep their order.
pub(crate) fn sort_places(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_by(|&a, &b| compare(a, b));
}

/// Values by keys that are few, or that come in ascending order and mostly leave in it:
/// requests by their numbers.
///
/// What comes last and what leaves first cost O(1), finding O(log n), and all else O(n) in
/// the number of values. (A tree of the standard library takes a little longer for each
/// request, most of all in wasm, and 5 kB of code for each type.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ascending<K, V>(VecDeque<(K, V)>);

impl<K, V> Default for Ascending<K, V> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<K: Ord, V> Ascending<K, V> {
    /// The place of a key, or where it would be.
    fn place(&self, key: &K) -> Result<usize, usize> {
        match self.0.front() {
            Some((first, _)) if first == key => Ok(0),
            _ => self.0.binary_search_by(|(known, _)| known.cmp(key)),
        }
    }

    /// The place of a key, which is put in where it is missing.
    fn place_with(&mut self, key: K, value: impl FnOnce() -> V) -> usize {
        if self.0.back().is_none_or(|(last, _)| *last < key) {
            self.0.push_back((key, value()));
            return self.0.len() - 1;
        }
        self.place(&key).unwrap_or_else(|place| {
            self.0.insert(place, (key, value()));
            place
        })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is one with this key.
    #[must_use]
    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        let (_, value) = self.0.get(self.place(key).ok()?)?;
        Some(value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        let (_, value) = self.0.get_mut(place)?;
        Some(value)
    }

    /// Puts a value in, in place of what the key had.
    pub fn insert(&mut self, key: K, value: V) {
        if self.0.back().is_none_or(|(last, _)| *last < key) {
            self.0.push_back((key, value));
            return;
        }
        match self.place(&key) {
            Ok(place) => self.0[place] = (key, value),
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    /// The value of a key, to be changed; the key is put in where it is missing.
    pub fn get_or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let place = self.place_with(key, value);
        &mut self.0[place].1
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place(key).ok()?;
        self.0.remove(place).map(|(_, value)| value)
    }

    /// The one with the lowest key.
    #[must_use]
    pub fn first(&self) -> Option<(&K, &V)> {
        self.0.front().map(|(key, value)| (key, value))
    }

    /// Takes the one with the lowest key out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        self.0.pop_front()
    }

    /// Keeps those that are wanted.
    pub fn retain(&mut self, mut is_wanted: impl FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| is_wanted(key, value));
    }

    /// Takes all of them out.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// All of them, by ascending key.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// All of them, by ascending key, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// All keys, in ascending order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// All values, by ascending key.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ascending, sort_long, sort_short};

    #[test]
    fn values_are_found_by_their_keys() {
        let mut numbers = Ascending::default();
        for key in [2, 5, 7, 3, 5, 1] {
            numbers.insert(key, key * 10);
        }
        numbers.insert(5, 55);
        let all: Vec<_> = numbers.iter().map(|(key, value)| (*key, *value)).collect();
        assert_eq!(all, [(1, 10), (2, 20), (3, 30), (5, 55), (7, 70)]);
        assert_eq!(numbers.get(&4), None);
        assert_eq!(numbers.get_mut(&7).copied(), Some(70));
        assert_eq!(numbers.remove(&3), Some(30));
        assert_eq!(numbers.remove(&3), None);
        assert_eq!(numbers.first(), Some((&1, &10)));
        assert_eq!(numbers.pop_first(), Some((1, 10)));
        assert!(numbers.contains_key(&2) && !numbers.contains_key(&1));
        assert!(numbers.values().eq(&[20, 55, 70]) && numbers.len() == 3);
        *numbers.get_or_insert_with(6, || 60) += 1;
        *numbers.get_or_insert_with(6, || 0) += 1;
        *numbers.get_or_insert_with(8, || 80) += 1;
        numbers.retain(|key, _| *key != 5);
        assert!(numbers.keys().eq(&[2, 6, 7, 8]) && numbers.values().eq(&[20, 62, 70, 81]));
        numbers.clear();
        assert!(numbers.is_empty());
    }

    #[test]
    fn long_lists_are_in_order_and_equal_ones_stay() {
        for count in [0_u64, 1, 2, 3, 50, 1000] {
            let scattered = (0..count).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 59, n));
            let mut items: Vec<_> = scattered.collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_long(&mut items, |a, b| a.0.cmp(&b.0));
            assert_eq!(items, expected);
        }
    }

    #[test]
    fn items_are_in_order_and_equal_ones_stay() {
        let mut items = [(3, 'a'), (1, 'a'), (3, 'b'), (2, 'a'), (1, 'b')];
        sort_short(&mut items, |a, b| a.0 > b.0);
        assert_eq!(items, [(1, 'a'), (1, 'b'), (2, 'a'), (3, 'a'), (3, 'b')]);
        sort_short::<u8>(&mut [], |a, b| a > b);
    }
}
