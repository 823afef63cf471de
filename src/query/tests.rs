use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn fails(text: &str) -> (String, String, Option<String>) {
    let error = Query::parse(text).expect_err(text);
    (text[error.span.clone()].to_owned(), error.message, error.nearest)
}

fn only(text: &str) -> Filter {
    let query = parse(text);
    assert_eq!(query.terms.len(), 1, "{text}");
    query.terms[0].filter.clone()
}

fn word(text: &str) -> Words {
    Words { text: text.to_owned(), phrase: false }
}

fn phrase(text: &str) -> Words {
    Words { text: text.to_owned(), phrase: true }
}

#[test]
fn reads_every_key() {
    let span = |seconds| Span { seconds };
    let on = |year, month, day| Day::On(jiff::civil::date(year, month, day));
    let table = [
        ("#1234", Filter::Id(vec![(Compare::Equal, 1234)])),
        ("#1,#2", Filter::Id(vec![(Compare::Equal, 1), (Compare::Equal, 2)])),
        ("id:>=7,3", Filter::Id(vec![(Compare::AtLeast, 7), (Compare::Equal, 3)])),
        ("client:acme", Filter::Name(NameKey::Client, vec![NameValue::Words(word("acme"))])),
        ("SITE:\"Head Office\"", Filter::Name(NameKey::Site, vec![NameValue::Words(phrase("Head Office"))])),
        ("user:a,b", Filter::Name(NameKey::User, vec![NameValue::Words(word("a")), NameValue::Words(word("b"))])),
        ("agent:#7,\"#7\"", Filter::Name(NameKey::Agent, vec![NameValue::Number(7), NameValue::Words(phrase("#7"))])),
        ("client:#x", Filter::Name(NameKey::Client, vec![NameValue::Words(word("#x"))])),
        ("agent:@me", Filter::Name(NameKey::Agent, vec![NameValue::Me])),
        ("team:net", Filter::Name(NameKey::Team, vec![NameValue::Words(word("net"))])),
        ("status:hold", Filter::Name(NameKey::Status, vec![NameValue::Words(word("hold"))])),
        ("type:incident", Filter::Name(NameKey::Type, vec![NameValue::Words(word("incident"))])),
        ("pri:<=2", Filter::Priority(vec![PriorityValue::Number(Compare::AtMost, 2)])),
        ("pri:crit", Filter::Priority(vec![PriorityValue::Name(word("crit"))])),
        ("sla:<1h30m", Filter::Sla(vec![SlaValue::Left(Compare::Less, span(5400))])),
        (
            "sla:<-1d,>=-2h",
            Filter::Sla(vec![SlaValue::Over(Compare::Less, span(86_400)), SlaValue::Over(Compare::AtLeast, span(7200))]),
        ),
        ("sla:<0", Filter::Sla(vec![SlaValue::Left(Compare::Less, span(0))])),
        ("sla:<=Today,kept", Filter::Sla(vec![SlaValue::Day(Compare::AtMost, Day::Today), SlaValue::Kept])),
        ("sla:2026-09-01", Filter::Sla(vec![SlaValue::Day(Compare::Equal, on(2026, 9, 1))])),
        ("sla:MISSED", Filter::Sla(vec![SlaValue::Missed])),
        ("age:>3d", Filter::Age(vec![(Compare::More, span(259_200))])),
        ("opened:2026-09-01", Filter::Time(TimeKey::Opened, vec![TimeValue::Day(Compare::Equal, on(2026, 9, 1))])),
        ("closed:>=today", Filter::Time(TimeKey::Closed, vec![TimeValue::Day(Compare::AtLeast, Day::Today)])),
        ("opened:Yesterday,>yesterday", {
            let day = |compare| TimeValue::Day(compare, Day::Yesterday);
            Filter::Time(TimeKey::Opened, vec![day(Compare::Equal), day(Compare::More)])
        }),
        ("id:=1182", Filter::Id(vec![(Compare::Equal, 1182)])),
        ("pri:=1,=high", { Filter::Priority(vec![PriorityValue::Number(Compare::Equal, 1), PriorityValue::Name(word("high"))]) }),
        ("closed:=today", Filter::Time(TimeKey::Closed, vec![TimeValue::Day(Compare::Equal, Day::Today)])),
        ("sla:=today", Filter::Sla(vec![SlaValue::Day(Compare::Equal, Day::Today)])),
        ("updated:<=2w", Filter::Time(TimeKey::Updated, vec![TimeValue::Ago(Compare::AtMost, span(1_209_600))])),
        ("is:open,VIP", Filter::Is(vec![State::Open, State::Vip])),
        ("has:attachment,note", Filter::Has(vec![Thing::Attachment, Thing::Note])),
        ("@me", Filter::Me),
        ("printer", Filter::Text(vec![word("printer")])),
        ("1234", Filter::Text(vec![word("1234")])),
        ("text:a,\"b c\"", Filter::Text(vec![word("a"), phrase("b c")])),
        ("text \"printer jam\"", Filter::Text(vec![phrase("printer jam")])),
        ("\"say \\\"hi\\\" \\\\ \\n\"", Filter::Text(vec![phrase("say \"hi\" \\ \\n")])),
        ("hello,*", Filter::Text(vec![word("hello"), word("*")])),
        ("hello,", Filter::Text(vec![word("hello")])),
        ("12:30", Filter::Text(vec![word("12:30")])),
    ];
    for (text, filter) in table {
        assert_eq!(only(text), filter, "{text}");
    }
}

