use super::{list::MAX_PENDING, rows::key, *};
use contract::{ClientMessage, ErrorCode, NamePatch, ServerMessage, live::Since};
use domain::{
    CharacterId, FinalBlow, HullKind, KillFilter, KillSummary, KillmailId, Named, Party, Place, ShipRef, SolarSystemId,
    Source, Timestamp, TypeId,
};
use proptest::prelude::*;
use std::collections::HashSet;

fn kill_at(id: i64, seconds: i64) -> KillSummary {
    KillSummary {
        killmail_id: KillmailId(id),
        hash: None,
        killmail_time: Timestamp::from_timestamp(1_700_000_000 + seconds, 0).unwrap(),
        place: Place {
            solar_system_id: SolarSystemId(30_000_142),
            name: None,
            security: None,
            band: None,
            wormhole_class: None,
            constellation_id: None,
            region_id: None,
            region_name: None,
        },
        location_id: None,
        war_id: None,
        victim: Party { character: Some(Named::unnamed(CharacterId(id + 90_000_000))), ..Party::default() },
        ship: ShipRef { type_id: TypeId(587), name: None, group_id: None, group_name: None, kind: HullKind::Ship },
        final_blow: Some(FinalBlow { party: Party::default(), ship: None, weapon: None }),
        attacker_count: 1,
        player_attacker_count: 1,
        total_value: None,
        unpriced_types: 0,
        is_solo: false,
        is_npc: false,
        is_awox: false,
        module_tags: Vec::new(),
        ehp: None,
        dps: None,
        fit_is_lower_bound: false,
        tank: None,
        source: Source::R2z2,
        received_at: Timestamp::from_timestamp(1_700_000_000, 0).unwrap(),
        enrichment_failed: false,
    }
}

fn kill(id: i64) -> KillSummary {
    kill_at(id, id)
}

fn ids(rows: &[Row]) -> Vec<i64> {
    rows.iter().map(|row| row.kill.killmail_id.0).collect()
}

fn message(message: ServerMessage) -> Input {
    Input::Message(Box::new(message))
}

fn hello(node: &str) -> Input {
    message(ServerMessage::Hello { protocol: 1, node: node.to_owned(), time: Timestamp::UNIX_EPOCH })
}

fn batch(seq: u64, kills: Vec<KillSummary>) -> Input {
    message(ServerMessage::Batch { seq, kills, skipped: 0, names: Vec::new() })
}

fn snapshot(seq: u64, kills: Vec<KillSummary>) -> Input {
    message(ServerMessage::Snapshot { kills, seq, is_gap_fill: false })
}

fn seed(kills: Vec<KillSummary>) -> Input {
    Input::Seed { filter: KillFilter::default(), kills, is_history: false, stats: None }
}

/// Seeded with kills 3, 2, 1 and connected to node `a`.
fn online() -> LiveState {
    let mut state = LiveState::default();
    state.apply(seed(vec![kill(3), kill(2), kill(1)]));
    state.apply(Input::Connecting);
    state.apply(hello("a"));
    state.apply(snapshot(3, vec![kill(3), kill(2), kill(1)]));
    state
}

#[test]
fn hello_subscribes_and_the_snapshot_changes_nothing_that_is_there() {
    let mut state = LiveState::default();
    state.apply(seed(vec![kill(1)]));
    let effects = state.apply(hello("a"));
    assert_eq!(effects, [Command::Send(ClientMessage::Subscribe { filter: KillFilter::default(), since: None })]);
    let rows = state.list.rows.clone();
    let effects = state.apply(snapshot(1, vec![kill(1)]));
    assert_eq!(effects, [Command::Send(ClientMessage::Ack { seq: 1 })]);
    assert_eq!(state.list.rows, rows);
    assert_eq!(state.feed.connection, Connection::Online);
}

#[test]
fn new_kills_enter_on_top_once_and_are_marked() {
    let mut state = online();
    state.apply(batch(4, vec![kill(4), kill(3)]));
    state.apply(batch(4, vec![kill(4)]));
    assert_eq!(ids(&state.list.rows), [4, 3, 2, 1]);
    assert!(state.list.rows[0].is_new && !state.list.rows[1].is_new);
}

