//! Tells quotes and signatures from what was said, line by line.

use super::{
    PartKind,
    header::{self, History},
    signature,
};

/// The kind of each line. Markup told some already: what it calls quoted or a signature stays so.
///
/// Linear in the lines: each looks at no more than a few of its neighbours.
pub(super) fn kinds(lines: &[(PartKind, String)]) -> Vec<PartKind> {
    let texts: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
    let mut kinds: Vec<PartKind> = lines.iter().map(|(kind, _)| *kind).collect();
    quotes(&texts, &mut kinds);
    signature::find(&texts, &mut kinds);
    forwarded(&texts, &mut kinds);
    all_said_where_nothing_is(&texts, &mut kinds);
    blanks(&texts, &mut kinds);
    kinds
}

/// Finds quoted lines, their headings, and where the older mail begins that follows up to the end.
fn quotes(texts: &[&str], kinds: &mut [PartKind]) {
    let quoted = |kinds: &[PartKind], at: usize| {
        kinds.get(at) == Some(&PartKind::Quoted) || texts.get(at).is_some_and(|line| line.starts_with('>'))
    };
    let mut at = 0;
    while at < texts.len() {
        if quoted(kinds, at) {
            set(kinds, at..at + 1, PartKind::Quoted);
            at += 1;
            continue;
        }
        match header::history(texts, at) {
            Some(History::Forwarded(lines)) => at += lines.max(1),
            Some(History::Older) => {
                set(kinds, at_rule(texts, at)..texts.len(), PartKind::Quoted);
                return;
            }
            Some(History::Heading { lines, sure }) => {
                let next = (at + lines..texts.len()).find(|at| texts.get(*at).is_some_and(|line| !line.trim().is_empty()));
                if next.is_some_and(|next| quoted(kinds, next)) {
                    set(kinds, at..next.unwrap_or(at), PartKind::Quoted);
                    at = next.unwrap_or(at + lines);
                } else if sure && next.is_some() {
                    set(kinds, at_rule(texts, at)..texts.len(), PartKind::Quoted);
                    return;
                } else {
                    at += 1;
                }
            }
            None => at += 1,
        }
    }
}

/// Where the rule line above line `at` is, else `at`: mail programs draw one above the older mail.
fn at_rule(texts: &[&str], at: usize) -> usize {
    let above = (at.saturating_sub(2)..at).rev().find(|above| texts.get(*above).is_some_and(|line| !line.trim().is_empty()));
    let is_rule = |line: &str| line.len() >= 4 && line.trim().chars().all(|c| matches!(c, '_' | '-' | '─' | '━' | '='));
    above.filter(|above| texts.get(*above).is_some_and(|line| is_rule(line))).unwrap_or(at)
}

/// A mail that was sent on is what the sender wants to be read.
fn forwarded(texts: &[&str], kinds: &mut [PartKind]) {
    let mut at = 0;
    while at < texts.len() {
        let end = run_end(kinds, at);
        let first = (at..end).find(|at| texts.get(*at).is_some_and(|line| !line.trim().is_empty()));
        if let Some(first) = first
            && kinds.get(at) == Some(&PartKind::Quoted)
            && matches!(header::history(texts, first), Some(History::Forwarded(_)))
        {
            set(kinds, at..end, PartKind::Said);
        }
        at = end;
    }
}

/// A mail without words of its own is what it quotes.
fn all_said_where_nothing_is(texts: &[&str], kinds: &mut [PartKind]) {
    let says = texts.iter().zip(kinds.iter()).any(|(line, kind)| *kind == PartKind::Said && !line.trim().is_empty());
    if !says {
        kinds.fill(PartKind::Said);
    }
}

/// Empty lines belong to what follows them.
fn blanks(texts: &[&str], kinds: &mut [PartKind]) {
    let mut at = 0;
    while at < texts.len() {
        if texts.get(at).is_some_and(|line| !line.trim().is_empty()) {
            at += 1;
            continue;
        }
        let end = (at..texts.len()).find(|at| texts.get(*at).is_some_and(|line| !line.trim().is_empty())).unwrap_or(texts.len());
        let after = kinds.get(end).copied().unwrap_or_default();
        set(kinds, at..end, after);
        at = end;
    }
}

/// The end of the run of equal kinds that begins at `at`.
fn run_end(kinds: &[PartKind], at: usize) -> usize {
    let kind = kinds.get(at);
    (at..kinds.len()).find(|at| kinds.get(*at) != kind).unwrap_or(kinds.len())
}

/// Gives the lines of a range a kind.
pub(super) fn set(kinds: &mut [PartKind], range: std::ops::Range<usize>, kind: PartKind) {
    if let Some(range) = kinds.get_mut(range) {
        range.fill(kind);
    }
}
