//! The small parts of a scenario file: numbers, texts, nodes, lists.

use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::json::{Kind, Value, Writer};
use crate::member::NodeId;
use crate::share::limits::{MAX_GROUPS_OF_ONE, MAX_PEER_URLS};
use crate::world::MAX_NODES;

use super::form::Part;
use super::wrong::Wrong;

/// The largest whole number that every reader of JSON keeps exactly: 2^53 − 1.
const MAX_EXACT: u64 = (1 << 53) - 1;

/// Whatever stands for a node before it is read.
pub(super) const ANY_NODE: NodeId = NodeId::new(1).expect("1 is a number");

/// A whole number from 0 to `most`; `type_name` is what messages call it.
fn whole(value: Value<'_>, most: u64, type_name: &str) -> Result<u64, Wrong> {
    match value.kind() {
        Kind::Number(number) if number <= most => Ok(number),
        Kind::Number(_) | Kind::Negative(_) => Err(Wrong::of_value(value, type_name)),
        _ => Err(Wrong::of_type(value, type_name)),
    }
}

/// A whole number between −`most` − 1 and `most`.
fn signed(value: Value<'_>, most: i64, type_name: &str) -> Result<i64, Wrong> {
    let number = match value.kind() {
        Kind::Number(number) => i64::try_from(number).ok(),
        Kind::Negative(number) => Some(number),
        _ => return Err(Wrong::of_type(value, type_name)),
    };
    number
        .filter(|number| (-most - 1..=most).contains(number))
        .ok_or_else(|| Wrong::of_value(value, type_name))
}

macro_rules! number_part {
    ($type:ident, $wide:ident, $read:ident, $write:ident) => {
        impl Part for $type {
            fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
                let number = $read(value, $wide::from(Self::MAX), stringify!($type))?;
                // It was checked to be within the bounds of the type.
                *self = Self::try_from(number).unwrap_or(Self::MAX);
                Ok(())
            }

            fn write(&mut self, out: &mut Writer) {
                out.$write((*self).into());
            }
        }
    };
}

number_part!(u8, u64, whole, number);
number_part!(u32, u64, whole, number);
number_part!(i32, i64, signed, signed);

impl Part for u64 {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        *self = whole(value, Self::MAX, "u64")?;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.number(*self);
    }
}

impl Part for i64 {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        *self = signed(value, Self::MAX, "i64")?;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.signed(*self);
    }
}

impl Part for bool {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let Kind::Flag(flag) = value.kind() else {
            return Err(Wrong::of_type(value, "a boolean"));
        };
        *self = flag;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.flag(*self);
    }
}

impl Part for String {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let Kind::Text(text) = value.kind() else {
            return Err(Wrong::of_type(value, "a string"));
        };
        *self = text.into_owned();
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.string(self);
    }
}

/// `null` is as good as nothing.
impl<T: Part + Default> Part for Option<T> {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        match value.kind() {
            Kind::Null => *self = None,
            _ => self.get_or_insert_default().read(value)?,
        }
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        match self {
            None => out.null(),
            Some(part) => part.write(out),
        }
    }
}

/// A node: `"n3"`.
impl Part for NodeId {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let expected = || format!("a node, \"n1\" to \"n{MAX_NODES}\"");
        let Kind::Text(name) = value.kind() else {
            return Err(Wrong::of_type(value, &expected()));
        };
        let digits = name
            .strip_prefix('n')
            .filter(|rest| !rest.starts_with(['0', '+']));
        *self = digits
            .and_then(|digits| digits.parse().ok())
            .filter(|number| *number <= MAX_NODES)
            .and_then(Self::new)
            .ok_or_else(|| Wrong::of_value(value, &expected()))?;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.string(&self.to_string());
    }
}

/// A key or a value: text, or `{"base64": "…"}` where it is none.
impl Part for Bytes {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        const ONE: &str = "the one field here is `base64`";
        let mut members = match value.kind() {
            Kind::Text(text) => {
                *self = Self::copy_from_slice(text.as_bytes());
                return Ok(());
            }
            Kind::Object(members) => members,
            _ => return Err(Wrong::of_type(value, "a text, or {\"base64\": \"…\"}")),
        };
        let (Some((name, encoded)), None) = (members.next(), members.next()) else {
            return Err(Wrong::at(value, ONE));
        };
        if name != "base64" {
            return Err(Wrong::at(value, ONE));
        }
        let mut text = String::new();
        text.read(encoded).map_err(|wrong| wrong.inside(&name))?;
        let decoded = STANDARD.decode(text);
        *self = decoded
            .map_err(|error| Wrong::at(value, &error.to_string()))?
            .into();
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        write_text(out, self);
    }
}

/// Writes a key or a value.
pub(in crate::share) fn write_text(out: &mut Writer, bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return out.string(text);
    }
    out.open_object();
    out.string_at("base64", &STANDARD.encode(bytes));
    out.close_object();
}

/// A number of 64 bits. Above 2^53 − 1 it is written as a text of digits, because many
/// readers of JSON would round it.
#[derive(Debug)]
pub(in crate::share) struct Wide<'n>(pub(in crate::share) &'n mut u64);

impl Part for Wide<'_> {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        const EXPECTED: &str =
            "a whole number from 0 to 2^64 - 1, as a number or as digits in a text";
        *self.0 = match value.kind() {
            Kind::Number(number) => number,
            Kind::Text(text) => {
                let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let number = plain.then(|| text.parse().ok()).flatten();
                number.ok_or_else(|| Wrong::of_value(value, EXPECTED))?
            }
            _ => return Err(Wrong::of_type(value, EXPECTED)),
        };
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        if *self.0 <= MAX_EXACT {
            return out.number(*self.0);
        }
        out.string(&self.0.to_string());
    }
}

/// What stands in a list.
pub(super) trait Item: Part + Sized {
    /// The most of them in one list.
    const MOST: usize;

    /// What messages call them.
    const WHAT: &'static str;

    /// Whatever stands for one before it is read.
    fn blank() -> Self;
}

impl Item for NodeId {
    const MOST: usize = MAX_NODES as usize;
    const WHAT: &'static str = "nodes";

    fn blank() -> Self {
        ANY_NODE
    }
}

/// The groups of a partition.
impl Item for Vec<NodeId> {
    const MOST: usize = MAX_GROUPS_OF_ONE;
    const WHAT: &'static str = "groups";

    fn blank() -> Self {
        Self::new()
    }
}

/// The peer addresses of a member.
impl Item for String {
    const MOST: usize = MAX_PEER_URLS;
    const WHAT: &'static str = "peer addresses";

    fn blank() -> Self {
        Self::new()
    }
}

/// A short list. A longer one takes no memory.
impl<T: Item> Part for Vec<T> {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let Kind::List(items) = value.kind() else {
            let expected = format!("a list of at most {} {}", T::MOST, T::WHAT);
            return Err(Wrong::of_type(value, &expected));
        };
        self.clear();
        for (place, item) in items.enumerate() {
            if place == T::MOST {
                return Err(Wrong::of_length(value, T::MOST, T::WHAT));
            }
            let mut part = T::blank();
            part.read(item).map_err(|wrong| wrong.in_list(place))?;
            self.push(part);
        }
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.open_list();
        for part in self {
            part.write(out);
        }
        out.close_list();
    }
}
