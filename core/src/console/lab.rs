//! The commands of the lab itself.

use crate::member::NodeId;
use crate::trace::Run;
use crate::world::{Action, ActionError};

use super::output::Finished;

/// The text of `help`.
const HELP: &str = "\
etcdctl put KEY VALUE       write a key
etcdctl get KEY             read a key (--prefix, --rev N, --consistency=s, …)
etcdctl del KEY             delete a key
etcdctl COMMAND --help      everything that a command takes
etcdctl --endpoints n2 …    ask another node than the prompt's

kill NODE                   crash a node: kill n3, kill leader
restart NODE                start it again: restart n3
clear                       empty this console
help                        this list";

/// The names of the lab's commands, for completion.
pub(super) const NAMES: [&str; 4] = ["clear", "help", "kill", "restart"];

/// What a command of the lab does.
pub(super) enum Done {
    /// It printed this.
    Printed(Finished),
    /// It asks for an empty console.
    Clear,
}

/// Carries a command of the lab out; `None` if there is none of that name.
pub(super) fn run(run: &mut Run, words: &[String]) -> Option<Done> {
    let (name, arguments) = words.split_first()?;
    let finished = match name.as_str() {
        "kill" => act(run, name, arguments, |node| Action::Crash { node }),
        "restart" => act(run, name, arguments, |node| Action::Restart { node }),
        "help" => Finished::output(HELP),
        "clear" => return Some(Done::Clear),
        _ => return None,
    };
    Some(Done::Printed(finished))
}

fn act(
    run: &mut Run,
    name: &str,
    arguments: &[String],
    action: impl FnOnce(NodeId) -> Action,
) -> Finished {
    let node = match node_argument(run, name, arguments) {
        Ok(node) => node,
        Err(message) => return Finished::error(message, 2),
    };
    match run.act(action(node)) {
        Ok(_) => Finished::output(""),
        Err(error @ ActionError::NoSuchNode(_)) => {
            let nodes = run.setup().nodes;
            Finished::error(format!("{name}: {error} (there are n1 to n{nodes})"), 2)
        }
        Err(error) => Finished::error(format!("{name}: {error}"), 1),
    }
}

fn node_argument(run: &mut Run, name: &str, arguments: &[String]) -> Result<NodeId, String> {
    let [argument] = arguments else {
        return Err(format!("{name}: needs one node, as in `{name} n1'"));
    };
    if argument == "leader" {
        let leader = run.frame().leader().map(|node| node.node);
        return leader.ok_or(format!("{name}: there is no leader now"));
    }
    parse_node(argument)
        .ok_or_else(|| format!("{name}: `{argument}' is not a node; nodes are n1, n2, … or leader"))
}

/// The node that a word names, whether the cluster has it or not.
pub(super) fn parse_node(word: &str) -> Option<NodeId> {
    let number = word.strip_prefix('n')?;
    let digits = !number.starts_with(['0', '+']) && !number.is_empty();
    digits.then(|| number.parse().ok().and_then(NodeId::new))?
}
