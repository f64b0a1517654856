//! Time, through the page: events one by one, conditions, branches, hashes. What the page
//! shows is held against what the core says natively of the same run.

use anyhow::{Context as _, Result, ensure};
use glassraft_core::console::{Ended, Player, Until};
use glassraft_core::share;
use glassraft_core::trace::{RecordLimits, Run, text};
use glassraft_core::world::{EventId, Setup};

use glassraft_webdriver::VIEWS;

use crate::page::{Page, with_page};
use crate::{wait_until_event, wait_until_playing};

const START: &str = "#nodes=5&seed=7";

/// The run of [`START`], natively, until it has so many events.
fn native(events: u64) -> Run {
    let mut run = Run::new(Setup::default(), 7).expect("the setup is valid");
    while run.record().len() < events {
        assert!(run.step().is_some(), "something happens");
    }
    run
}

/// The tables need room.
fn widen(page: &Page) -> Result<()> {
    page.session().set_view(VIEWS[0])
}

fn pause(page: &Page) -> Result<()> {
    page.click("play")?;
    wait_until_playing(page, false)?;
    page.two_frames()
}

/// Presses a key where nothing is typed.
fn press(page: &Page, key: &str) -> Result<()> {
    press_in(page, "body", key)
}

fn press_in(page: &Page, selector: &str, key: &str) -> Result<()> {
    let script = format!(
        "document.querySelector(`{selector}`).dispatchEvent(new KeyboardEvent('keydown',
            {{ key: '{key}', bubbles: true, cancelable: true }}))"
    );
    page.session().run(&script, &[]).map(drop)
}

