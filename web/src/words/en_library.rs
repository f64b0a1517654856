//! The narrator's sentences in English, in the words of the library.

use glassraft_core::lesson::{Sentence, Share, Subject};
use glassraft_core::member::{Halt, NodeId};

use super::en_acts as acts;
use super::en_events::plain;
use super::en_members as members;
use super::en_stage::{lost, message};
use super::phrase::{Phrase, Piece, phrase};
use super::sentences::{MAX_KEY_CHARS, changes_text, failed, held, needed};
use super::{Voice, readable};

/// What a card is about.
pub(super) fn card(subject: &Subject) -> Vec<Piece> {
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

/// A sentence of the library's voice.
pub(super) fn sentence(sentence: &Sentence) -> Phrase {
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
        } => crashed(*node, *led, *lost_entries),
        Sentence::Restarted { node, last: 0 } => {
            phrase![*node, " is back at the desk with an empty drawer."]
        }
        Sentence::Restarted { node, last } => phrase![
            *node,
            format!(" is back at the desk; the last card in its drawer is number {last}.")
        ],
        Sentence::Halted { node, reason } => phrase![*node, halted(*reason)],
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
        Sentence::Lost {
            from,
            to,
            kind,
            reason,
        } => phrase![
            *from,
            " → ",
            *to,
            format!(
                ": a note ({}) {}.",
                message(Voice::Library, *kind),
                lost(*reason)
            )
        ],
        Sentence::Plain(of) => plain(Voice::Library, of),
    }
}

fn halted(reason: Halt) -> &'static str {
    match reason {
        Halt::Removed => " is no librarian here any more, and leaves.",
        Halt::DiskFull => " has no room for another card, and closes its desk.",
        Halt::LogLost => " closes its desk: cards that it had signed for are gone.",
    }
}

fn crashed(node: NodeId, led: bool, lost: u64) -> Phrase {
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
