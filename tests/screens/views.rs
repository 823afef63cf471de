//! Views: tabs, their counts, order and columns, what is saved of them.

use halo_tui::{
    domain::{Folds, GroupId, GroupRow, GroupedRow, HaloColumn, HaloListRow, SavedView, ViewEdit},
    panes::read_views,
    query::Query,
};

use super::*;

/// The queries that rows were asked for by, the newest last.
fn asked(effects: &[Effect]) -> Vec<String> {
    let query = |effect: &Effect| match effect {
        Effect::Ask { question: Question::Tickets { query, .. }, .. } => Some(query.to_string()),
        _ => None,
    };
    effects.iter().filter_map(query).collect()
}

/// Presses keys without answering what is asked.
fn press(desk: &mut Desk, keys: &str) -> Vec<Effect> {
    keys.chars().flat_map(|c| update(&mut desk.model, Msg::Input(Input::Key(Key::char(c))), now())).collect()
}

/// Rows in two groups, as the mirror would answer them.
pub(crate) fn grouped(folds: &Folds) -> Answer {
    let mut rows = Vec::new();
    let groups = [("株式会社さくら \u{202e}gpj", &tickets()[..2]), ("Borealis Ltd", &tickets()[2..])]
        .map(|(name, rows)| (name, rows.to_vec()));
    for (id, (name, of)) in (1..).zip(groups) {
        let (id, count) = (GroupId(id), of.len() as u64);
        let folded = folds.folded(id);
        rows.push(GroupedRow::Group(GroupRow { id, name: line(name), count, folded }));
        if !folded {
            rows.extend(of.into_iter().map(|row| GroupedRow::Ticket(Box::new(row))));
        }
    }
    let total = rows.len() as u64;
    Answer::Groups(Window { rows, offset: 0, total, more: false })
}

/// The lists of Halo that the mirror would tell.
pub(crate) fn lists() -> Answer {
    let list = |id, name: &str, count, read_at: Option<&str>| {
        let (name, read_at) = (line(name), read_at.map(at));
        HaloListRow { id, name, count, read_at, columns: Vec::new() }
    };
    let column = |name: &str, sorted, descending| HaloColumn { name: line(name), sorted, descending };
    let columns = vec![
        column("Fix By Date", 2, false),
        column("Ticket ID", 0, false),
        column("Category", 0, false),
        column("Summary", 0, false),
        column("\u{1b}[31m \u{202e}株式会社", 0, false),
        column("Priority", 1, true),
    ];
    Answer::HaloLists(vec![
        HaloListRow { columns, ..list(12, "Escalations", 3, Some("2026-11-20T08:00:00Z")) },
        list(15, "株式会社さくら \u{1b}[31m \u{202e}gpj", 0, None),
        list(16, "Mine", 0, None),
    ])
}

fn edits(effects: &[Effect]) -> Vec<ViewEdit> {
    let edit = |effect: &Effect| match effect {
        Effect::SaveView(edit) => Some((**edit).clone()),
        _ => None,
    };
    effects.iter().filter_map(edit).collect()
}

#[test]
fn number_keys_and_brackets_show_views_and_each_keeps_its_filter_and_cursor() {
    let mut desk = Desk::full(120, 40, false);
    assert_eq!(asked(&press(&mut desk, "2")), ["is:open @me sort:sla"]);
    assert_eq!(asked(&press(&mut desk, "]")), ["is:open is:unassigned sort:sla"]);
    assert_eq!(asked(&press(&mut desk, "[[")), ["is:open @me sort:sla", "is:open sort:sla"]);
    assert_eq!(asked(&press(&mut desk, "[")), ["is:open,closed"], "round the end");
    desk.keys("6jj/vpn\r1");
    assert!(!desk.text().contains("/ vpn"), "{}", desk.text());
    desk.keys("6");
    assert!(desk.text().contains("/ vpn"), "{}", desk.text());
    let view = desk.model.last_view();
    assert_eq!((view.view.as_deref(), view.words.as_str()), (Some("All open"), "vpn"));
    let mut model = Desk::model_with(80, 24, false, false, look(ColourDepth::True), view);
    let effects = update(&mut model, Msg::Input(Input::Resize { cols: 80, rows: 24 }), now());
    assert_eq!(asked(&effects), ["is:open vpn"], "it begins in the view where it ended");
    // From wherever the focus is, and by name.
    desk.keys("\t");
    assert_eq!(asked(&press(&mut desk, "7")).last().unwrap(), "is:open,closed");
    desk.keys(":view mine\r");
    assert_eq!(desk.model.last_view().view.as_deref(), Some("Mine"));
    desk.keys(":view zzz\r");
    assert!(desk.text().contains("No view is called zzz"));
}

