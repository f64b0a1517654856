//! Files that a person chooses.

use std::cell::RefCell;

use gloo::file::callbacks::{FileReader, read_as_text};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Reads what was chosen in a file input, and hands over the file's name and its text; none if
/// it is no text. `reading` holds the file that is being read: the next one ends that.
pub(crate) fn read_chosen(
    event: &Event,
    reading: &RefCell<Option<FileReader>>,
    then: Callback<(String, Option<String>)>,
) {
    let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
        return;
    };
    let Some(file) = input.files().and_then(|files| files.get(0)) else {
        return;
    };
    let name = file.name();
    let reader = read_as_text(&gloo::file::File::from(file), move |text| {
        then.emit((name, text.ok()));
    });
    *reading.borrow_mut() = Some(reader);
    // The same file can be chosen again.
    input.set_value("");
}
