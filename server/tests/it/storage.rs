//! A database that refuses for reasons that are not in the data: kills wait for it, none is given up.

use crate::harness::{TestApp, eventually};
use domain::KillmailId;
use store::testing::rename_column;

/// What the server says on `/metrics`.
async fn retries(app: &TestApp) -> u64 {
    let metrics = app.get("/metrics").await.text().await.expect("text");
    let line = metrics.lines().find_map(|line| line.strip_prefix("persist_retries_total "));
    line.map_or(0, |count| count.parse().expect("a count"))
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_wait_while_the_schema_is_of_another_version() {
    let app = TestApp::start("r2z2").await;
    let store = &app.database.store;
    rename_column(store, "killmails_enriched", "dps", "dps_of_later").await;
    rename_column(store, "dead_letters", "reason", "reason_of_later").await;
    let before = retries(&app).await;
    let mut ids = app.simulator.emit(30);
    app.simulator.publish_sequence();
    eventually("it is tried again", || async { retries(&app).await >= before + 2 }).await;
    ids.extend(app.simulator.emit(30));
    app.simulator.publish_sequence();
    eventually("live goes on", || async { app.running.services.window().seq() >= 60 }).await;
    assert_eq!(app.stored().await, 0);

    rename_column(store, "dead_letters", "reason_of_later", "reason").await;
    rename_column(store, "killmails_enriched", "dps_of_later", "dps").await;
    let ids: Vec<KillmailId> = ids.into_iter().map(KillmailId).collect();
    eventually("all are stored", || async { store.filter_known_ids(&ids).await.is_ok_and(|known| known.len() == 60) })
        .await;
    assert_eq!(app.dead_letters().await, []);
    app.stop().await;
}
