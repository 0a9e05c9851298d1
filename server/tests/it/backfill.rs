//! History from the simulated archives: exact, once, silent, resumable, and honest about damage.

use crate::harness::{self, TestApp, eventually};
use chrono::NaiveDate;
use domain::{Killmail, KillmailId, Source};
use server::{
    commands::backfill::{Backfill, SourceName, bring_in},
    config::Config,
    live::LiveEvent,
};
use simulator::{Fault, Simulator};
use std::collections::{BTreeMap, BTreeSet};
use store::{BackfillState, Store, testing::TestDatabase};
use tokio_util::sync::CancellationToken;

/// Emits kills of three days ago and gives them by day: a run around midnight has two.
fn emit_old(simulator: &Simulator, count: usize) -> BTreeMap<NaiveDate, Vec<KillmailId>> {
    simulator.set_fault(Fault::OldKill, 1.0);
    let ids = simulator.emit(count);
    simulator.set_fault(Fault::OldKill, 0.0);
    let mut days: BTreeMap<NaiveDate, Vec<KillmailId>> = BTreeMap::new();
    for id in ids {
        let (body, _) = simulator.killmail(id).expect("kept");
        let killmail = Killmail::decode(&body, chrono::Utc::now()).expect("a killmail");
        days.entry(killmail.killmail_time.date_naive()).or_default().push(KillmailId(id));
    }
    days
}

fn config(simulator: &Simulator, database: &TestDatabase) -> Config {
    let mut variables = harness::variables(simulator, "r2z2");
    variables.insert("DATABASE_URL".to_owned(), database.url());
    Config::from_variables(&variables).expect("valid variables")
}

fn all_of<K: Ord + Copy>(days: &BTreeMap<K, Vec<KillmailId>>) -> Vec<KillmailId> {
    days.values().flatten().copied().collect()
}

fn request(days: &BTreeMap<NaiveDate, Vec<KillmailId>>, source: SourceName) -> Backfill {
    let (from, to) = (days.keys().next().copied(), days.keys().last().copied());
    Backfill { day: None, from, to, file: None, source, again: false, workers: 2 }
}

