//! The browser of the tests.

use super::{Missing, cache::Cache, debian, tools::by_system};
use anyhow::Result;
use glassraft_webdriver::Programs;

/// Finds Chromium and its driver, or installs them where that is possible.
pub(crate) fn find_or_install(cache: &Cache, missing: &mut Missing) -> Result<Option<Programs>> {
    if !is_there() {
        let packages = if debian::is_ubuntu() {
            ["chromium-browser", "chromium-chromedriver"]
        } else {
            ["chromium", "chromium-driver"]
        };
        debian::install(cache, &packages, "half a minute to 3 minutes")?;
    }
    if Programs::find_chrome().is_none() {
        missing.add(
            "Chromium or Chrome",
            &by_system([
                "apt-get install chromium   (as root; or set CHROME to one)",
                "brew install --cask google-chrome",
                "winget install Google.Chrome   (and set CHROME to its chrome.exe)",
            ]),
        );
    }
    if Programs::find_chromedriver().is_none() {
        missing.add(
            "ChromeDriver of the same version",
            &by_system([
                "apt-get install chromium-driver   (as root; or set CHROMEDRIVER to one)",
                "brew install --cask chromedriver",
                "winget install Chromium.ChromeDriver   (or set CHROMEDRIVER to one)",
            ]),
        );
    }
    Ok(Programs::find().ok())
}

fn is_there() -> bool {
    Programs::find_chrome().is_some() && Programs::find_chromedriver().is_some()
}
