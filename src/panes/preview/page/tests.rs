use super::*;
use crate::domain::{ActionId, TicketId};
use crate::text::Links;

fn mail(raw: &str) -> MailText {
    MailText::plain(raw, &mut Links::default())
}

fn conversation(body: &str, text: &str) -> Conversation {
    Conversation {
        ticket: TicketRow { id: TicketId(7), summary: SafeText::line("Printer"), ..TicketRow::default() },
        body: mail(body),
        actions: vec![ActionRow { id: ActionId(1), text: mail(text), private: true, ..ActionRow::default() }],
        stale: true,
        ..Conversation::default()
    }
}

fn words(page: &Page) -> Vec<&str> {
    page.from(0)
        .filter_map(|line| match line {
            Line::Words { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn runs_of_empty_lines_shrink_and_trailing_ones_go() {
    let page = Page::new(&conversation("", "one\n\n\n\ntwo\n\n\n"), 40, &Reading::default());
    assert_eq!(words(&page), ["one", "", "two"]);
}

#[test]
fn an_endless_text_is_cut_and_says_so() {
    let page = Page::new(&conversation(&"x\n".repeat(10_000), ""), 40, &Reading::default());
    assert_eq!(words(&page).len(), MOST_LINES);
    assert!(page.from(0).any(|line| matches!(line, Line::Remark(text) if text.as_str().contains("too long"))));
}

#[test]
fn what_was_never_fetched_says_so() {
    let page = Page::new(&conversation("body", ""), 40, &Reading::default());
    assert!(page.from(0).any(|line| matches!(line, Line::Remark(text) if text.as_str().contains("not stored"))));
}

/// The page as one word a line, so that its order can be told.
fn outline(page: &Page) -> Vec<String> {
    let told = |line: &Line| match line {
        Line::Heading(heading) => Some(format!("{} {}", heading.who, heading.outcome).trim().to_owned()),
        Line::Words { text, .. } if !text.is_empty() => Some(text.to_string()),
        Line::Folded { what, .. } => Some(what.to_string()),
        Line::Remark(text) => Some(text.to_string()),
        _ => None,
    };
    page.from(0).filter_map(told).collect()
}

fn talk(texts: &[(Author, &str)]) -> Conversation {
    let action = |(author, text): &(Author, &str)| ActionRow {
        author: *author,
        who: SafeText::line(match author {
            Author::Customer => "Dana",
            Author::Agent => "Priya",
            Author::System => "Halo",
        }),
        text: mail(text),
        ..ActionRow::default()
    };
    let actions = texts.iter().map(action).collect();
    Conversation { actions, body: mail("Help"), fetched_at: Some(Timestamp::UNIX_EPOCH), ..Conversation::default() }
}

#[test]
fn what_few_want_to_read_is_folded_and_counted() {
    let reply = "Yes.\n\n-- \nDana\nBorealis\n\nOn 3 Mar 2026 at 10:00, Priya wrote:\n> Is it on?\n>\n> Really?";
    let talk =
        talk(&[(Author::Customer, reply), (Author::System, "moved"), (Author::System, "warned"), (Author::Agent, "Is it on?")]);
    assert_eq!(
        outline(&Page::new(&talk, 40, &Reading::default())),
        [
            "Dana",
            "Yes.",
            "[signature folded: 3 lines]",
            "[quoted mail folded: 3 lines]",
            "2 system entries",
            "Priya",
            "Is it on?",
            "opened the ticket",
            "Help"
        ]
    );
    let open = outline(&Page::new(&talk, 60, &Reading { unfolded: true, oldest_first: true, ..Reading::default() }));
    assert_eq!(&open[..6], ["opened the ticket", "Help", "Priya", "Is it on?", "Halo", "warned"]);
    assert!(open.ends_with(&["> Is it on?".to_owned(), ">".to_owned(), "> Really?".to_owned()]), "{open:?}");
}

#[test]
fn a_fold_is_never_longer_than_what_it_folds_and_answers_keep_their_questions() {
    let one = talk(&[(Author::Customer, "Done.\n\nSent from my iPhone"), (Author::System, "moved")]);
    let page = Page::new(&one, 40, &Reading::default());
    assert_eq!(outline(&page), ["Dana", "Done.", "Sent from my iPhone", "Halo", "opened the ticket", "Help"]);
    let between = talk(&[(Author::Customer, "> Is it on?\nYes.\n> a\n> b\n> c\n> d\nNo.")]);
    let page = Page::new(&between, 40, &Reading::default());
    assert_eq!(outline(&page)[1..5], ["> Is it on?", "Yes.", "[quoted mail folded: 4 lines]", "No."]);
}

#[test]
fn an_entry_is_found_again_after_it_was_laid_out_anew() {
    let talk = talk(&[(Author::Customer, "one\ntwo"), (Author::System, "a"), (Author::System, "b"), (Author::Agent, "three")]);
    let folded = Page::new(&talk, 40, &Reading::default());
    let open = Page::new(&talk, 40, &Reading { unfolded: true, ..Reading::default() });
    for place in [0, 3, 4] {
        let line = folded.line_of(place).unwrap();
        assert_eq!(folded.entry_at(line), Some((place, 0)));
        assert_eq!(open.entry_at(open.line_of(place).unwrap()), Some((place, 0)));
    }
    assert_eq!(folded.line_of(2), folded.line_of(1), "the second of two that are folded is where the first is");
    assert_eq!(folded.entry_at(0), None, "the facts are no entry");
}

#[test]
fn where_the_oldest_actions_are_left_out_it_is_said() {
    let long = Conversation { left_out: 4000, ..talk(&[(Author::Agent, "three"), (Author::Customer, "two")]) };
    let said = "the conversation is long: its oldest 4,000 actions are not shown";
    let page = |long: &Conversation, oldest_first| outline(&Page::new(long, 80, &Reading { oldest_first, ..Reading::default() }));
    assert_eq!(page(&long, false), ["Priya", "three", "Dana", "two", said, "opened the ticket", "Help"]);
    assert_eq!(page(&long, true), ["opened the ticket", "Help", said, "Dana", "two", "Priya", "three"]);
    let bare = Conversation { body: MailText::default(), ..long.clone() };
    assert_eq!(page(&bare, false), ["Priya", "three", "Dana", "two", said]);
    assert_eq!(page(&bare, true), [said, "Dana", "two", "Priya", "three"]);
    let narrow = Page::new(&long, 30, &Reading::default());
    assert!(narrow.from(0).all(|line| !matches!(line, Line::Remark(text) if text.as_str().chars().count() > 30)));
    assert!(!page(&Conversation { left_out: 0, ..long }, false).contains(&said.to_owned()));
}
