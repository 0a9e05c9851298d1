//! Pages as the server sends them: every real killmail has one.

use crate::harness::{self, TestApp};
use futures::{StreamExt, stream};
use server::{
    commands::backfill::{Backfill, SourceName, bring_in},
    config::Config,
};
use std::io::BufRead;
use tokio_util::sync::CancellationToken;

/// Pages asked for at the same time.
const AT_ONCE: usize = 4;
/// How often one page may be told that the server is busy, which on a machine that does much else it may well be.
const TRIES: usize = 5;

/// Status and text of a page, asked for until the server has time for it.
async fn page(app: &TestApp, path: &str) -> (u16, String) {
    for _ in 1..TRIES {
        let answer = app.get(path).await;
        if answer.status() != 503 {
            return (answer.status().as_u16(), answer.text().await.expect("a page"));
        }
        eprintln!("{path}: {}", answer.text().await.expect("a reason"));
    }
    let answer = app.get(path).await;
    (answer.status().as_u16(), answer.text().await.expect("a page"))
}

fn ids(path: &std::path::Path) -> Vec<i64> {
    let file = std::fs::File::open(path).expect("readable");
    let lines = std::io::BufReader::new(zstd::stream::read::Decoder::new(file).expect("zstd")).lines();
    let id = |line: String| {
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        line["killmail"]["killmail_id"].as_i64().expect("an id")
    };
    lines.map(|line| id(line.expect("text"))).collect()
}

/// The curated file has one of every oddity; `RENDER_KILLMAILS` names a larger one of the same folder.
#[tokio::test(flavor = "multi_thread")]
async fn every_real_killmail_has_a_page() {
    let file = std::env::var("RENDER_KILLMAILS").unwrap_or_else(|_| "killmails_curated.jsonl.zst".to_owned());
    let Some(path) = harness::real_killmails(&file) else {
        eprintln!("{file} is missing: no real killmail is rendered");
        return;
    };
    let app = TestApp::start("r2z2").await;
    let mut variables = harness::variables(&app.simulator, "r2z2");
    variables.insert("DATABASE_URL".to_owned(), app.database.url());
    let config = Config::from_variables(&variables).expect("valid variables");
    let source = SourceName::Everef;
    let request =
        Backfill { day: None, from: None, to: None, file: Some(path.clone()), source, again: false, workers: 2 };
    let ids = ids(&path);
    let report = bring_in(&config, &request, &CancellationToken::new()).await.expect("read");
    assert_eq!((report.stored, report.refused), (ids.len() as u64, 0));

    let wrong: Vec<String> = stream::iter(ids)
        .map(|id| {
            let app = &app;
            async move {
                let (status, page) = page(app, &format!("/kill/{id}")).await;
                let fault = ["NaN", "class=\"error-page"].into_iter().find(|fault| page.contains(fault));
                let missing = ["<h1>", " lost ", "</html>"].into_iter().find(|part| !page.contains(part));
                (status != 200 || fault.or(missing).is_some())
                    .then(|| format!("{id}: {status}, has {fault:?}, lacks {missing:?}"))
            }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}
