//! Partitions come when they are needed and go when they are old.

use crate::support::{at, count, insert, made_up, made_up_many, try_insert};
use chrono::TimeDelta;
use domain::KillmailId;
use store::{Month, testing::TestDatabase};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

async fn months(database: &TestDatabase) -> Vec<String> {
    let partitions = database.store.list_partitions().await.unwrap();
    partitions.iter().map(|partition| partition.month.to_string()).collect()
}

#[tokio::test]
async fn any_month_since_2003_has_a_partition_when_a_kill_needs_it() {
    let database = TestDatabase::create().await;
    database.store.ensure_partitions(at(2026, 11, 23)).await.unwrap();
    database.store.ensure_partitions(at(2026, 11, 23)).await.unwrap();
    assert_eq!(months(&database).await, ["2026-11", "2026-12", "2027-01", "2027-02"]);
    let edge = at(2026, 12, 1) - TimeDelta::seconds(1);
    insert(&database.store, &[made_up(1, at(2008, 3, 15)), made_up(2, edge), made_up(3, at(2003, 5, 7))]).await;
    assert_eq!(months(&database).await, ["2003-05", "2008-03", "2026-11", "2026-12", "2027-01", "2027-02"]);
    let of_november: i64 =
        sqlx::query_scalar("SELECT count(*) FROM killmails_raw_y2026m11").fetch_one(database.pool()).await.unwrap();
    assert_eq!(of_november, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_create_the_same_partitions_at_once() {
    let database = TestDatabase::create().await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..8 {
        // A store of its own: it must not know what the others have created.
        let options = store::StoreOptions::new(database.url()).max_connections(1);
        let store = store::Store::connect(&options).await.unwrap();
        tasks.spawn(async move {
            store.ensure_partitions(at(2026, 11, 23)).await.unwrap();
            try_insert(&store, &made_up_many(n * 10 + 1, 10, at(2009, 1, 1), TimeDelta::days(20))).await.unwrap()
        });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().map(|outcome| outcome.inserted.len()).sum::<usize>(), 80);
    assert_eq!(count(database.pool(), "killmails_enriched").await, 80);
}

#[tokio::test]
async fn retention_drops_whole_months_and_their_ids() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let old = made_up(1, at(2026, 8, 31));
    insert(store, &[old.clone(), made_up(2, at(2026, 9, 1)), made_up(3, at(2020, 1, 1))]).await;
    assert_eq!(store.drop_partitions_before(month("2026-09")).await.unwrap(), 2);
    assert_eq!(store.drop_partitions_before(month("2026-09")).await.unwrap(), 0);
    assert_eq!(months(&database).await, ["2026-09"]);
    assert_eq!(count(database.pool(), "killmail_ids").await, 1);
    assert_eq!(store.find_kill(KillmailId(1)).await.unwrap(), None);
    assert!(store.find_kill(KillmailId(2)).await.unwrap().is_some());
    // The store remembers 2026-08; somebody else has dropped it.
    insert(store, std::slice::from_ref(&old)).await;
    sqlx::query("SELECT drop_killmail_partitions('2026-09-01')").execute(database.pool()).await.unwrap();
    assert_eq!(insert(store, &[old]).await.inserted, [KillmailId(1)]);
}
