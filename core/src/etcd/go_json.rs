//! The JSON that Go's own encoder makes of etcd's messages (`encoding/json` over the
//! structures that `gogo/protobuf` generates), as `etcdctl -w json` prints it.
//!
//! It is not the gateway's: integers are bare, values of enumerations are numbers, and what
//! one alternative of several holds stands below the names that Go gives it. Fields that are
//! zero are left out all the same.

use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::Writer;

use super::coding::encoded;
use super::gateway::{Part, Parts};
use super::schema::{EVENT, Field, Message, RESPONSE_OP, Type};
use super::{Event, Response, ResponseHeader};

/// An answer as JSON.
pub(crate) fn response(out: &mut Writer, response: &Response) {
    if let Some(message) = Message::answered(response.number()) {
        message.write_go(out, &response.encode());
    }
}

/// A header as JSON, in braces.
pub(crate) fn header(out: &mut Writer, header: &ResponseHeader) {
    super::schema::RESPONSE_HEADER.write_go(out, &encoded(header));
}

/// The fields of a header, as they stand in an object that is open.
pub(crate) fn header_fields(out: &mut Writer, header: &ResponseHeader) {
    super::schema::RESPONSE_HEADER.write_fields(out, &encoded(header));
}

/// What happened to a key.
pub(crate) fn event(out: &mut Writer, event: &Event) {
    EVENT.write_go(out, &encoded(event));
}

impl Message {
    fn write_go(&self, out: &mut Writer, bytes: &[u8]) {
        out.open_object();
        self.write_fields(out, bytes);
        out.close_object();
    }

    fn write_fields(&self, out: &mut Writer, bytes: &[u8]) {
        let one_of = std::ptr::eq(self, &RESPONSE_OP);
        let mut list = None;
        for part in Parts(bytes) {
            let Some(field) = self.field(part.number) else {
                continue;
            };
            if list != Some(part.number) {
                if list.take().is_some() {
                    out.close_list();
                }
                if one_of {
                    out.name("Response");
                    out.open_object();
                    out.name(&camel(field.name));
                } else {
                    out.name(field.name);
                }
                if field.is_list {
                    out.open_list();
                    list = Some(part.number);
                }
            }
            field.write_go(out, &part);
            if one_of {
                out.close_object();
            }
        }
        if list.is_some() {
            out.close_list();
        }
    }
}

impl Field {
    fn write_go(&self, out: &mut Writer, part: &Part<'_>) {
        let (value, bytes) = (part.value, part.bytes);
        match self.kind {
            Type::Bool => out.flag(value != 0),
            Type::Int64 | Type::Enum(_) => out.signed(value.cast_signed()),
            Type::Uint64 | Type::Uint32 => out.number(value),
            Type::String => out.string(&String::from_utf8_lossy(bytes)),
            Type::Bytes => out.string(&STANDARD.encode(bytes)),
            Type::Message(message) => message.write_go(out, bytes),
        }
    }
}

/// `response_delete_range` as Go calls it: `ResponseDeleteRange`.
fn camel(name: &str) -> String {
    let words = name.split('_');
    words.fold(String::new(), |mut text, word| {
        let (first, rest) = word.split_at(1);
        text.push_str(&first.to_ascii_uppercase());
        text.push_str(rest);
        text
    })
}
