//! Conditions: what `until` waits for and `expect` holds a run to.
//!
//! A condition is said of a [`Moment`]: the picture now, and the picture from which on a
//! change counts. It looks at nothing else, so whatever has two pictures can ask: the
//! console, a ribbon, a search through a record.

use std::fmt;

use crate::member::{LogEntry, NodeId, RequestId, Role};
use crate::trace::{Frame, Liveness, NodeFrame};

use super::words::{Refusal, Words};

/// The most conditions that one line may join with `and`.
const MAX_CONDITIONS: usize = 32;

/// What a condition is said of.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The picture from which on a change counts.
    pub before: &'a Frame,
    /// The picture now.
    pub now: &'a Frame,
}

/// Something that holds at a moment, or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is a leader, or this node leads.
    Leader(Option<NodeId>),
    /// Nobody leads.
    NoLeader,
    /// There is a leader, and it is another one than before, or of another term.
    LeaderChanges,
    /// A number of a node, or the highest of all nodes, compares like this.
    Number {
        /// Which number.
        what: Number,
        /// How it has to compare.
        is: Comparison,
        /// With what.
        with: u64,
        /// Whose it is; `None` for the highest of all nodes.
        on: Option<On>,
    },
    /// A node runs in this role.
    Role(NodeId, Role),
    /// A node is in this state.
    State(NodeId, State),
    /// A key has this value, or none, in the catalog of nodes that run.
    Value {
        /// The key.
        key: String,
        /// The value; `None` for none.
        value: Option<String>,
        /// In whose catalogs; `None` for any.
        on: Option<On>,
    },
    /// A request was begun and has ended.
    Answered(RequestId),
    /// Nothing is left to be done: no request is open, and all nodes that run have applied
    /// the same log.
    Quiet,
    /// It does not hold.
    Not(Box<Condition>),
    /// All of them hold.
    All(Vec<Condition>),
}

/// A number of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Its term.
    Term,
    /// Its commit index.
    Commit,
    /// The index of the last entry in its catalog.
    Applied,
    /// The index of the last entry of its log.
    Last,
    /// The index up to which its log is on its disk.
    Synced,
    /// The last entry that its snapshot stands for.
    Snapshot,
    /// The revision of its catalog.
    Revision,
}

const NUMBERS: [(&str, Number); 7] = [
    ("term", Number::Term),
    ("commit", Number::Commit),
    ("applied", Number::Applied),
    ("last", Number::Last),
    ("synced", Number::Synced),
    ("snapshot", Number::Snapshot),
    ("revision", Number::Revision),
];

impl Number {
    fn name(self) -> &'static str {
        let known = NUMBERS.iter().find(|(_, number)| *number == self);
        known.map_or("", |(name, _)| name)
    }

    /// The node's number. A node that is down has no catalog.
    fn of(self, node: &NodeFrame) -> Option<u64> {
        let in_memory = |number| node.role().map(|_| number);
        match self {
            Self::Term => Some(node.term),
            Self::Commit => Some(node.commit),
            Self::Applied => in_memory(node.applied),
            Self::Last => Some(node.last()),
            Self::Synced => Some(node.synced),
            Self::Snapshot => Some(node.snapshot),
            Self::Revision => in_memory(u64::try_from(node.revision).unwrap_or(0)),
        }
    }
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Not the same.
    Unequal,
    /// Above.
    Above,
    /// Above or the same.
    AtLeast,
    /// Below.
    Below,
    /// Below or the same.
    AtMost,
}

impl Comparison {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "=" | "==" => Self::Equal,
            "!=" => Self::Unequal,
            ">" => Self::Above,
            ">=" | "≥" => Self::AtLeast,
            "<" => Self::Below,
            "<=" | "≤" => Self::AtMost,
            _ => return None,
        })
    }

    fn holds(self, left: u64, right: u64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Above => left > right,
            Self::AtLeast => left >= right,
            Self::Below => left < right,
            Self::AtMost => left <= right,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }
}

/// Whose number or catalog is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// This node's.
    Node(NodeId),
    /// The leader's, whoever leads then.
    Leader,
    /// That of every node that runs; at least one has to.
    All,
}

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs, paused or not.
    Up,
    /// It is down, for now or for good.
    Down,
    /// Its process is stopped for a while.
    Paused,
    /// It was removed from the cluster.
    Removed,
}

