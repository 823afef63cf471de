//! Finds words in the ticket that is shown, and goes from one place to the next.

use super::{super::Outcome, PreviewPane};
use crate::{msg::Notice, text::fold};

/// Words that are looked for in the page.
#[derive(Debug)]
pub(super) struct Find {
    /// Folded.
    pub(super) needle: String,
    /// The lines that hold them.
    pub(super) lines: Vec<usize>,
    /// Which of them was gone to.
    pub(super) at: usize,
}

impl PreviewPane {
    /// Looks for words from what is in sight on; none end it.
    pub(super) fn look_for(&mut self, words: &str) {
        let needle = fold(words.trim());
        if needle.is_empty() {
            self.find = None;
            return self.lay_out_around_top();
        }
        let held = self.find.as_ref().and_then(|find| find.lines.get(find.at)).copied();
        self.find = Some(Find { needle, lines: Vec::new(), at: 0 });
        self.lay_out_around_top();
        let from = held.unwrap_or(self.top);
        if let Some(find) = &mut self.find {
            // From what is in sight downwards, then from the beginning.
            find.at = find.lines.iter().position(|line| *line >= from).unwrap_or(0);
        }
        self.show_match();
    }

    pub(super) fn go_to_match(&mut self, forward: bool, out: &mut Vec<Outcome>) {
        let Some(find) = &mut self.find else {
            out.push(Outcome::Notice(Notice::info("Nothing is looked for: / in the preview finds words")));
            return;
        };
        let count = find.lines.len();
        if count == 0 {
            return out.push(Outcome::Notice(Notice::info("Not found in this ticket")));
        }
        find.at = (find.at + if forward { 1 } else { count - 1 }) % count;
        self.show_match();
    }

    /// Scrolls so that the match is in sight, with some lines around it.
    fn show_match(&mut self) {
        let line = self.find.as_ref().and_then(|find| find.lines.get(find.at)).copied();
        if let Some(line) = line {
            let rows = usize::from(self.rows);
            let margin = (rows / 4).min(4);
            if line < self.top + margin {
                self.scroll_to(line.saturating_sub(margin));
            } else if line + margin >= self.top + rows {
                self.scroll_to((line + margin + 1).saturating_sub(rows));
            }
        }
    }
}
