//! Exit statuses (`etcdctl/ctlv3/command/error.go`).

/// Anything without a status of its own.
pub(super) const ERROR: i32 = 1;
/// A valid flag with a value that is not supported.
pub(super) const BAD_FEATURE: i32 = 4;
/// Wrong arguments.
pub(super) const BAD_ARGS: i32 = 128;
