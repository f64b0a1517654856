//! Tokens, by which a member knows who asks (`auth/simple_token.go`).
//!
//! A client proves who it is once, through the log, and shows the token that it gets for it
//! with everything that it asks from then on. All members that apply the proof know the
//! token; a member that starts again has forgotten it, and etcd's client asks for another.

use std::collections::VecDeque;

use super::Micros;

/// How long a token is known after it was last shown, in µs (`simpleTokenTTLDefault`).
const TOKEN_US: Micros = 300_000_000;

/// The most tokens that a member knows; then the oldest is forgotten. (etcd has no limit.)
const MAX_TOKENS: usize = 1_000;

/// How many letters a token begins with (`defaultSimpleTokenLength`).
const LETTERS: usize = 16;

#[derive(Debug)]
struct Token {
    text: String,
    username: String,
    expires_at: Micros,
}

/// The tokens that a member knows.
#[derive(Debug, Default)]
pub(super) struct Tokens(VecDeque<Token>);

/// The letters that a token begins with, as a function of a number.
pub(super) fn letters(mut number: u64, mix: impl Fn(u64) -> u64) -> String {
    let mut text = String::new();
    while text.len() < LETTERS {
        number = mix(number);
        let place = u8::try_from(number % 52).unwrap_or(0);
        let first = if place < 26 { b'A' } else { b'a' - 26 };
        text.push(char::from(first + place));
    }
    text
}

/// The index of the entry that a token was written by; `None` if it is no token.
pub(super) fn index_of(token: &str) -> Option<u64> {
    let (letters, index) = token.split_once('.')?;
    let is_token = !letters.is_empty() && !index.contains('.');
    index.parse().ok().filter(|_| is_token)
}

impl Tokens {
    /// From now on a token stands for a user.
    pub(super) fn assign(&mut self, now: Micros, text: String, username: String) {
        if self.0.len() >= MAX_TOKENS {
            self.0.pop_front();
        }
        self.0.push_back(Token {
            text,
            username,
            expires_at: now + TOKEN_US,
        });
    }

    /// The user that a token stands for. It stands for him for longer by being shown.
    pub(super) fn show(&mut self, now: Micros, text: &str) -> Option<&str> {
        self.0.retain(|token| token.expires_at > now);
        let token = self.0.iter_mut().find(|token| token.text == text)?;
        token.expires_at = now + TOKEN_US;
        Some(&token.username)
    }

    /// A user has to prove anew who he is.
    pub(super) fn forget_user(&mut self, username: &str) {
        self.0.retain(|token| token.username != username);
    }

    /// Nobody is asked for a token any more.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{Tokens, index_of, letters};

    #[test]
    fn a_token_is_letters_and_an_index() {
        let text = letters(7, |number| {
            number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number >> 29
        });
        assert_eq!(text.len(), 16);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphabetic()));
        assert_eq!(index_of(&format!("{text}.35")), Some(35));
        for wrong in ["", "abc", ".3", "abc.", "abc.x", "a.3.4"] {
            assert_eq!(index_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_lives_for_five_minutes_after_its_last_use() {
        let mut tokens = Tokens::default();
        tokens.assign(0, "a.1".to_owned(), "alice".to_owned());
        assert_eq!(tokens.show(299_999_999, "a.1"), Some("alice"));
        assert_eq!(tokens.show(599_999_998, "a.1"), Some("alice"));
        assert_eq!(tokens.show(899_999_998, "a.1"), None);
        tokens.assign(0, "b.2".to_owned(), "bob".to_owned());
        tokens.forget_user("alice");
        assert_eq!(tokens.show(1, "b.2"), Some("bob"));
        tokens.forget_user("bob");
        assert_eq!(tokens.show(1, "b.2"), None);
    }
}
