//! The one generic list: a window of rows, a cursor that stays on its row, scrolling. Tickets, clients, users share it.

use ratatui::style::Style;

use crate::{
    domain::{Anchor, Window},
    msg::Command,
    ui::{
        Painter, Role,
        layout::{Align, ColumnSlot, ColumnSpec},
        width,
    },
};

/// A row that a list can hold: it is known by an id that outlives its position.
pub(crate) trait Listed: Clone {
    /// What the row is known by.
    type Id: Copy + Eq + std::fmt::Debug;

    /// The row's id.
    fn id(&self) -> Self::Id;
}

/// A movement of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// The first row.
    Top,
    /// The last row.
    Bottom,
    /// Half a screen up.
    HalfPageUp,
    /// Half a screen down.
    HalfPageDown,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
}

impl Step {
    /// The movement that a command means, if it means one.
    pub(crate) fn of(command: Command) -> Option<Self> {
        Some(match command {
            Command::Up => Self::Up,
            Command::Down => Self::Down,
            Command::Top => Self::Top,
            Command::Bottom => Self::Bottom,
            Command::HalfPageUp => Self::HalfPageUp,
            Command::HalfPageDown => Self::HalfPageDown,
            Command::PageUp => Self::PageUp,
            Command::PageDown => Self::PageDown,
            _ => return None,
        })
    }
}

/// The most movements that are made again: nobody makes more before rows are there.
const MEANWHILE: usize = 1000;

/// A window of rows with a cursor.
#[derive(Clone, Debug)]
pub(crate) struct List<R: Listed> {
    window: Window<R>,
    /// Index of the cursor within the window.
    cursor: usize,
    /// Index of the first visible row within the window.
    top: usize,
    height: usize,
    loaded: bool,
    /// A question is under way.
    waiting: Option<Wait<R::Id>>,
    /// Something asked for a fresh window while a question was under way.
    again: bool,
    /// Where the cursor was moved since a question was put that takes it elsewhere: from there the same movements are made.
    meanwhile: Vec<Step>,
    /// The rows at hand are those of another list than the one asked for.
    others: bool,
    /// The list's rows could not be read.
    unread: bool,
    /// The cursor was put where it is: it stays on its row. Until then it stays on the first, whichever that is.
    placed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait<Id> {
    /// The cursor goes to the first row.
    First,
    /// The cursor goes to the last row.
    Last,
    /// The cursor stays on the first row, unless it was put elsewhere than on this one meanwhile.
    Stay(Id),
    /// The cursor stays on its row.
    Keep(Id),
    /// The cursor's row was gone: it goes to this neighbour.
    Neighbour(Id),
}

impl<R: Listed> Default for List<R> {
    fn default() -> Self {
        Self {
            window: Window::default(),
            cursor: 0,
            top: 0,
            height: 1,
            loaded: false,
            waiting: None,
            again: false,
            meanwhile: Vec::new(),
            others: false,
            unread: false,
            placed: false,
        }
    }
}

impl<R: Listed> List<R> {
    /// How many rows a question asks for: enough that two screens lie ready on either side.
    pub(crate) fn count(&self) -> u16 {
        u16::try_from(self.height.saturating_mul(5)).unwrap_or(u16::MAX).clamp(100, 500)
    }

    /// Whether an answer ever came.
    pub(crate) fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// The row under the cursor.
    pub(crate) fn selected(&self) -> Option<&R> {
        self.window.rows.get(self.cursor)
    }

    /// The position of the cursor in the whole list, from 1, and how many rows there are.
    pub(crate) fn position(&self) -> (u64, u64) {
        let at = if self.window.rows.is_empty() { 0 } else { self.window.offset + self.cursor as u64 + 1 };
        (at, self.window.total)
    }

    /// Whether there are more rows than were counted.
    pub(crate) fn has_more(&self) -> bool {
        self.window.more
    }

