//! The JSON of etcd's gateway (grpc-gateway's `runtime/marshal_jsonpb.go` over
//! `golang/protobuf/jsonpb`), as etcd 3.4.23 has it.
//!
//! A message becomes JSON by way of its protobuf bytes: what `prost` encodes is gone through
//! with a table of its fields beside it ([`Message`]), and back. So there is one writer and
//! one reader, and not a pair for each message.
//!
//! - Integers of 64 bits are written as text, and read in either form.
//! - What is zero is left out, but for what one alternative of several holds.
//! - Bytes are base64, of the standard alphabet and padded. (What Go's reader of other
//!   alphabets would take, etcd refuses.)
//! - Names are the proto's; the camel case that protobuf makes of them is understood too.
//! - Values of enumerations have names, or are numbers.
//! - Fields that nobody knows are passed over, `null` is as good as nothing, and of a field
//!   that stands there twice the last counts.
//!
//! It differs from etcd in what follows a request, which etcd does not look at and which is
//! refused here, and in the words for what is no JSON at all.

use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::encoding::decode_varint;

use crate::json::{Value, Writer};

use super::coding::encoded;
pub use super::gateway_read::Problem;
pub(crate) use super::gateway_read::Unknown;
pub use super::schema::Message;
use super::schema::{self, CALLS, Field, Type};
use super::{Code, Error, Operation, Request, Response, StreamRequest, StreamResponse};

/// The path of streams of watchers.
pub const WATCH_PATH: &str = "/v3/watch";

/// The path of streams that keep leases alive.
pub const KEEP_ALIVE_PATH: &str = "/v3/lease/keepalive";

/// The number of the call that keeps a lease alive once.
const KEEP_ALIVE: u8 = 12;

/// The number of the call at a path; `None` where there is none. Beside
/// [`Request::PATHS`] etcd 3.4 knows the paths of 3.3, and older ones of leases
/// (`etcdserverpb/rpc.proto`, `additional_bindings`).
#[must_use]
pub fn call_at(path: &str) -> Option<u8> {
    let rest = path
        .strip_prefix("/v3/")
        .or_else(|| path.strip_prefix("/v3beta/"))?;
    let rest = match rest {
        "kv/lease/revoke" | "kv/lease/timetolive" | "kv/lease/leases" => &rest[3..],
        _ => rest,
    };
    let mut paths = Request::PATHS.iter();
    let (_, number) = paths.find(|(path, _)| path[4..] == *rest)?;
    Some(*number)
}

/// The request that a body at a path is. An empty body asks for nothing in particular.
///
/// # Errors
/// There is nothing at the path, or the body is not what has to stand there.
pub fn request_at(path: &str, body: &str) -> Result<Request, Problem> {
    let number = call_at(path).ok_or_else(|| Problem::new("Not Found"))?;
    request(number, if body.is_empty() { "{}" } else { body })
}

/// The request with this number (`Request::number`) that a text is.
///
/// # Errors
/// There is no such call, or the text is not what has to stand there.
pub fn request(number: u8, text: &str) -> Result<Request, Problem> {
    let missing = || Problem::new("Not Found");
    let bytes = Message::asked(number).ok_or_else(missing)?.read(text)?;
    Request::decode(number, &bytes).ok_or_else(missing)
}

/// What a text says on a stream of watchers.
///
/// # Errors
/// The text is not what has to stand there.
pub fn watch_request(text: &str) -> Result<StreamRequest, Problem> {
    let bytes = schema::WATCH_REQUEST.read(text)?;
    StreamRequest::decode(0, &bytes).ok_or_else(|| Problem::new("Not Found"))
}

/// What a value says on a stream of the kind with this number (`StreamRequest::number`).
///
/// # Errors
/// There is no such stream, or a field has another type.
pub(crate) fn said_on_stream(number: u8, value: Value<'_>) -> Result<StreamRequest, Problem> {
    let message = match number {
        0 => Some(&schema::WATCH_REQUEST),
        _ => Message::asked(KEEP_ALIVE),
    };
    let missing = || Problem::new("Not Found");
    let message = message.ok_or_else(missing)?;
    let bytes = message.read_value(value, Unknown::Refused)?;
    StreamRequest::decode(number, &bytes).ok_or_else(missing)
}

