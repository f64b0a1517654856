//! Which sentence stands above the stage, and for how long.
//!
//! More happens than anybody can read. So a sentence that matters stays for a while, and
//! one that matters less does not push it away. While a person steps, every sentence is
//! shown.

use std::rc::Rc;

use glassraft_core::lesson::Sentence;
use glassraft_core::member::Micros;

/// How much a sentence matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// A detail of something larger.
    Detail,
    /// Part of the story.
    Story,
    /// What nobody may miss.
    Turn,
}

impl Weight {
    fn of(sentence: &Sentence) -> Self {
        match sentence {
            Sentence::Stored { .. } | Sentence::Voted { .. } | Sentence::Lost { .. } => {
                Self::Detail
            }
            Sentence::Elected { .. }
            | Sentence::LostMajority { .. }
            | Sentence::Halted { .. }
            | Sentence::Configured { .. }
            | Sentence::Restored { own: false, .. }
            | Sentence::Acted { .. }
            | Sentence::Crashed { .. }
            | Sentence::Restarted { .. }
            | Sentence::Overwrote { .. }
            | Sentence::CaughtUp { .. }
            | Sentence::StreamBroke { .. }
            | Sentence::StreamEnded { .. }
            | Sentence::Failed { .. } => Self::Turn,
            _ => Self::Story,
        }
    }

    /// How long it stays against one that matters less, in real ms.
    fn stays_ms(self) -> f64 {
        match self {
            Self::Detail => 250.0,
            Self::Story => 900.0,
            Self::Turn => 1_800.0,
        }
    }
}

/// A sentence with when it was true.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    /// What happened.
    pub(crate) sentence: Sentence,
    /// When, in virtual time.
    pub(crate) at: Micros,
    /// How many events there were then; the last of them is told of.
    pub(crate) events: u64,
}

/// Chooses the sentence that is shown.
#[derive(Debug, Default)]
pub(crate) struct Teller {
    shown: Option<(Rc<Told>, f64)>,
    /// The newest sentence of all.
    newest: Option<Rc<Told>>,
    /// The newest sentence that is worth being spoken.
    spoken: Option<Rc<Told>>,
}

impl Teller {
    /// A sentence that has just become true, at `now_ms` of real time. `always` shows it
    /// whatever it pushes away.
    pub(crate) fn tell(&mut self, told: Told, now_ms: f64, always: bool) {
        let weight = Weight::of(&told.sentence);
        let told = Rc::new(told);
        self.newest = Some(Rc::clone(&told));
        if weight == Weight::Turn || always {
            self.spoken = Some(Rc::clone(&told));
        }
        let gives_way = self.shown.as_ref().is_none_or(|(shown, since)| {
            let shown = Weight::of(&shown.sentence);
            weight >= shown || now_ms - since >= shown.stays_ms()
        });
        if gives_way || always {
            self.shown = Some((told, now_ms));
        }
    }

    /// Shows the newest sentence, if the one that kept it back has stayed long enough.
    pub(crate) fn settle(&mut self, now_ms: f64) {
        let is_read = self
            .shown
            .as_ref()
            .is_none_or(|(shown, since)| now_ms - since >= Weight::of(&shown.sentence).stays_ms());
        let is_newest = match (&self.shown, &self.newest) {
            (Some((shown, _)), Some(newest)) => Rc::ptr_eq(shown, newest),
            (_, newest) => newest.is_none(),
        };
        if is_read && !is_newest {
            self.show_newest(now_ms);
        }
    }

    /// Shows the newest sentence: time stands still, and there is time to read it.
    pub(crate) fn show_newest(&mut self, now_ms: f64) {
        if let Some(newest) = &self.newest {
            self.shown = Some((Rc::clone(newest), now_ms));
        }
    }

    /// Shows this sentence of another moment, or none.
    pub(crate) fn show_only(&mut self, told: Option<Told>) {
        let told = told.map(Rc::new);
        self.newest.clone_from(&told);
        self.spoken.clone_from(&told);
        // Whatever comes next may push it away.
        self.shown = told.map(|told| (told, f64::NEG_INFINITY));
    }

    /// The sentence to show.
    pub(crate) fn shown(&self) -> Option<&Rc<Told>> {
        self.shown.as_ref().map(|(told, _)| told)
    }

    /// The sentence to speak.
    pub(crate) fn spoken(&self) -> Option<&Rc<Told>> {
        self.spoken.as_ref()
    }
}
