//! A short list to choose from and to put in order: by what rows are sorted, which columns they have, by what they are grouped.

use super::drawer::Drawer;
use crate::{
    keys::Hint,
    msg::Command,
    text::SafeText,
    ui::{Own, Painter, Role},
};

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choosing {
    /// The order of the rows.
    Sort,
    /// Their columns.
    Columns,
    /// What they are grouped by.
    Group,
    /// Which lists of Halo are views.
    Lists,
    /// The one column that rows beside the tickets are ordered by.
    Order,
}

/// What is done with the choice under the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choose {
    /// Take it, and be done.
    Take,
    /// Add it or take it away.
    Toggle,
    /// Turn its direction round.
    Reverse,
    /// Put it further up.
    Earlier,
    /// Put it further down.
    Later,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its mark, where it is chosen.
    pub mark: String,
    /// What it is.
    pub label: SafeText,
    /// More about it.
    pub note: SafeText,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooserOutcome {
    /// Nothing that others need to know.
    Stay,
    /// The list goes.
    Close,
    /// This is to be done with the choice in this place.
    Do(Choose, usize),
}

/// The list over the dashboard's lower part.
#[derive(Clone, Debug)]
pub struct ChooserPane {
    /// What is chosen.
    pub choosing: Choosing,
    drawer: Drawer<Choice>,
}

/// Cells of a choice's mark.
const MARK_COLS: u16 = 4;
/// Cells of what it is.
const LABEL_COLS: u16 = 14;
/// Cells of a list's name.
const LIST_COLS: u16 = 36;

impl Choosing {
    /// Whether this can be done with its choices.
    fn allows(self, choose: Choose) -> bool {
        match choose {
            Choose::Take => true,
            Choose::Toggle => !matches!(self, Self::Group | Self::Order),
            Choose::Reverse => matches!(self, Self::Sort | Self::Order),
            Choose::Earlier | Choose::Later => matches!(self, Self::Sort | Self::Columns),
        }
    }
}

impl Choose {
    /// What a command does with a choice, if anything.
    fn of(command: Command) -> Option<Self> {
        Some(match command {
            Command::Accept => Self::Take,
            Command::Toggle => Self::Toggle,
            Command::Sort => Self::Reverse,
            Command::Earlier => Self::Earlier,
            Command::Later => Self::Later,
            _ => return None,
        })
    }
}

impl ChooserPane {
    /// The layers of its keys.
    pub const LAYERS: &'static [&'static str] = &["chooser", "move", "always"];

    /// Offers these, the cursor on one of them.
    pub fn new(choosing: Choosing, title: &str, choices: Vec<Choice>, cursor: usize) -> Self {
        Self { choosing, drawer: Drawer::new(SafeText::line(title), choices, cursor) }
    }

    /// Does a command.
    pub fn command(&mut self, command: Command) -> ChooserOutcome {
        if command == Command::Back {
            return ChooserOutcome::Close;
        }
        if self.drawer.step(command) {
            return ChooserOutcome::Stay;
        }
        match Choose::of(command).filter(|choose| self.choosing.allows(*choose)) {
            Some(choose) => ChooserOutcome::Do(choose, self.drawer.cursor()),
            None => ChooserOutcome::Stay,
        }
    }

    /// Draws the list over the painter's lower part, with those of the hints that mean something here.
    pub fn draw(&self, painter: &mut Painter<'_>, mut hints: Vec<Hint>) {
        hints.retain(|hint| Choose::of(hint.command).is_none_or(|choose| self.choosing.allows(choose)));
        // The key that brought the list here means something else in it.
        for hint in hints.iter_mut().filter(|hint| Choose::of(hint.command) == Some(Choose::Reverse)) {
            hint.label = "turn";
        }
        let label_cols = if self.choosing == Choosing::Lists { LIST_COLS } else { LABEL_COLS };
        self.drawer.draw(painter, &hints, |part, y, choice, bar| {
            let style = |part: &Painter<'_>, role| bar.unwrap_or_else(|| part.style(role));
            part.put(2, y, Own(&choice.mark), style(part, Role::Marker), MARK_COLS - 1);
            part.put(2 + MARK_COLS, y, &choice.label, style(part, Role::Text), label_cols - 1);
            part.put_cut(2 + MARK_COLS + label_cols, y, &choice.note, style(part, Role::Dim), u16::MAX);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_something_is_done() {
        use Choosing::{Columns, Group, Lists, Order, Sort};
        let choice = Choice { mark: String::new(), label: SafeText::line("x"), note: SafeText::default() };
        for (command, choose, of) in [
            (Command::Accept, Choose::Take, &[Sort, Columns, Group, Lists, Order][..]),
            (Command::Toggle, Choose::Toggle, &[Sort, Columns, Lists]),
            (Command::Sort, Choose::Reverse, &[Sort, Order]),
            (Command::Earlier, Choose::Earlier, &[Sort, Columns]),
            (Command::Later, Choose::Later, &[Sort, Columns]),
        ] {
            for choosing in [Sort, Columns, Group, Lists, Order] {
                let mut chooser = ChooserPane::new(choosing, "title", vec![choice.clone()], 0);
                let expected = if of.contains(&choosing) { ChooserOutcome::Do(choose, 0) } else { ChooserOutcome::Stay };
                assert_eq!(chooser.command(command), expected, "{choosing:?}");
            }
        }
    }
}
