//! A client's screen laid out as lines for one width.

use crate::{
    domain::{ClientOverview, ContactRow, ContractRow, Contracts, Counted, Prepaid, Register, TicketId},
    panes::board::near_targets,
    text::{SafeText, wrap},
};

/// What is left of the open tickets: it is not counted but follows from the others.
const FAR_TARGETS: (&str, &str) = ("later, none", "is:open -is:hold -sla:<1d");
/// All of them.
const OPEN: &str = "is:open";
/// Lines that the notes of one kind take at most.
const MOST_LINES: usize = 40;
/// Contracts that are told at most.
const MOST_CONTRACTS: usize = 20;
/// Cells before the words of a line.
pub(super) const GUTTER: u16 = 2;

/// The parts of the open tickets: what each is called and what lists it.
pub(super) fn targets() -> impl Iterator<Item = (&'static str, &'static str)> {
    near_targets().chain([FAR_TARGETS])
}

/// What is counted: the parts that an index finds, then the whole.
pub(super) fn counted() -> impl Iterator<Item = &'static str> {
    near_targets().map(|(_, words)| words).chain([OPEN])
}

/// The numbers of the [`targets`] from those of what was [`counted`]: no ticket is in two parts.
pub(super) fn parts(mut counts: Vec<Option<Counted>>) -> Vec<Option<Counted>> {
    let whole = counts.pop().flatten();
    let near: Option<Vec<Counted>> = counts.iter().copied().collect();
    let rest = whole.zip(near).map(|(whole, near)| Counted {
        n: near.iter().fold(whole.n, |left, part| left.saturating_sub(part.n)),
        more: whole.more || near.iter().any(|part| part.more),
    });
    counts.push(rest);
    counts
}

/// Where enter leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// To the client's tickets of this query.
    Tickets(&'static str),
    /// To the client's rows of this list, the cursor on this one.
    Register(Register, Option<i64>),
    /// To a ticket.
    Ticket(TicketId),
}

/// What a line tells; the drawing gives it its colours and, for times, its age.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// The name and what stands out.
    Name,
    /// The record could not be read.
    Unreadable,
    /// What follows.
    Title(&'static str),
    /// A line of a note that pops up.
    Popup(SafeText),
    /// Words.
    Words(SafeText),
    /// A named value, and what belongs to it.
    Fact {
        /// What it is.
        name: &'static str,
        /// The value.
        value: SafeText,
        /// What matters less.
        rest: SafeText,
    },
    /// A part of the open tickets, by its place.
    Target(usize),
    /// Tickets a week.
    Weeks,
    /// What was done last, by its place.
    Touch(usize),
    /// When the client was read.
    ReadAt,
    /// Nothing.
    Blank,
}

/// One line, and where it leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PageLine {
    pub(super) what: What,
    pub(super) door: Option<Door>,
}

impl PageLine {
    /// Whether the cursor stops here.
    pub(super) fn is_stop(&self) -> bool {
        !matches!(self.what, What::Blank | What::Title(_) | What::Name)
    }
}

/// Lines under construction.
struct Page {
    lines: Vec<PageLine>,
    cols: usize,
}

impl Page {
    fn line(&mut self, what: What) {
        self.lines.push(PageLine { what, door: None });
    }

    fn door(&mut self, what: What, door: Door) {
        self.lines.push(PageLine { what, door: Some(door) });
    }

    fn title(&mut self, title: &'static str) {
        if !self.lines.is_empty() {
            self.line(What::Blank);
        }
        self.line(What::Title(title));
    }

    fn block(&mut self, text: &SafeText, what: impl Fn(SafeText) -> What) {
        let parts = wrap(text.as_str(), self.cols);
        for part in parts.iter().filter(|part| !part.trim().is_empty()).take(MOST_LINES) {
            self.line(what(SafeText::line(part)));
        }
    }
}

fn fact(name: &'static str, value: &str, rest: &str) -> What {
    What::Fact { name, value: SafeText::line(value), rest: SafeText::line(rest) }
}

