//! Calls that go on: what is said and heard on a stream.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::coding::{decoded, encoded};
use super::{
    LeaseKeepAliveRequest, LeaseKeepAliveResponse, ResponseHeader, WatchRequest, WatchResponse,
};

/// What a client says on a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StreamRequest {
    /// On a stream of watchers.
    Watch(WatchRequest),
    /// Has a lease kept alive. The client says it again and again (`clientv3/lease.go`).
    LeaseKeepAlive(LeaseKeepAliveRequest),
}

/// What a client hears on a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StreamResponse {
    /// On a stream of watchers.
    Watch(WatchResponse),
    /// On a stream that keeps a lease alive.
    LeaseKeepAlive(LeaseKeepAliveResponse),
}

impl StreamRequest {
    /// The paths of all streams at etcd's JSON gateway, with their numbers.
    pub const PATHS: [(&'static str, u8); 2] = [("/v3/watch", 0), ("/v3/lease/keepalive", 1)];

    /// The number of the stream's kind. Files and links hold it, so it never changes.
    #[must_use]
    pub fn number(&self) -> u8 {
        match self {
            Self::Watch(_) => 0,
            Self::LeaseKeepAlive(_) => 1,
        }
    }

    /// The names of all streams in files, by their numbers.
    pub const LABELS: [&'static str; 2] = ["watch", "lease-keep-alive"];

    /// The name of the stream's kind in files.
    #[must_use]
    pub fn label(&self) -> &'static str {
        Self::LABELS[usize::from(self.number())]
    }

    /// A request of this number that asks for nothing; `None` if there is no such stream.
    #[must_use]
    pub fn blank(number: u8) -> Option<Self> {
        Self::decode(number, &[])
    }

    /// The message as etcd's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Watch(request) => encoded(request),
            Self::LeaseKeepAlive(request) => encoded(request),
        }
    }

    /// The request that [`StreamRequest::encode`] made these bytes of; `None` if it cannot
    /// have.
    #[must_use]
    pub fn decode(number: u8, bytes: &[u8]) -> Option<Self> {
        let bytes = Bytes::copy_from_slice(bytes);
        Some(match number {
            0 => Self::Watch(decoded(bytes)?),
            1 => Self::LeaseKeepAlive(decoded(bytes)?),
            _ => return None,
        })
    }
}

impl StreamResponse {
    /// The header.
    #[must_use]
    pub fn header(&self) -> Option<&ResponseHeader> {
        match self {
            Self::Watch(response) => response.header.as_ref(),
            Self::LeaseKeepAlive(response) => response.header.as_ref(),
        }
    }
}
