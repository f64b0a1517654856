//! What the sections are made of.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// A section with its title and a line of explanation.
pub(super) fn section(title: &'static str, note: &'static str, content: Html) -> Html {
    html! {
        <section class="lab-section">
            <h2>{ title }</h2>
            { content }
            <p class="note">{ note }</p>
        </section>
    }
}

/// A choice: its label, the texts, which is chosen, and what to do with the place of the
/// next.
pub(super) fn choice(
    test_id: &'static str,
    label: &'static str,
    texts: Vec<String>,
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
    // What is set otherwise, by the console say, is none of the choices.
    let other = chosen.is_none();
    let rows = texts.into_iter().enumerate().map(|(place, text)| {
        html! { <option key={place} selected={chosen == Some(place)}>{ text }</option> }
    });
    html! {
        <label class="lab-choice">
            <span>{ label }</span>
            <select data-testid={test_id} {onchange}>
                { for rows }
                if other {
                    <option key="other" selected=true disabled=true>{ "…" }</option>
                }
            </select>
        </label>
    }
}
