//! The page by its keyboard alone.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::page::{Page, with_page};
use crate::wait_until_playing;

/// The name for tests of what has the keyboard's focus.
pub(crate) const FOCUSED: &str = "document.activeElement?.dataset?.testid";

/// The most presses of a key until something has the focus.
pub(crate) const MAX_PRESSES: u32 = 120;

/// Presses and releases a key, as a keyboard does; "Shift+" may stand before it.
pub(crate) fn press(page: &Page, key: &str) -> Result<()> {
    let (key, shift) = match key.strip_prefix("Shift+") {
        Some(key) => (key, 8),
        None => (key, 0),
    };
    let (code, text) = match key {
        "Tab" => (9, None),
        "ArrowRight" => (39, None),
        "Enter" => (13, Some("\r")),
        "Escape" => (27, None),
        "ArrowDown" => (40, None),
        letter => (0, Some(letter)),
    };
    for kind in ["keyDown", "keyUp"] {
        let mut params = json!({
            "type": kind, "key": key, "windowsVirtualKeyCode": code, "modifiers": shift,
        });
        if let (Some(text), "keyDown") = (text, kind) {
            params["text"] = json!(text);
        }
        page.session()
            .developer_tools("Input.dispatchKeyEvent", &params)?;
    }
    Ok(())
}

/// Types a text in place of what stands in the field with the focus.
pub(crate) fn retype(page: &Page, text: &str) -> Result<()> {
    page.session().run("document.activeElement.select()", &[])?;
    let params = json!({ "text": text });
    page.session()
        .developer_tools("Input.insertText", &params)
        .map(drop)
}

/// Presses a key until the part with this name has the focus.
pub(crate) fn press_until(page: &Page, key: &str, name: &str) -> Result<()> {
    for _ in 0..MAX_PRESSES {
        page.two_frames()?;
        if page.session().eval(FOCUSED)?.as_str() == Some(name) {
            return Ok(());
        }
        press(page, key)?;
    }
    anyhow::bail!("{key} never comes to {name}")
}

/// Goes with Tab from the head of the page to the part with this name. (In the console Tab
/// completes, so there is no way around from behind it.)
pub(crate) fn tab_to(page: &Page, name: &str) -> Result<()> {
    let to_the_head = "const head = document.querySelector('h1'); head.tabIndex = -1; head.focus()";
    page.session().run(to_the_head, &[])?;
    press_until(page, "Tab", name)
}

/// Whether what has the focus shows it, whole: its ring is drawn, and nothing that scrolls
/// or hides cuts it off.
const RING: &str = r"(() => {
    const it = document.activeElement;
    const style = getComputedStyle(it);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return 'no ring';
    const reach = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth);
    const box = it.getBoundingClientRect();
    for (let outer = it.parentElement; outer; outer = outer.parentElement) {
        if (getComputedStyle(outer).overflowX === 'visible') continue;
        const edge = outer.getBoundingClientRect();
        const cut = (inner, end) => inner > end + 0.5;
        if (cut(edge.left, box.left - reach) || cut(box.right + reach, edge.right)
            || cut(edge.top, box.top - reach) || cut(box.bottom + reach, edge.bottom)) {
            return `cut by ${outer.tagName} ${outer.className}`;
        }
    }
    return 'whole';
})()";

fn expect_ring(page: &Page, of: &str) -> Result<()> {
    page.two_frames()?;
    let ring = page.session().eval(RING)?;
    ensure!(ring == "whole", "the ring of {of}: {ring}");
    Ok(())
}

fn wait_for_focus(page: &Page, name: &str) -> Result<()> {
    page.wait_for(
        &format!("the focus on {name}"),
        &format!("{FOCUSED} === '{name}'"),
    )
    .map(drop)
}

#[test]
fn a_keys_history_is_reached_and_left_by_keyboard() -> Result<()> {
    with_page("keyboard-history", "#nodes=5&seed=7", |page| {
        page.leader_after(0)?;
        for value in ["solaris", "dune"] {
            page.command(1, &format!("etcdctl put /shelf/4 {value}"))?;
        }
        page.wait_for_key("/shelf/4", &[1, 2, 3, 4, 5], 2)?;
        press_until(page, "Tab", "key")?;
        expect_ring(page, "a key")?;
        press(page, "Enter")?;
        let rows = "document.querySelectorAll('[data-testid=\"history-row\"]').length";
        page.wait_for("two versions", &format!("{rows} === 2"))?;
        press(page, "Escape")?;
        wait_for_focus(page, "key")?;

        press(page, "Enter")?;
        page.wait_for("two versions", &format!("{rows} === 2"))?;
        press_until(page, "Tab", "history-go")?;
        expect_ring(page, "a moment")?;
        press(page, "Enter")?;
        wait_until_playing(page, false)?;
        wait_for_focus(page, "key")
    })
}

#[test]
fn a_watch_is_seen_and_stopped_by_keyboard() -> Result<()> {
    with_page("keyboard-watch", "#nodes=5&seed=7", |page| {
        page.leader_after(0)?;
        tab_to(page, "console-input")?;
        retype(page, "etcdctl watch --prefix /shelf &")?;
        press(page, "Enter")?;
        let running = "document.querySelectorAll('[data-testid=\"console-running\"]').length";
        page.wait_for("a watch", &format!("{running} === 1"))?;

        press_until(page, "Tab", "tab-tables")?;
        press(page, "ArrowRight")?;
        wait_for_focus(page, "tab-streams")?;
        page.wait_for(
            "its row",
            "document.querySelector('[data-testid=\"watch-row\"]') !== null",
        )?;
        press(page, "Tab")?;
        let region = "document.activeElement.querySelector('[data-testid=\"watches\"]') !== null";
        page.wait_for("the focus on the list, which scrolls", region)?;

        press_until(page, "Shift+Tab", "console-stop")?;
        expect_ring(page, "the button that stops it")?;
        press(page, "Enter")?;
        page.wait_for("no watch", &format!("{running} === 0"))?;
        // The button is gone; whoever stopped it goes on typing.
        wait_for_focus(page, "console-input")
    })
}

#[test]
fn files_of_the_console_are_reached_by_keyboard() -> Result<()> {
    with_page("keyboard-files", "#nodes=5&seed=7", |page| {
        page.leader_after(0)?;
        let saved = page.command(1, "etcdctl snapshot save backup.db")?;
        ensure!(saved.exit == 0, "{saved:?}");
        press_until(page, "Tab", "tab-tables")?;
        for tab in ["tab-streams", "tab-events", "tab-lab", "tab-share"] {
            press(page, "ArrowRight")?;
            wait_for_focus(page, tab)?;
        }
        for part in [
            "copy-link",
            "save-file",
            "open-file",
            "take-file",
            "put-file",
        ] {
            press_until(page, "Tab", part)?;
            expect_ring(page, part)?;
        }
        Ok(())
    })
}
