//! The areas of the dashboard.

use ratatui::layout::Rect;

use super::{TooSmall, take_bottom, take_left, take_right, take_top};

/// From this width on the preview stands to the right of the list.
const PREVIEW_RIGHT_COLS: u16 = 120;
/// Above this height the preview stands below the list, where there is no room beside it.
const PREVIEW_BELOW_ROWS: u16 = 30;
/// From this width on the clients stand to the left of the list instead of taking its place.
const CLIENTS_LEFT_COLS: u16 = 160;
/// Columns of the clients when they stand on the left.
const CLIENTS_COLS: u16 = 28;
/// From this height on a line parts the footer from what is above.
const FOOTER_RULE_ROWS: u16 = 24;

/// What the areas depend on beside the size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DashboardWants {
    /// The preview is switched on.
    pub preview: bool,
    /// A slow line: no lines between areas, and no preview beside the list, since each row would be sent in two parts.
    pub lean: bool,
    /// The preview is rather below the list than beside it, where both have room.
    pub below: bool,
}

/// Where the preview stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewPlace {
    /// To the right of the list.
    Right,
    /// Below the list.
    Below,
    /// Nowhere: switched off or no room.
    Off,
}

/// The dashboard's areas; those that are not there on this size are `None`, and none overlaps another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DashboardAreas {
    /// The first line: profile, connection, sums.
    pub header: Rect,
    /// The second line: tabs or, while it is typed, the filter.
    pub tabs: Rect,
    /// The line below the tabs.
    pub rule: Option<Rect>,
    /// The clients' own place on the left; where there is none they take the list's place when they have the focus.
    pub clients: Option<Rect>,
    /// The line between clients and list, one column.
    pub clients_rule: Option<Rect>,
    /// The list, its column heads included.
    pub list: Rect,
    /// Where the preview stands.
    pub preview_place: PreviewPlace,
    /// The preview.
    pub preview: Option<Rect>,
    /// The line between list and preview: a column when it stands right, a row when it stands below.
    pub preview_rule: Option<Rect>,
    /// The line above the footer.
    pub footer_rule: Option<Rect>,
    /// The last line: what the keys do here.
    pub footer: Rect,
}

impl DashboardAreas {
    /// The columns of the horizontal rules at which a vertical rule begins or ends.
    pub fn joints(&self) -> impl Iterator<Item = u16> {
        let right = self.preview_rule.filter(|_| self.preview_place == PreviewPlace::Right);
        self.clients_rule.into_iter().chain(right).map(|rule| rule.x)
    }
}

/// Lays out the dashboard.
///
/// # Errors
/// [`TooSmall`] below 60 columns or 20 rows.
pub fn dashboard(cols: u16, rows: u16, wants: DashboardWants) -> Result<DashboardAreas, TooSmall> {
    TooSmall::check(cols, rows)?;
    let mut body = Rect::new(0, 0, cols, rows);
    let header = take_top(&mut body, 1);
    let tabs = take_top(&mut body, 1);
    let rule = (!wants.lean).then(|| take_top(&mut body, 1));
    let footer = take_bottom(&mut body, 1);
    let footer_rule = (!wants.lean && rows >= FOOTER_RULE_ROWS).then(|| take_bottom(&mut body, 1));

    let (clients, clients_rule) = if cols >= CLIENTS_LEFT_COLS {
        let clients = take_left(&mut body, CLIENTS_COLS);
        // Lean draws no line, but a column stays free so that two texts don't run together.
        let gap = take_left(&mut body, 1);
        (Some(clients), (!wants.lean).then_some(gap))
    } else {
        (None, None)
    };

    let preview_place = if !wants.preview {
        PreviewPlace::Off
    } else if cols >= PREVIEW_RIGHT_COLS && !wants.lean && !(wants.below && rows > PREVIEW_BELOW_ROWS) {
        PreviewPlace::Right
    } else if rows > PREVIEW_BELOW_ROWS {
        PreviewPlace::Below
    } else {
        PreviewPlace::Off
    };
    let (preview, preview_rule) = match preview_place {
        PreviewPlace::Off => (None, None),
        PreviewPlace::Right => {
            // A third and a little: lines of mail stay readable and the summary keeps its room.
            let cols = percent(body.width, 35);
            let mut right = take_right(&mut body, cols);
            let line = take_left(&mut right, 1);
            (Some(right), Some(line))
        }
        PreviewPlace::Below => {
            let rows = percent(body.height, 45);
            let mut below = take_bottom(&mut body, rows);
            let line = (!wants.lean).then(|| take_top(&mut below, 1));
            (Some(below), line)
        }
    };
    Ok(DashboardAreas {
        header,
        tabs,
        rule,
        clients,
        clients_rule,
        list: body,
        preview_place,
        preview,
        preview_rule,
        footer_rule,
        footer,
    })
}