#[test]
fn tabs_shorten_as_the_room_does() {
    let line = |cols| Desk::full(cols, 24, false).text().lines().nth(1).unwrap().to_owned();
    insta::assert_snapshot!([200, 120, 100, 80, 60].map(line).join("\n"));
}

#[test]
fn counts_are_asked_once_and_again_only_when_something_changed() {
    let mut desk = Desk::full(80, 24, false);
    let counts = |effects: &[Effect]| {
        effects.iter().filter(|effect| matches!(effect, Effect::Ask { question: Question::Counts { .. }, .. })).count()
    };
    assert_eq!(counts(&press(&mut desk, "jjkkG")), 0, "no key counts");
    let tick = |seconds| Now { tick: now().tick + Duration::from_secs(seconds), ..now() };
    // What was heard at the start is counted once.
    desk.take_at(Msg::Wake, tick(5));
    assert_eq!(counts(&update(&mut desk.model, Msg::Wake, tick(50))), 0);
    for _ in 0..20 {
        let effects = update(&mut desk.model, Msg::News(News::Changed(halo_tui::domain::Changed::Tickets)), tick(60));
        assert_eq!(counts(&effects), 0, "not with each of a row of changes");
    }
    assert_eq!(counts(&update(&mut desk.model, Msg::Wake, tick(62))), 1);
}

#[test]
fn s_sorts_c_chooses_columns_80x24() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("S");
    let sort = desk.text();
    assert_eq!(asked(&press(&mut desk, "S")), ["is:open sort:-sla"], "again turns it round");
    desk.keys("gg");
    assert_eq!(asked(&press(&mut desk, "j ")), ["is:open sort:-sla,client"]);
    desk.keys("\u{1b}");
    assert_eq!(asked(&press(&mut desk, "S")), [""; 0]);
    desk.keys("gg\r");
    assert_eq!(desk.model.last_view().view.as_deref(), Some("Next to breach"));
    let sorted = desk.text();
    assert!(sorted.contains("ID↓"), "{sorted}");
    desk.keys("CJ");
    let columns = desk.text();
    desk.keys("\u{1b}");
    let heads = desk.text().lines().nth(3).unwrap().to_owned();
    assert!(heads.trim_start().starts_with("SLA"), "{heads}");
    desk.keys(":columns last,type,id\r:sort client,-updated,id,sla\r");
    insta::assert_snapshot!(format!("{sort}\n=== and then ===\n{columns}\n=== and then ===\n{}", desk.text()));
    desk.keys(":columns size\r");
    assert!(desk.text().contains("no column is called size"), "{}", desk.text());
}

#[test]
fn columns_and_hostile_rows_120x40() {
    let mut desk = Desk::full(120, 40, false);
    desk.keys(":columns team,summary,site,user,type,client,pri,id\r");
    insta::assert_snapshot!(desk.text());
}

#[test]
fn what_is_shown_is_saved_renamed_and_deleted() {
    let mut desk = Desk::full(120, 40, false);
    desk.keys("6/client:acme sort:-id\r:columns id,summary\r");
    let saved = edits(&desk.keys(":save-view Acme, all\r"));
    let columns = Some(vec!["id".to_owned(), "summary".to_owned()]);
    let acme = SavedView {
        name: "Acme, all".into(),
        query: "is:open client:acme".into(),
        sort: Some("-id".into()),
        columns,
        ..SavedView::default()
    };
    assert_eq!(saved, [ViewEdit::Put("Acme, all".into(), acme.clone())]);
    assert!(desk.text().contains("8 Acme, all"), "{}", desk.text());
    assert!(!desk.text().contains("/ client:acme"), "the filter is the view's now");
    let sla = edits(&desk.keys(":sort sla\r:save-view\r"));
    assert_eq!(sla, [ViewEdit::Put("Acme, all".into(), SavedView { sort: Some("sla".into()), ..acme.clone() })]);
    assert!(
        matches!(&edits(&desk.keys(":rename-view Acme\r"))[..], [ViewEdit::Put(old, new)] if old == "Acme, all" && new.name == "Acme")
    );
    assert_eq!(edits(&desk.keys(":rename-view Mine\r")), []);
    let gone = edits(&desk.keys(":delete-view\r"));
    assert_eq!(gone, [ViewEdit::Remove { name: "Acme".into(), shipped: false }]);
    let gone = edits(&desk.keys("2:delete-view\r"));
    assert_eq!(gone, [ViewEdit::Remove { name: "Mine".into(), shipped: true }]);
    assert!(!desk.text().lines().nth(1).unwrap().contains("Mine"));
}

