//! A mistake of the program, said on the page instead of in the console alone.

use std::panic::{self, PanicHookInfo};

use gloo::utils::document;
use wasm_bindgen::JsValue;

use crate::words::words;

/// From now on a panic is shown.
pub(crate) fn show_panics() {
    panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&JsValue::from_str(&info.to_string()));
        show(info);
    }));
}

/// Adds a message to the body. Nothing of the page's own state is touched: it may be in
/// any condition. What the DOM refuses now is not worth a second panic.
fn show(info: &PanicHookInfo<'_>) {
    let document = document();
    let (Some(body), Ok(message)) = (document.body(), document.create_element("div")) else {
        return;
    };
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    message.set_text_content(Some(&(words().panicked)(&place)));
    message.set_class_name("panic");
    let _refused = message.set_attribute("role", "alert");
    let _refused = body.prepend_with_node_1(&message);
}
