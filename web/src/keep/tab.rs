//! What this tab knows of itself and of the others.
//!
//! The identifier of its session lies in the tab's own storage, which outlives a reload and
//! a crash of the page, and goes with the tab. A copied tab copies it; so each tab also
//! holds a lock (Web Locks) on its identifier, which the browser gives back when the page
//! ends in whatever way. A browser without such locks has each tab believe its own storage.

use std::cell::RefCell;

use gloo::utils::window;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser;

/// Where the tab keeps its identifier.
const STORED: &str = "glassraft.session";

/// What the names of the locks begin with.
const LOCKS: &str = "glassraft.session.";

/// How the page was come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It was loaded again, also after a crash.
    Reload,
    /// Through the history, or as the browser began again.
    Back,
    /// Through a link or the address.
    Link,
}

/// How the page was come to.
pub(super) fn arrival() -> Arrival {
    let performance = window().performance();
    let entries = performance.map(|performance| performance.get_entries_by_type("navigation"));
    let first = entries.map(|entries| entries.get(0));
    let kind = first.and_then(|entry| Reflect::get(&entry, &"type".into()).ok());
    match kind.and_then(|kind| kind.as_string()).as_deref() {
        Some("reload") => Arrival::Reload,
        Some("back_forward") => Arrival::Back,
        _ => Arrival::Link,
    }
}

/// The identifier that the tab had before.
pub(super) fn stored_id() -> Option<String> {
    window().session_storage().ok()??.get_item(STORED).ok()?
}

fn store_id(id: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        // Without it a reload begins with the address, as it did before.
        let _refused = storage.set_item(STORED, id);
    }
}

/// An identifier that nobody has.
pub(super) fn new_id() -> String {
    format!("{:016x}", browser::random())
}

/// The identifiers that some tab holds.
pub(super) async fn held() -> Vec<String> {
    let query = locks().and_then(|locks| call(&locks, "query", &Array::new()));
    let Some(promise) = query else {
        return Vec::new();
    };
    let Ok(answer) = JsFuture::from(promise).await else {
        return Vec::new();
    };
    let held = Reflect::get(&answer, &"held".into()).unwrap_or_default();
    let name = |lock: JsValue| Reflect::get(&lock, &"name".into()).ok()?.as_string();
    let held = Array::from(&held);
    held.iter()
        .filter_map(name)
        .filter_map(|name| name.strip_prefix(LOCKS).map(str::to_owned))
        .collect()
}

/// The identifier that this tab holds, and its lock.
#[derive(Default)]
pub(super) struct Hold {
    id: RefCell<String>,
    /// Gives the lock back.
    release: RefCell<Option<Function>>,
}

impl Hold {
    /// The identifier.
    pub(super) fn id(&self) -> String {
        self.id.borrow().clone()
    }

    /// Takes another identifier, and gives the one before back.
    pub(super) fn take(&self, id: String) {
        store_id(&id);
        if let Some(release) = self.release.take() {
            // It is the function of a promise, which takes anything.
            let _never_fails = release.call0(&JsValue::NULL);
        }
        let promise = Promise::new(&mut |resolve, _| {
            *self.release.borrow_mut() = Some(resolve);
        });
        let hold = Closure::once_into_js(move || promise);
        if let Some(locks) = locks() {
            let arguments = Array::of2(&format!("{LOCKS}{id}").into(), &hold);
            let _asked = call(&locks, "request", &arguments);
        }
        *self.id.borrow_mut() = id;
    }
}

/// The browser's locks, if it has any for this page.
fn locks() -> Option<JsValue> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    locks.is_object().then_some(locks)
}

fn call(object: &JsValue, method: &str, arguments: &Array) -> Option<Promise> {
    let method = Reflect::get(object, &method.into()).ok()?;
    let method: Function = method.dyn_into().ok()?;
    method.apply(object, arguments).ok()?.dyn_into().ok()
}