/// So many hundredths of a length, rounded down.
fn percent(length: u16, hundredths: u16) -> u16 {
    u16::try_from(u32::from(length) * u32::from(hundredths) / 100).unwrap_or(length)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{MIN_COLS, MIN_ROWS, tests::assert_disjoint},
        *,
    };

    const ON: DashboardWants = DashboardWants { preview: true, lean: false, below: false };
    const LEAN: DashboardWants = DashboardWants { preview: true, lean: true, below: false };

    fn areas(areas: &DashboardAreas) -> Vec<(&'static str, Rect)> {
        let optional = [
            ("rule", areas.rule),
            ("clients", areas.clients),
            ("clients_rule", areas.clients_rule),
            ("preview", areas.preview),
            ("preview_rule", areas.preview_rule),
            ("footer_rule", areas.footer_rule),
        ];
        let optional = optional.into_iter().filter_map(|(name, area)| area.map(|area| (name, area)));
        [("header", areas.header), ("tabs", areas.tabs), ("list", areas.list), ("footer", areas.footer)]
            .into_iter()
            .chain(optional)
            .collect()
    }

    #[test]
    fn areas_never_overlap_nor_leave_and_the_list_has_room() {
        for cols in (MIN_COLS..=320).step_by(7).chain([119, 120, 159, 160, u16::MAX]) {
            for rows in [MIN_ROWS, 23, 24, 30, 31, 40, 100, u16::MAX] {
                for preview in [false, true] {
                    for lean in [false, true] {
                        let laid = dashboard(cols, rows, DashboardWants { preview, lean, below: cols % 2 == 0 }).unwrap();
                        assert_disjoint(cols, rows, &areas(&laid));
                        assert!(laid.list.width >= 60 && laid.list.height >= 14, "{cols}x{rows}: {}", laid.list);
                        assert_eq!(laid.preview.is_some(), laid.preview_place != PreviewPlace::Off);
                        if lean {
                            assert_eq!(
                                (laid.rule, laid.preview_rule, laid.clients_rule, laid.footer_rule),
                                (None, None, None, None)
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_usual_sizes() {
        let laid = dashboard(80, 24, ON).unwrap();
        assert_eq!(laid.list, Rect::new(0, 3, 80, 19));
        assert_eq!((laid.preview_place, laid.clients), (PreviewPlace::Off, None));
        let laid = dashboard(60, 20, ON).unwrap();
        assert_eq!(laid.list, Rect::new(0, 3, 60, 16));
        let laid = dashboard(120, 36, ON).unwrap();
        assert_eq!((laid.list.width, laid.preview.unwrap().width), (78, 41));
        assert_eq!(laid.joints().collect::<Vec<_>>(), [78]);
        let laid = dashboard(100, 40, ON).unwrap();
        assert_eq!((laid.preview_place, laid.joints().count()), (PreviewPlace::Below, 0));
        let laid = dashboard(160, 40, ON).unwrap();
        assert_eq!(laid.clients.unwrap().width, 28);
        assert_eq!(laid.joints().count(), 2);
        let laid = dashboard(120, 40, LEAN).unwrap();
        assert_eq!((laid.preview_place, laid.list.width), (PreviewPlace::Below, 120));
        assert_eq!(dashboard(120, 40, DashboardWants::default()).unwrap().preview, None);
    }

    #[test]
    fn less_is_said() {
        for (cols, rows) in [(59, 20), (60, 19), (0, 0), (1, 1), (40, 12)] {
            assert_eq!(dashboard(cols, rows, ON), Err(TooSmall { cols, rows }));
        }
    }
}