#[test]
fn reads_the_sentence_that_the_language_was_made_for() {
    let query =
        parse("client:acme pri:<=2 sla:<1h -status:hold @me text \"printer jam\" age:>3d has:attachment is:unassigned sort:sla");
    assert_eq!(query.terms.len(), 9);
    assert!(query.terms[3].not);
    assert_eq!(query.sort, [Sort { key: SortKey::Sla, reverse: false }]);
}

#[test]
fn nothing_asks_for_open_tickets_newest_change_first() {
    let default = parse("is:open sort:updated");
    for text in ["", "   ", "sort:updated"] {
        let query = parse(text);
        assert_eq!(query.effective_terms(), default.terms, "{text:?}");
        assert_eq!(query.effective_sort(), default.sort, "{text:?}");
    }
    assert_eq!(parse("acme").effective_terms().len(), 1, "words search closed tickets too");
}

#[test]
fn signs_beside_words_are_their_punctuation() {
    assert_eq!(parse("vpn & mail").to_string(), "vpn & mail");
}

#[test]
fn words_that_are_no_query_say_something_too() {
    assert_eq!((check_words(""), check_words("  "), check_words("a: *")), (Ok(()), Ok(()), Ok(())));
    assert_eq!(check_words(" % 👍 ").unwrap_err().caret_line(" % 👍 "), " ^^^^");
}

#[test]
fn orders_by_several_keys_each_once() {
    let query = parse("sort:pri,-sla sort:pri");
    assert_eq!(query.sort, [Sort { key: SortKey::Priority, reverse: false }, Sort { key: SortKey::Sla, reverse: true }]);
}

#[test]
fn says_what_is_wrong_and_where() {
    let table = [
        ("x cleint:acme", "cleint", Some("client")),
        ("http://a", "http", None),
        ("priority:1", "priority", Some("pri")),
        ("prio:1", "prio", Some("pri")),
        ("order:sla", "order", Some("sort")),
        ("-Assigned:lee", "Assigned", Some("agent")),
        ("is:open,clsoed", "clsoed", Some("closed")),
        ("has:file", "file", None),
        ("sort:-udpated", "udpated", Some("updated")),
        ("-sort:id", "-sort:id", None),
        ("client:", "client:", None),
        ("is:open,", "is:open,", None),
        ("pri:<=high", "high", None),
        ("pri:=<2", "<2", None),
        ("age:3d", "3d", None),
        ("sla:<1y", "1y", None),
        ("sla:<99999999w", "99999999w", None),
        ("sla:keep", "keep", Some("kept")),
        ("sla:<=tody", "tody", Some("today")),
        ("sla:1h", "1h", None),
        ("sla:-1d", "-1d", None),
        ("sla:<--1d", "--1d", None),
        ("sla:<-0", "-0", None),
        ("%", "%", None),
        ("is:open * &", "*", None),
        ("#", "#", None),
        ("👍", "👍", None),
        ("\"?!\"", "\"?!\"", None),
        ("text:&,%", "&,%", None),
        ("vpn -*", "*", None),
        ("client:%", "%", None),
        ("status:new,?", "?", None),
        ("pri:*", "*", None),
        ("opened:2026-02-30", "2026-02-30", None),
        ("opened:2026-02-03T00:00", "2026-02-03T00:00", None),
        ("id:abc", "abc", None),
        ("client:@me", "@me", None),
        ("client:<a", "<a", None),
        ("@m", "@m", Some("@me")),
        ("a -", "-", None),
        (",", ",", None),
        ("a \"b", "\"b", None),
        ("\"\"", "\"\"", None),
        ("\"a\"b", "b", None),
    ];
    for (text, place, nearest) in table {
        let (found, message, near) = fails(text);
        assert_eq!((found.as_str(), near.as_deref()), (place, nearest), "{text}: {message}");
        assert!(!message.ends_with('.') && !message.is_empty());
    }
}

