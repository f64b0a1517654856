//! Members (`member_command.go`).

use crate::etcd::{
    MemberAddRequest, MemberInfo, MemberListRequest, MemberPromoteRequest, MemberRemoveRequest,
    MemberUpdateRequest, Request, Response,
};

use super::super::output::Finished;
use super::client::Client;
use super::exit::ERROR;
use super::flags::Parsed;
use super::given::{Given, bad_args};
use super::kv::parse_hex;
use super::once::Once;
use super::plan::{Heard, Plan, Program, Step};
use super::print::{Format, Told};
use super::text::quoted;

pub(super) fn list(_: &Given<'_>) -> Result<Plan, Finished> {
    Ok(Once::new(Request::MemberList(MemberListRequest {})).plan())
}

fn member_id(given: &Given<'_>) -> Result<u64, Finished> {
    let text = given.one("member ID is not provided")?;
    parse_hex(text)
        .map_err(|why| bad_args(format!("bad member ID arg ({why}), expecting ID in Hex")))
}

pub(super) fn remove(given: &Given<'_>) -> Result<Plan, Finished> {
    let id = member_id(given)?;
    let once = Once::new(Request::MemberRemove(MemberRemoveRequest { id }));
    Ok(once.told(Told::Member(id, "removed from")).plan())
}

pub(super) fn promote(given: &Given<'_>) -> Result<Plan, Finished> {
    let id = member_id(given)?;
    let once = Once::new(Request::MemberPromote(MemberPromoteRequest { id }));
    Ok(once.told(Told::Member(id, "promoted in")).plan())
}

pub(super) fn update(given: &Given<'_>) -> Result<Plan, Finished> {
    let id = member_id(given)?;
    let peer_urls = peer_urls(&given.parsed)?;
    // Here it is the server that looks at the addresses.
    let request = MemberUpdateRequest { id, peer_urls };
    let once = Once::new(Request::MemberUpdate(request));
    Ok(once.told(Told::Member(id, "updated in")).plan())
}

fn peer_urls(parsed: &Parsed) -> Result<Vec<String>, Finished> {
    match parsed.text("peer-urls") {
        "" => Err(bad_args("member peer urls not provided")),
        urls => Ok(urls.split(',').map(str::to_owned).collect()),
    }
}

pub(super) fn add(given: &Given<'_>) -> Result<Plan, Finished> {
    let name = match given.arguments() {
        [] => return Err(bad_args("member name not provided")),
        [name] => name.clone(),
        _ => return Err(bad_args("too many arguments")),
    };
    let peer_urls = peer_urls(&given.parsed)?;
    Ok(Box::new(Add {
        name,
        request: Some(MemberAddRequest {
            peer_urls,
            is_learner: given.parsed.is_set("learner"),
        }),
        added: MemberInfo::default(),
    }))
}

/// What etcd's client says of an address before it sends it (`pkg/types/urls.go`).
fn check_url(url: &str) -> Result<(), String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    match scheme {
        "unix" | "unixs" => return Ok(()),
        "http" | "https" => {}
        _ => {
            return Err(format!(
                "URL scheme must be http, https, unix, or unixs: {url}"
            ));
        }
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let port = host.rsplit_once(':').map(|(_, port)| port);
    if port.is_none_or(str::is_empty) {
        return Err(format!(
            "URL address does not have the form \"host:port\": {url}"
        ));
    }
    if !path.is_empty() || rest.contains('/') {
        return Err(format!("URL must not contain a path: {url}"));
    }
    Ok(())
}

/// `member add`: the change, and the list as it is then.
#[derive(Debug)]
struct Add {
    name: String,
    request: Option<MemberAddRequest>,
    added: MemberInfo,
}

impl Program for Add {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        if let Some(request) = self.request.take() {
            // The client looks at them once it has one to send them to.
            let wrong = request
                .peer_urls
                .iter()
                .find_map(|url| check_url(url).err());
            if let Some(wrong) = wrong {
                return client.fail(wrong, ERROR);
            }
            return Step::Ask(Request::MemberAdd(request));
        }
        let Heard::Answer(outcome, _) = heard else {
            return Step::Listen;
        };
        match &*outcome {
            Err(error) => client.fail(error, ERROR),
            Ok(response @ Response::MemberAdd(answer)) => {
                self.added = answer.member.clone().unwrap_or_default();
                let told = Told::Member(self.added.id, "added to");
                let printer = client.printer();
                match client.show(printer.answer(response, &told)) {
                    Err(status) => Step::End(status),
                    Ok(()) if printer.format != Format::Simple => Step::End(0),
                    Ok(()) => Step::Ask(Request::MemberList(MemberListRequest {})),
                }
            }
            Ok(Response::MemberList(list)) => {
                let text = self.environment(&list.members);
                client.print(&text);
                Step::End(0)
            }
            Ok(_) => Step::Listen,
        }
    }
}

impl Add {
    /// What the new member is to be started with.
    fn environment(&self, members: &[MemberInfo]) -> String {
        let name_of = |member: &MemberInfo| match member.id == self.added.id {
            true => self.name.clone(),
            false => member.name.clone(),
        };
        let mut cluster = Vec::new();
        for member in members {
            let name = name_of(member);
            cluster.extend(member.peer_urls.iter().map(|url| format!("{name}={url}")));
        }
        let urls = self.added.peer_urls.join(",");
        let lines = [
            ("NAME", self.name.as_str()),
            ("INITIAL_CLUSTER", &cluster.join(",")),
            ("INITIAL_ADVERTISE_PEER_URLS", &urls),
            ("INITIAL_CLUSTER_STATE", "existing"),
        ]
        .map(|(name, value)| format!("ETCD_{name}={}\n", quoted(value.as_bytes())));
        format!("\n{}", lines.concat())
    }
}
