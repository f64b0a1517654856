//! A dialog: the browser keeps the focus inside of it, and closes it at Escape.

use yew::prelude::*;

use crate::browser::use_modal;
use crate::session::{Notice, use_view};
use crate::words::words;

#[derive(PartialEq, Properties)]
pub(crate) struct DialogProps {
    /// Whether it is shown.
    pub(crate) open: bool,
    /// Called when it was closed.
    pub(crate) on_close: Callback<()>,
    /// Its title.
    pub(crate) title: &'static str,
    /// The name for tests.
    pub(crate) test_id: &'static str,
    /// What is in it; made only while it is open.
    pub(crate) children: Html,
}

/// What was refused is told in it, too: the page behind it cannot be read then.
#[component]
pub(crate) fn Dialog(props: &DialogProps) -> Html {
    let notice = use_view(|view| view.notice.clone());
    let dialog = use_modal(props.open);
    let close = props.on_close.reform(|_: MouseEvent| ());
    let title_id = format!("{}-title", props.test_id);
    let notice = notice.map(|notice: std::rc::Rc<Notice>| {
        html! { <p class="problem" role="alert">{ (words().notice)(&notice) }</p> }
    });
    html! {
        <dialog ref={dialog} onclose={props.on_close.reform(|_: Event| ())}
            aria-labelledby={title_id.clone()} data-testid={props.test_id} data-open={props.open.to_string()}>
            <header>
                <h2 id={title_id}>{ props.title }</h2>
                <button type="button" onclick={close}>{ words().close }</button>
            </header>
            if props.open {
                { notice }
                { props.children.clone() }
            }
        </dialog>
    }
}
