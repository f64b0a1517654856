//! A running node's streams: who watches at it, and who keeps leases alive
//! (`etcdserver/api/v3rpc/watch.go`, `etcdserver/api/v3rpc/lease.go`).

use crate::etcd::{Error, Request, StreamRequest};

use super::identity::Identity;
use super::running::Running;
use super::{Host, Micros, RequestId};

impl Running {
    /// A client says something on a stream. A learner serves none
    /// (`etcdserver/api/v3rpc/interceptor.go`, `newStreamInterceptor`).
    pub(super) fn say(
        &mut self,
        identity: &Identity,
        now: Micros,
        stream: RequestId,
        request: &StreamRequest,
        host: &mut impl Host,
    ) {
        if self.is_learner(identity) {
            host.stream(stream, Err(Error::NotSupportedForLearner));
            return;
        }
        match request {
            StreamRequest::Watch(_) => host.stream(stream, Err(Error::WatchCanceled)),
            StreamRequest::LeaseKeepAlive(lease) => {
                let request = Request::LeaseKeepAlive(lease.clone());
                self.request(identity, now, stream, request, host);
            }
        }
    }

    /// The client of a stream is gone.
    pub(super) fn hang_up(&mut self, stream: RequestId) {
        self.requests.cancel(stream);
    }
}
