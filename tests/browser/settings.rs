//! What can be set: links, messages, nodes, and how many of them there are.

use anyhow::{Context as _, Result, ensure};
use glassraft_webdriver::VIEWS;

use crate::keyboard::{FOCUSED, MAX_PRESSES, press, press_until, retype, tab_to};
use crate::page::{Page, with_page};
use crate::wait_until_playing;

/// Goes down a menu to a row and chooses it.
fn choose(page: &Page, row: &str) -> Result<()> {
    let there = format!("document.querySelector('[data-testid=\"{row}\"]') !== null");
    page.wait_for(row, &there)?;
    press_until(page, "ArrowDown", row)?;
    press(page, "Enter")
}

/// From anywhere to the form of the link from n2 to n1, by the keyboard alone.
fn open_link_form(page: &Page) -> Result<()> {
    tab_to(page, "node-2")?;
    press(page, "m")?;
    choose(page, "menu-links")?;
    choose(page, "menu-linkto-1")?;
    choose(page, "menu-wayform-2-1")?;
    page.wait_for(
        "the first field has the focus",
        &format!("{FOCUSED} === 'link-latency'"),
    )
    .map(drop)
}

fn no_menu(page: &Page) -> Result<()> {
    let closed = "document.querySelector('[data-testid=\"menu\"]') === null";
    page.wait_for("no menu", closed).map(drop)
}

fn value(name: &str) -> String {
    format!("document.querySelector('[data-testid=\"{name}\"]').value")
}

const IS_CHANGED: &str =
    "document.querySelector('[data-testid=\"link-1-2\"] .link.changed') !== null";

#[test]
fn a_links_latency_is_set_by_keyboard_and_lived_again() -> Result<()> {
    with_page("latency", "#nodes=3&seed=7", |page| {
        page.leader_after(0)?;
        page.click("play")?;
        wait_until_playing(page, false)?;
        open_link_form(page)?;
        ensure!(
            page.session().eval(&value("link-latency"))? == "40ms..120ms",
            "the field does not show how it is"
        );
        for wrong in ["soon", "2h", "1s..1ms"] {
            retype(page, wrong)?;
            press(page, "Enter")?;
            page.wait_for(
                &format!("what is wrong with {wrong}, at its field"),
                "document.querySelector('[data-testid=\"link-latency-wrong\"]') !== null",
            )?;
        }
        retype(page, "700ms..900ms")?;
        press(page, "Enter")?;
        no_menu(page)?;
        page.wait_for("a changed link", IS_CHANGED)?;
        page.wait_for("a link with actions", "location.hash.startsWith('#run=')")?;
        page.reload()?;
        page.click("to-live")?;
        page.wait_for("the link as it was set, lived again", IS_CHANGED)?;
        open_link_form(page)?;
        ensure!(
            page.session().eval(&value("link-latency"))? == "700ms..900ms",
            "the link was set otherwise"
        );
        press(page, "Escape")?;
        no_menu(page)
    })
}

/// Nodes and logs that cover each other, or are not wholly on the stage; lanes that are not
/// wholly in the ribbon.
const COLLISIONS: &str = r#"(() => {
    const box = element => element.getBoundingClientRect();
    const all = (selector, root = document) => [...root.querySelectorAll(selector)];
    const stage = box(document.querySelector('.picture'));
    const things = [
        ...all('[data-testid^="node-"][data-role]').map(node => [node.dataset.testid, box(node.querySelector('.body'))]),
        ...all('.chips').map((log, place) => [`log ${place + 1}`, box(log)]),
    ].filter(([, it]) => it.width > 0 && it.height > 0);
    const SLACK = 2;
    const meets = (a, b) => a.left + SLACK < b.right && b.left + SLACK < a.right
        && a.top + SLACK < b.bottom && b.top + SLACK < a.bottom;
    const found = [];
    for (const [place, [name, it]] of things.entries()) {
        if (it.left < stage.left - SLACK || it.right > stage.right + SLACK
            || it.top < stage.top - SLACK || it.bottom > stage.bottom + SLACK) found.push(`${name} leaves the stage`);
        for (const [other, that] of things.slice(place + 1)) if (meets(it, that)) found.push(`${name} covers ${other}`);
    }
    const ribbon = box(document.querySelector('.ribbon'));
    for (const label of all('.ribbon .axis text')) if (box(label).bottom > ribbon.bottom + SLACK) found.push('the axis is cut off');
    return found;
})()"#;

