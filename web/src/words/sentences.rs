//! The narrator's sentences in English, in both voices.

use glassraft_core::etcd::Error;
use glassraft_core::lesson::{Sentence, Share, Subject};
use glassraft_core::member::Halt;

use super::en_acts as acts;
use super::en_members as members;
use super::phrase::{Phrase, Piece, phrase};
use super::{Voice, readable};

/// The most characters of a key in a sentence.
const MAX_KEY_CHARS: usize = 24;

/// A sentence in a voice.
pub(super) fn sentence(voice: Voice, sentence: &Sentence) -> Phrase {
    match voice {
        Voice::Technical => technical(sentence),
        Voice::Library => library(sentence),
    }
}

/// An entry or a request as it would be typed.
fn typed(subject: &Subject) -> Piece {
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

fn card(subject: &Subject) -> Vec<Piece> {
    let key = |key: &[u8]| Piece::Code(readable(key, MAX_KEY_CHARS));
    match subject {
        Subject::Empty => vec![Piece::from("the opening card of the tenure")],
        Subject::Put(of) => vec![Piece::from("a card for "), key(of)],
        Subject::Delete(of) => vec![Piece::from("the removal of "), key(of)],
        Subject::Range(of) => vec![Piece::from("what stands under "), key(of)],
        Subject::Txn(of) => vec![
            Piece::from("several things at once, on a condition, with "),
            key(of),
        ],
        Subject::Compaction(revision) => vec![Piece::from(format!(
            "throwing out what stood in the catalog before revision {revision}"
        ))],
        Subject::Grant(ttl) => vec![Piece::from(format!("a loan of {ttl} seconds"))],
        Subject::Revoke(lease) => vec![Piece::from(format!("the end of the loan {lease:016x}"))],
        Subject::Alarm(false) => vec![Piece::from("an alarm")],
        Subject::Alarm(true) => vec![Piece::from("the end of an alarm")],
        Subject::Call(name) => vec![Piece::Code((*name).to_owned())],
        Subject::Members => vec![Piece::from("the list of librarians")],
    }
}

fn then(start: Phrase, middle: Vec<Piece>, end: Phrase) -> Phrase {
    Phrase([start.0, middle, end.0].concat())
}

fn entries(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    }
}