/// The lines of a client; those of the open tickets once they were counted.
pub(super) fn page(overview: &ClientOverview, counts: &[Option<Counted>], cols: u16) -> Vec<PageLine> {
    let mut page = Page { lines: Vec::new(), cols: usize::from(cols.saturating_sub(GUTTER).max(1)) };
    page.line(What::Name);
    if overview.client.unreadable.is_some() {
        page.line(What::Unreadable);
    }
    for popup in &overview.popups {
        page.block(popup, What::Popup);
    }
    if let Some(words) = belongs(overview) {
        page.line(What::Words(words));
    }
    for contact in &overview.contacts {
        contact_line(&mut page, contact);
    }
    if !overview.phone.is_empty() || overview.main_site.is_some() {
        let (id, site) = overview.main_site.clone().unzip();
        let what = fact("phone", overview.phone.as_str(), site.as_ref().map_or("", SafeText::as_str));
        page.door(what, Door::Register(Register::Sites, id.map(|id| id.0)));
    }
    if !overview.website.is_empty() {
        page.line(fact("web", overview.website.as_str(), ""));
    }
    let registers = [
        (Register::Sites, "sites", overview.sites),
        (Register::Users, "users", overview.users),
        (Register::Assets, "assets", overview.assets),
    ];
    for (register, name, n) in registers {
        page.door(fact(name, &n.to_string(), ""), Door::Register(register, None));
    }
    contracts(&mut page, overview);
    page.line(What::Blank);
    page.door(fact("open tickets", &overview.client.open_tickets.to_string(), ""), Door::Tickets(OPEN));
    if !counts.is_empty() {
        for (at, (_, words)) in targets().enumerate() {
            page.door(What::Target(at), Door::Tickets(words));
        }
    }
    page.door(What::Weeks, Door::Tickets("opened:<26w sort:opened"));
    if !overview.touches.is_empty() {
        page.title("Last touches");
        for (at, touch) in overview.touches.iter().enumerate() {
            page.door(What::Touch(at), Door::Ticket(touch.ticket));
        }
    }
    if !overview.remarks.is_empty() {
        page.title("Remarks");
        page.block(&overview.remarks, What::Words);
    }
    page.line(What::Blank);
    page.line(What::ReadAt);
    page.lines
}

/// Group, reference and account manager in a line.
fn belongs(overview: &ClientOverview) -> Option<SafeText> {
    let parts = [("", &overview.group), ("ref ", &overview.reference), ("account manager ", &overview.manager)];
    let told: Vec<String> =
        parts.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}{value}")).collect();
    (!told.is_empty()).then(|| SafeText::line(&told.join(", ")))
}

fn contact_line(page: &mut Page, contact: &ContactRow) {
    let name = if contact.main { "main contact" } else { "contact" };
    let reached: Vec<&str> =
        [&contact.phone, &contact.email].into_iter().map(SafeText::as_str).filter(|way| !way.is_empty()).collect();
    let what = fact(name, contact.name.as_str(), &reached.join("  "));
    match contact.user.0 {
        user if user > 0 => page.door(what, Door::Register(Register::Users, Some(user))),
        _ => page.line(what),
    }
}

fn contracts(page: &mut Page, overview: &ClientOverview) {
    if let Some(prepaid) = overview.prepaid {
        page.line(fact("prepaid", &prepaid_words(prepaid), ""));
    }
    match &overview.contracts {
        Contracts::Unread => {}
        Contracts::Hidden => page.line(fact("contracts", "", "not visible to this application")),
        Contracts::Known(rows) if rows.is_empty() => page.line(fact("contracts", "none", "")),
        Contracts::Known(rows) => {
            for (at, row) in rows.iter().take(MOST_CONTRACTS).enumerate() {
                let name = if at == 0 { "contracts" } else { "" };
                page.line(fact(name, row.reference.as_str(), &contract_words(row)));
            }
        }
    }
}

fn contract_words(row: &ContractRow) -> String {
    let mut words: Vec<String> =
        [&row.kind, &row.state].iter().filter(|part| !part.is_empty()).map(ToString::to_string).collect();
    if row.expired && !words.iter().any(|word| word.eq_ignore_ascii_case("expired")) {
        words.push("expired".to_owned());
    }
    // The date that was agreed, wherever one reads it.
    words.extend(row.ends.map(|ends| format!("until {}", ends.to_zoned(jiff::tz::TimeZone::UTC).date())));
    words.extend(row.prepaid.map(prepaid_words));
    words.join(", ")
}

/// `32.5 of 40 h left`; an amount of money has no unit that is known here.
fn prepaid_words(prepaid: Prepaid) -> String {
    let number = |n: f64| {
        let text = format!("{n:.2}");
        if prepaid.as_amount { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
    };
    let unit = if prepaid.as_amount { "" } else { " h" };
    if prepaid.of > 0.0 {
        format!("{} of {}{unit} left", number(prepaid.left), number(prepaid.of))
    } else {
        format!("{}{unit} left", number(prepaid.left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;

    #[test]
    fn every_part_of_the_open_tickets_is_understood() {
        for (name, words) in targets().chain([("weeks", "opened:<26w sort:opened")]) {
            assert!(Query::parse(words).is_ok(), "{name}: {words}");
        }
    }

    #[test]
    fn what_is_left_is_what_no_other_part_has() {
        let counted = |n| Some(Counted { n, more: false });
        let mut counts: Vec<_> = [1, 2, 3, 4, 5].map(counted).into();
        counts.push(counted(20));
        assert_eq!(parts(counts.clone()).last(), Some(&counted(5)));
        counts[2] = None;
        assert_eq!(parts(counts), [counted(1), counted(2), None, counted(4), counted(5), None]);
        assert_eq!(parts(Vec::new()), [None]);
    }

    #[test]
    fn prepaid_hours_and_money() {
        let words = |left, of, as_amount| prepaid_words(Prepaid { left, of, as_amount });
        assert_eq!(words(32.5, 40.0, false), "32.5 of 40 h left");
        assert_eq!(words(-2.0, 0.0, false), "-2 h left");
        assert_eq!(words(100.0, 1200.0, true), "100.00 of 1200.00 left");
    }
}
