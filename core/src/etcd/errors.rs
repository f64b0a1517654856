//! The errors that etcd answers with: gRPC code and exact text
//! (`etcdserver/api/v3rpc/rpctypes/error.go`).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The gRPC status codes that etcd uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Code {
    /// Whoever asked, or the member, ended it.
    Canceled = 1,
    /// The error has no code of its own.
    Unknown = 2,
    /// The request can never succeed as it is.
    InvalidArgument = 3,
    /// The deadline passed first.
    DeadlineExceeded = 4,
    /// What the request names is not there.
    NotFound = 5,
    /// Whoever asks may not do that.
    PermissionDenied = 7,
    /// A quota or a size limit is reached.
    ResourceExhausted = 8,
    /// The cluster is not in a state in which this may be done.
    FailedPrecondition = 9,
    /// The revision asked for is not kept, or not there yet.
    OutOfRange = 11,
    /// The service cannot answer now; a later try may succeed.
    Unavailable = 14,
    /// Data is lost for good.
    DataLoss = 15,
    /// Nobody knows who asks.
    Unauthenticated = 16,
}

impl Code {
    /// The name as gRPC's Go library prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Canceled => "Canceled",
            Self::Unknown => "Unknown",
            Self::InvalidArgument => "InvalidArgument",
            Self::DeadlineExceeded => "DeadlineExceeded",
            Self::NotFound => "NotFound",
            Self::PermissionDenied => "PermissionDenied",
            Self::ResourceExhausted => "ResourceExhausted",
            Self::FailedPrecondition => "FailedPrecondition",
            Self::OutOfRange => "OutOfRange",
            Self::Unavailable => "Unavailable",
            Self::DataLoss => "DataLoss",
            Self::Unauthenticated => "Unauthenticated",
        }
    }
}

