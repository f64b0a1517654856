//! The etcd that the cluster here is compared with.

use super::{Missing, cache::Cache, debian, tools::by_system};
use crate::run::output;
use anyhow::Result;
use std::process::Command;

/// Finds a server and a client of etcd 3.4 on the search path, or installs Debian's.
pub(crate) fn find_or_install(cache: &Cache, missing: &mut Missing) -> Result<()> {
    if !is_there() {
        debian::install(cache, &["etcd-server", "etcd-client"], "some seconds")?;
    }
    if !is_there() {
        const RELEASES: &str = "github.com/etcd-io/etcd/releases/tag/v3.4.23";
        let by_hand = format!("put etcd and etcdctl of {RELEASES} on the search path");
        missing.add(
            "etcd and etcdctl of version 3.4, which the tests compare with",
            &by_system([
                &format!("apt-get install etcd-server etcd-client   (as root, on Debian 12; or {by_hand})"),
                &by_hand,
                &by_hand,
            ]),
        );
    }
    Ok(())
}

fn is_there() -> bool {
    let server = output(Command::new("etcd").arg("--version"));
    let client = output(
        Command::new("etcdctl")
            .arg("version")
            .env("ETCDCTL_API", "3"),
    );
    let is_right = |said: Option<String>| said.is_some_and(|text| text.contains("ersion: 3.4."));
    is_right(server) && is_right(client)
}
