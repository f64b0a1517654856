//! What is worth saying about a run: data over the floors above.
//!
//! A [`Narrator`] reads the events and picks those that deserve a sentence. It names them
//! as [`Sentence`]s with their parts and says nothing in any language: the words, and the
//! voice that they are said in, belong to whoever shows them. [`plain()`] has a sentence for
//! any event, for lists.

mod narration;
mod plain;
mod sentence;

pub use narration::Narrator;
pub use plain::plain;
pub use sentence::{Deed, Plain, Sentence, Share, Subject};
