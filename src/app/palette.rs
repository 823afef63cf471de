//! Which commands the words on the command line may mean.

use nucleo_matcher::{
    Config, Matcher,
    pattern::{CaseMatching, Normalization, Pattern},
};

use crate::msg::Command;

/// Commands that make sense when typed; movements are for keys alone.
const TYPED: &[Command] = &[
    Command::Filter,
    Command::Refresh,
    Command::RefreshAll,
    Command::RefreshEvery,
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

/// The commands that fit what was typed so far, the best first.
pub(super) fn offers(words: &str) -> Vec<Command> {
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
    match offers(name).first() {
        Some(command) => format!("No command is called {name}; perhaps {}?", command.name()),
        None => format!("No command is called {name}; ? shows the keys, : alone the commands"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_are_enough() {
        assert_eq!(offers("thm").first(), Some(&Command::Theme));
        assert_eq!(offers("theme dark").first(), Some(&Command::Theme), "only the first word names the command");
        assert_eq!(offers("").len(), TYPED.len());
        assert!(offers("zzzz").is_empty());
    }

    #[test]
    fn unknown_names_get_the_nearest() {
        assert!(unknown("tog").contains("toggle-preview"));
        assert!(unknown("zzzz").contains('?'));
    }
}
