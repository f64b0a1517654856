//! The list that pops up.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

use crate::browser;
use crate::form::Form;
use crate::session::{Command, use_store, use_view};
use crate::words::words;

use super::items::{Choice, Item, items};
use super::{Open, Target};

#[derive(PartialEq, Properties)]
pub(crate) struct MenuProps {
    /// What is open.
    pub(crate) open: Open,
    /// The size of the place that the menu has to stay in, in CSS pixels.
    pub(crate) room: (f64, f64),
    /// Opens another menu, or closes this one.
    pub(crate) on_change: Callback<Option<Target>>,
}

/// The menu. Arrow keys go through it, Escape and a click elsewhere close it.
#[component]
pub(crate) fn Menu(props: &MenuProps) -> Html {
    let store = use_store();
    let list = use_node_ref();
    let target = props.open.target;
    let shown = use_view(move |view| items(target, view));
    {
        let list = list.clone();
        use_effect_with(target, move |_| focus(&list, 0));
    }
    let words = &words().lab;
    let close = props.on_change.reform(|()| None::<Target>);
    let choose = {
        let on_change = props.on_change.clone();
        Callback::from(move |choice: Choice| match choice {
            Choice::Do(actions) => {
                on_change.emit(None);
                store.send(Command::Act(actions));
            }
            Choice::Open(target) => on_change.emit(Some(target)),
        })
    };
    let onkeydown = {
        let (list, close) = (list.clone(), close.clone());
        Callback::from(move |event: KeyboardEvent| match target {
            Target::Form(_) => on_form_key(&event, &close),
            _ => on_key(&event, &list, &close),
        })
    };
    let onclick = close.reform(|_: MouseEvent| ());
    let oncontextmenu = close.reform(|event: MouseEvent| event.prevent_default());
    let row = |(place, item): (usize, &Item)| {
        let (choose, choice) = (choose.clone(), item.choice.clone());
        let onclick = Callback::from(move |_: MouseEvent| choose.emit(choice.clone()));
        html! {
            <button key={place} type="button" role="menuitem" tabindex="-1" class={classes!(item.begins_group.then_some("group"))}
                data-testid={format!("menu-{}", item.deed.test_id())} {onclick}>
                { (words.deed)(&item.deed) }
            </button>
        }
    };
    // What a form's fields hold is its own; how many there are decides how tall it is.
    let count = match target {
        Target::Form(subject) => subject.fields(),
        _ => shown.len(),
    };
    {
        let (list, place) = (list.clone(), place(props, count));
        // Not an attribute: the content security policy allows no inline style.
        use_effect(move || {
            if let Some(menu) = list.cast::<HtmlElement>() {
                for (name, px) in place {
                    let _never_fails = menu.style().set_property(name, &format!("{px:.0}px"));
                }
            }
        });
    }
    let form = match target {
        Target::Form(subject) => Some(html! { <Form {subject} on_done={close.clone()} /> }),
        _ => None,
    };
    let (class, role) = match form {
        None => ("menu", "menu"),
        Some(_) => ("menu of-form", "dialog"),
    };
    let is_empty = shown.is_empty() && form.is_none();
    html! {
        <div class="menu-place">
            <div class="menu-back" {onclick} {oncontextmenu} />
            <div {class} {role} ref={list} {onkeydown}
                data-testid="menu" aria-label={(words.menu)(target)}>
                <p class="menu-title" aria-hidden="true">{ (words.menu)(target) }</p>
                { for shown.iter().enumerate().map(row) }
                <>{ form }</>
                if is_empty {
                    <p class="menu-empty">{ words.nothing }</p>
                }
            </div>
        </div>
    }
}

/// The width of a menu, and the height of a row and of what stands around the rows, in CSS
/// pixels.
const WIDTH_PX: f64 = 248.0;
const FORM_WIDTH_PX: f64 = 318.0;
const ROW_PX: f64 = 32.5;
const AROUND_PX: f64 = 52.0;
const FORM_AROUND_PX: f64 = 104.0;

/// Beside the place where it was asked for, and wholly inside of the room.
fn place(props: &MenuProps, rows: usize) -> [(&'static str, f64); 3] {
    let (width, height) = props.room;
    let is_form = matches!(props.open.target, Target::Form(_));
    let wide = if is_form { FORM_WIDTH_PX } else { WIDTH_PX };
    let around = if is_form { FORM_AROUND_PX } else { AROUND_PX };
    let tall = (rows as f64 * ROW_PX + around).min(height);
    let (x, y) = props.open.at;
    let x = x.min(width - wide).max(0.0);
    let y = y.min(height - tall).max(0.0);
    [("left", x), ("top", y), ("max-height", height - y)]
}

fn on_key(event: &KeyboardEvent, list: &NodeRef, close: &Callback<()>) {
    let step = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        "Home" => return take(event, || focus(list, 0)),
        "End" => return take(event, || focus(list, -1)),
        "Escape" | "Tab" => return take(event, || close.emit(())),
        _ => return,
    };
    take(event, || focus(list, focused(list) + step));
}

/// In a form the keys are the fields' own, but for Escape. Nothing of it is for the page.
fn on_form_key(event: &KeyboardEvent, close: &Callback<()>) {
    match event.key().as_str() {
        "Escape" => take(event, || close.emit(())),
        _ => event.stop_propagation(),
    }
}

fn take(event: &KeyboardEvent, act: impl FnOnce()) {
    event.prevent_default();
    event.stop_propagation();
    act();
}

fn rows(list: &NodeRef) -> Vec<HtmlElement> {
    let Some(list) = list.cast::<HtmlElement>() else {
        return Vec::new();
    };
    let Ok(found) = list.query_selector_all("[role=menuitem], .form-row input, .form-row select")
    else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|place| found.get(place)?.dyn_into().ok())
        .collect()
}

fn focused(list: &NodeRef) -> i64 {
    let has_focus = |row: &HtmlElement| row.matches(":focus").unwrap_or(false);
    let place = rows(list).iter().position(has_focus);
    place.map_or(-1, |place| i64::try_from(place).unwrap_or(0))
}

/// Gives a row the focus; beyond the last comes the first.
fn focus(list: &NodeRef, place: i64) {
    let rows = rows(list);
    let count = i64::try_from(rows.len()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let place = usize::try_from(place.rem_euclid(count)).unwrap_or(0);
    browser::focus_in_place(&rows[place]);
}
