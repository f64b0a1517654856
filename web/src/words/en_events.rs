//! English: what an event says by itself, in either voice.

use glassraft_core::lesson::{Deed, Plain};
use glassraft_core::member::NodeId;
use glassraft_core::world::{MessageKind, Packet};

use super::Voice;
use super::en_library::card;
use super::en_stage::message;
use super::numbers::seconds;
use super::phrase::{Phrase, Piece, phrase};
use super::sentences::typed;

/// An event in a sentence.
pub(super) fn plain(voice: Voice, plain: &Plain) -> Phrase {
    let client = word(voice, "A client", "A reader");
    match plain {
        // Who gets it comes first: the end of a long line is not seen in a list.
        Plain::Sent(packet) => phrase![
            packet.from,
            " sends ",
            packet.to,
            format!(" {}.", mail(voice, packet))
        ],
        Plain::Received(packet) => phrase![
            packet.to,
            format!(" gets {} from ", mail(voice, packet)),
            packet.from,
            "."
        ],
        Plain::Rerouted(node, at) => phrase![
            word(voice, "A message to ", "A note to "),
            *node,
            match at {
                Some(at) => format!(" is to arrive at {} s.", seconds(*at, 3)),
                None => " is held on its way.".to_owned(),
            }
        ],
        Plain::Said(node) => phrase![client, " speaks to ", *node, " on its stream."],
        Plain::Heard(node) => phrase![client, " hears from ", *node, " on its stream."],
        Plain::Closed(node) => phrase![client, " ends its stream at ", *node, "."],
        Plain::Node(node, deed) => {
            let mut phrase = done(voice, *node, deed);
            phrase.0.insert(0, Piece::Node(*node));
            phrase
        }
    }
}

fn word(voice: Voice, technical: &'static str, library: &'static str) -> &'static str {
    match voice {
        Voice::Technical => technical,
        Voice::Library => library,
    }
}

/// What a message is, with its article.
fn mail(voice: Voice, packet: &Packet) -> String {
    let Packet {
        kind,
        reject,
        term,
        index,
        entries,
        ..
    } = *packet;
    let entry = word(voice, "entry", "card");
    match kind {
        MessageKind::Append if entries > 0 => {
            numbered(voice, (index + 1).into(), (index + entries).into())
        }
        MessageKind::AppendAnswer if reject => {
            format!("word that it has no such {entry} {index}")
        }
        MessageKind::AppendAnswer => {
            let receipt = word(voice, "an acknowledgement", "a receipt");
            format!("{receipt} up to {entry} {index}")
        }
        MessageKind::Vote | MessageKind::PreVote if reject => {
            word(voice, "a refusal", "a shake of the head").to_owned()
        }
        MessageKind::VoteRequest | MessageKind::PreVoteRequest if voice == Voice::Technical => {
            format!("a {} for term {term}", message(voice, kind))
        }
        MessageKind::TimeoutNow if voice == Voice::Technical => {
            "word to stand for election at once".to_owned()
        }
        MessageKind::TransferLeader if voice == Voice::Technical => {
            "a request to hand the leadership over".to_owned()
        }
        MessageKind::ReadIndex if voice == Voice::Technical => {
            "the question how far to read".to_owned()
        }
        MessageKind::ReadIndexAnswer if voice == Voice::Technical => {
            format!("word to read as of {entry} {index}")
        }
        _ => match (voice, message(voice, kind)) {
            (Voice::Technical, name) if name.starts_with('a') => format!("an {name}"),
            (Voice::Technical, name) => format!("a {name}"),
            (Voice::Library, name) => format!("a note ({name})"),
        },
    }
}

/// Entries from one index to another.
fn numbered(voice: Voice, first: u64, last: u64) -> String {
    match first == last {
        true => format!("{} {first}", word(voice, "entry", "card")),
        false => {
            let entries = word(voice, "entries", "cards");
            format!("{entries} {first} to {last}")
        }
    }
}

/// What a node did, behind its name.
fn done(voice: Voice, node: NodeId, deed: &Deed) -> Phrase {
    let entry = word(voice, "entry", "card");
    let term = word(voice, "term", "tenure");
    match deed {
        Deed::Start(number) => {
            let starts = word(voice, "starts", "opens its desk");
            phrase![format!(" {starts} in {term} {number}.")]
        }
        Deed::Crash => phrase![word(voice, " crashes.", " collapses.")],
        Deed::ElectionTimeout => phrase![word(
            voice,
            " has heard from no leader for its election timeout.",
            " has heard from no head librarian for too long."
        )],
        Deed::HeartbeatTimeout => phrase![word(
            voice,
            " is due to send its next heartbeats.",
            " has to say again that it is here."
        )],
        Deed::SetTimer(at) => {
            let waits = word(
                voice,
                "starts its election timer anew; it runs out at",
                "waits for the head librarian until",
            );
            phrase![format!(" {waits} {} s.", seconds(*at, 3))]
        }
        Deed::Follow(leader, number) => follow(voice, *leader, format!(" in {term} {number}.")),
        Deed::Vote(candidate, number) => {
            let votes = word(voice, " votes for ", " raises a hand for ");
            let end = format!(" in {term} {number}.");
            match *candidate == node {
                true => phrase![votes, format!("itself{end}")],
                false => phrase![votes, *candidate, end],
            }
        }
        Deed::Append(first, last, subject) => {
            let mut all = vec![Piece::from(format!(
                " writes {}",
                numbered(voice, *first, *last)
            ))];
            if first == last {
                all.push(Piece::from(" ("));
                match voice {
                    Voice::Technical => all.push(typed(subject)),
                    Voice::Library => all.extend(card(subject)),
                }
                all.push(Piece::from(")"));
            }
            all.push(Piece::from(word(voice, " into its log.", ".")));
            Phrase(all)
        }
        // There is no entry yet.
        Deed::Sync(0) => phrase![word(
            voice,
            " has its term and vote on its disk.",
            " has tenure and vote noted in its drawer."
        )],
        Deed::Sync(index) => {
            let disk = word(voice, "on its disk", "in its drawer");
            phrase![format!(" has everything up to {entry} {index} {disk}.")]
        }
        Deed::LearnCommit(index) => {
            let counts = word(voice, "is committed", "counts");
            phrase![format!(
                " knows that everything up to {entry} {index} {counts}."
            )]
        }
        Deed::Apply(index, revision) => {
            let revision = match revision {
                Some(revision) => format!(": its catalog is at revision {revision}."),
                None => ".".to_owned(),
            };
            let applies = word(voice, "applies", "deals with");
            phrase![format!(" {applies} {entry} {index}{revision}")]
        }
        Deed::CountLeases(count) => {
            let leases = word(voice, "leases", "loans");
            phrase![format!(
                " counts the time that its {leases} have left: {count} of them."
            )]
        }
        Deed::Load(index) => phrase![format!(
            " has its catalog from a snapshot, up to {entry} {index}."
        )],
    }
}

fn follow(voice: Voice, leader: Option<NodeId>, end: String) -> Phrase {
    match leader {
        Some(leader) => phrase![word(voice, " follows ", " assists "), leader, end],
        None => phrase![
            word(voice, " follows nobody yet", " assists nobody yet"),
            end
        ],
    }
}