/// Writes into a field in place of what stands there.
fn fill(page: &Page, name: &str, value: &str) -> Result<()> {
    let script = format!(
        "const input = document.querySelector('[data-testid=\"{name}\"]');
        input.focus();
        input.value = `{value}`;
        input.dispatchEvent(new Event('input', {{ bubbles: true }}));
        input.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    page.session().run(&script, &[])?;
    page.two_frames()
}

fn choose(page: &Page, name: &str, nth: usize) -> Result<()> {
    page.session()
        .click(&format!("[data-testid=\"{name}\"] option:nth-child({nth})"))?;
    page.two_frames()
}

fn wait_for_dialog(page: &Page, name: &str, open: bool) -> Result<()> {
    page.wait_for(
        &format!("{name} open: {open}"),
        &format!("document.querySelector('[data-testid=\"{name}\"]').dataset.open === '{open}'"),
    )
    .map(drop)
}

fn wait_for_state(page: &Page, state: &str) -> Result<()> {
    page.wait_for(
        &format!("the status is {state}"),
        &format!(
            "(document.querySelector('[data-testid=\"passing\"]')?.dataset.state ?? 'none') === '{state}'"
        ),
    )
    .map(drop)
}

/// What an expression of JavaScript comes to, as a text.
fn eval(page: &Page, expression: &str) -> Result<String> {
    let value = page.session().eval(expression)?;
    let text = value.as_str().map(str::to_owned);
    text.with_context(|| format!("{expression} is no text: {value}"))
}

const SHOWN: &str = "document.querySelector('[data-testid=\"event-row\"].shown')";

#[test]
fn events_are_listed_filtered_and_taken_apart() -> Result<()> {
    with_page("events", START, |page| {
        widen(page)?;
        page.leader_after(0)?;
        press(page, "e")?;
        page.wait_for("a list that follows", &format!("{SHOWN} !== null"))?;
        pause(page)?;
        let events = page.event()?;
        let run = native(events);
        let shown = eval(page, &format!("{SHOWN}.dataset.event"))?;
        ensure!(shown == (events - 1).to_string(), "{shown} of {events}");
        let rows = page
            .session()
            .eval("document.querySelectorAll('[data-testid=\"event-row\"]').length")?;
        ensure!(rows.as_u64() < Some(200), "{rows} rows are drawn");
        expect_row(page, &run, events - 1)?;
        let [height, room] = ["scrollHeight", "clientHeight"]
            .map(|which| format!("document.documentElement.{which}"));
        let too_long = page.session().eval(&format!("{height} - {room}"))?;
        ensure!(too_long == 0, "the page is {too_long} pixels too long");

        // The arrows go through the list, and a click goes to a row.
        press_in(page, "[data-testid=\"event-list\"]", "ArrowUp")?;
        wait_until_event(page, &format!("=== {}", events - 1))?;
        expect_row(page, &run, events - 2)?;
        press_in(page, "[data-testid=\"event-list\"]", "Home")?;
        wait_until_event(page, "=== 1")?;
        expect_row(page, &run, 0)?;
        press_in(page, "[data-testid=\"event-list\"]", "End")?;
        wait_until_event(page, &format!("=== {events}"))?;

        // Roles alone: among the first are five starts.
        choose(page, "filter-kind", 3)?;
        press_in(page, "[data-testid=\"event-list\"]", "Home")?;
        wait_until_event(page, "=== 1")?;
        let words = "[...document.querySelectorAll('[data-testid=\"event-row\"] .what')].map(cell => cell.title.split(' ')[0])";
        page.wait_for(
            "roles alone",
            &format!("{words}.length > 5 && {words}.every(word => ['started', 'became', 'voted', 'crashed', 'halted'].includes(word))"),
        )?;

        // Votes that n2 sends or gets.
        choose(page, "filter-kind", 1)?;
        choose(page, "filter-node", 3)?;
        choose(page, "filter-type", 7)?;
        page.wait_for(
            "votes of n2 alone",
            &format!("{words}.length > 0 && [...document.querySelectorAll('[data-testid=\"event-row\"]')].every(row => row.querySelector('.what').title.match(/^\\w+ vote /) && row.querySelector('.what').textContent.includes('n2'))"),
        )?;
        let first = eval(
            page,
            "document.querySelector('[data-testid=\"event-row\"]').dataset.event",
        )?;
        page.session().click("[data-testid=\"event-row\"]")?;
        let id: u64 = first.parse()?;
        wait_until_event(page, &format!("=== {}", id + 1))?;
        let detail = page.text("event-detail")?.context("a detail")?;
        for part in [
            "type", "vote", "from", "to", "log-term", "commit", "entries", "reject",
        ] {
            ensure!(detail.contains(part), "{part} is missing in {detail}");
        }

        // The event is told in either voice, and its line of the trace stands below.
        let event = run.record().get(EventId(id)).context("it is kept")?;
        let line = page.text("trace-line")?.context("a line")?;
        ensure!(line == text::what(&event.kind), "{line}");
        let told = page.text("event-told")?.context("a sentence")?;
        ensure!(told.contains(" a vote"), "{told}");
        page.session()
            .click("[data-testid=\"voice\"] option[value=\"library\"]")?;
        page.wait_for(
            "the librarians’ hands",
            "document.querySelector('[data-testid=\"event-told\"]').textContent.includes('a note (hand)')
                && document.querySelector('[data-testid=\"event-row\"] .what').textContent.includes('a note (hand)')",
        )?;

        // Its cause is a link, and it is among what the cause led to.
        let why = run.record().why(EventId(id)).context("it is kept")?;
        let cause = why.chain[1];
        page.session()
            .click("[data-testid=\"event-detail\"] .event-links li:first-child button")?;
        wait_until_event(page, &format!("=== {}", cause.0 + 1))?;
        page.wait_for(
            "the effect of the cause",
            &format!(
                "document.querySelector('[data-testid=\"effects\"] [data-event=\"{id}\"]') !== null"
            ),
        )
        .map(drop)
    })
}

/// The shown row says what the core says natively of that event.
fn expect_row(page: &Page, run: &Run, id: u64) -> Result<()> {
    page.wait_for(
        &format!("event {id} is shown and in sight"),
        &format!(
            "(() => {{
                const row = {SHOWN};
                const place = row?.getBoundingClientRect();
                const list = row?.closest('.scroller').getBoundingClientRect();
                return row?.dataset.event === '{id}' && place.top >= list.top && place.bottom <= list.bottom + 1;
            }})()"
        ),
    )?;
    let event = run.record().get(EventId(id)).context("it is kept")?;
    let shown = eval(page, &format!("{SHOWN}.querySelector('.what').title"))?;
    ensure!(shown == text::what(&event.kind), "{shown}");
    let shown = eval(page, &format!("{SHOWN}.querySelector('.when').textContent"))?;
    let at = format!("{}.{:06}", event.at / 1_000_000, event.at % 1_000_000);
    ensure!(shown == at, "{shown} is not {at}");
    Ok(())
}

