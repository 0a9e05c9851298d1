//! `tracker bench pages`: how fast a running server renders pages, and whether it finishes every one of them.

use anyhow::Context;
use futures::{StreamExt, stream};
use hdrhistogram::Histogram;
use std::time::{Duration, Instant};
use upstream::{HttpClient, HttpOptions, http::Request};

/// Prints the times of pages asked for `at_once` at a time. The live page and that of each of the
/// newest `kills`.
///
/// # Errors
/// When the server is not there or a page is not finished.
pub async fn pages(url: &str, at_once: usize, repeat: usize, kills: usize) -> anyhow::Result<()> {
    let client = HttpClient::new(HttpOptions::new("bench", upstream::Clock::system())).context("no client")?;
    let mut paths = vec!["/".to_owned()];
    paths.extend(newest(&client, url, kills).await?.into_iter().map(|id| format!("/kill/{id}")));
    let asked = paths.len() * repeat;
    let started = Instant::now();
    let answers: Vec<Option<(Duration, usize)>> = stream::iter((0..asked).map(|index| &paths[index % paths.len()]))
        .map(|path| page(&client, url, path))
        .buffer_unordered(at_once.max(1))
        .collect()
        .await;
    let elapsed = started.elapsed();
    let mut microseconds = Histogram::<u64>::new_with_bounds(1, 600_000_000, 3)?;
    let mut bytes = 0;
    for (took, size) in answers.iter().flatten() {
        microseconds.saturating_record(u64::try_from(took.as_micros())?);
        bytes += size;
    }
    let ms = |quantile| microseconds.value_at_quantile(quantile) as f64 / 1_000.0;
    let whole = answers.iter().flatten().count();
    println!("| pages | different | at once | not whole | pages/s | MB/s | p50 ms | p99 ms | max ms |");
    println!("|---|---|---|---|---|---|---|---|---|");
    println!(
        "| {asked} | {} | {at_once} | {} | {:.0} | {:.1} | {:.1} | {:.1} | {:.1} |",
        paths.len(),
        asked - whole,
        whole as f64 / elapsed.as_secs_f64(),
        bytes as f64 / 1e6 / elapsed.as_secs_f64(),
        ms(0.5),
        ms(0.99),
        microseconds.max() as f64 / 1_000.0,
    );
    anyhow::ensure!(whole == asked, "{} pages were refused, cut off or never finished", asked - whole);
    Ok(())
}

/// `None` for a page that is not whole.
async fn page(client: &HttpClient, url: &str, path: &str) -> Option<(Duration, usize)> {
    let started = Instant::now();
    let request = Request::get("bench", format!("{url}{path}").parse().ok()?);
    let body = client.send(request).await.ok()?.into_success().ok()?.body;
    let is_whole = body.windows(7).rev().any(|end| end == b"</html>");
    is_whole.then(|| (started.elapsed(), body.len()))
}

/// Ids of the newest kills.
async fn newest(client: &HttpClient, url: &str, count: usize) -> anyhow::Result<Vec<i64>> {
    let (mut ids, mut next) = (Vec::new(), String::new());
    while ids.len() < count {
        let address = format!("{url}/api/v1/killmails?limit=200{next}").parse()?;
        let answer = client.send(Request::get("bench", address)).await.context("the server does not answer")?;
        let page: serde_json::Value = serde_json::from_slice(&answer.body).context("not the API")?;
        let kills = page["kills"].as_array().context("no kills")?;
        ids.extend(kills.iter().filter_map(|kill| kill["killmail_id"].as_i64()));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&before={cursor}"),
            None => break,
        }
    }
    ids.truncate(count);
    Ok(ids)
}
