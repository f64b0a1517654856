//! What a member asks of the world around it.

use raft::eraftpb::Message;

use crate::etcd::{Error, Response, StreamResponse};

use super::{Micros, NodeId, Note, Pool, RequestId};

/// The surroundings of a member. Whatever a call to a member leads to, the member tells or
/// asks its host, in order, before the call returns; a host never calls a member back.
pub trait Host {
    /// Something happened inside the member.
    fn note(&mut self, note: Note);

    /// Sends a message to another member. It may be taken out of `message`, whose content
    /// does not count any more. (A message is large; this way it is copied once.)
    fn send(&mut self, message: &mut Message);

    /// Starts a write; [`super::Member::synced`] is to be called when it has reached the
    /// disk. Writes reach it in the order in which they were started. (A host that cannot
    /// write stops the member once the call that asked for it has returned.)
    fn write(&mut self);

    /// A client's request ends here.
    fn answer(&mut self, request: RequestId, result: Result<Response, Error>);

    /// The client of a stream hears this, or the stream ends with this error. (What is said
    /// to keep a lease alive may be answered as a request, with the stream's number.)
    fn stream(&mut self, stream: RequestId, result: Result<StreamResponse, Error>);

    /// Asks for a call of [`super::Member::wake`] at this time.
    fn wake_at(&mut self, at: Micros);

    /// Since when this node and another one have been connected without a break; `None`
    /// while they are not. (`rafthttp`, `ActiveSince`.)
    fn connected_since(&self, peer: NodeId) -> Option<Micros>;

    /// What all members share.
    fn pool(&mut self) -> &mut Pool;
}
