//! Dialogs over the page.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// The reference of a dialog that is shown as long as `open` holds. The browser keeps the
/// focus inside of it, and closes it at Escape.
#[hook]
pub(crate) fn use_modal(open: bool) -> NodeRef {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with(open, move |open| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                match (open, dialog.open()) {
                    // It is in the document and not open, so this is allowed.
                    (true, false) => drop(dialog.show_modal()),
                    (false, true) => dialog.close(),
                    _ => {}
                }
            }
        });
    }
    dialog
}
