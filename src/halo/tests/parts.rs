//! Pages that are too large are read in parts, whatever the server makes of the size asked for.

use std::collections::BTreeSet;

use serde_json::json;

use super::fixture::{Answer, How, Seen, Server, halo_with};
use crate::{
    domain::{FailureKind, TicketId},
    halo::{Class, Halo, TicketsRequest},
};

/// Most bytes of an answer here.
const MOST: usize = 64 * 1024;
/// Two thirds of a page of these are as much as an answer may hold.
const USUAL: usize = 900;

/// How the server pages.
#[derive(Clone, Copy)]
struct Paged {
    rows: u64,
    cap: usize,
    looks_at_size: bool,
    counts: Counts,
}

/// What the server says of how many rows there are.
#[derive(Clone, Copy, Debug)]
enum Counts {
    All,
    /// Those of the page.
    OfThePage,
    Zero,
    Nothing,
}

fn number(seen: &Seen, name: &str) -> usize {
    let value = seen.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value.unwrap().parse().unwrap()
}

/// Tickets from 1 on, of which some are larger than an answer may be.
async fn server(paged: Paged, large: &'static [u64]) -> Server {
    Server::start(move |seen, _| {
        if seen.method == "POST" {
            return Answer::token("token-1", 3600);
        }
        let size = if paged.looks_at_size { number(seen, "page_size").min(paged.cap) } else { paged.cap };
        let row = |id: u64| {
            let length = if large.contains(&id) { MOST } else { USUAL };
            json!({"id": id, "summary": "x".repeat(length)})
        };
        let from = (number(seen, "page_no") - 1) * size;
        let rows: Vec<_> = (1..=paged.rows).skip(from).take(size).map(row).collect();
        let count = match paged.counts {
            Counts::All => Some(paged.rows),
            Counts::OfThePage => Some(rows.len() as u64),
            Counts::Zero => Some(0),
            Counts::Nothing => None,
        };
        let mut body = json!({"tickets": rows});
        if let Some(count) = count {
            body["record_count"] = count.into();
        }
        Answer::json(200, &body)
    })
    .await
}

fn small(server: &Server) -> Halo {
    halo_with(server, |limits| limits.max_body = MOST).0
}

/// All pages as every reader of lists reads them: the numbers as they came, and how many records were left out.
async fn all(halo: &Halo) -> (Vec<u64>, u32) {
    let (mut ids, mut seen, mut left_out) = (Vec::new(), BTreeSet::new(), 0);
    for page_no in 1.. {
        let request = TicketsRequest { page_no, ..TicketsRequest::default() };
        let page = halo.tickets(&request, Class::Bulk).await.unwrap();
        let fresh = page.records.iter().filter(|record| seen.insert(record.id)).count();
        left_out += page.left_out;
        ids.extend(page.records.iter().filter(|_| fresh > 0).map(|record| record.id.0.unsigned_abs()));
        let there = seen.len() as u64 + u64::from(left_out);
        if page.is_stale(fresh) || page.record_count.is_some_and(|of| there >= of) {
            break;
        }
    }
    (ids, left_out)
}

#[tokio::test]
async fn every_row_comes_once_and_what_is_too_large_alone_is_left_out() {
    for (cap, large) in [
        (100, &[][..]),
        (100, &[1]),
        (100, &[100, 101]),
        (100, &[57, 58, 59, 230]),
        (70, &[]),
        (70, &[141]),
        (50, &[3, 120]),
        (33, &[34, 99, 100]),
        (7, &[8, 240]),
    ] {
        let server = server(Paged { rows: 240, cap, looks_at_size: true, counts: Counts::All }, large).await;
        let (ids, left_out) = all(&small(&server)).await;
        let expected: Vec<u64> = (1..=240).filter(|id| !large.contains(id)).collect();
        assert_eq!(ids, expected, "pages of {cap}, without {large:?}");
        assert_eq!(left_out as usize, large.len(), "pages of {cap}, without {large:?}");
    }
}

#[tokio::test]
async fn no_row_is_lost_by_a_wrong_count() {
    for counts in [Counts::OfThePage, Counts::Zero, Counts::Nothing] {
        for (rows, large) in [(240, &[][..]), (200, &[]), (240, &[57, 230]), (40, &[])] {
            let server = server(Paged { rows, cap: 100, looks_at_size: true, counts }, large).await;
            let (ids, left_out) = all(&small(&server)).await;
            let expected: Vec<u64> = (1..=rows).filter(|id| !large.contains(id)).collect();
            assert_eq!((ids, left_out as usize), (expected, large.len()), "{counts:?} of {rows}, without {large:?}");
        }
    }
}

#[tokio::test]
async fn the_size_that_worked_is_kept_for_the_pages_that_follow() {
    let server = server(Paged { rows: 240, cap: 100, looks_at_size: true, counts: Counts::Nothing }, &[]).await;
    let halo = small(&server);
    assert_eq!(all(&halo).await.0.len(), 240);
    let asked = |server: &Server| -> Vec<(usize, usize)> {
        let pages = server.seen();
        let of_tickets = pages.iter().filter(|seen| seen.path == "/api/Tickets");
        of_tickets.map(|seen| (number(seen, "page_size"), number(seen, "page_no"))).collect()
    };
    let first = [(100, 1), (50, 1), (50, 2), (50, 3), (50, 4), (50, 5), (50, 7)];
    assert_eq!(asked(&server), first);
    let of_one = TicketsRequest { page_size: 1, ids: vec![TicketId(1)], ..TicketsRequest::default() };
    assert_eq!(halo.tickets(&of_one, Class::Bulk).await.unwrap().records.len(), 1);
    assert_eq!(asked(&server)[first.len()..], [(1, 1)], "what was small stays one request");
}

#[tokio::test]
async fn a_server_that_gives_too_much_whatever_is_asked_is_given_up_after_a_few_requests() {
    let deaf = server(Paged { rows: 240, cap: 100, looks_at_size: false, counts: Counts::All }, &[]).await;
    let endless = Server::start(|seen, _| match seen.method.as_str() {
        "POST" => Answer::token("token-1", 3600),
        _ => Answer::empty(200).how(How::Endless),
    })
    .await;
    for (server, kind, requests) in [(deaf, FailureKind::BadReply, 7), (endless, FailureKind::TooLarge, 9)] {
        let failure = small(&server).tickets(&TicketsRequest::default(), Class::Bulk).await.unwrap_err();
        assert_eq!((failure.kind, server.count("GET", "/api/Tickets")), (kind, requests));
    }
}

#[tokio::test]
async fn of_a_conversation_that_is_too_large_the_newest_actions_come() {
    let server = Server::start(|seen, _| {
        if seen.method == "POST" {
            return Answer::token("token-1", 3600);
        }
        let newest = 300 - number(seen, "count").min(300);
        let actions: Vec<_> = (newest..300).map(|id| json!({"id": id, "note": "x".repeat(USUAL)})).collect();
        Answer::json(200, &json!({"record_count": 300, "actions": actions}))
    })
    .await;
    let page = small(&server).actions(TicketId(7), 1000, Class::Interactive).await.unwrap();
    assert_eq!((page.records.len(), page.record_count), (40, Some(300)));
    assert_eq!(server.count("GET", "/api/Actions"), 3);
}
