//! Faults, time and sharing, through the page.

use anyhow::{Result, ensure};

use crate::page::{Page, with_page};
use crate::{wait_until_event, wait_until_playing};

/// What a person would see of every node, for comparing two moments.
const PICTURE: &str =
    "JSON.stringify([...document.querySelectorAll('[data-testid^=\"node-\"][data-role]')]
    .map(node => ({ ...node.dataset })))";

fn picture(page: &Page) -> Result<String> {
    page.two_frames()?;
    Ok(page.session().eval(PICTURE)?.to_string())
}

/// Opens the menu of a node by its button.
fn open_menu(page: &Page, node: u64) -> Result<()> {
    page.session().run(
        &format!(
            "document.querySelector('[data-testid=\"more-{node}\"]')
                .dispatchEvent(new MouseEvent('click', {{ bubbles: true }}))"
        ),
        &[],
    )?;
    page.wait_for(
        "a menu",
        "document.querySelector('[data-testid=\"menu\"]') !== null",
    )
    .map(drop)
}

fn pause(page: &Page) -> Result<()> {
    page.click("play")?;
    wait_until_playing(page, false)
}

#[test]
fn a_step_back_shows_what_was_there() -> Result<()> {
    with_page("back", "#nodes=5&seed=7", |page| {
        page.leader_after(0)?;
        pause(page)?;
        // Most events change nothing that a node shows; a change of role always does.
        page.session()
            .click("[data-testid=\"step-kind\"] option:nth-child(3)")?;
        let shown = page.event()?;
        page.click("step-back")?;
        wait_until_event(page, &format!("< {shown}"))?;
        page.session()
            .click("[data-testid=\"step-kind\"] option:nth-child(1)")?;
        let event = page.event()?;
        let before = picture(page)?;
        page.click("step-back")?;
        wait_until_event(page, &format!("=== {}", event - 1))?;
        ensure!(
            picture(page)? != before,
            "the change of a role changed nothing"
        );
        for back in 2..=40 {
            page.click("step-back")?;
            wait_until_event(page, &format!("=== {}", event - back))?;
        }
        for on in 1..=40 {
            page.click("step")?;
            wait_until_event(page, &format!("=== {}", event - 40 + on))?;
        }
        ensure!(
            picture(page)? == before,
            "there and back is another picture"
        );

        page.click("to-start")?;
        wait_until_event(page, "=== 0")?;
        page.click("to-live")?;
        wait_until_event(page, &format!(">= {event}"))
    })
}

#[test]
fn acting_in_the_past_begins_a_branch() -> Result<()> {
    with_page("branch", "#nodes=5&seed=7", |page| {
        let leader = page.leader_after(0)?;
        pause(page)?;
        let event = page.event()?;
        for _ in 0..5 {
            page.click("step-back")?;
        }
        wait_until_event(page, &format!("=== {}", event - 5))?;
        page.click(&format!("node-{}", leader.id))?;
        page.wait_until_crashed(leader.id, true)?;
        page.wait_for(
            "two branches",
            "document.querySelectorAll('[data-testid=\"branch\"] option').length === 2",
        )?;
        // In the first branch it still leads.
        page.session()
            .click("[data-testid=\"branch\"] option:first-child")?;
        page.wait_until_crashed(leader.id, false)?;
        ensure!(page.event()? >= event, "the first branch has lost events");
        Ok(())
    })
}

#[test]
fn a_minority_leader_gives_way_and_healing_mends_it() -> Result<()> {
    with_page("partition", "#nodes=5&seed=7", |page| {
        let first = page.leader_after(0)?;
        page.click("tab-lab")?;
        page.click("split-minority")?;
        page.wait_for(
            "cut links",
            "[...document.querySelectorAll('[data-cut]')].filter(link => link.dataset.cut === '11').length === 6",
        )?;
        page.click("speed-4")?;
        let second = page.leader_after(first.term)?;
        ensure!(
            second.id != first.id,
            "the minority has a leader: {second:?}"
        );
        page.click("heal")?;
        page.wait_for(
            "no cut link",
            "[...document.querySelectorAll('[data-cut]')].every(link => link.dataset.cut === '00')",
        )?;
        page.wait_for(
            "one term everywhere",
            "new Set([...document.querySelectorAll('[data-testid^=\"node-\"][data-role]')].map(node => node.dataset.term)).size === 1",
        )?;
        page.click("tab-tables")?;
        page.wait_for(
            "promises that hold",
            "[...document.querySelectorAll('[data-testid=\"promise\"]')].filter(pill => pill.dataset.broken === 'false').length === 5",
        )
        .map(drop)
    })
}

#[test]
fn a_menu_is_worked_with_the_keyboard() -> Result<()> {
    with_page("menu", "#nodes=3&seed=7", |page| {
        page.leader_after(0)?;
        open_menu(page, 2)?;
        let focused = "document.activeElement.dataset.testid";
        page.wait_for(
            "the first row has the focus",
            &format!("{focused} === 'menu-crash'"),
        )?;
        let press = |key: &str| {
            let script = format!(
                "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }}))"
            );
            page.session().run(&script, &[]).map(drop)
        };
        press("ArrowDown")?;
        page.wait_for(
            "the second row has the focus",
            &format!("{focused} === 'menu-pause'"),
        )?;
        page.session().run("document.activeElement.click()", &[])?;
        page.wait_for(
            "a paused node",
            "document.querySelector('[data-testid=\"node-2\"]').dataset.role === 'paused'",
        )?;
        open_menu(page, 2)?;
        press("Escape")?;
        page.wait_for(
            "no menu",
            "document.querySelector('[data-testid=\"menu\"]') === null",
        )?;
        page.wait_for(
            "the node has the focus again",
            &format!("{focused} === 'node-2'"),
        )
        .map(drop)
    })
}

#[test]
fn a_reload_keeps_what_was_done() -> Result<()> {
    with_page("kept", "#nodes=3&seed=7", |page| {
        let leader = page.leader_after(0)?;
        let put = page.command(leader.id, "etcdctl put /shelf/4 dune")?;
        ensure!(put.exit == 0, "{put:?}");
        page.click(&format!("node-{}", leader.id))?;
        page.wait_until_crashed(leader.id, true)?;
        page.wait_for("a link with actions", "location.hash.startsWith('#run=')")?;
        page.reload()?;
        page.click("speed-4")?;
        page.wait_until_crashed(leader.id, true)?;
        let others: Vec<u64> = (1..=3).filter(|id| *id != leader.id).collect();
        page.wait_for_key("/shelf/4", &others, 0).map(drop)
    })
}
