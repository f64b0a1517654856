//! A node's log in a picture, held once by the nodes that agree.

use std::cell::OnceCell;
use std::ops::Deref;
use std::rc::Rc;

use imbl::Vector;

use crate::member::LogEntry;

/// How many entries are kept apart before they are put to the others.
const MAX_RECENT: usize = 64;

/// A part of a log.
#[derive(Clone, Debug, Default)]
struct Part {
    /// How many entries were before it.
    before: u64,
    entries: Vector<LogEntry>,
}

impl Part {
    fn end(&self) -> u64 {
        self.before + self.entries.len() as u64
    }

    /// Whether both are one, or hold nothing from the same index on.
    fn is(self: &Rc<Self>, other: &Rc<Self>) -> bool {
        let ends = [(self.before, self.end()), (other.before, other.end())];
        Rc::ptr_eq(self, other) || ends == [(self.before, self.before); 2]
    }
}

/// The log of one node.
///
/// All nodes append the same entries, one soon after the other. What they agree on they hold
/// as one, and each has its newest entries beside it; so most entries are put into a
/// persistent list once and not by every node.
#[derive(Clone, Debug, Default)]
pub struct SharedLog {
    /// How many entries were before the first one that the log has room for.
    before: u64,
    /// What several nodes hold; its beginning may be compacted here.
    base: Rc<Part>,
    /// What comes after that.
    recent: Vec<LogEntry>,
    /// The log in one piece, once somebody looks.
    whole: OnceCell<Vector<LogEntry>>,
}

impl SharedLog {
    /// The log in one piece.
    #[must_use]
    pub fn whole(&self) -> &Vector<LogEntry> {
        if self.recent.is_empty() && self.base.before == self.before {
            return &self.base.entries;
        }
        self.whole.get_or_init(|| {
            let mut whole = self.base.entries.skip(self.compacted());
            whole.extend(self.recent.iter().cloned());
            whole
        })
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.base.entries.len() - self.compacted() + self.recent.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry at a place, from 0.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&LogEntry> {
        let place = place + self.compacted();
        match place.checked_sub(self.base.entries.len()) {
            Some(place) => self.recent.get(place),
            None => self.base.entries.get(place),
        }
    }

    /// How many entries of the base were compacted here.
    fn compacted(&self) -> usize {
        let compacted = self.before - self.base.before;
        usize::try_from(compacted).map_or(usize::MAX, |compacted| {
            compacted.min(self.base.entries.len())
        })
    }

    /// Empties the log; its next entry comes after so many others.
    pub(super) fn reset(&mut self, before: u64) {
        self.before = before;
        self.base = Rc::new(Part {
            before,
            entries: Vector::new(),
        });
        self.recent.clear();
        self.whole.take();
    }

    /// Drops the beginning of the log, before the entry of this index.
    pub(super) fn drop_before(&mut self, first: u64) {
        let before = first.saturating_sub(1);
        if before <= self.before {
            return;
        }
        if before >= self.base.end() {
            let from = usize::try_from(before - self.base.end()).unwrap_or(usize::MAX);
            let left = self.recent.split_off(from.min(self.recent.len()));
            self.reset(before);
            self.recent = left;
            return;
        }
        self.before = before;
        self.whole.take();
    }

    /// Puts entries in place of those from an index on.
    pub(super) fn replace(&mut self, from: u64, entries: &[LogEntry]) {
        let kept = from.saturating_sub(1);
        match kept.checked_sub(self.base.end()) {
            Some(kept) => self
                .recent
                .truncate(usize::try_from(kept).unwrap_or(usize::MAX)),
            None => self.cut_base(kept),
        }
        self.recent.extend(entries.iter().cloned());
        self.whole.take();
    }

    /// Keeps what comes up to an index, which is in the base.
    #[cold]
    fn cut_base(&mut self, last: u64) {
        let kept = usize::try_from(last.saturating_sub(self.base.before)).unwrap_or(usize::MAX);
        let base = Rc::make_mut(&mut self.base);
        base.entries.truncate(kept);
        self.recent.clear();
    }

    /// Whether it is time for [`SharedLog::merge`].
    pub(super) fn is_due(&self) -> bool {
        self.recent.len() >= MAX_RECENT
    }

    /// Puts the newest entries of a node to those that it shares, as far as those that share
    /// them have the newest ones too. Who lags far behind keeps what it had. A node has its log
    /// where `of` and `of_mut` say.
    #[cold]
    pub(super) fn merge<N: Clone>(
        nodes: &mut [Rc<N>],
        node: usize,
        of: impl Fn(&N) -> &Self,
        of_mut: impl Fn(&mut N) -> &mut Self,
    ) {
        let log = of(&nodes[node]);
        let (mut base, recent) = (Rc::clone(&log.base), log.recent.clone());
        let mut before = log.before;
        let mut common = recent.len();
        let mut sharing: Vec<usize> = Vec::new();
        for (place, other) in nodes.iter().enumerate() {
            let log = of(other);
            if !log.base.is(&base) {
                continue;
            }
            let both = log.recent.iter().zip(&recent);
            let alike = both.take_while(|(a, b)| a.is_same_copy(b)).count();
            if alike >= recent.len() / 2 {
                common = common.min(alike);
                before = before.min(log.before);
                sharing.push(place);
            }
        }
        // They let go of it first, so that it need not be copied.
        let none = Rc::default();
        for &place in &sharing {
            of_mut(Rc::make_mut(&mut nodes[place])).base = Rc::clone(&none);
        }
        let merged = Rc::make_mut(&mut base);
        merged.entries.extend(recent[..common].iter().cloned());
        let compacted = usize::try_from(before - merged.before).unwrap_or(usize::MAX);
        if compacted > 0 {
            merged.entries = merged.entries.skip(compacted.min(merged.entries.len()));
            merged.before = before;
        }
        for place in sharing {
            let log = of_mut(Rc::make_mut(&mut nodes[place]));
            log.base = Rc::clone(&base);
            log.recent.drain(..common);
        }
    }
}

impl Deref for SharedLog {
    type Target = Vector<LogEntry>;

    fn deref(&self) -> &Vector<LogEntry> {
        self.whole()
    }
}

/// By what is in it.
impl PartialEq for SharedLog {
    fn eq(&self, other: &Self) -> bool {
        self.before == other.before && self.whole() == other.whole()
    }
}