    /// The visible rows, and which of them is under the cursor.
    pub(crate) fn visible(&self) -> impl Iterator<Item = (&R, bool)> {
        self.window.rows.iter().enumerate().skip(self.top).take(self.height).map(|(index, row)| (row, index == self.cursor))
    }

    /// Puts the cursor on a visible row, counted from the first; says whether there is one.
    pub(crate) fn click(&mut self, row: u16) -> bool {
        let index = self.top + usize::from(row);
        let there = usize::from(row) < self.height && index < self.window.rows.len();
        if there {
            self.cursor = index;
            self.placed = true;
            // If the rows that are awaited hold this one too, the cursor is to be on it.
            if let Some(id) = self.selected().map(Listed::id).filter(|_| self.goes_elsewhere()) {
                self.waiting = Some(Wait::Neighbour(id));
                self.meanwhile.clear();
            }
        }
        there
    }

    /// The cursor stays on its row from now on: it is looked at.
    pub(crate) fn hold(&mut self) {
        self.placed |= self.loaded;
    }

    /// The rows at hand above the cursor, the nearest first.
    pub(crate) fn above(&self) -> impl Iterator<Item = &R> {
        self.window.rows.iter().take(self.cursor).rev()
    }

    /// Tells how many rows are on screen.
    pub(crate) fn set_height(&mut self, height: u16) {
        self.height = usize::from(height.max(1));
        self.follow();
    }

    /// Moves the cursor; answers where a new window is to be asked for, if the rows at hand are running out.
    pub(crate) fn step(&mut self, step: Step) -> Option<Anchor<R::Id>> {
        if self.goes_elsewhere() && self.meanwhile.len() < MEANWHILE {
            self.meanwhile.push(step);
        }
        let half = (self.height / 2).max(1);
        let page = self.height.saturating_sub(1).max(1);
        let last = self.window.rows.len().saturating_sub(1);
        let before = self.cursor;
        match step {
            Step::Up => self.cursor = self.cursor.saturating_sub(1),
            Step::Down => self.cursor = (self.cursor + 1).min(last),
            Step::HalfPageUp => self.jump_up(half),
            Step::HalfPageDown => self.jump_down(half),
            Step::PageUp => self.jump_up(page),
            Step::PageDown => self.jump_down(page),
            Step::Top => {
                if self.window.offset > 0 {
                    self.placed = true;
                    return Some(self.ask(Wait::First));
                }
                self.cursor = 0;
            }
            Step::Bottom => {
                if self.below() > 0 {
                    self.placed = true;
                    return Some(self.ask(Wait::Last));
                }
                self.cursor = last;
            }
        }
        self.placed |= self.cursor != before;
        self.follow();
        self.refill()
    }

    /// Asks for the first rows of another list; the old rows stay until the new ones are there.
    pub(crate) fn restart(&mut self) -> Anchor<R::Id> {
        (self.waiting, self.placed, self.others) = (None, false, true);
        self.ask(Wait::First)
    }

    /// Asks for the rows of another list around this one, on which the cursor goes; for the first ones where it is not there.
    pub(crate) fn restart_at(&mut self, id: R::Id) -> Anchor<R::Id> {
        (self.waiting, self.placed, self.others) = (None, true, true);
        self.ask(Wait::Neighbour(id))
    }

    /// Asks for the same rows in another order; the cursor stays on the row it was put on, else on the first.
    pub(crate) fn reorder(&mut self) -> Anchor<R::Id> {
        match self.selected().map(Listed::id) {
            Some(id) if self.placed => self.restart_at(id),
            _ => self.restart(),
        }
    }

    /// Asks for the same rows again, since some changed.
    pub(crate) fn renew(&mut self) -> Option<Anchor<R::Id>> {
        if self.waiting.is_some() {
            self.again = true;
            return None;
        }
        Some(self.ask_again())
    }

