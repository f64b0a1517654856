//! Messages as protobuf bytes, through pointers to any of them.
//!
//! `prost`'s own functions are generic in the message and in what it is read from: the same loops
//! once for each pair would be more than 10 kB of the page. All messages but the raft crate's
//! are read from one kind of buffer, whose parts they share.

use bytes::Bytes;
use prost::encoding::{DecodeContext, WireType, decode_key};

/// What writes a message.
pub(super) trait Encoded {
    fn len(&self) -> usize;
    fn put(&self, into: &mut Vec<u8>);
}

impl<M: prost::Message> Encoded for M {
    fn len(&self) -> usize {
        self.encoded_len()
    }

    fn put(&self, into: &mut Vec<u8>) {
        self.encode_raw(into);
    }
}

/// What reads a message.
pub(super) trait Decoded {
    fn take(&mut self, tag: u32, wire_type: WireType, from: &mut Bytes) -> Option<()>;
}

impl<M: prost::Message> Decoded for M {
    fn take(&mut self, tag: u32, wire_type: WireType, from: &mut Bytes) -> Option<()> {
        let context = DecodeContext::default();
        self.merge_field(tag, wire_type, from, context).ok()
    }
}

/// A message as bytes.
pub(super) fn written(message: &dyn Encoded) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len());
    message.put(&mut bytes);
    bytes
}

/// Reads into a message; `None` if the bytes are not of one.
pub(super) fn read(message: &mut dyn Decoded, mut bytes: Bytes) -> Option<()> {
    while !bytes.is_empty() {
        let (tag, wire_type) = decode_key(&mut bytes).ok()?;
        message.take(tag, wire_type, &mut bytes)?;
    }
    Some(())
}

/// A message as bytes.
pub(crate) fn encoded(message: &impl prost::Message) -> Vec<u8> {
    written(message)
}

/// The message that these bytes are of; `None` if they are of none. What it holds as `Bytes`
/// shares their memory.
pub(crate) fn decoded<M: prost::Message + Default>(bytes: Bytes) -> Option<M> {
    let mut message = M::default();
    read(&mut message, bytes)?;
    Some(message)
}
