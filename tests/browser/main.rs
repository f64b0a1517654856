//! The built page in a real browser, below a sub-path of a static host.
//!
//! The tests wait for what the page shows, never for a time to pass, and each has a
//! browser of its own. They need `dist/` and a browser: `cargo xtask test browser`.

#![cfg(not(target_arch = "wasm32"))]

mod dialogs;
mod etcd;
mod keyboard;
mod lab;
mod page;
mod sessions;
mod settings;
mod time;

use anyhow::{Context as _, Result, ensure};
use glassraft_webdriver::VIEWS;
use page::{LIMIT, Node, Page, screenshots, with_page};

/// When this variable is set, pictures of all views are kept.
const KEEP_SCREENSHOTS: &str = "GLASSRAFT_SCREENSHOTS";

#[test]
fn nothing_committed_is_lost_when_the_leader_is_killed() -> Result<()> {
    with_page("killed", "", |page| {
        let all = [1, 2, 3, 4, 5];
        let first = page.leader_after(0)?;

        let put = page.command(first.id, "etcdctl put /shelf/4 dune")?;
        ensure!(put.exit == 0 && put.text.contains("OK"), "put: {put:?}");
        let revision = page.wait_for_key("/shelf/4", &all, 0)?;

        page.click(&format!("node-{}", first.id))?;
        page.wait_until_crashed(first.id, true)?;
        let second = page.leader_after(first.term)?;
        ensure!(second.id != first.id, "a crashed node leads: {second:?}");

        let others: Vec<u64> = all.into_iter().filter(|id| *id != first.id).collect();
        let reader = others
            .iter()
            .copied()
            .find(|id| *id != second.id)
            .context("a follower")?;
        let get = page.command(reader, "etcdctl get /shelf/4")?;
        ensure!(get.exit == 0 && get.text.contains("dune"), "get: {get:?}");

        // Something to catch up with.
        let put = page.command(reader, "etcdctl put /shelf/4 emma")?;
        ensure!(put.exit == 0, "put at a follower: {put:?}");
        let revision = page.wait_for_key("/shelf/4", &others, revision)?;
        let commit = page.node(second.id)?.commit;

        page.click(&format!("node-{}", first.id))?;
        page.wait_until_crashed(first.id, false)?;
        ensure!(page.wait_for_key("/shelf/4", &all, revision - 1)? == revision);
        page.wait_for(
            "the restarted node has applied what was committed",
            &format!("Number(document.querySelector('[data-testid=\"node-{}\"]').dataset.applied) >= {commit}", first.id),
        )?;
        Ok(())
    })
}

#[test]
fn a_key_is_put_read_and_deleted() -> Result<()> {
    with_page("commands", "", |page| {
        page.leader_after(0)?;
        for (node, line, said) in [
            (1, "etcdctl put /shelf/4 dune", "OK"),
            (2, "etcdctl put /shelf/5 'war and peace'", "OK"),
            (3, "etcdctl get /shelf/4", "dune"),
            (4, "etcdctl get --prefix /", "war and peace"),
            (5, "etcdctl del /shelf/4", "1"),
        ] {
            let entry = page.command(node, line)?;
            ensure!(
                entry.exit == 0 && entry.text.contains(said),
                "{line}: {entry:?}"
            );
        }
        let gone = page.command(1, "etcdctl get /shelf/4")?;
        ensure!(
            gone.exit == 0 && !gone.text.contains("dune"),
            "deleted: {gone:?}"
        );
        Ok(())
    })
}

#[test]
fn a_paused_run_stands_still_and_a_step_is_one_event() -> Result<()> {
    with_page("paused", "", |page| {
        page.leader_after(0)?;
        page.click("play")?;
        wait_until_playing(page, false)?;
        page.two_frames()?;
        let event = page.event()?;
        page.two_frames()?;
        ensure!(page.event()? == event, "it went on while paused");

        page.click("step")?;
        wait_until_event(page, &format!("=== {}", event + 1))?;
        page.two_frames()?;
        ensure!(page.event()? == event + 1, "a step was more than one event");

        page.click("play")?;
        wait_until_playing(page, true)?;
        wait_until_event(page, &format!("> {}", event + 10))
    })
}

#[test]
fn every_speed_goes_on() -> Result<()> {
    with_page("speeds", "", |page| {
        page.leader_after(0)?;
        for speed in ["0.25", "4", "max", "1"] {
            page.click(&format!("speed-{speed}"))?;
            page.two_frames()?;
            let event = page.event()?;
            wait_until_event(page, &format!("> {}", event + 5))?;
        }
        Ok(())
    })
}

