//! Sessions outlive the page: a reload, a crash of the tab, and as named ones all else.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::page::{Page, with_page};
use crate::{wait_until_event, wait_until_playing};

/// What the tables of a database hold, by an expression over `store`.
const IN_DATABASE: &str = "
    const database = await new Promise((done, failed) => {
        const request = indexedDB.open('glassraft');
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    const asked = request => new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    const stores = database.transaction(['cards', 'texts'], 'readwrite');
    const [cards, texts] = [stores.objectStore('cards'), stores.objectStore('texts')];
    try {";
const CLOSE: &str = "} finally { database.close(); }";

/// Does something with what is kept, by JavaScript that has `cards`, `texts` and `asked`.
fn in_database(page: &Page, body: &str) -> Result<serde_json::Value> {
    let script = format!("{IN_DATABASE} {body} {CLOSE}");
    page.session().run(&script, &[])
}

/// Waits until what is shown has been written down: paused, and at this event.
fn wait_until_kept(page: &Page) -> Result<()> {
    let event = page.event()?;
    let kept = format!(
        "await (async () => {{ {IN_DATABASE}
            const all = await asked(texts.getAll());
            return all.some(text => {{
                try {{ return JSON.parse(text).shown?.[0] === {event}; }} catch {{ return false; }}
            }}) || null;
        {CLOSE} }})()"
    );
    page.wait_for("the session is written down", &kept)
        .map(drop)
}

/// The branches of the switch, and the one that is shown.
const BRANCHES: &str = "(() => {
    const select = document.querySelector('[data-testid=\"branch\"]');
    return JSON.stringify([[...(select?.options ?? [])].map(option => option.textContent.trim()),
        select?.selectedIndex ?? 0]);
})()";

/// What a person would see of every node.
const PICTURE: &str =
    "JSON.stringify([...document.querySelectorAll('[data-testid^=\"node-\"][data-role]')]
    .map(node => ({ ...node.dataset })))";

/// What has to come back: the event, every node, the branches.
#[derive(Debug, PartialEq)]
struct Place {
    event: u64,
    picture: String,
    branches: String,
}

fn place(page: &Page) -> Result<Place> {
    page.two_frames()?;
    Ok(Place {
        event: page.event()?,
        picture: page.session().eval(PICTURE)?.to_string(),
        branches: page.session().eval(BRANCHES)?.to_string(),
    })
}

/// A paused run with two branches, in the past of the second.
fn forked(page: &Page) -> Result<Place> {
    let leader = page.leader_after(0)?;
    let put = page.command(leader.id, "etcdctl put /shelf/4 dune")?;
    ensure!(put.exit == 0, "{put:?}");
    page.click("play")?;
    wait_until_playing(page, false)?;
    let event = page.event()?;
    for back in 1..=5 {
        page.click("step-back")?;
        wait_until_event(page, &format!("=== {}", event - back))?;
    }
    page.click(&format!("node-{}", leader.id))?;
    page.wait_until_crashed(leader.id, true)?;
    page.wait_for(
        "two branches",
        "document.querySelectorAll('[data-testid=\"branch\"] option').length === 2",
    )?;
    for _ in 0..20 {
        page.click("step")?;
    }
    for _ in 0..7 {
        page.click("step-back")?;
    }
    place(page)
}

fn expect_place(page: &Page, expected: &Place) -> Result<()> {
    wait_until_event(page, &format!("=== {}", expected.event))?;
    let found = place(page)?;
    ensure!(found == *expected, "it was {expected:?}, and is {found:?}");
    Ok(())
}

fn open_sessions(page: &Page) -> Result<()> {
    page.click("sessions")?;
    page.wait_for(
        "the dialog",
        "document.querySelector('[data-testid=\"sessions-dialog\"]').open",
    )
    .map(drop)
}

/// Waits until the dialog says something that has this in it.
fn wait_until_told(page: &Page, said: &str) -> Result<()> {
    page.wait_for(
        said,
        &format!(
            "document.querySelector('[data-testid=\"session-told\"]')?.textContent.includes({})",
            json!(said)
        ),
    )
    .map(drop)
}

fn wait_for_names(page: &Page, names: &[&str]) -> Result<()> {
    let names = json!(names).to_string();
    page.wait_for(
        &format!("the sessions {names}"),
        &format!(
            "JSON.stringify([...document.querySelectorAll('[data-testid=\"kept-session\"]')]
                .map(row => row.dataset.name).filter(name => name !== '')) === {}",
            json!(names)
        ),
    )
    .map(drop)
}

