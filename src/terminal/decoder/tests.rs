use proptest::prelude::*;

use super::*;
use crate::msg::{Mouse, MouseAct};

const MS: fn(u64) -> Duration = Duration::from_millis;

fn decode(bytes: &[u8]) -> Vec<Input> {
    let mut decoder = Decoder::new();
    let mut out = Vec::new();
    decoder.feed(bytes, Duration::ZERO, &mut out);
    out
}

/// Decodes pieces that arrive at given milliseconds, with a wake-up at each deadline between them, and one long after the last.
fn timed(pieces: &[(u64, &[u8])]) -> Vec<Input> {
    timed_by(Decoder::new(), pieces)
}

/// The same while the terminal owes an answer.
fn owed(pieces: &[(u64, &[u8])]) -> Vec<Input> {
    let mut decoder = Decoder::new();
    decoder.owe(true);
    timed_by(decoder, pieces)
}

fn timed_by(mut decoder: Decoder, pieces: &[(u64, &[u8])]) -> Vec<Input> {
    let mut out = Vec::new();
    let wake = |decoder: &mut Decoder, until: Duration, out: &mut Vec<Input>| {
        while let Some(deadline) = decoder.deadline().filter(|at| *at < until) {
            decoder.tick(deadline, out);
        }
    };
    for (at, bytes) in pieces {
        wake(&mut decoder, MS(*at), &mut out);
        decoder.feed(bytes, MS(*at), &mut out);
    }
    wake(&mut decoder, MS(1_000_000), &mut out);
    out
}

fn k(code: KeyCode) -> Input {
    Input::Key(Key::plain(code))
}

fn c(c: char) -> Input {
    Input::Key(Key::char(c))
}

fn with(code: KeyCode, ctrl: bool, alt: bool, shift: bool) -> Input {
    Input::Key(Key { code, ctrl, alt, shift })
}

/// `Input` prints no keys, so failures name the bytes.
fn assert_table(rows: &[(&[u8], Input)]) {
    for (bytes, wanted) in rows {
        assert!(decode(bytes) == [wanted.clone()], "{}", bytes.escape_ascii());
    }
}

#[test]
fn single_bytes_are_the_keys_that_terminals_send_them_for() {
    assert_table(&[
        (b"a", c('a')),
        (b"A", c('A')),
        (b" ", c(' ')),
        (b"\x00", Input::Key(Key::ctrl(' '))),
        (b"\x03", Input::Key(Key::ctrl('c'))),
        (b"\x1a", Input::Key(Key::ctrl('z'))),
        (b"\x1c", Input::Key(Key::ctrl('\\'))),
        (b"\x1f", Input::Key(Key::ctrl('_'))),
        (b"\x08", k(KeyCode::Backspace)),
        (b"\x7f", k(KeyCode::Backspace)),
        (b"\t", k(KeyCode::Tab)),
        (b"\r", k(KeyCode::Enter)),
        (b"\n", k(KeyCode::Enter)),
        ("é".as_bytes(), c('é')),
        ("漢".as_bytes(), c('漢')),
        ("😀".as_bytes(), c('😀')),
    ]);
}