/// Makes the type of errors out of a table: code, and text without what etcd begins it with.
macro_rules! errors {
    ($($(#[doc = $doc:literal])+ $error:ident = $code:ident, $text:literal;)+) => {
        /// Why a request was not carried out, or why nobody knows whether it was.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Error {
            $($(#[doc = $doc])+ $error,)+
            /// The message is above the client's own limit; it was never sent.
            MessageTooLarge {
                /// The size of the message in bytes.
                bytes: usize,
                /// The client's limit in bytes.
                limit: usize,
            },
        }

        impl Error {
            /// All errors that etcd itself answers with.
            pub const ALL: &'static [Self] = &[$(Self::$error),+];

            /// The gRPC status code.
            #[must_use]
            pub fn code(&self) -> Code {
                match self {
                    $(Self::$error => Code::$code,)+
                    Self::MessageTooLarge { .. } => Code::ResourceExhausted,
                }
            }

            /// The text of the status, as in the JSON gateway's `message`.
            #[must_use]
            pub fn message(&self) -> String {
                let text = match self {
                    $(Self::$error => $text,)+
                    Self::MessageTooLarge { bytes, limit } => {
                        return format!(
                            "trying to send message larger than max ({bytes} vs. {limit})"
                        );
                    }
                };
                text.to_owned()
            }
        }
    };
}

errors! {
    /// The request names no key.
    EmptyKey = InvalidArgument, "etcdserver: key is not provided";
    /// `ignore_value` or `ignore_lease` on a key that is not there, or an operation of a transaction
    /// that is none.
    KeyNotFound = InvalidArgument, "etcdserver: key not found";
    /// A value beside `ignore_value`.
    ValueProvided = InvalidArgument, "etcdserver: value is provided";
    /// A lease beside `ignore_lease`.
    LeaseProvided = InvalidArgument, "etcdserver: lease is provided";
    /// A transaction of more than 128 operations.
    TooManyOps = InvalidArgument, "etcdserver: too many operations in txn request";
    /// A transaction that changes a key twice.
    DuplicateKey = InvalidArgument, "etcdserver: duplicate key given in txn request";
    /// The sort order or target is none of etcd's.
    InvalidSortOption = InvalidArgument, "etcdserver: invalid sort option";
    /// The revision is below the compacted one.
    Compacted = OutOfRange, "etcdserver: mvcc: required revision has been compacted";
    /// The revision is above the store's.
    FutureRevision = OutOfRange, "etcdserver: mvcc: required revision is a future revision";
    /// The store's quota is used up.
    NoSpace = ResourceExhausted, "etcdserver: mvcc: database space exceeded";
    /// The lease is not there.
    LeaseNotFound = NotFound, "etcdserver: requested lease not found";
    /// The lease is there already.
    LeaseExists = FailedPrecondition, "etcdserver: lease already exists";
    /// The lease would live for too long.
    LeaseTtlTooLarge = OutOfRange, "etcdserver: too large lease TTL";
    /// The watcher was ended.
    WatchCanceled = Canceled, "etcdserver: watch canceled";
    /// The encoded request is above [`super::MAX_REQUEST_BYTES`].
    RequestTooLarge = InvalidArgument, "etcdserver: request is too large";
    /// Too many requests wait at the member.
    TooManyRequests = ResourceExhausted, "etcdserver: too many requests";
    /// The member gave up waiting.
    Timeout = Unavailable, "etcdserver: request timed out";
    /// The member gave up waiting, and the leader changed meanwhile.
    TimeoutDueToLeaderFail = Unavailable,
        "etcdserver: request timed out, possibly due to previous leader failure";
    /// The member waited for an answer of a leader that is no longer the leader.
    LeaderChanged = Unavailable, "etcdserver: leader changed";
    /// The member knows of no leader.
    NoLeader = Unavailable, "etcdserver: no leader";
    /// Only the leader can do this.
    NotLeader = FailedPrecondition, "etcdserver: not leader";
    /// The member that is to lead is none, or has no vote.
    BadLeaderTransferee = FailedPrecondition, "etcdserver: bad leader transferee";
    /// A member with this identifier is there already, or was and is gone for good.
    MemberExists = FailedPrecondition, "etcdserver: member ID already exist";
    /// Another member has one of these peer addresses.
    PeerUrlExists = FailedPrecondition, "etcdserver: Peer URLs already exists";
    /// The change would leave fewer started members than a majority.
    NotEnoughStarted = FailedPrecondition,
        "etcdserver: re-configuration failed due to not enough started members";
    /// The addresses are none of a node.
    BadMemberUrls = InvalidArgument, "etcdserver: given member URLs are invalid";
    /// No member has this identifier.
    MemberNotFound = NotFound, "etcdserver: member not found";
    /// Only a learner can be promoted.
    MemberNotLearner = FailedPrecondition, "etcdserver: can only promote a learner member";
    /// The learner's log is too far behind the leader's.
    LearnerNotReady = FailedPrecondition,
        "etcdserver: can only promote a learner member which is in sync with leader";
    /// The cluster has as many learners as are allowed.
    TooManyLearners = FailedPrecondition, "etcdserver: too many learner members in cluster";
    /// Too few members are connected to change the membership safely.
    Unhealthy = Unavailable, "etcdserver: unhealthy cluster";
    /// A learner does not answer this.
    NotSupportedForLearner = Unavailable, "etcdserver: rpc not supported for learner";
    /// The cluster has members of a version that cannot do it.
    NotCapable = Unavailable, "etcdserver: not capable";
    /// The member is about to end.
    Stopped = Unavailable, "etcdserver: server stopped";
    /// Nobody knows whether it was carried out: a connection between members was lost.
    TimeoutDueToConnectionLost = Unavailable,
        "etcdserver: request timed out, possibly due to connection lost";
    /// A learner or a member that restarted did not catch up in time.
    TimeoutWaitAppliedIndex = Unavailable,
        "etcdserver: request timed out, waiting for the applied index took too long";
    /// Members hold different data.
    Corrupt = DataLoss, "etcdserver: corrupt cluster";
    /// There is no user `root`.
    RootUserNotExist = FailedPrecondition, "etcdserver: root user does not exist";
    /// The user `root` lacks the role `root`.
    RootRoleNotExist = FailedPrecondition, "etcdserver: root user does not have root role";
    /// There is such a user already.
    UserAlreadyExists = FailedPrecondition, "etcdserver: user name already exists";
    /// The user has no name.
    UserEmpty = InvalidArgument, "etcdserver: user name is empty";
    /// There is no such user.
    UserNotFound = FailedPrecondition, "etcdserver: user name not found";
    /// There is such a role already.
    RoleAlreadyExists = FailedPrecondition, "etcdserver: role name already exists";
    /// There is no such role.
    RoleNotFound = FailedPrecondition, "etcdserver: role name not found";
    /// The role has no name.
    RoleEmpty = InvalidArgument, "etcdserver: role name is empty";
    /// The user or the password is wrong.
    AuthFailed = InvalidArgument, "etcdserver: authentication failed, invalid user ID or password";
    /// The user may not do that.
    PermissionDenied = PermissionDenied, "etcdserver: permission denied";
    /// The user does not have the role.
    RoleNotGranted = FailedPrecondition, "etcdserver: role is not granted to the user";
    /// The role does not have the permission.
    PermissionNotGranted = FailedPrecondition, "etcdserver: permission is not granted to the role";
    /// Requests are not checked, so nobody need prove who he is.
    AuthNotEnabled = FailedPrecondition, "etcdserver: authentication is not enabled";
    /// The token is none, or no longer one.
    InvalidAuthToken = Unauthenticated, "etcdserver: invalid auth token";
    /// What would lock everybody out.
    InvalidAuthManagement = InvalidArgument, "etcdserver: invalid auth management";
    /// The request was checked against users and roles that have changed since.
    AuthOldRevision = InvalidArgument, "etcdserver: revision of auth store is old";
    /// Only an administrator may ask that of a member (`auth/store.go`; etcd gives it no code).
    AdminRequired = Unknown, "auth: permission denied";
    /// Only an administrator may ask that of a member, and nobody asks (`auth/store.go`; etcd gives
    /// it no code).
    AdminUserEmpty = Unknown, "auth: user name is empty";
    /// Only an administrator may ask that of a member, and the token is none (`auth/store.go`; etcd
    /// gives it no code).
    AdminTokenInvalid = Unknown, "auth: invalid auth token";
    /// A password was given for a user without one (`auth/store.go`; etcd gives it no code).
    NoPasswordUser = Unknown,
        "auth: authentication failed, password was given for no password user";
    /// Nobody leads the election (`clientv3/concurrency/election.go`).
    ElectionNoLeader = Unknown, "election: no leader";
    /// Whoever asks does not lead the election (`clientv3/concurrency/election.go`).
    ElectionNotLeader = Unknown, "election: not leader";
    /// The raft crate refused the proposal.
    ProposalDropped = Unknown, "raft proposal dropped";
    /// There was no leader to propose the request to for as long as the member waits. (The text
    /// is the one of a client's own time limit; the code is not.)
    NotProposed = Unknown, "context deadline exceeded";
    /// The client gave up waiting; the request may still be carried out.
    DeadlineExceeded = DeadlineExceeded, "context deadline exceeded";
    /// The connection broke while the request was with the member; it may still be
    /// carried out.
    ConnectionClosed = Unavailable, "transport is closing";
}

impl Error {
    /// Whether the request may have been, or may yet be, carried out in spite of the
    /// error. Such an outcome is "unknown" to a linearizability check.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        matches!(
            self,
            Self::Timeout
                | Self::TimeoutDueToLeaderFail
                | Self::TimeoutDueToConnectionLost
                | Self::DeadlineExceeded
                | Self::ConnectionClosed
        )
    }

    /// The error as a member answers it to who asks for maintenance, which etcd hands on as it
    /// finds it (`etcdserver/api/v3rpc/maintenance.go`, `isAuthenticated`).
    #[must_use]
    pub(crate) fn of_maintenance(self) -> Self {
        match self {
            Self::PermissionDenied => Self::AdminRequired,
            Self::UserEmpty => Self::AdminUserEmpty,
            Self::InvalidAuthToken => Self::AdminTokenInvalid,
            other => other,
        }
    }

    /// Whether the text is etcd's own, which its clients print bare; any other comes with
    /// gRPC's frame around it.
    fn is_etcds(&self) -> bool {
        !matches!(
            self,
            Self::ProposalDropped
                | Self::NotProposed
                | Self::ConnectionClosed
                | Self::AdminRequired
                | Self::AdminUserEmpty
                | Self::AdminTokenInvalid
                | Self::NoPasswordUser
                | Self::ElectionNoLeader
                | Self::ElectionNotLeader
                | Self::MessageTooLarge { .. }
        )
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