const STATES: [(&str, State); 4] = [
    ("up", State::Up),
    ("down", State::Down),
    ("paused", State::Paused),
    ("removed", State::Removed),
];

const ROLES: [Role; 4] = [
    Role::Follower,
    Role::PreCandidate,
    Role::Candidate,
    Role::Leader,
];

impl Condition {
    /// Reads a condition, and leaves the words behind it.
    pub(super) fn parse(words: &mut Words<'_>) -> Result<Self, Refusal> {
        let mut all = vec![Self::parse_one(words)?];
        while words.take("and") {
            if all.len() == MAX_CONDITIONS {
                let message = format!("more than {MAX_CONDITIONS} conditions at once");
                return Err(Refusal::usage(message));
            }
            all.push(Self::parse_one(words)?);
        }
        Ok(match all.len() {
            1 => all.remove(0),
            _ => Self::All(all),
        })
    }

    fn parse_one(words: &mut Words<'_>) -> Result<Self, Refusal> {
        const WHAT: &str = "a condition, such as leader n2, commit >= 9 on all or value /k = v";
        let word = words.peek().ok_or_else(|| words.expected(WHAT))?;
        if let Some((_, what)) = NUMBERS.iter().find(|(name, _)| *name == word) {
            words.next();
            return Self::parse_number(words, *what);
        }
        if word.len() > 1 && word.starts_with('n') && word[1..].bytes().all(|b| b.is_ascii_digit())
        {
            return Self::parse_state(words);
        }
        let complaint = words.expected(WHAT);
        words.next();
        match word {
            "not" => {
                // Not by recursion: a line may hold as many as it likes.
                let mut negative = true;
                while words.take("not") {
                    negative = !negative;
                }
                let condition = Self::parse_one(words)?;
                Ok(match negative {
                    true => Self::Not(Box::new(condition)),
                    false => condition,
                })
            }
            "leader" => Self::parse_leader(words),
            "no" => match words.take("leader") {
                true => Ok(Self::NoLeader),
                false => Err(words.expected("`leader', as in `no leader'")),
            },
            "role" => {
                let node = words.node()?;
                Ok(Self::Role(node, words.parse(ROLE, parse_role)?))
            }
            "value" => Self::parse_value(words),
            "request" => {
                let id = words.parse("the number of a request", |word| word.parse().ok())?;
                match words.take("answered") {
                    true => Ok(Self::Answered(RequestId(id))),
                    false => Err(words.expected("`answered', as in `request 7 answered'")),
                }
            }
            "quiet" => Ok(Self::Quiet),
            _ => Err(complaint),
        }
    }

    fn parse_leader(words: &mut Words<'_>) -> Result<Self, Refusal> {
        if words.take("changes") {
            return Ok(Self::LeaderChanges);
        }
        match words.peek() {
            None | Some("and" | "within") => Ok(Self::Leader(None)),
            Some(_) => Ok(Self::Leader(Some(words.node()?))),
        }
    }

    fn parse_number(words: &mut Words<'_>, what: Number) -> Result<Self, Refusal> {
        let comparison = "a comparison; those are =, !=, >, >=, < and <=";
        Ok(Self::Number {
            what,
            is: words.parse(comparison, Comparison::parse)?,
            with: words.parse("a whole number", |word| word.parse().ok())?,
            on: parse_on(words)?,
        })
    }

    fn parse_state(words: &mut Words<'_>) -> Result<Self, Refusal> {
        let node = words.node()?;
        if !words.take("is") {
            return Err(words.expected("`is', as in `n3 is down'"));
        }
        let word = words.peek().unwrap_or_default();
        if let Some(role) = parse_role(word) {
            words.next();
            return Ok(Self::Role(node, role));
        }
        let what = "a state; those are up, down, paused, removed, and the roles";
        let find = |word: &str| STATES.iter().find(|(name, _)| *name == word);
        let (_, state) = words.parse(what, find)?;
        Ok(Self::State(node, *state))
    }

