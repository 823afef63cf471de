//! The first two lines: whose desk this is, how fresh the rows are, what is listed.

use jiff::tz::TimeZone;

use super::model::{Model, Status};
use crate::{
    domain::{Connection, Timestamp, TokenState},
    msg::Now,
    panes::{CLIENTS, PREVIEW, TICKETS},
    text::SafeText,
    ui::{Glyphs, Painter, Role, age, gauge, grouped, moment},
};

/// Draws the first line.
pub(super) fn draw(model: &Model, now: Now, painter: &mut Painter<'_>) {
    let status = &model.status;
    let tail = painter.put_right(0, 0, "? help ", painter.style(Role::HeaderDim), u16::MAX);
    let room = painter.cols().saturating_sub(tail + 1);
    let mut x = 1;
    let put = |painter: &mut Painter<'_>, x: u16, words: &SafeText, role: Role| {
        x + painter.put_cut(x, 0, words, painter.style(role), room.saturating_sub(x))
    };
    x = put(painter, x, &status.profile, Role::Header);
    if let Some(person) = person(status) {
        x = put(painter, x, &SafeText::line(&format!(" {} ", painter.glyphs().dot)), Role::HeaderDim);
        x = put(painter, x, &person, Role::Header);
    }
    let glyphs = *painter.glyphs();
    for (words, role) in
        [Some(freshness(status, now, &glyphs, &model.look.zone)), token(status, now), budget(status), sums(status, &glyphs)]
            .into_iter()
            .flatten()
    {
        x = put(painter, x, &SafeText::line("   "), Role::HeaderDim);
        x = put(painter, x, &SafeText::line(&words), role);
    }
    if let Some(progress) = status.filling {
        gauge(painter, x + 3, 0, "filling", progress, room.saturating_sub(x + 3));
    }
}

/// Who sits at the keyboard, and whom the application acts as where that is somebody else.
fn person(status: &Status) -> Option<SafeText> {
    let acting = status.acting.as_ref();
    let me = status.me.and_then(|me| status.agents.iter().find(|agent| agent.id == me));
    match (me, acting) {
        (Some(me), Some((id, name))) if me.id != *id => Some(SafeText::line(&format!("{} (acts as {name})", me.name))),
        (Some(me), _) => Some(me.name.clone()),
        (None, Some((_, name))) => Some(name.clone()),
        (None, None) => None,
    }
}

fn freshness(status: &Status, now: Now, glyphs: &Glyphs, zone: &TimeZone) -> (String, Role) {
    match &status.connection {
        Connection::Starting => ("connecting".to_owned(), Role::Info),
        Connection::Cached { at } => (format!("cached {}", age(now.wall, *at)), Role::Warn),
        Connection::Live { at } => {
            // Without an age until it is over a minute: a header that counts seconds is never silent.
            let minutes = now.wall.duration_since(*at).as_mins();
            if minutes >= 2 { (format!("live {} ago", age(now.wall, *at)), Role::Warn) } else { ("live".to_owned(), Role::Ok) }
        }
        Connection::Failing { last_success, since, failure, .. } => {
            let word = if failure.is_unreachable() { "offline" } else { "failing" };
            let rows = last_success.map_or_else(|| "no rows yet".to_owned(), |at| rows_of(now, at));
            let since = moment(now.wall, *since, zone);
            (format!("{} {word} since {since}, {rows}: {}", glyphs.breached, failure.what), Role::Bad)
        }
    }
}

/// How old the rows are; within a minute they are not old.
fn rows_of(now: Now, at: Timestamp) -> String {
    let age = age(now.wall, at);
    if age.as_str() == "now" { "rows just read".to_owned() } else { format!("rows {age} old") }
}

fn token(status: &Status, now: Now) -> Option<(String, Role)> {
    match status.token {
        TokenState::None => None,
        TokenState::Valid { until } if until > now.wall => Some(("token ok".to_owned(), Role::HeaderDim)),
        TokenState::Valid { .. } => Some(("token expired".to_owned(), Role::Warn)),
        TokenState::Requesting => Some(("signing in".to_owned(), Role::Info)),
        TokenState::Retrying => Some(("token: retrying".to_owned(), Role::Warn)),
        TokenState::Refused => Some(("token refused".to_owned(), Role::Bad)),
    }
}

fn budget(status: &Status) -> Option<(String, Role)> {
    status.budget.map(|(used, of)| (format!("{used} of {of} requests used"), Role::Warn))
}

fn sums(status: &Status, glyphs: &Glyphs) -> Option<(String, Role)> {
    let sums = status.overview;
    (sums.open + sums.clients > 0)
        .then(|| (format!("{} open {} {} clients", grouped(sums.open), glyphs.dot, grouped(sums.clients)), Role::HeaderDim))
}

/// Draws the second line: the lists, the one with the focus set apart, and what narrows it.
pub(super) fn draw_summary(model: &Model, painter: &mut Painter<'_>) {
    let mut x = 1;
    for (id, name) in [(TICKETS, "Tickets"), (CLIENTS, "Clients"), (PREVIEW, "Ticket")] {
        let role = if model.focus == id { Role::TabActive } else { Role::Tab };
        x += painter.put(x, 0, name, painter.style(role), u16::MAX) + 2;
    }
    let list = if model.focus == CLIENTS { CLIENTS } else { TICKETS };
    if let Some(pane) = model.panes.get(list) {
        let (summary, _) = pane.summary();
        let room = painter.cols().saturating_sub(x + 2);
        painter.put_cut(x + 1, 0, "/ ", painter.style(Role::HintKey), room);
        painter.put_cut(x + 3, 0, &summary, painter.style(Role::Dim), room.saturating_sub(2));
    }
}
