//! English: who belongs to the cluster.

use glassraft_core::member::{Configuration, NodeId};

use super::Phrase;
use super::phrase::phrase;

/// Names with commas between them, and a word before the last.
pub(super) fn names(nodes: &[NodeId]) -> String {
    let names: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
    match names.split_last() {
        None => "nobody".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

pub(super) fn configured(node: NodeId, configuration: &Configuration) -> Phrase {
    let Configuration {
        voters,
        outgoing,
        learners,
    } = configuration;
    if !outgoing.is_empty() {
        return phrase![format!(
            "Two configurations are joined: what is decided now needs a majority of {}, and one of {}.",
            names(outgoing),
            names(voters)
        )];
    }
    let learn = match &learners[..] {
        [] => String::new(),
        [one] => format!("; {one} learns without a vote"),
        many => format!("; {} learn without a vote", names(many)),
    };
    let vote = if voters.len() == 1 { "votes" } else { "vote" };
    phrase![
        "The cluster has other members, as ",
        node,
        format!(" has it: {} {vote}{learn}.", names(voters))
    ]
}

pub(super) fn library_configured(node: NodeId, configuration: &Configuration) -> Phrase {
    let Configuration {
        voters,
        outgoing,
        learners,
    } = configuration;
    if !outgoing.is_empty() {
        return phrase![format!(
            "Two lists of librarians hold at once: what counts now needs most of {}, and most of {}.",
            names(outgoing),
            names(voters)
        )];
    }
    let learn = match &learners[..] {
        [] => String::new(),
        learners => format!(", with {} looking on", names(learners)),
    };
    phrase![
        "A new list of librarians hangs at the desk of ",
        node,
        format!(": {}{learn}.", names(voters))
    ]
}