#[test]
fn a_run_goes_on_until_a_condition_holds() -> Result<()> {
    with_page("until", START, |page| {
        page.leader_after(0)?;
        pause(page)?;
        page.click("to-start")?;
        wait_until_event(page, "=== 0")?;

        press(page, "u")?;
        wait_for_dialog(page, "until-dialog", true)?;
        fill(page, "until-line", "commit >= banana")?;
        page.click("until-run")?;
        page.wait_for(
            "what is wrong, in place",
            "document.querySelector('[data-testid=\"until-problem\"]').textContent.includes('banana')",
        )?;
        // Tab completes what can only be one word.
        fill(page, "until-line", "lea")?;
        press_in(page, "[data-testid=\"until-line\"]", "Tab")?;
        page.wait_for(
            "a completed word",
            "document.querySelector('[data-testid=\"until-line\"]').value.startsWith('leader')",
        )?;
        fill(page, "until-line", "leader")?;
        page.click("until-run")?;
        wait_for_state(page, "held")?;
        wait_until_playing(page, false)?;
        // In what is recorded already it ends at the very event.
        let run = native(page.event()?);
        let mut frame = run.frame_of(0).context("it is kept")?;
        let until = Until::read("leader", &frame, 0).map_err(anyhow::Error::msg)?;
        let mut events = run.record().since(EventId(0));
        let found = events.find(|(_, event)| {
            frame.apply(event);
            until.check(&frame, frame.at, None).is_some()
        });
        let (id, _) = found.context("somebody leads")?;
        wait_until_event(page, &format!("=== {}", id.0 + 1))?;

        // A choice writes the line; time is up where it says.
        press(page, "u")?;
        wait_for_dialog(page, "until-dialog", true)?;
        choose(page, "until-preset", 3)?;
        fill(page, "until-number", "99")?;
        let line = eval(
            page,
            "document.querySelector('[data-testid=\"until-line\"]').value",
        )?;
        ensure!(line == "term > 99", "{line}");
        fill(page, "until-line", "term > 99 within 100ms")?;
        page.click("until-run")?;
        wait_for_state(page, "in-vain")?;
        wait_until_playing(page, false)?;

        // Escape calls it off.
        press(page, "u")?;
        wait_for_dialog(page, "until-dialog", true)?;
        fill(page, "until-line", "term > 99")?;
        page.click("until-run")?;
        wait_for_state(page, "until")?;
        press(page, "Escape")?;
        wait_for_state(page, "none")?;
        wait_until_playing(page, false)?;

        // Beyond what is recorded it ends at the step, as in the console.
        page.click("to-live")?;
        let events = page.event()?;
        press(page, "u")?;
        wait_for_dialog(page, "until-dialog", true)?;
        choose(page, "until-preset", 6)?;
        fill(page, "until-number", &(events + 200).to_string())?;
        page.click("until-run")?;
        wait_for_state(page, "held")?;
        wait_until_playing(page, false)?;
        let run = native(events + 201);
        wait_until_event(page, &format!("=== {}", run.record().len()))
    })
}

