//! Measurements, not tests: `cargo test -p store --release -- --ignored --nocapture speed`.

use crate::support::{real_records, try_insert};
use std::time::Instant;
use store::{bench, testing::TestDatabase};

#[tokio::test]
#[ignore = "a measurement"]
async fn speed_of_inserts() {
    let database = TestDatabase::create().await;
    let records = real_records("killmails_curated.jsonl.zst", usize::MAX);
    let more = real_records("week-2021-11-27-to-29-and-misc.jsonl.zst", 12_000);
    try_insert(&database.store, &records).await.unwrap();
    for (size, part) in [(100, &more[..4_000]), (1_000, &more[4_000..12_000])] {
        let rows: u64 = part.iter().map(bench::rows_of).sum();
        let started = Instant::now();
        for batch in part.chunks(size) {
            try_insert(&database.store, batch).await.unwrap();
        }
        let seconds = started.elapsed().as_secs_f64();
        let kills = part.len() as f64;
        println!("batches of {size}: {:.0} rows/s, {:.0} kills/s", rows as f64 / seconds, kills / seconds);
    }
    let copy = bench::copy_speed(&database.store).await.unwrap();
    println!("plain copy: {:.0} rows/s ({} rows)", copy.rows_per_second(), copy.rows);
}
