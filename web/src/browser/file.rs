//! Files that a person chooses.

use std::cell::RefCell;

use gloo::file::File;
use gloo::file::callbacks::{FileReader, read_as_bytes, read_as_text};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Reads what was chosen in a file input, and hands over the file's name and its text; none if
/// it is no text. `reading` holds the file that is being read: the next one ends that.
pub(crate) fn read_chosen(
    event: &Event,
    reading: &RefCell<Option<FileReader>>,
    then: Callback<(String, Option<String>)>,
) {
    if let Some((name, file)) = take_chosen(event) {
        let reader = read_as_text(&file, move |text| then.emit((name, text.ok())));
        *reading.borrow_mut() = Some(reader);
    }
}

/// The same with any file, and its bytes; none if it cannot be read.
pub(crate) fn read_chosen_bytes(
    event: &Event,
    reading: &RefCell<Option<FileReader>>,
    then: Callback<(String, Option<Vec<u8>>)>,
) {
    if let Some((name, file)) = take_chosen(event) {
        let reader = read_as_bytes(&file, move |bytes| then.emit((name, bytes.ok())));
        *reading.borrow_mut() = Some(reader);
    }
}

/// The chosen file with its name. It can be chosen again.
fn take_chosen(event: &Event) -> Option<(String, File)> {
    let input = event.target_dyn_into::<HtmlInputElement>()?;
    let file = input.files()?.get(0)?;
    input.set_value("");
    Some((file.name(), File::from(file)))
}
