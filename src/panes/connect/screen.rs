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
        layout::{ConnectAreas, FieldAreas, connect, connect_over},
    },
};

impl ConnectPane {
    /// Draws the screen over the painter's area, or over the lower part of it where rows are behind it, and answers where the
    /// terminal's cursor is to be.
    pub fn draw(&self, painter: &mut Painter<'_>, hints: &[Hint]) -> Option<Position> {
        let fields: Vec<FormField> =
            self.form.fields().filter(|field| !matches!(field, FormField::Address | FormField::Button)).collect();
        let rows = u16::try_from(fields.len()).unwrap_or(u16::MAX);
        let mut area = painter.area();
        if !self.first {
            let (rule, below) = connect_over(area, rows);
            painter.within(rule).rule_h(0, &[]);
            area = below;
        }
        let painter = &mut painter.within(area);
        let areas = connect(area, rows);
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
        let words = match self.stage {
            Stage::Discovering => "[ Looking the address up … ]",
            Stage::Testing(_) => "[ Testing … esc esc stops ]",
            Stage::Starting => "[ Saving … ]",
            _ => "[ Test and connect ]",
        };
        let style = painter.style(role);
        painter.within(areas.button).put_cut(0, 0, words, style, u16::MAX);
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

    fn draw_steps(&self, painter: &mut Painter<'_>) {
        let mut y = 0;
        if let Some(message) = &self.message {
            let role = match message.severity {
                Severity::Info => Role::Info,
                Severity::Warning => Role::Warn,
                Severity::Error => Role::Bad,
            };
            y = paragraph(painter, 0, y, &message.text, role);
        }
        // The newest steps matter most where there are few rows.
        let rows = usize::from(painter.area().height.saturating_sub(y));
        let skipped = self.steps.len().saturating_sub(rows.max(1));
        for (step, outcome) in self.steps.iter().skip(skipped) {
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

/// Writes wrapped words and answers the next free row.
fn paragraph(painter: &mut Painter<'_>, x: u16, mut y: u16, words: &SafeText, role: Role) -> u16 {
    let cols = usize::from(painter.cols().saturating_sub(x + 1)).max(10);
    for line in wrap(words.as_str(), cols) {
        painter.put(x, y, &SafeText::line(&line), painter.style(role), u16::MAX);
        y += 1;
    }
    y
}

fn draw_step(painter: &mut Painter<'_>, y: u16, step: ConnectStep, outcome: &StepOutcome) -> u16 {
    const WORDS: u16 = 16;
    let name = match step {
        ConnectStep::NameOrProxy => "name found",
        ConnectStep::Tls => "TLS",
        ConnectStep::Token => "token",
        ConnectStep::Agent => "agent",
        ConnectStep::Tickets => "tickets",
    };
    painter.put(2, y, name, painter.style(Role::Text), WORDS);
    let glyphs = *painter.glyphs();
    let mark = |painter: &mut Painter<'_>, glyph: &'static str, role: Role| {
        painter.put(0, y, glyph, painter.style(role), 1);
    };
    match outcome {
        StepOutcome::Running => {
            mark(painter, glyphs.dot, Role::Info);
            painter.put_cut(WORDS, y, glyphs.ellipsis, painter.style(Role::Dim), u16::MAX);
            y + 1
        }
        StepOutcome::Passed { detail, millis } => {
            mark(painter, glyphs.done, Role::Ok);
            painter.put_cut(WORDS, y, detail, painter.style(Role::Text), painter.cols().saturating_sub(WORDS + 11));
            painter.put_right(0, y, Own(&format!("{millis} ms ")), painter.style(Role::Dim), u16::MAX);
            y + 1
        }
        StepOutcome::Skipped { detail } => {
            mark(painter, glyphs.none, Role::Dim);
            painter.put_cut(WORDS, y, detail, painter.style(Role::Dim), u16::MAX);
            y + 1
        }
        StepOutcome::Failed(failure) => {
            mark(painter, glyphs.breached, Role::Bad);
            paragraph(painter, WORDS, y, &failure.sentences(), Role::Bad)
        }
    }
}
