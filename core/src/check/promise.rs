//! What a run is held to.

/// A promise of the Raft algorithm: one of the five properties in figure 3 of the paper
/// (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// At most one leader in a term.
    ElectionSafety,
    /// A leader only ever adds to its log.
    LeaderAppendOnly,
    /// Logs that share an entry share all before it.
    LogMatching,
    /// Leaders have what was committed before them.
    LeaderCompleteness,
    /// Nodes apply the same entries.
    StateMachineSafety,
}

impl Promise {
    /// Every promise, in the paper's order.
    pub const ALL: [Self; 5] = [
        Self::ElectionSafety,
        Self::LeaderAppendOnly,
        Self::LogMatching,
        Self::LeaderCompleteness,
        Self::StateMachineSafety,
    ];

    /// The paper's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ElectionSafety => "Election Safety",
            Self::LeaderAppendOnly => "Leader Append-Only",
            Self::LogMatching => "Log Matching",
            Self::LeaderCompleteness => "Leader Completeness",
            Self::StateMachineSafety => "State Machine Safety",
        }
    }

    /// What is promised, in one line.
    #[must_use]
    pub fn statement(self) -> &'static str {
        match self {
            Self::ElectionSafety => "A term has at most one leader.",
            Self::LeaderAppendOnly => {
                "A leader never overwrites or deletes entries of its log; it only appends."
            }
            Self::LogMatching => {
                "Two logs with an entry of the same index and term are identical up to it."
            }
            Self::LeaderCompleteness => {
                "An entry committed in a term is in the logs of the leaders of all later terms."
            }
            Self::StateMachineSafety => {
                "No two nodes ever apply different entries at the same index."
            }
        }
    }

    /// Where the paper states and argues it.
    #[must_use]
    pub fn source(self) -> &'static str {
        match self {
            Self::ElectionSafety => "Raft paper, figure 3 and §5.2",
            Self::LeaderAppendOnly | Self::LogMatching => "Raft paper, figure 3 and §5.3",
            Self::LeaderCompleteness => "Raft paper, figure 3 and §5.4",
            Self::StateMachineSafety => "Raft paper, figure 3 and §5.4.3",
        }
    }

    /// The place in [`Self::ALL`].
    pub(super) fn place(self) -> usize {
        self as usize
    }
}