/// A desk with the views of this file beside the shipped ones.
pub(super) fn with_views(text: &str) -> Desk {
    let (views, complaints) = read_views(text);
    assert_eq!(complaints, []);
    let (keymap, _) = Keymap::compile(DEFAULTS, "");
    let model = Model::new(Start {
        size: (80, 24),
        look: look(ColourDepth::True),
        keymap,
        profile: "acme".into(),
        me: None,
        web_app: String::new(),
        preview: false,
        lean_by_itself: false,
        connect: ConnectPane::default(),
        needs_connect: false,
        views: Views::new(views),
        view: LastView::default(),
        faults: Vec::new(),
    });
    let mut desk = Desk { model, size: (80, 24) };
    desk.take(Msg::Input(Input::Resize { cols: 80, rows: 24 }));
    desk
}

#[test]
fn own_views_have_tabs_80x24() {
    let text = "[[view]]\nname = \"株式会社さくら の未対応\"\nquery = \"is:open client:さくら\"\n[[view]]\nname = \"\\u001b[31mred \\u202e\"\n\
        query = \"is:vip\"\nrefresh = 30\n";
    let mut desk = with_views(text);
    let effects = desk.keys("9");
    let paced = |effect: &Effect| matches!(effect, Effect::ViewPace(Some(every)) if every.as_secs() == 30);
    assert!(effects.iter().any(paced), "{effects:?}");
    desk.keys("8");
    assert!(Query::parse("is:open client:さくら").is_ok());
    insta::assert_snapshot!(desk.text());
}

#[test]
fn tabs_have_names_before_counts_and_as_many_as_fit() {
    let tabs = |cols: u16| Desk::full(cols, 24, false).text().lines().nth(1).unwrap().trim().to_owned();
    let names = ["Next to breach", "Mine", "Unassigned", "Waiting on us", "Changed", "All open", "Everything"];
    assert!(names.iter().all(|name| tabs(150).contains(name)) && tabs(150).contains("614"), "{}", tabs(150));
    assert_eq!(tabs(80), "1 Next to breach 1 │ 2 Mine │ 3 Unass │ 4 Waiti │ 5 Chang │ 6 All o │ 7 Every");
    assert_eq!(tabs(60), "1 Next to breach 1 │ 2 Min │ 3 Una │ 4 Wai │ 5 Cha │ 6 │ 7");
    for cols in 60..170 {
        assert!(!tabs(cols).contains("  "), "a name that is cut at a space leaves none behind: {}", tabs(cols));
    }
    // Narrowed, the tabs share their line: the one that is shown keeps its name.
    let mut desk = Desk::full(60, 24, false);
    desk.keys("/vpn tunnel is down again\r");
    assert!(desk.text().lines().nth(1).unwrap().contains("Next to breach"), "{}", desk.text());
}

#[test]
fn groups_fold_one_by_one_and_all_at_once() {
    let mut desk = Desk::full(80, 24, false);
    desk.keys("jj:group client\r");
    let open = desk.text();
    assert!(open.lines().any(|row| row.starts_with("▌‖  10466")), "the cursor stays on its ticket\n{open}");
    desk.keys("_");
    let one = desk.text();
    assert!(one.lines().any(|row| row.starts_with("▌+ Borealis Ltd 4")), "from a ticket its group is folded\n{one}");
    desk.keys("\r");
    assert!(desk.text().contains("10466"), "enter opens a group again");
    desk.keys("=");
    let all = desk.text();
    assert!(!all.contains("10482") && all.contains("2 of 2"), "{all}");
    insta::assert_snapshot!(format!("{open}\n=== and then ===\n{one}\n=== and then ===\n{all}"));
    desk.keys("/vpn");
    assert!(desk.text().contains("10482"), "words list by how well they fit, not in groups\n{}", desk.text());
    desk.keys("\u{1b}\u{1b}");
    let saved = edits(&desk.keys(":save-view\r"));
    assert!(matches!(&saved[..], [ViewEdit::Put(_, view)] if view.group.as_deref() == Some("client")), "{saved:?}");
    desk.keys("Bgg\r");
    assert!(desk.text().contains("10482") && !desk.text().contains("Borealis Ltd 4"), "{}", desk.text());
    desk.keys("_");
    assert!(desk.text().contains("Nothing is grouped here"));
}

