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
    let page = Page::new(&conversation("", "one\n\n\n\ntwo\n\n\n"), 40, Reading::default());
    assert_eq!(words(&page), ["one", "", "two"]);
}

#[test]
fn an_endless_text_is_cut_and_says_so() {
    let page = Page::new(&conversation(&"x\n".repeat(10_000), ""), 40, Reading::default());
    assert_eq!(words(&page).len(), MOST_LINES);
    assert!(page.from(0).any(|line| matches!(line, Line::Remark(text) if text.contains("too long"))));
}

#[test]
fn what_was_never_fetched_says_so() {
    let page = Page::new(&conversation("body", ""), 40, Reading::default());
    assert!(page.from(0).any(|line| matches!(line, Line::Remark(text) if text.contains("not stored"))));
}
