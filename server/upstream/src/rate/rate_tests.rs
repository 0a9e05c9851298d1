use super::{bucket::parse_limit, *};
use std::collections::VecDeque;

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
    assert_eq!(start.elapsed().as_secs(), 43, "the reset is told in whole seconds");
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
    let limit = |tokens, seconds| Some(Limit { tokens, window: Duration::from_secs(seconds) });
    assert_eq!(parse_limit("3600/15m"), limit(3600, 900));
    assert_eq!(parse_limit("30/1h"), limit(30, 3600));
    for text in
        ["", "/", "30", "30/15", "30/m", "0/15m", "-3/15m", "30/0s", "30/99999999999999999999h", "x/1m", "30/1y"]
    {
        assert_eq!(parse_limit(text), None, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_group_is_discovered_by_one_call() {
    let limiter = limiter(None, 60).discovering();
    let first = limiter.try_acquire("char-killmail").unwrap();
    assert!(limiter.try_acquire("char-killmail").is_err());
    let other = RateKey::of_character("char-killmail", "app".into(), domain::CharacterId(7));
    drop(limiter.try_acquire(other).unwrap());
    limiter.observe("char-killmail", 200, &bucket_headers("30/15m", 28), None);
    drop(first);
    let permits: Vec<_> = std::iter::from_fn(|| limiter.try_acquire("char-killmail").ok()).collect();
    assert_eq!(permits.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn every_character_has_an_allowance_of_its_own() {
    let limiter = limiter(None, 60);
    let key = |id| RateKey::of_character("char-killmail", "app".into(), domain::CharacterId(id));
    limiter.observe(key(1), 200, &bucket_headers("30/15m", 0), None);
    assert!(limiter.try_acquire(key(1)).is_err());
    assert!(limiter.try_acquire(key(2)).is_ok() && limiter.try_acquire("char-killmail").is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_is_charged_and_one_never_sent_is_not() {
    let limiter = limiter(None, 60);
    limiter.observe("killmail", 304, &bucket_headers("100/15m", 99), None);
    drop(limiter.try_acquire("killmail").unwrap());
    assert_eq!(limiter.tokens_left(&"killmail".into()), Some(99));
    let mut permit = limiter.try_acquire("killmail").unwrap();
    permit.sent();
    drop(permit);
    assert_eq!(limiter.tokens_left(&"killmail".into()), Some(94));
}

#[tokio::test(start_paused = true)]
async fn answers_may_come_in_any_order() {
    let limiter = limiter(None, 60);
    let permits: Vec<_> = (0..4).map(|_| limiter.try_acquire("killmail").unwrap()).collect();
    for (permit, remaining) in permits.into_iter().zip([92, 98, 94, 96]) {
        limiter.observe("killmail", 200, &bucket_headers("100/15m", remaining), None);
        drop(permit);
    }
    assert_eq!(limiter.tokens_left(&"killmail".into()), Some(92));
}

/// A host with ESI's rules, written down independently: what it forbids is counted.
struct Host {
    bucket: (i64, Duration),
    spent: VecDeque<(Instant, i64)>,
    errors: (i64, Duration),
    window_began: Instant,
    failures: i64,
    answered: u64,
    violations: u64,
}

impl Host {
    fn answer(&mut self, group: &'static str, status: u16) -> (u16, HeaderMap) {
        let now = Instant::now();
        while self.spent.front().is_some_and(|(at, _)| *at + self.bucket.1 <= now) {
            self.spent.pop_front();
        }
        if now - self.window_began >= self.errors.1 {
            (self.window_began, self.failures) = (now, 0);
        }
        let used = |spent: &VecDeque<(Instant, i64)>| spent.iter().map(|(_, cost)| cost).sum::<i64>();
        if self.failures >= self.errors.0 || (group == "bucket" && used(&self.spent) >= self.bucket.0) {
            self.violations += 1;
        }
        self.answered += 1;
        if group == "bucket" {
            self.spent.push_back((now, bucket::cost(status)));
            let limit = format!("{}/{}s", self.bucket.0, self.bucket.1.as_secs());
            return (status, bucket_headers(&limit, (self.bucket.0 - used(&self.spent)).max(0)));
        }
        self.failures += i64::from(status >= 400);
        let reset = (self.errors.1 - (now - self.window_began)).as_secs().max(1).to_string();
        let left = (self.errors.0 - self.failures).max(0).to_string();
        (status, headers(&[("x-esi-error-limit-remain", &left), ("x-esi-error-limit-reset", &reset)]))
    }
}

#[tokio::test(start_paused = true)]
async fn ten_minutes_under_tight_limits_never_exceed_a_budget() {
    use rand::{Rng, SeedableRng, rngs::StdRng};
    let host = Host {
        bucket: (150, Duration::from_secs(60)),
        spent: VecDeque::new(),
        errors: (30, Duration::from_secs(60)),
        window_began: Instant::now(),
        failures: 0,
        answered: 0,
        violations: 0,
    };
    let (host, limiter) = (Arc::new(Mutex::new(host)), limiter(None, 3600).discovering());
    let end = Instant::now() + Duration::from_secs(600);
    let tasks = (0..200_u64).map(|seed| {
        let (host, limiter) = (Arc::clone(&host), limiter.clone());
        tokio::spawn(async move {
            let mut rng = StdRng::seed_from_u64(seed);
            let group = if seed % 2 == 0 { "bucket" } else { "default" };
            while Instant::now() < end {
                let mut permit = limiter.acquire(group).await.unwrap();
                permit.sent();
                tokio::time::sleep(Duration::from_millis(rng.random_range(5..800))).await;
                let status = [200, 200, 200, 304, 404, 502][rng.random_range(0..6)];
                let (status, headers) = host.lock().unwrap().answer(group, status);
                // The answer's way back; one in fifty is lost.
                tokio::time::sleep(Duration::from_millis(rng.random_range(5..800))).await;
                if rng.random_range(0..50) > 0 {
                    limiter.observe(group, status, &headers, None);
                    permit.answered();
                }
                drop(permit);
                tokio::time::sleep(Duration::from_millis(rng.random_range(0..2000))).await;
            }
        })
    });
    futures::future::join_all(tasks).await.into_iter().for_each(|task| task.unwrap());
    let host = host.lock().unwrap();
    assert_eq!(host.violations, 0);
    assert!(host.answered > 500, "limits are kept, not hidden from: {}", host.answered);
}
