//! The console: a prompt at any node.

mod prompt;

use std::rc::Rc;

use glassraft_core::console::{Entry, Line, Stream};
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::browser;
use crate::session::{Command, use_store, use_view};
use crate::words::{clipped, words};

use prompt::Prompt;
pub(crate) use prompt::common_start;

/// The most characters of a printed line that are shown.
const MAX_LINE_CHARS: usize = 2_000;

/// What was typed and printed, and the prompt below.
#[component]
pub(crate) fn Console() -> Html {
    let newest = use_view(|view| view.entries.last().map(|entry| entry.id));
    let output = use_node_ref();
    {
        let output = output.clone();
        // It stands at its end, which counts as 0, unless somebody read further up; the next
        // command brings it there again.
        use_effect_with(newest, move |_| {
            if let Some(element) = output.cast::<HtmlElement>() {
                element.set_scroll_top(0);
            }
        });
    }
    // A click beside the text goes on typing; a selection is left alone.
    let onclick = Callback::from(|_: MouseEvent| {
        if browser::selects_nothing() {
            browser::focus(prompt::INPUT);
        }
    });
    html! {
        <section class="console" aria-label={words().console.label}>
            <div class="output" data-testid="console-output" ref={output} {onclick} tabindex="0" role="log">
                <div><Entries /></div>
            </div>
            <Prompt />
        </section>
    }
}

#[component]
fn Entries() -> Html {
    let (entries, paused, reader) = use_view(|view| {
        let entries = SameEntries(Rc::clone(&view.entries));
        (entries, !view.playing, view.reader)
    });
    let entries = &entries.0;
    html! {
        <>
            <p class="welcome" hidden={!entries.is_empty()}>{ words().console.welcome }</p>
            { for entries.iter().map(|entry| html! {
                <OneEntry key={entry.id.0} entry={Rc::clone(entry)} paused={paused && entry.exit.is_none()}
                    reads={reader == Some(entry.id)} />
            }) }
        </>
    }
}

/// The store hands out the same list as long as nothing in it has changed.
#[derive(Clone)]
struct SameEntries(Rc<Vec<Rc<Entry>>>);

impl PartialEq for SameEntries {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Properties)]
struct EntryProps {
    entry: Rc<Entry>,
    paused: bool,
    reads: bool,
}

impl PartialEq for EntryProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entry, &other.entry)
            && (self.paused, self.reads) == (other.paused, other.reads)
    }
}

#[component]
fn OneEntry(props: &EntryProps) -> Html {
    let EntryProps {
        entry,
        paused,
        reads,
    } = props;
    let store = use_store();
    let words = &words().console;
    let waiting = match (*reads, *paused) {
        (true, _) => words.reading,
        (false, true) => words.waiting_paused,
        (false, false) => words.waiting,
    };
    let send = |command: Command| {
        let store = store.clone();
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            store.send(command.clone());
            // Of a keyboard: its button is gone then, and the focus would be, too.
            if event.detail() == 0 {
                browser::focus(prompt::INPUT);
            }
        })
    };
    let id = entry.id;
    // The name that tests look for is given to what has ended.
    let name = if entry.exit.is_some() {
        "console-entry"
    } else {
        "console-running"
    };
    let exit = entry.exit.map(|code| code.to_string());
    let failed = entry.exit.filter(|code| *code != 0).map(words.exit);
    html! {
        <div class="command" data-testid={name} data-exit={exit} title={failed}>
            <div class="typed"><span class="prompt">{ format!("{}$", entry.node) }</span>{ " " }<span>{ &entry.line }</span></div>
            <>{ for entry.output.iter().map(line) }</>
            if entry.exit.is_none() {
                <div class="waiting">
                    { waiting }
                    if *reads {
                        <button type="button" data-testid="console-end" onclick={send(Command::Type(id, None))}
                            title={words.end_hint}>{ words.end }</button>
                    }
                    <button type="button" data-testid="console-stop" onclick={send(Command::Stop(id))}
                        title={words.stop_hint}>{ words.stop }</button>
                </div>
            }
        </div>
    }
}

fn line(line: &Line) -> Html {
    let class = match line.stream {
        Stream::Out => "out",
        Stream::Err => "err",
        Stream::Typed => "in",
    };
    html! { <div {class}>{ clipped(&line.text, MAX_LINE_CHARS) }</div> }
}
