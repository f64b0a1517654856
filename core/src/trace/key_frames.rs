//! Pictures that are kept, to fold others from.

use std::rc::Rc;

use crate::member::{LogEntry, NodeId, RequestId};
use crate::world::Slot;

use super::{Flight, Flights, Frame, Loss, NodeFrame};

/// The most pictures kept of the time whose events are dropped.
const MAX_FAR: usize = 32;

/// The most pictures kept altogether.
const MAX_FRAMES: usize = 160;

/// The most that the pictures may take by their estimate, in bytes.
const MAX_WEIGHT_BYTES: usize = 24 << 20;

/// About what a change of one key copies of a persistent map, in bytes: a leaf, and the
/// way to it.
const CHANGE_BYTES: usize = 2_048;

/// About what a key takes in a persistent map, in bytes, without the key and the value;
/// those are shared with the catalog's history.
const KEY_BYTES: usize = 96;

/// A picture without its messages, which are kept apart: a list by slot may have many
/// slots that are free.
#[derive(Debug)]
struct KeyFrame {
    frame: Frame,
    flights: Vec<(Slot, Flight)>,
    weight_bytes: usize,
}

/// Pictures of a run from its beginning to its end, some thousand events apart.
///
/// One is taken where a chunk of the record begins, so that the first event that is kept
/// can be reached. What they share with each other and with the run's picture costs
/// nothing; what they do not is estimated. Where there are too many, or they weigh too
/// much, every other one goes: first of the time whose events are dropped, then of all.
#[derive(Debug)]
pub(super) struct KeyFrames {
    /// By age; the first is the picture before the first event, which always stays.
    frames: Vec<KeyFrame>,
    weight_bytes: usize,
    /// One of so many chances to take a picture is used.
    sparsity: u64,
    chances: u64,
}

impl KeyFrames {
    /// The picture before the first event alone.
    pub(super) fn new(first: &Frame) -> Self {
        let mut frames = Self {
            frames: Vec::new(),
            weight_bytes: 0,
            sparsity: 1,
            chances: 0,
        };
        frames.push(first);
        frames
    }

    /// Keeps a picture, unless enough are kept. Of the events, the oldest `dropped` are
    /// gone.
    pub(super) fn offer(&mut self, frame: &Frame, dropped: u64) {
        self.chances += 1;
        if !self.chances.is_multiple_of(self.sparsity) {
            return;
        }
        self.push(frame);
        let far = |frames: &[KeyFrame]| frames.partition_point(|key| key.frame.events < dropped);
        if far(&self.frames) > MAX_FAR {
            self.thin_out(far(&self.frames));
        }
        while self.is_too_much() && self.frames.len() > 2 {
            if far(&self.frames) > 2 {
                self.thin_out(far(&self.frames));
            } else {
                self.sparsity *= 2;
                self.thin_out(self.frames.len());
            }
        }
    }

    /// How many pictures are kept.
    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }

    /// The newest picture of at most so many events that is kept; there always is one.
    pub(super) fn before(&self, events: u64) -> Frame {
        let after = self
            .frames
            .partition_point(|key| key.frame.events <= events);
        let key = &self.frames[after.saturating_sub(1)];
        Frame {
            flights: Flights::unpacked(&key.flights),
            ..key.frame.clone()
        }
    }

    fn is_too_much(&self) -> bool {
        self.frames.len() > MAX_FRAMES || self.weight_bytes > MAX_WEIGHT_BYTES
    }

    fn push(&mut self, frame: &Frame) {
        let mut key = KeyFrame {
            frame: without_flights(frame),
            flights: frame.flights.packed(),
            weight_bytes: 0,
        };
        key.weight_bytes = key.weigh(self.frames.last().map(|key| &key.frame));
        self.weight_bytes += key.weight_bytes;
        self.frames.push(key);
    }

    /// Drops every other picture among the first so many; neither the very first nor the
    /// last of them.
    fn thin_out(&mut self, count: usize) {
        let mut place = 0;
        self.frames.retain(|_| {
            let stays = place >= count || place % 2 == 0 || place + 1 == count;
            place += 1;
            stays
        });
        for place in 1..self.frames.len() {
            let (before, here) = self.frames.split_at_mut(place);
            let before = before.last().map(|key| &key.frame);
            here[0].weight_bytes = here[0].weigh(before);
        }
        self.weight_bytes = self.frames.iter().map(|key| key.weight_bytes).sum();
    }
}

fn without_flights(frame: &Frame) -> Frame {
    Frame {
        flights: Flights::default(),
        ..frame.clone()
    }
}

impl KeyFrame {
    /// About how many bytes it holds that the picture before it does not.
    fn weigh(&self, before: Option<&Frame>) -> usize {
        let frame = &self.frame;
        let flights = self.flights.len() * size_of::<(Slot, Flight)>();
        let losses = frame.losses.len() * size_of::<Loss>();
        let requests = frame.requests.len() * size_of::<(RequestId, NodeId)>();
        let node_before = |node: &NodeFrame| before?.nodes.get(node.node.index());
        let nodes = frame.nodes.iter().map(|node| match node_before(node) {
            Some(before) if Rc::ptr_eq(before, node) => 0,
            before => weigh_node(node, before),
        });
        size_of::<Self>() + flights + losses + requests + nodes.sum::<usize>()
    }
}

/// About how many bytes a node's picture holds that an earlier one does not.
fn weigh_node(node: &NodeFrame, before: Option<&Rc<NodeFrame>>) -> usize {
    let (revision, entries) = before.map_or((1, 0), |node| (node.revision, node.log.len()));
    let changes = usize::try_from(node.revision.abs_diff(revision)).unwrap_or(usize::MAX);
    let shelf = changes.saturating_mul(CHANGE_BYTES);
    let log = node.log.len().abs_diff(entries) * size_of::<LogEntry>();
    size_of::<NodeFrame>() + shelf.min(node.shelf.room() * KEY_BYTES) + log
}
