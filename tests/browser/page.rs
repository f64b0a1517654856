//! The page as the tests see it: by what it says of itself in `data-` attributes.

use anyhow::{Context as _, Result, bail, ensure};
use glassraft_webdriver::{Browser, Programs, Session, VIEWS, View};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// The longest that any condition is waited for. An election at real pace takes some
/// seconds of simulated time; the rest is for a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// The key with which WebDriver presses Enter.
const ENTER: &str = "\u{E007}";

/// The window of a test that chooses no other: a projector. In a smaller one the console
/// stands over what is below it, and has to be scrolled away from.
const WINDOW: View = VIEWS[2];

/// A node as the page shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) id: u64,
    pub(crate) role: String,
    pub(crate) term: u64,
    pub(crate) commit: u64,
    pub(crate) applied: u64,
}

/// A finished command of the console.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) exit: i64,
    pub(crate) text: String,
}

/// The built page in a browser of its own.
pub(crate) struct Page {
    browser: Browser,
}

/// Opens the page with `fragment` behind its address and does a test with it. Whatever
/// the test looks at, the browser's console must have shown no error in the end. A
/// failure leaves a picture.
pub(crate) fn with_page(
    test: &str,
    fragment: &str,
    body: impl FnOnce(&Page) -> Result<()>,
) -> Result<()> {
    let folder =
        std::env::var_os("GLASSRAFT_DIST").map_or_else(|| repository().join("dist"), PathBuf::from);
    let page = Page {
        browser: Browser::open(&Programs::find()?, &folder)?,
    };
    let result = page
        .session()
        .set_view(WINDOW)
        .and_then(|()| page.open(fragment))
        .and_then(|()| body(&page))
        .and_then(|()| page.expect_quiet_console());
    if result.is_err() {
        let file = screenshots().join(format!("failed-{test}.png"));
        page.session().screenshot(&file)?;
        println!("{} shows the page at that moment", file.display());
        for entry in page.session().take_log()? {
            println!("the console said: {}: {}", entry.level, entry.message);
        }
    }
    result
}

