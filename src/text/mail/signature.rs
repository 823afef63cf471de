//! Signatures in plain lines: the delimiter of RFC 3676 and what telephones write under a mail.

use super::{PartKind, split::set};
use crate::text::fold;

/// Lines of a signature at most: what is longer is something to read.
const MOST_LINES: usize = 20;
/// Bytes of a telephone's line at most.
const MOST_BYTES: usize = 120;

/// How telephones and mail programs end a mail, folded; `*` stands for the device's name.
#[rustfmt::skip]
const SENT_FROM: &[&str] = &[
    "sent from *", "get outlook for *", "sent via *", "von meinem * gesendet", "gesendet von *",
    "diese nachricht wurde von meinem * gesendet*", "outlook fur * beziehen", "outlook fur * herunterladen",
    "envoye de mon *", "envoye depuis *", "envoye a partir de *", "telecharger outlook pour *",
    "obtenez outlook pour *", "enviado desde mi *", "enviado desde *", "obtener outlook para *", "inviato da *",
    "ottieni outlook per *", "enviado do meu *", "enviado a partir do *", "obter o outlook para *",
    "verzonden vanaf *", "verstuurd vanaf *", "outlook voor * downloaden", "skickat fran *", "hamta outlook for *",
    "sendt fra *", "hent outlook til *", "lahetetty *", "wyslane z *", "pobierz outlook*", "odeslano z *",
    "отправлено с *", "отправлено из *", "надіслано з *", "*'umdan gonderildi", "*dan gonderildi", "*から送信",
    "*から送信されました", "发自我的*", "发自*", "從我的 * 傳送", "从我的 * 发送", "나의 *에서 보냄", "*에서 보냄",
];

/// Finds signatures among what was said: each reaches to the next quote or to the end.
pub(super) fn find(texts: &[&str], kinds: &mut [PartKind]) {
    let mut start = 0;
    while start < texts.len() {
        let said = kinds.get(start) == Some(&PartKind::Said);
        let end = (start..texts.len()).find(|at| kinds.get(*at) != kinds.get(start)).unwrap_or(texts.len());
        if said && let Some(at) = in_run(texts, start, end) {
            set(kinds, at..end, PartKind::Signature);
        }
        start = end;
    }
}

/// Where the signature begins that ends a run of lines: the first mark that is near enough to the end.
fn in_run(texts: &[&str], start: usize, end: usize) -> Option<usize> {
    let (mut found, mut written) = (None, 0);
    for at in (start..end).rev() {
        let line = texts.get(at)?;
        if line.trim().is_empty() {
            continue;
        }
        written += 1;
        if written > MOST_LINES {
            break;
        }
        if begins_signature(line) {
            found = Some(at);
        }
    }
    found
}

fn begins_signature(line: &str) -> bool {
    let line = line.trim();
    if matches!(line, "--" | "—" | "‐‐") {
        return true;
    }
    if line.is_empty() || line.len() > MOST_BYTES {
        return false;
    }
    let folded = fold(line.trim_end_matches(['.', '。', '!']));
    SENT_FROM.iter().any(|pattern| match pattern.split_once('*') {
        None => folded == *pattern,
        Some((start, end)) => {
            let end = end.trim_end_matches('*');
            let middle = folded.strip_prefix(start).and_then(|rest| {
                if pattern.ends_with('*') { rest.contains(end).then_some(rest) } else { rest.strip_suffix(end) }
            });
            // A device, not a sentence: "Sent from the wrong address, please ignore the first mail".
            middle.is_some_and(|device| !device.trim().is_empty() && device.split(' ').count() <= 6 && !device.contains(','))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_of_many_languages_sign() {
        for line in [
            "-- ",
            "--",
            "Sent from my iPhone",
            "Sent from Outlook for Android",
            "Get Outlook for iOS [1 aka.ms]",
            "Von meinem iPhone gesendet",
            "Gesendet von Outlook für Android",
            "Envoyé de mon iPhone",
            "Enviado desde mi iPhone.",
            "Inviato da iPhone",
            "Skickat från min iPhone",
            "Wysłane z iPhone’a",
            "Отправлено с iPhone",
            "iPhoneから送信",
            "发自我的 iPhone",
            "從我的 iPhone 傳送",
            "나의 iPhone에서 보냄",
        ] {
            assert!(begins_signature(line), "{line}");
        }
        for line in [
            "",
            "---",
            "-- a dash",
            "Sent from the wrong address, please ignore",
            "sent from me to all of the people in the office at once",
            "Regards",
        ] {
            assert!(!begins_signature(line), "{line}");
        }
    }

    #[test]
    fn patterns_are_folded() {
        for pattern in SENT_FROM {
            assert_eq!(fold(pattern), *pattern);
        }
    }
}