#[test]
fn groups_120x40() {
    let mut desk = Desk::full(120, 40, true);
    desk.keys("Bjj\r");
    insta::assert_snapshot!(desk.text());
}

#[test]
fn lists_of_halo_become_views_and_say_how_old_they_are_80x24() {
    let mut desk = Desk::full(80, 24, false);
    let effects = desk.keys("L");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::ReadLists)));
    let offered = desk.text();
    let effects = desk.keys("\r");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LookAtList(Some(12)))), "{effects:?}");
    let saved = edits(&effects);
    assert!(matches!(&saved[..], [ViewEdit::Put(name, view)] if name == "Escalations" && view.query == "list:12"), "{saved:?}");
    assert!(desk.text().contains("list 2h00 old"), "{}", desk.text());
    insta::assert_snapshot!(format!("{offered}\n=== and then ===\n{}", desk.text()));
    assert!(desk.keys("1").iter().any(|effect| matches!(effect, Effect::LookAtList(None))), "out of sight it rests");
    let twice = edits(&desk.keys("Ljj "));
    assert!(matches!(&twice[..], [ViewEdit::Put(name, _)] if name == "Mine (Halo)"), "{twice:?}");
    let gone = edits(&desk.keys(" "));
    assert!(matches!(&gone[..], [ViewEdit::Remove { name, shipped: false }] if name == "Mine (Halo)"), "{gone:?}");
}

#[test]
fn a_list_of_halo_is_laid_out_as_there_until_something_else_is_chosen() {
    let mut desk = Desk::full(120, 40, false);
    desk.keys("L");
    let taken = update(&mut desk.model, Msg::Input(Input::Key(Key::plain(KeyCode::Enter))), now());
    assert_eq!(asked(&taken), ["list:12 sort:-pri,sla"], "in the order of Halo's profile");
    let mut desk = Desk::full(120, 40, false);
    desk.keys("L\r");
    assert!(desk.text().contains("Escalations is shown as in Halo, without Halo's Category, ^[[31m"), "{}", desk.text());
    insta::assert_snapshot!(desk.text());
    let titles = |desk: &Desk| desk.text().lines().nth(3).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(titles(&desk), "SLA↑2 ID Summary Prio↓1");
    desk.keys("j:columns id,summary\r");
    assert_eq!(titles(&desk), "ID Summary");
    desk.keys(":sort client\r");
    desk.take_at(Msg::Wake, Now { tick: now().tick + Duration::from_mins(1), ..now() });
    desk.keys("1L\r");
    assert_eq!(titles(&desk), "ID Summary", "what was chosen here stays");
    assert!(!desk.text().contains("is shown as in Halo"), "told once\n{}", desk.text());
    let saved = edits(&desk.keys(":save-view\r"));
    assert!(matches!(&saved[..], [ViewEdit::Put(_, view)] if view.sort.as_deref() == Some("client")), "{saved:?}");
    // Kept in `views.toml` without columns, it goes by Halo's at each start.
    let mut again = with_views("[[view]]\nname = \"Esc\"\nquery = \"list:12\"\n");
    again.keys("8");
    assert_eq!(titles(&again), "SLA↑2 ID Summary Prio↓1");
}

#[test]
fn what_several_columns_cost_is_told_where_rows_are_very_many() {
    for (total, told) in [(100_000, false), (100_001, true)] {
        let mut desk = Desk::full(80, 24, false);
        for effect in update(&mut desk.model, Msg::Input(Input::Key(Key::char('7'))), now()) {
            if let Effect::Ask { slot, id, question: Question::Tickets { .. } } = effect {
                let answer = Ok(Answer::Tickets(Window { rows: tickets(), offset: 0, total, more: false }));
                update(&mut desk.model, Msg::Answer { slot, id, answer }, now());
            }
        }
        desk.keys("S");
        assert!(desk.text().contains("Sort by (up to three"), "{}", desk.text());
        assert_eq!(desk.text().contains("slower over so many)"), told, "{}", desk.text());
    }
}
