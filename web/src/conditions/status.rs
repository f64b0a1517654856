//! What time passes for: a condition, or a command of the console.

use yew::prelude::*;

use crate::button::button;
use crate::session::{Ask, Command, Waiting, use_store, use_view};
use crate::words::words;

/// A line above the transport, while there is something to say.
#[component]
pub(crate) fn Status() -> Html {
    let (waiting, playing) = use_view(|view| (view.calm.waiting.clone(), view.playing));
    let store = use_store();
    let words = &words().time;
    let stop = html! {
        <button type="button" data-testid="stop" onclick={store.sends(Command::Cancel)}>{ words.stop }<kbd>{ "Esc" }</kbd></button>
    };
    let (state, text, deed) = match &waiting {
        Waiting::Until {
            condition,
            passed,
            limit,
        } => {
            let text = (words.waits)(condition, *passed, *limit);
            let progress = html! {
                <progress max={limit.to_string()} value={passed.to_string()} aria-label={text.clone()} />
            };
            ("until", text, html! { <>{ progress }{ stop }</> })
        }
        Waiting::Ended(ended) if !playing => {
            let read = store.sends(Command::Ask(Ask::Read));
            let state = if ended.in_vain.is_some() {
                "in-vain"
            } else {
                "held"
            };
            let deed = button("read", None, read, crate::words::words().dismiss);
            (state, (words.ended)(ended), deed)
        }
        Waiting::Command {
            node,
            line,
            driven: true,
        } if !playing => ("driven", (words.passes)(*node, &cut(line)), stop),
        Waiting::Command {
            node,
            line,
            driven: false,
        } if !playing => {
            let serve = store.sends(Command::Ask(Ask::Serve));
            let deed = button("serve", Some(words.serve_hint), serve, words.serve);
            ("stands", (words.stands)(*node, &cut(line)), deed)
        }
        Waiting::Nothing | Waiting::Ended(_) | Waiting::Command { .. } => return html! {},
    };
    html! {
        <div class={classes!("passing", state)} data-testid="passing" data-state={state}>
            <p role="status" title={text.clone()}>{ text }</p>
            { deed }
        </div>
    }
}

/// The beginning of a line that may be long.
fn cut(line: &str) -> String {
    const MAX_CHARS: usize = 48;
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