#[test]
fn sequences_of_all_terminals_are_the_same_keys() {
    use KeyCode::{Delete, Down, End, Enter, Esc, F, Home, Insert, PageDown, PageUp, Tab, Up};
    assert_table(&[
        (b"\x1b[A", k(Up)),
        (b"\x1bOA", k(Up)),
        (b"\x1b[1A", k(Up)),
        (b"\x1b[1;5A", with(Up, true, false, false)),
        (b"\x1b[1;2B", with(Down, false, false, true)),
        (b"\x1b[1;3B", with(Down, false, true, false)),
        (b"\x1b[1;9B", with(Down, false, true, false)),
        (b"\x1bO5A", with(Up, true, false, false)),
        (b"\x1bO1;5A", with(Up, true, false, false)),
        (b"\x1bOa", with(Up, true, false, false)),
        (b"\x1b[a", with(Up, false, false, true)),
        (b"\x1b[H", k(Home)),
        (b"\x1bOF", k(End)),
        (b"\x1b[1~", k(Home)),
        (b"\x1b[7~", k(Home)),
        (b"\x1b[8~", k(End)),
        (b"\x1b[2~", k(Insert)),
        (b"\x1b[3~", k(Delete)),
        (b"\x1b[3;5~", with(Delete, true, false, false)),
        (b"\x1b[3$", with(Delete, false, false, true)),
        (b"\x1b[3^", with(Delete, true, false, false)),
        (b"\x1b[3@", with(Delete, true, false, true)),
        (b"\x1b[5~", k(PageUp)),
        (b"\x1b[6;3~", with(PageDown, false, true, false)),
        (b"\x1bOP", k(F(1))),
        (b"\x1b[P", k(F(1))),
        (b"\x1b[11~", k(F(1))),
        (b"\x1b[[A", k(F(1))),
        (b"\x1b[[E", k(F(5))),
        (b"\x1b[1;2S", with(F(4), false, false, true)),
        (b"\x1b[R", k(F(3))),
        (b"\x1b[15~", k(F(5))),
        (b"\x1b[17~", k(F(6))),
        (b"\x1b[24~", k(F(12))),
        (b"\x1b[34~", k(F(20))),
        (b"\x1b[Z", with(Tab, false, false, true)),
        (b"\x1b[1;5Z", with(Tab, true, false, true)),
        (b"\x1bOM", k(Enter)),
        (b"\x1bOp", c('0')),
        (b"\x1bOk", c('+')),
        (b"\x1bx", Input::Key(Key { alt: true, ..Key::char('x') })),
        ("\x1bé".as_bytes(), Input::Key(Key { alt: true, ..Key::char('é') })),
        (b"\x1b\r", with(Enter, false, true, false)),
        (b"\x1b\x7f", with(KeyCode::Backspace, false, true, false)),
        (b"\x1b\x01", with(KeyCode::Char('a'), true, true, false)),
        (b"\x1b[97u", c('a')),
        (b"\x1b[97;2u", c('A')),
        (b"\x1b[49:33;2u", c('!')),
        (b"\x1b[97;5u", Input::Key(Key::ctrl('a'))),
        (b"\x1b[99;6u", Input::Key(Key::ctrl('c'))),
        (b"\x1b[97;1:2u", c('a')),
        (b"\x1b[97;1;97u", c('a')),
        (b"\x1b[97;129u", c('a')),
        (b"\x1b[27u", k(Esc)),
        (b"\x1b[13;5u", with(Enter, true, false, false)),
        (b"\x1b[57417u", k(KeyCode::Left)),
        (b"\x1b[27;5;9~", with(Tab, true, false, false)),
        (b"\x1b[I", Input::FocusGained),
        (b"\x1b[O", Input::FocusLost),
        (b"\x1b[0n", Input::StatusReport),
    ]);
}

