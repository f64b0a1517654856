//! Going to an event or a time that is typed.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::session::{Ask, Command, Session, use_store};
use crate::words::words;

use super::AskProps;

/// In a dialog: the name of a moment is typed.
#[component]
pub(crate) fn GoTo(props: &AskProps) -> Html {
    let store = use_store();
    let input = use_node_ref();
    let problem = use_state_eq(|| None::<String>);
    let go = {
        let (input, problem, done) = (input.clone(), problem.clone(), props.on_done.clone());
        Callback::from(move |()| {
            let Some(input) = input.cast::<HtmlInputElement>() else {
                return;
            };
            let text = input.value();
            let wrong = Session::place_error(&text);
            if wrong.is_none() {
                store.send(Command::Ask(Ask::Jump(text)));
                done.emit(());
            }
            problem.set(wrong);
        })
    };
    let onkeydown = {
        let go = go.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                go.emit(());
            }
        })
    };
    let words = &words().time;
    html! {
        <>
            <div class="ask-row">
                <label class="wide"><span>{ words.place_label }</span>
                    <input ref={input} type="text" data-testid="place" placeholder={words.place_example} {onkeydown}
                        autocomplete="off" spellcheck="false" autofocus=true aria-describedby="place-problem"
                        aria-invalid={problem.is_some().to_string()} />
                </label>
                <button type="button" class="primary" data-testid="place-go" onclick={go.reform(|_: MouseEvent| ())}>{ words.go }</button>
            </div>
            <p class="problem" id="place-problem" role="alert" data-testid="place-problem">{ (*problem).clone() }</p>
            <p class="note">{ words.place_note }</p>
        </>
    }
}
