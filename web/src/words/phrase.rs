//! Sentences in pieces, so that names and typed text look the same in every language.

use glassraft_core::member::NodeId;
use yew::prelude::*;

/// A part of a phrase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// Words.
    Text(String),
    /// A node's name.
    Node(NodeId),
    /// Something as it is typed or stored.
    Code(String),
}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<NodeId> for Piece {
    fn from(node: NodeId) -> Self {
        Self::Node(node)
    }
}

/// Some words, with what they name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Phrase(pub(crate) Vec<Piece>);

impl Phrase {
    /// The words alone.
    pub(crate) fn text(&self) -> String {
        let texts = self.0.iter().map(|piece| match piece {
            Piece::Text(text) | Piece::Code(text) => text.clone(),
            Piece::Node(node) => node.to_string(),
        });
        texts.collect()
    }

    /// The words as they are shown.
    pub(crate) fn html(&self) -> Html {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => html! { <>{ text }</> },
            Piece::Node(node) => html! { <b class="node-name">{ node.to_string() }</b> },
            Piece::Code(text) => html! { <code>{ text }</code> },
        });
        pieces.collect()
    }
}

/// Puts pieces together.
macro_rules! phrase {
    ($($piece:expr),+ $(,)?) => {
        $crate::words::Phrase(vec![$($crate::words::Piece::from($piece)),+])
    };
}

pub(super) use phrase;
