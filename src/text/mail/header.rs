//! Lines that say that an older mail follows, as mail programs write them in many languages.

use super::words::{FORWARDED, FROM, ON, ORIGINAL, SENT, TO, WRITE_ABOVE, WROTE};
use crate::text::fold;

/// Bytes of a line that is looked at; no heading is longer.
const MOST_BYTES: usize = 400;
/// Lines over which a heading may be broken.
const HEADING_LINES: usize = 3;
/// Lines of a block of mail headers at most, continued ones and empty ones between them too.
const HEADER_LINES: usize = 14;

/// What a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum History {
    /// An older mail follows up to the end.
    Older,
    /// "On … she wrote:" in this many lines; `sure` where it bears a time, so that it is no sentence of the mail.
    Heading { lines: usize, sure: bool },
    /// A mail that was sent on follows: this many lines are its headers.
    Forwarded(usize),
}

/// What line `at` begins, if it begins anything.
pub(super) fn history(texts: &[&str], at: usize) -> Option<History> {
    let line = texts.get(at)?.trim();
    if line.is_empty() || line.len() > MOST_BYTES {
        return None;
    }
    if let Some(kind) = rule_words(line) {
        return Some(match kind {
            Rule::Forwarded => History::Forwarded(1 + headers(texts, at + 1).unwrap_or(0)),
            Rule::Older => History::Older,
        });
    }
    if headers(texts, at).is_some() {
        return Some(History::Older);
    }
    heading(texts, at)
}

/// What a line of rule characters with words in it says.
enum Rule {
    Older,
    Forwarded,
}

fn rule_words(line: &str) -> Option<Rule> {
    let folded = fold(line);
    if WRITE_ABOVE.iter().any(|words| folded.contains(words)) {
        return Some(Rule::Older);
    }
    let words = folded.trim_matches(['-', '_', '=', '*', '#', ' ', ':', '─', '－']);
    let ruled = words.len() + 4 <= folded.len();
    if FORWARDED.contains(&words) && (ruled || folded.ends_with(':')) {
        return Some(Rule::Forwarded);
    }
    (ORIGINAL.contains(&words) && ruled).then_some(Rule::Older)
}

/// How many lines of mail headers begin at `at`: one that names the sender, then at least two more, one of which only mails have.
fn headers(texts: &[&str], at: usize) -> Option<usize> {
    let key = |at: usize| key(texts.get(at)?);
    key(at).filter(|key| FROM.contains(&key.as_str()))?;
    let (mut sent, mut more, mut last) = (0, 0, at);
    for next in at + 1..texts.len().min(at + HEADER_LINES) {
        // A long list of receivers goes on without a key; two lines without one end the block.
        if next - last > 3 {
            break;
        }
        let Some(key) = key(next) else { continue };
        if SENT.contains(&key.as_str()) {
            sent += 1;
        } else if TO.contains(&key.as_str()) {
            more += 1;
        } else {
            continue;
        }
        last = next;
    }
    (sent >= 1 && sent + more >= 2).then_some(last + 1 - at)
}

/// The folded name before the colon of a header line.
fn key(line: &str) -> Option<String> {
    let line = line.trim_start_matches([' ', '*', '|']);
    let end = line.find([':', '：'])?;
    let name = line.get(..end).filter(|name| name.len() <= 40)?;
    Some(fold(name.trim_matches([' ', '*', '|'])))
}

/// "On … she wrote:" that begins at `at`, maybe broken over lines.
fn heading(texts: &[&str], at: usize) -> Option<History> {
    let mut joined = String::new();
    for lines in 1..=HEADING_LINES {
        let line = texts.get(at + lines - 1)?.trim();
        if line.is_empty() || line.starts_with('>') || joined.len() + line.len() > MOST_BYTES {
            return None;
        }
        // Folding is the costly step: lines that can't begin a heading are seen without it.
        if lines == 1 && !line.ends_with([':', '：']) && !line.contains(|c: char| c.is_numeric()) {
            return None;
        }
        joined.push(' ');
        joined.push_str(&fold(line));
        let text = joined.trim_start();
        if lines == 1 && !text.ends_with(':') && !ON.iter().any(|on| text.starts_with(on)) {
            return None;
        }
        if text.ends_with(':') {
            let addressed = text.ends_with(">:") && text.contains('@');
            let wrote = WROTE.iter().any(|wrote| joined.contains(wrote));
            let sure = is_dated(text);
            return (wrote || (addressed && sure)).then_some(History::Heading { lines, sure });
        }
    }
    None
}

