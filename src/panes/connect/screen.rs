//! How the connect screen looks.

use ratatui::layout::{Position, Rect};

use super::{
    ConnectPane, Stage,
    form::{FormField, Keeping},
    people::People,
};
use crate::{
    domain::{ConnectStep, Hosting, StepOutcome},
    keys::Hint,
    msg::Severity,
    text::{SafeText, wrap},
    ui::{
        Own, Painter, Role, hint_line,
        layout::{CONNECT_INDENT as INDENT, ConnectAreas, FieldAreas, connect, connect_over},
    },
};

/// The column of what a step has found.
const STEP_WORDS: u16 = 16;

impl ConnectPane {
    /// Draws the screen over the painter's area, or over the lower part of it where rows are behind it, and answers where the
    /// terminal's cursor is to be.
    pub fn draw(&self, painter: &mut Painter<'_>, hints: &[Hint]) -> Option<Position> {
        let fields: Vec<FormField> =
            self.form.fields().filter(|field| !matches!(field, FormField::Address | FormField::Button)).collect();
        let rows = u16::try_from(fields.len()).unwrap_or(u16::MAX);
        let mut area = painter.area();
        let steps = self.steps_rows(area.width.saturating_sub(INDENT));
        if !self.first {
            let (rule, below) = connect_over(area, rows, steps);
            painter.within(rule).rule_h(0, &[]);
            area = below;
        }
        let painter = &mut painter.within(area);
        let areas = connect(area, rows, steps);
        painter.clear(painter.style(Role::Text));
        title(&mut painter.within(areas.title));
        let cursor = if let Stage::Asking(_, people) = &self.stage {
            Self::draw_people(painter, &areas, people)
        } else {
            self.draw_form(painter, &areas, &fields)
        };
        let mut footer = painter.within(areas.footer);
        let hints: Vec<_> = hints.iter().map(|hint| (hint.keys.as_str(), hint.label)).collect();
        let cols = footer.cols().saturating_sub(1);
        hint_line(&mut footer, 1, 0, &hints, cols);
        cursor
    }

    fn draw_form(&self, painter: &mut Painter<'_>, areas: &ConnectAreas, fields: &[FormField]) -> Option<Position> {
        let mut cursor = self.draw_row(painter, &areas.address, FormField::Address);
        if let Some(advice) = areas.advice {
            let mut advice = painter.within(advice);
            let dim = advice.style(Role::Dim);
            advice.put_cut(0, 0, "or fill in what Halo shows under", dim, u16::MAX);
            advice.put_cut(0, 1, "Configuration > Integrations > Halo API", dim, u16::MAX);
        }
        // Where not all rows fit, those around the focus are shown.
        let focus = fields.iter().position(|field| *field == self.form.focus()).unwrap_or(fields.len());
        let first = (focus + 1).saturating_sub(areas.fields.len()).min(fields.len().saturating_sub(areas.fields.len()));
        for (row, field) in areas.fields.iter().zip(fields.iter().skip(first)) {
            cursor = cursor.or(self.draw_row(painter, row, *field));
        }
        let role = if self.form.focus() == FormField::Button { Role::Accent } else { Role::Title };
        let ellipsis = painter.glyphs().ellipsis;
        let stop = if self.first { "esc esc" } else { "esc" };
        let words = match self.stage {
            Stage::Discovering => format!("[ Looking the address up {ellipsis} ]"),
            Stage::Testing(_) => format!("[ Testing {ellipsis} {stop} stops ]"),
            Stage::Starting => format!("[ Saving {ellipsis} ]"),
            _ => "[ Test and connect ]".to_owned(),
        };
        let style = painter.style(role);
        painter.within(areas.button).put_cut(0, 0, Own(&words), style, u16::MAX);
        self.draw_steps(&mut painter.within(areas.steps));
        cursor
    }

