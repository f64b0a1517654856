//! Requests of the JSON gateway read: JSON becomes protobuf bytes.

use std::borrow::Cow;
use std::fmt;

use base64::DecodeError;
use base64::alphabet;
use base64::engine::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, PAD};
use prost::encoding::encode_varint;

use crate::json::{Kind, Value};

use super::schema::{Field, Message, Names, Type};

/// Go's `base64.StdEncoding`: padded, and not minding the last bits before the padding.
const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    PAD.with_decode_allow_trailing_bits(true),
);

/// Why a text is no request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The way to what is wrong, as `success[0].request_put.key`; empty for all of it.
    pub place: String,
    /// What is wrong, in the words of etcd's gateway where it has some.
    pub what: String,
}

impl Problem {
    pub(super) fn new(what: &str) -> Self {
        Self {
            place: String::new(),
            what: what.to_owned(),
        }
    }

    fn inside(mut self, name: &str) -> Self {
        if !self.place.is_empty() && !self.place.starts_with('[') {
            self.place.insert(0, '.');
        }
        self.place.insert_str(0, name);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.is_empty() {
            true => f.write_str(&self.what),
            false => write!(f, "{}: {}", self.place, self.what),
        }
    }
}

impl std::error::Error for Problem {}

/// What becomes of a field that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// As the gateway has it.
    PassedOver,
    /// As files have it.
    Refused,
}

fn unknown_field(name: &str) -> Problem {
    Problem::new(&format!("unknown field `{}`", beginning(name)))
}

impl Message {
    /// The bytes of the message that a text is.
    ///
    /// # Errors
    /// The text is no JSON, or something in it has another type than its field.
    pub fn read(&self, text: &str) -> Result<Vec<u8>, Problem> {
        let value = Value::parse(text).map_err(|problem| Problem::new(&problem.to_string()))?;
        self.read_value(value, Unknown::PassedOver)
    }

    /// The bytes of the message that a value is.
    pub(crate) fn read_value(
        &self,
        value: Value<'_>,
        unknown: Unknown,
    ) -> Result<Vec<u8>, Problem> {
        let members = match value.kind() {
            Kind::Object(members) => members,
            Kind::Null => return Ok(Vec::new()),
            _ => return Err(of_type(value, "map[string]json.RawMessage")),
        };
        let mut fields: Vec<(u16, Vec<u8>)> = Vec::new();
        for (name, value) in members {
            let Some(field) = self.0.iter().find(|field| field.is_called(&name)) else {
                match unknown {
                    Unknown::PassedOver => continue,
                    Unknown::Refused => return Err(unknown_field(&name)),
                }
            };
            let mut bytes = Vec::new();
            let read = field.read(value, unknown, &mut bytes);
            read.map_err(|problem| problem.inside(field.name))?;
            fields.retain(|(known, _)| *known != field.number);
            fields.push((field.number, bytes));
        }
        Ok(fields.into_iter().flat_map(|(_, bytes)| bytes).collect())
    }
}

impl Field {
    /// Whether a name is the field's, or the one that protobuf makes of it for JSON: without
    /// `_`, and with a capital after it.
    fn is_called(&self, name: &str) -> bool {
        if name == self.name {
            return true;
        }
        let mut rest = name.chars();
        let mut words = self.name.split('_');
        let first = words.next().into_iter().flat_map(str::chars);
        let others = words.flat_map(|word| {
            let mut chars = word.chars();
            let capital = chars.next().map(|first| first.to_ascii_uppercase());
            capital.into_iter().chain(chars)
        });
        first
            .chain(others)
            .all(|wanted| rest.next() == Some(wanted))
            && rest.next().is_none()
    }

    /// Encodes what a value says, once for each that stands in a list.
    fn read(&self, value: Value<'_>, unknown: Unknown, out: &mut Vec<u8>) -> Result<(), Problem> {
        match value.kind() {
            Kind::Null => {}
            Kind::List(items) if self.is_list => {
                for (place, item) in items.enumerate() {
                    let read = self.read_one(item, unknown, out);
                    read.map_err(|problem| problem.inside(&format!("[{place}]")))?;
                }
            }
            _ if self.is_list => return Err(of_type(value, "[]json.RawMessage")),
            _ => self.read_one(value, unknown, out)?,
        }
        Ok(())
    }

