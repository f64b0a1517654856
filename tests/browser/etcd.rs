//! What etcd can do beside keys and values, as the page shows it: watches, leases, a key's
//! history, transactions typed line by line, snapshots, completion.

use anyhow::{Context as _, Result, ensure};

use crate::page::{Page, with_page};
use crate::wait_until_playing;

const START: &str = "#nodes=5&seed=7";
const ALL: [u64; 5] = [1, 2, 3, 4, 5];
const INPUT: &str = "[data-testid=\"console-input\"]";
const ENTER: &str = "\u{E007}";
const TAB: &str = "\u{E004}";
const CTRL_C: &str = "\u{E009}c\u{E000}";
const CTRL_D: &str = "\u{E009}d\u{E000}";

/// The commands that run.
const RUNNING: &str = "[...document.querySelectorAll('[data-testid=\"console-running\"]')]";

/// Types into the console.
fn keys(page: &Page, keys: &str) -> Result<()> {
    page.session().type_into(INPUT, keys)
}

/// Begins a command that does not end by itself.
fn begin(page: &Page, node: u64, line: &str) -> Result<()> {
    page.choose("console-node", node)?;
    keys(page, &format!("{line}{ENTER}"))?;
    wait_for_running(page, 1)
}

fn wait_for_running(page: &Page, count: usize) -> Result<()> {
    let what = format!("{count} commands run");
    page.wait_for(&what, &format!("{RUNNING}.length === {count}"))
        .map(drop)
}

/// Waits until the output of the command that runs has a text.
fn wait_until_printed(page: &Page, text: &str) -> Result<()> {
    let condition = format!("{RUNNING}.some(it => it.textContent.includes('{text}'))");
    page.wait_for(text, &condition).map(drop)
}

fn parts(name: &str) -> String {
    format!("[...document.querySelectorAll('[data-testid=\"{name}\"]')]")
}

/// Runs a command that has to succeed.
fn succeed(page: &Page, line: &str) -> Result<String> {
    let entry = page.command(1, line)?;
    ensure!(entry.exit == 0, "{line}: {entry:?}");
    Ok(entry.text)
}

/// Has no node's catalog the key?
fn wait_until_gone(page: &Page, key: &str) -> Result<()> {
    let row = format!("document.querySelector('[data-testid=\"catalog\"] [data-key=\"{key}\"]')");
    page.wait_for(&format!("{key} is gone"), &format!("{row} === null"))
        .map(drop)
}

#[test]
fn a_watch_hears_of_a_put_and_its_button_stops_it() -> Result<()> {
    with_page("watch", START, |page| {
        page.leader_after(0)?;
        begin(page, 2, "etcdctl watch --prefix /shelf &")?;
        page.click("tab-streams")?;
        let row = parts("watch-row");
        page.wait_for(
            "a watch at n2",
            &format!("{row}.length === 1 && {row}[0].dataset.node === '2'"),
        )?;
        succeed(page, "etcdctl put /shelf/4 dune")?;
        wait_until_printed(page, "dune")?;
        page.wait_for(
            "it has seen revision 2",
            &format!("{row}[0].dataset.seen === '2'"),
        )?;
        page.click("console-stop")?;
        wait_for_running(page, 0)?;
        page.wait_for("nobody watches", &format!("{row}.length === 0"))?;

        // One in front is stopped as in a terminal.
        begin(page, 3, "etcdctl watch /shelf/4")?;
        page.wait_for("a watch", &format!("{row}.length === 1"))?;
        keys(page, CTRL_C)?;
        wait_for_running(page, 0)?;
        page.wait_for("nobody watches", &format!("{row}.length === 0"))
            .map(drop)
    })
}

#[test]
fn a_lease_burns_down_and_takes_its_key_along() -> Result<()> {
    with_page("lease", START, |page| {
        page.leader_after(0)?;
        let granted = succeed(page, "etcdctl lease grant 8")?;
        let lease = granted.split("lease ").nth(2).context("no lease")?;
        let lease: String = lease.chars().take_while(char::is_ascii_hexdigit).collect();
        succeed(page, &format!("etcdctl put --lease={lease} /service up"))?;
        page.wait_for_key("/service", &ALL, 0)?;
        let sign = page.session().eval(
            "document.querySelector('[data-key=\"/service\"] [data-testid=\"key-lease\"]').title",
        )?;
        ensure!(
            sign.as_str().is_some_and(|sign| sign.contains(&lease)),
            "{sign}"
        );

        page.click("tab-streams")?;
        let row = format!("document.querySelector('[data-lease=\"{lease}\"]')");
        page.wait_for(
            "the lease with its key",
            &format!("{row}?.textContent.includes('/service')"),
        )?;
        let left = format!("{row}?.querySelector('progress').value");
        let before = page.wait_for("the time that is left", &left)?;
        page.wait_for("it burns down", &format!("{left} < {before}"))?;
        page.click("speed-4")?;
        page.wait_for("the lease is gone", &format!("{row} === null"))?;
        page.click("tab-tables")?;
        wait_until_gone(page, "/service")?;
        let get = succeed(page, "etcdctl get /service")?;
        ensure!(!get.contains("up"), "it is still there: {get}");
        Ok(())
    })
}