#[test]
fn any_number_of_nodes_fits_every_view() -> Result<()> {
    with_page("many", "#nodes=15&seed=7", |page| {
        for nodes in [1, 2, 11, 15] {
            page.open(&format!("#nodes={nodes}&seed=7"))?;
            page.click("speed-4")?;
            page.leader_after(0)?;
            let shown = page.nodes()?.len();
            ensure!(shown == nodes, "{shown} of {nodes} nodes");
            for view in VIEWS {
                page.session().set_view(view)?;
                page.two_frames()?;
                page.two_frames()?;
                let collisions = page.session().eval(COLLISIONS)?;
                let found = collisions.as_array().context("a list")?;
                ensure!(found.is_empty(), "{nodes} nodes, {}: {found:?}", view.name);
                let width = page
                    .session()
                    .eval("document.documentElement.scrollWidth")?;
                ensure!(
                    width.as_u64() <= Some(u64::from(view.width)),
                    "{nodes} nodes, {}: it is {width} wide",
                    view.name
                );
            }
            page.session().set_view(VIEWS[0])?;
        }
        // The header offers them all.
        page.choose("nodes", 4)?;
        page.wait_for(
            "four nodes",
            "document.querySelectorAll('[data-testid^=\"node-\"][data-role]').length === 4",
        )
        .map(drop)
    })
}

#[test]
fn a_held_message_looks_held_and_is_released() -> Result<()> {
    with_page("held", "#nodes=3&seed=7", |page| {
        page.leader_after(0)?;
        page.click("play")?;
        wait_until_playing(page, false)?;
        let message = "document.querySelector('[data-testid^=\"message-\"]:not(.lost)')?.dataset.testid ?? null";
        for _ in 0..MAX_PRESSES {
            if !page.session().eval(message)?.is_null() {
                break;
            }
            page.click("step")?;
            page.two_frames()?;
        }
        let message = page.session().eval(message)?;
        let message = message.as_str().context("a message under way")?;
        tab_to(page, message)?;
        press(page, "Enter")?;
        choose(page, "menu-hold")?;
        let flag = format!("document.querySelector('[data-testid=\"{message}\"]')?.dataset.flag");
        page.wait_for("a message that looks held", &format!("{flag} === 'held'"))?;
        page.click("play")?;
        page.wait_for(
            "time that has passed, and the message where it was",
            &format!(
                "Number(document.querySelector('[data-testid=\"event\"]').dataset.event) > {} && {flag} === 'held'",
                page.event()? + 40
            ),
        )?;
        page.click("play")?;
        wait_until_playing(page, false)?;
        tab_to(page, message)?;
        press(page, "Enter")?;
        choose(page, "menu-release")?;
        page.wait_for(
            "the message has arrived",
            &format!("document.querySelector('[data-testid=\"{message}\"]') === null"),
        )
        .map(drop)
    })
}

