//! A real etcd of one member, on the loopback, in a folder of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use ureq::Body;
use ureq::http::Response;

/// How long etcd may take to begin.
const START_LIMIT: Duration = Duration::from_secs(30);

/// How long one answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// How many servers this process has begun: each has a folder of its own.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// The server; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Etcd {
    child: Child,
    folder: PathBuf,
    endpoint: String,
    peer: String,
    agent: ureq::Agent,
}

impl Etcd {
    /// Begins one, and waits until it serves. Somebody else may take a free port in the
    /// meantime; then others are tried.
    pub(crate) fn start() -> Result<Self> {
        const ATTEMPTS: u32 = 3;
        let mut begun = Self::try_to_start();
        for _ in 1..ATTEMPTS {
            if begun.is_ok() {
                break;
            }
            begun = Self::try_to_start();
        }
        begun
    }

    fn try_to_start() -> Result<Self> {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("glassraft-conformance-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let [client, peer] = free_ports()?.map(|port| format!("http://127.0.0.1:{port}"));
        let log = fs::File::create(folder.join("log"))?;
        let child = Command::new("etcd")
            .args(["--name", "n1", "--log-level", "error", "--unsafe-no-fsync"])
            // What a password costs is not compared.
            .args(["--bcrypt-cost", "4"])
            .arg("--data-dir")
            .arg(folder.join("data"))
            .args(["--listen-client-urls", &client])
            .args(["--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer])
            .args(["--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("n1={peer}")])
            .stdin(Stdio::null())
            .stdout(Stdio::from(log.try_clone()?))
            .stderr(Stdio::from(log))
            .spawn()
            .context("etcd cannot be started: `cargo xtask setup --tests` installs it")?;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER_LIMIT))
            .http_status_as_error(false)
            // A proxy that the environment names has no business with the loopback.
            .proxy(None)
            .build()
            .into();
        let mut etcd = Self {
            child,
            folder,
            endpoint: client,
            peer,
            agent,
        };
        etcd.wait_until_it_serves()?;
        Ok(etcd)
    }

    fn wait_until_it_serves(&mut self) -> Result<()> {
        const POLL_INTERVAL: Duration = Duration::from_millis(10);
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("etcd ended ({status}):\n{log}");
            }
            let health = self.agent.get(format!("{}/health", self.endpoint)).call();
            if health.is_ok_and(|answer| answer.status() == 200) {
                return Ok(());
            }
            ensure!(
                since.elapsed() < START_LIMIT,
                "etcd does not begin to serve"
            );
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// Sends a body to a path with a token; an empty one is none.
    fn send(&self, token: &str, path: &str, body: &str) -> Result<Response<Body>> {
        let mut request = self.agent.post(format!("{}{path}", self.endpoint));
        if !token.is_empty() {
            request = request.header("Authorization", token);
        }
        let answer = request.send(body);
        answer.with_context(|| format!("etcd did not answer {path} {body}"))
    }

    /// Asks with a token, and gives the body of the answer.
    pub(crate) fn ask(&self, token: &str, path: &str, body: &str) -> Result<String> {
        let mut answer = self.send(token, path, body)?;
        Ok(answer.body_mut().read_to_string()?.trim_end().to_owned())
    }

    /// What a watcher hears that is created with this request, until a line satisfies a
    /// condition.
    pub(crate) fn watch(
        &self,
        body: &str,
        is_last: impl FnMut(&Value) -> bool,
    ) -> Result<Vec<Value>> {
        self.listen("", body, is_last)
    }

    /// What a watcher hears first that is created with this request and a token.
    pub(crate) fn begin_watch(&self, token: &str, body: &str) -> Result<Value> {
        let mut lines = self.listen(token, body, |_| true)?;
        Ok(lines.remove(0))
    }

    fn listen(
        &self,
        token: &str,
        body: &str,
        mut is_last: impl FnMut(&Value) -> bool,
    ) -> Result<Vec<Value>> {
        let answer = self.send(token, "/v3/watch", body)?;
        let mut reader = BufReader::new(answer.into_body().into_reader());
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            ensure!(reader.read_line(&mut line)? > 0, "etcd ended the stream");
            let value = serde_json::from_str(&line)?;
            let ends = is_last(&value);
            lines.push(value);
            if ends {
                return Ok(lines);
            }
        }
    }

    /// What `etcdctl` prints.
    pub(crate) fn etcdctl(&self, words: &[&str]) -> Result<String> {
        let output = Command::new("etcdctl")
            .args(["--endpoints", &self.endpoint])
            .args(words)
            .env("ETCDCTL_API", "3")
            .output()
            .context("etcdctl cannot be started: `cargo xtask setup --tests` installs it")?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Where clients and where members find it, as in `127.0.0.1:2379`.
    pub(crate) fn addresses(&self) -> (&str, &str) {
        let bare = "http://".len();
        (&self.endpoint[bare..], &self.peer[bare..])
    }

    /// Gives a shell a line whose `etcdctl` asks this server: what comes out of it, errors
    /// too, and its exit status.
    pub(crate) fn shell(&self, line: &str) -> Result<(String, i32)> {
        let output = Command::new("sh")
            .arg("-c")
            .arg(format!("exec 2>&1\n{line}\n"))
            .current_dir(&self.folder)
            .env("ETCDCTL_ENDPOINTS", self.addresses().0)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .context("there is no shell")?;
        let exit = output.status.code().unwrap_or(-1);
        Ok((String::from_utf8_lossy(&output.stdout).into_owned(), exit))
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        // It may have ended by itself, and what is left lies in the folder for what is temporary.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
        let _removed = fs::remove_dir_all(&self.folder);
    }
}

/// Two ports of the loopback that nobody listens at.
fn free_ports() -> Result<[u16; 2]> {
    let [one, other] = [
        TcpListener::bind("127.0.0.1:0")?,
        TcpListener::bind("127.0.0.1:0")?,
    ];
    Ok([one.local_addr()?.port(), other.local_addr()?.port()])
}
