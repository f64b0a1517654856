//! Two branches side by side.

use std::rc::Rc;

use glassraft_core::trace::{Branch, BranchId, Contrast};
use yew::prelude::*;

use crate::select::{Choice, select};
use crate::session::{Ask, Command, Parted, Sides, use_branches, use_store, use_view};
use crate::words::{Voice, words};

use super::name_of;

#[derive(PartialEq, Properties)]
pub(super) struct CompareProps {
    /// Called when the person goes to a moment, which the dialog would hide.
    pub(super) on_leave: Callback<()>,
}

/// Two choices, and what came of comparing them.
#[component]
pub(super) fn Compare(props: &CompareProps) -> Html {
    let store = use_store();
    let (branches, active, findings) = use_branches();
    let voice = use_view(|view| view.voice);
    let pair = use_state_eq(|| [None::<BranchId>; 2]);
    let words = &words().time;
    if branches.len() < 2 {
        return html! { <p class="note">{ words.compare_one }</p> };
    }
    // Unless somebody chose: the shown one, and the one that it departs from.
    let known = |id: &BranchId| branches.iter().any(|branch| branch.id == *id);
    let parent = branches.iter().find(|branch| branch.id == active);
    let parent = parent.and_then(|branch| branch.parent);
    let other = parent.or_else(|| {
        let mut others = branches.iter().map(|branch| branch.id);
        others.find(|id| *id != active)
    });
    let chosen = [
        pair[0].filter(known).or(other).unwrap_or(active),
        pair[1].filter(known).unwrap_or(active),
    ];
    let one = |side: usize, label: &'static str, test_id: &'static str| {
        let (pair, branches) = (pair.clone(), Rc::clone(&branches));
        let names = branches.iter();
        let names = names.map(|branch| (branch.id.0.to_string(), branch.name.clone()));
        let names: Vec<Choice> = names.collect();
        let place = branches.iter().position(|branch| branch.id == chosen[side]);
        let on_choose = Callback::from(move |place: usize| {
            let mut new = chosen.map(Some);
            new[side] = branches.get(place).map(|branch| branch.id);
            pair.set(new);
        });
        html! {
            <label><span>{ label }</span>{ select(test_id, None, names, place, on_choose) }</label>
        }
    };
    let onclick = store.sends(Command::Ask(Ask::Compare(chosen)));
    let compared = findings.compared.clone();
    let compared = compared.filter(|parted| parted.pair.iter().all(known));
    let visit = {
        let leave = props.on_leave.clone();
        Callback::from(move |(branch, events): (BranchId, u64)| {
            store.send(Command::Ask(Ask::Visit(branch, events)));
            leave.emit(());
        })
    };
    html! {
        <section class="compare">
            <div class="ask-row">
                { one(0, words.compare, "compare-one") }
                { one(1, words.compare_with, "compare-other") }
                <button type="button" class="primary" data-testid="compare" {onclick} disabled={chosen[0] == chosen[1]}>{ words.compare_button }</button>
            </div>
            { compared.map(|parted| found(&parted, &branches, voice, &visit)) }
        </section>
    }
}

fn found(
    parted: &Parted,
    branches: &[Branch],
    voice: Voice,
    visit: &Callback<(BranchId, u64)>,
) -> Html {
    let all = words();
    let words = &all.time;
    let Some(sides) = &parted.difference else {
        return html! { <p data-testid="compared" data-same={parted.same.to_string()}>{ (words.same)(parted.same) }</p> };
    };
    let names = parted.pair.map(|id| name_of(branches, id));
    let lines = [0, 1].map(|side| {
        let branch = parted.pair[side];
        let events = parted.same + 1;
        let onclick = visit.reform(move |_: MouseEvent| (branch, events));
        let sentence = (all.sentence)(voice, &sides.sentences[side]).html();
        html! {
            <div class="side">
                <p><b>{ names[side] }</b>{ " " }<button type="button" data-testid="visit" {onclick}>{ (words.visit)(names[side]) }</button></p>
                <p>{ sentence }</p>
                <small><code>{ &sides.lines[side] }</code></small>
            </div>
        }
    });
    let Sides { there, ends, .. } = sides;
    html! {
        <div data-testid="compared" data-event={parted.same.to_string()}>
            <p>{ (words.differ)(parted.same) }</p>
            { for lines }
            <h3>{ words.there }</h3>
            { table(there, names) }
            <h3>{ words.ends }</h3>
            { table(ends, names) }
        </div>
    }
}

/// Two rows for each node, one for each branch; what is not the same is marked.
fn table(contrasts: &[Contrast], names: [&str; 2]) -> Html {
    let words = &words().time;
    let heads = contrasts.first().map(|contrast| {
        let heads = contrast.parts.iter();
        heads
            .map(|(name, _)| html! { <th key={*name} scope="col">{ *name }</th> })
            .collect::<Html>()
    });
    let row = |contrast: &Contrast, side: usize| {
        let cells = contrast.parts.iter().map(|(name, values)| {
            let differs = values[0] != values[1];
            let mark = differs.then_some("differs");
            html! { <td key={*name} class={classes!(mark)}>{ &values[side] }</td> }
        });
        html! {
            <tr key={format!("{} {side}", contrast.node)}>
                <th scope="row">{ contrast.node.to_string() }</th>
                <td class="side-name">{ names[side] }</td>
                { for cells }
            </tr>
        }
    };
    let rows = contrasts
        .iter()
        .flat_map(|contrast| [row(contrast, 0), row(contrast, 1)]);
    html! {
        <div class="wide-table" tabindex="0" role="region">
            <table class="contrast">
                <thead><tr><th scope="col">{ words.at_node }</th><th scope="col">{ words.part }</th>{ heads }</tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}
