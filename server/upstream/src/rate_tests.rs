use super::*;

fn limiter(pace: Option<Pace>, max_wait: u64) -> RateLimiter {
    RateLimiter::new(RateOptions { pace, max_wait: Duration::from_secs(max_wait) })
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn bucket_headers(limit: &str, remaining: i64) -> HeaderMap {
    headers(&[("x-ratelimit-limit", limit), ("x-ratelimit-remaining", &remaining.to_string())])
}

#[tokio::test(start_paused = true)]
async fn pace_allows_a_burst_and_then_the_rate() {
    let limiter = limiter(Some(Pace { per_second: 10, burst: 4 }), 600);
    let start = Instant::now();
    for _ in 0..4 {
        drop(limiter.acquire("r2z2").await.unwrap());
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    for _ in 0..20 {
        drop(limiter.acquire("r2z2").await.unwrap());
    }
    let elapsed = start.elapsed();
    assert!((Duration::from_millis(1990)..Duration::from_millis(2100)).contains(&elapsed), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_bucket_waits_for_its_oldest_tokens() {
    let limiter = limiter(None, 3600);
    let start = Instant::now();
    let mut remaining: i64 = 30;
    let mut calls = 0;
    while limiter.try_acquire("char-killmail").is_ok() {
        remaining -= 2;
        calls += 1;
        assert!(remaining >= 0, "the bucket was overdrawn");
        limiter.observe("char-killmail", 200, &bucket_headers("30/15m", remaining), None);
    }
    assert_eq!(calls, 13, "5 tokens stay back for a failure");
    drop(limiter.acquire("other").await.unwrap());
    assert_eq!(start.elapsed(), Duration::ZERO, "other groups are not held up");
    drop(limiter.acquire("char-killmail").await.unwrap());
    assert!((900..902).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn calls_in_flight_cannot_overdraw_together() {
    let limiter = limiter(None, 3600);
    limiter.observe("killmail", 200, &bucket_headers("3600/15m", 30), None);
    let permits: Vec<_> = std::iter::from_fn(|| limiter.try_acquire("killmail").ok()).collect();
    assert_eq!(permits.len(), 6);
    drop(permits);
    assert!(limiter.try_acquire("killmail").is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_bucket_emptied_by_somebody_else_is_probed_once_a_minute() {
    let limiter = limiter(None, 3600);
    limiter.observe("status", 429, &bucket_headers("600/15m", 0), Some(Duration::from_secs(1)));
    let start = Instant::now();
    let probe = limiter.acquire("status").await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 60);
    assert!(limiter.try_acquire("status").is_err(), "one probe at a time");
    limiter.observe("status", 200, &bucket_headers("600/15m", 500), None);
    drop(probe);
    assert!(limiter.try_acquire("status").is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_error_limit_stops_the_whole_host_until_its_reset() {
    let limiter = limiter(None, 100);
    let low = headers(&[("x-esi-error-limit-remain", "5"), ("x-esi-error-limit-reset", "42")]);
    limiter.observe("names", 404, &low, None);
    let start = Instant::now();
    drop(limiter.acquire("prices").await.unwrap());
    assert_eq!(start.elapsed().as_secs(), 42);
}

#[tokio::test(start_paused = true)]
async fn bans_are_kept_and_long_ones_refuse_instead_of_waiting() {
    let limiter = limiter(None, 60);
    limiter.observe("killmail", 429, &HeaderMap::new(), Some(Duration::from_secs(7)));
    let start = Instant::now();
    drop(limiter.acquire("names").await.unwrap());
    assert_eq!(start.elapsed(), Duration::ZERO, "a 429 stops its group only");
    drop(limiter.acquire("killmail").await.unwrap());
    assert_eq!(start.elapsed().as_secs(), 7);

    limiter.observe("names", 420, &HeaderMap::new(), Some(Duration::from_secs(120)));
    let refused = limiter.acquire("killmail").await.unwrap_err();
    assert_eq!(refused, UpstreamError::RateLimited { retry_after: Some(Duration::from_secs(120)) });
}

#[test]
fn limits_are_read_and_nonsense_is_ignored() {
    assert_eq!(parse_limit("3600/15m"), Some((3600, Duration::from_secs(900))));
    assert_eq!(parse_limit("30/1h"), Some((30, Duration::from_secs(3600))));
    for text in
        ["", "/", "30", "30/15", "30/m", "0/15m", "-3/15m", "30/0s", "30/99999999999999999999h", "x/1m", "30/1y"]
    {
        assert_eq!(parse_limit(text), None, "{text}");
    }
}
