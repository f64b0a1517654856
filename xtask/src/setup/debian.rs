//! Packages of Debian and its relatives.

use super::cache::Cache;
use crate::run::{output, which};
use anyhow::Result;
use std::fs;
use std::io::{IsTerminal as _, stdin};
use std::process::Command;

/// Installs packages, if this is such a system and there is a right to do so.
pub(crate) fn install(cache: &Cache, packages: &[&str], usually: &str) -> Result<bool> {
    let Some(apt) = apt_get() else {
        return Ok(false);
    };
    let what = packages.join("+");
    cache.run(
        &format!("{what}-list"),
        "some seconds",
        apt(&["update"]).env("LC_ALL", "C"),
    )?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    cache.run(&what, usually, &mut apt(&arguments))?;
    Ok(true)
}

/// Whether this is Ubuntu, where the browser's packages have other names.
pub(crate) fn is_ubuntu() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=ubuntu")
}

/// How to call apt-get here: as root, or through sudo where that can ask or need not.
fn apt_get() -> Option<impl Fn(&[&str]) -> Command> {
    which("apt-get")?;
    let root = output(Command::new("id").arg("-u"))? == "0";
    if !root {
        which("sudo")?;
        let silent = output(Command::new("sudo").args(["-n", "true"])).is_some();
        if !silent && !stdin().is_terminal() {
            return None;
        }
    }
    Some(move |arguments: &[&str]| {
        let mut command = Command::new(if root { "env" } else { "sudo" });
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        // Another installation that is under way is waited for.
        command
            .args(["-o", "DPkg::Lock::Timeout=300"])
            .args(arguments);
        command
    })
}
