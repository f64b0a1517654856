//! How fast virtual time passes.

/// Virtual time in proportion to real time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Speed {
    /// A sixteenth: single messages can be followed.
    Sixteenth,
    /// A quarter.
    Quarter,
    /// As in life.
    #[default]
    Real,
    /// Four times.
    Four,
    /// As fast as it goes.
    Max,
}

impl Speed {
    /// From slow to fast.
    pub(crate) const ALL: [Self; 5] = [
        Self::Sixteenth,
        Self::Quarter,
        Self::Real,
        Self::Four,
        Self::Max,
    ];

    /// Virtual time over real time; `None` for as fast as it goes.
    pub(crate) fn factor(self) -> Option<f64> {
        match self {
            Self::Sixteenth => Some(0.0625),
            Self::Quarter => Some(0.25),
            Self::Real => Some(1.0),
            Self::Four => Some(4.0),
            Self::Max => None,
        }
    }

    /// The name that tests know it by.
    pub(crate) fn test_id(self) -> &'static str {
        match self {
            Self::Sixteenth => "speed-0.0625",
            Self::Quarter => "speed-0.25",
            Self::Real => "speed-1",
            Self::Four => "speed-4",
            Self::Max => "speed-max",
        }
    }

    /// The speed so many steps faster (or slower), as far as there is one.
    pub(crate) fn shifted(self, steps: isize) -> Self {
        let place = Self::ALL.iter().position(|speed| *speed == self);
        let shifted = place.unwrap_or(0).saturating_add_signed(steps);
        Self::ALL[shifted.min(Self::ALL.len() - 1)]
    }
}
