use proptest::prelude::*;

use crate::text::{BLOCK_CAP, Link, Links, MailText, SafeText, hostile, is_safe_char};

/// A text with its links.
struct Rendered {
    text: SafeText,
    links: Vec<Link>,
}

fn html_to_block(html: &str) -> Rendered {
    let mut links = Links::default();
    let text = MailText::html(html, &mut links).whole();
    Rendered { text, links: links.into_list() }
}

fn text(html: &str) -> String {
    html_to_block(html).text.as_str().to_owned()
}

#[test]
fn paragraphs_lines_and_blanks() {
    for (html, expected) in [
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("one<br>two<br><br><br>three", "one\ntwo\n\nthree"),
        ("  one \n  <b> two</b>three ", "one twothree"),
        ("<p class=MsoNormal>one</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>two</p>", "one\n\ntwo"),
        ("<p class=MsoNormal>one<o:p></o:p></p><p class=MsoNormal>two</p>", "one\ntwo"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("<p>open<p>also open", "open\n\nalso open"),
        ("<pre>a\n  b\n</pre>c", "a\n  b\n\nc"),
        ("a<hr>b", "a\n----\nb"),
        ("caf&eacute; &lt;b&gt; &amp;amp;", "café <b> &amp;"),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
}

#[test]
fn lists_quotes_and_tables() {
    for (html, expected) in [
        ("<ul><li>one<li>two</ul>end", "- one\n- two\n\nend"),
        ("<ol><li><p>one</p></li><li>two<ul><li>in</li></ul></li></ol>", "1. one\n2. two\n  - in"),
        ("hi<blockquote>old<br>text</blockquote>bye", "hi\n\n> old\n> text\n\nbye"),
        ("<blockquote>a<blockquote><p>b</p><p>c</p></blockquote></blockquote>", "> a\n>\n> > b\n> >\n> > c"),
        ("<table><tr><th>Name<th>State<tr><td>PC-1<td>broken</table>", "Name | State\nPC-1 | broken"),
        ("<table><tr><td><p>Name</p></td><td><p>PC-1</p></td></tr></table>end", "Name | PC-1\nend"),
        ("<table><tr><td></td><td>only</td><td><p>&nbsp;</p></td><td>two</td></tr></table>", "only | two"),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\nc"),
        ("<table><tr><td><table><tr><td>in</td></tr></table></td></tr><tr><td>out</td></tr></table>", "in\nout"),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
}

#[test]
fn what_is_not_displayed_is_dropped() {
    for html in [
        "<script>alert(1)</script>seen",
        "<style>p{}</style>seen<!-- comment -->",
        "<head><title>t</title><meta http-equiv=refresh content='0;url=https://evil.example'></head>seen",
        "<div style='display: none'>no<div>no</div>no</div>seen",
        "<span hidden>no</span>seen",
        "<img src=https://evil.example/track.gif width=1>seen",
        "<iframe src=https://evil.example>no</iframe>seen",
        "<!--[if mso]><xml><w>no</w></xml><![endif]-->seen",
        "<svg><text>no</text></svg>seen",
    ] {
        assert_eq!(text(html), "seen", "{html}");
    }
}

#[test]
fn a_link_shows_where_it_leads() {
    for (html, expected) in [
        ("<a href='https://evil.example/x'>https://bank.example</a>", "https://bank.example [1 evil.example]"),
        ("<a href='https://acme.example/x'>https://acme.example/x</a>", "https://acme.example/x [1]"),
        ("<a href='https://acme.example/'>acme.example</a>", "acme.example [1]"),
        ("<a href='https://acme.example/'>here </a>now", "here [1 acme.example] now"),
        ("<a href='https://bank.example@evil.example/'>bank.example</a>", "bank.example [1 evil.example]"),
        (
            "<a href='https://evil.example/'>https://evil.example@bank.example</a>",
            "https://evil.example@bank.example [1 evil.example]",
        ),
        ("<a href='https://bаnk.example/'>bаnk.example</a>", "bаnk.example [1 xn--bnk-6cd.example]"),
        ("<a href='mailto:a@acme.example?subject=x'>a@acme.example</a>", "a@acme.example [1]"),
        ("<a href='javascript:alert(1)'>here</a>", "here [link removed]"),
        ("<a href='JaVa&#10;Script:alert(1)'>here</a>", "here [link removed]"),
        ("<a href='file:///etc/passwd'>here</a>", "here [link removed]"),
        ("<a href='data:text/html,x'>here</a>", "here [link removed]"),
        ("<a href='-oProxyCommand=x'>here</a>", "here"),
        ("<a href='#top'>top</a>", "top"),
        ("<a href='https://a.example'><img alt='Logo' src=x></a>", "[image: Logo] [1 a.example]"),
        ("<a href='https://a.example'><img src=x></a>text", "text"),
        ("<ul><li><a href='https://a.example'>a.example</a></ul>", "- a.example [1]"),
        ("<a href='https://a.example'>x</a> <a href='https://a.example'>y</a>", "x [1 a.example] y [1 a.example]"),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
    let links = html_to_block("<a href='https://a.example/p?q=ä b'>x</a><a href='tel:+49123'>call</a>").links;
    let targets: Vec<_> = links.iter().map(|link| (link.number, link.target.as_str(), link.host.as_str())).collect();
    assert_eq!(targets, [(1, "https://a.example/p?q=%C3%A4%20b", "a.example"), (2, "tel:+49123", "+49123")]);
}

#[test]
fn pictures_say_what_they_show() {
    assert_eq!(text("<img alt='A  printer\n on fire' src='cid:1'>"), "[image: A printer on fire]");
    assert_eq!(text("<img src='cid:1'>"), "[image]");
}

#[test]
fn controls_written_as_entities_are_made_inert() {
    for html in ["&#27;[2J", "&#x1b;[2J", "&#x1B[2J", "\u{1b}[2J", "&#x202e;txt", "<img alt='&#27;]52;c;x&#7;'>"] {
        let safe = text(html);
        assert!(safe.chars().all(is_safe_char), "{html}: {safe:?}");
        assert!(!safe.is_empty());
    }
    // The HTML standard reads the C1 range of numeric entities as Windows-1252.
    assert_eq!(text("&#155;&#x92;"), "›’");
    assert_eq!(text("a&amp;#27;b"), "a&#27;b");
}

#[test]
fn hostile_html_stays_readable() {
    for (name, html, word) in hostile::html() {
        let block = html_to_block(&html);
        assert!(block.text.as_str().len() <= BLOCK_CAP, "{name}");
        assert!(block.links.len() <= 999, "{name}");
        if let Some(word) = word {
            assert!(block.text.as_str().contains(word), "{name}");
        }
        assert!(block.text.as_str().chars().all(|c| c == '\n' || is_safe_char(c)), "{name}");
    }
}

#[test]
fn nesting_beyond_the_cap_is_flattened() {
    let nested = "<blockquote>".repeat(100_000) + "deep";
    assert_eq!(text(&nested), format!("{}deep", "> ".repeat(8)));
    // What closes beyond the cap is matched by count, so text after it is at its own depth again.
    let closed = format!("{}deep{}after", "<div><blockquote>".repeat(200), "</blockquote></div>".repeat(200));
    assert!(text(&closed).ends_with("\n\nafter"));
}

#[test]
fn what_is_left_out_is_said() {
    let huge = format!("{}the end", "<p>line</p>".repeat(300_000));
    let block = html_to_block(&huge);
    assert!(block.text.as_str().ends_with("… cut"));
    let tags = format!("seen{}the end", "<b></b>".repeat(400_000));
    let seen = text(&tags);
    assert!(seen.starts_with("seen") && seen.ends_with("\n… cut"), "{seen}");
}

proptest! {
    #[test]
    fn any_input_gives_safe_text(pieces in proptest::collection::vec(prop_oneof![
        "<(div|p|a|td|tr|table|ul|ol|li|pre|b|blockquote|span style='display:none'|script|title|svg|br|img alt=x)>",
        "</(div|p|a|td|tr|table|ul|ol|li|pre|b|blockquote|span|script|title|svg)>",
        "<a href=(https://a.example|javascript:x|mailto:a@b.c)>",
        "&(#[0-9]{1,4}|#x[0-9a-f]{1,6}|nbsp|lt|zwj);?",
        hostile::text(),
    ], 0..30)) {
        let safe = html_to_block(&pieces.concat()).text;
        prop_assert!(safe.as_str().chars().all(|c| c == '\n' || is_safe_char(c)), "{safe:?}");
        prop_assert_eq!(SafeText::block(safe.as_str()), safe);
    }
}
