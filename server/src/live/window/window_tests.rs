//! The counters behind the sparkline; who is told of an amendment, and which kills it finds.

use super::*;
use crate::live::testing;
use chrono::TimeDelta;
use domain::{Enrichment, FitFacts};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_timestamp(1_700_000_040 + minute * 60, 0).expect("a time")
}

/// A kill that happened and one that arrived at these minutes.
fn publish(window: &Window, static_data: &StaticData, id: i64, happened: i64, arrived: i64) {
    let payload = serde_json::json!({
        "killmail_id": id, "killmail_time": at(happened), "solar_system_id": 30_000_142,
        "victim": {"ship_type_id": 587, "damage_taken": 1},
        "attackers": [{"final_blow": true, "damage_done": 1, "security_status": 0.0}],
    })
    .to_string();
    window.publish(testing::record(&payload, static_data, at(arrived)), &|_| None, static_data, false);
}

#[test]
fn kills_count_for_the_minute_they_arrived_and_late_ones_for_that_of_the_loss() {
    let window = Window::new(broadcast::channel(100).0);
    let static_data = StaticData::bundled();
    let mut id = 0;
    let mut kill = |happened, arrived| {
        id += 1;
        publish(&window, &static_data, id, happened, arrived);
    };
    kill(58, 59); // usual
    kill(54, 59); // five minutes are usual as well
    kill(10, 59); // history that came at once
    kill(10, 59);
    kill(30, 59);
    kill(-70, 59); // longer ago than is shown
    let stats = window.stats(at(60), 0);
    let counted: Vec<(usize, u32)> =
        stats.minutes.iter().enumerate().filter(|(_, bucket)| bucket.kills > 0).map(|(i, b)| (i, b.kills)).collect();
    assert_eq!(counted, [(10, 2), (30, 1), (59, 2)]);
    assert_eq!(stats.kills_last_hour, 5);
}

/// What is told: the numbers of rows, and of kills whose pages ask again.
fn changes(events: &mut broadcast::Receiver<LiveEvent>) -> (Vec<u64>, Vec<i64>) {
    let (mut of_rows, mut of_pages) = (Vec::new(), Vec::new());
    while let Ok(event) = events.try_recv() {
        if let LiveEvent::Changed { rows, pages } = event {
            of_rows.extend(rows.iter().map(|kill| kill.seq));
            of_pages.extend(pages.iter().map(|id| id.0));
        }
    }
    (of_rows, of_pages)
}

#[test]
fn who_is_told_of_a_new_enrichment_depends_on_what_it_changes() {
    let window = Window::new(broadcast::channel(100).0);
    let static_data = StaticData::bundled();
    publish(&window, &static_data, 7, 58, 59);
    publish(&window, &static_data, 8, -70, 59); // late: on no live list
    let mut events = window.subscribe();
    let mut amend = |id: i64, change: &dyn Fn(&mut Enrichment)| {
        let mut enrichment = window.find(KillmailId(id)).expect("here").record.enrichment.clone();
        enrichment.enriched_at += TimeDelta::seconds(1);
        change(&mut enrichment);
        let names = |_: i64| None;
        let amendment = Amendment::Enrichment { enrichment: &enrichment, names: &names, static_data: &static_data };
        (window.amend(KillmailId(id), amendment).is_some(), changes(&mut events))
    };
    assert_eq!(amend(7, &|_| {}), (true, (vec![], vec![])), "computed again, and nothing is different");
    assert_eq!(amend(7, &|it| it.labels.push("pvp".to_owned())), (true, (vec![], vec![7])), "no row shows labels");
    assert_eq!(amend(7, &|it| it.is_solo = !it.is_solo), (true, (vec![1], vec![7])));
    assert_eq!(amend(8, &|it| it.is_solo = !it.is_solo), (true, (vec![], vec![8])));
    let older = |it: &mut Enrichment| it.enriched_at -= TimeDelta::hours(1);
    assert_eq!(amend(7, &older), (false, (vec![], vec![])), "the newer one counts");
}

#[test]
fn a_fit_finds_its_kills_also_after_they_were_amended() {
    let window = Window::new(broadcast::channel(100).0);
    let static_data = StaticData::bundled();
    for id in [1, 2] {
        publish(&window, &static_data, id, 58, 59);
    }
    let hash = window.find(KillmailId(1)).and_then(|kill| kill.record.enrichment.fit.hash).expect("a hash");
    let ids = |of: FitHash| window.with_fit(of).iter().map(|id| id.0).collect::<Vec<_>>();
    assert_eq!(ids(hash), [1, 2], "the same ship with nothing fitted");
    // Newer static data make another fit of it.
    let other: FitHash = "0123456789abcdef0123456789abcdef".parse().expect("a hash");
    let mut enrichment = window.find(KillmailId(1)).expect("here").record.enrichment.clone();
    enrichment.fit = FitFacts::unknown(other);
    let names = |_: i64| None;
    window.amend(
        KillmailId(1),
        Amendment::Enrichment { enrichment: &enrichment, names: &names, static_data: &static_data },
    );
    assert_eq!((ids(hash), ids(other)), (vec![2], vec![1]));
    let facts = FitFacts { engine_build: Some("engine".to_owned()), ehp: Some(9), ..FitFacts::unknown(hash) };
    let fitted = window.amend_all([1, 2].map(|id| (KillmailId(id), Amendment::Fit(&facts))));
    assert_eq!(fitted.iter().map(|kill| kill.summary.killmail_id.0).collect::<Vec<_>>(), [2], "not of another fit");
    // An enrichment that does not know the fit leaves what is known.
    enrichment.fit = FitFacts::unknown(hash);
    let again = Amendment::Enrichment { enrichment: &enrichment, names: &names, static_data: &static_data };
    assert_eq!(window.amend(KillmailId(2), again).and_then(|kill| kill.summary.ehp), Some(9));
}