/// Whether a text bears a year or a time of day.
fn is_dated(text: &str) -> bool {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| {
        let rest = bytes.get(at..).unwrap_or_default();
        let year = rest.starts_with(b"20") && digit(rest.get(2)) && digit(rest.get(3)) && !digit(rest.get(4));
        let time = digit(rest.first()) && matches!(rest.get(1), Some(b':' | b'.')) && digit(rest.get(2)) && digit(rest.get(3));
        year || time
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_many_languages_are_known() {
        for line in [
            "On Mon, 3 Mar 2026 at 10:00, Priya Shah <priya@desk.example> wrote:",
            "Am Mo., 3. März 2026 um 10:00 Uhr schrieb Priya Shah <priya@desk.example>:",
            "Le lun. 3 mars 2026 à 10:00, Priya Shah <priya@desk.example> a écrit :",
            "El lun, 3 mar 2026 a las 10:00, Priya Shah (<priya@desk.example>) escribió:",
            "Il giorno lun 3 mar 2026 alle ore 10:00 Priya Shah <priya@desk.example> ha scritto:",
            "Em seg., 3 de mar. de 2026 às 10:00, Priya Shah <priya@desk.example> escreveu:",
            "Op ma 3 mrt 2026 om 10:00 schreef Priya Shah <priya@desk.example>:",
            "Den mån 3 mars 2026 kl 10:00 skrev Priya Shah <priya@desk.example>:",
            "pon., 3 mar 2026 o 10:00 Priya Shah <priya@desk.example> napisał(a):",
            "пн, 3 мар. 2026 г. в 10:00, Priya Shah <priya@desk.example>:",
            "3 мар. 2026 г., в 10:00, Priya Shah <priya@desk.example> написал(а):",
            "Priya Shah <priya@desk.example>, 3 Mar 2026 Pzt, 10:00 tarihinde şunu yazdı:",
            "2026年3月3日(火) 10:00 Priya Shah <priya@desk.example>:",
            "2026/03/03 10:00、Priya Shah <priya@desk.example>のメール:",
            "Priya Shah <priya@desk.example> 于2026年3月3日周二 10:00写道：",
            "2026년 3월 3일 (화) 오전 10:00, Priya Shah <priya@desk.example>님이 작성:",
        ] {
            assert_eq!(history(&[line], 0), Some(History::Heading { lines: 1, sure: true }), "{line}");
        }
        let broken = ["On Mon, 3 Mar 2026 at 10:00, Priya Shah", "<priya@desk.example> wrote:"];
        assert_eq!(history(&broken, 0), Some(History::Heading { lines: 2, sure: true }));
    }

    #[test]
    fn sentences_are_no_headings() {
        for line in [
            "On it, will do at 10:00",
            "She wrote:",
            "The log at 10:00 says:",
            "Error 2026: disk full",
            "to: you",
            "From: the printer",
        ] {
            assert!(!matches!(history(&[line], 0), Some(History::Older | History::Heading { sure: true, .. })), "{line}");
        }
    }

    #[test]
    fn blocks_of_headers_of_many_languages_are_known() {
        for block in [
            "From: Priya Shah <priya@desk.example>\nSent: Monday, March 3, 2026 10:00 AM\nTo: Dana\nSubject: RE: Mail",
            "Von: Priya Shah\nGesendet: Montag, 3. März 2026 10:00\nAn: Dana\nBetreff: AW: Mail",
            "De : Priya Shah\nEnvoyé : lundi 3 mars 2026 10:00\nÀ : Dana\nObjet : RE: Mail",
            "De: Priya Shah\nEnviado el: lunes, 3 de marzo de 2026\nPara: Dana\nAsunto: RE: Mail",
            "Da: Priya Shah\nInviato: lunedì 3 marzo 2026\nA: Dana\nOggetto: R: Mail",
            "Van: Priya Shah\nVerzonden: maandag 3 maart 2026\nAan: Dana\nOnderwerp: RE: Mail",
            "Från: Priya Shah\nSkickat: den 3 mars 2026\nTill: Dana\nÄmne: SV: Mail",
            "Od: Priya Shah\nWysłano: 3 marca 2026\nDo: Dana\nTemat: RE: Mail",
            "От: Priya Shah\nОтправлено: 3 марта 2026\nКому: Dana\nТема: RE: Mail",
            "差出人: Priya Shah\n送信日時: 2026年3月3日\n宛先: Dana\n件名: RE: Mail",
            "发件人: Priya Shah\n发送时间: 2026年3月3日\n收件人: Dana\n主题: 回复: Mail",
            "보낸 사람: Priya Shah\n보낸 날짜: 2026년 3월 3일\n받는 사람: Dana\n제목: RE: Mail",
            "*From:* Priya Shah\n*Date:* 3 March 2026\n*Subject:* Mail",
            "From: Priya\n\nSent: Monday\n\nTo: Dana\n\nSubject: x",
        ] {
            let lines: Vec<_> = block.split('\n').collect();
            assert_eq!(history(&lines, 0), Some(History::Older), "{block}");
        }
        assert_eq!(history(&["From: the printer", "To: the bin"], 0), None);
    }

    #[test]
    fn rules_with_words_are_known() {
        for line in [
            "-----Original Message-----",
            "-----Ursprüngliche Nachricht-----",
            "----- 原始邮件 -----",
            "## Please reply above this line ##",
        ] {
            assert_eq!(history(&[line], 0), Some(History::Older), "{line}");
        }
        let sent_on = ["---------- Forwarded message ---------", "From: A", "Date: B", "Subject: C", "", "Hello"];
        assert_eq!(history(&sent_on, 0), Some(History::Forwarded(4)));
        assert_eq!(history(&["Begin forwarded message:"], 0), Some(History::Forwarded(1)));
        assert_eq!(history(&["the original message"], 0), None);
    }
}
