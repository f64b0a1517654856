//! What is worth saying about a run: data over the floors above.
//!
//! A [`Narrator`] reads the events and picks those that deserve a sentence. It names them
//! as [`Sentence`]s with their parts and says nothing in any language: the words, and the
//! voice that they are said in, belong to whoever shows them.

mod narration;
mod sentence;

pub use narration::Narrator;
pub use sentence::{Sentence, Share, Subject};