/// What a text says on a stream that keeps leases alive.
///
/// # Errors
/// The text is not what has to stand there.
pub fn keep_alive_request(text: &str) -> Result<StreamRequest, Problem> {
    match request(KEEP_ALIVE, text)? {
        Request::LeaseKeepAlive(request) => Ok(StreamRequest::LeaseKeepAlive(request)),
        _ => Err(Problem::new("Not Found")),
    }
}

/// A request as JSON.
#[must_use]
pub fn request_json(request: &Request) -> String {
    written(Message::asked(request.number()), &request.encode())
}

/// An answer as JSON.
#[must_use]
pub fn response_json(response: &Response) -> String {
    written(Message::answered(response.number()), &response.encode())
}

/// What an answer says beside its header: the name of the call (`Request::label`), and the
/// rest of the message as JSON.
#[must_use]
pub fn response_body_json(response: &Response) -> (&'static str, String) {
    let number = response.number();
    let name = Request::blank(number).map_or("unknown", |request| request.label());
    let mut bytes = &response.encode()[..];
    let mut parts = Parts(bytes);
    if parts.next().is_some_and(|part| part.number == 1) {
        bytes = parts.0;
    }
    (name, written(Message::answered(number), bytes))
}

/// What is said on a stream, as JSON.
#[must_use]
pub fn stream_request_json(request: &StreamRequest) -> String {
    match request {
        StreamRequest::Watch(request) => schema::WATCH_REQUEST.write(&encoded(request)),
        StreamRequest::LeaseKeepAlive(request) => {
            written(Message::asked(KEEP_ALIVE), &encoded(request))
        }
    }
}

/// What is heard on a stream, as a line of it: `{"result":…}`.
#[must_use]
pub fn stream_response_json(response: &StreamResponse) -> String {
    let result = match response {
        StreamResponse::Watch(response) => schema::WATCH_RESPONSE.write(&encoded(response)),
        StreamResponse::LeaseKeepAlive(response) => {
            written(Message::answered(KEEP_ALIVE), &encoded(response))
        }
    };
    format!("{{\"result\":{result}}}")
}

/// What stands in the log: the name of the call (`Request::label`), and its message as JSON.
#[must_use]
pub fn operation_json(operation: &Operation) -> (&'static str, String) {
    let mut bytes = Vec::new();
    operation.encode(&mut bytes);
    let part = Parts(&bytes).next();
    let field = part.and_then(|part| Some((schema::OPERATION.field(part.number)?, part)));
    match field {
        Some((field, part)) => match field.kind {
            Type::Message(message) => (field.name, message.write(part.bytes)),
            _ => (field.name, String::new()),
        },
        None => ("unknown", String::new()),
    }
}

/// An error as the body of an answer, whose status is [`http_status`].
#[must_use]
pub fn error_json(error: &Error) -> String {
    let mut out = Writer::default();
    let message = error.message();
    out.open_object();
    out.string_at("error", &message);
    out.string_at("message", &message);
    out.number_at("code", error.code() as u64);
    out.close_object();
    out.into_text()
}

/// An error as a line of a stream: `{"error":…}`.
#[must_use]
pub fn stream_error_json(error: &Error) -> String {
    let mut out = Writer::default();
    let (status, words) = http_status(error.code());
    out.open_object();
    out.name("error");
    out.open_object();
    out.number_at("grpc_code", error.code() as u64);
    out.number_at("http_code", status.into());
    out.string_at("message", &error.message());
    out.string_at("http_status", words);
    out.close_object();
    out.close_object();
    out.into_text()
}

