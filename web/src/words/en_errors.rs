//! English: why something cannot be done.

use glassraft_core::share::limits::{self, Excess};
use glassraft_core::share::{BEHAVIOUR, Problem, ScenarioError, SessionError, link, scenario};
use glassraft_core::trace::{BranchError, BranchId, MAX_BRANCHES, MAX_NAME_CHARS, RunError};
use glassraft_core::world::{ActionError, SetupError};

use crate::session::{LinkError, Notice, ReadError, Refusal, StartError};

use super::en_sessions::{error as keep_error, when};
use super::numbers::grouped;

pub(super) fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Link(error) => {
            format!(
                "The address holds no run: {}. This is a new run instead.",
                link_error(error)
            )
        }
        Notice::LinkPassedOver(error) => {
            format!(
                "The new address holds no run: {}. This run goes on.",
                link_error(error)
            )
        }
        Notice::Seed(error) => format!("No new run: {}.", start_error(error)),
        Notice::File(error) => format!("No new run: {}.", read_error(error)),
        Notice::Unreadable => "No new run: the file cannot be read as text.".to_owned(),
        Notice::Restored(saved_at) => {
            format!(
                "Your last session goes on, as it was saved on {}.",
                when(*saved_at)
            )
        }
        Notice::NotRestored(error) => {
            format!(
                "Your last session does not come back. {}",
                keep_error(error)
            )
        }
        Notice::NotKept(error) => {
            format!("This session is not kept by itself. {}", keep_error(error))
        }
        Notice::Refused(refusal) => format!("That cannot be done now: {}.", refused(refusal)),
    }
}

fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Setup(error) => setup_error(error),
        Refusal::Branch(error) => branch_error(error),
        Refusal::Run(error) => run_error(error),
        Refusal::Line(message) => message.clone(),
        Refusal::Kept(error) => format!(
            "the kept session does not come back ({}); it stays in the list of sessions",
            branch_error(error)
        ),
        Refusal::Action(error) => action_error(error),
    }
}

/// Why an action cannot be taken.
pub(super) fn action_error(error: &ActionError) -> String {
    match error {
        ActionError::NoSuchNode(node) => format!("there is no node {node}"),
        ActionError::AlreadyDown(node) => format!("{node} is down already"),
        ActionError::AlreadyUp(node) => format!("{node} is up already"),
        ActionError::Down(node) => format!("{node} is down"),
        ActionError::AlreadyPaused(node) => format!("{node} is paused"),
        ActionError::NotPaused(node) => format!("{node} is not paused"),
        ActionError::Removed(node) => {
            format!("{node} was removed from the cluster")
        }
        ActionError::Exists(node) => format!("there is a node {node} already"),
        ActionError::NoLeader(node) => format!("{node} knows no leader"),
        ActionError::NotVoter(node) => format!("{node} has no vote"),
        ActionError::NotDown(node) => format!("{node} is not down"),
        ActionError::NotEmpty(node) => format!("the disk of {node} is not empty"),
        ActionError::BadSnapshot(node) => format!("the snapshot for {node} is damaged"),
        ActionError::NotLeader(node) => format!("{node} is not the leader"),
        ActionError::LinkToItself(node) => {
            format!("no link leads from {node} to itself")
        }
        ActionError::NoSuchMessage(sent) => {
            format!("message {} is not under way", grouped(sent.0))
        }
        ActionError::Held(sent) => {
            format!("message {} is held", grouped(sent.0))
        }
        ActionError::NotHeld(sent) => {
            format!("message {} is not held", grouped(sent.0))
        }
        ActionError::OutOfBounds { what, allowed } => {
            format!("{what} has to be {allowed}")
        }
        ActionError::TooManyMessages(limit) => format!(
            "{} messages are under way, and no more can be",
            grouped(*limit as u64)
        ),
        ActionError::TooManyRequests(limit) => {
            format!(
                "{} requests are under way, and no more can be",
                grouped(*limit as u64)
            )
        }
        ActionError::NoSuchStream(stream) => format!("stream {} is not open", stream.0),
        ActionError::OtherStream(stream) => {
            format!("stream {} is for something else", stream.0)
        }
        ActionError::TooManyStreams(node, limit) => {
            format!("{limit} streams are open at {node}, and no more can be")
        }
        ActionError::TooManyOnStream(stream, limit) => format!(
            "stream {} has {limit} watchers or leases, and can have no more",
            stream.0
        ),
        ActionError::TooManyActions(limit) => format!(
            "this run holds {} actions, and no more can be; begin a new one",
            grouped(*limit as u64)
        ),
    }
}

fn link_error(error: &LinkError) -> String {
    match error {
        LinkError::Start(error) => start_error(error),
        LinkError::TooLong { chars } => format!(
            "it has {} characters, and at most {} are read; a file has room for more",
            grouped(*chars as u64),
            grouped(link::MAX_CHARS as u64)
        ),
        LinkError::Form { found } => {
            format!("it is of form {found}, which this version of Glassraft does not know")
        }
        LinkError::Character { place } => format!(
            "no link has the character at place {} behind “run=1.”",
            grouped(*place as u64)
        ),
        LinkError::Damaged => "it was cut off or changed on its way; copy it again".to_owned(),
        LinkError::TooBig => format!(
            "it unpacks to more than {} bytes",
            grouped(link::MAX_INFLATED_BYTES as u64)
        ),
        LinkError::NotDeflated => "it does not unpack".to_owned(),
        LinkError::Content(problem) => problem_text(problem),
    }
}

