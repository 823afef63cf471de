//! Which commands the words on the command line may mean.

use nucleo_matcher::{
    Config, Matcher,
    pattern::{CaseMatching, Normalization, Pattern},
};

use crate::{
    domain::{Register, RegisterRow, TicketId, TicketRow},
    msg::Command,
    panes::Offer,
    query::{Known, NameKey, Query, folded_words},
    text::SafeText,
    ui::Theme,
};

/// Commands that make sense when typed; movements are for keys alone.
const TYPED: &[Command] = &[
    Command::Filter,
    Command::View,
    Command::Board,
    Command::Client,
    Command::Users,
    Command::Sites,
    Command::Assets,
    Command::NextView,
    Command::PreviousView,
    Command::NextChanged,
    Command::SaveView,
    Command::RenameView,
    Command::DeleteView,
    Command::Sort,
    Command::Columns,
    Command::Lists,
    Command::Group,
    Command::TurnGroup,
    Command::TurnGroups,
    Command::Find,
    Command::Follow,
    Command::ToggleFolds,
    Command::ToggleOrder,
    Command::Refresh,
    Command::RefreshAll,
    Command::RefreshEvery,
    Command::Pause,
    Command::TogglePreview,
    Command::PreviewSide,
    Command::Theme,
    Command::Lean,
    Command::Meter,
    Command::Dates,
    Command::Mouse,
    Command::GoBack,
    Command::GoForward,
    Command::OpenLink,
    Command::CopyId,
    Command::CopyLink,
    Command::Connect,
    Command::Help,
    Command::Redraw,
    Command::Suspend,
    Command::Quit,
];

/// The command of this name; `q` is what every editor taught.
pub(super) fn find(name: &str) -> Option<Command> {
    let name = match name {
        "q" | "q!" | "quit!" | "exit" => return Some(Command::ForceQuit),
        name => name,
    };
    TYPED.iter().copied().find(|command| command.name() == name)
}

/// Names of one kind that are offered at most.
const NAMES: usize = 4;
/// Fewer letters than this would fit too much.
const LEAST_LETTERS: usize = 2;

/// What was typed when the line was left, to be gone on with while the line is empty.
pub(super) fn again(words: &str, unfinished: &str) -> Option<Offer> {
    (words.is_empty() && !unfinished.trim().is_empty()).then(|| Offer {
        span: 0..0,
        insert: unfinished.to_owned(),
        name: SafeText::line(unfinished),
        argument: "",
        help: SafeText::line("as it was typed before"),
    })
}

/// What the command line offers for the words on it: commands, then names of the desk and tickets that they may mean.
pub(super) fn offers(
    words: &str,
    views: &[(SafeText, SafeText)],
    known: &[Known],
    tickets: &[TicketRow],
    called: &[(Register, RegisterRow)],
) -> Vec<Offer> {
    let mut offers = commands(words);
    offers.extend(themes(words));
    offers.extend(shown_views(words, views));
    // These have the words; the names that follow have the letters in their order.
    let named = rows(words, called).into_iter().chain(names(words, known));
    // Who types how somebody is called means them, whatever tickets say so too.
    let (meant, others): (Vec<_>, Vec<_>) = named.partition(|offer| is_called(offer.help.as_str(), words));
    offers.extend(meant);
    offers.extend(tickets.iter().map(|row| Offer {
        span: 0..words.len(),
        insert: format!("#{}", row.id),
        name: SafeText::line(&format!("#{}", row.id)),
        argument: "",
        help: SafeText::line(&format!("{} · {}", row.summary, row.client)),
    }));
    offers.extend(others);
    offers
}

/// Whether a word of a name, what stands before the dot, begins as the words do and goes on as they do.
fn is_called(name: &str, words: &str) -> bool {
    let (name, words) = (folded_words(name.split(" · ").next().unwrap_or_default()), folded_words(words));
    !words.is_empty() && format!(" {name}").contains(&format!(" {words}"))
}

/// The command that lists a register.
const LISTED: [(Register, Command); 3] =
    [(Register::Users, Command::Users), (Register::Sites, Command::Sites), (Register::Assets, Command::Assets)];