/// Clicks a button of the session that has this name.
fn click_of(page: &Page, name: &str, button: &str) -> Result<()> {
    page.session().click(&format!(
        "[data-testid=\"kept-session\"][data-name=\"{name}\"] [data-testid=\"{button}\"]"
    ))
}

fn save_as(page: &Page, name: &str) -> Result<()> {
    let field = "[data-testid=\"session-name\"]";
    page.session().run(
        "document.querySelector(arguments[0]).value = ''",
        &[json!(field)],
    )?;
    page.session().type_into(field, name)?;
    page.click("session-save")
}

#[test]
fn a_reload_brings_branches_and_moment_back() -> Result<()> {
    with_page("session-reload", "#nodes=5&seed=7", |page| {
        let before = forked(page)?;
        page.reload()?;
        expect_place(page, &before)?;
        wait_until_playing(page, false)?;
        ensure!(page.text("notice")?.is_none(), "a reload needs no notice");
        // The other branch is there, too.
        page.session()
            .click("[data-testid=\"branch\"] option:first-child")?;
        page.wait_for_key("/shelf/4", &[1, 2, 3, 4, 5], 0).map(drop)
    })
}

#[test]
fn a_crash_of_the_tab_brings_the_session_back() -> Result<()> {
    with_page("session-crash", "#nodes=5&seed=7", |page| {
        let before = forked(page)?;
        wait_until_kept(page)?;
        page.crash()?;
        page.open("")?;
        let notice = page.text("notice")?.context("no notice")?;
        ensure!(notice.contains("goes on"), "{notice}");
        expect_place(page, &before)?;
        wait_until_playing(page, false)?;

        // Who does not want it begins anew, and loses nothing by that.
        page.click("afresh")?;
        wait_until_event(page, &format!("< {}", before.event))?;
        wait_until_playing(page, true)?;
        open_sessions(page)?;
        page.session().click(
            "[data-testid=\"kept-session\"][data-name=\"\"] [data-testid=\"session-open\"]",
        )?;
        expect_place(page, &before)
    })
}

#[test]
fn a_link_is_not_taken_for_the_last_session() -> Result<()> {
    with_page("session-link", "#nodes=5&seed=7", |page| {
        let before = forked(page)?;
        wait_until_kept(page)?;
        page.open("#nodes=3&seed=8")?;
        page.leader_after(0)?;
        ensure!(page.nodes()?.len() == 3, "another run than the link's");
        // Two tabs do not write the same session: the new one begins without a link.
        page.second_window()?;
        page.open("")?;
        ensure!(
            page.text("notice")?
                .is_some_and(|text| text.contains("goes on"))
        );
        expect_place(page, &before)
    })
}

#[test]
fn a_named_session_is_saved_opened_renamed_and_deleted() -> Result<()> {
    with_page("session-named", "#nodes=5&seed=7", |page| {
        let before = forked(page)?;
        open_sessions(page)?;
        save_as(page, "lecture")?;
        wait_until_told(page, "Saved as “lecture”")?;
        wait_for_names(page, &["lecture"])?;
        save_as(page, "lecture")?;
        wait_until_told(page, "already")?;
        page.click("session-replace")?;
        wait_until_told(page, "Saved as “lecture”")?;
        wait_for_names(page, &["lecture"])?;
        press_escape(page)?;

        page.click("new-run")?;
        page.leader_after(0)?;
        open_sessions(page)?;
        click_of(page, "lecture", "session-open")?;
        expect_place(page, &before)?;

        open_sessions(page)?;
        click_of(page, "lecture", "session-rename")?;
        let field = "[data-testid=\"session-new-name\"]";
        page.session().type_into(field, " 4\u{E007}")?;
        wait_for_names(page, &["lecture 4"])?;
        click_of(page, "lecture 4", "session-delete")?;
        wait_for_names(page, &[])?;
        page.click("session-undo")?;
        wait_for_names(page, &["lecture 4"])?;
        click_of(page, "lecture 4", "session-open")?;
        expect_place(page, &before)
    })
}

