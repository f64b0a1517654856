//! How components follow the session.

use std::rc::{Rc, Weak};

use glassraft_core::trace::{Branch, BranchId};
use yew::prelude::*;

use super::super::Findings;
use super::{Inner, Listener, Store, View};

impl Store {
    fn subscribe(&self, listener: Listener) -> Subscription {
        let id = self.0.next_listener.get();
        self.0.next_listener.set(id + 1);
        self.0.listeners.borrow_mut().push((id, listener));
        Subscription {
            store: Rc::downgrade(&self.0),
            id,
        }
    }
}

/// Ends with its owner.
struct Subscription {
    store: Weak<Inner>,
    id: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(store) = self.store.upgrade() {
            store
                .listeners
                .borrow_mut()
                .retain(|(id, _)| *id != self.id);
        }
    }
}

/// The session of the page.
#[hook]
pub(crate) fn use_store() -> Store {
    use_context::<Store>().expect("every component is inside of the app")
}

/// What `select` makes of the view. The component renders again when that changes, and
/// only then.
///
/// Each use has its own types, so the generic part is kept as small as can be: what is
/// done for each use is done behind a boxed function.
#[hook]
pub(crate) fn use_view<T, F>(select: F) -> T
where
    T: Clone + PartialEq + 'static,
    F: Fn(&View) -> T + 'static,
{
    let store = use_store();
    let selected = select(&store.view());
    let shown = selected.clone();
    use_change(store, Box::new(move |view| select(view) != shown));
    selected
}

/// The branches, the shown one, and what was found out about them.
#[hook]
pub(crate) fn use_branches() -> (Rc<Vec<Branch>>, BranchId, Rc<Findings>) {
    use_view(|view| {
        let calm = &view.calm;
        let (branches, findings) = (Rc::clone(&calm.branches), Rc::clone(&calm.findings));
        (branches, calm.branch, findings)
    })
}

/// Whether a view shows something else than what was drawn last.
type Change = Box<dyn Fn(&View) -> bool>;

/// Renders the component again as soon as `change` holds.
#[hook]
fn use_change(store: Store, change: Change) {
    let update = use_force_update();
    let newest = use_mut_ref(|| None::<Change>);
    *newest.borrow_mut() = Some(change);
    use_effect_with((), move |()| {
        let look = move |view: &View| {
            if newest.borrow().as_ref().is_some_and(|change| change(view)) {
                update.force_update();
            }
        };
        // What changed between the first drawing and now.
        look(&store.view());
        let subscription = store.subscribe(Rc::new(look));
        move || drop(subscription)
    });
}
