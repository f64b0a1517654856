//! Why a subcommand did not do what it was asked to.

use std::fmt;

/// What is wrong, in words, and the exit status for it.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    exit: u8,
}

impl Failure {
    /// What was given cannot be used.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: 2,
        }
    }

    /// The status that the program ends with.
    pub(crate) fn exit(&self) -> u8 {
        self.exit
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::input(format!("{error}; `glassraft --help' says how it is used"))
    }
}
