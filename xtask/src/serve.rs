//! `cargo xtask serve`: the page on this machine, built again at each change.

use crate::build::{fetch, for_download, trunk};
use crate::run::check;
use crate::setup::{Need, set_up};
use crate::ui::{Stopwatch, say};
use anyhow::{Context, Result};
use lexopt::{Arg, Parser, ValueExt as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// How often it is looked whether trunk listens by now.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// The chore.
pub(crate) fn chore(mut args: Parser) -> Result<()> {
    let mut port: u16 = 8080;
    let mut open = false;
    let mut release = true;
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("port") => port = args.value()?.parse()?,
            Arg::Long("open") => open = true,
            Arg::Long("dev") => release = false,
            other => return Err(other.unexpected().into()),
        }
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    // Found out now, not after the minutes of a first build.
    TcpListener::bind(address)
        .with_context(|| format!("port {port} is not free: choose another with --port"))?;
    let tools = set_up(Need::Build)?;
    fetch()?;

    say("building the page (a first build takes minutes); end with Ctrl-C");
    thread::spawn(move || announce(address));
    let mut trunk = trunk(&tools, "serve");
    trunk.args(["--address", "127.0.0.1", "--disable-address-lookup"]);
    // Not into dist/: what is served reloads itself, and is for this address only.
    trunk.args(["--public-url", "/", "--dist", "target/serve"]);
    trunk.args(["--port", &port.to_string()]);
    if release {
        trunk.arg("--release");
        for_download(&mut trunk);
    }
    if open {
        trunk.arg("--open");
    }
    check(&mut trunk)
}

/// Says where the page is as soon as it is there: trunk listens after its first build.
fn announce(address: SocketAddr) {
    let time = Stopwatch::start();
    while TcpStream::connect_timeout(&address, POLL_INTERVAL).is_err() {
        thread::sleep(POLL_INTERVAL);
    }
    println!();
    say(format_args!(
        "the page is ready ({}): http://{address}/\n",
        time.read()
    ));
}
