//! The inspector: every event that is kept, and all that there is to say about the shown one.

mod detail;
mod filters;

use glassraft_core::trace::{EventClass, EventFilter};
use yew::prelude::*;

use crate::panel::rows::{Rows, use_rows_with};
use crate::session::{Command, EventRow, View, use_store, use_view};
use crate::words::{Voice, words};

pub(crate) use detail::event_link;

use detail::details;
use filters::filters;

/// What decides which events there are.
#[derive(Clone, PartialEq)]
struct Stand {
    run: u64,
    branch: u32,
    shown: u64,
    recorded: u64,
    dropped: u64,
    nodes: u8,
    playing: bool,
    voice: Voice,
}

impl Stand {
    fn of(view: &View) -> Self {
        let calm = &view.calm;
        Self {
            run: view.runs,
            branch: calm.branch.0,
            shown: calm.frame.events,
            recorded: calm.recorded,
            dropped: calm.dropped,
            nodes: u8::try_from(calm.frame.nodes.len()).unwrap_or(u8::MAX),
            playing: view.playing,
            voice: view.voice,
        }
    }
}

/// The list with its filters, and the shown event below.
#[component]
pub(crate) fn Events() -> Html {
    let filter = use_state_eq(EventFilter::default);
    let stand = use_view(Stand::of);
    let store = use_store();
    let listed = store.look(|session| session.list(*filter));
    let rows = use_rows_with(listed.total, listed.place);
    let choose = {
        let set = filter.setter();
        use_callback((), move |filter, ()| set.set(filter))
    };
    let onkeydown = {
        let store = store.clone();
        let page = isize::try_from(rows.drawn.len().saturating_sub(3)).unwrap_or(1);
        Callback::from(move |event: KeyboardEvent| {
            let steps = match event.key().as_str() {
                "ArrowDown" => 1,
                "ArrowUp" => -1,
                "PageDown" => page.max(1),
                "PageUp" => -page.max(1),
                "Home" => isize::MIN,
                "End" => isize::MAX,
                "Enter" => 0,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(id) = store.look(|session| session.beside(steps)) {
                store.send(Command::GoTo(id.0 + 1));
            }
        })
    };
    let words = words();
    let (from, to) = rows.seen;
    let total = listed.total;
    let showing = (total > 0).then(|| (words.panel.showing)(from as u64, to as u64, total as u64));
    let dropped = (stand.dropped > 0).then(|| (words.stage.dropped)(stand.dropped));
    html! {
        <>
            <div class="events" data-testid="events">
                <h2>{ words.time.events }<small>{ showing }</small></h2>
                { filters(stand.nodes, *filter, &choose) }
                <div class="scroller" ref={rows.scroller.clone()} onscroll={rows.onscroll.clone()} {onkeydown}
                    tabindex="0" role="region" aria-label={words.time.events_hint} title={words.time.events_hint}
                    data-testid="event-list">
                    <table class="event-rows" aria-rowcount={(total + 1).to_string()}>
                        <thead>
                            <tr>
                                <th class="id" scope="col">{ words.time.number }</th>
                                <th class="when" scope="col">{ words.time.when }</th>
                                <th class="class" scope="col"><span class="unseen">{ words.time.kind }</span></th>
                                <th scope="col">{ words.time.what }</th>
                            </tr>
                        </thead>
                        <tbody>
                            { rows.above() }
                            { body(&store, &rows, &stand) }
                            { rows.below(total) }
                        </tbody>
                    </table>
                    <p class="empty" hidden={total > 0}>{ words.time.none }</p>
                </div>
                <p class="note" hidden={dropped.is_none()}>{ dropped }</p>
            </div>
            { details(&store, &stand) }
        </>
    }
}

fn body(store: &crate::session::Store, rows: &Rows, stand: &Stand) -> Html {
    let shown = stand.shown;
    let first = rows.drawn.start;
    let drawn = store.look(|session| session.rows(rows.drawn.clone()));
    let row = |(place, row): (usize, EventRow)| {
        let events = row.id.0 + 1;
        let onclick = store.sends(Command::GoTo(events));
        let is_shown = events == shown;
        let (sign, name) = (words().time.class)(row.class);
        let fault = row.class == EventClass::Fault || row.broke.is_some();
        let breach = row.broke.map(|promise| {
            html! { <b class="breach">{ (words().time.broke)(promise) }{ " " }</b> }
        });
        html! {
            <tr key={row.id.0} class={classes!(is_shown.then_some("shown"), fault.then_some("fault"), (events > shown).then_some("future"))}
                aria-rowindex={(first + place + 2).to_string()} aria-current={is_shown.then_some("true")}
                data-testid="event-row" data-event={row.id.0.to_string()} {onclick}>
                <td class="id">{ row.id.0 }</td>
                <td class="when">{ (words().time.seconds)(row.at) }</td>
                <td class="class" title={name}><span aria-hidden="true">{ sign }</span><span class="unseen">{ name }</span></td>
                <td class="what" title={row.what}>{ breach }{ (words().sentence)(stand.voice, &row.told).html() }</td>
            </tr>
        }
    };
    html! { <>{ for drawn.into_iter().enumerate().map(row) }</> }
}