async fn known(store: &Store, ids: &[KillmailId]) -> usize {
    store.filter_known_ids(ids).await.expect("known ids").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backfilled_day_beside_the_live_feed_is_stored_once_and_told_to_nobody() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    // Before the server starts, so that only the archive has them.
    let days = emit_old(&simulator, 700);
    simulator.publish_sequence();
    let old = all_of(&days);
    let app = TestApp::start_on("r2z2", simulator).await;
    let mut events = app.running.services.window().subscribe();
    let config = config(&app.simulator, &app.database);

    // Two at once, while live kills come in.
    let (request, stop) = (request(&days, SourceName::Everef), CancellationToken::new());
    let live = app.simulator.emit(50);
    app.simulator.publish_sequence();
    let (first, second) = tokio::join!(bring_in(&config, &request, &stop), bring_in(&config, &request, &stop));
    let (first, second) = (first.expect("read"), second.expect("read"));
    assert_eq!(first.stored + second.stored, old.len() as u64, "{first:?} {second:?}");
    assert_eq!(first.refused + second.refused, 0);
    assert_eq!(known(&app.database.store, &old).await, old.len());
    let live_ids: Vec<KillmailId> = live.iter().copied().map(KillmailId).collect();
    eventually("live kills are stored", || async { known(&app.database.store, &live_ids).await == live.len() }).await;
    assert_eq!(app.stored().await, (old.len() + live.len()) as u64, "and no other");

    let record = app.database.store.find_kill(old[0]).await.expect("answer").expect("stored");
    assert_eq!((record.source, record.enrichment.failed_at), (Source::Archive, None));
    assert!(record.enrichment.valuation.total_value.is_some());
    // Some members tell their hash.
    let with_hash = old.iter().find(|id| id.0 % 4 == 1).expect("some do");
    let told = app.database.store.find_kill(*with_hash).await.expect("answer").expect("stored").hash;
    assert_eq!(told.map(|hash| hash.to_string()), app.simulator.killmail(with_hash.0).map(|(_, hash)| hash));

    let mut told = BTreeSet::new();
    while told.len() < live.len() {
        if let LiveEvent::Kill(kill) = events.recv().await.expect("an event") {
            told.insert(kill.summary.killmail_id.0);
        }
    }
    assert_eq!(told, live.iter().copied().collect(), "live kills only");
    assert!(old.iter().all(|id| app.running.services.window().find(*id).is_none()));

    // Finished days are left alone; read again on demand, and then only if they changed.
    let again = bring_in(&config, &request, &stop).await.expect("nothing to do");
    assert_eq!(again.seen, 0);
    let forced = Backfill { again: true, ..request.clone() };
    assert_eq!(bring_in(&config, &forced, &stop).await.expect("unchanged").seen, 0);
    let late = emit_old(&app.simulator, 5);
    app.simulator.publish_sequence();
    let news = bring_in(&config, &Backfill { to: late.keys().last().copied(), ..forced }, &stop).await.expect("read");
    assert!(news.seen >= 5, "{news:?}");
    let late = all_of(&late);
    eventually("late kills are in", || async { known(&app.database.store, &late).await == late.len() }).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_or_damaged_day_is_not_finished_and_goes_on() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    let database = TestDatabase::create().await;
    let config = config(&simulator, &database);
    let days = emit_old(&simulator, 1_200);
    let ids = all_of(&days);
    let day = *days.keys().next().expect("a day");
    let request = request(&days, SourceName::Everef);
    let state = async || database.store.find_backfill("everef", day).await.expect("answer").map(|day| day.state);

    for (fault, reason) in [(Fault::DamagedArchive, "damaged"), (Fault::TruncatedChunk, "closed")] {
        simulator.set_fault(fault, 1.0);
        let error = bring_in(&config, &request, &CancellationToken::new()).await.expect_err("damaged");
        simulator.set_fault(fault, 0.0);
        let message = format!("{error:#}");
        assert!(message.contains(&day.to_string()) && message.contains(reason), "{message}");
        assert_eq!(state().await, Some(BackfillState::Failed));
    }
    let stopped = CancellationToken::new();
    stopped.cancel();
    let day_only = Backfill { day: Some(day), from: None, to: None, ..request.clone() };
    // Stopped before it began: nothing happens. Stopped in the middle: what was read is kept.
    assert_eq!(bring_in(&config, &day_only, &stopped).await.expect("stopped").seen, 0);
    let some = database.store.status().await.expect("status").kills_total;
    assert!(some < ids.len() as u64);
    let stop = CancellationToken::new();
    let (interrupted, ()) = tokio::join!(bring_in(&config, &request, &stop), async {
        eventually("some are stored", || async {
            database.store.status().await.expect("status").kills_total > some
                || state().await == Some(BackfillState::Finished)
        })
        .await;
        stop.cancel();
    });
    interrupted.expect("interruption is no error");

    let rest = bring_in(&config, &request, &CancellationToken::new()).await.expect("the rest");
    assert_eq!(known(&database.store, &ids).await, ids.len());
    assert_eq!(database.store.status().await.expect("status").kills_total, ids.len() as u64);
    assert!(rest.stored + rest.known <= ids.len() as u64);
    assert_eq!(state().await, Some(BackfillState::Finished));

    // A day nobody has.
    let nothing = Backfill { day: day.pred_opt().and_then(|day| day.pred_opt()), from: None, to: None, ..request };
    let error = bring_in(&config, &nothing, &CancellationToken::new()).await.expect_err("no archive");
    assert!(format!("{error:#}").contains("no such thing"), "{error:#}");
    simulator.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_days_and_files_are_read_and_bad_members_become_letters() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    let database = TestDatabase::create().await;
    let config = config(&simulator, &database);
    let days = emit_old(&simulator, 300);
    let ids = all_of(&days);
    let stop = CancellationToken::new();

    simulator.set_fault(Fault::MalformedJson, 0.1);
    let archived = bring_in(&config, &request(&days, SourceName::Everef), &stop).await.expect("read");
    simulator.set_fault(Fault::MalformedJson, 0.0);
    assert!(archived.refused > 0 && archived.stored + archived.refused == ids.len() as u64, "{archived:?}");
    let letters = database.store.list_dead_letters(1_000).await.expect("letters");
    assert_eq!(letters.len() as u64, archived.refused);
    assert!(letters.iter().all(|letter| letter.source == Source::Archive && letter.killmail_id.is_some()));

    let raw = bring_in(&config, &request(&days, SourceName::R2z2), &stop).await.expect("read");
    assert_eq!((raw.stored, raw.known, raw.refused), (archived.refused, archived.stored, 0));
    assert_eq!(known(&database.store, &ids).await, ids.len());
    let brought = letters[0].killmail_id.expect("checked above");
    let record = database.store.find_kill(brought).await.expect("answer").expect("stored");
    assert!(record.hash.is_some(), "from the day's index");

    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("kills.jsonl");
    let more = simulator.emit(20);
    let lines: Vec<String> = more
        .iter()
        .map(|id| {
            let (body, hash) = simulator.killmail(*id).expect("kept");
            format!(r#"{{"killmail_id":{id},"hash":"{hash}","killmail":{body},"zkb":{{"totalValue":12.5,"labels":["pvp"]}}}}"#)
        })
        .collect();
    std::fs::write(&path, lines.join("\n")).expect("written");
    let file = Backfill { from: None, to: None, file: Some(path.clone()), ..request(&days, SourceName::Everef) };
    let first = bring_in(&config, &file, &stop).await.expect("read");
    let second = bring_in(&config, &file, &stop).await.expect("read");
    assert_eq!((first.stored, second.stored, second.known), (20, 0, 20));
    let record = database.store.find_kill(KillmailId(more[0])).await.expect("answer").expect("stored");
    assert_eq!(record.enrichment.labels, ["pvp"]);
    assert_eq!(record.enrichment.reported_value.map(|isk| isk.hundredths()), Some(1_250));
    assert!(!database.store.take_wanted_names(5).await.expect("names").is_empty(), "left for the server");

    let missing = Backfill { file: Some(folder.path().join("none")), ..file };
    assert!(format!("{:#}", bring_in(&config, &missing, &stop).await.expect_err("no file")).contains("none"));
    simulator.shutdown().await;
}
