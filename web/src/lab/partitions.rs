//! Partitions: those that have a name, and any other.

use glassraft_core::console::presets::Split;
use glassraft_core::world::Action;
use yew::prelude::*;

use crate::form::{Form, Subject};
use crate::session::{Command, use_store, use_view};
use crate::words::words;

use super::section;

/// The section.
#[component]
pub(super) fn Partitions() -> Html {
    let store = use_store();
    let (splits, is_cut, run) = use_view(|view| {
        let frame = &view.frame;
        let splits = Split::ALL.map(|split| split.groups(frame));
        let is_cut = frame.links.iter().any(|(_, _, link)| link.cut);
        (splits, is_cut, (view.runs, frame.nodes.len()))
    });
    let words = &words().lab;
    let buttons = Split::ALL.into_iter().zip(splits);
    let buttons = buttons.filter_map(|(split, groups)| {
        let partition = Action::Partition { groups: groups? };
        let onclick = store.sends(Command::Act(vec![partition]));
        Some(html! {
            <button key={split.name()} type="button" data-testid={format!("split-{}", split.name())} {onclick}>{ (words.split)(split) }</button>
        })
    });
    let heal = store.sends(Command::Act(vec![Action::Heal]));
    let content = html! {
        <>
            <div class="lab-buttons">
                { for buttons }
                <button key="heal" type="button" data-testid="heal" disabled={!is_cut} onclick={heal}>{ words.heal }</button>
            </div>
            <Form key={format!("{} {}", run.0, run.1)} subject={Subject::Groups} />
        </>
    };
    section(words.partitions, words.partitions_note, content)
}