/// Where pictures are put.
pub(crate) fn screenshots() -> PathBuf {
    repository().join("target").join("screenshots")
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

impl Page {
    /// The window.
    pub(crate) fn session(&self) -> &Session {
        &self.browser.session
    }

    /// Loads the page, and waits until it is ready.
    pub(crate) fn open(&self, fragment: &str) -> Result<()> {
        self.session().go(&self.browser.url(fragment))?;
        self.wait_until_ready()
    }

    /// Loads the page again from the address that it shows by now.
    pub(crate) fn reload(&self) -> Result<()> {
        self.session().reload()?;
        self.wait_until_ready()
    }

    /// Crashes the page, as if its process had been killed; there is another window then,
    /// with no page in it yet.
    pub(crate) fn crash(&self) -> Result<()> {
        self.session().crash_into_new_window()?;
        self.session().set_view(WINDOW)
    }

    /// Goes on in another window, which is empty yet; the first one stays.
    pub(crate) fn second_window(&self) -> Result<()> {
        self.session().open_window()?;
        self.session().set_view(WINDOW)
    }

    /// Has a script run before those of each page that is loaded from now on.
    pub(crate) fn before_each_page(&self, script: &str) -> Result<()> {
        let params = json!({ "source": script });
        let command = "Page.addScriptToEvaluateOnNewDocument";
        self.session().developer_tools(command, &params).map(drop)
    }

    /// Waits for a condition: an expression of JavaScript.
    pub(crate) fn wait_for(&self, what: &str, expression: &str) -> Result<Value> {
        self.session().wait_for(what, LIMIT, expression)
    }

    /// Waits until two more frames have been drawn.
    pub(crate) fn two_frames(&self) -> Result<()> {
        let script =
            "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";
        self.session().run(script, &[]).map(drop)
    }

    /// Clicks the part that has this name.
    pub(crate) fn click(&self, name: &str) -> Result<()> {
        self.session().click(&format!("[data-testid=\"{name}\"]"))
    }

    /// Chooses an option of the selection that has this name.
    pub(crate) fn choose(&self, name: &str, value: u64) -> Result<()> {
        self.session().click(&format!(
            "[data-testid=\"{name}\"] option[value=\"{value}\"]"
        ))
    }

    /// The text of the part that has this name; none when there is no such part.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>> {
        let text = self.session().eval(&format!(
            "document.querySelector('[data-testid=\"{name}\"]')?.textContent"
        ))?;
        Ok(text.as_str().map(str::to_owned))
    }

    /// How many events the page has shown.
    pub(crate) fn event(&self) -> Result<u64> {
        let text = self.text("event")?.context("no counter of events")?;
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits
            .parse()
            .with_context(|| format!("no number of events in {text:?}"))
    }

    /// All nodes.
    pub(crate) fn nodes(&self) -> Result<Vec<Node>> {
        let nodes = self.session().eval(
            "[...document.querySelectorAll('[data-testid^=\"node-\"][data-role]')]
                .map(node => [node.dataset.testid.slice(5), node.dataset.role,
                    node.dataset.term, node.dataset.commit, node.dataset.applied])",
        )?;
        nodes
            .as_array()
            .context("nodes")?
            .iter()
            .map(read_node)
            .collect()
    }

    /// One node.
    pub(crate) fn node(&self, id: u64) -> Result<Node> {
        let found = self.nodes()?.into_iter().find(|node| node.id == id);
        found.with_context(|| format!("the page shows no node {id}"))
    }

    /// Waits for a leader of a term after the given one.
    pub(crate) fn leader_after(&self, term: u64) -> Result<Node> {
        self.wait_for(
            &format!("a leader of a term after {term}"),
            &format!(
                "[...document.querySelectorAll('[data-testid^=\"node-\"][data-role=\"leader\"]')]
                    .some(node => Number(node.dataset.term) > {term})"
            ),
        )?;
        let leaders = self
            .nodes()?
            .into_iter()
            .filter(|node| node.role == "leader");
        leaders
            .max_by_key(|node| node.term)
            .context("the leader was there and is gone")
    }

    /// Waits until a node has, or has not, crashed.
    pub(crate) fn wait_until_crashed(&self, id: u64, crashed: bool) -> Result<()> {
        let operator = if crashed { "===" } else { "!==" };
        let role = format!("document.querySelector('[data-testid=\"node-{id}\"]').dataset.role");
        self.wait_for(
            &format!("node {id} crashed: {crashed}"),
            &format!("{role} {operator} 'crashed'"),
        )
        .map(drop)
    }

    /// Waits until these nodes' catalogs all have the key, at one and the same revision
    /// that is later than the given one; returns it.
    pub(crate) fn wait_for_key(&self, key: &str, nodes: &[u64], after: u64) -> Result<u64> {
        let condition = format!(
            "(() => {{
                const cells = {nodes:?}.map(node => document.querySelector(
                    `[data-testid=\"catalog\"] [data-key=\"{key}\"] [data-node=\"${{node}}\"]`));
                const revisions = cells.map(cell => Number(cell?.dataset.mod || 0));
                const same = revisions.every(revision => revision === revisions[0]);
                return same && revisions[0] > {after} ? revisions[0] : null;
            }})()"
        );
        let what = format!("{key} in the catalogs of {nodes:?} after revision {after}");
        self.wait_for(&what, &condition)?
            .as_u64()
            .context("a revision")
    }

    /// Types a line into the console of a node, and waits for its end.
    pub(crate) fn command(&self, node: u64, line: &str) -> Result<Entry> {
        self.submit(node, line, || self.session().type_into(INPUT, line))
    }

    /// As [`Page::command`], but the line is the value of an expression of JavaScript and
    /// comes as if pasted: for very long ones.
    pub(crate) fn paste_command(&self, node: u64, line: &str) -> Result<Entry> {
        self.submit(node, line, || {
            let script = format!(
                "const input = document.querySelector(arguments[0]);
                input.focus();
                input.value = {line};
                input.dispatchEvent(new Event('input', {{ bubbles: true }}));"
            );
            self.session().run(&script, &[json!(INPUT)]).map(drop)
        })
    }

    fn submit(&self, node: u64, line: &str, fill: impl FnOnce() -> Result<()>) -> Result<Entry> {
        self.choose("console-node", node)?;
        let before = self.entries()?;
        fill()?;
        self.session().type_into(INPUT, ENTER)?;
        self.wait_for(
            &format!("the end of: {line}"),
            &format!("{ENTRIES}.length > {}", before.len()),
        )?;
        let mut after = self.entries()?;
        ensure!(after.len() == before.len() + 1, "one command, one answer");
        // The newest is the last or the first, whichever way the page has them grow.
        let newest = if after.starts_with(&before) {
            after.len() - 1
        } else {
            0
        };
        Ok(after.swap_remove(newest))
    }

    fn entries(&self) -> Result<Vec<Entry>> {
        let entries = self.session().eval(&format!(
            "[...{ENTRIES}].map(entry => [entry.dataset.exit, entry.textContent])"
        ))?;
        let read = |entry: &Value| {
            let exit = entry[0].as_str().unwrap_or_default();
            let exit = exit
                .parse()
                .with_context(|| format!("no exit status: {exit:?}"))?;
            Ok(Entry {
                exit,
                text: entry[1].as_str().unwrap_or_default().to_owned(),
            })
        };
        entries
            .as_array()
            .context("entries")?
            .iter()
            .map(read)
            .collect()
    }

    fn wait_until_ready(&self) -> Result<()> {
        self.wait_for(
            "the page is ready",
            "document.querySelector('[data-testid=\"app\"][data-ready=\"true\"]') !== null",
        )
        .map(drop)
    }

    fn expect_quiet_console(&self) -> Result<()> {
        let log = self.session().take_log()?;
        let errors: Vec<_> = log.iter().filter(|entry| entry.level == "SEVERE").collect();
        if !errors.is_empty() {
            bail!("errors in the browser's console: {errors:#?}");
        }
        Ok(())
    }
}

const INPUT: &str = "[data-testid=\"console-input\"]";
const ENTRIES: &str = "document.querySelectorAll('[data-testid=\"console-entry\"]')";

fn read_node(node: &Value) -> Result<Node> {
    let number = |index: usize| {
        let text = node[index].as_str().unwrap_or_default();
        text.parse()
            .with_context(|| format!("no number at a node: {node}"))
    };
    Ok(Node {
        id: number(0)?,
        role: node[1].as_str().unwrap_or_default().to_owned(),
        term: number(2)?,
        commit: number(3)?,
        applied: number(4)?,
    })
}