fn start_error(error: &StartError) -> String {
    match error {
        StartError::NoValue { part } => {
            format!("after the #, “{part}” is not of the form name=value")
        }
        StartError::UnknownName { name } => {
            format!("after the #, “{name}” is neither nodes, seed nor run")
        }
        StartError::Twice { name } => format!("after the #, {name} stands there twice"),
        StartError::Nodes { found } => format!("nodes is “{found}”, but has to be 1 to 15"),
        StartError::Seed { found } => {
            format!(
                "seed is “{found}”, but has to be a whole number from 0 to {}",
                u64::MAX
            )
        }
    }
}

fn problem_text(problem: &Problem) -> String {
    match problem {
        Problem::Unreadable {
            part,
            place: Some(place),
        } => format!("the {part} of action {place} cannot be read"),
        Problem::Unreadable { part, place: None } => format!("the {part} cannot be read"),
        Problem::Behaviour { found, known } => behaviour(*found, *known),
        Problem::Setting { number } => {
            format!("setting {number} is not known here, or cannot have its value")
        }
        Problem::Trailing { bytes } => format!("{bytes} bytes are left over at its end"),
        Problem::Excess(excess) => excess_text(excess),
    }
}

fn behaviour(found: u32, known: u32) -> String {
    format!(
        "it was made for runs of behaviour {found}, and runs here are of behaviour {known}: it would not show what it showed then"
    )
}

fn excess_text(excess: &Excess) -> String {
    match excess {
        Excess::Setup(error) => setup_error(error),
        Excess::Actions { found } => format!(
            "it holds {} actions, and at most {} are read",
            grouped(*found),
            grouped(limits::MAX_ACTIONS as u64)
        ),
        Excess::Action {
            place,
            what,
            allowed,
        } => format!("in action {place}, {what} has to be {allowed}"),
    }
}

fn setup_error(error: &SetupError) -> String {
    let SetupError {
        field,
        found,
        allowed,
    } = error;
    format!("{field} is {found}, but has to be {allowed}")
}

fn run_error(error: &RunError) -> String {
    match error {
        RunError::Setup(error) => setup_error(error),
        RunError::Stamp { place } => {
            format!("the run does not come to the moment of action {place}")
        }
        RunError::Action { place, error } => {
            format!(
                "action {place} makes no sense where it stands: {}",
                action_error(error)
            )
        }
        RunError::Astray => "the run does not come to that moment".to_owned(),
        RunError::TooLong { max_steps } => format!(
            "that moment lies more than {} steps from the run’s beginning",
            grouped(*max_steps)
        ),
    }
}

fn branch_error(error: &BranchError) -> String {
    match error {
        BranchError::TooMany => {
            format!("there are {MAX_BRANCHES} branches, and no more can be; delete one first")
        }
        BranchError::Unknown(BranchId(id)) => format!("there is no branch {id}"),
        BranchError::BadName => format!(
            "a branch’s name has 1 to {MAX_NAME_CHARS} characters, none of them a control character"
        ),
        BranchError::NameTaken => "another branch has this name".to_owned(),
        BranchError::Active => "the branch is shown; go to another one first".to_owned(),
        BranchError::Action(error) => action_error(error),
        BranchError::Run(error) => run_error(error),
        BranchError::Unsound(what) => format!("its branches do not fit together: {what}"),
    }
}

pub(super) fn read_error(error: &ReadError) -> String {
    match error {
        ReadError::Link(error) => format!("of the link, {}", link_error(error)),
        ReadError::Scenario(error) => scenario_error(error),
        ReadError::Session(error) => session_error(error),
        ReadError::Empty => "there is nothing in it; a link or a saved run is wanted".to_owned(),
    }
}

fn scenario_error(error: &ScenarioError) -> String {
    match error {
        ScenarioError::TooLong { bytes } => too_long(*bytes, scenario::MAX_FILE_BYTES),
        // The parser's own words: they say line and column.
        ScenarioError::Json { path, problem } if path == "." => problem.clone(),
        ScenarioError::Json { path, problem } => format!("{path}: {problem}"),
        ScenarioError::Form { found } => form(*found),
        ScenarioError::Behaviour { found } => behaviour(*found, BEHAVIOUR),
        ScenarioError::Excess(excess) => excess_text(excess),
    }
}

pub(super) fn session_error(error: &SessionError) -> String {
    match error {
        SessionError::Scenario(error) => scenario_error(error),
        SessionError::Form { found } => form(*found),
        SessionError::TooLong { field, limit } => {
            format!("{field} has more than {} bytes", grouped(*limit as u64))
        }
        SessionError::Branch { number, error } => {
            format!("branch {number}: {}", scenario_error(error))
        }
        SessionError::Silent { number } => {
            format!("branch {number} does not say what was done in it")
        }
        SessionError::Stranger { number } => {
            format!("branch {number} begins with another setup or seed than the others")
        }
        SessionError::Branches(error) => branch_error(error),
    }
}

fn form(found: u64) -> String {
    format!("it is of form {found}, which this version of Glassraft does not know")
}

fn too_long(bytes: usize, limit: usize) -> String {
    format!(
        "it has {} bytes, and at most {} are read",
        grouped(bytes as u64),
        grouped(limit as u64)
    )
}
