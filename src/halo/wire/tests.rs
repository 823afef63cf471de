//! Pages as Halo sends them and as no honest server would.

use serde_json::{Value, json};

use super::{ids, list, one, text};
use crate::{
    domain::{
        ActionRecord, Agent, AgentId, AssetRecord, ClientId, ClientRecord, HaloColumns, Priority, PriorityId, Rgb, SiteId,
        SiteRecord, Sla, SlaId, Status, StatusId, TicketId, TicketRecord, UserRecord,
    },
    halo::page::Page,
};

fn tickets(body: &str) -> Page<TicketRecord> {
    list(body, 0).unwrap()
}

#[test]
fn a_ticket_row_is_read_field_by_field() {
    let body = json!({
        "page_no": 1, "page_size": 3, "record_count": 717,
        "columns": [{"id": 901}, {"id": 902}],
        "tickets": [{
            "id": 10421, "summary": "Outlook asks", "details": "Since\r\nthis", "client_id": 12, "client_name": "Bakery",
            "site_id": 18.0, "site_name": "Head Office", "user_id": "40", "user_name": "Mira", "agent_id": 7, "team_id": 2,
            "team": "1st Line", "status_id": 2, "priority_id": 3, "sla_id": 1, "tickettype_id": 1, "category_1": "Email>Outlook",
            "dateoccurred": "2026-09-14T08:12:47.373", "lastactiondate": "2026-09-15T09:03:11.5333333",
            "lastupdate": "2026-09-15T09:03:12Z", "respondbydate": "2026-09-14T12:12:47", "fixbydate": "1900-01-01T00:00:00",
            "responsedate": null, "onhold": 0, "excludefromsla": "true", "isimportantcontact": 1, "attachment_count": 1,
            "deadlinedate": "1900-01-01T00:00:00", "ticketage": 25.4
        }]
    });
    let page = tickets(&body.to_string());
    assert_eq!((page.record_count, page.bad), (Some(717), 0));
    let ticket = &page.records[0];
    assert_eq!(ticket.id, TicketId(10421));
    assert_eq!(ticket.details.as_stored(), "Since\r\nthis");
    assert_eq!((ticket.client_id, ticket.site_id), (ClientId(12), SiteId(18)));
    assert_eq!(ticket.user_id.0, 40);
    assert_eq!((ticket.status_id, ticket.priority_id, ticket.sla_id), (StatusId(2), PriorityId(3), SlaId(1)));
    assert_eq!(ticket.opened, Some("2026-09-14T08:12:47.373Z".parse().unwrap()));
    assert_eq!(ticket.last_update, Some("2026-09-15T09:03:12Z".parse().unwrap()));
    assert_eq!((ticket.fix_by, ticket.responded, ticket.closed), (None, None, None));
    assert!(!ticket.on_hold && ticket.excluded_from_sla && ticket.vip);
    assert_eq!((ticket.details_html.is_some(), ticket.attachments, ticket.unreadable.as_deref()), (false, 1, None));
}

