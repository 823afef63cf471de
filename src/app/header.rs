//! The first two lines: whose desk this is, how fresh the rows are, what is listed.

use jiff::tz::TimeZone;

use super::model::{Model, Status};
use crate::{
    domain::{Connection, Coverage, FailureKind, FillProgress, Timestamp, TokenState, grouped},
    msg::Now,
    panes::{PREVIEW, TICKETS},
    text::SafeText,
    ui::{Glyphs, Painter, Role, age, gauge, gauge_cells, moment, width},
};

/// Cells of a person's name that are shown in any case.
const LEAST_OF_A_NAME: u16 = 8;

/// For so many minutes rows are called live: some refreshes may be late.
const LIVE_FOR: i64 = 3;

/// Cells of a reason's first word that are shown rather than nothing.
const LEAST_OF_A_REASON: u16 = 16;

/// Cells of a fact that is cut: fewer say nothing.
const LEAST_OF_A_FACT: u16 = 8;

/// Draws the first line.
pub(super) fn draw(model: &Model, now: Now, painter: &mut Painter<'_>) {
    let status = &model.status;
    let tail = painter.put_right(0, 0, "? help ", painter.style(Role::HeaderDim), u16::MAX);
    let room = painter.cols().saturating_sub(tail + 1);
    let mut x = 1;
    let put = |painter: &mut Painter<'_>, x: u16, words: &SafeText, role: Role| {
        x + painter.put_cut(x, 0, words, painter.style(role), room.saturating_sub(x))
    };
    let glyphs = *painter.glyphs();
    let zone = &model.look.zone;
    let (badge, why, role) = freshness(status, now, &glyphs, zone);
    let badge = SafeText::line(&badge);
    x = put(painter, x, &status.profile, Role::Header);
    if let Some(person) = person(status) {
        x = put(painter, x, &SafeText::line(&format!(" {} ", glyphs.dot)), Role::HeaderDim);
        // A long name gives way to how fresh the rows are.
        let most = room.saturating_sub(x + 3 + width(&badge)).max(LEAST_OF_A_NAME);
        x += painter.put_cut(x, 0, &person, painter.style(Role::Header), most.min(room.saturating_sub(x)));
    }
    x = put(painter, x, &SafeText::line("   "), Role::HeaderDim);
    x = put(painter, x, &badge, role);
    x = put(painter, x, &whole_words(&why, room.saturating_sub(x), glyphs.ellipsis), role);
    let mut facts = Facts::of(status, now, zone);
    // While it is paused it has neither a rate nor an end.
    let filling = status
        .filling
        .map(|filling| if status.paused { FillProgress { per_minute: None, left: None, ..filling } } else { filling });
    let progress = filling.map_or(0, |progress| 3 + gauge_cells(progress));
    facts.fit(room.saturating_sub(x + progress));
    for (words, role) in facts.words(&glyphs) {
        if x + 3 + LEAST_OF_A_FACT > room {
            break;
        }
        x = put(painter, x, &SafeText::line("   "), Role::HeaderDim);
        x = put(painter, x, &SafeText::line(&words), role);
    }
    if let Some(progress) = filling {
        gauge(painter, x + 3, 0, progress, room.saturating_sub(x + 3));
    }
}