#[test]
fn a_moment_is_gone_to_by_its_name() -> Result<()> {
    with_page("goto", START, |page| {
        page.leader_after(0)?;
        pause(page)?;
        let go = |place: &str| {
            press(page, "g")?;
            wait_for_dialog(page, "place-dialog", true)?;
            fill(page, "place", place)?;
            page.click("place-go")
        };
        go("41")?;
        wait_for_dialog(page, "place-dialog", false)?;
        wait_until_event(page, "=== 42")?;
        let at = native(600).record().get(EventId(499)).context("kept")?.at;
        let run = native(600);
        go(&format!("{at}us"))?;
        let events = run.events_at(at).context("it is kept")?;
        wait_until_event(page, &format!("=== {events}"))?;
        go("tomorrow")?;
        page.wait_for(
            "what is wrong, in place",
            "document.querySelector('[data-testid=\"place-problem\"]').textContent.includes('tomorrow')",
        )?;
        page.session()
            .click("[data-testid=\"place-dialog\"] header button")?;
        // What has not happened yet is run to.
        page.click("to-live")?;
        let later = page.event()? + 2_000;
        go(&later.to_string())?;
        wait_for_state(page, "held")?;
        wait_until_playing(page, false)?;
        wait_until_event(page, &format!("=== {}", native(later + 1).record().len()))?;
        go("11m")?;
        wait_for_state(page, "held")?;
        wait_until_event(page, "> 130000")
    })
}

#[test]
fn time_passes_for_a_command_that_waits() -> Result<()> {
    with_page("serve", START, |page| {
        let leader = page.leader_after(0)?;
        pause(page)?;
        let submit = |line: &str| {
            page.choose("console-node", leader.id)?;
            page.session().type_into(
                "[data-testid=\"console-input\"]",
                &format!("{line}\u{E007}"),
            )
        };
        submit("etcdctl put /shelf/4 dune")?;
        wait_for_state(page, "stands")?;
        let event = page.event()?;
        page.two_frames()?;
        ensure!(page.event()? == event, "it went on while paused");
        page.click("serve")?;
        let ended =
            "document.querySelectorAll('[data-testid=\"console-entry\"][data-exit=\"0\"]').length";
        page.wait_for("the end of the put", &format!("{ended} === 1"))?;
        wait_for_state(page, "none")?;
        wait_until_playing(page, false)?;
        let event = page.event()?;
        page.two_frames()?;
        ensure!(page.event()? == event, "it went on for nothing");

        // A command that is there to let time pass does so by itself, and can be stopped.
        submit("until term > 99")?;
        wait_for_state(page, "driven")?;
        page.click("stop")?;
        wait_for_state(page, "none")?;
        page.wait_for(
            "the end of until",
            "document.querySelector('[data-testid=\"console-entry\"][data-exit=\"130\"]') !== null",
        )
        .map(drop)
    })
}

