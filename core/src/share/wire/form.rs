//! Actions while they are written, or read: what one consists of is said once, for both.

use bytes::Bytes;

use crate::member::NodeId;

use super::bytes::{Width, put, put_signed, take, take_byte, take_signed};
use super::texts;
use super::trend::Trend;

/// Goes over parts in their order: each is put behind the bytes, or becomes what the bytes
/// say. `None` if they say nothing that it can become.
pub(super) trait Form {
    /// Whether parts become what the bytes say.
    fn is_reading(&self) -> bool;

    /// A byte.
    fn byte(&mut self, byte: &mut u8) -> Option<()>;

    /// A number.
    fn number(&mut self, number: &mut u64, width: Width) -> Option<()>;

    /// A number that may be below zero.
    fn signed(&mut self, number: &mut i64, width: Width) -> Option<()>;

    /// A key, a value or an address.
    fn text(&mut self, text: &mut Bytes) -> Option<()>;

    /// The number of an event, which is to be expected after so many steps.
    fn event(&mut self, step: u64, event: &mut u64) -> Option<()>;
}

impl dyn Form + '_ {
    /// A number of 64 bits.
    pub(super) fn wide(&mut self, number: &mut u64) -> Option<()> {
        self.number(number, Width::Bits64)
    }

    /// A number of 32 bits.
    pub(super) fn narrow(&mut self, number: &mut u32) -> Option<()> {
        let mut wide = u64::from(*number);
        self.number(&mut wide, Width::Bits32)?;
        *number = u32::try_from(wide).ok()?;
        Some(())
    }

    /// A number of 32 bits that may be below zero.
    pub(super) fn narrow_signed(&mut self, number: &mut i32) -> Option<()> {
        let mut wide = i64::from(*number);
        self.signed(&mut wide, Width::Bits32)?;
        *number = i32::try_from(wide).ok()?;
        Some(())
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, flag: &mut bool) -> Option<()> {
        let mut byte = u8::from(*flag);
        self.byte(&mut byte)?;
        *flag = to_flag(byte.into())?;
        Some(())
    }

    /// A node by its number.
    pub(super) fn node(&mut self, node: &mut NodeId) -> Option<()> {
        let mut number = node.number();
        self.byte(&mut number)?;
        *node = NodeId::new(number)?;
        Some(())
    }

    /// Nodes.
    pub(super) fn nodes(&mut self, nodes: &mut Vec<NodeId>) -> Option<()> {
        const ANY: NodeId = NodeId::new(1).expect("1 is a number");
        list(self, nodes, &ANY, |form, node| form.node(node))
    }
}

/// A list: its length, then what is in it.
pub(super) fn list<T: Clone>(
    form: &mut dyn Form,
    items: &mut Vec<T>,
    blank: &T,
    each: fn(&mut dyn Form, &mut T) -> Option<()>,
) -> Option<()> {
    let mut len = items.len() as u64;
    form.number(&mut len, Width::Bits32)?;
    if !form.is_reading() {
        return items.iter_mut().try_for_each(|item| each(form, item));
    }
    // One by one: a length that lies takes no memory.
    items.clear();
    for _ in 0..len {
        let mut item = blank.clone();
        each(form, &mut item)?;
        items.push(item);
    }
    Some(())
}

/// 0 or 1 as no or yes.
pub(super) fn to_flag(number: i64) -> Option<bool> {
    match number {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// Writes.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    pub(super) texts: texts::Writer,
    events: Trend,
}

impl Form for Writer {
    fn is_reading(&self) -> bool {
        false
    }

    fn byte(&mut self, byte: &mut u8) -> Option<()> {
        self.bytes.push(*byte);
        Some(())
    }

    fn number(&mut self, number: &mut u64, _width: Width) -> Option<()> {
        put(&mut self.bytes, *number);
        Some(())
    }

    fn signed(&mut self, number: &mut i64, _width: Width) -> Option<()> {
        put_signed(&mut self.bytes, *number);
        Some(())
    }

    fn text(&mut self, text: &mut Bytes) -> Option<()> {
        put(&mut self.bytes, self.texts.mention(text).into());
        Some(())
    }

    fn event(&mut self, step: u64, event: &mut u64) -> Option<()> {
        put_signed(&mut self.bytes, self.events.distance(step, *event));
        Some(())
    }
}

/// Reads.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    /// What is not read yet.
    pub(super) rest: &'a [u8],
    pub(super) texts: texts::Reader,
    events: Trend,
}

impl<'a> Reader<'a> {
    /// Reads these bytes, and finds texts there.
    pub(super) fn new(rest: &'a [u8], texts: texts::Reader) -> Self {
        Self {
            rest,
            texts,
            events: Trend::default(),
        }
    }
}

impl Form for Reader<'_> {
    fn is_reading(&self) -> bool {
        true
    }

    fn byte(&mut self, byte: &mut u8) -> Option<()> {
        *byte = take_byte(&mut self.rest)?;
        Some(())
    }

    fn number(&mut self, number: &mut u64, width: Width) -> Option<()> {
        *number = take(&mut self.rest, width)?;
        Some(())
    }

    fn signed(&mut self, number: &mut i64, width: Width) -> Option<()> {
        *number = take_signed(&mut self.rest, width)?;
        Some(())
    }

    fn text(&mut self, text: &mut Bytes) -> Option<()> {
        let mention = take(&mut self.rest, Width::Bits32)?;
        *text = self.texts.text(u32::try_from(mention).ok()?)?;
        Some(())
    }

    fn event(&mut self, step: u64, event: &mut u64) -> Option<()> {
        let distance = take_signed(&mut self.rest, Width::Bits64)?;
        *event = self.events.at_distance(step, distance);
        Some(())
    }
}
