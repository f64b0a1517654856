//! Exit statuses (`etcdctl/ctlv3/command/error.go`).

/// Anything without a status of its own.
pub(super) const ERROR: i32 = 1;
/// No connection, or nobody who may have one.
pub(super) const BAD_CONNECTION: i32 = 2;
/// What was to be read from standard input is not what it has to be.
pub(super) const INVALID_INPUT: i32 = 3;
/// A valid flag with a value that is not supported.
pub(super) const BAD_FEATURE: i32 = 4;
/// A watch ended that was to go on, or a file could not be written (the same number).
pub(super) const INTERRUPTED: i32 = 5;
/// What a Go program ends with that panics.
pub(super) const PANIC: i32 = 2;
/// Wrong arguments.
pub(super) const BAD_ARGS: i32 = 128;
