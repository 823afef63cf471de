//! Counts how many tickets each view has.

use std::time::Duration;

use super::{
    super::{Context, Outcome},
    TicketsPane,
};
use crate::msg::Answer;

/// What the question is for how many tickets the views have.
pub const COUNTS: &str = "counts";

/// How long the counts of the views rest between two changes of the rows: a first fill changes them all the time.
const COUNTS_REST: Duration = Duration::from_secs(1);

/// How far the counting of the views is.
#[derive(Debug, Default)]
pub(super) enum Counting {
    /// Nothing was counted yet.
    #[default]
    Never,
    /// An answer is waited for; whether something changed since.
    UnderWay(bool),
    /// They were counted, and not again before this, as time since the program's start.
    Rests(Duration),
    /// Something changed: they are counted again then.
    Due(Duration),
}

impl TicketsPane {
    /// Asks how many tickets each view has.
    pub(super) fn count(&mut self, context: Context, out: &mut Vec<Outcome>) {
        self.counting = Counting::UnderWay(false);
        out.push(Outcome::Ask { purpose: COUNTS, question: self.views.question(self.client_id(), context) });
    }

    /// What was counted may not hold any more: it is counted again, but not too often.
    pub(super) fn count_again(&mut self, context: Context) {
        self.counting = match self.counting {
            Counting::UnderWay(_) => Counting::UnderWay(true),
            Counting::Rests(until) => Counting::Due(until.max(context.now.tick)),
            Counting::Never | Counting::Due(_) => return,
        };
    }

    /// Takes what was counted; `None` where that failed.
    pub(super) fn take_counts(&mut self, answer: Option<Answer>, context: Context) {
        let again = matches!(self.counting, Counting::UnderWay(true));
        let next = context.now.tick + COUNTS_REST;
        self.counting = if again { Counting::Due(next) } else { Counting::Rests(next) };
        if let Some(Answer::Counts(counts)) = answer {
            self.views.counted(counts);
        }
    }
}
