//! Attachment names, made safe to create in a folder.

use unicode_normalization::UnicodeNormalization;

use super::SafeText;
use super::chars::{Fate, fate};

/// Bytes of a file name; most file systems end at 255, and a suffix may follow.
const NAME_CAP: usize = 120;
/// Bytes of an extension that are kept when the name is cut.
const EXTENSION_CAP: usize = 16;

/// The base name of an attachment as one plain name: no folder, no `..`, no control or invisible character, nothing that a shell, an
/// option parser or another file system reads as its own, at most 120 bytes with the extension kept. Never empty: `attachment`.
#[must_use]
pub fn file_name(raw: &str) -> SafeText {
    let base = raw.rsplit(['/', '\\']).find(|part| !part.trim_matches([' ', '.']).is_empty()).unwrap_or_default();
    // Put together first, as the sanitiser does: a Greek question mark becomes a semicolon by that.
    let judged: String = base
        .nfc()
        .filter_map(|c| match (fate(c), c) {
            (Fate::Drop, _) => None,
            (Fate::Caret(_) | Fate::Mark, _)
            | (Fate::Keep, ':' | '*' | '?' | '"' | '<' | '>' | '|' | '$' | '`' | '\'' | '&' | ';' | '!' | '%') => Some('_'),
            (Fate::Keep, _) => Some(c),
            (Fate::Blank | Fate::Tab | Fate::Break, _) => Some(' '),
        })
        .collect();
    // Trimmed first: a mark that then leads gets its own base from the sanitiser.
    let line = SafeText::line(judged.trim_start_matches(['.', '-', ' ', '~']));
    let name = line.as_str().trim_end_matches(['.', ' ']);
    let name = shorten(name);
    SafeText::line(if name.is_empty() { "attachment" } else { &name })
}

/// `name` within [`NAME_CAP`] bytes, its extension kept.
fn shorten(name: &str) -> String {
    if name.len() <= NAME_CAP {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() < EXTENSION_CAP => (stem, Some(extension)),
        _ => (name, None),
    };
    let room = NAME_CAP - extension.map_or(0, |extension| extension.len() + 1);
    let stem = stem.get(..stem.floor_char_boundary(room)).unwrap_or_default().trim_end_matches(['.', ' ']);
    extension.map_or_else(|| stem.to_owned(), |extension| format!("{stem}.{extension}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::hostile;

    #[test]
    fn takes_the_base_name_only() {
        for (raw, name) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/abs/olute.txt", "olute.txt"),
            ("a/..", "a"),
            ("..", "attachment"),
            ("", "attachment"),
            ("///", "attachment"),
            ("-rf", "rf"),
            (".bashrc", "bashrc"),
            ("~root", "root"),
            ("in\0voi\x1bce\n.pdf", "in_voi_ce .pdf"),
            ("C:evil.exe", "C_evil.exe"),
            ("a`id`$(x).txt", "a_id__(x).txt"),
            ("photo\u{202e}gpj.exe", "photo_gpj.exe"),
            ("name. . ", "name"),
            ("résumé 2.docx", "résumé 2.docx"),
            ("a\u{37e}b\u{1fef}.txt", "a_b_.txt"),
        ] {
            assert_eq!(file_name(raw).as_str(), name, "{raw:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = file_name(&format!("{}.tar.gz", "ü".repeat(300)));
        assert!(name.as_str().len() <= NAME_CAP);
        assert!(name.as_str().ends_with("ü.tar.gz") || name.as_str().ends_with("ü.gz"), "{name}");
        let name = file_name(&"x".repeat(300));
        assert_eq!(name.as_str().len(), NAME_CAP);
    }

    proptest! {
        #[test]
        fn a_name_stays_in_its_folder(raw in hostile::text()) {
            let name = file_name(&raw);
            let text = name.as_str();
            prop_assert!(!text.is_empty() && text.len() <= NAME_CAP);
            prop_assert!(!text.contains(['/', '\\', '\0']) && !text.starts_with(['.', '-', ' ']) && !text.ends_with(['.', ' ']), "{text:?}");
            prop_assert_eq!(&file_name(text), &name);
        }
    }
}
