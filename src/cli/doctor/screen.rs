//! The terminal that the dashboard would be drawn on.

use std::io::{self, IsTerminal};

use super::report::Check;
use crate::text::SafeText;

/// Cells below which no screen is drawn.
const LEAST: (u16, u16) = (60, 20);

/// What the rooms that draw make of this terminal and of the operator's files; only they know.
#[derive(Clone, Debug)]
pub struct Appearance {
    /// The colours that are sent: "16 colours".
    pub colours: &'static str,
    /// Whether marks and lines are more than ASCII.
    pub utf8: bool,
    /// Lines of keys.toml and themes that can't be used.
    pub complaints: Vec<SafeText>,
}

/// Checks of streams, `TERM`, colours, locale, size, and what stands between. `env` reads a variable.
pub(super) fn checks(appearance: Option<&Appearance>, env: &dyn Fn(&str) -> Option<String>) -> Vec<Check> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let mut checks = vec![streams(io::stdin().is_terminal(), io::stdout().is_terminal()), kind(set("TERM").as_deref())];
    if let Some(appearance) = appearance {
        checks.push(Check::passed("colours", appearance.colours));
        checks.push(if appearance.utf8 {
            Check::passed("characters", "UTF-8")
        } else {
            let advice = SafeText::line("Set LANG to a UTF-8 locale, such as C.UTF-8, if the terminal shows it");
            Check::warning("characters", "the locale is not UTF-8: marks and lines are ASCII", advice)
        });
        for complaint in &appearance.complaints {
            checks.push(Check::warning("own files", complaint.as_str(), SafeText::default()));
        }
    }
    checks.extend(rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| room(size.ws_col, size.ws_row)));
    if set("TMUX").is_some() {
        let advice = "Copying needs `set -g set-clipboard on`; `set -s escape-time 10` keeps escape quick";
        checks.push(Check::passed("between", &format!("tmux. {advice}")));
    } else if set("STY").is_some() {
        checks.push(Check::passed("between", "GNU screen, which keeps copying to itself"));
    }
    if set("SSH_CONNECTION").or_else(|| set("SSH_TTY")).is_some() {
        checks.push(Check::passed("between", "SSH. On slow lines --lean sends the least"));
    }
    checks
}

fn streams(input: bool, output: bool) -> Check {
    let missing = match (input, output) {
        (true, true) => return Check::passed("terminal", "standard input and output are a terminal"),
        (false, true) => "standard input is no terminal",
        (true, false) => "standard output is no terminal",
        (false, false) => "standard input and output are no terminal",
    };
    Check::warning("terminal", missing, SafeText::line("The dashboard needs one; `halo-tui list` and the others do not"))
}

fn kind(term: Option<&str>) -> Check {
    let advice = SafeText::line("The dashboard can't be drawn; set TERM to what the terminal is, such as xterm-256color");
    match term {
        None => Check::warning("TERM", "is not set", advice),
        Some("dumb") => Check::warning("TERM", "says that the terminal is dumb", advice),
        Some(term) => Check::passed("TERM", term),
    }
}

fn room(cols: u16, rows: u16) -> Check {
    let words = format!("{cols}x{rows} cells");
    if cols >= LEAST.0 && rows >= LEAST.1 {
        return Check::passed("size", &words);
    }
    if cols == 0 || rows == 0 {
        return Check::passed("size", "unknown: 80x24 is taken");
    }
    let advice = format!("The dashboard needs {}x{}", LEAST.0, LEAST.1);
    Check::warning("size", &words, SafeText::line(&advice))
}

#[cfg(test)]
mod tests {
    use super::{super::report::State, *};

    #[test]
    fn what_can_not_be_drawn_on_is_told() {
        for (check, state) in [
            (streams(true, true), State::Passed),
            (streams(true, false), State::Warning),
            (kind(None), State::Warning),
            (kind(Some("dumb")), State::Warning),
            (kind(Some("xterm")), State::Passed),
            (room(80, 24), State::Passed),
            (room(60, 19), State::Warning),
            (room(0, 0), State::Passed),
        ] {
            assert_eq!(check.state(), state, "{check:?}");
        }
    }

    #[test]
    fn who_stands_between_is_told() {
        let told = |vars: &[(&str, &str)]| {
            let env = |name: &str| vars.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
            format!("{:?}", checks(None, &env))
        };
        assert!(told(&[("TMUX", "/tmp/x"), ("SSH_TTY", "/dev/pts/1")]).contains("set-clipboard"));
        assert!(told(&[("SSH_CONNECTION", "1 2 3 4")]).contains("--lean"));
        assert!(!told(&[("TERM", "xterm")]).contains("tmux"));
    }
}
