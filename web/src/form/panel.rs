//! A form on the page.

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::session::{Command, use_store, use_view};
use crate::words::words;

use super::apply::{Complaint, Filled};
use super::rows::{Row, rows};
use super::{Field, Subject};

#[derive(PartialEq, Properties)]
pub(crate) struct FormProps {
    /// What it sets.
    pub(crate) subject: Subject,
    /// Called when it was done.
    #[prop_or_default]
    pub(crate) on_done: Callback<()>,
}

/// What was put into the fields.
type Typed = Rc<Vec<(Field, String)>>;

/// The fields, and the buttons below them.
#[component]
pub(crate) fn Form(props: &FormProps) -> Html {
    let store = use_store();
    let subject = props.subject;
    let rows = Rc::new(use_view(move |view| rows(subject, view)));
    let runs = use_view(move |view| subject.timer(&view.calm.frame));
    let typed = use_state_eq(Typed::default);
    let wrong = use_state_eq(|| None::<Complaint>);
    let words = &words().form;
    let put = {
        let (typed, wrong) = (typed.clone(), wrong.clone());
        Callback::from(move |(field, value): (Field, String)| {
            let others = typed.iter().filter(|(other, _)| *other != field);
            let all = others.cloned().chain([(field, value)]);
            typed.set(Rc::new(all.collect()));
            wrong.set(None);
        })
    };
    // What is done with the form: taken over, or begun with.
    let finish = {
        let (store, typed, rows, wrong) =
            (store.clone(), typed.clone(), rows.clone(), wrong.clone());
        let on_done = props.on_done.clone();
        Callback::from(move |begins: bool| {
            let all = begins || subject.is_deed();
            let filled = Filled::new(subject, &rows, |row| shown(row, subject, &typed), all);
            let command = match begins {
                true => filled
                    .setup(&store)
                    .map(|setup| Command::BeginWith(Rc::new(setup))),
                false => filled.command(&store),
            };
            match command {
                Ok(command) => {
                    typed.set(Typed::default());
                    on_done.emit(());
                    store.send(command);
                }
                Err(complaint) => wrong.set(Some(complaint)),
            }
        })
    };
    let onsubmit = {
        let finish = finish.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            finish.emit(false);
        })
    };
    let begin = finish.reform(|_: MouseEvent| true);
    let usual = {
        let (typed, rows, wrong) = (typed.clone(), rows.clone(), wrong.clone());
        Callback::from(move |_: MouseEvent| {
            let all = rows.iter().map(|row| (row.field, row.usual.clone()));
            typed.set(Rc::new(all.collect()));
            wrong.set(None);
        })
    };
    let filled = Filled::new(
        subject,
        &rows,
        |row| shown(row, subject, &typed),
        subject.is_deed(),
    );
    let (nothing, id) = (filled.is_empty(), subject.test_id());
    html! {
        <form class="form" data-testid={format!("form-{id}")} autocomplete="off" novalidate=true
            aria-label={(words.title)(subject)} {onsubmit}>
            { for rows.iter().map(|row| draw(row, shown(row, subject, &typed), subject, *wrong, &put)) }
            { runs.map(|runs| html! { <p class="note" data-testid="timer">{ (words.runs)(runs) }</p> }) }
            <div class="form-buttons">
                <button type="submit" class="primary" data-testid={format!("{id}-apply")} disabled={nothing}
                    title={words.apply_hint}>{ words.apply }</button>
                if !subject.is_deed() {
                    <button type="button" data-testid={format!("{id}-usual")} title={words.usual_hint} onclick={usual}>{ words.usual }</button>
                }
                if subject.can_begin() {
                    <button type="button" data-testid={format!("{id}-begin")} title={words.begin_hint} onclick={begin}>{ words.begin }</button>
                }
            </div>
        </form>
    }
}

/// What stands in a field.
fn shown<'a>(row: &'a Row, subject: Subject, typed: &'a Typed) -> &'a str {
    let value = if subject.is_deed() {
        &row.usual
    } else {
        &row.value
    };
    let mut typed = typed.iter();
    let typed = typed.find(|(field, _)| *field == row.field);
    typed.map_or(value, |(_, typed)| typed)
}

fn draw(
    row: &Row,
    value: &str,
    subject: Subject,
    wrong: Option<Complaint>,
    put: &Callback<(Field, String)>,
) -> Html {
    let field = row.field;
    let words = &words().form;
    let id = format!("{}-{}", subject.test_id(), field.name());
    let hint = (words.hint)(field);
    let complaint = wrong.and_then(|(at, wrong)| (at == field).then_some(wrong));
    let told = complaint.map(|wrong| {
        html! { <p class="wrong" role="alert" id={format!("{id}-wrong")} data-testid={format!("{id}-wrong")}>{ (words.wrong)(field, wrong) }</p> }
    });
    let is_wrong = complaint.is_some();
    let described = is_wrong.then(|| format!("{id}-wrong"));
    let input = match field.choices() {
        Some(choices) => {
            let onchange = put.reform(move |event: Event| (field, chosen(&event)));
            let other = !choices.contains(&value);
            html! {
                <select id={id.clone()} data-testid={id.clone()} title={hint} {onchange}>
                    if other { <option key="other" value="" selected=true disabled=true>{ words.differs }</option> }
                    { for choices.iter().map(|each| html! {
                        <option key={*each} value={*each} selected={*each == value}>{ (words.choice)(each) }</option>
                    }) }
                </select>
            }
        }
        None => {
            let oninput = put.reform(move |event: InputEvent| {
                let input = event.target_dyn_into::<HtmlInputElement>();
                (field, input.map(|input| input.value()).unwrap_or_default())
            });
            html! {
                <span class="form-typed">
                    <input type="text" id={id.clone()} data-testid={id.clone()} title={hint} value={value.to_owned()}
                        placeholder={if subject.is_deed() || matches!(field, Field::Jump | Field::Learners) { "" } else { words.differs }}
                        spellcheck="false" autocapitalize="off" aria-invalid={is_wrong.then_some("true")}
                        aria-describedby={described} {oninput} />
                    { suggestions(field, put) }
                </span>
            }
        }
    };
    html! {
        <div key={field.name()} class={classes!("form-row", field.is_list().then_some("wide"))}>
            <label for={id} title={hint}>{ (words.field)(field) }</label>
            { input }
            <>{ told }</>
        </div>
    }
}

/// A list of values to pick from, beside a field.
fn suggestions(field: Field, put: &Callback<(Field, String)>) -> Html {
    let all = field.suggestions();
    if all.is_empty() {
        return html! {};
    }
    let words = &words().form;
    let onchange = put.reform(move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        let value = chosen(&event);
        // It shows none of them: what is set stands in the field.
        if let Some(select) = select {
            select.set_selected_index(0);
        }
        (field, value)
    });
    html! {
        <select class="pick" title={words.pick} aria-label={format!("{}: {}", (words.field)(field), words.pick)} {onchange}>
            <option value="" selected=true disabled=true hidden=true></option>
            { for all.iter().map(|each| html! { <option key={*each} value={*each}>{ *each }</option> }) }
        </select>
    }
}

fn chosen(event: &Event) -> String {
    let select = event.target_dyn_into::<HtmlSelectElement>();
    select.map(|select| select.value()).unwrap_or_default()
}