#[test]
fn late_kills_take_their_place_in_the_order() {
    let mut state = online();
    state.apply(batch(4, vec![kill_at(9, 2)]));
    assert_eq!(ids(&state.list.rows), [3, 9, 2, 1]);
}

#[test]
fn what_is_older_than_the_end_of_a_full_page_is_left_to_the_next_page() {
    let page = |newest: i64| (newest - 99..=newest).rev().map(kill).collect::<Vec<_>>();
    let mut state = LiveState::default();
    state.apply(seed(page(300)));
    state.apply(hello("a"));
    state.apply(snapshot(1, page(300)));
    state.apply(batch(2, vec![kill(301), kill(150)])); // a late one among them
    state.apply(batch(0, vec![kill(199), kill(250)])); // their prices came
    assert_eq!(ids(&state.list.rows), (201..=301).rev().collect::<Vec<_>>(), "no hole at the end");

    // So too after a gap, when the list starts afresh.
    state.apply(snapshot(9, page(600)));
    state.apply(batch(0, vec![kill(420)]));
    assert_eq!(ids(&state.list.rows), (501..=600).rev().collect::<Vec<_>>());

    // A page that is not full has everything: what passes its filter late belongs to it.
    let mut state = online();
    state.apply(batch(0, vec![kill(0)]));
    assert_eq!(ids(&state.list.rows), [3, 2, 1, 0]);
}

#[test]
fn a_kill_with_a_new_value_is_drawn_again_where_it_is() {
    let revalued = |id| KillSummary { total_value: Some(domain::Isk::from_isk(7)), ..kill(id) };
    let mut state = online();
    let commands = state.apply(batch(0, vec![revalued(2)]));
    assert_eq!((ids(&state.list.rows), commands), (vec![3, 2, 1], vec![]), "no number, no acknowledgement");
    assert_eq!((state.list.rows[1].revision, state.list.rows[1].kill.total_value), (1, Some(domain::Isk::from_isk(7))));
    state.apply(batch(0, vec![revalued(4)]));
    assert_eq!(ids(&state.list.rows), [4, 3, 2, 1], "it passes the filter now");

    state.apply(Input::User(UserAction::TogglePause));
    state.apply(batch(5, vec![kill(5)]));
    state.apply(batch(0, vec![revalued(5), revalued(3), revalued(0)]));
    assert_eq!((ids(&state.list.rows), ids(&state.list.pending)), (vec![4, 3, 2, 1], vec![5]));
    assert_eq!(state.list.rows[1].revision + state.list.pending[0].revision, 2);
}

#[test]
fn held_lists_do_not_move_and_release_in_order() {
    for hold in [UserAction::TogglePause, UserAction::Scrolled(true), UserAction::PointedAt(true)] {
        let mut state = online();
        state.apply(Input::User(hold));
        state.apply(batch(5, vec![kill(5), kill(4)]));
        assert_eq!(ids(&state.list.rows), [3, 2, 1]);
        assert_eq!(state.list.waiting(), 2);
        assert_eq!(state.list.waiting_to_tell(), if hold == UserAction::PointedAt(true) { 0 } else { 2 });
        state.apply(Input::User(UserAction::ShowPending));
        assert_eq!(ids(&state.list.rows), [5, 4, 3, 2, 1]);
        assert_eq!(state.list.waiting(), 0);
        assert!(!state.list.is_held());
    }
}

#[test]
fn waiting_kills_are_capped_and_counted_and_leave_no_hidden_gap() {
    let mut state = online();
    state.apply(Input::User(UserAction::TogglePause));
    for id in 10..(10 + MAX_PENDING as i64 + 50) {
        state.apply(batch(id as u64, vec![kill(id)]));
    }
    assert_eq!(state.list.pending.len(), MAX_PENDING);
    assert_eq!(state.list.waiting(), MAX_PENDING as u64 + 50);
    state.apply(Input::User(UserAction::TogglePause));
    assert_eq!(state.list.rows.len(), MAX_ROWS);
    assert!(!ids(&state.list.rows).contains(&3), "the old rows would hide 50 kills between");
}