/// The HTTP status of a gRPC code, with its words (grpc-gateway's `runtime/errors.go`,
/// `HTTPStatusFromCode`; Go's `net/http/status.go`).
#[must_use]
pub fn http_status(code: Code) -> (u16, &'static str) {
    match code {
        Code::Canceled => (408, "Request Timeout"),
        Code::InvalidArgument | Code::OutOfRange => (400, "Bad Request"),
        Code::DeadlineExceeded => (504, "Gateway Timeout"),
        Code::NotFound => (404, "Not Found"),
        Code::PermissionDenied => (403, "Forbidden"),
        Code::Unauthenticated => (401, "Unauthorized"),
        Code::ResourceExhausted => (429, "Too Many Requests"),
        Code::FailedPrecondition => (412, "Precondition Failed"),
        Code::Unavailable => (503, "Service Unavailable"),
        Code::Unknown | Code::DataLoss => (500, "Internal Server Error"),
    }
}

fn written(message: Option<&Message>, bytes: &[u8]) -> String {
    message.map_or_else(String::new, |message| message.write(bytes))
}

impl Message {
    /// What the call with this number is asked (`Request::number`).
    #[must_use]
    pub fn asked(number: u8) -> Option<&'static Self> {
        let mut calls = CALLS.iter();
        calls
            .find(|(known, _, _)| *known == number)
            .map(|call| call.1)
    }

    /// What the call with this number answers.
    #[must_use]
    pub fn answered(number: u8) -> Option<&'static Self> {
        let mut calls = CALLS.iter();
        calls
            .find(|(known, _, _)| *known == number)
            .map(|call| call.2)
    }

    /// What is heard on a stream of watchers.
    #[must_use]
    pub fn heard_of_watchers() -> &'static Self {
        &schema::WATCH_RESPONSE
    }

    /// The JSON of a message's bytes. What the table does not know is left out.
    #[must_use]
    pub fn write(&self, bytes: &[u8]) -> String {
        let mut out = Writer::default();
        self.write_into(&mut out, bytes);
        out.into_text()
    }

    /// How many messages are in one, itself included; `None` if they are nested deeper than
    /// that. It takes no memory, so it can be asked before the message is decoded.
    pub(crate) fn parts(&self, bytes: &[u8], depth: u32) -> Option<usize> {
        let depth = depth.checked_sub(1)?;
        let mut count = 1;
        for part in Parts(bytes) {
            if let Some(Type::Message(message)) = self.field(part.number).map(|field| field.kind) {
                count += message.parts(part.bytes, depth)?;
            }
        }
        Some(count)
    }

    /// Writes the JSON of a message's bytes as a value.
    pub(crate) fn write_into(&self, out: &mut Writer, bytes: &[u8]) {
        out.open_object();
        let mut list = None;
        for part in Parts(bytes) {
            let Some(field) = self.field(part.number) else {
                continue;
            };
            if list != Some(part.number) {
                if list.take().is_some() {
                    out.close_list();
                }
                out.name(field.name);
                if field.is_list {
                    out.open_list();
                    list = Some(part.number);
                }
            }
            field.write(out, &part);
        }
        if list.is_some() {
            out.close_list();
        }
        out.close_object();
    }

    pub(super) fn field(&self, number: u64) -> Option<&'static Field> {
        self.0
            .iter()
            .find(|field| u64::from(field.number) == number)
    }
}

impl Field {
    fn write(&self, out: &mut Writer, part: &Part<'_>) {
        let Part {
            number: _,
            value,
            bytes,
        } = *part;
        match self.kind {
            Type::Bool => out.flag(value != 0),
            Type::Int64 => out.string(&value.cast_signed().to_string()),
            Type::Uint64 => out.string(&value.to_string()),
            Type::Uint32 => out.number(value),
            Type::String => out.string(&String::from_utf8_lossy(bytes)),
            Type::Bytes => out.string(&STANDARD.encode(bytes)),
            Type::Message(message) => message.write_into(out, bytes),
            // Many values come in one part.
            Type::Enum(names) if self.is_list => {
                let mut rest = bytes;
                while let Ok(value) = decode_varint(&mut rest) {
                    names.write(out, value);
                }
            }
            Type::Enum(names) => names.write(out, value),
        }
    }
}

