//! Reading a condition from words.

use crate::member::{RequestId, Role};

use super::super::quantity;
use super::super::words::{Refusal, Words};
use super::kinds::{Condition, On, STATES};
use super::number::{Comparison, NUMBERS, Number};

/// The most conditions that one line may join with `and`.
const MAX_CONDITIONS: usize = 32;

const ROLES: [Role; 4] = [
    Role::Follower,
    Role::PreCandidate,
    Role::Candidate,
    Role::Leader,
];

impl Condition {
    /// Reads a condition, and leaves the words behind it.
    pub(in super::super) fn parse(words: &mut Words<'_>) -> Result<Self, Refusal> {
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
            "event" => {
                let is = words.parse(COMPARISON, Comparison::parse)?;
                let number = words.parse("the number of an event", |word| word.parse().ok())?;
                Ok(Self::Event(is, number))
            }
            "time" => {
                let is = words.parse(COMPARISON, Comparison::parse)?;
                let time = "a time with its unit, such as 500ms, 3s or 1m";
                Ok(Self::Time(is, words.parse(time, quantity::moment_us)?))
            }
            "no" => match words.peek() {
                Some("leader") => {
                    words.next();
                    Ok(Self::NoLeader)
                }
                Some("promise") => {
                    parse_broken(words)?;
                    Ok(Self::Not(Box::new(Self::Broken)))
                }
                _ => Err(words.expected("`leader' or `promise is broken', as in `no leader'")),
            },
            "a" => {
                parse_broken(words)?;
                Ok(Self::Broken)
            }
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
        // As one says it: the commit index.
        if what.is_index() {
            words.take("index");
        }
        Ok(Self::Number {
            what,
            is: words.parse(COMPARISON, Comparison::parse)?,
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
}

/// The words behind `a' or `no' in `a promise is broken'.
fn parse_broken(words: &mut Words<'_>) -> Result<(), Refusal> {
    for word in ["promise", "is", "broken"] {
        if !words.take(word) {
            let what = format!("`{word}', as in `a promise is broken'");
            return Err(words.expected(&what));
        }
    }
    Ok(())
}

const COMPARISON: &str = "a comparison; those are =, !=, >, >=, < and <=";

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