#[test]
fn replies_and_reports_are_swallowed_whole() {
    let swallowed: &[&[u8]] = &[
        b"\x1b[12;40R",
        b"\x1b[1;5R",
        b"\x1b[?1;5R",
        b"\x1b[?62;22c",
        b"\x1b[>41;354;0c",
        b"\x1b[3n",
        b"\x1b[?997;1n",
        b"\x1b[?2026;2$y",
        b"\x1b[4;1$y",
        b"\x1b[8;40;120t",
        b"\x1b[?0u",
        b"\x1b[97;1:3u",
        b"\x1b[97;9u",
        b"\x1b[57441;2u",
        b"\x1b]11;rgb:ffff/ffff/ffff\x07",
        b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
        b"\x1b]52;c;cXVpdA==\x07",
        b"\x1bP1+r544e=787465726d\x1b\\",
        b"\x1bP>|xterm(379)\x1b\\",
        b"\x1b_Gi=31;OK\x1b\\",
        b"\x1b^message\x1b\\",
        b"\x1bXstring\x1b\\",
        b"\x1b]0;title\x18",
        b"\x1b[M !!",
        b"\x1b[M   ",
        b"\x1b[M \x00\x00",
        b"\x1b[M\xff\xff\xff",
        b"\x1b[<0;0;0M",
        b"\x1b[<0;0;0m",
        b"\x1b[<65;99999999999;0M",
        b"\x1b[32;0;0M",
        b"\x1b[201~",
        b"\x1b[99999999999999999999A",
        b"\x1b[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1A",
        b"\xc3",
        b"\xff",
        b"\x80",
        b"\xed\xa0\x80",
        b"\xc2\x9b",
        b"\xf4\x90\x80\x80",
    ];
    for bytes in swallowed {
        assert!(decode(bytes).is_empty(), "{}", bytes.escape_ascii());
        // A whole one leaves nothing behind, a cut character gives way: the next key is itself.
        let followed = [bytes, &b"q"[..]].concat();
        assert!(decode(&followed) == [c('q')], "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_control_character_ends_a_reply_that_lost_its_end() {
    assert!(decode(b"\x1b]11;rgb:\x03") == [Input::Key(Key::ctrl('c'))]);
    assert!(decode(b"\x1b]11;rgb:\x1b[A") == [k(KeyCode::Up)]);
    assert!(decode(b"\x1b[1;\x03") == [Input::Key(Key::ctrl('c'))]);
    assert!(decode(b"\x1b[1;\x1b[B") == [k(KeyCode::Down)]);
    assert!(decode(b"\x1b[M !\x03") == [Input::Key(Key::ctrl('c'))]);
    assert!(timed(&[(0, b"\x1bP1+r544e"), (1100, b"q")]) == [c('q')]);
    assert!(timed(&[(0, b"\x1b[1;5"), (2100, b"q")]) == [c('q')]);
    assert!(timed(&[(0, b"\x1b[M "), (600, b"q")]) == [c('q')]);
}

#[test]
fn presses_and_the_wheel_are_reported_with_their_cell() {
    let mouse = |act, col, row| Input::Mouse(Mouse { act, col, row });
    assert!(decode(b"\x1b[<0;1;1M") == [mouse(MouseAct::Press, 0, 0)]);
    assert!(decode(b"\x1b[<64;200;60M\x1b[<65;3;4M") == [mouse(MouseAct::WheelUp, 199, 59), mouse(MouseAct::WheelDown, 2, 3)]);
    // Releases, other buttons, movements, held keys, cells that no screen has.
    for nothing in [&b"\x1b[<0;1;1m"[..], b"\x1b[<2;1;1M", b"\x1b[<32;1;1M", b"\x1b[<4;1;1M", b"\x1b[<0;70000;1M", b"\x1b[<0;1M"]
    {
        assert!(decode(nothing).is_empty(), "{}", nothing.escape_ascii());
    }
}

#[test]
fn a_torn_arrow_is_an_arrow() {
    assert!(timed(&[(0, b"\x1b"), (30, b"[B")]) == [k(KeyCode::Down)]);
    assert!(timed(&[(0, b"\x1b"), (30, b"["), (60, b"B")]) == [k(KeyCode::Down)]);
    assert!(timed(&[(0, b"\x1b["), (400, b"B")]) == [k(KeyCode::Down)]);
    assert!(timed(&[(0, b"\x1bO"), (400, b"B")]) == [k(KeyCode::Down)]);
    // Too late for one key, yet neither bracket nor letter is typed.
    assert!(timed(&[(0, b"\x1b"), (400, b"[B")]) == [k(KeyCode::Esc), k(KeyCode::Down)]);
    assert!(timed(&[(0, b"\x1b"), (400, b"[1;5"), (430, b"B")]) == [k(KeyCode::Esc), with(KeyCode::Down, true, false, false)]);
    assert!(timed(&[(0, b"\x1b"), (400, b"OB")]) == [k(KeyCode::Esc), k(KeyCode::Down)]);
}

#[test]
fn escape_brackets_and_alt_can_still_be_typed() {
    assert!(timed(&[(0, b"\x1b")]) == [k(KeyCode::Esc)]);
    assert!(timed(&[(0, b"\x1b\x1b")]) == [k(KeyCode::Esc), k(KeyCode::Esc)]);
    assert!(timed(&[(0, b"\x1b\x1b[A")]) == [k(KeyCode::Esc), k(KeyCode::Up)]);
    assert!(timed(&[(0, b"\x1b"), (200, b"["), (300, b"B")]) == [k(KeyCode::Esc), c('['), c('B')]);
    assert!(timed(&[(0, b"\x1b"), (200, b"["), (220, b"\r")]) == [k(KeyCode::Esc), c('['), k(KeyCode::Enter)]);
    assert!(timed(&[(0, b"\x1b"), (200, b"O")]) == [k(KeyCode::Esc), c('O')]);
    assert!(timed(&[(0, b"\x1b"), (200, b"x"), (210, b"["), (211, b"B")]) == [k(KeyCode::Esc), c('x'), c('['), c('B')]);
    assert!(timed(&[(0, b"\x1b"), (700, b"[B")]) == [k(KeyCode::Esc), c('['), c('B')]);
    assert!(timed(&[(0, b"\x1b[")]) == [Input::Key(Key { alt: true, ..Key::char('[') })]);
    assert!(timed(&[(0, b"\x1b]")]) == [Input::Key(Key { alt: true, ..Key::char(']') })]);
    assert!(timed(&[(0, b"\x1bX")]) == [Input::Key(Key { alt: true, ..Key::char('X') })]);
    assert!(timed(&[(0, b"\xc3"), (600, b"q")]) == [c('q')]);
}

#[test]
fn an_answer_that_is_owed_is_one_wherever_the_wire_tears_it() {
    for gap in [0, 40, 60, 240, 600, 1900, 9000] {
        for cut in 1..4 {
            let (first, rest) = b"\x1b[0n".split_at(cut);
            let got = owed(&[(0, b"j"), (0, first), (gap, rest), (gap, b"k")]);
            // A lone ESC can't be held for seconds: it may as well be Esc. What follows it is still no key.
            let esc = (cut == 1 && gap > 250).then(|| k(KeyCode::Esc));
            let wanted: Vec<_> = [c('j')].into_iter().chain(esc).chain([Input::StatusReport, c('k')]).collect();
            assert!(got == wanted, "{gap} ms after {cut} bytes");
        }
    }
    let one_by_one: Vec<_> =
        b"\x1b[0n".iter().enumerate().map(|(at, byte)| (at as u64 * 240, std::slice::from_ref(byte))).collect();
    assert!(owed(&one_by_one) == [Input::StatusReport]);
}

#[test]
fn keys_that_come_while_an_answer_is_owed_are_keys() {
    use KeyCode::{Down, Esc};
    assert!(owed(&[(0, b"\x1b[j0kn")]) == [c('j'), c('k'), Input::StatusReport], "within it");
    let alt_j = Input::Key(Key { alt: true, ..Key::char('j') });
    assert!(owed(&[(0, b"\x1bj[0n")]) == [alt_j.clone(), Input::StatusReport], "after its ESC nothing tells it from alt");
    assert!(owed(&[(0, b"\x1b[0\x1b[B"), (10, b"j")]) == [k(Down), c('j')]);
    assert!(owed(&[(0, b"\x1b"), (30, b"j")]) == [alt_j], "as ever");
    assert!(owed(&[(0, b"\x1b"), (60, b"j")]) == [k(Esc), c('j')], "too late for alt");
    assert!(owed(&[(0, b"\x1b"), (60, b"\x1b[0n")]) == [k(Esc), Input::StatusReport]);
    assert!(owed(&[(0, b"\x1b"), (200, b"[B")]) == [k(Down)], "a torn arrow");
    assert!(owed(&[(0, b"\x1b"), (400, b"[B")]) == [k(Esc), k(Down)]);
    for at in [200, 400] {
        assert!(owed(&[(0, b"\x1b"), (at, b"["), (900, b"\x1b[0n")]) == [k(Esc), c('['), Input::StatusReport]);
        assert!(owed(&[(0, b"\x1b"), (at, b"[")]) == [k(Esc), c('[')]);
        assert!(owed(&[(0, b"\x1b"), (at, b"[0"), (900, b"\r")]) == [k(Esc), c('['), c('0'), k(KeyCode::Enter)]);
        assert!(owed(&[(0, b"\x1b"), (at, b"["), (900, b"0"), (1500, b"n")]).last() == Some(&Input::StatusReport));
    }
}

#[test]
fn esc_is_given_out_after_a_moment_and_while_an_answer_is_owed_after_a_longer_one() {
    for (is_owed, moment) in [(false, ESC_HOLD), (true, OWED_ESC_HOLD)] {
        let (mut decoder, mut out) = (Decoder::new(), Vec::new());
        decoder.owe(is_owed);
        decoder.feed(b"\x1b", MS(1000), &mut out);
        while let Some(deadline) = decoder.deadline() {
            assert!(out.is_empty());
            decoder.tick(deadline, &mut out);
            assert_eq!(out.is_empty(), deadline < MS(1000) + moment);
        }
        assert!(out == [k(KeyCode::Esc)]);
    }
    // What is no longer owed is no longer waited for.
    let (mut decoder, mut out) = (Decoder::new(), Vec::new());
    decoder.owe(true);
    decoder.feed(b"\x1b[", MS(0), &mut out);
    decoder.owe(false);
    decoder.tick(decoder.deadline().unwrap(), &mut out);
    assert!(out == [Input::Key(Key { alt: true, ..Key::char('[') })]);
}

#[test]
fn bytes_that_are_there_win_over_a_missed_deadline() {
    let mut decoder = Decoder::new();
    let mut out = Vec::new();
    decoder.feed(b"\x1b", MS(0), &mut out);
    assert_eq!(decoder.deadline(), Some(ESC_HOLD));
    decoder.tick(MS(49), &mut out);
    decoder.feed(b"[B", MS(200), &mut out);
    assert!(out == [k(KeyCode::Down)]);
    assert_eq!(decoder.deadline(), None);
}

#[test]
fn a_paste_is_text_and_nothing_else() {
    let paste = |text: &str| Input::Paste(text.to_owned());
    assert!(decode(b"\x1b[200~one\rtwo\r\nthree\x1b[201~q") == [paste("one\ntwo\nthree"), c('q')]);
    assert!(decode(b"\x1b[200~\x03\x1b[A\x1b[200~\x1b]0;x\x07\x1b[201~") == [paste("\x03\x1b[A\x1b[200~\x1b]0;x\x07")]);
    assert!(decode(b"\x1b[200~a\x1b\x1b[20\x1b[201~") == [paste("a\x1b\x1b[20")]);
    assert!(decode(b"\x1b[200~\xff\x1b[201~") == [paste("\u{fffd}")]);
    assert!(decode(b"\x1b[200~\x1b[201~") == [paste("")]);
}

#[test]
fn a_paste_without_end_mark_gives_the_keyboard_back() {
    let got = timed(&[(0, b"\x1b[200~lost"), (1000, b"\x03"), (3100, b"\x03")]);
    assert!(got == [Input::Paste("lost\x03".to_owned()), Input::Key(Key::ctrl('c'))]);
}

#[test]
fn a_paste_is_capped_but_swallowed_to_its_end() {
    let text = "x".repeat(5 * PASTE_CAP);
    let got = decode(format!("\x1b[200~{text}\x1b[201~q").as_bytes());
    assert!(matches!(got.as_slice(), [Input::Paste(pasted), key] if pasted.len() == PASTE_CAP && *key == c('q')));
}

#[test]
fn ten_megabytes_of_noise_neither_panic_nor_pile_up() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut decoder = Decoder::new();
    let mut out = Vec::new();
    for block in 0..10_000u64 {
        let mut bytes = [0u8; 1024];
        for byte in &mut bytes {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // A third of the bytes are those that sequences are made of.
            let [first, second, ..] = state.to_le_bytes();
            *byte = if state.is_multiple_of(3) { b"\x1b[]OP_0;~<?M200"[usize::from(second) % 15] } else { first };
        }
        decoder.feed(&bytes, MS(block), &mut out);
        for input in out.drain(..) {
            assert!(!matches!(input, Input::Paste(text) if text.len() > 3 * PASTE_CAP));
        }
    }
    decoder.tick(MS(100_000), &mut out);
    out.clear();
    decoder.feed(b"q", MS(100_001), &mut out);
    assert!(out == [c('q')]);
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        prop::collection::vec(prop::sample::select(b"\x1b\x1b[]OPM_~0;12<?\x07\\$ABnRu\x03q".to_vec()), 0..12),
        prop::sample::select(vec![&b"\x1b[200~"[..], b"\x1b[201~", b"\x1b[1;5A", b"\x1b]11;x\x1b\\", "漢é".as_bytes()])
            .prop_map(<[u8]>::to_vec),
    ]
}