#[test]
fn a_link_repeats_its_run() -> Result<()> {
    with_page("link", "#nodes=5&seed=7", |page| {
        let first = page.leader_after(0)?;
        page.open("#nodes=5&seed=7")?;
        ensure!(
            is_same_start(&page.leader_after(0)?, &first),
            "the same link made another run"
        );

        let mut others = Vec::new();
        for seed in [8, 9, 10] {
            page.open(&format!("#nodes=5&seed={seed}"))?;
            others.push(page.leader_after(0)?);
        }
        ensure!(
            others.iter().any(|other| !is_same_start(other, &first)),
            "the seed makes no difference"
        );
        Ok(())
    })
}

#[test]
fn a_reload_repeats_the_run() -> Result<()> {
    with_page("reload", "", |page| {
        let first = page.leader_after(0)?;
        let link = page.session().eval("location.href")?;
        ensure!(
            link.as_str().is_some_and(|link| link.contains("seed=")),
            "no seed in the link: {link}"
        );
        page.reload()?;
        ensure!(
            is_same_start(&page.leader_after(0)?, &first),
            "the reload made another run"
        );
        Ok(())
    })
}

#[test]
fn every_number_of_nodes_elects_a_leader() -> Result<()> {
    with_page("nodes", "", |page| {
        for count in [3, 7, 9, 5] {
            page.choose("nodes", count)?;
            let nodes = "document.querySelectorAll('[data-testid^=\"node-\"][data-role]')";
            page.wait_for(
                &format!("{count} nodes"),
                &format!("{nodes}.length === {count}"),
            )?;
            page.leader_after(0)?;
        }
        Ok(())
    })
}

#[test]
fn a_link_with_nonsense_is_told_and_the_page_runs() -> Result<()> {
    with_page("nonsense", "", |page| {
        for fragment in [
            "#nodes=banana",
            "#nodes=-1&seed=7",
            "#seed=99999999999999999999999",
            "#%E0%A4%A&&==",
        ] {
            page.open(fragment)?;
            let notice = page.wait_for(
                "a notice",
                "document.querySelector('[data-testid=\"notice\"]')?.textContent || null",
            );
            let notice = notice.with_context(|| fragment.to_owned())?;
            ensure!(
                notice.as_str().is_some_and(|text| !text.trim().is_empty()),
                "{fragment}: an empty notice"
            );
            page.leader_after(0).with_context(|| fragment.to_owned())?;
        }
        Ok(())
    })
}

#[test]
fn a_wrong_command_is_told_and_the_next_one_works() -> Result<()> {
    with_page("wrong", "", |page| {
        page.leader_after(0)?;
        for line in [
            "frobnicate",
            "etcdctl frobnicate",
            "etcdctl put \"a b",
            "etcdctl get",
            "etcdctl put /only-a-key",
        ] {
            let entry = page.command(1, line)?;
            let said = entry.text.replace(line, "");
            ensure!(
                entry.exit != 0 && !said.trim().is_empty(),
                "{line}: {entry:?}"
            );
        }
        let entry = page.paste_command(1, "'etcdctl put ' + 'k'.repeat(10 << 20) + ' v'")?;
        ensure!(
            entry.exit != 0 && entry.text.len() < 100_000,
            "a key of 10 MB: exit {}",
            entry.exit
        );

        let entry = page.command(1, "etcdctl put /works yes")?;
        ensure!(entry.exit == 0, "the next command: {entry:?}");
        Ok(())
    })
}

#[test]
fn the_page_fits_every_view() -> Result<()> {
    with_page("views", "", |page| {
        for view in VIEWS {
            page.session().set_view(view)?;
            page.open("#nodes=5&seed=7")?;
            page.leader_after(0)?;
            page.two_frames()?;
            if std::env::var_os(KEEP_SCREENSHOTS).is_some() {
                page.session()
                    .screenshot(&screenshots().join(format!("{}.png", view.name)))?;
            }
            let width = page
                .session()
                .eval("document.documentElement.scrollWidth")?;
            ensure!(
                width.as_u64() <= Some(u64::from(view.width)),
                "{}: it is {width} wide",
                view.name
            );
        }
        Ok(())
    })
}

/// Whether two runs have begun in the same way, as far as the page shows.
fn is_same_start(one: &Node, other: &Node) -> bool {
    (one.id, one.term) == (other.id, other.term)
}

fn wait_until_playing(page: &Page, playing: bool) -> Result<()> {
    let button = "document.querySelector('[data-testid=\"play\"]')";
    page.wait_for(
        &format!("playing: {playing}"),
        &format!("{button}.dataset.playing === '{playing}'"),
    )
    .map(drop)
}

fn wait_until_event(page: &Page, relation: &str) -> Result<()> {
    let counter = "document.querySelector('[data-testid=\"event\"]').textContent";
    let number = format!("Number({counter}.replace(/\\D/g, ''))");
    let what = format!(
        "the number of events is {relation}, within {} s",
        LIMIT.as_secs()
    );
    page.wait_for(&what, &format!("{number} {relation}"))
        .map(drop)
}