#[test]
fn a_nodes_election_timeout_is_set_in_its_menu() -> Result<()> {
    with_page("timeout", "#nodes=3&seed=7", |page| {
        let leader = page.leader_after(0)?;
        page.click("play")?;
        wait_until_playing(page, false)?;
        let follower = if leader.id == 1 { 2 } else { 1 };
        tab_to(page, &format!("node-{follower}"))?;
        press(page, "m")?;
        choose(page, "menu-timeout")?;
        let focused = format!("{FOCUSED} === 'timeout-ticks'");
        page.wait_for("the field has the focus", &focused)?;
        page.wait_for(
            "when the present timer runs out",
            "/^It is [12]\\.\\d{3} s now: .* runs out at [\\d.]+ s\\.$/.test(document.querySelector('[data-testid=\"timer\"]')?.textContent)",
        )?;
        retype(page, "99")?;
        press(page, "Enter")?;
        let wrong = "document.querySelector('[data-testid=\"timeout-ticks-wrong\"]')?.textContent.includes('election_ticks')";
        page.wait_for("what is wrong, at the field", wrong)?;
        retype(page, "15")?;
        press(page, "Enter")?;
        no_menu(page)?;
        page.wait_for(
            "a sentence about it",
            "document.querySelector('[data-testid=\"sentence\"]').textContent.includes('15 ticks')",
        )?;
        page.wait_for(
            "a link with the action",
            "location.hash.startsWith('#run=')",
        )
        .map(drop)
    })
}

#[test]
fn a_run_begins_with_what_stands_in_the_lab() -> Result<()> {
    with_page("begin", "#nodes=3&seed=7", |page| {
        page.leader_after(0)?;
        page.click("tab-lab")?;
        page.session()
            .click("[data-testid=\"all-options-pre-vote\"] option[value=\"on\"]")?;
        page.click("all-options-begin")?;
        page.wait_for("a link with the setup", "location.hash.startsWith('#run=')")?;
        page.reload()?;
        page.click("tab-lab")?;
        page.wait_for(
            "PreVote in the run that is opened again",
            &format!("{} === 'on'", value("all-options-pre-vote")),
        )
        .map(drop)
    })
}

/// The commands about addresses in the console, with what they printed.
const ANSWERS: &str = "[...document.querySelectorAll('[data-testid=\"console-entry\"]')].map(entry => entry.textContent)
    .filter(text => text.includes('member update'))";

fn console_says(page: &Page, text: &str) -> Result<()> {
    page.wait_for(
        &format!("the console to say: {text}"),
        &format!("{ANSWERS}.some(entry => entry.includes('{text}'))"),
    )
    .map(drop)
}

#[test]
fn a_members_address_is_changed_in_the_lab() -> Result<()> {
    with_page("address", "#nodes=3&seed=7", |page| {
        page.leader_after(0)?;
        page.click("tab-lab")?;
        let urls = value("address-peer-urls");
        let stands = |url: &str| {
            let there = format!("{urls} === '{url}'");
            page.wait_for(&format!("{url} in the field"), &there)
                .map(drop)
        };
        stands("http://n1:2380")?;
        page.choose("address-of", 2)?;
        stands("http://n2:2380")?;
        tab_to(page, "address-peer-urls")?;
        retype(page, "n2:2380")?;
        press(page, "Enter")?;
        page.wait_for(
            "what is wrong, at the field",
            "document.querySelector('[data-testid=\"address-peer-urls-wrong\"]')?.textContent.includes('http://n6:2380')",
        )?;
        retype(page, "http://10.0.0.2:2380")?;
        press(page, "Enter")?;
        console_says(page, "n2 has the address http://10.0.0.2:2380 now")?;
        // It is the present address now, and nothing is left to be applied.
        page.wait_for(
            "nothing to apply",
            "document.querySelector('[data-testid=\"address-apply\"]').disabled",
        )?;
        stands("http://10.0.0.2:2380")?;

        // What etcd refuses, the console tells.
        page.choose("address-of", 3)?;
        stands("http://n3:2380")?;
        tab_to(page, "address-peer-urls")?;
        retype(page, "http://10.0.0.2:2380")?;
        press(page, "Enter")?;
        console_says(page, "etcdserver: Peer URLs already exists")?;
        page.wait_for("a link", "location.hash.startsWith('#run=')")?;
        page.reload()?;
        page.click("to-live")?;
        page.click("tab-lab")?;
        page.choose("address-of", 2)?;
        stands("http://10.0.0.2:2380")
    })
}
