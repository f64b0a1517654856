//! One browser window.

use crate::Driver;
use anyhow::{Context, Result, bail};
use base64::Engine as _;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// No single command may take longer: the slowest is the start of a browser.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// How often a condition is looked at while it is waited for.
const POLL_INTERVAL: Duration = Duration::from_millis(25);

/// The key under which WebDriver hands out an element's reference.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A line of the browser's console.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// `SEVERE` for errors and for what could not be loaded.
    pub level: String,
    /// Its text, with the place it came from.
    pub message: String,
}

/// A headless window; it is closed when this is dropped.
pub struct Session {
    agent: ureq::Agent,
    url: String,
}

impl Session {
    /// Opens a window with these capabilities.
    pub fn open(driver: &Driver, wanted: &Value) -> Result<Self> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(COMMAND_LIMIT))
            .http_status_as_error(false)
            // A proxy that the environment names has no business with the loopback.
            .proxy(None)
            .build()
            .into();
        let mut session = Self {
            agent,
            url: format!("{}/session", driver.url()),
        };
        let answer = session
            .post("", &json!({ "capabilities": { "alwaysMatch": wanted } }))
            .context("the browser did not start")?;
        let id = answer["sessionId"]
            .as_str()
            .context("a session without an id")?;
        session.url = format!("{}/{id}", session.url);
        Ok(session)
    }

    /// Loads a page and returns after its `load` event.
    ///
    /// An address that differs from the present one only behind the `#` would not load
    /// anything, so an empty page comes between.
    pub fn go(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({ "url": "about:blank" }))?;
        self.post("/url", &json!({ "url": url }))?;
        Ok(())
    }

    /// Loads the present page again.
    pub fn reload(&self) -> Result<()> {
        self.post("/refresh", &json!({})).map(drop)
    }

    /// Runs the body of an asynchronous function in the page and returns what it returns.
    pub fn run(&self, body: &str, args: &[Value]) -> Result<Value> {
        let script = format!("return (async function () {{ {body} }}).apply(null, arguments)");
        self.post("/execute/sync", &json!({ "script": script, "args": args }))
    }

    /// The value of an expression in the page.
    pub fn eval(&self, expression: &str) -> Result<Value> {
        self.run(&format!("return ({expression})"), &[])
    }

    /// Waits until an expression in the page is neither null nor false, and returns it.
    /// `what` names the condition for the error after `limit`.
    pub fn wait_for(&self, what: &str, limit: Duration, expression: &str) -> Result<Value> {
        let start = Instant::now();
        loop {
            let value = self.eval(expression)?;
            if !value.is_null() && value != Value::Bool(false) {
                return Ok(value);
            }
            if start.elapsed() > limit {
                bail!("waited {} s in vain: {what}", limit.as_secs());
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// Clicks the one element that a CSS selector names, as a mouse does: it has to be
    /// visible and uncovered.
    pub fn click(&self, selector: &str) -> Result<()> {
        let element = self.find(selector)?;
        self.post(&format!("/element/{element}/click"), &json!({}))
            .with_context(|| format!("clicking {selector}"))
            .map(drop)
    }

    /// Types into the one element that a CSS selector names.
    pub fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.find(selector)?;
        self.post(
            &format!("/element/{element}/value"),
            &json!({ "text": text }),
        )
        .with_context(|| format!("typing into {selector}"))
        .map(drop)
    }

    /// One command of the browser's developer tools.
    pub fn developer_tools(&self, command: &str, params: &Value) -> Result<Value> {
        self.post(
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": params }),
        )
        .with_context(|| command.to_owned())
    }

    /// Opens another window of the same profile and goes on in it; the one before stays.
    /// Returns the handle of that one.
    pub fn open_window(&self) -> Result<String> {
        let before = self.get("/window")?;
        let before = before.as_str().context("a window")?.to_owned();
        let opened = self.post("/window/new", &json!({ "type": "tab" }))?;
        self.switch(opened["handle"].as_str().context("a new window")?)?;
        Ok(before)
    }

    fn switch(&self, window: &str) -> Result<()> {
        self.post("/window", &json!({ "handle": window })).map(drop)
    }

    /// Ends the process of the page, as the system does when memory runs out, and goes on
    /// in a new window of the same profile.
    pub fn crash_into_new_window(&self) -> Result<()> {
        let crashing = self.open_window()?;
        let next = self.get("/window")?;
        self.switch(&crashing)?;
        // The answer never comes: whoever would give it is gone.
        let answer = self.developer_tools("Page.crash", &json!({}));
        if answer.is_ok() {
            bail!("the page did not crash");
        }
        self.switch(next.as_str().context("a window")?)
    }

    /// What the console has said since this was last asked.
    pub fn take_log(&self) -> Result<Vec<LogEntry>> {
        let answer = self.post("/se/log", &json!({ "type": "browser" }))?;
        let entry = |entry: &Value| LogEntry {
            level: entry["level"].as_str().unwrap_or_default().to_owned(),
            message: entry["message"].as_str().unwrap_or_default().to_owned(),
        };
        Ok(answer
            .as_array()
            .context("a log")?
            .iter()
            .map(entry)
            .collect())
    }

    /// The events of the developer tools' timeline since the window was opened, each as
    /// the trace event format has it. Only a window of [`crate::Browser::open_traced`]
    /// records them, and it hands them out once.
    pub fn take_trace(&self) -> Result<Vec<Value>> {
        let answer = self.post("/se/log", &json!({ "type": "performance" }))?;
        let event = |entry: &Value| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let is_trace = message["message"]["method"] == "Tracing.dataCollected";
            is_trace.then(|| message["message"]["params"].clone())
        };
        Ok(answer
            .as_array()
            .context("a log")?
            .iter()
            .filter_map(event)
            .collect())
    }

    /// Writes a picture of the viewport, as PNG.
    pub fn screenshot(&self, file: &Path) -> Result<()> {
        let answer = self.get("/screenshot")?;
        let picture = answer.as_str().context("a picture")?;
        let picture = base64::engine::general_purpose::STANDARD.decode(picture)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, picture).with_context(|| format!("writing {}", file.display()))
    }

    fn find(&self, selector: &str) -> Result<String> {
        let answer = self
            .post(
                "/element",
                &json!({ "using": "css selector", "value": selector }),
            )
            .with_context(|| format!("finding {selector}"))?;
        Ok(answer[ELEMENT].as_str().context("an element")?.to_owned())
    }

    fn get(&self, command: &str) -> Result<Value> {
        value_of(self.agent.get(format!("{}{command}", self.url)).call()?)
    }

    fn post(&self, command: &str, body: &Value) -> Result<Value> {
        value_of(
            self.agent
                .post(format!("{}{command}", self.url))
                .send_json(body)?,
        )
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Without this the browser would outlive its driver. It fails only when the
        // browser has ended by itself.
        let _ = self.agent.delete(&self.url).call();
    }
}

/// The value of an answer, or the error that it carries.
fn value_of(mut response: ureq::http::Response<ureq::Body>) -> Result<Value> {
    // A screenshot of a tall page passes ureq's default limit of 10 MB.
    let text = response
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_string()?;
    let mut answer: Value = serde_json::from_str(&text).context("an answer that is no JSON")?;
    let value = answer["value"].take();
    if response.status().is_success() {
        return Ok(value);
    }
    bail!(
        "{}: {}",
        value["error"].as_str().unwrap_or("error"),
        value["message"].as_str().unwrap_or(&text)
    )
}
