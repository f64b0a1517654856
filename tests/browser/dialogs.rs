//! What opens over the page: it closes with Escape, gives the focus back, and covers nothing
//! that it is about.

use anyhow::{Result, ensure};
use glassraft_webdriver::VIEWS;
use serde_json::json;

use crate::page::{Page, with_page};
use crate::wait_until_playing;

const START: &str = "#nodes=5&seed=7";

/// What opens a dialog, and the dialog.
const DIALOGS: [(&str, &str); 5] = [
    ("until", "until-dialog"),
    ("go-to", "place-dialog"),
    ("branches", "branches-dialog"),
    ("sessions", "sessions-dialog"),
    ("help", "help-dialog"),
];

/// Presses a key, as a keyboard does.
fn press(page: &Page, key: &str) -> Result<()> {
    let (code, text) = match key {
        "Enter" => (13, Some("\r")),
        "Escape" => (27, None),
        letter => (0, Some(letter)),
    };
    for kind in ["keyDown", "keyUp"] {
        let mut params = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
        if let (Some(text), "keyDown") = (text, kind) {
            params["text"] = json!(text);
        }
        page.session()
            .developer_tools("Input.dispatchKeyEvent", &params)?;
    }
    page.two_frames()
}

/// Types a line into the console of a node, without waiting for its end.
fn type_line(page: &Page, node: u64, line: &str) -> Result<()> {
    const INPUT: &str = "[data-testid=\"console-input\"]";
    page.choose("console-node", node)?;
    page.session().type_into(INPUT, &format!("{line}\u{E007}"))
}

fn has_focus(name: &str) -> String {
    format!("document.activeElement?.dataset?.testid === '{name}'")
}

fn focus(page: &Page, name: &str) -> Result<()> {
    let script = format!("document.querySelector('[data-testid=\"{name}\"]').focus()");
    page.session().run(&script, &[]).map(drop)
}

#[test]
fn dialogs_open_close_and_give_the_focus_back() -> Result<()> {
    with_page("dialogs", START, |page| {
        page.leader_after(0)?;
        let seen = "[...document.querySelectorAll('dialog')].filter(it => it.getBoundingClientRect().height > 0).map(it => it.dataset.testid).join()";
        for (opener, dialog) in DIALOGS {
            let closed = page.session().eval(seen)?;
            ensure!(closed == "", "before {opener}, {closed} is seen");
            focus(page, opener)?;
            press(page, "Enter")?;
            page.wait_for(dialog, &format!("({seen}) === '{dialog}'"))?;
            press(page, "Escape")?;
            page.wait_for(&format!("{dialog} is closed"), &format!("({seen}) === ''"))?;
            page.wait_for(&format!("focus on {opener}"), &has_focus(opener))?;
        }
        Ok(())
    })
}

/// The chain that is shown: numbers of events, with a star at the shown one.
const CHAIN: &str = "[...document.querySelectorAll('[data-testid=\"why-list\"] [data-event]')].map(it => it.dataset.event + (it.ariaCurrent ? '*' : '')).join(' ')";

#[test]
fn why_answers_for_the_sentence_and_can_be_walked_along() -> Result<()> {
    with_page("why", START, |page| {
        let leader = page.leader_after(0)?;
        page.click("play")?;
        wait_until_playing(page, false)?;
        type_line(page, leader.id, "etcdctl put /shelf/4 dune")?;
        page.session().run("document.activeElement.blur()", &[])?;
        press(page, "u")?;
        page.session().run(
            "document.querySelector('[data-testid=\"until-line\"]').select()",
            &[],
        )?;
        let params = json!({ "text": "request 1 answered" });
        page.session()
            .developer_tools("Input.insertText", &params)?;
        press(page, "Enter")?;
        page.wait_for(
            "the sentence of the answer",
            "document.querySelector('[data-testid=\"sentence\"]').textContent.includes('answers its client')",
        )?;
        wait_until_playing(page, false)?;
        press(page, "w")?;
        page.wait_for("a chain", &format!("({CHAIN}).split(' ').length > 2"))?;
        let text = page.session().eval(CHAIN)?;
        let text = text.as_str().unwrap_or_default().replace('*', "");
        let chain: Vec<&str> = text.split(' ').collect();
        let first = "document.querySelector('[data-testid=\"why-list\"] [data-event]').textContent";
        let first = page.session().eval(first)?.to_string();
        ensure!(first.contains("answers its client"), "because of {first}");
        // What the narrator says of the cause is more than what its event says by itself.
        let told = "document.querySelector('[data-testid=\"why-list\"]').textContent.includes('voters hold it')";
        ensure!(page.session().eval(told)? == true, "no cause is narrated");

        // The chain stays while one goes along it.
        let second = "[data-testid=\"why-list\"] li:nth-child(2) button";
        page.session().click(second)?;
        let mut walked = chain.clone();
        let shown = format!("{}*", chain[1]);
        walked[1] = &shown;
        let walked = walked.join(" ");
        page.wait_for(&walked, &format!("({CHAIN}) === '{walked}'"))?;

        press(page, "Escape")?;
        page.wait_for("no chain", &format!("({CHAIN}) === ''"))?;
        page.wait_for("focus on the button", &has_focus("why"))
            .map(drop)
    })
}

/// Parts of the transport that cover each other, or are not wholly in it.
const CROWDED: &str = r#"(() => {
    const box = it => it.getBoundingClientRect();
    const transport = document.querySelector('.transport');
    const parts = [...transport.querySelectorAll('button, select, .ribbon')].filter(it => !it.closest('dialog') && box(it).width > 0);
    const name = it => it.dataset.testid ?? it.textContent;
    const SLACK = 1;
    const found = [];
    for (const [place, it] of parts.entries()) {
        const a = box(it);
        if (a.left < box(transport).left || a.right > box(transport).right) found.push(`${name(it)} leaves`);
        if (it.scrollWidth > it.clientWidth + SLACK && it.tagName === 'BUTTON') found.push(`${name(it)} is clipped`);
        for (const other of parts.slice(place + 1)) {
            const b = box(other);
            if (a.left + SLACK < b.right && b.left + SLACK < a.right && a.top + SLACK < b.bottom && b.top + SLACK < a.bottom) found.push(`${name(it)} covers ${name(other)}`);
        }
    }
    return found;
})()"#;

#[test]
fn what_time_passes_for_covers_nothing_of_the_transport() -> Result<()> {
    with_page("crowded", START, |page| {
        let leader = page.leader_after(0)?;
        // A second branch, and a command that waits: all that the transport can show.
        page.click("play")?;
        wait_until_playing(page, false)?;
        page.click("step-back")?;
        page.click(&format!("node-{}", leader.id))?;
        page.wait_until_crashed(leader.id, true)?;
        let line = "etcdctl get --prefix /shelf --limit=10";
        type_line(page, leader.id % 5 + 1, line)?;
        page.wait_for(
            "what waits",
            "document.querySelector('[data-testid=\"passing\"]') !== null && document.querySelector('[data-testid=\"branch\"]') !== null",
        )?;
        for view in VIEWS {
            page.session().set_view(view)?;
            page.two_frames()?;
            page.two_frames()?;
            let found = page.session().eval(CROWDED)?;
            ensure!(found == json!([]), "{}: {found}", view.name);
        }
        Ok(())
    })
}
