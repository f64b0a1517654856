//! Time: playing, stepping, speeds, and what each node was until now.

mod marks;
mod ribbon;

use glassraft_core::trace::{BranchId, StepKind};
use yew::prelude::*;

use crate::branches::BranchList;
use crate::button::button;
use crate::conditions::{GoTo, RunUntil, Status};
use crate::dialog::Dialog;
use crate::select::select;
use crate::session::{Command, Speed, Store, use_branches, use_store, use_view};
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
pub(crate) fn transport() -> Html {
    html! {
        <section class="card transport" aria-label={words().transport.label}>
            <Controls />
            <Ribbon />
            <div class="branches"><Dialogs /><BranchSwitch /></div>
            <Status />
        </section>
    }
}

/// How time passes.
#[component]
fn Controls() -> Html {
    let store = use_store();
    let (playing, live, kind, speed) =
        use_view(|view| (view.playing, view.live, view.step_kind, view.speed));
    html! {
        <div class="controls">
            { buttons(&store, playing, live) }
            <div class="rates">{ step_kinds(&store, kind) }{ speeds(&store, speed) }</div>
        </div>
    }
}

fn buttons(store: &Store, playing: bool, live: bool) -> Html {
    let words = &words().transport;
    let button = |test_id: &'static str,
                  title: &'static str,
                  path: &'static str,
                  command: Command| {
        let onclick = store.sends(command);
        html! {
            <button type="button" class="icon" data-testid={test_id} {onclick} {title} aria-label={title}>{ icon(path) }</button>
        }
    };
    let (play_words, play_path) = if playing {
        (words.pause, "M7 5h4v14H7zM13 5h4v14h-4z")
    } else {
        (words.play, "M8 5v14l11-7z")
    };
    let toggle = store.sends(Command::TogglePlay);
    let to_live = store.sends(Command::ToLive);
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
fn step_kinds(store: &Store, kind: StepKind) -> Html {
    let store = store.clone();
    let words = &words().transport;
    let name = |each: StepKind| {
        let name = (words.step_name)(each);
        (name.to_owned(), name.to_owned())
    };
    let on_choose = Callback::from(move |place: usize| {
        if let Some(kind) = KINDS.get(place) {
            store.send(Command::SetStepKind(*kind));
        }
    });
    let chosen = KINDS.iter().position(|each| *each == kind);
    html! {
        <label class="step-kind">
            <span>{ words.step_kind }</span>
            { select("step-kind", None, KINDS.map(name).to_vec(), chosen, on_choose) }
        </label>
    }
}

/// The branches, once there are several.
#[component]
fn BranchSwitch() -> Html {
    let store = use_store();
    let (branches, active, _) = use_branches();
    let busy = use_view(|view| view.busy);
    let words = &words().transport;
    let ids: Vec<BranchId> = branches.iter().map(|branch| branch.id).collect();
    let on_choose = {
        let store = store.clone();
        Callback::from(move |place: usize| {
            if let Some(branch) = ids.get(place) {
                store.send(Command::Switch(*branch));
            }
        })
    };
    let cancel = store.sends(Command::Cancel);
    let names = branches.iter();
    let names = names.map(|branch| (branch.id.0.to_string(), branch.name.clone()));
    let chosen = branches.iter().position(|branch| branch.id == active);
    let switch = (branches.len() > 1).then(|| {
        html! {
            <label class="branch-switch" title={words.branch_hint}>
                <span>{ (words.branch)(branches.len()) }</span>
                { select("branch", None, names.collect(), chosen, on_choose) }
            </label>
        }
    });
    let working = busy.then(|| button("cancel", None, cancel, words.cancel));
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
    let opens = |which: Opened, test_id: &'static str, name: &'static str, title: &'static str| {
        let opened = opened.setter();
        let onclick = Callback::from(move |_: MouseEvent| opened.set((which, true)));
        button(test_id, Some(title), onclick, name)
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
            { opens(Opened::Until, "until", words.until, words.until_hint) }
            { opens(Opened::Place, "go-to", words.place, words.place_hint) }
            { opens(Opened::Branches, "branches", words.branches, words.branches_hint) }
            <Dialog {open} {on_close} {title} {test_id}>{ content }</Dialog>
        </>
    }
}

fn icon(d: &'static str) -> Html {
    html! { <svg viewBox="0 0 24 24" aria-hidden="true"><path {d} /></svg> }
}

fn speeds(store: &Store, speed: Speed) -> Html {
    let words = &words().transport;
    let button = |each: Speed| {
        let onclick = store.sends(Command::SetSpeed(each));
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
