//! The errors that etcd answers with: gRPC code and exact text
//! (`etcdserver/api/v3rpc/rpctypes/error.go`).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The gRPC status codes that etcd uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Code {
    /// The error has no code of its own.
    Unknown = 2,
    /// The request can never succeed as it is.
    InvalidArgument = 3,
    /// The deadline passed first.
    DeadlineExceeded = 4,
    /// What the request names is not there.
    NotFound = 5,
    /// A quota or a size limit is reached.
    ResourceExhausted = 8,
    /// The cluster is not in a state in which this may be done.
    FailedPrecondition = 9,
    /// The revision asked for is not kept, or not there yet.
    OutOfRange = 11,
    /// The service cannot answer now; a later try may succeed.
    Unavailable = 14,
}

impl Code {
    /// The name as gRPC's Go library prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::InvalidArgument => "InvalidArgument",
            Self::DeadlineExceeded => "DeadlineExceeded",
            Self::NotFound => "NotFound",
            Self::ResourceExhausted => "ResourceExhausted",
            Self::FailedPrecondition => "FailedPrecondition",
            Self::OutOfRange => "OutOfRange",
            Self::Unavailable => "Unavailable",
        }
    }
}

/// Why a request was not carried out, or why nobody knows whether it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Error {
    /// The request names no key.
    EmptyKey,
    /// `ignore_value` or `ignore_lease` on a key that is not there.
    KeyNotFound,
    /// A value beside `ignore_value`.
    ValueProvided,
    /// A lease beside `ignore_lease`.
    LeaseProvided,
    /// The revision is below the compacted one.
    Compacted,
    /// The revision is above the store's.
    FutureRevision,
    /// The store's quota is used up.
    NoSpace,
    /// The lease is not there.
    LeaseNotFound,
    /// The encoded request is above [`super::MAX_REQUEST_BYTES`].
    RequestTooLarge,
    /// Too many requests wait at the member.
    TooManyRequests,
    /// The sort order or target is none of etcd's.
    InvalidSortOption,
    /// The member gave up waiting.
    Timeout,
    /// The member gave up waiting, and the leader changed meanwhile.
    TimeoutDueToLeaderFail,
    /// The member waited for an answer of a leader that is no longer the leader.
    LeaderChanged,
    /// The raft crate refused the proposal.
    ProposalDropped,
    /// The client gave up waiting; the request may still be carried out.
    DeadlineExceeded,
    /// The connection broke while the request was with the member; it may still be
    /// carried out.
    ConnectionClosed,
    /// A member with this identifier is there already, or was and is gone for good.
    MemberExists,
    /// Another member has one of these peer addresses.
    PeerUrlExists,
    /// The change would leave fewer started members than a majority.
    NotEnoughStarted,
    /// The addresses are none of a node.
    BadMemberUrls,
    /// No member has this identifier.
    MemberNotFound,
    /// Only a learner can be promoted.
    MemberNotLearner,
    /// The learner's log is too far behind the leader's.
    LearnerNotReady,
    /// The cluster has as many learners as are allowed.
    TooManyLearners,
    /// Too few members are connected to change the membership safely.
    Unhealthy,
    /// A learner does not answer this.
    NotSupportedForLearner,
    /// The message is above the client's own limit; it was never sent.
    MessageTooLarge {
        /// The size of the message in bytes.
        bytes: usize,
        /// The client's limit in bytes.
        limit: usize,
    },
}

impl Error {
    /// The gRPC status code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::EmptyKey
            | Self::KeyNotFound
            | Self::ValueProvided
            | Self::LeaseProvided
            | Self::RequestTooLarge
            | Self::InvalidSortOption
            | Self::BadMemberUrls => Code::InvalidArgument,
            Self::Compacted | Self::FutureRevision => Code::OutOfRange,
            Self::NoSpace | Self::TooManyRequests | Self::MessageTooLarge { .. } => {
                Code::ResourceExhausted
            }
            Self::LeaseNotFound | Self::MemberNotFound => Code::NotFound,
            Self::MemberExists
            | Self::PeerUrlExists
            | Self::NotEnoughStarted
            | Self::MemberNotLearner
            | Self::LearnerNotReady
            | Self::TooManyLearners => Code::FailedPrecondition,
            Self::Unhealthy
            | Self::NotSupportedForLearner
            | Self::Timeout
            | Self::TimeoutDueToLeaderFail
            | Self::LeaderChanged
            | Self::ConnectionClosed => Code::Unavailable,
            Self::ProposalDropped => Code::Unknown,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
        }
    }

    /// Whether the request may have been, or may yet be, carried out in spite of the
    /// error. Such an outcome is "unknown" to a linearizability check.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        matches!(
            self,
            Self::Timeout
                | Self::TimeoutDueToLeaderFail
                | Self::DeadlineExceeded
                | Self::ConnectionClosed
        )
    }

    /// Whether the text is etcd's own, which its clients print bare; any other comes with
    /// gRPC's frame around it.
    fn is_etcds(&self) -> bool {
        !matches!(
            self,
            Self::ProposalDropped | Self::ConnectionClosed | Self::MessageTooLarge { .. }
        )
    }

    /// The text of the status, as in the JSON gateway's `message`.
    #[must_use]
    pub fn message(&self) -> String {
        let text = match self {
            Self::EmptyKey => "etcdserver: key is not provided",
            Self::KeyNotFound => "etcdserver: key not found",
            Self::ValueProvided => "etcdserver: value is provided",
            Self::LeaseProvided => "etcdserver: lease is provided",
            Self::Compacted => "etcdserver: mvcc: required revision has been compacted",
            Self::FutureRevision => "etcdserver: mvcc: required revision is a future revision",
            Self::NoSpace => "etcdserver: mvcc: database space exceeded",
            Self::LeaseNotFound => "etcdserver: requested lease not found",
            Self::RequestTooLarge => "etcdserver: request is too large",
            Self::TooManyRequests => "etcdserver: too many requests",
            Self::InvalidSortOption => "etcdserver: invalid sort option",
            Self::Timeout => "etcdserver: request timed out",
            Self::TimeoutDueToLeaderFail => {
                "etcdserver: request timed out, possibly due to previous leader failure"
            }
            Self::LeaderChanged => "etcdserver: leader changed",
            Self::MemberExists => "etcdserver: member ID already exist",
            Self::PeerUrlExists => "etcdserver: Peer URLs already exists",
            Self::NotEnoughStarted => {
                "etcdserver: re-configuration failed due to not enough started members"
            }
            Self::BadMemberUrls => "etcdserver: given member URLs are invalid",
            Self::MemberNotFound => "etcdserver: member not found",
            Self::MemberNotLearner => "etcdserver: can only promote a learner member",
            Self::LearnerNotReady => {
                "etcdserver: can only promote a learner member which is in sync with leader"
            }
            Self::TooManyLearners => "etcdserver: too many learner members in cluster",
            Self::Unhealthy => "etcdserver: unhealthy cluster",
            Self::NotSupportedForLearner => "etcdserver: rpc not supported for learner",
            Self::ProposalDropped => "raft proposal dropped",
            Self::DeadlineExceeded => "context deadline exceeded",
            Self::ConnectionClosed => "transport is closing",
            Self::MessageTooLarge { bytes, limit } => {
                return format!("trying to send message larger than max ({bytes} vs. {limit})");
            }
        };
        text.to_owned()
    }
}

/// The text as `etcdctl` prints it after `Error: `.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_etcds() {
            return f.write_str(&self.message());
        }
        let code = self.code().name();
        write!(f, "rpc error: code = {code} desc = {}", self.message())
    }
}

impl std::error::Error for Error {}