    fn draw_row(&self, painter: &mut Painter<'_>, row: &FieldAreas, field: FormField) -> Option<Position> {
        let focused = self.form.focus() == field;
        let label = painter.style(if focused { Role::Title } else { Role::Text });
        painter.within(row.label).put_cut(0, 0, field.label(), label, u16::MAX);
        let note = match field {
            FormField::Address => "enter: look it up",
            FormField::Secret if self.form.reveals() => "ctrl-r: hide",
            FormField::Secret => "ctrl-r: show",
            FormField::Command => "prints the secret",
            _ => "",
        };
        let dim = painter.style(Role::Dim);
        painter.within(row.note).put_cut(0, 0, note, dim, u16::MAX);
        // A choice needs the room of the note, which it has not.
        let whole = if field.is_choice() { row.field.union(row.note) } else { row.field };
        let mut area = painter.within(whole);
        match field {
            FormField::Hosting => {
                let hosted = self.form.hosting() == Hosting::Hosted;
                choices(&mut area, focused, [("Hosted by Halo", hosted), ("On-premise", !hosted)].into_iter());
                None
            }
            FormField::Keeping => {
                let chosen = self.form.keeping();
                choices(&mut area, focused, self.form.keepings().map(|keeping: Keeping| (keeping.word(), keeping == chosen)));
                None
            }
            _ => {
                let cols = area.cols();
                self.form.field(field)?.draw(&mut area, (0, 0), cols, focused, "")
            }
        }
    }

    /// Rows that the message and the steps take, all in all, at this width.
    fn steps_rows(&self, cols: u16) -> u16 {
        let message = self.message.as_ref().map_or(0, |message| paragraph_rows(cols, 0, &message.text));
        self.steps.values().map(|outcome| step_rows(cols, outcome)).fold(message, u16::saturating_add)
    }

    fn draw_steps(&self, painter: &mut Painter<'_>) {
        let Rect { width: cols, height: rows, .. } = painter.area();
        // Where not all fits, why a step failed and what to do comes first, then the message, then the steps before, the
        // newest first.
        let needed: Vec<u16> = self.steps.values().map(|outcome| step_rows(cols, outcome)).collect();
        let last = needed.last().copied().unwrap_or_default();
        let message = self.message.as_ref().map(|message| (message, paragraph_rows(cols, 0, &message.text)));
        let message = message.filter(|(_, rows_of_it)| needed.is_empty() || rows_of_it.saturating_add(last) <= rows);
        let mut room = rows.saturating_sub(message.map_or(0, |(_, rows_of_it)| rows_of_it));
        let mut shown = 0;
        for rows_of_it in needed.iter().rev() {
            if shown > 0 && *rows_of_it > room {
                break;
            }
            room = room.saturating_sub(*rows_of_it);
            shown += 1;
        }
        let mut y = 0;
        if let Some((message, _)) = message {
            let role = match message.severity {
                Severity::Info => Role::Info,
                Severity::Warning => Role::Warn,
                Severity::Error => Role::Bad,
            };
            y = paragraph(painter, 0, y, &message.text, role);
        }
        for (step, outcome) in self.steps.iter().skip(needed.len() - shown) {
            y = draw_step(painter, y, *step, outcome);
        }
    }

    fn draw_people(painter: &mut Painter<'_>, areas: &ConnectAreas, people: &People) -> Option<Position> {
        let area = painter.area();
        let mut label = painter.within(areas.address.label);
        let title = label.style(Role::Title);
        label.put_cut(0, 0, "You are", title, u16::MAX);
        let mut field = painter.within(areas.address.field);
        let cols = field.cols();
        let cursor = people.words().draw(&mut field, (0, 0), cols, true, "type to narrow");
        let top = areas.address.field.y + 2;
        let left = areas.address.label.x;
        let mut list =
            painter.within(Rect::new(left, top, area.right().saturating_sub(left), areas.footer.y.saturating_sub(top)));
        for (y, (agent, chosen)) in (0..).zip(people.visible()) {
            let role = if chosen { Role::Accent } else { Role::Text };
            let style = list.style(role);
            let marker = if chosen { list.glyphs().marker } else { " " };
            list.put(0, y, marker, style, 1);
            let mut x = 2 + list.put_cut(2, y, &agent.name, style, 36);
            if !agent.team.is_empty() {
                x += list.put_cut(x + 2, y, &agent.team, list.style(Role::Dim), 24) + 2;
            }
            if agent.id == people.acting() {
                list.put_cut(x + 2, y, "the application acts as this one", list.style(Role::Dim), u16::MAX);
            }
        }
        let (at, of) = people.position();
        let words = format!("{at} of {of}. Everybody's work is written under the application's agent; this is who you are.");
        list.put_cut(0, 11, Own(&words), list.style(Role::Dim), u16::MAX);
        cursor
    }
}

