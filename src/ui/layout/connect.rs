//! The areas of the connect screen.

use ratatui::layout::Rect;

use super::{take_bottom, take_left, take_right, take_top};

/// Columns of the labels.
const LABEL_COLS: u16 = 18;
/// Columns of the notes beside the fields.
const NOTE_COLS: u16 = 22;
/// Columns left free on the left.
pub const INDENT: u16 = 3;
/// Columns beyond which the form does not grow: longer lines are no easier to fill in.
const FORM_COLS: u16 = 110;
/// Rows that the steps of a test need at least.
const STEPS_ROWS: u16 = 4;
/// Rows of the title, the address, the button and the footer.
const FRAME_ROWS: u16 = 4;
/// Rows beyond which the screen does not grow while another one can be seen behind it.
const OVER_ROWS: u16 = 24;

/// One row of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldAreas {
    /// The label.
    pub label: Rect,
    /// What is filled in.
    pub field: Rect,
    /// A word beside it, such as the key that reveals.
    pub note: Rect,
}

/// The connect screen's areas; none overlaps another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectAreas {
    /// The first line.
    pub title: Rect,
    /// The address, from which the rest can be found.
    pub address: FieldAreas,
    /// Where the values stand in HaloPSA, below the address; not there on small terminals.
    pub advice: Option<Rect>,
    /// The other fields, one row each.
    pub fields: Vec<FieldAreas>,
    /// The button.
    pub button: Rect,
    /// The steps of a test, one row each, at least four.
    pub steps: Rect,
    /// The last line: what the keys do here.
    pub footer: Rect,
}

/// Where the connect screen stands over another one, of which the upper rows stay to be seen: the line between the two, and its
/// own area below. `fields` and `steps` as in [`connect`].
#[must_use]
pub fn connect_over(screen: Rect, fields: u16, steps: u16) -> (Rect, Rect) {
    let least = steps.max(STEPS_ROWS).saturating_add(FRAME_ROWS + fields);
    let three_fifths = screen.height / 5 * 3;
    let mut below = screen;
    let mut body = take_bottom(&mut below, three_fifths.min(OVER_ROWS).max(least).saturating_add(1));
    (take_top(&mut body, 1), body)
}

/// Lays out the connect screen in an area, with `fields` rows below the address; more than fit beside four rows of steps are
/// left out. The steps get the `steps` rows that they need, as far as only advice and gaps have to give way.
#[must_use]
pub fn connect(area: Rect, fields: u16, steps: u16) -> ConnectAreas {
    let mut body = area;
    let title = take_top(&mut body, 1);
    let footer = take_bottom(&mut body, 1);
    // What can be spared comes in the order in which it is missed: the advice first, then room between the parts.
    let mut spare = body.height.saturating_sub(steps.max(STEPS_ROWS).saturating_add(FRAME_ROWS - 2 + fields));
    let mut afford = |rows: u16| {
        let affordable = rows <= spare;
        spare -= if affordable { rows } else { 0 };
        affordable
    };
    let with_advice = afford(2);
    let [gap_button, gap_title, gap_fields, gap_steps] = [afford(1), afford(1), afford(1), afford(1)].map(u16::from);

    take_top(&mut body, gap_title);
    let address = field_areas(take_top(&mut body, 1));
    let advice = with_advice.then(|| {
        let mut rows = take_top(&mut body, 2);
        take_left(&mut rows, INDENT + LABEL_COLS);
        rows
    });
    take_top(&mut body, gap_fields);
    let fit = fields.min(body.height.saturating_sub(STEPS_ROWS + 1));
    let fields = (0..fit).map(|_| field_areas(take_top(&mut body, 1))).collect();
    take_top(&mut body, gap_button);
    let mut button = take_top(&mut body, 1);
    take_left(&mut button, INDENT);
    take_top(&mut body, gap_steps);
    take_left(&mut body, INDENT);
    ConnectAreas { title, address, advice, fields, button, steps: body, footer }
}

fn field_areas(mut row: Rect) -> FieldAreas {
    row.width = row.width.min(FORM_COLS);
    take_left(&mut row, INDENT);
    let label = take_left(&mut row, LABEL_COLS);
    // On narrow terminals the field needs the room more than the note.
    let note_cols = NOTE_COLS.min((row.width / 2).saturating_sub(6));
    let note = take_right(&mut row, note_cols);
    take_right(&mut row, 2);
    FieldAreas { label, field: row, note }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{MIN_COLS, MIN_ROWS, tests::assert_disjoint},
        *,
    };

    #[test]
    fn areas_never_overlap_nor_leave() {
        for cols in (MIN_COLS..=300).step_by(11).chain([80, 120, u16::MAX]) {
            for rows in (MIN_ROWS..=60).chain([u16::MAX]) {
                for fields in [0, 8, 12, 40] {
                    for steps in [0, 4, 9, u16::MAX] {
                        let laid = connect(Rect::new(0, 0, cols, rows), fields, steps);
                        let mut areas =
                            vec![("title", laid.title), ("button", laid.button), ("steps", laid.steps), ("footer", laid.footer)];
                        areas.extend(laid.advice.map(|area| ("advice", area)));
                        for row in laid.fields.iter().chain([&laid.address]) {
                            areas.extend([("label", row.label), ("field", row.field), ("note", row.note)]);
                        }
                        assert_disjoint(cols, rows, &areas);
                        assert!(laid.steps.height >= STEPS_ROWS, "{cols}x{rows} with {fields} fields: {}", laid.steps);
                        assert!(laid.address.field.width >= 22);
                    }
                }
            }
        }
    }

    #[test]
    fn the_usual_sizes() {
        let laid = connect(Rect::new(0, 0, 80, 24), 8, 0);
        assert_eq!(laid.fields.len(), 8);
        assert!(laid.advice.is_some());
        assert_eq!(laid.address.field.width, 35);
        let laid = connect(Rect::new(0, 0, 60, 20), 8, 0);
        assert_eq!(laid.fields.len(), 8, "every field is there on the smallest");
        let laid = connect(Rect::new(0, 0, 80, 24), 8, 12);
        assert_eq!((laid.steps.height, laid.advice), (12, None), "what a test has found comes before advice");
    }

    #[test]
    fn over_another_screen_its_upper_rows_are_seen_and_every_field_is_there() {
        for (rows, seen) in [(20, 3), (24, 7), (30, 11), (40, 15), (100, 75)] {
            let screen = Rect::new(0, 0, 80, rows);
            let (rule, area) = connect_over(screen, 8, 0);
            assert_eq!((rule.y, rule.height, area.y), (seen, 1, seen + 1), "{rows}");
            assert_eq!(area.bottom(), rows);
            let laid = connect(area, 8, 0);
            assert_eq!(laid.fields.len(), 8, "{rows}");
            assert!(laid.steps.height >= STEPS_ROWS && laid.footer.y == rows - 1);
        }
    }
}