#[test]
fn the_history_of_a_key_leads_to_its_moments() -> Result<()> {
    with_page("history", START, |page| {
        page.leader_after(0)?;
        for value in ["solaris", "dune"] {
            succeed(page, &format!("etcdctl put /shelf/4 {value}"))?;
        }
        succeed(page, "etcdctl put /shelf/5 emma")?;
        page.wait_for_key("/shelf/4", &ALL, 2)?;
        page.wait_for_key("/shelf/5", &ALL, 3)?;
        let key = "[data-key=\"/shelf/4\"] [data-testid=\"key\"]";
        page.session().click(key)?;
        let rows = parts("history-row");
        page.wait_for("two versions", &format!("{rows}.length === 2"))?;
        let told = page.session().eval(&format!(
            "{rows}.map(row => row.dataset.mod + (row.textContent.includes('dune') ? ' dune' : ' solaris')).join()"
        ))?;
        ensure!(told == "3 dune,2 solaris", "the history is {told}");

        page.session()
            .click("[data-testid=\"history-row\"]:last-of-type button")?;
        wait_until_playing(page, false)?;
        page.wait_for(
            "the moment of the first version",
            "[...document.querySelectorAll('[data-key=\"/shelf/4\"] [data-mod]')].every(cell => cell.dataset.mod === '2')
                && document.querySelector('[data-key=\"/shelf/4\"] td.value').textContent === 'solaris'
                && document.querySelector('[data-key=\"/shelf/5\"]') === null",
        )
        .map(drop)
    })
}

#[test]
fn a_transaction_is_typed_line_by_line() -> Result<()> {
    with_page("txn", START, |page| {
        page.leader_after(0)?;
        succeed(page, "etcdctl put /shelf/4 dune")?;
        let revision = page.wait_for_key("/shelf/4", &ALL, 0)?;

        begin(page, 1, "etcdctl txn -i")?;
        wait_until_printed(page, "compares:")?;
        keys(page, &format!("value(\"/shelf/4\") = \"dune\"{ENTER}"))?;
        // A terminal shows what is typed.
        wait_until_printed(page, "value(\"/shelf/4\") = \"dune\"")?;
        keys(page, ENTER)?;
        wait_until_printed(page, "success requests")?;
        keys(page, &format!("put /shelf/4 emma{ENTER}{ENTER}"))?;
        wait_until_printed(page, "failure requests")?;
        keys(page, &format!("put /shelf/4 lost{ENTER}{ENTER}"))?;
        wait_for_running(page, 0)?;
        page.wait_for_key("/shelf/4", &ALL, revision)?;
        let value = "document.querySelector('[data-key=\"/shelf/4\"] td.value').textContent";
        ensure!(page.session().eval(value)? == "emma", "the comparison held");

        begin(page, 1, "etcdctl txn -i")?;
        keys(page, CTRL_D)?;
        wait_for_running(page, 0)?;
        let exit = format!("{}.at(-1).dataset.exit", parts("console-entry"));
        ensure!(
            page.session().eval(&exit)? != "0",
            "an end of input is an error"
        );
        Ok(())
    })
}

#[test]
fn a_snapshot_is_a_file_to_take_away_and_to_read() -> Result<()> {
    with_page("snapshot", START, |page| {
        page.leader_after(0)?;
        succeed(page, "etcdctl put /shelf/4 dune")?;
        succeed(page, "etcdctl snapshot save backup.db")?;
        page.click("tab-share")?;
        let files = parts("console-file");
        page.wait_for(
            "the file",
            &format!("{files}.length === 1 && {files}[0].textContent.includes('backup.db')"),
        )?;
        let status = succeed(page, "etcdctl snapshot status backup.db -w json")?;
        ensure!(status.contains("\"revision\":2"), "{status}");
        let missing = page.command(1, "etcdctl snapshot status other.db")?;
        ensure!(missing.exit != 0, "{missing:?}");
        Ok(())
    })
}

