use proptest::prelude::*;

use super::*;
use crate::text::{hostile, is_safe_char};

fn parts(mail: &MailText) -> Vec<(PartKind, &str)> {
    mail.parts().iter().map(|part| (part.kind, part.text.as_str())).collect()
}

fn plain(raw: &str) -> MailText {
    MailText::plain(raw, &mut Links::default())
}

fn html(raw: &str) -> MailText {
    MailText::html(raw, &mut Links::default())
}

use PartKind::{Quoted, Said, Signature};

#[test]
fn a_reply_above_its_quote() {
    let mail = plain(
        "Still down.\r\n\r\n-- \r\nDana\r\n\r\nOn 3 Mar 2026 at 10:00, Priya <p@x.example>\r\nwrote:\r\n> Hello Dana,\r\n>\r\n> try again",
    );
    assert_eq!(
        parts(&mail),
        [
            (Said, "Still down."),
            (Signature, "-- \nDana"),
            (Quoted, "On 3 Mar 2026 at 10:00, Priya <p@x.example>\nwrote:\n> Hello Dana,\n>\n> try again"),
        ]
    );
}

#[test]
fn answers_between_quotes_stay() {
    let mail = plain("> Is it on?\nYes.\n\n> Is it red?\nNo.");
    assert_eq!(parts(&mail), [(Quoted, "> Is it on?"), (Said, "Yes."), (Quoted, "> Is it red?"), (Said, "No.")]);
}

#[test]
fn outlook_quotes_without_marks() {
    let mail = plain(
        "Ja, seit heute.\n\nMit freundlichen Grüßen\nIna\n\n________________________________\nVon: Desk <d@x.example>\nGesendet: Montag, 3. März 2026 10:00\nAn: Ina\nBetreff: AW: Drucker\n\nSeit wann?\n\nVon: Ina\nGesendet: Montag\nAn: Desk\nBetreff: Drucker\n\nDruckt nicht.",
    );
    let found = parts(&mail);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], (Said, "Ja, seit heute.\n\nMit freundlichen Grüßen\nIna"));
    assert!(found[1].0 == Quoted && found[1].1.starts_with("____") && found[1].1.ends_with("Druckt nicht."));
}

#[test]
fn html_of_mail_programs() {
    let gmail = "<div dir=ltr>Yes.</div><div class=gmail_signature><div>Dana<br>Borealis</div></div><br>\
        <div class=\"gmail_quote gmail_quote_container\"><div dir=ltr class=gmail_attr>Hvað sem er:<br></div>\
        <blockquote class=gmail_quote>Is it on?</blockquote></div>";
    assert_eq!(parts(&html(gmail)), [(Said, "Yes."), (Signature, "Dana\nBorealis"), (Quoted, "Hvað sem er:\n\n> Is it on?")]);

    let web = "<div>Done.</div><div id=\"Signature\">Ina</div><div id=\"appendonsend\"></div><hr style='width:98%'>\
        <div id=\"divRplyFwdMsg\"><b>From:</b> Desk<br><b>Sent:</b> Monday</div><div>Is it done?</div>";
    assert_eq!(parts(&html(web)), [(Said, "Done."), (Signature, "Ina"), (Quoted, "----\nFrom: Desk\nSent: Monday\nIs it done?")]);

    let desktop = "<div class=WordSection1><p class=MsoNormal>Danke</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'>\
        <p class=MsoNormal><b>Von:</b> Desk<br><b>Gesendet:</b> Montag<br><b>An:</b> Ina<br><b>Betreff:</b> AW</p></div>\
        <p class=MsoNormal>Geht es?</p></div>";
    assert_eq!(parts(&html(desktop)), [(Said, "Danke"), (Quoted, "Von: Desk\nGesendet: Montag\nAn: Ina\nBetreff: AW\nGeht es?")]);

    let apple = "<div>はい。</div><br><div>iPhoneから送信</div><br><blockquote type=\"cite\">2026/03/03 10:00、Desk &lt;d@x.example&gt;のメール:<br><br></blockquote>\
        <blockquote type=\"cite\"><div>動きますか？</div></blockquote>";
    assert_eq!(
        parts(&html(apple)),
        [
            (Said, "はい。"),
            (Signature, "iPhoneから送信"),
            (Quoted, "> 2026/03/03 10:00、Desk <d@x.example>のメール:\n>\n> 動きますか？")
        ]
    );
}

#[test]
fn what_was_sent_on_is_to_be_read() {
    let mail = plain("FYI\n\n---------- Forwarded message ---------\nFrom: A\nDate: B\nSubject: C\nTo: D\n\nThe contract ends.");
    assert_eq!(mail.parts().len(), 1);
    let mail = html(
        "<div>FYI</div><div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------<br>From: A<br></div>The contract ends.</div>",
    );
    assert_eq!(mail.parts().len(), 1);
}

#[test]
fn a_mail_that_only_quotes_is_shown() {
    for raw in ["> all\n> of\n> it", "From: A\nSent: B\nTo: C\nSubject: D\n\nHello", "-- \nonly this"] {
        assert!(plain(raw).parts().iter().all(|part| part.kind == Said), "{raw}");
    }
    assert_eq!(parts(&html("<div class=gmail_quote>all</div>")), [(Said, "all")]);
    assert!(plain("").is_empty() && html("<p> </p>").is_empty());
}

#[test]
fn a_long_signature_is_something_to_read() {
    let raw = format!("Hello\n--\n{}", "line\n".repeat(40));
    assert_eq!(plain(&raw).parts().len(), 1);
}

#[test]
fn endless_headings_take_bounded_time() {
    // Each line could begin a heading over three lines or a block of headers: the work must stay linear.
    for line in ["On 3 Mar 2026 at 10:00, he", "From: a", "> x", "-- ", "Von: a\nGesendet", "https://"] {
        let raw = format!("x\n{}", format!("{line}\n").repeat(20_000));
        assert!(!plain(&raw).is_empty());
    }
    for (name, mail, _) in hostile::html() {
        assert!(html(&mail).whole().as_str().len() <= 2 * BLOCK_CAP, "{name}");
    }
    let cuts = "<div class=gmail_quote>a</div>b".repeat(8_000);
    assert!(html(&cuts).parts().len() > 8_000);
}

proptest! {
    #[test]
    fn parts_are_safe_and_together_the_whole(raw in proptest::collection::vec(prop_oneof![
        hostile::text(),
        Just("> quoted".to_owned()),
        Just("On 3 Mar 2026 at 10:00, A <a@b.example> wrote:".to_owned()),
        Just("From: a\nSent: b\nSubject: c".to_owned()),
        Just("-- ".to_owned()),
        Just("Sent from my iPhone".to_owned()),
        Just(String::new()),
    ], 0..12)) {
        let raw = raw.join("\n");
        prop_assume!(!raw.contains("://"));
        let mail = plain(&raw);
        let squeezed = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        prop_assert_eq!(squeezed(mail.whole().as_str()), squeezed(SafeText::block(&raw).as_str()));
        for part in mail.parts() {
            prop_assert!(part.text.as_str().chars().all(|c| c == '\n' || is_safe_char(c)));
            prop_assert!(!part.text.as_str().trim().is_empty());
        }
        for pair in mail.parts().windows(2) {
            prop_assert!(pair[0].kind != pair[1].kind);
        }
    }
}
