//! Which browser, and how it is started.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::env;
use std::path::{Path, PathBuf};

/// Keep the browser headless, usable as root in a container, and silent on the network.
const FLAGS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Names under which a browser is found on the search path.
const CHROMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Where macOS keeps applications that are not on the search path.
const MAC_CHROMES: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// The two programs of a browser test.
#[derive(Clone, Debug)]
pub struct Programs {
    /// Chromium or Chrome.
    pub chrome: PathBuf,
    /// The ChromeDriver of the same version.
    pub chromedriver: PathBuf,
}

impl Programs {
    /// Finds them: the variables `CHROME` and `CHROMEDRIVER` win over the search path.
    pub fn find() -> Result<Self> {
        Ok(Self {
            chrome: Self::find_chrome()
                .context("no Chromium or Chrome: `cargo xtask setup --tests`")?,
            chromedriver: Self::find_chromedriver()
                .context("no ChromeDriver: `cargo xtask setup --tests`")?,
        })
    }

    /// Chromium or Chrome, if there is one.
    pub fn find_chrome() -> Option<PathBuf> {
        named_by("CHROME")
            .or_else(|| CHROMES.iter().find_map(|name| on_path(name)))
            .or_else(|| MAC_CHROMES.iter().map(PathBuf::from).find(|p| p.is_file()))
    }

    /// ChromeDriver, if there is one.
    pub fn find_chromedriver() -> Option<PathBuf> {
        named_by("CHROMEDRIVER").or_else(|| on_path("chromedriver"))
    }
}

/// The WebDriver capabilities of a headless window with its console's log kept.
/// ChromeDriver gives each session a new, empty profile by itself.
pub fn capabilities(chrome: &Path) -> Value {
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "args": FLAGS, "binary": chrome },
        "goog:loggingPrefs": { "browser": "ALL" },
        // A page that asks "leave?" must not hang a test.
        "unhandledPromptBehavior": "accept",
    })
}

/// The same with the developer tools' timeline recorded: script and drawing.
pub(crate) fn capabilities_with_trace(chrome: &Path) -> Value {
    let mut wanted = capabilities(chrome);
    wanted["goog:loggingPrefs"]["performance"] = json!("ALL");
    wanted["goog:chromeOptions"]["perfLoggingPrefs"] = json!({
        "enableNetwork": false,
        "enablePage": false,
        "traceCategories": "devtools.timeline,v8,v8.execute",
    });
    wanted
}

fn named_by(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_file())
}

fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}
