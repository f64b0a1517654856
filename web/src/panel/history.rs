//! In a dialog: what became of a key, version by version.

use glassraft_core::catalog::Key;
use glassraft_core::trace::KeyVersion;
use yew::prelude::*;

use crate::columns::columns;
use crate::dialog::Dialog;
use crate::session::{Command, Store, use_store, use_view};
use crate::words::{readable, words};

/// The most characters of a key and of a value that are shown.
const MAX_KEY_CHARS: usize = 400;
const MAX_VALUE_CHARS: usize = 2_000;

/// The dialog; `of` is the key, or the one that was looked at last.
pub(super) fn history(of: Option<Key>, open: bool, on_close: &Callback<()>) -> Html {
    let title = words().history.title;
    html! {
        <Dialog {open} on_close={on_close.clone()} {title} test_id="history-dialog">
            { for of.map(|of| html! { <Versions {of} on_leave={on_close.clone()} /> }) }
        </Dialog>
    }
}

#[derive(PartialEq, Properties)]
struct VersionsProps {
    of: Key,
    on_leave: Callback<()>,
}

/// Follows the picture as it goes on.
#[component]
fn Versions(props: &VersionsProps) -> Html {
    let VersionsProps { of, on_leave } = props;
    let store = use_store();
    let _events = use_view(|view| (view.runs, view.calm.branch, view.calm.frame.events));
    let words = &words().history;
    let Some((node, history)) = store.look(|session| session.key_history(of)) else {
        return html! {};
    };
    let rows = history.versions.iter().enumerate();
    let rows = rows.map(|(place, told)| row(&store, told, place, on_leave));
    html! {
        <>
            <p class="history-key" data-testid="history-key"><code>{ readable(of, MAX_KEY_CHARS) }</code></p>
            <div class="wide-table" tabindex="0" role="region" aria-label={words.title}>
                <table class="history">
                    <thead>
                        <tr>
                            <th scope="col" class="number" title={words.revision_hint}>{ words.revision }</th>
                            { columns(&[
                                (words.version, None),
                                (words.created, None),
                                (words.lease, None),
                                (words.value, None),
                                (words.nodes, None),
                                (words.applied, None),
                            ]) }
                        </tr>
                    </thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
            <p class="note">{ (words.note)(node, history.more) }</p>
        </>
    }
}

fn row(store: &Store, told: &KeyVersion, place: usize, on_leave: &Callback<()>) -> Html {
    let words = &words().history;
    let version = &told.version;
    let kv = &version.kv;
    let revision = kv.mod_revision;
    let view = store.view();
    let nodes = view.calm.frame.nodes.iter();
    let having = nodes.filter(|node| node.role().is_some() && node.revision >= revision);
    let having: Vec<String> = having.map(|node| node.node.to_string()).collect();
    let go = {
        let (store, on_leave, events) = (store.clone(), on_leave.clone(), told.event.0 + 1);
        Callback::from(move |_: MouseEvent| {
            store.send(Command::GoTo(events));
            on_leave.emit(());
        })
    };
    let number = |number: i64| (!version.deleted).then(|| number.to_string());
    let lease = (kv.lease != 0).then(|| format!("{:016x}", kv.lease));
    let value = match version.deleted {
        true => html! { <em>{ words.deleted }</em> },
        false => html! { { readable(&kv.value, MAX_VALUE_CHARS) } },
    };
    html! {
        <tr key={place} data-testid="history-row" data-mod={revision.to_string()} data-deleted={version.deleted.to_string()}>
            <td class="number">{ revision }</td>
            <td class="number">{ number(kv.version) }</td>
            <td class="number">{ number(kv.create_revision) }</td>
            <td class="number">{ lease }</td>
            <td class="value">{ value }</td>
            <td>{ having.join(" ") }</td>
            <td class="number">
                <button type="button" class="plain" data-testid="history-go" onclick={go} title={words.go_hint}>{ (words.seconds)(told.at) }</button>
            </td>
        </tr>
    }
}
