//! The narrator's sentences in English: those of the technical voice, and what both voices share.

use glassraft_core::etcd::Error;
use glassraft_core::lesson::{Sentence, Share, Subject};
use glassraft_core::member::Halt;

use super::en_acts as acts;
use super::en_events::plain;
use super::en_library as library;
use super::en_members as members;
use super::en_stage::{lost, message};
use super::phrase::{Phrase, Piece, phrase};
use super::{Voice, readable};

/// The most characters of a key in a sentence.
pub(super) const MAX_KEY_CHARS: usize = 24;

/// A sentence in a voice.
pub(super) fn sentence(voice: Voice, sentence: &Sentence) -> Phrase {
    match voice {
        Voice::Technical => technical(sentence),
        Voice::Library => library::sentence(sentence),
    }
}

/// An entry or a request as it would be typed.
pub(super) fn typed(subject: &Subject) -> Piece {
    let key = |key: &[u8]| readable(key, MAX_KEY_CHARS);
    match subject {
        Subject::Empty => Piece::from("a no-op"),
        Subject::Put(of) => Piece::Code(format!("put {}", key(of))),
        Subject::Delete(of) => Piece::Code(format!("del {}", key(of))),
        Subject::Range(of) => Piece::Code(format!("get {}", key(of))),
        Subject::Txn(of) => Piece::Code(format!("txn {}", key(of))),
        Subject::Compaction(revision) => Piece::Code(format!("compaction {revision}")),
        Subject::Grant(ttl) => Piece::Code(format!("lease grant {ttl}")),
        Subject::Revoke(lease) => Piece::Code(format!("lease revoke {lease:016x}")),
        Subject::Alarm(false) => Piece::Code("alarm".to_owned()),
        Subject::Alarm(true) => Piece::Code("alarm disarm".to_owned()),
        Subject::Call(name) => Piece::Code((*name).to_owned()),
        Subject::Members => Piece::from("the membership"),
    }
}

fn entries(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    }
}

/// How many votes a candidate has of those that it needs.
pub(super) fn needed(votes: Share, outgoing: Option<Share>, name: &str) -> String {
    let part = |share: Share| format!("{} of the {}", share.count, share.majority());
    match outgoing {
        None => format!("{} {name} it needs", part(votes)),
        Some(outgoing) => format!(
            "{} {name} it needs of the new voters, {} of the old ones",
            part(votes),
            part(outgoing)
        ),
    }
}

fn halted(reason: Halt) -> &'static str {
    match reason {
        Halt::Removed => " was removed from the cluster, and stops for good.",
        Halt::DiskFull => " cannot write: its disk is full, and it stops.",
        Halt::LogLost => {
            " stops: its leader counts on entries that it had acknowledged and has no more."
        }
    }
}

