//! English: what a person has just done.

use glassraft_core::console::typed;
use glassraft_core::member::NodeId;
use glassraft_core::world::{Action, ClockChange, DiskChange, Fate, LinkChange, Shape, Workload};

use super::en_lab::span;
use super::en_members::names;
use super::phrase::phrase;
use super::{Phrase, Voice};

/// A sentence about an action.
pub(super) fn acted(voice: Voice, action: &Action) -> Phrase {
    match action {
        // Their own events tell of these.
        Action::Request { node, .. } => phrase!["A client asks ", *node, "."],
        Action::As { action, .. } => acted(voice, action),
        Action::Crash { node } => phrase![*node, " loses its power."],
        Action::Restart { node } => phrase![*node, " has its power back."],
        Action::Pause { node } => match voice {
            Voice::Technical => phrase![
                "The process of ",
                *node,
                " stands still: its messages and clients wait."
            ],
            Voice::Library => phrase![*node, " falls asleep at its desk."],
        },
        Action::Resume { node } => match voice {
            Voice::Technical => {
                phrase![
                    "The process of ",
                    *node,
                    " goes on, with all that has waited."
                ]
            }
            Voice::Library => phrase![*node, " wakes up, and finds what has come meanwhile."],
        },
        Action::Disk { node, change } => phrase![*node, disk(voice, *change)],
        Action::Wipe { node } => match voice {
            Voice::Technical => phrase!["The disk of ", *node, " is empty now."],
            Voice::Library => phrase!["The drawer of ", *node, " is emptied."],
        },
        Action::Clock { node, change } => phrase!["The clock of ", *node, clock(*change)],
        Action::Link { from, to, change } => {
            phrase![*from, " → ", *to, format!(": {}", link(*change))]
        }
        Action::Partition { groups } => {
            let groups: Vec<String> = groups.iter().map(|group| names(group)).collect();
            phrase![format!(
                "The network falls apart: {} hear each other alone.",
                groups.join(" | ")
            )]
        }
        Action::Heal => phrase!["Every link is whole again."],
        Action::Message { fate, .. } => {
            let note = match voice {
                Voice::Technical => "A message ",
                Voice::Library => "A note ",
            };
            phrase![format!("{note}{}", fate_text(*fate))]
        }
        Action::Campaign { node } => match voice {
            Voice::Technical => phrase![*node, " is told to stand for election at once."],
            Voice::Library => phrase![*node, " is told to stand for the post at once."],
        },
        Action::ElectionTimeout { node, ticks } => phrase![
            *node,
            format!(" waits for a leader for {ticks} ticks of its clock in this term.")
        ],
        Action::TransferLeader { node, to } => match voice {
            Voice::Technical => phrase![*node, " is asked to let ", *to, " lead."],
            Voice::Library => phrase![*node, " is asked to hand the keys to ", *to, "."],
        },
        Action::Options { node, .. } => {
            phrase![*node, " has other settings from its next start on."]
        }
        Action::Join { node } => match voice {
            Voice::Technical => phrase![
                *node,
                " starts with an empty disk, and waits for a leader who knows it."
            ],
            Voice::Library => phrase![*node, " is new here, and waits to be greeted."],
        },
        Action::Restore { node, origin } => {
            let members = names(&origin.members);
            match voice {
                Voice::Technical => phrase![
                    "The disk of ",
                    *node,
                    format!(" is made from a snapshot, for a new cluster of {members}.")
                ],
                Voice::Library => phrase![
                    "The copy that was put away becomes the book of ",
                    *node,
                    format!(", and {members} open a new library.")
                ],
            }
        }
        Action::Reconfigure {
            node,
            voters,
            learners,
        } => reconfigure(*node, voters, learners),
        Action::Workload { workload } => workload_text(voice, workload),
        Action::Open { node, .. } => phrase!["A client opens a stream at ", *node, "."],
        Action::Say { stream, .. } => phrase![format!("A client speaks on stream {}.", stream.0)],
        Action::Close { stream } => phrase![format!("A client ends stream {}.", stream.0)],
    }
}

fn reconfigure(node: NodeId, voters: &[NodeId], learners: &[NodeId]) -> Phrase {
    let learners = match learners {
        [] => String::new(),
        learners => format!(", learners {}", names(learners)),
    };
    phrase![
        node,
        format!(
            " is asked to propose other members: {}{learners}.",
            names(voters)
        )
    ]
}

fn disk(voice: Voice, change: DiskChange) -> String {
    let is_library = voice == Voice::Library;
    let text = match change {
        DiskChange::Sync(sync) => {
            return format!(
                " takes {} to sync its disk.",
                span(sync.min_us, sync.max_us)
            );
        }
        DiskChange::Full(true) if is_library => " has a drawer that is full.",
        DiskChange::Full(true) => " has a full disk: its next write stops it.",
        DiskChange::Full(false) => " has room on its disk again.",
        DiskChange::Lies(true) if is_library => {
            " signs for cards that it has not put into its drawer."
        }
        DiskChange::Lies(true) => " has a disk that lies about its syncs: a crash shows it.",
        DiskChange::Lies(false) => " has a disk that tells the truth.",
    };
    text.to_owned()
}

fn clock(change: ClockChange) -> String {
    match change {
        ClockChange::Rate(0) => " goes right.".to_owned(),
        ClockChange::Rate(ppm) => {
            let way = if ppm > 0 { "fast" } else { "slow" };
            format!(" goes {} too {way}.", typed::share(ppm.unsigned_abs()))
        }
        ClockChange::Jump(us) => format!(" jumps ahead by {}.", typed::time(us)),
    }
}

fn link(change: LinkChange) -> String {
    let chance = |ppm: u32, what: &str| match ppm {
        0 => format!("no message is {what} by chance."),
        ppm => format!("{} of its messages are {what}.", typed::share(ppm)),
    };
    match change {
        LinkChange::Cut(true) => "the link is cut.".to_owned(),
        LinkChange::Cut(false) => "the link is whole again.".to_owned(),
        LinkChange::Latency(latency) => {
            let shape = match latency.shape {
                Shape::Even => "",
                Shape::Bell => ", mostly about the middle",
                Shape::LongTail => ", mostly near the shortest",
            };
            format!(
                "a message takes {}{shape}.",
                span(latency.min_us, latency.max_us)
            )
        }
        LinkChange::Loss(ppm) => chance(ppm, "lost"),
        LinkChange::Duplicate(ppm) => chance(ppm, "doubled"),
        LinkChange::Reorder(ppm) => chance(ppm, "let overtake others"),
        LinkChange::Bandwidth(0) => "as many bytes go through as come.".to_owned(),
        LinkChange::Bandwidth(bytes) => format!("{} go through it.", typed::bandwidth(bytes)),
    }
}

fn fate_text(fate: Fate) -> String {
    let text = match fate {
        Fate::Deliver => "arrives at once.",
        Fate::Drop => "is dropped.",
        Fate::Duplicate => "is doubled: both arrive together.",
        Fate::Delay(us) => return format!("arrives {} later than it would have.", typed::time(us)),
        Fate::Hold => "is held on its way until somebody lets it go on.",
        Fate::Release => "is let go on, and arrives.",
    };
    text.to_owned()
}

fn workload_text(voice: Voice, workload: &Workload) -> Phrase {
    let who = match voice {
        Voice::Technical => "client",
        Voice::Library => "reader",
    };
    match workload.clients {
        0 => phrase![format!("No {who} works by itself any more.")],
        1 => phrase![format!("One {who} begins to work.")],
        count => phrase![format!("{count} {who}s begin to work.")],
    }
}
