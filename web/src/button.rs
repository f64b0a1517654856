//! A button, and what it sends.

use yew::prelude::*;

use crate::session::{Command, Store};

/// A button with a word on it; `title` says more to whoever points at it.
///
/// (One function in place of the same element in many components: each of those was 0.1 kB of
/// the page.)
pub(crate) fn button(
    test_id: &'static str,
    title: Option<&'static str>,
    onclick: Callback<MouseEvent>,
    word: &'static str,
) -> Html {
    html! { <button type="button" data-testid={test_id} {title} {onclick}>{ word }</button> }
}

impl Store {
    /// What a button does that sends this command.
    pub(crate) fn sends(&self, command: Command) -> Callback<MouseEvent> {
        let store = self.clone();
        Callback::from(move |_: MouseEvent| store.send(command.clone()))
    }
}
