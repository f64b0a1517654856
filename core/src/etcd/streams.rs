//! Calls that go on: what is said and heard on a stream.

use serde::{Deserialize, Serialize};

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
