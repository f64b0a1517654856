//! The heads of a table.

use yew::prelude::*;

/// The heads of columns, each with what it says to whoever points at it.
pub(crate) fn columns(heads: &[(&'static str, Option<&'static str>)]) -> Html {
    let heads = heads.iter().map(|&(word, title)| {
        html! { <th scope="col" {title}>{ word }</th> }
    });
    heads.collect()
}
