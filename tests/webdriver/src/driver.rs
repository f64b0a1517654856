//! One ChromeDriver process.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running ChromeDriver; it ends when this is dropped.
pub struct Driver {
    process: Child,
    port: u16,
    // Kept open: closing it would end the process at its next line of log.
    _log: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts it on a free port that the system chooses, and returns when it listens:
    /// it says so, with the port, in one line of its log.
    pub fn start(chromedriver: &Path) -> Result<Self> {
        let mut process = Command::new(chromedriver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", chromedriver.display()))?;
        let mut log = BufReader::new(process.stdout.take().expect("its output is piped"));
        match read_port(&mut log) {
            Ok(port) => Ok(Self {
                process,
                port,
                _log: log,
            }),
            Err(error) => {
                end(&mut process);
                Err(error)
            }
        }
    }

    /// Where it takes commands.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn end(process: &mut Child) {
    // Both fail only when the process has ended by itself.
    let _ = process.kill();
    let _ = process.wait();
}

fn read_port(log: &mut impl BufRead) -> Result<u16> {
    let mut seen = String::new();
    for line in log.lines() {
        let line = line?;
        if let Some(port) = parse_port(&line) {
            return Ok(port);
        }
        seen.push_str(&line);
        seen.push('\n');
    }
    bail!("ChromeDriver ended before it listened:\n{seen}")
}

fn parse_port(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_line_that_announces_it() {
        let mut log = &b"Starting ChromeDriver 1.2.3 on port 0\n\
            ChromeDriver was started successfully on port 41234.\n"[..];
        assert_eq!(read_port(&mut log).unwrap(), 41234);
    }

    #[test]
    fn a_driver_that_ends_at_once_is_an_error_with_its_words() {
        let error = read_port(&mut &b"no such library\n"[..]).unwrap_err();
        assert!(error.to_string().contains("no such library"));
    }
}