#[test]
fn a_reconnect_to_the_same_node_asks_for_what_was_missed_only() {
    let mut state = online();
    state.apply(Input::Disconnected);
    assert_eq!(state.feed.connection, Connection::Lost);
    let effects = state.apply(hello("a"));
    let since = Some(Since { node: "a".to_owned(), seq: 3 });
    assert_eq!(effects, [Command::Send(ClientMessage::Subscribe { filter: KillFilter::default(), since })]);
    state.apply(message(ServerMessage::Snapshot { kills: vec![kill(7)], seq: 7, is_gap_fill: true }));
    assert_eq!(ids(&state.list.rows), [7, 3, 2, 1]);
}

#[test]
fn another_node_or_a_resync_gets_a_fresh_snapshot() {
    let mut state = online();
    state.apply(Input::Disconnected);
    let effects = state.apply(hello("b"));
    assert!(matches!(&effects[..], [Command::Send(ClientMessage::Subscribe { since: None, .. })]));
    state.apply(snapshot(90, vec![kill(90), kill(89)]));
    assert_eq!(ids(&state.list.rows), [90, 89], "nothing in common: joining would hide a gap");
    let effects = state.apply(message(ServerMessage::Resync { reason: "too slow".to_owned() }));
    assert!(matches!(&effects[..], [Command::Send(ClientMessage::Subscribe { since: None, .. })]));
}

#[test]
fn what_was_missed_while_held_is_not_hidden_between_old_rows_and_new_ones() {
    for hold in [UserAction::TogglePause, UserAction::Scrolled(true), UserAction::PointedAt(true)] {
        let mut state = online();
        state.apply(Input::User(hold));
        state.apply(batch(5, vec![kill(5), kill(4)]));
        state.apply(Input::Disconnected);
        state.apply(hello("a"));
        state.apply(snapshot(90, vec![kill(90), kill(89)]));
        assert_eq!(
            (ids(&state.list.rows), ids(&state.list.pending), state.list.waiting()),
            (vec![3, 2, 1], vec![90, 89], 4)
        );
        state.apply(batch(91, vec![kill(91)]));
        state.apply(Input::User(UserAction::ShowPending));
        assert_eq!(ids(&state.list.rows), [91, 90, 89], "6 to 88 were missed: older pages begin below 89");
        state.apply(Input::User(UserAction::TogglePause));
        state.apply(batch(92, vec![kill(92)]));
        state.apply(Input::User(UserAction::TogglePause));
        assert_eq!(ids(&state.list.rows), [92, 91, 90, 89], "nothing is missing any more");
    }
}

#[test]
fn a_snapshot_that_reaches_the_list_or_what_waits_leaves_no_gap() {
    let mut state = online();
    state.apply(Input::User(UserAction::TogglePause));
    state.apply(batch(5, vec![kill(5), kill(4)]));
    state.apply(snapshot(7, vec![kill(7), kill(6), kill(5)]));
    state.apply(message(ServerMessage::Snapshot { kills: vec![kill(8)], seq: 8, is_gap_fill: true }));
    state.apply(Input::User(UserAction::TogglePause));
    assert_eq!(ids(&state.list.rows), [8, 7, 6, 5, 4, 3, 2, 1]);

    state.apply(Input::User(UserAction::TogglePause));
    state.apply(snapshot(20, vec![kill(20)]));
    state.apply(snapshot(20, (8..=20).rev().map(kill).collect()));
    state.apply(Input::User(UserAction::TogglePause));
    assert_eq!(ids(&state.list.rows), (1..=20).rev().collect::<Vec<_>>(), "the second one closes the gap");
}

