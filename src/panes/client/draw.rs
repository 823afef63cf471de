//! How a line of a client's screen looks.

use ratatui::style::Style;

use super::page::{GUTTER, PageLine, What, targets};
use crate::{
    domain::{ClientOverview, Counted, Touch},
    msg::Now,
    panes::list::draw_cursor,
    ui::{Column, Own, Painter, Role, bar, columns, width},
};

/// Cells of a value's name.
const NAME_COLS: u16 = 14;
/// Cells of a number before its bar.
const NUMBER_COLS: u16 = 7;
/// Cells of an age.
const AGE_COLS: u16 = 6;

/// Draws one line in row `y`; `cursor` where it is under the cursor, with whether the pane has the focus.
pub(super) fn line(
    painter: &mut Painter<'_>,
    y: u16,
    line: &PageLine,
    overview: &ClientOverview,
    counts: &[Option<Counted>],
    cursor: Option<bool>,
    now: Now,
) {
    let bar = draw_cursor(painter, y, cursor);
    let mut run = Run { painter, x: GUTTER, y, bar };
    match &line.what {
        What::Blank => {}
        What::Name => name(&mut run, overview),
        What::Unreadable => {
            if let Some(reason) = &overview.client.unreadable {
                run.own("This record could not be read: ", Role::Bad);
                run.put(reason, Role::Bad);
            }
        }
        What::Title(title) => run.own(title, Role::Title),
        What::Popup(words) => {
            run.own("! ", Role::Warn);
            run.put(words, Role::Warn);
        }
        What::Words(words) => run.put(words, Role::Text),
        What::Fact { name, value, rest } => {
            run.name(name);
            run.put(value, Role::Text);
            if !rest.is_empty() {
                run.own(if value.is_empty() { "" } else { "  " }, Role::Text);
                run.put(rest, Role::Dim);
            }
        }
        What::Target(at) => target(&mut run, *at, counts),
        What::Weeks => weeks(&mut run, &overview.weeks),
        What::Touch(at) => {
            if let Some(done) = overview.touches.get(*at) {
                touch(&mut run, done, now);
            }
        }
        What::ReadAt => match overview.read_at {
            Some(at) => {
                run.own("read from HaloPSA ", Role::Dim);
                let when = run.painter.look().time(now.wall, at);
                run.put(&when, Role::Dim);
            }
            None => run.own("Notes and contracts come once HaloPSA was asked.", Role::Dim),
        },
    }
}

/// Words one after the other in a row, in the style of the cursor's bar where there is one.
struct Run<'a, 'b> {
    painter: &'a mut Painter<'b>,
    x: u16,
    y: u16,
    bar: Option<Style>,
}

impl Run<'_, '_> {
    fn style(&self, role: Role) -> Style {
        self.bar.unwrap_or_else(|| self.painter.style(role))
    }

    fn put(&mut self, words: &crate::text::SafeText, role: Role) {
        let style = self.style(role);
        self.x += self.painter.put_cut(self.x, self.y, words, style, u16::MAX);
    }

    fn own(&mut self, words: &str, role: Role) {
        let style = self.style(role);
        self.x += self.painter.put_cut(self.x, self.y, Own(words), style, u16::MAX);
    }

    /// What a value is, in a column of its own.
    fn name(&mut self, name: &str) {
        self.own(name, Role::Dim);
        self.x = self.x.max(GUTTER + NAME_COLS);
    }

    fn room(&self) -> u16 {
        self.painter.cols().saturating_sub(self.x)
    }
}

fn name(run: &mut Run<'_, '_>, overview: &ClientOverview) {
    let client = &overview.client;
    run.put(&client.name, Role::Title);
    let stopped = format!("{} stopped", run.painter.glyphs().breached);
    let flags = [
        (client.vip, "VIP", Role::Badge),
        (client.stopped, stopped.as_str(), Role::Bad),
        (client.inactive, "inactive", Role::Warn),
    ];
    let set = || flags.iter().filter(|(set, ..)| *set);
    // They are seen however long the name is.
    let needed: u16 = set().map(|(_, words, _)| width(Own(words)) + 2).sum();
    run.x = run.x.min(run.painter.cols().saturating_sub(needed));
    for (_, words, role) in set() {
        run.own("  ", Role::Text);
        run.own(words, *role);
    }
}

fn target(run: &mut Run<'_, '_>, at: usize, counts: &[Option<Counted>]) {
    let Some((name, _)) = targets().nth(at) else { return };
    run.own("  ", Role::Dim);
    run.name(name);
    let Some(Some(count)) = counts.get(at) else {
        let none = run.painter.glyphs().none;
        return run.own(none, Role::Dim);
    };
    let number = format!("{}{}", count.n, if count.more { "+" } else { "" });
    let style = run.style(Role::Text);
    run.painter.put_right(run.x, run.y, Own(&number), style, NUMBER_COLS - 1);
    run.x += NUMBER_COLS;
    let most = counts.iter().flatten().map(|count| count.n).max().unwrap_or(0);
    let room = run.room().saturating_sub(1);
    // The first is what was missed.
    let style = run.style(if at == 0 { Role::Bad } else { Role::Info });
    bar(run.painter, (run.x, run.y), count.n, most, room, style);
}

fn weeks(run: &mut Run<'_, '_>, weeks: &[u32]) {
    run.name("per week");
    let last = weeks.last().copied().unwrap_or(0);
    let words = format!("  {last} in the last, {} in {}", weeks.iter().sum::<u32>(), weeks.len());
    let room = run.room().saturating_sub(width(Own(&words))).min(u16::try_from(weeks.len()).unwrap_or(u16::MAX));
    let style = run.style(Role::Info);
    let shown = weeks.get(weeks.len().saturating_sub(usize::from(room))..).unwrap_or_default();
    let bars: Vec<Column> = shown.iter().map(|n| (u64::from(*n), style)).collect();
    let most = shown.iter().copied().max().unwrap_or(0);
    columns(run.painter, (run.x, run.y), 1, 1, &bars, u64::from(most));
    run.x += room;
    run.own(&words, Role::Dim);
}

fn touch(run: &mut Run<'_, '_>, touch: &Touch, now: Now) {
    if let Some(at) = touch.at {
        let when = run.painter.look().short_time(now.wall, at);
        run.put(&when, Role::Dim);
    }
    run.x = run.x.max(GUTTER + AGE_COLS);
    for (part, role) in [(&touch.who, Role::Text), (&touch.what, Role::Dim)] {
        if !part.is_empty() {
            run.put(part, role);
            run.own("  ", Role::Text);
        }
    }
    run.own(&format!("#{} ", touch.ticket), Role::Dim);
    run.put(&touch.summary, Role::Text);
}
