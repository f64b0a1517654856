//! A list by index that remembers its newest items.

use std::collections::VecDeque;

/// The most items of one `Window`: the newest ones. What is older is not remembered, and
/// what would have to be compared with it is taken for right.
pub const MAX_REMEMBERED: usize = 65_536;

/// Items with consecutive indices, of which at most [`MAX_REMEMBERED`] are kept.
#[derive(Clone, Debug)]
pub(super) struct Window<T> {
    /// The index before the first item.
    base: u64,
    items: VecDeque<T>,
}

impl<T> Default for Window<T> {
    fn default() -> Self {
        Self {
            base: 0,
            items: VecDeque::new(),
        }
    }
}

impl<T> Window<T> {
    /// The index before the first item.
    pub(super) fn base(&self) -> u64 {
        self.base
    }

    /// The index of the last item; the base if there is none.
    pub(super) fn last(&self) -> u64 {
        self.base + self.items.len() as u64
    }

    /// The item at an index.
    pub(super) fn get(&self, index: u64) -> Option<&T> {
        let offset = index.checked_sub(self.base + 1)?;
        self.items.get(usize::try_from(offset).ok()?)
    }

    /// The index of the last item that meets a condition, where all that meet it come
    /// before all that do not; the base if none does.
    pub(super) fn last_that(&self, meets: impl FnMut(&T) -> bool) -> u64 {
        self.base + self.items.partition_point(meets) as u64
    }

    /// Puts an item behind the last. Returns the oldest if there was no more room for it.
    pub(super) fn push(&mut self, item: T) -> Option<T> {
        let is_full = self.items.len() >= MAX_REMEMBERED;
        let oldest = is_full.then(|| self.items.pop_front()).flatten();
        self.base += u64::from(oldest.is_some());
        self.items.push_back(item);
        oldest
    }

    /// Takes away the items from `index` on, which lies behind the base.
    pub(super) fn cut(&mut self, index: u64) {
        let kept = index.saturating_sub(self.base + 1);
        self.items
            .truncate(usize::try_from(kept).unwrap_or(usize::MAX));
    }

    /// Forgets the items before `index`, which lies behind the base; it may lie behind the
    /// last item too.
    pub(super) fn forget_before(&mut self, index: u64) {
        let forgotten = usize::try_from(index - self.base - 1).unwrap_or(usize::MAX);
        self.items.drain(..forgotten.min(self.items.len()));
        self.base = index - 1;
    }

    /// Forgets everything, and goes on behind `base`.
    pub(super) fn restart(&mut self, base: u64) {
        self.base = base;
        self.items.clear();
    }
}
