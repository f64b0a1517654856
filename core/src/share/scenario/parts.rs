//! The small parts of a scenario file: nodes, texts, large numbers.

use std::fmt;

use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::member::NodeId;
use crate::share::limits::{MAX_GROUPS_OF_ONE, MAX_PEER_URLS};
use crate::world::MAX_NODES;

/// The largest whole number that every reader of JSON keeps exactly: 2^53 − 1.
const MAX_EXACT: u64 = (1 << 53) - 1;

/// A node: `"n3"`.
#[derive(Clone, Copy, Debug)]
pub(in crate::share) struct Node(pub(in crate::share) NodeId);

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a node, \"n1\" to \"n{MAX_NODES}\"")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Node, E> {
                let digits = name
                    .strip_prefix('n')
                    .filter(|rest| !rest.starts_with(['0', '+']));
                digits
                    .and_then(|digits| digits.parse().ok())
                    .filter(|number| *number <= MAX_NODES)
                    .and_then(NodeId::new)
                    .map(Node)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(name), &self))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// A key or a value: text, or `{"base64": "…"}` where it is none.
#[derive(Clone, Debug, Default)]
pub(in crate::share) struct Text(pub(in crate::share) Bytes);

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Ok(text) = std::str::from_utf8(&self.0) {
            return serializer.serialize_str(text);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("base64", &STANDARD.encode(&self.0))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or {\"base64\": \"…\"}")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(Bytes::copy_from_slice(text.as_bytes())))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
                let name: Option<String> = map.next_key()?;
                if name.as_deref() != Some("base64") {
                    return Err(A::Error::custom("the one field here is `base64`"));
                }
                let encoded: String = map.next_value()?;
                if map.next_key::<String>()?.is_some() {
                    return Err(A::Error::custom("the one field here is `base64`"));
                }
                let bytes = STANDARD.decode(encoded).map_err(A::Error::custom)?;
                Ok(Text(bytes.into()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A number of 64 bits. Above 2^53 − 1 it is written as a text of digits, because many
/// readers of JSON would round it.
#[derive(Clone, Copy, Debug)]
pub(in crate::share) struct Wide(pub(in crate::share) u64);

impl Serialize for Wide {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= MAX_EXACT {
            return serializer.serialize_u64(self.0);
        }
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Wide {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Wide;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 0 to 2^64 - 1, as a number or as digits in a text")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Wide, E> {
                Ok(Wide(number))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Wide, E> {
                let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let number = plain.then(|| text.parse().ok()).flatten();
                let wrong = || E::invalid_value(serde::de::Unexpected::Str(text), &self);
                number.map(Wide).ok_or_else(wrong)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Whether a field has its default, and is not written.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Whether a text is empty, and is not written.
pub(super) fn is_empty(text: &Text) -> bool {
    text.0.is_empty()
}

/// A short list of nodes.
#[derive(Clone, Debug, Default)]
pub(in crate::share) struct Nodes(pub(in crate::share) Vec<NodeId>);

impl Serialize for Nodes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().copied().map(Node))
    }
}

impl<'de> Deserialize<'de> for Nodes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let nodes: Vec<Node> = few(deserializer, MAX_NODES.into(), "nodes")?;
        Ok(Self(nodes.into_iter().map(|node| node.0).collect()))
    }
}

/// The groups of a partition.
#[derive(Clone, Debug, Default)]
pub(in crate::share) struct Groups(pub(in crate::share) Vec<Vec<NodeId>>);

impl Serialize for Groups {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().cloned().map(Nodes))
    }
}

impl<'de> Deserialize<'de> for Groups {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let groups: Vec<Nodes> = few(deserializer, MAX_GROUPS_OF_ONE, "groups")?;
        Ok(Self(groups.into_iter().map(|group| group.0).collect()))
    }
}

/// The peer addresses of a member.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::share) struct Urls(pub(in crate::share) Vec<String>);

impl<'de> Deserialize<'de> for Urls {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        few(deserializer, MAX_PEER_URLS, "peer addresses").map(Self)
    }
}

/// Reads a list of at most `most` things; a longer one takes no memory.
fn few<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    most: usize,
    what: &'static str,
) -> Result<Vec<T>, D::Error> {
    struct Few<T> {
        most: usize,
        what: &'static str,
        list: Vec<T>,
    }
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Few<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {} {}", self.most, self.what)
        }

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Vec<T>, A::Error> {
            while let Some(item) = seq.next_element()? {
                if self.list.len() == self.most {
                    return Err(A::Error::invalid_length(self.most + 1, &self));
                }
                self.list.push(item);
            }
            Ok(self.list)
        }
    }
    deserializer.deserialize_seq(Few {
        most,
        what,
        list: Vec::new(),
    })
}
