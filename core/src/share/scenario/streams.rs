//! What is said on a stream, as it stands in a scenario file: in the JSON of etcd's gateway.

use crate::etcd::{StreamRequest, WatchRequest, gateway};
use crate::json::{Value, Writer};

use super::form::{Fields, Part};
use super::wrong::Wrong;

/// What is said before it is read.
pub(super) const ANY_STREAM: StreamRequest = StreamRequest::Watch(WatchRequest { request: None });

/// The fields of what is said on a stream.
pub(super) fn stream_fields(request: &mut StreamRequest, fields: &mut Fields<'_, '_>) {
    fields.needed("call", &mut Call(request));
    fields.given("message", &mut Message(request));
}

/// What the stream is for.
struct Call<'r>(&'r mut StreamRequest);

impl Part for Call<'_> {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let mut name = String::new();
        name.read(value)?;
        let known = StreamRequest::LABELS;
        let number = known.iter().position(|label| *label == name);
        let number = number.and_then(|number| u8::try_from(number).ok());
        *self.0 = number
            .and_then(StreamRequest::blank)
            .ok_or_else(|| Wrong::of_name(value, "stream", &name, &known))?;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.string(self.0.label());
    }
}

/// What is said.
struct Message<'r>(&'r mut StreamRequest);

impl Part for Message<'_> {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let said = gateway::said_on_stream(self.0.number(), value);
        *self.0 = said.map_err(|problem| {
            let wrong = Wrong::at(value, &problem.what);
            match problem.place.is_empty() {
                true => wrong,
                false => wrong.inside(&problem.place),
            }
        })?;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.raw(&gateway::stream_request_json(self.0));
    }
}