    fn read_one(
        &self,
        value: Value<'_>,
        unknown: Unknown,
        out: &mut Vec<u8>,
    ) -> Result<(), Problem> {
        let number = match self.kind {
            Type::Message(message) => {
                return self.put(out, &message.read_value(value, unknown)?);
            }
            Type::String => return self.put(out, text(value, "string")?.as_bytes()),
            Type::Bytes => return self.put(out, &decoded(&text(value, "[]uint8")?)?),
            Type::Bool => match value.kind() {
                Kind::Flag(flag) => flag.into(),
                _ => return Err(of_type(value, "bool")),
            },
            Type::Int64 => whole::<i64>(value, "int64")?.cast_unsigned(),
            Type::Uint64 => whole(value, "uint64")?,
            Type::Uint32 => whole::<u32>(value, "uint32")?.into(),
            Type::Enum(names) => i64::from(names.read(value)?).cast_unsigned(),
        };
        encode_varint(u64::from(self.number) << 3, out);
        encode_varint(number, out);
        Ok(())
    }

    fn put(&self, out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Problem> {
        const BYTES: u64 = 2;
        encode_varint(u64::from(self.number) << 3 | BYTES, out);
        encode_varint(bytes.len() as u64, out);
        out.extend_from_slice(bytes);
        Ok(())
    }
}

impl Names {
    fn read(&self, value: Value<'_>) -> Result<i32, Problem> {
        let Kind::Text(name) = value.kind() else {
            return whole(value, self.name);
        };
        let place = self.values.iter().position(|known| *known == name);
        let number = place.and_then(|place| i32::try_from(place).ok());
        number.ok_or_else(|| {
            let name = beginning(&name);
            Problem::new(&format!("unknown value {name:?} for enum {}", self.name))
        })
    }
}

fn text<'a>(value: Value<'a>, type_name: &str) -> Result<Cow<'a, str>, Problem> {
    match value.kind() {
        Kind::Text(text) => Ok(text),
        // In a list; elsewhere it was passed over.
        Kind::Null => Ok(Cow::Borrowed("")),
        _ => Err(of_type(value, type_name)),
    }
}

/// The bytes of a base64 text. Ends of lines in it are passed over, as Go's decoder does.
fn decoded(text: &str) -> Result<Vec<u8>, Problem> {
    let plain: String = text.chars().filter(|one| !"\r\n".contains(*one)).collect();
    STANDARD.decode(plain).map_err(|error| {
        let at = match error {
            DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol { offset: at, .. } => {
                at
            }
            // Where the group begins that is not complete.
            DecodeError::InvalidLength(length) => length / 4 * 4,
            DecodeError::InvalidPadding => text.len() / 4 * 4,
        };
        Problem::new(&format!("illegal base64 data at input byte {at}"))
    })
}

/// A whole number, as it is or in a text.
fn whole<N: std::str::FromStr>(value: Value<'_>, type_name: &str) -> Result<N, Problem> {
    let inside = match value.kind() {
        Kind::Text(text) => text,
        Kind::Number(_) | Kind::Negative(_) | Kind::Fraction(_) => Cow::Borrowed(value.source()),
        _ => return Err(of_type(value, type_name)),
    };
    // A text holds what could stand there without its quotes.
    let number = Value::parse(&inside).map_err(|problem| Problem::new(&problem.to_string()))?;
    match number.kind() {
        Kind::Number(_) | Kind::Negative(_) | Kind::Fraction(_) => {}
        _ => return Err(of_type(number, type_name)),
    }
    number.source().parse().map_err(|_| {
        let number = beginning(number.source());
        let what =
            format!("json: cannot unmarshal number {number} into Go value of type {type_name}");
        Problem::new(&what)
    })
}

/// A value has not the type of its field, which etcd calls by Go's name for it.
fn of_type(value: Value<'_>, type_name: &str) -> Problem {
    let kind = match value.kind() {
        Kind::Null => "null",
        Kind::Flag(_) => "bool",
        Kind::Number(_) | Kind::Negative(_) | Kind::Fraction(_) => "number",
        Kind::Text(_) => "string",
        Kind::List(_) => "array",
        Kind::Object(_) => "object",
    };
    Problem::new(&format!(
        "json: cannot unmarshal {kind} into Go value of type {type_name}"
    ))
}

/// A text without its rest, which may be as long as the request.
fn beginning(text: &str) -> &str {
    const MAX_BYTES: usize = 200;
    &text[..text.floor_char_boundary(MAX_BYTES)]
}