impl schema::Names {
    fn write(&self, out: &mut Writer, value: u64) {
        let name = usize::try_from(value).ok();
        match name.and_then(|value| self.values.get(value)) {
            Some(name) => out.string(name),
            // Those below zero are written with all 64 bits.
            None => out.signed(value.cast_signed()),
        }
    }
}

/// One field of a message, as it is encoded.
pub(super) struct Part<'b> {
    pub(super) number: u64,
    /// What it holds, if that is a number.
    pub(super) value: u64,
    /// What it holds otherwise.
    pub(super) bytes: &'b [u8],
}

/// Goes through the fields of an encoded message. It ends at what no field of etcd's is.
pub(super) struct Parts<'b>(pub(super) &'b [u8]);

impl<'b> Iterator for Parts<'b> {
    type Item = Part<'b>;

    fn next(&mut self) -> Option<Part<'b>> {
        const NUMBER: u64 = 0;
        const BYTES: u64 = 2;
        let key = decode_varint(&mut self.0).ok()?;
        let value = decode_varint(&mut self.0).ok()?;
        let number = key >> 3;
        let bytes = match key & 7 {
            NUMBER => &[][..],
            BYTES => {
                let (bytes, rest) = self.0.split_at_checked(usize::try_from(value).ok()?)?;
                self.0 = rest;
                bytes
            }
            _ => return None,
        };
        Some(Part {
            number,
            value,
            bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::coding::decoded;
    use super::*;
    use crate::etcd::InternalRaftRequest;

    /// JSON for each field of a message and of the messages in it, with that field alone.
    fn examples(message: &Message, depth: u32) -> Vec<String> {
        let mut all = vec!["{}".to_owned()];
        for field in message.0 {
            let values = match field.kind {
                Type::Bool => vec!["true".to_owned()],
                Type::Int64 => vec!["\"-7\"".to_owned()],
                Type::Uint64 => vec!["\"18446744073709551615\"".to_owned()],
                Type::Uint32 => vec!["4294967295".to_owned()],
                Type::String => vec!["\"text\"".to_owned()],
                Type::Bytes => vec!["\"/+8=\"".to_owned()],
                Type::Enum(names) => vec![format!("\"{}\"", names.values[1])],
                // Transactions hold transactions.
                Type::Message(_) if depth == 4 => Vec::new(),
                Type::Message(message) => examples(message, depth + 1),
            };
            for value in values {
                let value = match field.is_list {
                    true => format!("[{value},{value}]"),
                    false => value,
                };
                all.push(format!("{{\"{}\":{value}}}", field.name));
            }
        }
        all
    }

    #[test]
    fn the_table_is_what_the_types_are() {
        for &(number, asked, answered) in CALLS {
            for text in examples(asked, 0) {
                let request = request(number, &text).unwrap();
                assert_eq!(request_json(&request), text, "{}", request.path());
            }
            for text in examples(answered, 0) {
                let bytes = answered.read(&text).unwrap();
                let response = Response::decode(number, &bytes).unwrap();
                assert_eq!(response_json(&response), text, "{number}");
            }
        }
        let numbers = CALLS.iter().map(|call| call.0);
        assert!(numbers.eq(Request::PATHS.iter().map(|(_, number)| *number)));
        for text in examples(&schema::WATCH_REQUEST, 0) {
            assert_eq!(stream_request_json(&watch_request(&text).unwrap()), text);
        }
        for text in examples(&schema::WATCH_RESPONSE, 0) {
            let bytes = schema::WATCH_RESPONSE.read(&text).unwrap();
            let response = decoded(bytes.into()).unwrap();
            let line = stream_response_json(&StreamResponse::Watch(response));
            assert_eq!(line, format!("{{\"result\":{text}}}"));
        }
        for text in examples(&schema::OPERATION, 0) {
            let bytes = schema::OPERATION.read(&text).unwrap();
            let request: InternalRaftRequest = decoded(bytes.into()).unwrap();
            let Some(operation) = request.operation else {
                continue;
            };
            let (name, message) = operation_json(&operation);
            assert_eq!(format!("{{\"{name}\":{message}}}"), text);
        }
    }
}