    fn parse_value(words: &mut Words<'_>) -> Result<Self, Refusal> {
        let key = words.parse("a key", |word| Some(word.to_owned()))?;
        let value = match words.peek() {
            Some("missing") => {
                words.next();
                None
            }
            Some("=" | "==") => {
                words.next();
                Some(words.parse("a value", |word| Some(word.to_owned()))?)
            }
            _ => return Err(words.expected("`= VALUE' or `missing'")),
        };
        let on = parse_on(words)?;
        Ok(Self::Value { key, value, on })
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, moment: Moment<'_>) -> bool {
        let now = moment.now;
        let is = |node: NodeId, is: &dyn Fn(&NodeFrame) -> bool| {
            now.node(node).is_some_and(|node| is(node))
        };
        match self {
            Self::Leader(None) => now.leader().is_some(),
            Self::Leader(Some(node)) => now.leader().is_some_and(|leader| leader.node == *node),
            Self::NoLeader => now.leader().is_none(),
            Self::LeaderChanges => {
                let reign = |frame: &Frame| frame.leader().map(|node| (node.node, node.term));
                now.leader().is_some() && reign(now) != reign(moment.before)
            }
            Self::Number { what, is, with, on } => match on {
                None => {
                    let highest = now.nodes.iter().filter_map(|node| what.of(node)).max();
                    highest.is_some_and(|number| is.holds(number, *with))
                }
                Some(on) => on.holds(now, |node| {
                    what.of(node).is_some_and(|number| is.holds(number, *with))
                }),
            },
            Self::Role(node, role) => is(*node, &|node| node.role() == Some(*role)),
            Self::State(node, state) => is(*node, &|node| match state {
                State::Up => node.role().is_some(),
                State::Down => node.role().is_none(),
                State::Paused => matches!(node.liveness, Liveness::Paused(_)),
                State::Removed => node.liveness == Liveness::Removed,
            }),
            Self::Value { key, value, on } => {
                let has = |node: &NodeFrame| {
                    let version = node.shelf.get(key.as_bytes());
                    let found = version.map(|version| &version.kv.value[..]);
                    node.role().is_some() && found == value.as_ref().map(String::as_bytes)
                };
                match on {
                    None => now.nodes.iter().any(|node| has(node)),
                    Some(on) => on.holds(now, has),
                }
            }
            Self::Answered(id) => {
                id.0 >= 1 && id.0 <= now.requests_begun && !now.requests.contains_key(id)
            }
            Self::Quiet => is_quiet(now),
            Self::Not(condition) => !condition.holds(moment),
            Self::All(all) => all.iter().all(|condition| condition.holds(moment)),
        }
    }

    /// Whether it says something of a change, and so needs a picture from before.
    #[must_use]
    pub fn compares(&self) -> bool {
        match self {
            Self::LeaderChanges => true,
            Self::Not(condition) => condition.compares(),
            Self::All(all) => all.iter().any(Self::compares),
            _ => false,
        }
    }

    /// What is the case instead, for a message.
    #[must_use]
    pub fn found(&self, now: &Frame) -> String {
        match self {
            Self::Leader(_) | Self::NoLeader | Self::LeaderChanges => {
                now.leader().map_or("nobody leads".to_owned(), |leader| {
                    format!("{} leads term {}", leader.node, leader.term)
                })
            }
            Self::Number { what, .. } => {
                let numbers = each(now, |node| match what.of(node) {
                    Some(number) => number.to_string(),
                    None => "down".to_owned(),
                });
                format!("{} is {numbers}", what.name())
            }
            Self::Role(node, _) | Self::State(node, _) => {
                let state = now.node(*node).map_or("unknown", |node| state_name(node));
                format!("{node} is {state}")
            }
            Self::Value { key, .. } => {
                let values = each(now, |node| {
                    let version = node.shelf.get(key.as_bytes());
                    match (node.role(), version) {
                        (None, _) => "down".to_owned(),
                        (_, None) => "missing".to_owned(),
                        (_, Some(version)) => shown(&version.kv.value),
                    }
                });
                format!("{} is {values}", shown(key.as_bytes()))
            }
            Self::Answered(id) if now.requests.contains_key(id) => {
                format!("request {} is open", id.0)
            }
            Self::Answered(id) if id.0 <= now.requests_begun => {
                format!("request {} has ended", id.0)
            }
            Self::Answered(_) => format!("{} requests were begun", now.requests_begun),
            Self::Quiet => {
                let open = now.requests.len();
                let logs = each(now, |node| {
                    format!("{}/{}/{}", node.last(), node.commit, node.applied)
                });
                format!("{open} requests are open; last/commit/applied is {logs}")
            }
            Self::Not(condition) => condition.found(now),
            Self::All(all) => {
                let found: Vec<String> = all.iter().map(|one| one.found(now)).collect();
                found.join("; ")
            }
        }
    }
}