#[test]
fn a_snapshot_is_taken_away_and_brought_to_another_run() -> Result<()> {
    with_page("bring", START, |page| {
        page.leader_after(0)?;
        succeed(page, "etcdctl put /shelf/4 dune")?;
        succeed(page, "etcdctl snapshot save backup.db")?;
        let told = succeed(page, "etcdctl snapshot status backup.db")?;
        let hash = told.rsplit("backup.db").next().map(str::to_owned);
        page.click("tab-share")?;
        page.session().run(
            "const make = URL.createObjectURL;
            URL.createObjectURL = blob => { window.taken = blob.bytes().then(bytes => [...bytes]); return make.call(URL, blob); };",
            &[],
        )?;
        page.click("take-file")?;
        let taken = page.wait_for("the file's bytes", "(await window.taken) ?? null")?;
        let taken: Vec<u8> = serde_json::from_value(taken)?;
        ensure!(taken.len() > 20, "{} bytes", taken.len());
        let folder = std::env::temp_dir().join(format!("glassraft-bring-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("brought.db");
        std::fs::write(&file, taken)?;

        page.open("#nodes=3&seed=9")?;
        page.leader_after(0)?;
        page.click("tab-share")?;
        let input = "[data-testid=\"console-file-input\"]";
        let there = format!("document.querySelector('{input}') !== null");
        page.wait_for("the files of the console", &there)?;
        let names = format!("{}.map(it => it.textContent).join()", parts("console-file"));
        ensure!(page.session().eval(&names)? == "", "files of another run");
        let missing = page.command(1, "etcdctl snapshot restore brought.db")?;
        ensure!(missing.exit != 0, "{missing:?}");
        page.session()
            .type_into(input, &file.display().to_string())?;
        page.wait_for("the file", &format!("{names}.includes('brought.db')"))?;
        std::fs::remove_dir_all(&folder)?;
        let again = succeed(page, "etcdctl snapshot status brought.db")?;
        let same = again.rsplit("brought.db").next().map(str::to_owned);
        ensure!(same == hash, "{again} is not {told}");
        succeed(
            page,
            "etcdctl snapshot restore brought.db --data-dir=brought",
        )?;
        let twice = page.command(1, "etcdctl snapshot restore brought.db --data-dir=brought")?;
        ensure!(
            twice.exit != 0 && twice.text.contains("exists"),
            "{twice:?}"
        );

        // A cluster that begins with it, and is there again with the page.
        for line in [
            "kill all",
            "restore brought.db",
            "restart all",
            "until leader within 30s",
        ] {
            succeed(page, line)?;
        }
        let has_it = || -> Result<()> {
            let found = succeed(page, "etcdctl get /shelf/4 -w fields")?;
            ensure!(
                found.contains("dune") && found.contains("\"Revision\" : 2"),
                "{found}"
            );
            Ok(())
        };
        has_it()?;
        page.reload()?;
        page.leader_after(0)?;
        has_it()
    })
}

#[test]
fn a_watch_is_typed_line_by_line_and_hears_of_others() -> Result<()> {
    with_page("watch-i", START, |page| {
        page.leader_after(0)?;
        begin(page, 2, "etcdctl watch -i")?;
        keys(page, &format!("watch /k/0{ENTER}"))?;
        wait_until_printed(page, "watch /k/0")?;
        page.click("tab-streams")?;
        let row = parts("watch-row");
        page.wait_for("a watch", &format!("{row}.length === 1"))?;

        // The prompt is the watch's, so others have to put: clients that work by themselves.
        page.click("tab-lab")?;
        for (field, value) in [("clients", "1"), ("keys", "1"), ("reads", "0%")] {
            let field = format!("[data-testid=\"clients-{field}\"]");
            let clear = format!("document.querySelector('{field}').select()");
            page.session().run(&clear, &[])?;
            page.session().type_into(&field, value)?;
        }
        page.click("clients-apply")?;
        wait_until_printed(page, "PUT")?;
        keys(page, CTRL_C)?;
        wait_for_running(page, 0)?;
        page.click("tab-streams")?;
        page.wait_for("nobody watches", &format!("{row}.length === 0"))?;
        // The prompt is the person's again.
        succeed(page, "etcdctl get /k/0").map(drop)
    })
}

#[test]
fn tab_completes_commands_and_keys() -> Result<()> {
    with_page("complete", START, |page| {
        page.leader_after(0)?;
        succeed(page, "etcdctl put /shelf/4 dune")?;
        page.wait_for_key("/shelf/4", &ALL, 0)?;
        let value = format!("document.querySelector('{INPUT}').value");
        let typed = [
            ("etcdctl lea", "etcdctl lease "),
            ("g", "etcdctl lease grant "),
        ];
        for (rest, whole) in typed {
            keys(page, &format!("{rest}{TAB}"))?;
            page.wait_for(whole, &format!("{value} === '{whole}'"))?;
        }
        let clear = format!("document.querySelector('{INPUT}').value = ''");
        page.session().run(&clear, &[])?;
        keys(page, &format!("etcdctl get /sh{TAB}"))?;
        page.wait_for("the key", &format!("{value} === 'etcdctl get /shelf/4 '"))?;
        keys(page, ENTER)?;
        let last = format!(
            "{}.at(-1).textContent.includes('dune')",
            parts("console-entry")
        );
        page.wait_for("its value", &last).map(drop)
    })
}