#[test]
fn a_new_filter_ignores_what_the_old_subscription_still_sends() {
    let mut state = online();
    let filter = KillFilter { solo: Some(true), ..KillFilter::default() };
    let effects = state.apply(Input::Seed { filter: filter.clone(), kills: vec![], is_history: false, stats: None });
    assert_eq!(effects, [Command::Send(ClientMessage::Subscribe { filter, since: None })]);
    assert!(state.apply(batch(4, vec![kill(4)])).is_empty());
    assert!(state.list.rows.is_empty());
    state.apply(snapshot(4, vec![kill(2)]));
    assert_eq!(ids(&state.list.rows), [2]);
}

#[test]
fn history_never_moves() {
    let mut state = online();
    state.apply(Input::Seed { filter: KillFilter::default(), kills: vec![kill(1)], is_history: true, stats: None });
    state.apply(snapshot(4, vec![kill(4)]));
    state.apply(Input::User(UserAction::ShowPending));
    assert_eq!(ids(&state.list.rows), [1]);
    assert_eq!(state.list.waiting(), 1);
}

#[test]
fn elsewhere_no_kills_are_asked_for() {
    let mut state = online();
    let effects = state.apply(Input::Leave);
    let [Command::Send(ClientMessage::Subscribe { filter, since: None })] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(filter.to, Some(Timestamp::UNIX_EPOCH));
    state.apply(snapshot(9, vec![]));
    assert_eq!(ids(&state.list.rows), [3, 2, 1]);
}

#[test]
fn names_that_become_known_redraw_their_rows_only() {
    let mut state = online();
    let names = vec![NamePatch { id: 90_000_002, name: "Jita Joe".to_owned() }];
    state.apply(message(ServerMessage::Batch { seq: 0, kills: vec![], skipped: 3, names }));
    assert_eq!(state.list.rows.iter().map(|row| row.revision).collect::<Vec<_>>(), [0, 1, 0]);
    assert_eq!(state.list.rows[1].kill.victim.character.as_ref().unwrap().name.as_deref(), Some("Jita Joe"));
    assert_eq!(state.list.skipped, 3);
}

#[test]
fn selection_steps_through_rows_and_follows_its_kill() {
    let mut state = online();
    assert_eq!(state.apply(Input::User(UserAction::SelectNext)), [Command::Reveal(KillmailId(3))]);
    state.apply(Input::User(UserAction::SelectNext));
    state.apply(batch(4, vec![kill(4)]));
    assert_eq!(state.list.selected_kill().unwrap().killmail_id, KillmailId(2));
    state.apply(Input::User(UserAction::SelectPrevious));
    assert_eq!(state.list.selected, Some(KillmailId(3)));
    assert!(LiveState::default().apply(Input::User(UserAction::SelectNext)).is_empty());
}

#[test]
fn a_refusal_is_shown_and_the_stream_goes_on() {
    let mut state = online();
    state.apply(message(ServerMessage::Error {
        code: ErrorCode::TooMany,
        message: "Too many.".to_owned(),
        path: None,
    }));
    assert_eq!(state.feed.notice.as_deref(), Some("Too many."));
    state.apply(batch(4, vec![kill(4)]));
    assert_eq!(ids(&state.list.rows), [4, 3, 2, 1]);
}

