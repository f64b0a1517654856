//! The folder of tools that all clones of a user share: one folder for each version of
//! each tool, which is there only when it is complete.

use crate::run::check_long;
use crate::ui::{Stopwatch, say};
use anyhow::{Context, Result};
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The shared folder.
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Finds or makes it.
    pub(crate) fn open() -> Result<Self> {
        let folder = place().context("no cache folder: set GLASSRAFT_TOOLS to one")?;
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self { folder })
    }

    /// The complete installation of a tool's version, if there is one.
    pub(crate) fn get(&self, tool: &str) -> Option<PathBuf> {
        Some(self.folder.join(tool)).filter(|folder| folder.is_dir())
    }

    /// Installs a tool's version by a command that is given the folder to fill. The
    /// folder gets its name only at the end: what was interrupted is begun anew.
    pub(crate) fn install(
        &self,
        tool: &str,
        usually: &str,
        installer: impl FnOnce(&Path) -> Command,
    ) -> Result<PathBuf> {
        let _lock = self.lock()?;
        if let Some(folder) = self.get(tool) {
            return Ok(folder);
        }
        let partial = self.folder.join(format!("{tool}.partial"));
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        fs::create_dir(&partial)?;
        let mut command = installer(&partial);
        // Not in the clone, whose cargo configuration and lock file are not for tools.
        command.current_dir(&partial);
        self.run(tool, usually, &mut command)?;
        let folder = self.folder.join(tool);
        fs::rename(&partial, &folder)?;
        Ok(folder)
    }

    /// Runs a long command with a first and a last line about it.
    pub(crate) fn run(&self, what: &str, usually: &str, command: &mut Command) -> Result<()> {
        say(format_args!(
            "installing {what}: this usually takes {usually}"
        ));
        let time = Stopwatch::start();
        let log = self.folder.join(format!("{what}.log"));
        check_long(command, what, &log).with_context(|| {
            format!(
                "{what} could not be installed; all that was said is in {}\n\
                 once the reason is gone, `cargo xtask setup` goes on from here",
                log.display()
            )
        })?;
        say(format_args!("installed {what} ({})", time.read()));
        Ok(())
    }

    /// One installation at a time, of all clones; the system frees the lock of a process
    /// that was killed.
    fn lock(&self) -> Result<File> {
        let file = File::create(self.folder.join("lock"))?;
        if file.try_lock().is_err() {
            say("waiting for the set-up of another clone");
            file.lock()?;
        }
        Ok(file)
    }
}

fn place() -> Option<PathBuf> {
    let variable = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(folder) = variable("GLASSRAFT_TOOLS") {
        // Commands run in other folders than the one it was named in.
        return std::path::absolute(folder).ok();
    }
    let cache = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")))
    };
    Some(cache?.join("glassraft").join("tools"))
}
