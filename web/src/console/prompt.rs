//! The line that is being typed.

use glassraft_core::console::EntryId;
use glassraft_core::member::NodeId;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::browser;
use crate::select::select;
use crate::session::{Command, Store, use_store, use_view};
use crate::words::words;

/// Where the keyboard's focus is put for typing.
pub(crate) const INPUT: &str = "[data-testid=\"console-input\"]";

/// The node select and the input. The input is the browser's own as long as it is typed
/// in: it is read at Enter, so a pasted line of megabytes is not copied at each key.
#[component]
pub(super) fn Prompt() -> Html {
    let store = use_store();
    let (nodes, reader) = use_view(|view| (view.start.nodes, view.reader));
    let node = use_state_eq(|| 1_u8);
    // Of a smaller cluster that was begun meanwhile, the last node.
    let chosen = (*node).min(nodes);
    let input = use_node_ref();
    // How far back in the history the line is from; 0 is the new line.
    let back = use_mut_ref(|| 0_usize);
    let on_choose = {
        let set = node.setter();
        Callback::from(move |place: usize| {
            if let Some(number) = (1..=nodes).nth(place) {
                set.set(number);
            }
        })
    };
    let onkeydown = {
        let input = input.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some(input) = input.cast::<HtmlInputElement>() else {
                return;
            };
            let typing = Typing {
                store: &store,
                input: &input,
                node: chosen,
                reader,
            };
            if typing.press(&event, &mut back.borrow_mut()) {
                event.prevent_default();
            }
        })
    };
    let words = &words().console;
    let names = (1..=nodes).map(|number| (number.to_string(), format!("n{number}$")));
    let place = usize::from(chosen).checked_sub(1);
    let placeholder = match reader {
        Some(_) => words.reading,
        None => words.placeholder,
    };
    html! {
        <div class="prompt-line">
            { select("console-node", Some(words.node), names.collect(), place, on_choose) }
            <input ref={input} type="text" data-testid="console-input" aria-label={words.input}
                placeholder={placeholder} autocomplete="off" autocapitalize="off"
                spellcheck="false" enterkeyhint="send" {onkeydown} />
        </div>
    }
}

struct Typing<'a> {
    store: &'a Store,
    input: &'a HtmlInputElement,
    node: u8,
    /// The command that the line is for, if one reads.
    reader: Option<EntryId>,
}

impl Typing<'_> {
    /// Does what a key means in the input; `false` if it means what it always does.
    fn press(&self, event: &KeyboardEvent, back: &mut usize) -> bool {
        match event.key().as_str() {
            "Enter" if !event.is_composing() => self.submit(back),
            "c" if event.ctrl_key() && browser::selects_nothing() => return self.stop(),
            "d" if event.ctrl_key() && self.input.value().is_empty() => return self.end(),
            "ArrowUp" => self.recall(back, 1),
            "ArrowDown" => self.recall(back, -1),
            "Tab" if !event.shift_key() => return self.complete(),
            "Escape" => browser::blur(),
            _ => return false,
        }
        true
    }

    fn submit(&self, back: &mut usize) {
        let line = self.input.value();
        *back = 0;
        if let Some(reader) = self.reader {
            // An empty line means something to whoever reads it.
            self.input.set_value("");
            self.store.send(Command::Type(reader, Some(line)));
            return;
        }
        if line.trim().is_empty() {
            return;
        }
        self.input.set_value("");
        if let Some(node) = NodeId::new(self.node) {
            self.store.send(Command::Submit(node, line));
        }
    }

    /// Has the newest command end that runs; without one the key means what it always does.
    fn stop(&self) -> bool {
        let view = self.store.view();
        let mut running = view.entries.iter().rev();
        let Some(entry) = running.find(|entry| entry.exit.is_none() && entry.job.is_none()) else {
            return false;
        };
        self.store.send(Command::Stop(entry.id));
        true
    }

    /// Says to the command that reads that no line follows.
    fn end(&self) -> bool {
        if let Some(reader) = self.reader {
            self.store.send(Command::Type(reader, None));
        }
        self.reader.is_some()
    }

    fn recall(&self, back: &mut usize, steps: isize) {
        let history = self.store.history();
        *back = back.saturating_add_signed(steps).min(history.len());
        let line = history
            .len()
            .checked_sub(*back)
            .and_then(|place| history.get(place));
        self.input.set_value(line.map_or("", String::as_str));
    }

    /// Completes as far as all candidates agree. An empty line leaves the key to its
    /// usual work, so that the keyboard alone can leave the console.
    fn complete(&self) -> bool {
        let line = self.input.value();
        if line.is_empty() {
            return false;
        }
        let candidates = self.store.complete(&line);
        if let Some(agreed) = common_start(&candidates).filter(|agreed| agreed.len() > line.len()) {
            self.input.set_value(agreed);
        }
        true
    }
}

/// The longest beginning that all lines have.
pub(crate) fn common_start(lines: &[String]) -> Option<&str> {
    let (first, rest) = lines.split_first()?;
    let agree = |other: &String| {
        let pairs = first.char_indices().zip(other.chars());
        let agreed = pairs.take_while(|((_, a), b)| a == b).last();
        agreed.map_or(0, |((at, a), _)| at + a.len_utf8())
    };
    let length = rest.iter().map(agree).min().unwrap_or(first.len());
    Some(&first[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_agree_on_their_beginning() {
        let start = |lines: &[&str]| {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            common_start(&lines).map(str::to_owned)
        };
        assert_eq!(start(&[]), None);
        assert_eq!(start(&["etcdctl put "]).as_deref(), Some("etcdctl put "));
        assert_eq!(start(&["kill n1 ", "kill n2 "]).as_deref(), Some("kill n"));
        assert_eq!(start(&["ä", "ö"]).as_deref(), Some(""));
    }
}