    fn ask_again(&mut self) -> Anchor<R::Id> {
        let wait = match self.selected().map(Listed::id) {
            Some(id) if self.placed => Wait::Keep(id),
            Some(id) => Wait::Stay(id),
            None => Wait::First,
        };
        self.ask(wait)
    }

    /// Whether this row is at hand.
    pub(crate) fn holds(&self, id: R::Id) -> bool {
        self.index_of(id).is_some()
    }

    /// Asks for the rows around this one and puts the cursor on it.
    pub(crate) fn go_to(&mut self, id: R::Id) -> Option<Anchor<R::Id>> {
        // An answer on its way knows nothing of this: it is asked for anew.
        let waits = self.waiting.take().is_some();
        self.placed = true;
        if let Some(index) = self.index_of(id) {
            self.cursor = index;
            self.follow();
            if !waits {
                return self.refill();
            }
        }
        Some(self.ask(Wait::Neighbour(id)))
    }

    /// Takes an answer; may ask again where the cursor's row is gone or something changed meanwhile.
    pub(crate) fn fill(&mut self, window: Window<R>) -> Option<Anchor<R::Id>> {
        let waited = self.waiting.take();
        let meanwhile = std::mem::take(&mut self.meanwhile);
        let first_time = !std::mem::replace(&mut self.loaded, true);
        (self.others, self.unread) = (false, false);
        let at_start = self.window.offset == 0 && self.top == 0;
        let line = self.cursor.saturating_sub(self.top);
        let old = std::mem::replace(&mut self.window, window);
        let last = self.window.rows.len().saturating_sub(1);
        match waited {
            Some(Wait::Last) => {
                self.cursor = last;
                self.top = 0;
            }
            Some(Wait::Keep(asked) | Wait::Stay(asked)) if !first_time && self.placed => {
                // The cursor may have moved while the answer was under way: it is the row under it now that counts.
                let under = old.rows.get(self.cursor).map(Listed::id);
                if let Some(index) = under.and_then(|id| self.index_of(id)) {
                    self.place(index, line, at_start);
                } else if let Some(under) = under.filter(|under| *under != asked) {
                    // It has gone so far that these rows are not those around it.
                    self.window = old;
                    return Some(self.ask(Wait::Keep(under)));
                } else if let Some(index) = self.nearest(&old) {
                    self.place(index, line, at_start);
                } else {
                    let neighbour = Self::neighbours(&old, self.cursor).next();
                    if let Some(neighbour) = neighbour.filter(|_| self.window.total > 0) {
                        self.window = old;
                        return Some(self.ask(Wait::Neighbour(neighbour)));
                    }
                    self.place(0, 0, true);
                }
            }
            Some(Wait::Neighbour(id)) => {
                let index = self.index_of(id).unwrap_or(0);
                self.place(index, line, at_start);
            }
            Some(Wait::First | Wait::Stay(_) | Wait::Keep(_)) | None => self.place(0, 0, true),
        }
        self.follow();
        let renewed = std::mem::take(&mut self.again);
        let asked = meanwhile.into_iter().fold(None, |asked, step| self.step(step).or(asked));
        let more = if renewed { self.renew() } else { self.refill() };
        more.or(asked)
    }

    /// An answer did not come (it failed): the rows stay, unless they are another list's.
    pub(crate) fn give_up(&mut self) {
        self.waiting = None;
        self.meanwhile.clear();
        if std::mem::take(&mut self.others) {
            (self.window, self.cursor, self.top) = (Window::default(), 0, 0);
            self.unread = true;
        }
    }

    /// Whether no rows are at hand since they could not be read.
    pub(crate) fn is_unread(&self) -> bool {
        self.unread
    }

    /// Whether an answer is under way that puts the cursor where it is not now.
    fn goes_elsewhere(&self) -> bool {
        matches!(self.waiting, Some(Wait::First | Wait::Last | Wait::Neighbour(_)))
    }