/// The register whose rows the words are about, where a command says so, and the words of a row.
fn of_register(words: &str) -> (Option<Register>, &str) {
    let words = words.trim();
    let (name, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    match LISTED.iter().find(|(_, command)| find(name) == Some(*command)) {
        Some((register, _)) => (Some(*register), rest.trim()),
        None => (None, words),
    }
}

/// The words by which users, sites and assets are looked for, where they are enough.
pub(super) fn called(words: &str) -> Option<String> {
    let (register, typed) = of_register(words);
    let other = register.is_none() && find(typed.split_whitespace().next().unwrap_or_default()).is_some();
    (!other && typed.chars().count() >= LEAST_LETTERS).then(|| typed.to_owned())
}

/// The users, sites and assets that were found for the words, each as what lists it.
fn rows(words: &str, called: &[(Register, RegisterRow)]) -> Vec<Offer> {
    let (wanted, _) = of_register(words);
    let offer = |register: Register, row: &RegisterRow| {
        let (_, command) = LISTED.iter().find(|(other, _)| *other == register)?;
        Some(Offer {
            span: 0..words.len(),
            insert: format!("{} {} {}", command.name(), row.name, row.client).trim_end().to_owned(),
            name: SafeText::line(register.one()),
            argument: "",
            help: SafeText::line(&format!("{} · {}", row.name, row.client)),
        })
    };
    let fitting = called.iter().filter(|(register, _)| wanted.is_none_or(|wanted| wanted == *register));
    fitting.filter_map(|(register, row)| offer(*register, row)).collect()
}

/// The query that finds the tickets that the words may mean, where they are enough.
pub(super) fn tickets(words: &str) -> Option<Query> {
    let words = words.trim();
    let enough = words.chars().count() >= LEAST_LETTERS && find(words.split_whitespace().next().unwrap_or_default()).is_none();
    enough.then(|| Query::parse(words).ok()).flatten()
}

/// The ticket whose number the words are.
pub(super) fn ticket(words: &str) -> Option<TicketId> {
    let number = words.trim().trim_start_matches('#');
    number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok()).flatten().map(TicketId)
}

fn commands(words: &str) -> Vec<Offer> {
    let end = words.find(char::is_whitespace).unwrap_or(words.len());
    let offer = |command: Command| {
        let space = if end == words.len() && command.argument().is_some() { " " } else { "" };
        Offer {
            span: 0..end,
            insert: format!("{}{space}", command.name()),
            name: SafeText::line(command.name()),
            argument: command.argument().unwrap_or_default(),
            help: SafeText::line(command.help()),
        }
    };
    fitting(words).into_iter().map(offer).collect()
}

/// The themes whose names fit what follows `theme`; those of the operator's own are in files.
fn themes(words: &str) -> Vec<Offer> {
    let Some((first, typed)) = words.trim_start().split_once(char::is_whitespace) else { return Vec::new() };
    if find(first) != Some(Command::Theme) {
        return Vec::new();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed.trim(), CaseMatching::Ignore, Normalization::Smart);
    let names = std::iter::once(Theme::AUTO).chain(Theme::names());
    let offer = |name: &str| Offer {
        span: 0..words.len(),
        insert: format!("{} {name}", Command::Theme.name()),
        name: SafeText::line(&format!("{} {name}", Command::Theme.name())),
        argument: "",
        help: SafeText::line(if name == Theme::AUTO { "the one that fits the terminal's background" } else { "" }),
    };
    pattern.match_list(names, &mut matcher).into_iter().map(|(name, _)| offer(name)).collect()
}

