//! Which commands the words on the command line may mean.

use nucleo_matcher::{
    Config, Matcher,
    pattern::{CaseMatching, Normalization, Pattern},
};

use crate::{msg::Command, panes::Offer, text::SafeText};

/// Commands that make sense when typed; movements are for keys alone.
const TYPED: &[Command] = &[
    Command::Filter,
    Command::Find,
    Command::Follow,
    Command::ToggleFolds,
    Command::ToggleOrder,
    Command::Refresh,
    Command::RefreshAll,
    Command::RefreshEvery,
    Command::Pause,
    Command::TogglePreview,
    Command::Theme,
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

/// What the command line offers for the words on it.
pub(super) fn offers(words: &str) -> Vec<Offer> {
    let end = words.find(char::is_whitespace).unwrap_or(words.len());
    let offer = |command: Command| {
        let space = if end == words.len() && command.argument().is_some() { " " } else { "" };
        Offer {
            span: 0..end,
            insert: format!("{}{space}", command.name()),
            name: SafeText::line(command.name()),
            argument: command.argument().unwrap_or_default(),
            help: command.help(),
        }
    };
    fitting(words).into_iter().map(offer).collect()
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
        assert_eq!(offers("").len(), TYPED.len());
        assert!(offers("zzzz").is_empty());
        let offer = &offers("thm da")[0];
        assert_eq!((offer.span.clone(), offer.insert.as_str()), (0..3, "theme"), "what follows stays");
        assert_eq!(offers("thm")[0].insert, "theme ");
    }

    #[test]
    fn unknown_names_get_the_nearest() {
        assert!(unknown("togpre").contains("toggle-preview"));
        assert!(unknown("zzzz").contains('?'));
    }
}
