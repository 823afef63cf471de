//! The board: its bars, and where they lead.

use super::*;

/// People of the desk, with names in a wide script and with words that mean harm.
fn desk_people() -> Answer {
    let agent = |id, name: &str| AgentRow { id: AgentId(id), name: line(name), ..AgentRow::default() };
    Answer::Agents(vec![
        agent(7, "Priya Shah"),
        agent(8, "佐藤 さくら 株式会社サポート"),
        agent(9, "x\" is:closed \u{202e}gpj\u{1b}[31m"),
        AgentRow { disabled: true, ..agent(10, "Olu Former") },
    ])
}

fn board(cols: u16, rows: u16) -> Desk {
    let mut desk = Desk::full(cols, rows, true);
    open(&mut desk, || Ok(desk_people()));
    desk
}

/// Opens the board and answers what it asks.
fn open(desk: &mut Desk, agents: impl Fn() -> Result<Answer, Failure>) {
    let mut effects = update(&mut desk.model, Msg::Input(Input::Key(Key::char('b'))), now());
    while let Some(effect) = effects.pop() {
        if let Effect::Ask { slot, id, question } = effect {
            let answer = if question == Question::Agents { agents() } else { Ok(answer(&question)) };
            effects.extend(update(&mut desk.model, Msg::Answer { slot, id, answer }, now()));
        }
    }
}

/// What the door under the cursor asks last.
fn through_the_door(desk: &mut Desk) -> String {
    let effects = update(&mut desk.model, Msg::Input(Input::Key(Key::plain(KeyCode::Enter))), now());
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::Ask { question: Question::Tickets { query, client: None, .. }, .. } => Some(query.to_string()),
        _ => None,
    });
    asked.collect::<Vec<_>>().pop().unwrap()
}

/// How many questions the effects ask about the board's numbers.
fn counts(effects: &[Effect]) -> usize {
    let of_board = |effect: &&Effect| matches!(effect, Effect::Ask { slot, .. } if slot.pane.0 == "board");
    effects.iter().filter(of_board).count()
}

#[test]
fn board_80x24() {
    insta::assert_snapshot!(board(80, 24).text());
}

#[test]
fn board_120x40() {
    insta::assert_snapshot!(board(120, 40).text());
}

#[test]
fn board_60x20() {
    insta::assert_snapshot!(board(60, 20).text());
}

#[test]
fn every_bar_is_a_door_to_its_tickets_whatever_the_view_was() {
    let mut desk = board(80, 24);
    desk.keys("2b");
    // The second section is a step to the right, its second bar a step down.
    desk.keys("lj");
    let asked = through_the_door(&mut desk);
    assert!(asked.contains("is:open pri:2"), "{asked}");
    assert!(desk.text().contains("is:open pri:2"), "{}", desk.text());
}

#[test]
fn a_board_out_of_sight_asks_nothing_and_one_in_sight_not_all_the_time() {
    let mut desk = board(80, 24);
    let changed = || Msg::News(News::Changed(halo_tui::domain::Changed::Tickets));
    assert_eq!(counts(&update(&mut desk.model, changed(), now())), 0, "only a moment ago");
    let wake = |desk: &mut Desk, seconds| {
        let later = Now { tick: now().tick + Duration::from_secs(seconds), ..now() };
        update(&mut desk.model, Msg::Wake, later)
    };
    assert_eq!(counts(&wake(&mut desk, 4)), 0);
    assert_eq!(counts(&wake(&mut desk, 5)), 1);
    let mut desk = board(80, 24);
    desk.keys("\u{1b}");
    assert!(!desk.text().contains("Open by priority"));
    update(&mut desk.model, changed(), now());
    assert_eq!(counts(&wake(&mut desk, 60)), 0);
}

#[test]
fn numbers_are_counted_again_as_time_passes_though_no_row_changes() {
    let mut desk = board(80, 24);
    let wake = |desk: &mut Desk, seconds| {
        let later = Now { tick: now().tick + Duration::from_secs(seconds), ..now() };
        update(&mut desk.model, Msg::Wake, later)
    };
    assert_eq!(counts(&wake(&mut desk, 59)), 0);
    assert_eq!(counts(&wake(&mut desk, 60)), 1);
}

#[test]
fn agents_that_could_not_be_read_hide_no_other_bar_and_are_asked_for_again() {
    let mut desk = Desk::full(80, 24, true);
    open(&mut desk, || Err(Failure::new(FailureKind::Storage, "busy")));
    assert!(desk.text().contains("Open by priority"), "{}", desk.text());
    let later = Now { tick: now().tick + Duration::from_mins(1), ..now() };
    let asked = update(&mut desk.model, Msg::Wake, later);
    assert!(asked.iter().any(|effect| matches!(effect, Effect::Ask { question: Question::Agents, .. })), "{asked:?}");
}

#[test]
fn a_door_leads_to_all_its_tickets_where_no_view_has_all() {
    let hidden = "[[view]]\nname = \"Everything\"\nhidden = true\n[[view]]\nname = \"Vips\"\nquery = \"is:open is:vip\"\n";
    let mut desk = views::with_views(hidden);
    desk.keys("7");
    open(&mut desk, || Ok(desk_people()));
    desk.keys("lj");
    let asked = through_the_door(&mut desk);
    assert!(asked.contains("pri:2") && !asked.contains("vip"), "{asked}");
}