    fn place(&mut self, index: usize, line: usize, at_start: bool) {
        self.cursor = index;
        // A list that showed its beginning goes on showing it, so that what arrives on top is seen.
        self.top = if at_start && self.window.offset == 0 { 0 } else { index.saturating_sub(line) };
    }

    fn index_of(&self, id: R::Id) -> Option<usize> {
        self.window.rows.iter().position(|row| row.id() == id)
    }

    /// Rows near `index` in the order in which they take its place: the ones after it, then the ones before it.
    fn neighbours(old: &Window<R>, index: usize) -> impl Iterator<Item = R::Id> + '_ {
        let after = old.rows.iter().skip(index + 1);
        let before = old.rows.iter().take(index).rev();
        after.chain(before).map(Listed::id)
    }

    fn nearest(&self, old: &Window<R>) -> Option<usize> {
        Self::neighbours(old, self.cursor).find_map(|id| self.index_of(id))
    }

    fn below(&self) -> u64 {
        self.window.total.saturating_sub(self.window.offset + self.window.rows.len() as u64)
    }

    fn jump_up(&mut self, by: usize) {
        self.cursor = self.cursor.saturating_sub(by);
        self.top = self.top.saturating_sub(by);
    }

    fn jump_down(&mut self, by: usize) {
        let last = self.window.rows.len().saturating_sub(1);
        let lowest_top = self.window.rows.len().saturating_sub(self.height);
        self.cursor = (self.cursor + by).min(last);
        self.top = (self.top + by).min(lowest_top).max(self.top.min(lowest_top));
    }

    /// Scrolls just as far as the cursor needs.
    fn follow(&mut self) {
        let last = self.window.rows.len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        let lowest_top = self.window.rows.len().saturating_sub(self.height);
        self.top = self.top.min(self.cursor).max((self.cursor + 1).saturating_sub(self.height));
        if self.below() == 0 {
            self.top = self.top.min(lowest_top.min(self.cursor));
        }
    }

    fn refill(&mut self) -> Option<Anchor<R::Id>> {
        let above_runs_out = self.window.offset > 0 && self.top < self.height;
        let below_runs_out = self.below() > 0 && self.top + 2 * self.height > self.window.rows.len();
        if (above_runs_out || below_runs_out) && self.waiting.is_none() {
            self.selected()?;
            return Some(self.ask_again());
        }
        None
    }

    fn ask(&mut self, wait: Wait<R::Id>) -> Anchor<R::Id> {
        self.waiting = Some(wait);
        self.again = false;
        self.meanwhile.clear();
        match wait {
            Wait::First | Wait::Stay(_) => Anchor::Start,
            Wait::Last => Anchor::End,
            Wait::Keep(id) | Wait::Neighbour(id) => Anchor::Around(id),
        }
    }
}