#[test]
fn branches_are_compared_renamed_deleted_and_brought_back() -> Result<()> {
    with_page("branches", START, |page| {
        let leader = page.leader_after(0)?;
        pause(page)?;
        let event = page.event()?;
        for _ in 0..5 {
            page.click("step-back")?;
        }
        wait_until_event(page, &format!("=== {}", event - 5))?;
        page.click(&format!("node-{}", leader.id))?;
        page.wait_until_crashed(leader.id, true)?;

        press(page, "b")?;
        wait_for_dialog(page, "branches-dialog", true)?;
        let rows = "document.querySelectorAll('[data-testid=\"branch-row\"]')";
        page.wait_for("two branches", &format!("{rows}.length === 2"))?;
        page.wait_for(
            "a hash of each",
            &format!("[...{rows}].every(row => /^[0-9a-f]{{32}}$/.test(row.querySelector('[data-testid=\"branch-hash\"]').textContent))"),
        )?;
        page.click("compare")?;
        page.wait_for(
            "where they part",
            "document.querySelector('[data-testid=\"compared\"]')?.dataset.event ?? null",
        )?;
        let parted = eval(
            page,
            "document.querySelector('[data-testid=\"compared\"]').dataset.event",
        )?;
        let parted: u64 = parted.parse()?;
        let found = page.text("compared")?.context("what was found")?;
        let expected = native(event);
        let line = text::line(
            EventId(parted),
            expected.record().get(EventId(parted)).context("kept")?,
        );
        ensure!(found.contains(&line), "{line} is not in {found}");
        ensure!(
            found.contains(&format!("acted crash n{}", leader.id)),
            "{found}"
        );
        ensure!(
            page.session()
                .eval("document.querySelectorAll('td.differs').length")?
                .as_u64()
                > Some(1),
            "nothing is marked"
        );

        // A name that is taken is refused in place, another is taken.
        let name = "[data-testid=\"branch-row\"][data-branch=\"2\"] [data-testid=\"branch-name\"]";
        let rename = |new: &str| {
            let script = format!(
                "const input = document.querySelector(`{name}`);
                input.value = '{new}';
                input.dispatchEvent(new Event('change', {{ bubbles: true }}));"
            );
            page.session().run(&script, &[])
        };
        rename("main")?;
        page.wait_for(
            "what is wrong, in the dialog",
            "document.querySelector('[data-testid=\"branches-dialog\"] .problem') !== null",
        )?;
        rename("leader dies")?;
        page.wait_for(
            "the new name",
            "[...document.querySelectorAll('[data-testid=\"branch\"] option')].some(option => option.textContent === 'leader dies')",
        )?;

        // To the parting in the first branch, where the leader still leads.
        page.session()
            .click("[data-testid=\"compared\"] .side:nth-of-type(1) [data-testid=\"visit\"]")?;
        wait_for_dialog(page, "branches-dialog", false)?;
        wait_until_event(page, &format!("=== {}", parted + 1))?;
        page.wait_until_crashed(leader.id, false)?;

        press(page, "b")?;
        wait_for_dialog(page, "branches-dialog", true)?;
        page.session().click(
            "[data-testid=\"branch-row\"][data-branch=\"2\"] [data-testid=\"branch-delete\"]",
        )?;
        page.wait_for("one branch", &format!("{rows}.length === 1"))?;
        page.click("branch-undo")?;
        page.wait_for("two branches", &format!("{rows}.length === 2"))?;
        page.session().click(
            "[data-testid=\"branch-row\"][data-branch=\"2\"] [data-testid=\"branch-show\"]",
        )?;
        page.wait_until_crashed(leader.id, true)
    })
}

#[test]
fn the_hash_is_the_one_of_the_command_line() -> Result<()> {
    with_page("hash", START, |page| {
        let leader = page.leader_after(0)?;
        let put = page.command(leader.id, "etcdctl put /shelf/4 dune")?;
        ensure!(put.exit == 0, "{put:?}");
        pause(page)?;
        page.click("tab-share")?;
        page.click("take-hash")?;
        page.wait_for(
            "a hash",
            "document.querySelector('[data-testid=\"hash\"]') !== null",
        )?;
        let hash = page.text("hash")?.context("a hash")?;
        let line = page.text("hash-line")?.context("a line")?;
        let link = eval(page, "location.hash")?;
        let recording = share::read(&link).map_err(|error| anyhow::anyhow!("{link}: {error}"))?;
        // What the line says behind --until.
        let until = line.split('\'').nth(1).context("a condition")?;
        let played = Player::new(recording, RecordLimits::default())
            .until(until)
            .play(|_, _| true)?;
        ensure!(played.ended == Ended::Held, "{until} does not hold");
        ensure!(
            played.hash.to_string() == hash,
            "{line} prints {}, the page says {hash}",
            played.hash
        );
        let events = eval(
            page,
            "document.querySelector('[data-testid=\"hash\"]').dataset.events",
        )?;
        ensure!(events == played.hash.events().to_string());
        ensure!(page.event()? == played.hash.events());
        Ok(())
    })
}