/// The views whose names fit what was typed, or what follows `view`.
fn shown_views(words: &str, views: &[(SafeText, SafeText)]) -> Vec<Offer> {
    let mut parts = words.trim_start().splitn(2, char::is_whitespace);
    let first = parts.next().unwrap_or_default();
    let typed = if find(first) == Some(Command::View) { parts.next().unwrap_or_default() } else { words };
    if words.is_empty() || find(first).is_some_and(|command| command != Command::View) {
        return Vec::new();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed.trim(), CaseMatching::Ignore, Normalization::Smart);
    let names = views.iter().map(|(name, _)| name.as_str());
    let offer = |name: &str| {
        let (name, query) = views.iter().find(|(other, _)| other.as_str() == name)?;
        Some(Offer {
            span: 0..words.len(),
            insert: format!("{} {name}", Command::View.name()),
            name: SafeText::line(&format!("{} {name}", Command::View.name())),
            argument: "",
            help: query.clone(),
        })
    };
    pattern.match_list(names, &mut matcher).into_iter().filter_map(|(name, _)| offer(name)).collect()
}

/// Clients, people, statuses and the rest whose names have the letters in their order, the best of each kind first.
fn names(words: &str, known: &[Known]) -> Vec<Offer> {
    let typed = words.trim();
    if typed.chars().count() < LEAST_LETTERS || find(typed.split_whitespace().next().unwrap_or_default()).is_some() {
        return Vec::new();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut offers = Vec::new();
    for key in [NameKey::Client, NameKey::Agent, NameKey::Team, NameKey::Status, NameKey::Type, NameKey::Site, NameKey::List] {
        let of_kind = known.iter().filter(|known| known.in_use && known.key == key.into()).map(|known| known.name.as_str());
        for (name, _) in pattern.match_list(of_kind, &mut matcher).into_iter().take(NAMES) {
            offers.push(Offer {
                span: 0..words.len(),
                insert: format!("{} {}", Command::Filter.name(), key.with(name)),
                name: SafeText::line(key.word()),
                argument: "",
                help: SafeText::line(name),
            });
        }
        if key == NameKey::Client {
            // A client's tickets first, then itself.
            let found: Vec<_> = offers.iter().map(|offer| offer.help.clone()).collect();
            offers.extend(found.into_iter().map(|name| Offer {
                span: 0..words.len(),
                insert: format!("{} {name}", Command::Client.name()),
                name: SafeText::line(Command::Client.name()),
                argument: "",
                help: SafeText::line(&format!("{name}, in the round")),
            }));
        }
    }
    offers
}

/// What the words lead to where they are no command and look like none: the best of what is offered for them.
pub(super) fn best(words: &str, offers: &[Offer]) -> Option<String> {
    fitting(words).is_empty().then(|| offers.first().map(|offer| offer.insert.clone())).flatten()
}

/// The commands that fit what was typed so far, the best first.
fn fitting(words: &str) -> Vec<Command> {
    let name = words.split_whitespace().next().unwrap_or_default();
    if name.is_empty() {
        return TYPED.to_vec();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(name, CaseMatching::Ignore, Normalization::Smart);
    let names = TYPED.iter().map(|command| command.name());
    let scored = pattern.match_list(names, &mut matcher);
    scored.into_iter().filter_map(|(name, _)| find(name)).collect()
}

/// What to say of a name that no command has.
pub(super) fn unknown(name: &str) -> String {
    match fitting(name).first() {
        Some(command) => format!("No command is called {name}; perhaps {}?", command.name()),
        None => format!("No command is called {name}; ? shows the keys, : alone the commands"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_are_enough() {
        assert_eq!(fitting("thm").first(), Some(&Command::Theme));
        assert_eq!(fitting("theme dark").first(), Some(&Command::Theme), "only the first word names the command");
        assert_eq!(offers("", &[], &[], &[], &[]).len(), TYPED.len());
        assert!(offers("zzzz", &[], &[], &[], &[]).is_empty());
        let offer = &offers("thm da", &[], &[], &[], &[])[0];
        assert_eq!((offer.span.clone(), offer.insert.as_str()), (0..3, "theme"), "what follows stays");
        assert_eq!(offers("thm", &[], &[], &[], &[])[0].insert, "theme ");
    }

    #[test]
    fn views_are_offered_by_their_letters() {
        let views = [("Next to breach", "is:open sort:sla"), ("Mine", "is:open @me")]
            .map(|(name, query)| (SafeText::line(name), SafeText::line(query)));
        let inserts = |words: &str| shown_views(words, &views).into_iter().map(|offer| offer.insert).collect::<Vec<_>>();
        assert_eq!(inserts("brea"), ["view Next to breach"]);
        assert_eq!(inserts("view "), ["view Next to breach", "view Mine"]);
        assert_eq!(inserts("view mi"), ["view Mine"]);
        assert_eq!(inserts("theme mi"), [""; 0]);
        assert_eq!(inserts(""), [""; 0], "the commands come first");
    }

    #[test]
    fn themes_are_offered_after_their_command_alone() {
        let inserts = |words: &str| themes(words).into_iter().map(|offer| offer.insert).collect::<Vec<_>>();
        assert_eq!(inserts("theme ")[0], "theme auto");
        assert_eq!(inserts("theme ").len(), Theme::names().count() + 1);
        assert_eq!(inserts("theme au")[0], "theme auto");
        assert_eq!(inserts("theme hico"), ["theme high-contrast"]);
        assert_eq!((inserts("theme"), inserts("auto"), inserts("view au")), (vec![], vec![], vec![]));
    }

    #[test]
    fn who_is_called_so_comes_before_the_tickets_that_say_so() {
        let known = [Known::new(NameKey::Agent, SafeText::line("Nora Stein"))];
        let ticket =
            TicketRow { id: TicketId(7), summary: SafeText::line("Nora can't print, nor can Stein"), ..TicketRow::default() };
        let first = |words: &str| offers(words, &[], &known, std::slice::from_ref(&ticket), &[])[0].insert.clone();
        assert_eq!([first("nora"), first("NORA st"), first("stein")], ["filter agent:\"Nora Stein\""; 3]);
        assert_eq!(first("nrst"), "#7", "letters alone call nobody");
    }

    #[test]
    fn names_and_tickets_are_offered_as_what_leads_to_them() {
        let known = |key: NameKey, name| Known::new(key, SafeText::line(name));
        let known =
            [known(NameKey::Client, "North Sea Logistics"), known(NameKey::Agent, "Nora Stein"), known(NameKey::Status, "New")];
        let ticket = TicketRow { id: TicketId(12), summary: SafeText::line("No sea view"), ..TicketRow::default() };
        let inserts: Vec<_> = offers("nosea", &[], &known, &[ticket], &[]).into_iter().map(|offer| offer.insert).collect();
        assert_eq!(inserts, ["#12", "filter client:\"North Sea Logistics\"", "client North Sea Logistics"]);
        assert!(
            offers("n", &[], &known, &[], &[]).iter().all(|offer| !offer.insert.contains("client:")),
            "a letter fits too much"
        );
        assert!(names("theme no", &known).is_empty(), "what follows a command is no name");
        assert_eq!(
            (ticket_of("#12"), ticket_of(" 12 "), ticket_of("12a"), ticket_of("#"), ticket_of("")),
            (Some(12), Some(12), None, None, None)
        );
    }

    #[test]
    fn users_sites_and_assets_are_offered_as_what_lists_them() {
        let row =
            |name: &str| RegisterRow { name: SafeText::line(name), client: SafeText::line("Acme"), ..RegisterRow::default() };
        let found = [(Register::Users, row("Dana Reyes")), (Register::Assets, row("ACM-DANA"))];
        let inserts = |words: &str| rows(words, &found).into_iter().map(|offer| offer.insert).collect::<Vec<_>>();
        assert_eq!(inserts("dana"), ["users Dana Reyes Acme", "assets ACM-DANA Acme"]);
        assert_eq!(inserts("users da"), ["users Dana Reyes Acme"]);
        assert_eq!((called("dana").as_deref(), called("users dana r").as_deref()), (Some("dana"), Some("dana r")));
        assert_eq!((called("theme da"), called("d"), called("users d")), (None, None, None), "a letter fits too much");
    }

    fn ticket_of(words: &str) -> Option<i64> {
        ticket(words).map(|id| id.0)
    }

    #[test]
    fn unknown_names_get_the_nearest() {
        assert!(unknown("togpre").contains("toggle-preview"));
        assert!(unknown("zzzz").contains('?'));
    }
}
