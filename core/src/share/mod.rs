//! A run as a link, a file or another tool's log.
