//! What is said on a stream, as it stands in a scenario file: in the JSON of etcd's gateway.

use crate::etcd::{StreamRequest, WatchRequest, gateway};
use crate::json::{Value, Writer};

use super::form::{Fields, Part};
use super::wrong::Wrong;

/// What is said before it is read.
pub(super) const ANY_STREAM: StreamRequest = StreamRequest::Watch(WatchRequest { request: None });

/// What is said, under the name of the kind of its stream.
struct Saying<'r> {
    number: u8,
    request: &'r mut StreamRequest,
}

impl Part for Saying<'_> {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let read = gateway::said_on_stream(self.number, value);
        *self.request = read.map_err(|problem| Wrong::at(value, &problem.to_string()))?;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.raw(&gateway::stream_request_json(self.request));
    }
}

/// The field that says what is said: one of two, by the kind of the stream.
pub(super) fn stream_field(request: &mut StreamRequest, fields: &mut Fields<'_, '_>) {
    let keep_alive = StreamRequest::KEEP_ALIVE_LABEL;
    let is_keep_alive = match fields {
        Fields::Read(object) => object.has(keep_alive),
        Fields::Write(_) => request.label() == keep_alive,
    };
    let (name, number) = match is_keep_alive {
        true => (keep_alive, 1),
        false => (StreamRequest::WATCH_LABEL, 0),
    };
    fields.needed(name, &mut Saying { number, request });
}
