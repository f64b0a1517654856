//! The keys of a node's catalog in a picture, held once by the nodes that agree.

use std::cell::OnceCell;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use imbl::OrdMap;

use crate::catalog::{Changes, Key, Version};

/// Keys with their newest versions.
pub type Shelf = OrdMap<Key, Arc<Version>>;

/// How many changes are kept apart before they are put on the shelf.
const MAX_RECENT: usize = 64;

/// The keys of one node's catalog, newest versions alone.
///
/// All nodes apply the same changes, one soon after the other. What they agree on they hold
/// as one shelf, and each has the few newest changes beside it; so most changes are put on a
/// shelf once and not by every node, and only where nobody has looked for a while are they
/// put there at all.
#[derive(Clone, Debug, Default)]
pub struct SharedShelf {
    base: Shelf,
    /// What was changed after that, oldest first.
    recent: Vec<Arc<Version>>,
    /// Both together, once somebody looks.
    whole: OnceCell<Shelf>,
}

impl SharedShelf {
    /// The shelf with everything on it.
    #[must_use]
    pub fn whole(&self) -> &Shelf {
        if self.recent.is_empty() {
            return &self.base;
        }
        self.whole.get_or_init(|| {
            let mut whole = self.base.clone();
            put_all(&mut whole, &self.recent);
            whole
        })
    }

    /// The newest version of a key, if the key is there.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Arc<Version>> {
        let newest = self.recent.iter().rev();
        match newest.into_iter().find(|version| version.kv.key == key) {
            Some(version) => (!version.deleted).then_some(version),
            None => self.base.get(key),
        }
    }

    /// At least how many keys there are room for in memory; nothing is put on the shelf for it.
    pub(super) fn room(&self) -> usize {
        self.base.len() + self.recent.len()
    }

    /// The node applied changes.
    pub(super) fn change(&mut self, changes: &Changes) {
        self.recent.extend(changes.iter().cloned());
        self.whole.take();
    }

    /// Whether it is time for [`SharedShelf::merge`].
    pub(super) fn is_due(&self) -> bool {
        self.recent.len() >= MAX_RECENT
    }

    /// Puts the newest changes of a node on the shelf that it shares, as far as those that
    /// share it have them too. Who lags far behind keeps the shelf as it was. A node has its
    /// shelf where `of` and `of_mut` say.
    #[cold]
    pub(super) fn merge<N: Clone>(
        nodes: &mut [Rc<N>],
        node: usize,
        of: impl Fn(&N) -> &Self,
        of_mut: impl Fn(&mut N) -> &mut Self,
    ) {
        let shelf = of(&nodes[node]);
        let (base, recent) = (shelf.base.clone(), shelf.recent.clone());
        let mut common = recent.len();
        let mut sharing: Vec<usize> = Vec::new();
        for (place, other) in nodes.iter().enumerate() {
            let other = of(other);
            if !other.base.ptr_eq(&base) {
                continue;
            }
            let both = other.recent.iter().zip(&recent);
            let alike = both.take_while(|(a, b)| Arc::ptr_eq(a, b)).count();
            if alike >= recent.len() / 2 {
                common = common.min(alike);
                sharing.push(place);
            }
        }
        // They let go of it first, so that it need not be copied.
        let mut merged = base;
        for &place in &sharing {
            of_mut(Rc::make_mut(&mut nodes[place])).base = Shelf::new();
        }
        put_all(&mut merged, &recent[..common]);
        for place in sharing {
            let shelf = of_mut(Rc::make_mut(&mut nodes[place]));
            shelf.base = merged.clone();
            shelf.recent.drain(..common);
        }
    }
}

fn put_all(shelf: &mut Shelf, changes: &[Arc<Version>]) {
    for version in changes {
        if version.deleted {
            shelf.remove(&version.kv.key[..]);
        } else if let Some(place) = shelf.get_mut(&version.kv.key[..]) {
            *place = Arc::clone(version);
        } else {
            shelf.insert(Key::from(&version.kv.key), Arc::clone(version));
        }
    }
}

impl Deref for SharedShelf {
    type Target = Shelf;

    fn deref(&self) -> &Shelf {
        self.whole()
    }
}

impl From<Shelf> for SharedShelf {
    fn from(base: Shelf) -> Self {
        Self {
            base,
            ..Self::default()
        }
    }
}

/// By what is on it.
impl PartialEq for SharedShelf {
    fn eq(&self, other: &Self) -> bool {
        self.whole() == other.whole()
    }
}