fn any_input() -> impl Strategy<Value = Input> {
    let kills = || prop::collection::vec((0_i64..600, 0_i64..300).prop_map(|(id, at)| kill_at(id, at)), 0..40);
    prop_oneof![
        8 => (1_u64..1_000, kills()).prop_map(|(seq, kills)| batch(seq, kills)),
        2 => (1_u64..1_000, kills(), any::<bool>()).prop_map(|(seq, kills, is_gap_fill)| {
            message(ServerMessage::Snapshot { kills, seq, is_gap_fill })
        }),
        1 => kills().prop_map(seed),
        1 => kills().prop_map(|kills| {
            Input::Seed { filter: KillFilter::default(), kills, is_history: true, stats: None }
        }),
        1 => Just(hello("a")),
        1 => Just(Input::Disconnected),
        1 => Just(Input::Leave),
        1 => Just(message(ServerMessage::Resync { reason: String::new() })),
        2 => Just(Input::User(UserAction::TogglePause)),
        2 => any::<bool>().prop_map(|is_scrolled| Input::User(UserAction::Scrolled(is_scrolled))),
        2 => any::<bool>().prop_map(|is_pointed_at| Input::User(UserAction::PointedAt(is_pointed_at))),
        1 => Just(Input::User(UserAction::ShowPending)),
        1 => Just(Input::User(UserAction::SelectNext)),
        1 => Just(Input::User(UserAction::SelectPrevious)),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_the_list_is_sorted_unique_and_bounded(inputs in prop::collection::vec(any_input(), 1..60)) {
        let mut state = LiveState::default();
        for input in inputs {
            let before = ids(&state.list.rows);
            let was_held = state.list.is_held();
            let is_stream = matches!(&input, Input::Message(_));
            state.apply(input);
            for rows in [&state.list.rows, &state.list.pending] {
                prop_assert!(rows.windows(2).all(|pair| key(&pair[0].kill) > key(&pair[1].kill)));
            }
            let unique: HashSet<i64> = ids(&state.list.rows).into_iter().chain(ids(&state.list.pending)).collect();
            prop_assert_eq!(unique.len(), state.list.rows.len() + state.list.pending.len());
            prop_assert!(state.list.rows.len() <= MAX_ROWS && state.list.pending.len() <= MAX_PENDING);
            prop_assert!(state.list.is_held() || state.list.waiting() == 0);
            if is_stream && was_held {
                let mut now = ids(&state.list.rows);
                let mut then = before;
                now.sort_unstable();
                then.sort_unstable();
                prop_assert_eq!(now, then, "a held list keeps its kills");
            }
        }
    }
}

#[test]
fn a_kill_page_watches_its_kill_across_reconnects() {
    let report = |hash: char| domain::FitReport {
        fit_hash: hash.to_string().repeat(32).parse().expect("a hash"),
        outcome: None,
        engine_build: String::new(),
    };
    let at = |second| Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(second);
    let kill = |second| Watched { killmail_id: KillmailId(7), enriched_at: at(second) };
    let watch = |second| {
        let (killmail_id, enriched_at) = (Some(KillmailId(7)), Some(at(second)));
        Command::Send(ClientMessage::Watch { killmail_id, enriched_at })
    };
    let mut state = LiveState::default();
    assert!(state.apply(Input::Watch(Some(kill(1)))).is_empty(), "there is no connection yet");
    let hello = || {
        let (node, time) = ("a".to_owned(), Timestamp::UNIX_EPOCH);
        Input::Message(Box::new(ServerMessage::Hello { protocol: 1, node, time }))
    };
    assert!(state.apply(hello()).contains(&watch(1)));
    state.apply(Input::Disconnected);
    assert!(state.apply(hello()).contains(&watch(1)), "asked again");
    let fit =
        |id, hash| Input::Message(Box::new(ServerMessage::Fit { killmail_id: KillmailId(id), report: report(hash) }));
    state.apply(fit(8, 'b'));
    assert!(state.watch.fit.is_none(), "another kill's");
    state.apply(fit(7, 'a'));
    assert_eq!(state.watch.fit, Some((KillmailId(7), report('a'))));
    let changed = |id| Input::Message(Box::new(ServerMessage::Changed { killmail_id: KillmailId(id) }));
    state.apply(changed(8));
    assert_eq!(state.watch.outdated, None, "another kill's");
    state.apply(changed(7));
    assert_eq!(state.watch.outdated, Some(kill(1)));
    assert_eq!(state.apply(Input::Watch(Some(kill(2)))), [watch(2)], "what the page shows now");
    state.apply(changed(7));
    assert_eq!(state.watch.outdated, Some(kill(2)), "and again");
    let nothing = Command::Send(ClientMessage::Watch { killmail_id: None, enriched_at: None });
    assert_eq!(state.apply(Input::Watch(None)), [nothing]);
    assert!(state.watch.fit.is_none());
}
