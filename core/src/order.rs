//! Sorting lists of a handful.
//!
//! The standard library's sort is 3 kB of code for each type of what is sorted, and the page
//! is downloaded. A list of nodes, members, addresses or flags is as fast sorted by insertion.

/// Sorts a list of some dozen items at most; equal ones keep their order. The time that it
/// takes grows with the square of their number.
pub(crate) fn sort_short<T>(items: &mut [T], is_after: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut place = end;
        while place > 0 && is_after(&items[place - 1], &items[place]) {
            items.swap(place - 1, place);
            place -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sort_short;

    #[test]
    fn items_are_in_order_and_equal_ones_stay() {
        let mut items = [(3, 'a'), (1, 'a'), (3, 'b'), (2, 'a'), (1, 'b')];
        sort_short(&mut items, |a, b| a.0 > b.0);
        assert_eq!(items, [(1, 'a'), (1, 'b'), (2, 'a'), (3, 'a'), (3, 'b')]);
        sort_short::<u8>(&mut [], |a, b| a > b);
    }
}