#[test]
fn refuses_what_nobody_types() {
    assert!(Query::parse(&"a".repeat(5000)).is_err());
    assert!(Query::parse(&"a ".repeat(101)).is_err());
    assert!(Query::parse(&format!("id:{}", "1,".repeat(150))).is_err());
}

#[test]
fn a_quote_that_is_open_at_the_end_stands_for_words_that_go_on() {
    let so_far = |text: &str| Query::parse_so_far(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let table = [
        ("is:open \"printer offl", "is:open printer-offl", Filter::Text(vec![word("printer offl")])),
        ("status:\"in prog", "status:in-prog", Filter::Name(NameKey::Status, vec![NameValue::Words(word("in prog"))])),
        ("vpn,\"a \\\"b", "vpn,a-b", Filter::Text(vec![word("vpn"), word("a \"b")])),
    ];
    for (text, again, filter) in table {
        let query = so_far(text);
        assert_eq!(query.terms.last().unwrap().filter, filter, "{text}");
        assert_eq!(query.to_string(), again, "it is kept as what finds the same");
        assert!(Query::parse(text).is_err(), "elsewhere it is a mistake: {text}");
    }
    for text in ["vpn \"", "vpn -\"", "vpn \"  "] {
        assert_eq!(so_far(text), parse("vpn"), "{text}");
    }
    assert_eq!(so_far("\"printer jam\" x"), parse("\"printer jam\" x"), "closed quotes are what they were");
    assert!(Query::parse_so_far("status:\"").is_err() && Query::parse_so_far("\"\"").is_err());
}

fn piece() -> impl Strategy<Value = String> {
    let words: Vec<&str> = vec![
        "client",
        "is",
        "sort",
        "text",
        "sla",
        "closed",
        "opened",
        "pri",
        "id",
        ":",
        ":",
        "\"",
        "\"",
        ",",
        " ",
        " ",
        "-",
        "@me",
        "#12",
        "<",
        ">=",
        "3d",
        "2026-09-01",
        "today",
        "yesterday",
        "=",
        "kept",
        "missed",
        "open",
        "updated",
        "\\",
        "é",
        "日本",
        "x",
        "0",
        "\u{202e}",
        "\n",
        "note",
        "age:>3d",
        "text:-a,\"b\"",
        "sla:<-3d",
        "*",
    ];
    prop_oneof![4 => prop::sample::select(words).prop_map(str::to_owned), 1 => ".{0,3}"]
}

proptest! {
    #[test]
    fn never_fails_and_comes_back_the_same(pieces in prop::collection::vec(piece(), 0..14)) {
        let text = pieces.concat();
        if let Err(error) = Query::parse_so_far(&text) {
            prop_assert!(Query::parse(&text).is_err() && text.get(error.span).is_some(), "{:?}", text);
        }
        match Query::parse(&text) {
            Ok(query) => {
                let again = Query::parse(&query.to_string());
                prop_assert_eq!(again.as_ref(), Ok(&query), "{:?} as {:?}", text, query.to_string());
            }
            Err(error) => {
                prop_assert!(text.get(error.span.clone()).is_some(), "{:?} {:?}", text, error);
                prop_assert!(error.caret_line(&text).ends_with('^'));
            }
        }
    }
}
