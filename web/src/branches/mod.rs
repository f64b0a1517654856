//! The branches of the run: named, shown, deleted, brought back, compared.

mod compare;
mod hash;

pub(crate) use hash::Hash;

use glassraft_core::trace::{Branch, BranchId, MAX_NAME_CHARS};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::button::button;
use crate::columns::columns;
use crate::conditions::AskProps;
use crate::session::{Ask, Command, Findings, Store, use_branches, use_store};
use crate::words::words;

use compare::Compare;

/// In a dialog: all branches, and two of them side by side. Time stands still there.
#[component]
pub(crate) fn BranchList(props: &AskProps) -> Html {
    let store = use_store();
    {
        let store = store.clone();
        use_effect_with((), move |()| store.send(Command::Ask(Ask::Hash)));
    }
    let (branches, active, findings) = use_branches();
    let words = &words().time;
    let rows = branches
        .iter()
        .map(|branch| row(&store, &branches, branch, active, &findings));
    let undo = findings.deleted.as_ref().map(|name| {
        let restore = store.sends(Command::Ask(Ask::Restore));
        html! {
            <p class="undo" role="status">{ (words.deleted)(name) }{ " " }
                { button("branch-undo", None, restore, words.undo) }
            </p>
        }
    });
    html! {
        <>
            <div class="wide-table" tabindex="0" role="region" aria-label={words.branches_title}>
                <table class="branch-list">
                    <thead>
                        <tr>
                            { columns(&[
                                (words.branch_name, None),
                                (words.branch_from, None),
                                (words.branch_events, None),
                                (words.branch_hash, None),
                            ]) }
                            <th scope="col"><span class="unseen">{ words.branch_deeds }</span></th>
                        </tr>
                    </thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
            { undo }
            <p class="note">{ words.branches_note }</p>
            <Compare on_leave={props.on_done.clone()} />
        </>
    }
}

/// The name of a branch.
fn name_of(branches: &[Branch], id: BranchId) -> &str {
    let found = branches.iter().find(|branch| branch.id == id);
    found.map_or("", |branch| &branch.name)
}

fn row(
    store: &Store,
    branches: &[Branch],
    branch: &Branch,
    active: BranchId,
    findings: &Findings,
) -> Html {
    let words = &words().time;
    let id = branch.id;
    let rename = {
        let (store, name) = (store.clone(), branch.name.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
                return;
            };
            let new = input.value();
            store.send(Command::Dismiss);
            store.send(Command::Ask(Ask::Rename(id, new)));
            // If it was refused, the old one stands there again.
            let view = store.view();
            let now = name_of(&view.calm.branches, id);
            input.set_value(if now.is_empty() { &name } else { now });
        })
    };
    let parent = branch.parent.map(|parent| name_of(branches, parent));
    let from = parent.map_or(words.first.to_owned(), |parent| {
        (words.departs)(branch, parent)
    });
    let hash = findings.hash(id, branch.head.events);
    let is_active = id == active;
    let deeds = if is_active {
        html! { <em>{ words.shown }</em> }
    } else {
        button(
            "branch-show",
            None,
            store.sends(Command::Switch(id)),
            words.switch,
        )
    };
    let delete_hint = if is_active {
        words.delete_shown
    } else {
        words.delete_hint
    };
    html! {
        <tr key={id.0} data-testid="branch-row" data-branch={id.0.to_string()} aria-current={is_active.then_some("true")}>
            <td><input type="text" value={branch.name.clone()} maxlength={MAX_NAME_CHARS.to_string()} onchange={rename}
                aria-label={(words.rename)(&branch.name)} title={(words.rename)(&branch.name)} data-testid="branch-name" /></td>
            <td>{ from }</td>
            <td class="number">{ branch.head.events }</td>
            <td class="hash" data-testid="branch-hash">{ hash.unwrap_or(words.working) }</td>
            <td class="deeds">
                { deeds }
                <button type="button" data-testid="branch-delete" disabled={is_active} title={delete_hint}
                    onclick={store.sends(Command::Ask(Ask::Delete(id)))}>{ words.delete }</button>
            </td>
        </tr>
    }
}