fn title(painter: &mut Painter<'_>) {
    painter.put(1, 0, "halo-tui", painter.style(Role::Header), u16::MAX);
    painter.put_right(0, 0, "connect to HaloPSA ", painter.style(Role::HeaderDim), u16::MAX);
}

fn choices(painter: &mut Painter<'_>, focused: bool, choices: impl Iterator<Item = (&'static str, bool)>) {
    let mut x = 0;
    for (word, chosen) in choices {
        let role = match (chosen, focused) {
            (true, true) => Role::Accent,
            (true, false) => Role::Text,
            (false, _) => Role::Dim,
        };
        let style = painter.style(role);
        x += painter.put(x, 0, if chosen { "(*) " } else { "( ) " }, style, u16::MAX);
        x += painter.put(x, 0, word, style, u16::MAX) + 3;
    }
}

/// Cells of a line of wrapped words that begin at `x`.
fn paragraph_cols(cols: u16, x: u16) -> usize {
    usize::from(cols.saturating_sub(x + 1)).max(10)
}

/// Rows that wrapped words take.
fn paragraph_rows(cols: u16, x: u16, words: &SafeText) -> u16 {
    u16::try_from(wrap(words.as_str(), paragraph_cols(cols, x)).len()).unwrap_or(u16::MAX)
}

/// Rows that a step takes.
fn step_rows(cols: u16, outcome: &StepOutcome) -> u16 {
    match outcome {
        StepOutcome::Failed(failure) => paragraph_rows(cols, STEP_WORDS, &failure.sentences()),
        _ => 1,
    }
}

/// Writes wrapped words and answers the next free row.
fn paragraph(painter: &mut Painter<'_>, x: u16, mut y: u16, words: &SafeText, role: Role) -> u16 {
    for line in wrap(words.as_str(), paragraph_cols(painter.cols(), x)) {
        painter.put(x, y, &SafeText::line(&line), painter.style(role), u16::MAX);
        y += 1;
    }
    y
}

fn draw_step(painter: &mut Painter<'_>, y: u16, step: ConnectStep, outcome: &StepOutcome) -> u16 {
    let name = match step {
        ConnectStep::NameOrProxy => "name found",
        ConnectStep::Tls => "TLS",
        ConnectStep::Token => "token",
        ConnectStep::Agent => "agent",
        ConnectStep::Tickets => "tickets",
    };
    painter.put(2, y, name, painter.style(Role::Text), STEP_WORDS);
    let glyphs = *painter.glyphs();
    let mark = |painter: &mut Painter<'_>, glyph: &'static str, role: Role| {
        painter.put(0, y, glyph, painter.style(role), 1);
    };
    match outcome {
        StepOutcome::Running => {
            mark(painter, glyphs.dot, Role::Info);
            painter.put_cut(STEP_WORDS, y, glyphs.ellipsis, painter.style(Role::Dim), u16::MAX);
            y + 1
        }
        StepOutcome::Passed { detail, millis } => {
            mark(painter, glyphs.done, Role::Ok);
            painter.put_cut(STEP_WORDS, y, detail, painter.style(Role::Text), painter.cols().saturating_sub(STEP_WORDS + 11));
            painter.put_right(0, y, Own(&format!("{millis} ms ")), painter.style(Role::Dim), u16::MAX);
            y + 1
        }
        StepOutcome::Skipped { detail } => {
            mark(painter, glyphs.none, Role::Dim);
            painter.put_cut(STEP_WORDS, y, detail, painter.style(Role::Dim), u16::MAX);
            y + 1
        }
        StepOutcome::Failed(failure) => {
            mark(painter, glyphs.breached, Role::Bad);
            paragraph(painter, STEP_WORDS, y, &failure.sentences(), Role::Bad)
        }
    }
}