#[test]
fn an_exported_session_is_imported_again() -> Result<()> {
    with_page("session-file", "#nodes=5&seed=7", |page| {
        let before = forked(page)?;
        open_sessions(page)?;
        save_as(page, "lecture")?;
        wait_for_names(page, &["lecture"])?;
        page.session().run(
            "const make = URL.createObjectURL;
            URL.createObjectURL = blob => { window.exported = blob.text(); return make.call(URL, blob); };",
            &[],
        )?;
        click_of(page, "lecture", "session-export")?;
        let text = page.wait_for("a file", "await window.exported")?;
        let text = text.as_str().context("a text")?;
        ensure!(text.contains("\"glassraft_session\": 1"), "{text}");
        let folder = std::env::temp_dir().join(format!("glassraft-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("lecture.json");
        std::fs::write(&file, text)?;
        let wrong = folder.join("wrong.json");
        std::fs::write(&wrong, text.replacen("\"active\": 2", "\"active\": 7", 1))?;
        let import = |file: &std::path::Path| {
            let input = "[data-testid=\"session-file\"]";
            page.session().type_into(input, &file.display().to_string())
        };
        click_of(page, "lecture", "session-delete")?;
        wait_for_names(page, &[])?;
        import(&wrong)?;
        wait_until_told(page, "cannot be imported")?;
        import(&file)?;
        wait_until_told(page, "Imported as “lecture”")?;
        import(&file)?;
        wait_until_told(page, "Imported as “lecture (2)”")?;
        wait_for_names(page, &["lecture (2)", "lecture"])?;
        std::fs::remove_dir_all(&folder)?;
        press_escape(page)?;
        page.click("new-run")?;
        page.leader_after(0)?;
        open_sessions(page)?;
        click_of(page, "lecture", "session-open")?;
        expect_place(page, &before)
    })
}

#[test]
fn a_damaged_record_is_told_and_nothing_is_lost() -> Result<()> {
    with_page("session-damaged", "#nodes=5&seed=7", |page| {
        let before = forked(page)?;
        open_sessions(page)?;
        for name in ["first", "second"] {
            save_as(page, name)?;
            wait_until_told(page, name)?;
        }
        press_escape(page)?;
        in_database(
            page,
            "const all = await asked(cards.getAll());
            const first = all.find(card => card.name === 'first');
            await asked(texts.put('{\"glassraft_session\": 1, \"name', first.id));
            await asked(cards.put({ some: 'thing' }, 'odd'));",
        )?;
        open_sessions(page)?;
        page.wait_for(
            "what is damaged is counted",
            "document.querySelector('[data-testid=\"sessions-damaged\"]')?.textContent.includes('damaged')",
        )?;
        wait_for_names(page, &["second", "first"])?;
        click_of(page, "first", "session-open")?;
        wait_until_told(page, "damaged")?;
        expect_place(page, &before)?;
        click_of(page, "second", "session-open")?;
        expect_place(page, &before)?;
        let left = in_database(page, "return await asked(cards.get('odd'));")?;
        ensure!(left["some"] == "thing", "{left}");

        // What this tab has written itself is damaged: the address is gone on with.
        page.click("step")?;
        wait_until_kept(page)?;
        page.session().run(
            &format!(
                "window.addEventListener('pagehide', event => event.stopImmediatePropagation(), true);
                {IN_DATABASE}
                const all = await asked(cards.getAll());
                for (const card of all.filter(card => card.name === null)) {{
                    await asked(texts.put('no session', card.id));
                }} {CLOSE}"
            ),
            &[],
        )?;
        page.reload()?;
        let notice = page.text("notice")?.context("no notice")?;
        ensure!(notice.contains("does not come back"), "{notice}");
        let nodes = page.nodes()?;
        ensure!(nodes.len() == 5, "{nodes:?}");
        Ok(())
    })
}

#[test]
fn without_a_database_the_page_works_on() -> Result<()> {
    with_page("session-private", "#nodes=3&seed=6", |page| {
        page.before_each_page("Object.defineProperty(window, 'indexedDB', { value: undefined });")?;
        page.open("#nodes=3&seed=7")?;
        page.leader_after(0)?;
        ensure!(page.text("notice")?.is_none());
        page.session().type_into("body", "o")?;
        page.wait_for(
            "what is wrong",
            "document.querySelector('[data-testid=\"sessions-problem\"]')?.textContent.includes('private')",
        )?;
        save_as(page, "lecture")?;
        wait_until_told(page, "private")?;
        press_escape(page)?;
        let put = page.command(1, "etcdctl put /shelf/4 dune")?;
        ensure!(put.exit == 0, "{put:?}");
        Ok(())
    })
}

fn press_escape(page: &Page) -> Result<()> {
    page.session()
        .type_into("[data-testid=\"session-name\"]", "\u{E00C}")?;
    page.wait_for(
        "no dialog",
        "!document.querySelector('[data-testid=\"sessions-dialog\"]').open",
    )
    .map(drop)
}