/// Fifty rows of which the middle one is `odd`.
fn fifty_with(odd: &str) -> String {
    let rows: Vec<String> =
        (1..=50).map(|id| if id == 25 { odd.to_owned() } else { json!({"id": id, "summary": "fine"}).to_string() }).collect();
    format!(r#"{{"record_count":50,"tickets":[{}]}}"#, rows.join(","))
}

#[test]
fn one_bad_record_leaves_the_other_forty_nine() {
    let deep = format!(r#"{{"id":25,"summary":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    for (odd, id) in [
        (r#"{"id":25,"client_id":{"a":1}}"#, Some(25)),
        (r#"{"id":25,"client_id":9223372036854775808}"#, Some(25)),
        (r#"{"id":25,"client_id":1e400}"#, Some(25)),
        (r#"{"id":25,"client_id":21.5}"#, Some(25)),
        (r#"{"id":25,"summary":["a"]}"#, Some(25)),
        (r#"{"id":25,"dateoccurred":"2026-02-30T00:00:00"}"#, Some(25)),
        (r#"{"id":25,"onhold":{}}"#, Some(25)),
        (deep.as_str(), Some(25)),
        (r#"{"id":9223372036854775808,"summary":"x"}"#, None),
        (r#"{"id":-1,"summary":"x"}"#, None),
        (r#"{"id":0}"#, None),
        (r#"{"id":null}"#, None),
        (r#"{"id":1e400}"#, None),
        (r#"{"id":"seven"}"#, None),
        (r#"{"summary":"no id"}"#, None),
        ("null", None),
        ("17", None),
        (r#""text""#, None),
        ("[]", None),
    ] {
        let page = tickets(&fifty_with(odd));
        let shown = odd.chars().take(60).collect::<String>();
        assert_eq!((page.records.len(), page.bad), (50, 1), "{shown}");
        let bad: Vec<_> = page.records.iter().filter(|t| t.unreadable.is_some()).collect();
        assert_eq!(bad.len(), 1, "{shown}");
        match id {
            Some(id) => assert_eq!(bad[0].id, TicketId(id), "{shown}"),
            None => assert!(bad[0].id.0 < 0, "{shown}"),
        }
        assert_eq!(tickets(&fifty_with(odd)).records[24].id, bad[0].id, "the same id again: {shown}");
    }
}

#[test]
fn the_reason_names_the_field_and_the_rest_is_kept() {
    let page = tickets(r#"[{"id":7,"summary":"kept","client_id":[],"site_id":{}}]"#);
    assert_eq!(page.records[0].unreadable.as_deref(), Some("its field client_id is not a whole number"));
    assert_eq!(page.records[0].summary.as_stored(), "kept");
}

#[test]
fn two_records_without_an_id_stay_two() {
    let page = tickets(r#"[{"summary":"a"},{"summary":"b"}]"#);
    assert_ne!(page.records[0].id, page.records[1].id);
}

#[test]
fn lone_surrogates_and_bad_bytes_spoil_nothing() {
    let mut body = br#"{"tickets":[{"id":1,"summary":"cut \ud83d"},{"id":2,"summary":"raw "#.to_vec();
    body.extend(b"\xf0\x9f\"}]}");
    let page: Page<TicketRecord> = list(&text(&body), 0).unwrap();
    assert_eq!(page.bad, 0);
    assert_eq!(page.records[0].summary.as_stored(), "cut \u{fffd}");
    assert_eq!(page.records[1].summary.as_stored(), "raw \u{fffd}");
}

#[test]
fn cut_off_bodies_are_no_pages() {
    let whole = json!({"record_count": 2, "tickets": [{"id": 1, "summary": "a]}"}, {"id": 2}]}).to_string();
    for end in 0..whole.len() {
        assert!(list::<TicketRecord>(&whole[..end], 0).is_err(), "{end}");
    }
    assert_eq!(tickets(&whole).records.len(), 2);
}

#[test]
fn envelopes_of_every_kind_are_opened() {
    for (body, count, records) in [
        (r#"[{"id":1}]"#, None, 1),
        (r#" {"tickets":[{"id":1},{"id":2}],"record_count":9.0}"#, Some(9), 2),
        (r#"{"columns":[{"id":1}],"reqs":[{"id":3}]}"#, None, 1),
        (r#"{"\u0074ickets":[{"id":1}]}"#, None, 1),
        (r#"{"record_count":0}"#, Some(0), 0),
        (r#"{"record_count":0,"tickets":null}"#, Some(0), 0),
        (r#"{"tickets":[],"record_count":-1}"#, None, 0),
    ] {
        let page = tickets(body);
        assert_eq!((page.record_count, page.records.len()), (count, records), "{body}");
    }
    for body in ["", "{}", "null", "42", r#""text""#, r#"{"record_count":5}"#, r#"{"columns":[{"id":1}]}"#] {
        assert!(list::<TicketRecord>(body, 0).is_err(), "{body}");
    }
}

#[test]
fn a_depth_bomb_is_an_error_not_a_crash() {
    for bomb in ["[".repeat(1_000_000), r#"{"a":"#.repeat(1_000_000), format!("{}{}", "[".repeat(200_000), "]".repeat(200_000))] {
        let read = list::<TicketRecord>(&bomb, 0);
        assert!(read.is_err() || read.is_ok_and(|page| page.bad == 1));
    }
}

#[test]
fn ids_come_bare_or_in_objects() {
    let page = ids(r#"{"record_count":4,"tickets":[{"id":5},{"id":"6"},{"nothing":1},7]}"#, &["tickets"], 0).unwrap();
    assert_eq!((page.records, page.bad), (vec![5, 6, 7], 1));
    assert_eq!(ids("[1,2.0]", &["tickets"], 0).unwrap().records, [1, 2]);
}

#[test]
fn actions_tell_whose_words_they_are() {
    let body = json!({"ticket_id": 7, "record_count": 4, "actions": [
        {"id": 4, "ticket_id": 7, "who": "Mira", "who_agentid": 0, "actionby_user_id": 40, "emaildirection": "I",
         "note": "It came back", "note_html": "<p>It came back</p>", "datetime": "2026-09-15T09:03:11.5333333", "new_status": 0},
        {"id": 3, "ticket_id": 7, "who": "Priya", "who_agentid": 7, "note": "Cleared", "hiddenfromuser": true, "important": true,
         "timetaken": 0.25, "attachment_count": 1, "action_systemid": 0},
        {"id": 2, "ticket_id": 7, "who": "Sam", "who_agentid": 5, "action_systemid": 4, "note": "", "new_status": 2},
        {"id": 1, "ticket_id": 7, "who": "Email", "who_agentid": 0, "emaildirection": "I", "note": "first"},
        {"id": 0, "ticket_id": 7, "who": "Automation", "who_agentid": 0, "note": "SLA breached"},
        {"id": 5, "ticket_id": 7, "who": "Mira", "who_agentid": 0, "outcome": "Email Update", "note": "please help me"},
        {"id": 6, "ticket_id": 7, "who": "Mira", "who_agentid": 0, "outcome": "Status Change", "note": " ", "new_status": 2},
        {"id": 7, "ticket_id": 7, "who": "Mira", "who_agentid": 0, "note": "moved", "action_systemid": 9},
        {"id": 8, "ticket_id": 7, "who": "", "who_agentid": 0, "note": "nobody's"},
    ]});
    let page: Page<ActionRecord> = list(&body.to_string(), 0).unwrap();
    let [reply, note, state, first, machine, by_name, rest @ ..] = page.records.as_slice() else { panic!("{page:?}") };
    assert!(!reply.system && reply.email_direction == Some('I') && reply.new_status.is_none() && reply.note_html.is_some());
    assert!(note.private && note.important && !note.system && note.agent_id == AgentId(7) && note.attachments == 1);
    assert!((note.hours - 0.25).abs() < f64::EPSILON);
    assert!(state.system && state.new_status == Some(StatusId(2)));
    assert!(!first.system);
    assert!(machine.system && machine.unreadable.is_none());
    assert!(!by_name.system, "a customer of whom only the name is told");
    assert!(rest.len() == 3 && rest.iter().all(|action| action.system));
}

#[test]
fn clients_and_their_people_are_read() {
    let clients: Page<ClientRecord> = list(
        r##"{"record_count":1,"clients":[{"id":12,"name":"Bakery","colour":"#d6e4ff","stopped":1,"is_vip":true,"ref":"NWB",
        "accountmanagertech":5,"main_site_id":18,"main_phonenumber":442079460000,"toplevel_name":"Customers"},
        {"id":13,"colour":"red; evil"}]}"##,
        0,
    )
    .unwrap();
    let client = &clients.records[0];
    assert_eq!((client.colour, client.stopped, client.vip), (Some(Rgb(0xd6, 0xe4, 0xff)), true, true));
    assert_eq!(client.phone.as_stored(), "442079460000");
    assert_eq!((clients.records[1].colour, clients.bad), (None, 0));

    let sites: Page<SiteRecord> = list(r#"{"sites":[{"id":18,"name":"Head Office","client_id":12.0}]}"#, 0).unwrap();
    assert_eq!(sites.records[0].client_id, ClientId(12));

    let users: Page<UserRecord> = list(
        r#"{"users":[{"id":40,"site_id":18.0,"phonenumber":"","mobilenumber":"555"},{"id":41,"site_id":3.0,"site_id_int":18},
        {"name":"no id"}]}"#,
        0,
    )
    .unwrap();
    assert_eq!((users.records.len(), users.bad), (2, 1));
    assert!(users.records.iter().all(|user| user.site_id == SiteId(18)));
    assert_eq!(users.records[0].phone.as_stored(), "555");

    let assets: Page<AssetRecord> =
        list(r#"{"assets":[{"id":2201,"key_field":"NWB-LT-014","assettype_name":"Laptop"}]}"#, 0).unwrap();
    assert_eq!(assets.records[0].tag.as_stored(), "NWB-LT-014");
}

#[test]
fn agents_come_as_array_results_or_one() {
    let row = r#"{"id":5,"name":"Sam","isdisabled":false,"isapiagent":true,"lastonline":""}"#;
    for body in [format!("[{row}]"), format!(r#"{{"results":[{row}]}}"#), format!(r#"{{"agents":[{row}]}}"#)] {
        let page: Page<Agent> = list(&body, 0).unwrap();
        assert!(page.records[0].api, "{body}");
    }
    assert_eq!(one::<Agent>(row).unwrap().id, AgentId(5));
    for bad in ["[]", "null", "{}", r#"{"name":"x"}"#, r#"{"id":5"#] {
        assert!(one::<Agent>(bad).is_err(), "{bad}");
    }
}

#[test]
fn only_ticket_statuses_are_kept_and_priorities_go_by_number() {
    let statuses: Page<Status> = list(
        r#"[{"id":5,"name":"With Supplier","type":0,"slaaction":"H"},{"id":31,"name":"Draft","type":1},{"id":9,"type":"0"}]"#,
        0,
    )
    .unwrap();
    assert_eq!(statuses.records.iter().map(|s| (s.id.0, s.holds_sla)).collect::<Vec<_>>(), [(5, true), (9, false)]);
    assert_eq!(statuses.bad, 0);

    let priorities: Page<Priority> =
        list(r#"[{"id":"7d0c3a52-51f4","slaid":1,"priorityid":4,"name":"Low","ishidden":true}]"#, 0).unwrap();
    assert_eq!((priorities.records[0].sla_id, priorities.records[0].id), (SlaId(1), PriorityId(4)));
    assert!(priorities.records[0].hidden);
}

proptest::proptest! {
    #[test]
    fn whatever_stands_in_a_field_the_page_is_whole(value in any_json(), field in proptest::sample::select(vec![
        "id", "summary", "client_id", "dateoccurred", "onhold", "attachment_count", "colour", "unknown",
    ])) {
        let odd = json!({ field: value }).to_string();
        let page = tickets(&fifty_with(&odd));
        proptest::prop_assert_eq!(page.records.len(), 50);
        proptest::prop_assert!(page.bad <= 1);
    }
}

fn any_json() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".*", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn the_columns_of_a_profile_come_in_their_places_and_odd_ones_take_nothing_from_the_others() {
    let body = json!({"id": 4, "name": "Default", "columns": [
        {"column_seq": 3, "column_name": "Client", "order_seq": null},
        {"column_seq": 1, "column_name": "Ticket ID", "width": 60, "order_seq": 2, "order_desc": true},
        7,
        {"column_seq": "2", "column_name": "Summary", "order_seq": -1},
        {"column_seq": 4, "column_name": ""},
        {"column_seq": {}, "column_name": "Odd", "order_seq": "1"},
    ]});
    let profile: HaloColumns = one(&body.to_string()).unwrap();
    let told: Vec<_> = profile.columns.iter().map(|c| (c.name.as_stored(), c.sorted, c.descending)).collect();
    assert_eq!(told, [("Odd", 1, false), ("Ticket ID", 2, true), ("Summary", 0, false), ("Client", 0, false)]);
    let bare: HaloColumns = one(r#"{"id": 4, "columns": "none"}"#).unwrap();
    assert_eq!((bare.id, bare.columns), (4, Vec::new()));
}

#[test]
fn an_sla_tracks_its_targets_unless_it_says_that_it_does_not() {
    let json = r#"[{"id": 1, "workday_id": 4}, {"id": 2, "trackslaresponsetime": false, "trackslafixbytime": true},
        {"id": 3, "trackslaresponsetime": true, "trackslafixbytime": 0}]"#;
    let slas = list::<Sla>(json, 0).unwrap().records;
    let told: Vec<_> = slas.iter().map(|sla| (sla.workday_id.0, sla.no_response, sla.no_fix)).collect();
    assert_eq!(told, [(4, false, false), (0, true, false), (0, false, true)]);
}
