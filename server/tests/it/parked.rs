//! Kills whose body ESI does not give now wait for it: none becomes a dead letter, none is lost by a stop, and what comes
//! with its body meanwhile goes on.

use crate::harness::{TestApp, eventually, simulator_config};
use domain::KillmailId;
use store::{DeadLetter, LetterKind};

async fn waiting(app: &TestApp) -> usize {
    app.database.store.list_waiting_letters(1_000).await.map_or(0, |letters| letters.len())
}

async fn known(app: &TestApp, ids: &[i64]) -> usize {
    let ids: Vec<KillmailId> = ids.iter().copied().map(KillmailId).collect();
    app.database.store.filter_known_ids(&ids).await.map_or(0, |known| known.len())
}

fn kinds(letters: &[DeadLetter]) -> Vec<LetterKind> {
    letters.iter().map(|letter| letter.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_wait_for_esi_and_their_wait_survives_a_restart() {
    let app = TestApp::start("evekill").await;
    // So that nothing but the letters can bring the kills back.
    app.simulator.set_outage("r2z2", true);
    app.simulator.set_outage("esi", true);
    let first = app.simulator.emit(20);
    eventually("all wait", || async { waiting(&app).await == 20 }).await;
    let letters = app.dead_letters().await;
    assert_eq!(kinds(&letters), [LetterKind::Waiting; 20], "no dead letter");
    assert!(letters.iter().all(|letter| letter.position.is_some()), "the feed has gone on past them");
    assert_eq!(app.database.store.count_dead_letters().await.expect("a count"), 0);
    assert_eq!(known(&app, &first).await, 0);

    let app = app.restart("evekill", |simulator| simulator.set_outage("esi", false)).await;
    eventually("what waited before the restart is stored", || async { known(&app, &first).await == 20 }).await;
    assert_eq!(app.dead_letters().await, [], "and waits no more");

    app.simulator.set_outage("esi", true);
    let second = app.simulator.emit(5);
    eventually("more wait", || async { waiting(&app).await == 5 }).await;
    app.simulator.set_outage("esi", false);
    eventually("they are stored in their turn", || async { known(&app, &second).await == 5 }).await;
    let window = app.running.services.window();
    assert!(second.iter().all(|id| window.find(KillmailId(*id)).is_some()), "and shown");
    assert_eq!(app.dead_letters().await, []);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_budget_stops_neither_the_feed_nor_kills_that_come_with_their_body() {
    let mut config = simulator_config();
    config.limits.esi_killmail_tokens = 60;
    let app = TestApp::start_with("wanderer,r2z2", config).await;
    let mut emitted = app.simulator.emit(40);
    eventually("the budget is spent", || async { waiting(&app).await + known(&app, &emitted).await == 40 }).await;
    let (parked, stored) = (waiting(&app).await, known(&app, &emitted).await);
    assert!(parked >= 10 && stored >= 10, "{parked} of 60 tokens wait, {stored} are stored");
    assert_eq!(kinds(&app.dead_letters().await), vec![LetterKind::Waiting; parked]);

    // R2Z2 brings bodies: for new kills, and for those that wait if it comes to them.
    app.simulator.set_outage("wanderer", true);
    eventually("the fallback delivers", || async {
        app.running.services.feed_status().active == Some(domain::Source::R2z2)
    })
    .await;
    let new = app.simulator.emit(10);
    app.simulator.publish_sequence();
    eventually("new kills are stored", || async { known(&app, &new).await == 10 }).await;
    emitted.extend(new);
    eventually("nothing is lost", || async { waiting(&app).await + known(&app, &emitted).await == 50 }).await;
    app.stop().await;
}
