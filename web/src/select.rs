//! A choice of one out of several.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// One of several: its value, which no other has, and what is read.
pub(crate) type Choice = (String, String);

/// A select that shows the choice at a place, and hands over the place that is chosen.
/// `label` names it where no label stands beside it.
pub(crate) fn select(
    test_id: &'static str,
    label: Option<&'static str>,
    choices: Vec<Choice>,
    chosen: Option<usize>,
    on_choose: Callback<usize>,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        let place = select.and_then(|select| usize::try_from(select.selected_index()).ok());
        if let Some(place) = place {
            on_choose.emit(place);
        }
    });
    let options = choices.into_iter().enumerate().map(|(place, (value, text))| {
        html! { <option key={value.clone()} {value} selected={Some(place) == chosen}>{ text }</option> }
    });
    html! {
        <select data-testid={test_id} aria-label={label} title={label} {onchange}>{ for options }</select>
    }
}
