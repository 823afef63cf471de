//! Hostile text for tests: what a mail can hold that must not reach a terminal.

use proptest::prelude::*;

/// The 65 control characters: C0, DEL and C1.
pub(crate) fn controls() -> impl Iterator<Item = char> {
    ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}')
}

/// Whole terminal sequences in their 7-bit and 8-bit forms, terminated and not.
pub(crate) const SEQUENCES: &[&str] = &[
    "\u{1b}[2J",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}]52;c;ZXZpbA==\u{7}",
    "\u{1b}]50;?\u{7}",
    "\u{1b}]777;notify;a;b\u{7}",
    "\u{1b}]1337;File=:AAAA\u{7}",
    "\u{1b}P+q544e\u{1b}\\",
    "\u{1b}_apc\u{1b}\\",
    "\u{1b}^pm\u{1b}\\",
    "\u{1b}Xsos\u{1b}\\",
    "\u{1b}c",
    "\u{1b}[6n",
    "\u{1b}]0;never ended",
    "\u{9b}2J",
    "\u{9d}0;title\u{9c}",
    "\u{90}q\u{9c}",
    "\u{1b}\u{1b}[31m",
    "\u{1b}[\u{1b}[2J2J",
];

/// Text that hides, reorders or floods.
pub(crate) const TRICKS: &[&str] = &[
    "invoice\u{202e}fdp.exe",
    "\u{2066}a\u{2069}\u{200f}\u{61c}b",
    "Ac\u{200b}me",
    "Ac\u{ad}me",
    "Ac\u{2060}\u{feff}me",
    "\u{e0041}\u{e0042}tagged",
    "x\u{fe0f}\u{fe0e}\u{e0100}y",
    "\u{fff9}a\u{fffa}b\u{fffb}",
    "\u{3164}\u{115f}\u{ffa0}\u{2800}",
    "a\r\n\u{b}\u{c}\u{85}\u{2028}\u{2029}\tb",
    "\u{301}starts with a mark",
    "👩\u{200d}👩\u{200d}👧 👍🏽 ❤\u{fe0f} 🏴\u{e0067}\u{e007f}",
    "\u{1100}\u{1161}\u{11a8}\u{1161} \u{ff76}\u{ff9e}",
    "\u{e0b0}\u{f8ff}\u{100000}\u{378}\u{fdd0}\u{ffff}",
    "क्क्क्क्क्क्क्क्क्क्क्क्क्क्क्क्क्क्क्क्क्",
    "\u{600}1 \u{d4e}\u{8e2}\u{a8fa}",
];

/// Any text, made of the above, of letters, and of any characters at all.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9 ._/<>&;#-]{0,12}",
        2 => prop::sample::select(SEQUENCES).prop_map(str::to_owned),
        2 => prop::sample::select(TRICKS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "\\PC{0,6}",
        1 => "[\u{300}-\u{36f}\u{483}\u{1ab0}\u{20d0}\u{93c}\u{94d}]{0,20}",
        1 => prop::sample::select(controls().collect::<Vec<_>>()).prop_map(String::from),
        1 => "[\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}\u{200d}\u{1f468}-\u{1f469}\u{1100}-\u{11ff}\u{ac00}]{0,6}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// HTML of the kinds that break converters, each with the word that must still be readable, if any.
pub(crate) fn html() -> Vec<(&'static str, String, Option<&'static str>)> {
    vec![
        ("deep nesting", format!("{}deep", "<div>".repeat(100_000)), Some("deep")),
        ("deep quotes", format!("{}deep", "<blockquote>".repeat(10_000)), Some("deep")),
        ("deep lists", format!("{}deep", "<ul><li>".repeat(10_000)), Some("deep")),
        ("deep tables", format!("{}deep", "<table><tr><td>".repeat(10_000)), Some("deep")),
        ("stray ends", format!("{}end", "</div></td></ul></a>".repeat(20_000)), Some("end")),
        (
            "formatting left open",
            format!("{}{}end", "<font a=1><table><tr><td></font></table>".repeat(5_000), "<p>x".repeat(5_000)),
            Some("end"),
        ),
        (
            "many attributes",
            format!("<a {}>text</a>", (0..50_000).map(|n| n.to_string()).collect::<Vec<_>>().join(" ")),
            Some("text"),
        ),
        ("many links", "<a href=https://a.example/1>x</a>".repeat(20_000), Some("x")),
        ("entities", "&amp;&#x41;&notanentity;".repeat(20_000), Some("&A")),
        ("an open comment", format!("seen<!--{}", "-".repeat(100_000)), Some("seen")),
        ("an open tag", format!("seen<a href=\"{}", "x".repeat(100_000)), Some("seen")),
        ("only brackets", "<".repeat(100_000), Some("<")),
        ("cells", format!("<table>{}</table>", "<td>x".repeat(50_000)), Some("x")),
        ("breaks", format!("a{}b", "<br>".repeat(100_000)), Some("a\n\nb")),
    ]
}
