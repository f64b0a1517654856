//! Time: playing, stepping, speeds, and what each node was until now.

mod marks;
mod ribbon;

use std::rc::Rc;

use glassraft_core::trace::{BranchId, StepKind};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::branches::BranchList;
use crate::conditions::{GoTo, RunUntil, Status};
use crate::dialog::Dialog;
use crate::session::{Command, Speed, use_store, use_view};
use crate::words::words;

use ribbon::Ribbon;

/// In the order in which they are offered.
const KINDS: [StepKind; 5] = [
    StepKind::Event,
    StepKind::Message,
    StepKind::Role,
    StepKind::Commit,
    StepKind::Request,
];

/// The whole strip.
#[component]
pub(crate) fn Transport() -> Html {
    html! {
        <section class="card transport" aria-label={words().transport.label}>
            <div class="controls">
                <Buttons />
                <div class="rates"><StepKinds /><Speeds /></div>
            </div>
            <Ribbon />
            <div class="branches"><Dialogs /><BranchSwitch /></div>
            <Status />
        </section>
    }
}

#[component]
fn Buttons() -> Html {
    let store = use_store();
    let playing = use_view(|view| view.playing);
    let live = use_view(|view| view.live);
    let words = &words().transport;
    let button = |test_id: &'static str,
                  title: &'static str,
                  path: &'static str,
                  command: Command| {
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| store.send(command.clone()));
        html! {
            <button type="button" class="icon" data-testid={test_id} {onclick} {title} aria-label={title}>{ icon(path) }</button>
        }
    };
    let (play_words, play_path) = if playing {
        (words.pause, "M7 5h4v14H7zM13 5h4v14h-4z")
    } else {
        (words.play, "M8 5v14l11-7z")
    };
    let toggle = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.send(Command::TogglePlay))
    };
    let to_live = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.send(Command::ToLive))
    };
    html! {
        <div class="buttons">
            { button("to-start", words.to_start, "M4 5h2.2v14H4zM13.5 5v14L7.2 12zM20.5 5v14l-6.3-7z", Command::GoTo(0)) }
            { button("step-back", words.step_back, "M19 5v14l-9.5-7zM6 5h2.5v14H6z", Command::StepBack) }
            <button type="button" class="icon primary" data-testid="play" data-playing={playing.to_string()}
                onclick={toggle} title={play_words} aria-label={play_words}>{ icon(play_path) }</button>
            { button("step", words.step, "M5 5v14l9.5-7zM15.5 5H18v14h-2.5z", Command::Step) }
            <button type="button" class="icon" data-testid="to-live" data-live={live.to_string()} disabled={live}
                onclick={to_live} title={words.to_live} aria-label={words.to_live}>{ icon("M3.5 5v14l6.3-7zM10.5 5v14l6.3-7zM17.8 5H20v14h-2.2z") }</button>
        </div>
    }
}

/// What a step goes to.
#[component]
fn StepKinds() -> Html {
    let store = use_store();
    let kind = use_view(|view| view.step_kind);
    let words = &words().transport;
    let onchange = Callback::from(move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        let place = select.and_then(|select| usize::try_from(select.selected_index()).ok());
        if let Some(kind) = place.and_then(|place| KINDS.get(place)) {
            store.send(Command::SetStepKind(*kind));
        }
    });
    html! {
        <label class="step-kind">
            <span>{ words.step_kind }</span>
            <select data-testid="step-kind" {onchange}>
                { for KINDS.into_iter().map(|each| html! {
                    <option key={(words.step_name)(each)} selected={each == kind}>{ (words.step_name)(each) }</option>
                }) }
            </select>
        </label>
    }
}

/// The branches, once there are several.
#[component]
fn BranchSwitch() -> Html {
    let store = use_store();
    let branches = use_view(|view| Rc::clone(&view.calm.branches));
    let active = use_view(|view| view.calm.branch);
    let busy = use_view(|view| view.busy);
    let words = &words().transport;
    let ids: Vec<BranchId> = branches.iter().map(|branch| branch.id).collect();
    let onchange = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let place = select.and_then(|select| usize::try_from(select.selected_index()).ok());
            if let Some(branch) = place.and_then(|place| ids.get(place)) {
                store.send(Command::Switch(*branch));
            }
        })
    };
    let cancel = Callback::from(move |_: MouseEvent| store.send(Command::Cancel));
    let rows = branches.iter().map(|branch| html! {
        <option key={branch.id.0} selected={branch.id == active}>{ branch.name.clone() }</option>
    });
    let switch = (branches.len() > 1).then(|| {
        html! {
            <label class="branch-switch" title={words.branch_hint}>
                <span>{ (words.branch)(branches.len()) }</span>
                <select data-testid="branch" {onchange}>{ for rows }</select>
            </label>
        }
    });
    let working = busy.then(|| {
        html! {
            <button type="button" data-testid="cancel" onclick={cancel}>{ words.cancel }</button>
        }
    });
    html! { <><>{ switch }</><>{ working }</></> }
}

/// What opens further choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    Until,
    Place,
    Branches,
}

/// The buttons that open a dialog, and the dialog.
#[component]
fn Dialogs() -> Html {
    // What is, or was last, in the dialog, and whether it is open.
    let opened = use_state_eq(|| (Opened::Until, false));
    let words = &words().time;
    let button = |which: Opened, test_id: &'static str, name: &'static str, title: &'static str| {
        let opened = opened.setter();
        let onclick = Callback::from(move |_: MouseEvent| opened.set((which, true)));
        html! { <button type="button" data-testid={test_id} {onclick} {title}>{ name }</button> }
    };
    let (which, open) = *opened;
    let on_close = {
        let opened = opened.setter();
        use_callback(which, move |(), which| opened.set((*which, false)))
    };
    let on_done = on_close.clone();
    let (title, test_id, content) = match which {
        Opened::Until => (
            words.until_title,
            "until-dialog",
            html! { <RunUntil {on_done} /> },
        ),
        Opened::Place => (
            words.place_title,
            "place-dialog",
            html! { <GoTo {on_done} /> },
        ),
        Opened::Branches => (
            words.branches_title,
            "branches-dialog",
            html! { <BranchList {on_done} /> },
        ),
    };
    html! {
        <>
            { button(Opened::Until, "until", words.until, words.until_hint) }
            { button(Opened::Place, "go-to", words.place, words.place_hint) }
            { button(Opened::Branches, "branches", words.branches, words.branches_hint) }
            <Dialog {open} {on_close} {title} {test_id}>{ content }</Dialog>
        </>
    }
}

fn icon(d: &'static str) -> Html {
    html! { <svg viewBox="0 0 24 24" aria-hidden="true"><path {d} /></svg> }
}

#[component]
fn Speeds() -> Html {
    let store = use_store();
    let speed = use_view(|view| view.speed);
    let words = &words().transport;
    let button = |each: Speed| {
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| store.send(Command::SetSpeed(each)));
        html! {
            <button type="button" key={each.test_id()} data-testid={each.test_id()} {onclick}
                aria-pressed={(each == speed).to_string()} title={(words.speed_hint)(each)}>
                { (words.speed_name)(each) }
            </button>
        }
    };
    html! {
        <div class="speeds" role="group" aria-label={words.speed}>{ for Speed::ALL.into_iter().map(button) }</div>
    }
}