/// How many votes a candidate has of those that it needs.
fn needed(votes: Share, outgoing: Option<Share>, name: &str) -> String {
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
        Sentence::Lost { from, to, .. } => {
            phrase!["A message from ", *from, " to ", *to, " is lost."]
        }
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

fn failed(node: glassraft_core::member::NodeId, error: &Error, unknown: bool) -> Phrase {
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

fn library(sentence: &Sentence) -> Phrase {
    match sentence {
        Sentence::Began { nodes } => phrase![format!(
            "{nodes} assistants open the library. There is no head librarian yet: whoever loses patience first will stand for the post."
        )],
        Sentence::StandsForElection { node, term } => phrase![
            *node,
            format!(
                " has heard from no head librarian for too long and stands for the post, tenure {term}."
            )
        ],
        Sentence::Voted {
            node,
            candidate,
            votes,
            outgoing,
            ..
        } => phrase![
            *node,
            " raises a hand for ",
            *candidate,
            format!(": {}.", needed(*votes, *outgoing, "hands"))
        ],
        Sentence::RefusedVote {
            node,
            candidate,
            term,
        } => phrase![
            *node,
            " shakes its head at ",
            *candidate,
            format!(" for tenure {term}.")
        ],
        Sentence::AsksAhead { node, term } => phrase![
            *node,
            format!(
                " misses the head librarian and asks around who would want it for tenure {term}."
            )
        ],
        Sentence::LostMajority { node } => phrase![
            *node,
            " hears from too few assistants to go on as head librarian."
        ],
        Sentence::Elected { node, term } => {
            phrase![*node, format!(" is the head librarian of tenure {term}.")]
        }
        Sentence::SteppedDown {
            node,
            led: true,
            term,
        } => phrase![
            *node,
            format!(" hands the keys back and assists in tenure {term}.")
        ],
        Sentence::SteppedDown { node, term, .. } => phrase![
            *node,
            format!(" stands no longer and assists in tenure {term}.")
        ],
        Sentence::Crashed {
            node,
            led,
            lost_entries,
        } => library_crashed(*node, *led, *lost_entries),
        Sentence::Restarted { node, last: 0 } => {
            phrase![*node, " is back at the desk with an empty drawer."]
        }
        Sentence::Restarted { node, last } => phrase![
            *node,
            format!(" is back at the desk; the last card in its drawer is number {last}.")
        ],
        Sentence::Halted { node, reason } => phrase![*node, library_halted(*reason)],
        Sentence::Configured {
            node,
            configuration,
        } => members::library_configured(*node, configuration),
        Sentence::Compacted {
            node,
            snapshot,
            first,
        } => phrase![
            *node,
            format!(
                " has copied its catalog up to card {snapshot}; its drawer begins at card {first} now."
            )
        ],
        Sentence::Restored {
            node,
            index,
            own: true,
        } => phrase![
            *node,
            format!(" opens its own copy of the catalog, complete up to card {index}.")
        ],
        Sentence::Restored { node, index, .. } => phrase![
            *node,
            format!(
                " was too far behind: the head librarian sends the whole catalog up to card {index}."
            )
        ],
        Sentence::Acted { action } => acts::acted(Voice::Library, action),
        Sentence::Requested {
            node,
            subject,
            down,
        } => {
            let end = if *down {
                ", but the desk is empty."
            } else {
                "."
            };
            then(
                phrase!["A reader asks ", *node, " for "],
                card(subject),
                phrase![end],
            )
        }
        Sentence::Proposed {
            node,
            index,
            subject,
        } => then(
            phrase![*node, format!(" writes card {index}, ")],
            card(subject),
            phrase![", and sends copies to all assistants."],
        ),
        Sentence::Stored {
            node,
            index,
            copies: Share { count, of },
        } => phrase![
            *node,
            format!(" has put card {index} into its drawer: {count} of {of} drawers have it.")
        ],
        Sentence::Overwrote { node, from } => phrase![
            *node,
            format!(" throws its cards from number {from} on away: the head librarian has others.")
        ],
        Sentence::Committed {
            node,
            index,
            subject,
        } => then(
            phrase![format!("Card {index}, ")],
            card(subject),
            phrase![", counts: ", *node, " knows that most drawers have it."],
        ),
        Sentence::CaughtUp { node, index } => phrase![
            *node,
            format!(" has caught up: its catalog is complete up to card {index}.")
        ],
        Sentence::Answered {
            node,
            revision,
            succeeded,
        } => phrase![
            *node,
            format!(
                " answers its reader; the catalog is at revision {revision}{}",
                held(*succeeded)
            )
        ],
        Sentence::LeaseExpired { node, lease, index } => phrase![
            *node,
            format!(
                ", the head librarian, has counted: the loan {lease:016x} is over. Card {index} ends it, and all that was lent under it goes."
            )
        ],
        Sentence::Watches { node, key, from } => phrase![
            "A reader waits at ",
            *node,
            " for news of ",
            Piece::Code(readable(key, MAX_KEY_CHARS)),
            match from {
                0 => ".".to_owned(),
                from => format!(", from revision {from} on."),
            }
        ],
        Sentence::KeepsAlive { node, lease } => phrase![
            "A reader comes to ",
            *node,
            format!(" again and again, to have the loan {lease:016x} renewed.")
        ],
        Sentence::Watched {
            node,
            changes,
            revision,
        } => phrase![
            *node,
            format!(
                " calls out {} to a reader who waits, up to revision {revision}.",
                changes_text(*changes)
            )
        ],
        Sentence::StreamBroke { node } => phrase![
            "A reader at ",
            *node,
            " hears nothing more; it will ask on from where it stopped."
        ],
        Sentence::StreamEnded { node, error } => {
            phrase!["A reader leaves ", *node, format!(": {error}")]
        }
        Sentence::Failed {
            node,
            error,
            unknown,
        } => failed(*node, error, *unknown),
        Sentence::Lost { from, to, .. } => {
            phrase!["A note from ", *from, " to ", *to, " is lost on the way."]
        }
    }
}

fn library_halted(reason: Halt) -> &'static str {
    match reason {
        Halt::Removed => " is no librarian here any more, and leaves.",
        Halt::DiskFull => " has no room for another card, and closes its desk.",
        Halt::LogLost => " closes its desk: cards that it had signed for are gone.",
    }
}

fn library_crashed(node: glassraft_core::member::NodeId, led: bool, lost: u64) -> Phrase {
    let what = if led {
        ", the head librarian, collapses"
    } else {
        " collapses"
    };
    let lost = match lost {
        0 => "; every card it vouched for is safe in its drawer.".to_owned(),
        1 => "; one card had not reached its drawer.".to_owned(),
        lost => format!("; {lost} cards had not reached its drawer."),
    };
    phrase![node, what, lost]
}

/// How an answer's sentence ends: whether a transaction's comparisons held.
fn held(succeeded: Option<bool>) -> &'static str {
    match succeeded {
        None => ".",
        Some(true) => ": the comparisons held.",
        Some(false) => ": the comparisons did not hold.",
    }
}

fn changes_text(count: usize) -> String {
    match count {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    }
}
