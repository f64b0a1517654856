//! What the page asks of the browser, each behind one small function. A browser may
//! refuse any of it (a frame without storage, say); then there is a sensible answer.

mod panics;
mod size;

pub(crate) use panics::show_panics;
pub(crate) use size::{Size, use_size};

use gloo::utils::{document, document_element, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Milliseconds of the browser's monotonic clock.
pub(crate) fn now_ms() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

/// A new seed, small enough to be read aloud.
pub(crate) fn random_seed() -> u64 {
    let mut bytes = [0; 4];
    let random = window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if random.is_err() {
        // The clock is as good for this: a seed need not be a secret.
        return now_ms().to_bits() % 1_000_000;
    }
    u64::from(u32::from_le_bytes(bytes) % 1_000_000)
}

/// What stands behind the `#` of the address.
pub(crate) fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// Puts a fragment into the address, without a new entry in the history.
pub(crate) fn set_fragment(fragment: &str) {
    if let Ok(history) = window().history() {
        let address = format!("#{fragment}");
        // A refusal (a frame in a sandbox) costs only the link.
        let _refused =
            history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
    }
}

/// What was stored under a name.
pub(crate) fn recall(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Stores a value under a name, where the browser allows it.
pub(crate) fn remember(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _refused = storage.set_item(name, value);
    }
}

/// Whether the tab cannot be seen.
pub(crate) fn is_hidden() -> bool {
    document().hidden()
}

/// Whether the person asked their system for less motion.
pub(crate) fn prefers_less_motion() -> bool {
    matches(&window(), "(prefers-reduced-motion: reduce)")
}

/// Whether the system prefers dark colours.
pub(crate) fn prefers_dark() -> bool {
    matches(&window(), "(prefers-color-scheme: dark)")
}

fn matches(window: &web_sys::Window, query: &str) -> bool {
    let list = window.match_media(query).ok().flatten();
    list.is_some_and(|list| list.matches())
}

/// Sets an attribute of the whole document.
pub(crate) fn set_root_attribute(name: &str, value: &str) {
    let _never_fails = document_element().set_attribute(name, value);
}

/// Puts the keyboard's focus on the element of a selector.
pub(crate) fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let _never_fails = element.focus();
    }
}

/// Puts the keyboard's focus on the element with this name for tests.
pub(crate) fn focus_named(test_id: &str) {
    focus(&format!("[data-testid=\"{test_id}\"]"));
}

/// Takes the keyboard's focus from whatever has it.
pub(crate) fn blur() {
    if let Some(element) = document().active_element()
        && let Some(element) = element.dyn_ref::<HtmlElement>()
    {
        let _never_fails = element.blur();
    }
}

/// Takes away what stood on the page before the program ran.
pub(crate) fn remove_start() {
    if let Some(element) = document().get_element_by_id("start") {
        element.remove();
    }
}

fn find(selector: &str) -> Option<HtmlElement> {
    let element = document().query_selector(selector).ok()??;
    element.dyn_into().ok()
}

/// Whether the element of an event shows that it has the focus: it was reached by the
/// keyboard, not by a click.
pub(crate) fn shows_focus(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target();
    let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.matches(":focus-visible").unwrap_or(false))
}

/// Whether no text is selected.
pub(crate) fn selects_nothing() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_none_or(|selection| selection.is_collapsed())
}
