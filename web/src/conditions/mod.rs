//! Running until a condition holds, and going to a moment that is named.

mod place;
mod preset;
mod status;

pub(crate) use place::GoTo;
pub(crate) use preset::Preset;
pub(crate) use status::Status;

use glassraft_core::member::NodeId;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::console::common_start;
use crate::select::select;
use crate::session::{Ask, Command, Store, View, use_store, use_view};
use crate::words::words;

#[derive(PartialEq, Properties)]
pub(crate) struct AskProps {
    /// Called when all is asked, and the dialog would be in the way.
    pub(crate) on_done: Callback<()>,
}

/// What was chosen, and the line that it comes to.
#[derive(Clone, PartialEq)]
struct Chosen {
    preset: Preset,
    node: Option<NodeId>,
    number: String,
    line: String,
    problem: Option<String>,
}

impl Chosen {
    fn new(preset: Preset, node: Option<NodeId>, view: &View) -> Self {
        let chosen = Self {
            preset,
            node,
            number: preset.default_number(view).to_string(),
            line: String::new(),
            problem: None,
        };
        chosen.told()
    }

    fn told(mut self) -> Self {
        self.line = self.preset.line(self.node, self.number.trim());
        self.problem = None;
        self
    }
}

/// In a dialog: a condition is chosen or typed.
#[component]
pub(crate) fn RunUntil(props: &AskProps) -> Html {
    let store = use_store();
    let nodes = use_view(|view| u8::try_from(view.calm.frame.nodes.len()).unwrap_or(u8::MAX));
    let chosen = {
        let store = store.clone();
        use_state_eq(move || Chosen::new(Preset::LeaderChanges, None, &store.view()))
    };
    let words = &words().time;
    let on_preset = {
        let (chosen, store) = (chosen.clone(), store.clone());
        Callback::from(move |place: usize| {
            if let Some(preset) = Preset::ALL.get(place) {
                chosen.set(Chosen::new(*preset, chosen.node, &store.view()));
            }
        })
    };
    let on_node = {
        let chosen = chosen.clone();
        Callback::from(move |place: usize| {
            // In the first place stands that it may be any.
            let node = u8::try_from(place).ok().and_then(NodeId::new);
            chosen.set(
                Chosen {
                    node,
                    ..(*chosen).clone()
                }
                .told(),
            );
        })
    };
    let on_number = {
        let chosen = chosen.clone();
        Callback::from(move |event: InputEvent| {
            let number = typed(&event);
            chosen.set(
                Chosen {
                    number,
                    ..(*chosen).clone()
                }
                .told(),
            );
        })
    };
    let on_line = {
        let chosen = chosen.clone();
        Callback::from(move |event: InputEvent| {
            let line = typed(&event);
            chosen.set(Chosen {
                line,
                problem: None,
                ..(*chosen).clone()
            });
        })
    };
    let run = {
        let (chosen, store, done) = (chosen.clone(), store.clone(), props.on_done.clone());
        Callback::from(move |()| {
            let line = chosen.line.clone();
            match store.look(|session| session.until_error(&line)) {
                Some(problem) => chosen.set(Chosen {
                    problem: Some(problem),
                    ..(*chosen).clone()
                }),
                None => {
                    store.send(Command::Ask(Ask::Until(line)));
                    done.emit(());
                }
            }
        })
    };
    let onkeydown = {
        let (chosen, run) = (chosen.clone(), run.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" if !event.is_composing() => {
                event.prevent_default();
                run.emit(());
            }
            "Tab" if !event.shift_key() => {
                if let Some(line) = completed(&store, &chosen.line) {
                    event.prevent_default();
                    chosen.set(Chosen {
                        line,
                        problem: None,
                        ..(*chosen).clone()
                    });
                }
            }
            _ => {}
        })
    };
    let enter = {
        let run = run.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                run.emit(());
            }
        })
    };
    let named = |name: &str| (name.to_owned(), name.to_owned());
    let presets = Preset::ALL.map(|preset| named((words.preset_name)(preset)));
    let preset = Preset::ALL.iter().position(|each| *each == chosen.preset);
    let names = NodeId::first(nodes).map(|node| named(&node.to_string()));
    let names = std::iter::once(named(words.any_node)).chain(names);
    let node = chosen.node.map_or(0, |node| usize::from(node.number()));
    html! {
        <>
            <div class="ask-row">
                <label><span>{ words.preset }</span>
                    { select("until-preset", None, presets.to_vec(), preset, on_preset) }
                </label>
                <label hidden={!chosen.preset.has_node()}><span>{ words.preset_node }</span>
                    { select("until-node", None, names.collect(), Some(node), on_node) }
                </label>
                <label hidden={!chosen.preset.has_number()}><span>{ words.preset_number }</span>
                    <input type="text" inputmode="decimal" size="6" data-testid="until-number" value={chosen.number.clone()}
                        oninput={on_number} onkeydown={enter} />
                </label>
            </div>
            <div class="ask-row">
                <label class="wide"><span>{ words.condition }</span>
                    <input type="text" data-testid="until-line" value={chosen.line.clone()} oninput={on_line} {onkeydown}
                        autocomplete="off" autocapitalize="off" spellcheck="false" autofocus=true
                        aria-invalid={chosen.problem.is_some().to_string()} aria-describedby="until-problem" />
                </label>
                <button type="button" class="primary" data-testid="until-run" onclick={run.reform(|_: MouseEvent| ())}>{ words.run }</button>
            </div>
            <p class="problem" id="until-problem" role="alert" data-testid="until-problem">{ chosen.problem.clone() }</p>
            <p class="note">{ words.condition_note }</p>
        </>
    }
}

/// The line as far as all that it can become agree, if that is more than it is.
fn completed(store: &Store, line: &str) -> Option<String> {
    const BEFORE: &str = "until ";
    if line.is_empty() {
        return None;
    }
    let candidates = store.complete(&format!("{BEFORE}{line}"));
    let agreed = common_start(&candidates)?.strip_prefix(BEFORE)?;
    (agreed.len() > line.len()).then(|| agreed.to_owned())
}

fn typed(event: &InputEvent) -> String {
    let input = event.target_dyn_into::<HtmlInputElement>();
    input.map_or(String::new(), |input| input.value())
}
