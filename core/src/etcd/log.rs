//! What goes into the Raft log, and the requests and responses as one type each.

use prost::Message as _;
use serde::{Deserialize, Serialize};

use super::{
    AttributesRequest, DeleteRangeRequest, DeleteRangeResponse, Error, KeyValue,
    MAX_CLIENT_SEND_BYTES, MemberAddRequest, MemberAddResponse, MemberListRequest,
    MemberPromoteRequest, MemberRemoveRequest, MemberUpdateRequest, MembersResponse, PutRequest,
    PutResponse, RangeRequest, RangeResponse, ResponseHeader, SortOrder, SortTarget,
};

/// Identifies a request among all that are in the log (`etcdserverpb.RequestHeader`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct RequestHeader {
    /// Unique over members and their restarts.
    #[prost(uint64, tag = "1")]
    pub id: u64,
}

/// A write as it stands in the Raft log (`etcdserverpb.InternalRaftRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct InternalRaftRequest {
    /// Who waits for it.
    #[prost(message, optional, tag = "100")]
    pub header: Option<RequestHeader>,
    /// A put.
    #[prost(message, optional, tag = "4")]
    pub put: Option<PutRequest>,
    /// A deletion.
    #[prost(message, optional, tag = "5")]
    pub delete_range: Option<DeleteRangeRequest>,
    /// What a member tells of itself.
    #[prost(message, optional, tag = "1301")]
    pub attributes: Option<AttributesRequest>,
}

impl InternalRaftRequest {
    /// The write of `request` under the identifier `id`; `None` for a read, and for what
    /// concerns members: that goes into the log as another type of entry.
    #[must_use]
    pub fn new(id: u64, request: Request) -> Option<Self> {
        let mut raft_request = Self {
            header: Some(RequestHeader { id }),
            ..Self::default()
        };
        match request {
            Request::Put(put) => raft_request.put = Some(put),
            Request::DeleteRange(delete) => raft_request.delete_range = Some(delete),
            Request::Range(_)
            | Request::MemberAdd(_)
            | Request::MemberRemove(_)
            | Request::MemberUpdate(_)
            | Request::MemberPromote(_)
            | Request::MemberList(_) => return None,
        }
        Some(raft_request)
    }

    /// The identifier, 0 where there is none.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.header.as_ref().map_or(0, |header| header.id)
    }
}

/// What a client asks of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Read keys.
    Range(RangeRequest),
    /// Write a key.
    Put(PutRequest),
    /// Delete keys.
    DeleteRange(DeleteRangeRequest),
    /// Add a member.
    MemberAdd(MemberAddRequest),
    /// Remove a member.
    MemberRemove(MemberRemoveRequest),
    /// Move a member to other addresses.
    MemberUpdate(MemberUpdateRequest),
    /// Give a learner a vote.
    MemberPromote(MemberPromoteRequest),
    /// List the members.
    MemberList(MemberListRequest),
}

impl Request {
    /// What the API layer refuses before anything else happens
    /// (`etcdserver/api/v3rpc/key.go`).
    ///
    /// # Errors
    /// The error that etcd answers.
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Self::Range(r) if r.key.is_empty() => Err(Error::EmptyKey),
            Self::Range(r)
                if !SortOrder::is_valid(r.sort_order) || !SortTarget::is_valid(r.sort_target) =>
            {
                Err(Error::InvalidSortOption)
            }
            Self::Put(p) if p.key.is_empty() => Err(Error::EmptyKey),
            Self::Put(p) if p.ignore_value && !p.value.is_empty() => Err(Error::ValueProvided),
            Self::Put(p) if p.ignore_lease && p.lease != 0 => Err(Error::LeaseProvided),
            Self::DeleteRange(d) if d.key.is_empty() => Err(Error::EmptyKey),
            _ => Ok(()),
        }
    }

    /// What etcd's client itself refuses to send.
    ///
    /// # Errors
    /// The request is larger than [`MAX_CLIENT_SEND_BYTES`].
    pub fn check_client_size(&self) -> Result<(), Error> {
        let bytes = self.encoded_len();
        if bytes > MAX_CLIENT_SEND_BYTES {
            return Err(Error::MessageTooLarge {
                bytes,
                limit: MAX_CLIENT_SEND_BYTES,
            });
        }
        Ok(())
    }

    /// Whether the request changes nothing, so that a client may safely send it twice.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Range(_) | Self::MemberList(_))
    }

    /// The size of the encoded request in bytes.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        match self {
            Self::Range(r) => r.encoded_len(),
            Self::Put(p) => p.encoded_len(),
            Self::DeleteRange(d) => d.encoded_len(),
            Self::MemberAdd(m) => m.encoded_len(),
            Self::MemberRemove(m) => m.encoded_len(),
            Self::MemberUpdate(m) => m.encoded_len(),
            Self::MemberPromote(m) => m.encoded_len(),
            Self::MemberList(m) => m.encoded_len(),
        }
    }
}

/// What a member answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Response {
    /// To [`Request::Range`].
    Range(RangeResponse),
    /// To [`Request::Put`].
    Put(PutResponse),
    /// To [`Request::DeleteRange`].
    DeleteRange(DeleteRangeResponse),
    /// To [`Request::MemberAdd`].
    MemberAdd(MemberAddResponse),
    /// To [`Request::MemberRemove`].
    MemberRemove(MembersResponse),
    /// To [`Request::MemberUpdate`].
    MemberUpdate(MembersResponse),
    /// To [`Request::MemberPromote`].
    MemberPromote(MembersResponse),
    /// To [`Request::MemberList`].
    MemberList(MembersResponse),
}

impl Response {
    /// The header.
    #[must_use]
    pub fn header(&self) -> Option<&ResponseHeader> {
        match self {
            Self::Range(r) => r.header.as_ref(),
            Self::Put(r) => r.header.as_ref(),
            Self::DeleteRange(r) => r.header.as_ref(),
            Self::MemberAdd(r) => r.header.as_ref(),
            Self::MemberRemove(r)
            | Self::MemberUpdate(r)
            | Self::MemberPromote(r)
            | Self::MemberList(r) => r.header.as_ref(),
        }
    }

    /// Puts the header in.
    pub fn set_header(&mut self, header: ResponseHeader) {
        let slot = match self {
            Self::Range(r) => &mut r.header,
            Self::Put(r) => &mut r.header,
            Self::DeleteRange(r) => &mut r.header,
            Self::MemberAdd(r) => &mut r.header,
            Self::MemberRemove(r)
            | Self::MemberUpdate(r)
            | Self::MemberPromote(r)
            | Self::MemberList(r) => &mut r.header,
        };
        *slot = Some(header);
    }

    /// The pairs that the answer carries.
    #[must_use]
    pub fn kvs(&self) -> &[KeyValue] {
        match self {
            Self::Range(r) => &r.kvs,
            Self::Put(r) => r.prev_kv.as_slice(),
            Self::DeleteRange(r) => &r.prev_kvs,
            Self::MemberAdd(_)
            | Self::MemberRemove(_)
            | Self::MemberUpdate(_)
            | Self::MemberPromote(_)
            | Self::MemberList(_) => &[],
        }
    }
}
