//! The first members of a cluster, as `snapshot restore` is told of them
//! (`pkg/types/urls.go` and `urlsmap.go`; `etcdserver/config.go`, `VerifyBootstrap`).

use crate::etcd::{CLUSTER_TOKEN, peer_url};
use crate::member::NodeId;
use crate::order::sort_short;
use crate::trace::Frame;

use super::super::output::Finished;
use super::super::words::parse_node;
use super::exit::ERROR;
use super::given::Given;

/// One member at one of its addresses.
type Place = (String, String);

/// What `snapshot restore` is told.
#[derive(Debug)]
pub(super) struct Bootstrap {
    /// Whose data directory is made.
    pub(super) name: String,
    /// The members, by name and address.
    places: Vec<Place>,
    pub(super) token: String,
}

impl Bootstrap {
    /// What the flags of a line say.
    ///
    /// # Errors
    /// It makes no sense; what etcdctl says then.
    pub(super) fn new(given: &Given<'_>) -> Result<Self, Finished> {
        let of = |name: &str, default: &str| given.parsed.given(name).unwrap_or(default).to_owned();
        let this = Self {
            name: of("name", "default"),
            places: Vec::new(),
            token: of("initial-cluster-token", CLUSTER_TOKEN),
        };
        let advertised = of("initial-advertise-peer-urls", "http://localhost:2380");
        let cluster = of("initial-cluster", "default=http://localhost:2380");
        let checked = this.check(&advertised, &cluster);
        checked.map_err(|error| Finished::error(format!("Error: {error}"), ERROR))
    }

    fn check(mut self, advertised: &str, cluster: &str) -> Result<Self, String> {
        let advertised = urls(advertised.split(','))?;
        for word in cluster.split(',').filter(|word| !word.is_empty()) {
            let (name, url) = word.split_once('=').unwrap_or((word, ""));
            for url in urls([url])? {
                self.places.push((name.to_owned(), url));
            }
        }
        sort_short(&mut self.places, |a, b| a > b);
        let name = &self.name;
        let own = self.places.iter().filter(|(known, _)| known == name);
        let own: Vec<String> = own.map(|(_, url)| url.clone()).collect();
        if own.is_empty() {
            let what = "couldn't find local name";
            return Err(format!(
                "{what} \"{name}\" in the initial cluster configuration"
            ));
        }
        self.check_advertised(&advertised, &own)?;
        let urls = || self.places.iter().map(|(_, url)| url);
        if urls().any(|url| urls().filter(|other| *other == url).count() > 1) {
            let all = joined(&self.places);
            return Err(format!("initial cluster {all} has duplicate url"));
        }
        Ok(self)
    }

    /// Whether a member's addresses are those that it tells the others
    /// (`etcdserver/config.go`, `advertiseMatchesCluster`). A name is its own address here.
    fn check_advertised(&self, advertised: &[String], own: &[String]) -> Result<(), String> {
        if advertised == own {
            return Ok(());
        }
        let why = match advertised.iter().zip(own).find(|(a, b)| a != b) {
            Some((a, b)) if advertised.len() == own.len() => {
                format!("resolved urls: {a:?} != {b:?}")
            }
            _ => format!("len({}) != len({})", list(advertised), list(own)),
        };
        let name = &self.name;
        let places = |urls: &[String], without: &[String]| {
            let urls = urls.iter().filter(|url| !without.contains(url));
            let places = urls.map(|url| (name.clone(), url.clone()));
            joined(&places.collect::<Vec<Place>>())
        };
        let told = advertised.join(",");
        let missing = places(own, advertised);
        if !missing.is_empty() {
            return Err(format!(
                "--initial-cluster has {missing} but missing from \
                 --initial-advertise-peer-urls={told} ({why})"
            ));
        }
        let all = places(advertised, &[]);
        let more = advertised.iter().find(|url| !own.contains(url));
        Err(match more {
            Some(more) => format!(
                "--initial-advertise-peer-urls has {more} but missing from \
                 --initial-cluster={all}"
            ),
            None => format!("failed to resolve {told} to match --initial-cluster={all} ({why})"),
        })
    }

    /// The nodes that these members are.
    ///
    /// # Errors
    /// One of them is none, or listens elsewhere; the lab says so.
    pub(super) fn nodes(&self, frame: &Frame) -> Result<Vec<NodeId>, String> {
        let mut nodes = Vec::new();
        for (name, url) in &self.places {
            let node = parse_node(name).filter(|node| frame.node(*node).is_some());
            let node = node.filter(|node| *url == peer_url(node.number().into()));
            nodes.push(node.ok_or_else(|| {
                let known = frame.nodes.len();
                format!(
                    "no node here is {name}={url}: those there are go from n1={} to n{known}",
                    peer_url(1)
                )
            })?);
        }
        sort_short(&mut nodes, |a, b| a > b);
        Ok(nodes)
    }
}

/// `["a" "b"]`, as Go writes a list of texts.
fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    format!("[{}]", quoted.join(" "))
}

/// `name=url,name=url`.
fn joined(places: &[Place]) -> String {
    let places = places.iter().map(|(name, url)| format!("{name}={url}"));
    places.collect::<Vec<String>>().join(",")
}

/// Addresses in order (`pkg/types/urls.go`, `NewURLs`).
fn urls<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>, String> {
    let mut urls = Vec::new();
    for text in texts {
        let text = text.trim();
        let (scheme, place) = text.split_once("://").unwrap_or_default();
        let scheme = scheme.to_ascii_lowercase();
        let wrong = match &scheme[..] {
            "http" | "https" | "unix" | "unixs" => {
                let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
                let colons = host.bytes().filter(|byte| *byte == b':').count();
                if colons != 1 && !(colons > 1 && host.contains("]:")) {
                    "URL address does not have the form \"host:port\""
                } else if !path.is_empty() {
                    "URL must not contain a path"
                } else {
                    urls.push(format!("{scheme}://{place}"));
                    continue;
                }
            }
            _ => "URL scheme must be http, https, unix, or unixs",
        };
        return Err(format!("{wrong}: {text}"));
    }
    sort_short(&mut urls, |a, b| a > b);
    Ok(urls)
}
