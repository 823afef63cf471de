//! What the terminal is and what stands before it, by the environment alone: asking would cost a round trip.

use super::screen::Dialect;
use crate::text::is_utf8_locale;

/// What stands between this program and the terminal, on this side of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Between {
    /// Nothing, as far as the environment tells.
    Nothing,
    /// tmux.
    Tmux,
    /// GNU screen, or tmux under its name.
    Screen,
    /// mosh's server, which draws for itself and synchronises what is seen.
    Mosh,
}

/// What the terminal is known to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// What it understands.
    pub(super) dialect: Dialect,
    /// What stands before it.
    pub(super) between: Between,
    /// Whether it takes a text as a link (OSC 8).
    pub(super) links: bool,
    /// Whether it takes UTF-8, as the locale says.
    pub(super) utf8: bool,
}

/// Values of `TERM_PROGRAM` of terminals that take links.
const LINKING: &[&str] = &["iTerm.app", "WezTerm", "ghostty", "vscode", "Hyper", "mintty"];

impl Kind {
    /// The terminal called `term`. A name that tmux or screen gave may have come through an SSH connection that was begun in them:
    /// then they stand before the terminal all the same. mosh's server sets `NCURSES_NO_UTF8_ACS`, and hardly anybody else does.
    pub(super) fn of(term: &str, env: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| env(name).is_some_and(|value| !value.is_empty());
        let between = if set("TMUX") || term.starts_with("tmux") {
            Between::Tmux
        } else if set("STY") || term.starts_with("screen") {
            Between::Screen
        } else if set("NCURSES_NO_UTF8_ACS") {
            Between::Mosh
        } else {
            Between::Nothing
        };
        let dialect = Dialect::of(term, between == Between::Mosh);
        // Those that say by a name of their own who they are; GNOME's since 0.50, KDE's, Windows' and others by a variable.
        let new_vte = env("VTE_VERSION").and_then(|version| version.parse::<u32>().ok()).is_some_and(|version| version >= 5000);
        let program = env("TERM_PROGRAM").is_some_and(|name| LINKING.contains(&name.as_str()));
        let by_variable = new_vte || program || set("WT_SESSION") || set("KONSOLE_VERSION");
        let links = between == Between::Nothing && (dialect == Dialect::Modern || dialect == Dialect::Xterm && by_variable);
        Self { dialect, between, links, utf8: is_utf8_locale(env) }
    }

    /// Whether the terminal itself answers what it is asked: what stands between answers at once and says nothing of the wire.
    pub(super) fn answers(self) -> bool {
        self.between == Between::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_terminals_that_are_known_to_are_sent_links() {
        for (term, name, value, links) in [
            ("xterm-kitty", "", "", true),
            ("foot", "", "", true),
            ("xterm-256color", "", "", false),
            ("xterm-256color", "VTE_VERSION", "7600", true),
            ("xterm-256color", "VTE_VERSION", "4800", false),
            ("xterm-256color", "TERM_PROGRAM", "iTerm.app", true),
            ("xterm-256color", "TERM_PROGRAM", "Apple_Terminal", false),
            ("xterm-kitty", "TMUX", "1", false),
            ("linux", "WT_SESSION", "1", false),
        ] {
            let kind = Kind::of(term, &|asked| (asked == name).then(|| value.to_owned()));
            assert_eq!(kind.links, links, "{term} {name}={value}");
        }
    }

    #[test]
    fn the_environment_tells_what_stands_between() {
        for (term, variable, between, dialect) in [
            ("xterm-256color", None, Between::Nothing, Dialect::Xterm),
            ("xterm-256color", Some("TMUX"), Between::Tmux, Dialect::Xterm),
            ("screen-256color", Some("TMUX"), Between::Tmux, Dialect::Xterm),
            ("tmux-256color", None, Between::Tmux, Dialect::Xterm),
            ("screen", Some("STY"), Between::Screen, Dialect::Xterm),
            ("screen.xterm-256color", None, Between::Screen, Dialect::Xterm),
            ("xterm-kitty", Some("NCURSES_NO_UTF8_ACS"), Between::Mosh, Dialect::Xterm),
            ("xterm-kitty", None, Between::Nothing, Dialect::Modern),
            ("linux", None, Between::Nothing, Dialect::Linux),
        ] {
            let kind = Kind::of(term, &|name| (Some(name) == variable).then(|| "1".to_owned()));
            assert_eq!((kind.between, kind.dialect, kind.answers()), (between, dialect, between == Between::Nothing), "{term}");
        }
    }
}
