//! Who belongs to the cluster, by the names of nodes.

use crate::member::NodeId;

use super::super::words::{Refusal, Words, parse_node};
use super::command::{Command, MemberAsk, Understood};

/// `member add n6 [--learner] | remove n6 | promote n6 | update n6 URL,URL | list`, each with
/// `on n1` behind it.
///
/// The node need not be in the cluster: it may be new, or its machine gone.
pub(super) fn member(words: &mut Words<'_>) -> Understood {
    let what = "what is done with a member; that is add, remove, promote, update or list";
    let ask = match words.parse(what, Some)? {
        "add" => {
            let before = words.take("--learner");
            let node = member_node(words)?;
            let is_learner = words.take("--learner") || before;
            MemberAsk::Add { node, is_learner }
        }
        "remove" => MemberAsk::Remove(member_node(words)?),
        "promote" => MemberAsk::Promote(member_node(words)?),
        "update" => MemberAsk::Update {
            node: member_node(words)?,
            peer_urls: words.parse(URLS, peer_urls)?,
        },
        "list" => MemberAsk::List,
        other => return Err(Refusal::is_not(other, what)),
    };
    let on = match words.take("on") {
        true => Some(words.node()?),
        false => None,
    };
    words.end()?;
    Ok(Command::Members { ask, on })
}

fn member_node(words: &mut Words<'_>) -> Result<NodeId, Refusal> {
    words.parse("a node, such as n6", parse_node)
}

const URLS: &str = "one peer address or more, such as http://n6:2380,http://10.0.0.6:2380";

/// Addresses with commas between them, as etcdctl's `--peer-urls` takes them. What an address
/// has to be is etcd's business.
fn peer_urls(word: &str) -> Option<Vec<String>> {
    word.contains("://")
        .then(|| word.split(',').map(str::to_owned).collect())
}