/// As many of these words as there is room for; where not even the first fits, as much of it as says something, or nothing.
fn whole_words(words: &str, room: u16, ellipsis: &str) -> SafeText {
    let whole = SafeText::line(words);
    if width(&whole) <= room {
        return whole;
    }
    let ends = words.match_indices(' ').map(|(at, _)| at).filter(|at| *at > 1);
    let begun =
        ends.filter_map(|at| Some(SafeText::line(&format!("{}{ellipsis}", words.get(..at)?.trim_end_matches([',', ';', ':'])))));
    begun
        .take_while(|begun| width(begun) <= room)
        .last()
        .unwrap_or_else(|| if room >= LEAST_OF_A_REASON { whole } else { SafeText::default() })
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

/// How fresh the rows are, why they are no fresher, and how that looks.
fn freshness(status: &Status, now: Now, glyphs: &Glyphs, zone: &TimeZone) -> (String, String, Role) {
    let plain = |words: String, role| (words, String::new(), role);
    match &status.connection {
        Connection::Starting => plain("connecting".to_owned(), Role::Info),
        Connection::Cached { at } => plain(cached(now, *at), Role::Warn),
        Connection::Live { at } => {
            // Without an age until it is over a minute: a header that counts seconds is never silent.
            let minutes = now.wall.duration_since(*at).as_mins();
            if minutes > LIVE_FOR {
                plain(cached(now, *at), Role::Warn)
            } else if minutes >= 2 {
                plain(format!("live {} ago", age(now.wall, *at)), Role::Warn)
            } else {
                plain("live".to_owned(), Role::Ok)
            }
        }
        Connection::Failing { last_success, since, failure, retry_at } => {
            let word = if failure.is_unreachable() { "offline" } else { "failing" };
            let rows = last_success.map_or_else(|| "no rows yet".to_owned(), |at| rows_of(now, at));
            let state = match retry_at.filter(|at| *at > now.wall) {
                Some(at) if matches!(failure.kind, FailureKind::RateLimited(_)) => {
                    format!("paused by HaloPSA for up to {} min", minutes_to(now.wall, at))
                }
                _ => format!("{word} since {}", moment(now.wall, *since, zone)),
            };
            (format!("{} {state}, {rows}", glyphs.breached), format!(": {}", failure.what), Role::Bad)
        }
    }
}

/// That rows are of so long ago, whatever keeps them from being newer.
fn cached(now: Now, at: Timestamp) -> String {
    match now.wall.duration_since(at).as_mins() {
        minutes @ 1..60 => format!("cached {minutes} min"),
        _ => format!("cached {}", age(now.wall, at)),
    }
}

/// Minutes until then, a part of one as a whole.
fn minutes_to(now: Timestamp, at: Timestamp) -> u64 {
    at.duration_since(now).unsigned_abs().as_secs().saturating_add(1).div_ceil(60)
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
    let (used, of) = status.budget?;
    let why = if status.filling.is_some() { "filling waits: " } else { "" };
    Some((format!("{why}{used} of {of} requests used"), Role::Warn))
}

fn paused(status: &Status) -> Option<(String, Role)> {
    status.paused.then(|| ("filling paused".to_owned(), Role::Warn))
}

/// What is told beside how fresh the rows are: whole or not at all.
struct Facts {
    /// What needs to be known, told in any case.
    needed: Vec<(String, Role)>,
    /// That the token is as it should be.
    token: Option<(String, Role)>,
    /// How much is stored, the more important first.
    sums: Vec<String>,
}

impl Facts {
    fn of(status: &Status, now: Now, zone: &TimeZone) -> Self {
        let (fine, not): (Vec<_>, Vec<_>) = token(status, now).into_iter().partition(|(_, role)| *role == Role::HeaderDim);
        let needed = not.into_iter().chain(budget(status)).chain(paused(status)).collect();
        // While something is filled, its gauge says how much there is.
        let sums = if status.filling.is_none() { sums(status, now, zone) } else { Vec::new() };
        Self { needed, token: fine.into_iter().next(), sums }
    }

    /// Leaves out what there is no room for: first what is as it should be, then the sums from their end.
    fn fit(&mut self, room: u16) {
        while self.cells() > room {
            if self.token.take().is_none() && self.sums.pop().is_none() {
                return;
            }
        }
    }

    fn cells(&self) -> u16 {
        self.words(&Glyphs::UTF8).map(|(words, _)| 3 + width(&SafeText::line(&words))).fold(0, u16::saturating_add)
    }

    fn words(&self, glyphs: &Glyphs) -> impl Iterator<Item = (String, Role)> {
        let sums = (!self.sums.is_empty()).then(|| (self.sums.join(&format!(" {} ", glyphs.dot)), Role::HeaderDim));
        self.token.iter().chain(&self.needed).cloned().chain(sums)
    }
}

/// How much is stored: of all there is, where that is known.
fn sums(status: &Status, now: Now, zone: &TimeZone) -> Vec<String> {
    let sums = status.overview;
    if sums.open + sums.clients == 0 {
        return Vec::new();
    }
    let known = status.coverage != Coverage::default();
    let tickets =
        if known { Vec::from(status.coverage.parts(now.wall, zone)) } else { vec![format!("{} open", grouped(sums.open))] };
    tickets.into_iter().chain([format!("{} clients", grouped(sums.clients))]).collect()
}

/// Draws the second line: the views of the tickets, or the name of the list that has the focus, and what narrows it.
pub(super) fn draw_summary(model: &Model, now: Now, painter: &mut Painter<'_>) {
    let list = if model.focus == PREVIEW { TICKETS } else { model.focus };
    if let Some(pane) = model.panes.get(list) {
        pane.draw_head(painter, now);
    }
}