proptest! {
    /// Keys, answers, and every pause that a wire may make: no key is lost, none is invented.
    #[test]
    fn between_keys_and_owed_answers_the_wire_may_pause_anywhere(
        words in prop::collection::vec(prop::sample::select(vec![&b"j"[..], b"[", b"0", b"\x1b[B", b"\x1b[6~", "é".as_bytes(), b"\x1b[0n", b"\x1b[0n"]), 1..20),
        pauses in prop::collection::vec(prop_oneof![4 => Just(0u64), 2 => 1u64..60, 1 => 60u64..240], 100),
        within in prop::collection::vec(prop_oneof![8 => Just(false), 1 => Just(true)], 100),
    ) {
        let (mut pieces, mut wanted, mut now) = (Vec::new(), Vec::new(), 0);
        let mut pauses = pauses.into_iter().cycle();
        let mut within = within.into_iter().cycle();
        for word in &words {
            wanted.extend(decode(word));
            for (at, byte) in word.iter().enumerate() {
                // Long pauses only where nothing is ambiguous: not after a lone ESC, nor within what is no answer.
                let long = *word == b"\x1b[0n" && at > 1;
                now += pauses.next().unwrap() * if long { 30 } else { 1 };
                if long && within.next().unwrap() {
                    pieces.push((now, b"j".to_vec()));
                    wanted.insert(wanted.len() - 1, c('j'));
                }
                pieces.push((now, vec![*byte]));
            }
        }
        let pieces: Vec<_> = pieces.iter().map(|(at, bytes)| (*at, bytes.as_slice())).collect();
        prop_assert!(owed(&pieces) == wanted, "{pieces:?}");
    }

    #[test]
    fn how_the_bytes_are_split_changes_nothing(pieces in prop::collection::vec(piece(), 0..20), cut in 1usize..7) {
        let bytes = pieces.concat();
        let whole = decode(&bytes);
        let mut decoder = Decoder::new();
        let mut out = Vec::new();
        for part in bytes.chunks(cut) {
            decoder.feed(part, Duration::ZERO, &mut out);
        }
        prop_assert!(out == whole, "{}", bytes.escape_ascii());
    }
}
