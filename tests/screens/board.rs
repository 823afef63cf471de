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

/// Opens the board and answers what it asks.
fn board(cols: u16, rows: u16) -> Desk {
    let mut desk = Desk::full(cols, rows, true);
    let mut effects = update(&mut desk.model, Msg::Input(Input::Key(Key::char('b'))), now());
    while let Some(effect) = effects.pop() {
        if let Effect::Ask { slot, id, question } = effect {
            let answer = Ok(if question == Question::Agents { desk_people() } else { answer(&question) });
            effects.extend(update(&mut desk.model, Msg::Answer { slot, id, answer }, now()));
        }
    }
    desk
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
    let effects = update(&mut desk.model, Msg::Input(Input::Key(Key::plain(KeyCode::Enter))), now());
    let asked: Vec<String> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Ask { question: Question::Tickets { query, client: None, .. }, .. } => Some(query.to_string()),
            _ => None,
        })
        .collect();
    assert!(asked.last().is_some_and(|query| query.contains("is:open pri:2")), "{asked:?}");
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