/// Draws the column titles, and the arrow of the one that the rows are ordered by.
pub(super) fn draw_heads(
    painter: &mut Painter<'_>,
    slots: &[ColumnSlot],
    specs: &[ColumnSpec],
    gutter: u16,
    sorted: Option<(usize, &'static str)>,
) {
    let style = painter.style(Role::Title);
    for slot in slots {
        let Some(spec) = specs.get(slot.index) else { continue };
        let mark = sorted.filter(|(at, _)| *at == slot.index).map_or("", |(_, mark)| mark);
        let cells = width(spec.title).min(slot.width.saturating_sub(width(mark)));
        let x = gutter + slot.x + if spec.align == Align::Right { slot.width - cells - width(mark) } else { 0 };
        painter.put(x, 0, spec.title, style, cells);
        painter.put(x + cells, 0, mark, style, width(mark));
    }
}

/// Draws what tells the cursor's row: a mark, and a bar where the list has the focus and the line is not lean. Answers the
/// style of the bar, which then goes for the whole row: one colour costs the least on the wire.
pub(super) fn draw_cursor(painter: &mut Painter<'_>, y: u16, cursor: Option<bool>) -> Option<Style> {
    let focused = cursor?;
    if painter.look().is_lean() {
        // No colour: changing it would cost more than the mark.
        painter.put(0, y, ">", painter.style(Role::Text), 1);
        return None;
    }
    let marker = painter.glyphs().marker;
    if !focused {
        painter.put(0, y, marker, painter.style(Role::Marker), 1);
        return None;
    }
    let bar = painter.style(Role::Accent);
    painter.rows(y, 1).clear(bar);
    painter.put(0, y, marker, bar, 1);
    Some(bar)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Row(i64);

    impl Listed for Row {
        type Id = i64;

        fn id(&self) -> i64 {
            self.0
        }
    }

    /// What the mirror does with a window of `count` rows.
    fn answer(all: &[i64], anchor: Anchor<i64>, count: usize) -> Window<Row> {
        let start = match anchor {
            Anchor::Start | Anchor::After(_) | Anchor::Before(_) => 0,
            Anchor::End => all.len().saturating_sub(count),
            Anchor::Around(id) => all.iter().position(|x| *x == id).map_or(0, |at| at.saturating_sub(count / 2)),
        };
        let rows: Vec<Row> = all.iter().skip(start).take(count).map(|id| Row(*id)).collect();
        Window { rows, offset: start as u64, total: all.len() as u64, more: false }
    }

    fn settle(list: &mut List<Row>, all: &[i64], mut ask: Option<Anchor<i64>>) {
        for _ in 0..5 {
            let Some(anchor) = ask else { return };
            ask = list.fill(answer(all, anchor, usize::from(list.count())));
        }
        panic!("asks for ever");
    }

    fn loaded(all: &[i64], height: u16) -> List<Row> {
        let mut list = List::default();
        list.set_height(height);
        let ask = Some(list.restart());
        settle(&mut list, all, ask);
        list
    }

    #[test]
    fn rows_never_stand_for_another_list_that_could_not_be_read() {
        let all: Vec<i64> = (0..50).collect();
        let mut list = loaded(&all, 10);
        assert!(list.renew().is_some());
        list.give_up();
        assert_eq!((list.visible().count(), list.is_unread()), (10, false), "they are this list's still");
        let _ = list.restart();
        list.give_up();
        assert_eq!((list.visible().count(), list.is_unread(), list.position()), (0, true, (0, 0)));
        let ask = list.renew();
        settle(&mut list, &all, ask);
        assert_eq!((list.visible().count(), list.is_unread()), (10, false));
    }

    #[test]
    fn until_it_is_moved_the_cursor_stays_on_the_first_row_whichever_that_is() {
        let mut all: Vec<i64> = (0..50).collect();
        let renewed = |list: &mut List<Row>, all: &[i64]| {
            let ask = list.renew();
            settle(list, all, ask);
            list.selected().map(|row| row.0)
        };
        let mut list = loaded(&all, 10);
        all.splice(0..0, [100, 101]);
        assert_eq!(renewed(&mut list, &all), Some(100));
        all.insert(0, 102);
        // A key that comes while rows are on their way counts for the rows that were seen.
        let ask = list.renew();
        let _ = list.step(Step::Down);
        settle(&mut list, &all, ask);
        assert_eq!(list.selected(), Some(&Row(101)));
        all.insert(0, 103);
        assert_eq!(renewed(&mut list, &all), Some(101), "once moved it follows its row");
        let ask = Some(list.restart());
        settle(&mut list, &all, ask);
        all.insert(0, 104);
        assert_eq!(renewed(&mut list, &all), Some(104), "another list begins at its first row");
        list.hold();
        all.insert(0, 105);
        assert_eq!(renewed(&mut list, &all), Some(104), "what is looked into stays");
        let mut clicked = loaded(&all, 10);
        assert!(clicked.click(0));
        all.insert(0, 106);
        assert_eq!(renewed(&mut clicked, &all), Some(105));
        let mut gone = loaded(&all, 10);
        all.clear();
        assert_eq!(renewed(&mut gone, &all), None);
    }

    #[test]
    fn the_cursor_stays_on_its_row_when_rows_arrive_above() {
        let mut all: Vec<i64> = (0..50).collect();
        let mut list = loaded(&all, 10);
        for _ in 0..3 {
            let _ = list.step(Step::Down);
        }
        all.splice(0..0, [100, 101]);
        let ask = list.renew();
        settle(&mut list, &all, ask);
        assert_eq!(list.selected(), Some(&Row(3)));
        assert_eq!(list.visible().next().map(|(row, _)| row.clone()), Some(Row(100)), "what arrives on top is seen");
    }

    #[test]
    fn a_vanished_row_hands_the_cursor_to_the_next_one() {
        let mut all: Vec<i64> = (0..50).collect();
        let mut list = loaded(&all, 10);
        let _ = list.step(Step::Down);
        all.remove(1);
        let ask = list.renew();
        settle(&mut list, &all, ask);
        assert_eq!(list.selected(), Some(&Row(2)));
    }

    #[test]
    fn the_last_rows_vanish_and_the_one_before_is_taken() {
        let mut all: Vec<i64> = (0..50).collect();
        let mut list = loaded(&all, 10);
        let ask = list.step(Step::Bottom);
        settle(&mut list, &all, ask);
        assert_eq!(list.selected(), Some(&Row(49)));
        all.truncate(48);
        let ask = list.renew();
        settle(&mut list, &all, ask);
        assert_eq!(list.selected(), Some(&Row(47)));
    }

    #[test]
    fn an_emptied_list_has_no_cursor_and_recovers() {
        let all: Vec<i64> = (0..5).collect();
        let mut list = loaded(&all, 10);
        let ask = list.renew();
        settle(&mut list, &[], ask);
        assert_eq!(list.selected(), None);
        assert_eq!(list.position(), (0, 0));
        let ask = list.renew();
        settle(&mut list, &all, ask);
        assert_eq!(list.selected(), Some(&Row(0)));
    }

    #[test]
    fn what_is_pressed_before_another_list_is_there_counts_in_it() {
        let (all, other): (Vec<i64>, Vec<i64>) = ((0..50).collect(), (1000..1050).collect());
        let mut list = loaded(&all, 10);
        let ask = Some(list.restart());
        let _ = list.step(Step::Down);
        let _ = list.step(Step::Down);
        settle(&mut list, &other, ask);
        assert_eq!(list.selected(), Some(&Row(1002)));
        let ask = Some(list.restart_at(30));
        let _ = list.step(Step::Up);
        settle(&mut list, &all, ask);
        assert_eq!(list.selected(), Some(&Row(29)));
        let ask = Some(list.restart());
        let _ = list.step(Step::Bottom);
        settle(&mut list, &other, ask);
        assert_eq!(list.selected(), Some(&Row(1049)));
        let mut list = List::default();
        list.set_height(10);
        let ask = Some(list.restart());
        let _ = list.step(Step::Down);
        settle(&mut list, &all, ask);
        assert_eq!(list.selected(), Some(&Row(1)), "nor is one lost before the first rows");
    }

    #[test]
    fn a_row_that_is_clicked_before_the_new_rows_are_there_keeps_the_cursor() {
        let all: Vec<i64> = (0..50).collect();
        let mut list = loaded(&all, 10);
        let ask = Some(list.restart());
        assert!(list.click(3));
        let sorted: Vec<i64> = all.iter().rev().copied().collect();
        settle(&mut list, &sorted, ask);
        assert_eq!(list.selected(), Some(&Row(3)));
    }

    #[test]
    fn bottom_and_top_of_a_list_that_is_larger_than_its_window() {
        let all: Vec<i64> = (0..10_000).collect();
        let mut list = loaded(&all, 30);
        let ask = list.step(Step::Bottom);
        assert_eq!(ask, Some(Anchor::End));
        settle(&mut list, &all, ask);
        assert_eq!(list.position(), (10_000, 10_000));
        assert_eq!(list.visible().count(), 30);
        let ask = list.step(Step::Top);
        settle(&mut list, &all, ask);
        assert_eq!(list.position(), (1, 10_000));
    }

    /// What may happen to a list: a key, another list, a change, an answer.
    #[derive(Clone, Copy, Debug)]
    enum Event {
        Step(Step),
        Show(usize),
        Renew,
        Answer,
    }

    fn event() -> impl Strategy<Value = Event> {
        use Step::{Bottom, Down, HalfPageDown, PageUp, Top, Up};
        prop_oneof![
            4 => prop::sample::select(vec![Up, Down, Down, Down, Top, Bottom, HalfPageDown, PageUp]).prop_map(Event::Step),
            1 => (0usize..3).prop_map(Event::Show),
            1 => Just(Event::Renew),
            2 => Just(Event::Answer),
        ]
    }

    proptest! {
        /// However late the rows come, the keys lead to where they lead when rows are there at once.
        #[test]
        fn no_key_is_undone_by_rows_that_come_later(height in 1u16..40, events in prop::collection::vec(event(), 0..40)) {
            let lists: [Vec<i64>; 3] = [(0..90).collect(), (100..105).collect(), (200..270).rev().collect()];
            let end = |late: bool| {
                let mut list = List::default();
                list.set_height(height);
                let (mut shown, mut ask) = (0, Some(list.restart()));
                for event in &events {
                    let asked = match event {
                        Event::Step(step) => list.step(*step),
                        Event::Show(at) => {
                            shown = *at;
                            Some(list.restart())
                        }
                        Event::Renew => list.renew(),
                        Event::Answer => None,
                    };
                    // A newer question takes the place of the one under way.
                    ask = asked.or(ask);
                    if !late || matches!(event, Event::Answer) {
                        settle(&mut list, &lists[shown], ask.take());
                    }
                }
                settle(&mut list, &lists[shown], ask);
                (list.position(), list.selected().cloned())
            };
            prop_assert_eq!(end(true), end(false));
        }

        /// Whatever is pressed, the visible part is full and the cursor is in it, at the row that counting predicts.
        #[test]
        fn steps_agree_with_counting(height in 1u16..40, len in 0usize..700, steps in prop::collection::vec(0u8..8, 0..60)) {
            let all: Vec<i64> = (0..).take(len).map(|n| n * 7).collect();
            let mut list = loaded(&all, height);
            let mut expected = 0usize;
            let last = len.saturating_sub(1);
            let (half, page) = ((usize::from(height) / 2).max(1), usize::from(height - 1).max(1));
            for step in steps {
                let (step, to) = match step {
                    0 => (Step::Up, expected.saturating_sub(1)),
                    1 => (Step::Down, expected + 1),
                    2 => (Step::Top, 0),
                    3 => (Step::Bottom, last),
                    4 => (Step::HalfPageUp, expected.saturating_sub(half)),
                    5 => (Step::HalfPageDown, expected + half),
                    6 => (Step::PageUp, expected.saturating_sub(page)),
                    _ => (Step::PageDown, expected + page),
                };
                expected = to.min(last);
                let ask = list.step(step);
                settle(&mut list, &all, ask);
                let (at, total) = list.position();
                prop_assert_eq!(total, len as u64);
                if len > 0 {
                    prop_assert_eq!(at, expected as u64 + 1);
                    prop_assert_eq!(list.visible().filter(|(_, cursor)| *cursor).count(), 1);
                    prop_assert_eq!(list.visible().count(), len.min(usize::from(height)));
                }
            }
        }
    }
}