const ROLE: &str = "a role; those are follower, pre-candidate, candidate and leader";

fn parse_role(word: &str) -> Option<Role> {
    ROLES.into_iter().find(|role| role.name() == word)
}

fn parse_on(words: &mut Words<'_>) -> Result<Option<On>, Refusal> {
    if !words.take("on") {
        return Ok(None);
    }
    Ok(Some(match words.peek() {
        Some("all") => {
            words.next();
            On::All
        }
        Some("leader") => {
            words.next();
            On::Leader
        }
        _ => On::Node(words.node()?),
    }))
}

impl On {
    fn holds(self, now: &Frame, is: impl Fn(&NodeFrame) -> bool) -> bool {
        match self {
            Self::Node(node) => now.node(node).is_some_and(|node| is(node)),
            Self::Leader => now.leader().is_some_and(|node| is(node)),
            Self::All => {
                let mut running = now.nodes.iter().filter(|node| node.role().is_some());
                running.clone().next().is_some() && running.all(|node| is(node))
            }
        }
    }
}

fn is_quiet(now: &Frame) -> bool {
    let Some(leader) = now.leader() else {
        return false;
    };
    let last = leader.last();
    let is_done = |node: &NodeFrame| {
        [node.last(), node.commit, node.applied, node.synced] == [last; 4]
            && node.entry(last).map(LogEntry::term) == leader.entry(last).map(LogEntry::term)
    };
    let mut running = now.nodes.iter().filter(|node| node.role().is_some());
    now.requests.is_empty() && running.all(|node| is_done(node))
}

/// What is to be said of each node: `n1 4, n2 5`.
fn each(now: &Frame, say: impl Fn(&NodeFrame) -> String) -> String {
    let nodes: Vec<String> = now
        .nodes
        .iter()
        .map(|node| format!("{} on {}", say(node), node.node))
        .collect();
    nodes.join(", ")
}

/// Whether and as what a node runs, in one word.
pub(super) fn state_name(node: &NodeFrame) -> &'static str {
    match node.liveness {
        Liveness::Up(role) => role.name(),
        Liveness::Paused(_) => "paused",
        Liveness::Down => "down",
        Liveness::Removed => "removed",
    }
}

/// The beginning of a text that may be long.
fn shown(bytes: &[u8]) -> String {
    const MAX_CHARS: usize = 64;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MAX_CHARS)]);
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("`{}…'", &text[..end]),
        None => format!("`{text}'"),
    }
}

/// As it is typed.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leader(None) => f.write_str("leader"),
            Self::Leader(Some(node)) => write!(f, "leader {node}"),
            Self::NoLeader => f.write_str("no leader"),
            Self::LeaderChanges => f.write_str("leader changes"),
            Self::Number { what, is, with, on } => {
                write!(f, "{} {} {with}", what.name(), is.name())?;
                write_on(f, *on)
            }
            Self::Role(node, role) => write!(f, "role {node} {}", role.name()),
            Self::State(node, state) => {
                let known = STATES.iter().find(|(_, known)| known == state);
                write!(f, "{node} is {}", known.map_or("", |(name, _)| name))
            }
            Self::Value { key, value, on } => {
                match value {
                    Some(value) => write!(f, "value {key} = {value}")?,
                    None => write!(f, "value {key} missing")?,
                }
                write_on(f, *on)
            }
            Self::Answered(id) => write!(f, "request {} answered", id.0),
            Self::Quiet => f.write_str("quiet"),
            Self::Not(condition) => write!(f, "not {condition}"),
            Self::All(all) => {
                for (place, condition) in all.iter().enumerate() {
                    f.write_str(if place == 0 { "" } else { " and " })?;
                    condition.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

fn write_on(f: &mut fmt::Formatter<'_>, on: Option<On>) -> fmt::Result {
    match on {
        None => Ok(()),
        Some(On::Node(node)) => write!(f, " on {node}"),
        Some(On::Leader) => f.write_str(" on leader"),
        Some(On::All) => f.write_str(" on all"),
    }
}
