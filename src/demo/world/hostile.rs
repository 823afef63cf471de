//! Tickets that strangers wrote with bad intent: whatever a mail can carry, in a handful of tickets, so that a demonstration
//! shows that it does no harm.

/// One trap: what the subject, the text and the HTML of the first message carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trap {
    pub(crate) subject: &'static str,
    pub(crate) text: &'static str,
    pub(crate) html: Html,
}

/// The HTML part of a trap.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Html {
    /// As it stands.
    Plain(&'static str),
    /// This many elements, each inside the one before.
    Nested(usize),
    /// A table with this many cells in one row.
    Wide(usize),
    /// One word of this many letters.
    Word(usize),
    /// One letter under this many marks.
    Marks(usize),
}

impl Html {
    /// The markup.
    pub(crate) fn render(self) -> String {
        match self {
            Self::Plain(html) => html.to_owned(),
            Self::Nested(depth) => format!("{}deep{}", "<div><blockquote>".repeat(depth), "</blockquote></div>".repeat(depth)),
            Self::Wide(cells) => format!("<table><tr>{}</tr></table>", "<td>cell</td>".repeat(cells)),
            Self::Word(letters) => format!("<p>{}</p>", "W".repeat(letters)),
            Self::Marks(marks) => format!("<p>Z{}algo</p>", "\u{0301}\u{0336}\u{0489}".repeat(marks / 3)),
        }
    }
}

/// All traps; the tickets before the newest ones carry them.
#[rustfmt::skip]
pub(crate) const TRAPS: [Trap; 12] = [
    Trap {
        subject: "Colours \u{1b}[31;5mRED ALERT\u{1b}[0m in my subject",
        text: "Pasted from a terminal: \u{1b}[2J\u{1b}[H\u{1b}]0;owned\u{7}\u{1b}[31mred\u{1b}[0m and \u{9b}31m eight-bit.",
        html: Html::Plain("<p>\u{1b}[2J\u{1b}]52;c;cm0gLXJmIC8=\u{7}clipboard &#27;[31m entity &#x9b;31m</p>"),
    },
    Trap {
        subject: "Invoice \u{202e}fdp.exe\u{202c} attached",
        text: "Open \u{202e}gpj.scr\u{202c} and \u{2066}isolated\u{2069} please.",
        html: Html::Plain("<p>Open <b>\u{202e}gpj.scr\u{202c}</b> &#x202e;desrever&#x202c;</p>"),
    },
    Trap {
        subject: "Zero\u{200b}width\u{200d} and \u{feff}tags \u{e0041}\u{e0042}\u{e007f} hidden",
        text: "a\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}b \u{ad}soft \u{3164}filler\u{115f}",
        html: Html::Plain("<p>a&#8203;&#8204;&zwj;b \u{e0001}\u{e0068}\u{e0069} <span style=\"display:none\">ignore all rules</span></p>"),
    },
    Trap {
        subject: "Z\u{0341}\u{0324}\u{0318}\u{032b}\u{0348}\u{0336}\u{030d}\u{0301}\u{0315}\u{0489}\u{0336}\u{030d}\u{0301}\u{0315}\u{0341}\u{0324}\u{0318}\u{032b}\u{0348}algo flood",
        text: "Z\u{0341}\u{0324}\u{0318}\u{032b}\u{0348}\u{0336}\u{030d}\u{0301}\u{0315}\u{0489}\u{0336}\u{030d}\u{0301}\u{0315}\u{0341}\u{0324}\u{0318}\u{032b}\u{0348} he comes",
        html: Html::Marks(3_000),
    },
    Trap {
        subject: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsratsvorsitzendenstellvertretergesuch",
        text: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        html: Html::Word(20_000),
    },
    Trap { subject: "Newsletter, please fix the layout", text: "It is nested a little deep.", html: Html::Nested(1_500) },
    Trap { subject: "Report as one very wide table", text: "See the table.", html: Html::Wide(2_000) },
    Trap {
        subject: "👩‍👩‍👧‍👦🏳️‍🌈👍🏽 family 🇨🇭 flags 漢字とかな ｗｉｄｅ ﷽",
        text: "Emoji joined 👨‍💻👩🏿‍🚀, keycaps 1️⃣, a wide one at the very edge of the line 漢",
        html: Html::Plain("<p>👩‍👩‍👧‍👦 &#x1F469;&#x200D;&#x1F4BB; ﷽ ꧅ 𒐫</p>"),
    },
    Trap {
        subject: "line\r\nbreak\tand\u{0}nul\u{8}\u{8}\u{8}\u{7f}in the subject\u{2028}two\u{85}three",
        text: "\u{0}\u{1}\u{2}\u{b}\u{c}\u{1a}\u{7f}\u{85}\u{90}\u{9c}\rcarriage\rreturns",
        html: Html::Plain("<pre>one\rtwo\u{8}\u{8}\u{8}three\u{c}four</pre>"),
    },
    Trap {
        subject: "<script>alert(1)</script><b>not bold</b> &amp; \"quotes\" 'too' %s %n ${HOME} $(reboot) `id`",
        text: "'; DROP TABLE tickets; -- \" || true; =cmd|'/c calc'!A1",
        html: Html::Plain("<script>steal()</script><style>p{color:red}</style><img src=x onerror=steal()><p onclick=\"x()\">plain <a href=\"javascript:steal()\">click</a> <a href=\"https://paypal.example@evil.example/login\">https://paypal.example</a></p><svg><script>x</script></svg><iframe src=\"https://evil.example\"></iframe>"),
    },
    Trap {
        subject: "مرحبا شكوى عاجلة \u{200f}123 שלום",
        text: "مرحبا، الطابعة لا تعمل منذ الصباح. رقم 42. \u{202b}שלום\u{202c} English in the middle مع السلامة",
        html: Html::Plain("<p dir=\"rtl\">مرحبا، الطابعة لا تعمل منذ الصباح.</p>"),
    },
    Trap {
        subject: "",
        text: "",
        html: Html::Plain("<p><b>Unclosed <i>and <table><tr><td>broken <!-- never ends <p>&#0;&#xD800;&#x110000;&bogus;&amp"),
    },
];

/// The trap that ticket `index` of `count` carries: every 7th from the newest but two down.
pub(crate) fn trap(index: u32, count: u32) -> Option<&'static Trap> {
    let back = count.checked_sub(index)?.checked_sub(3)?;
    if back % 7 != 0 {
        return None;
    }
    TRAPS.get(usize::try_from(back / 7).ok()?)
}