fn technical(sentence: &Sentence) -> Phrase {
    match sentence {
        Sentence::Began { nodes } => phrase![format!(
            "{nodes} nodes have started as followers. Nobody leads yet: the first timer to run out calls an election."
        )],
        Sentence::StandsForElection { node, term } => phrase![
            *node,
            format!(" heard from no leader and stands for election in term {term}.")
        ],
        Sentence::Voted {
            node,
            candidate,
            votes,
            outgoing,
            ..
        } => phrase![
            *node,
            " votes for ",
            *candidate,
            format!(": {}.", needed(*votes, *outgoing, "votes"))
        ],
        Sentence::RefusedVote {
            node,
            candidate,
            term,
        } => phrase![
            *node,
            " refuses ",
            *candidate,
            format!(" its vote in term {term}.")
        ],
        Sentence::AsksAhead { node, term } => phrase![
            *node,
            format!(" heard from no leader and asks whether it could win term {term}.")
        ],
        Sentence::LostMajority { node } => phrase![
            *node,
            " has not heard from a majority for an election timeout, and stops leading."
        ],
        Sentence::Elected { node, term } => phrase![
            *node,
            format!(" has a majority of the votes and leads term {term}.")
        ],
        Sentence::SteppedDown {
            node,
            led: true,
            term,
        } => phrase![*node, format!(" steps down and follows in term {term}.")],
        Sentence::SteppedDown { node, term, .. } => phrase![
            *node,
            format!(" gives its candidacy up and follows in term {term}.")
        ],
        Sentence::Crashed {
            node,
            led,
            lost_entries,
        } => crashed(*node, *led, *lost_entries),
        Sentence::Restarted { node, last: 0 } => {
            phrase![*node, " restarts; its disk holds no entry."]
        }
        Sentence::Restarted { node, last } => phrase![
            *node,
            format!(" restarts from its disk, whose log ends at entry {last}.")
        ],
        Sentence::Halted { node, reason } => phrase![*node, halted(*reason)],
        Sentence::Configured {
            node,
            configuration,
        } => members::configured(*node, configuration),
        Sentence::Compacted {
            node,
            snapshot,
            first,
        } => phrase![
            *node,
            format!(
                " has taken a snapshot up to entry {snapshot}; its log begins at entry {first} now."
            )
        ],
        Sentence::Restored {
            node,
            index,
            own: true,
        } => phrase![
            *node,
            format!(" has its catalog back from its own snapshot, up to entry {index}.")
        ],
        Sentence::Restored { node, index, .. } => phrase![
            *node,
            format!(
                " was too far behind for the leader’s log: it gets a snapshot up to entry {index}."
            )
        ],
        Sentence::Acted { action } => acts::acted(Voice::Technical, action),
        Sentence::Requested {
            node,
            subject,
            down: false,
        } => phrase!["A client asks ", *node, " for ", typed(subject), "."],
        Sentence::Requested {
            node,
            subject,
            down: true,
        } => phrase![
            "A client asks ",
            *node,
            " for ",
            typed(subject),
            ", but nobody answers there."
        ],
        Sentence::Proposed {
            node,
            index,
            subject,
        } => phrase![
            *node,
            format!(" appends entry {index} ("),
            typed(subject),
            ") and sends it to the others."
        ],
        Sentence::Stored {
            node,
            index,
            copies: Share { count, of },
        } => phrase![
            *node,
            format!(" has entry {index} on disk: {count} of {of} voters hold it.")
        ],
        Sentence::Overwrote { node, from } => phrase![
            *node,
            format!(" throws its own entries from {from} on away: the leader has others there.")
        ],
        Sentence::Committed {
            node,
            index,
            subject,
        } => phrase![
            format!("Entry {index} ("),
            typed(subject),
            ") is committed: ",
            *node,
            " knows that a majority holds it."
        ],
        Sentence::CaughtUp { node, index } => phrase![
            *node,
            format!(" has caught up: everything through entry {index} is in its catalog.")
        ],
        Sentence::Answered {
            node,
            revision,
            succeeded,
        } => phrase![
            *node,
            format!(
                " answers its client at revision {revision}{}",
                held(*succeeded)
            )
        ],
        Sentence::LeaseExpired { node, lease, index } => phrase![
            *node,
            format!(
                " has counted: the time of lease {lease:016x} is over. Entry {index} ends it, and deletes its keys everywhere."
            )
        ],
        Sentence::Watches { node, key, from: 0 } => phrase![
            "A client watches ",
            Piece::Code(readable(key, MAX_KEY_CHARS)),
            " at ",
            *node,
            ": it hears of each change from now on."
        ],
        Sentence::Watches { node, key, from } => phrase![
            "A client watches ",
            Piece::Code(readable(key, MAX_KEY_CHARS)),
            " at ",
            *node,
            format!(" and wants every change from revision {from} on.")
        ],
        Sentence::KeepsAlive { node, lease } => phrase![
            format!("A client keeps lease {lease:016x} alive at "),
            *node,
            ": its time begins anew every few seconds."
        ],
        Sentence::Watched {
            node,
            changes,
            revision,
        } => phrase![
            *node,
            format!(
                " tells a watcher of {}, up to revision {revision}.",
                changes_text(*changes)
            )
        ],
        Sentence::StreamBroke { node } => phrase![
            "A client's stream to ",
            *node,
            " has broken; it will go on where it stopped."
        ],
        Sentence::StreamEnded { node, error } => {
            phrase!["A client hears no more from ", *node, format!(": {error}")]
        }
        Sentence::Failed {
            node,
            error,
            unknown,
        } => failed(*node, error, *unknown),
        Sentence::Lost {
            from,
            to,
            kind,
            reason,
        } => phrase![
            *from,
            " → ",
            *to,
            format!(": {} {}.", message(Voice::Technical, *kind), lost(*reason))
        ],
        Sentence::Plain(of) => plain(Voice::Technical, of),
    }
}

fn crashed(node: glassraft_core::member::NodeId, led: bool, lost: u64) -> Phrase {
    let what = if led {
        " crashes while it leads"
    } else {
        " crashes"
    };
    let lost = match lost {
        0 => "; its disk keeps everything it promised.".to_owned(),
        lost => format!("; {} had not reached its disk.", entries(lost)),
    };
    phrase![node, what, lost]
}

/// A request that got an error, in either voice.
pub(super) fn failed(node: glassraft_core::member::NodeId, error: &Error, unknown: bool) -> Phrase {
    let known = if unknown {
        "; nobody can say whether it was carried out."
    } else {
        "."
    };
    phrase![
        "The request to ",
        node,
        " failed: ",
        Piece::Code(error.message()),
        known
    ]
}

/// How an answer's sentence ends: whether a transaction's comparisons held.
pub(super) fn held(succeeded: Option<bool>) -> &'static str {
    match succeeded {
        None => ".",
        Some(true) => ": the comparisons held.",
        Some(false) => ": the comparisons did not hold.",
    }
}

/// How many changes a watcher hears of.
pub(super) fn changes_text(count: usize) -> String {
    match count {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    }
}
