//! What the page asks of the browser, each behind one small function. A browser may
//! refuse any of it (a frame without storage, say); then there is a sensible answer.

mod file;
mod modal;
mod panics;
mod size;

pub(crate) use file::{read_chosen, read_chosen_bytes};
pub(crate) use modal::use_modal;
pub(crate) use panics::show_panics;
pub(crate) use size::{Size, use_size};

use gloo::file::Blob;
use gloo::utils::{document, document_element, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use web_sys::js_sys::Math;

/// Milliseconds of the browser's monotonic clock.
pub(crate) fn now_ms() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

/// Sine and cosine. The browser has both; the standard library's tables for them would be
/// downloaded.
pub(crate) fn sin_cos(angle: f64) -> (f64, f64) {
    if cfg!(target_arch = "wasm32") {
        (Math::sin(angle), Math::cos(angle))
    } else {
        angle.sin_cos()
    }
}

/// A new seed, small enough to be read aloud.
pub(crate) fn random_seed() -> u64 {
    random() % 1_000_000
}

/// A random number.
pub(crate) fn random() -> u64 {
    let mut bytes = [0; 8];
    let random = window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if random.is_err() {
        // The clock is as good for this: nothing made of it need be a secret.
        return now_ms().to_bits();
    }
    u64::from_le_bytes(bytes)
}

/// A time of the Unix epoch, in ms, as people of this language write it.
pub(crate) fn date_text(language: &str, epoch_ms: f64) -> String {
    let date = js_sys::Date::new(&epoch_ms.into());
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // A new object takes every field.
        let _never_refused = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_string(language, &options).into()
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

/// The whole address.
pub(crate) fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// Puts a text into the clipboard, where the browser allows it.
pub(crate) fn copy(text: &str) {
    // Whether it succeeds is the browser's to say; there is nothing to be done about it.
    let _promise = window().navigator().clipboard().write_text(text);
}

/// Has the browser save a text as a file.
pub(crate) fn download(name: &str, media_type: &str, text: &str) {
    save(name, &Blob::new_with_options(text, Some(media_type)));
}

/// Has the browser save bytes as a file.
pub(crate) fn download_bytes(name: &str, bytes: &[u8]) {
    save(
        name,
        &Blob::new_with_options(bytes, Some("application/octet-stream")),
    );
}

fn save(name: &str, blob: &Blob) {
    let blob: &web_sys::Blob = blob.as_ref();
    let Ok(address) = web_sys::Url::create_object_url_with_blob(blob) else {
        return;
    };
    if let Ok(element) = document().create_element("a")
        && let Ok(anchor) = element.dyn_into::<web_sys::HtmlAnchorElement>()
    {
        anchor.set_href(&address);
        anchor.set_download(name);
        anchor.click();
    }
    let _never_fails = web_sys::Url::revoke_object_url(&address);
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
    let Ok(Some(element)) = document().query_selector(selector) else {
        return;
    };
    // What is drawn can have the focus, too.
    let _never_fails = match element.dyn_into::<HtmlElement>() {
        Ok(element) => element.focus(),
        Err(element) => match element.dyn_into::<web_sys::SvgElement>() {
            Ok(element) => element.focus(),
            Err(_) => Ok(()),
        },
    };
}

/// Clicks the element with this name for tests.
pub(crate) fn click_named(test_id: &str) {
    if let Some(element) = named(test_id) {
        element.click();
    }
}

/// What stands in the field with this name for tests.
pub(crate) fn value_of(test_id: &str) -> String {
    let input = named(test_id).and_then(|element| element.dyn_into().ok());
    input.map_or_else(String::new, |input: web_sys::HtmlInputElement| {
        input.value()
    })
}

fn named(test_id: &str) -> Option<HtmlElement> {
    let selector = format!("[data-testid=\"{test_id}\"]");
    let element = document().query_selector(&selector).ok()??;
    element.dyn_into().ok()
}

/// Puts the keyboard's focus on the element with this name for tests.
pub(crate) fn focus_named(test_id: &str) {
    focus(&format!("[data-testid=\"{test_id}\"]"));
}

/// Puts the keyboard's focus on an element, and scrolls nothing.
pub(crate) fn focus_in_place(element: &HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _never_fails = element.focus_with_options(&options);
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
