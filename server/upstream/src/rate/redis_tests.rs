//! Against a real redis-server, which `./test` starts.

use super::*;
use crate::rate::{Limit, RateLimiter, RateOptions};
use std::{collections::VecDeque, sync::Arc};

/// A Redis for tests; each test has a prefix of its own in it.
fn url() -> Option<String> {
    let url = std::env::var("TEST_REDIS_URL").ok();
    if url.is_none() {
        assert!(std::env::var_os("CI").is_none(), "TEST_REDIS_URL is not set");
        eprintln!("TEST_REDIS_URL is not set: nothing was tested");
    }
    url
}

fn nodes(url: &str) -> [Arc<RedisBudget>; 2] {
    let prefix = format!("test-{:x}", rand::rng().random::<u64>());
    let patient = Duration::from_secs(20); // a busy machine must not look like an absent Redis
    [(); 2].map(|()| Arc::new(RedisBudget::new(url, &prefix, "esi").unwrap().patience(patient)))
}

async fn reserve(node: &RedisBudget, key: &RateKey, counts: bool) -> Result<Reservation, Duration> {
    match node.reserve(key, counts).await {
        Verdict::Granted(reservation) => {
            assert!(reservation.0.is_some(), "Redis answers");
            Ok(reservation)
        }
        Verdict::Wait(wait) => Err(wait),
    }
}

fn bucket(tokens: i64, window: u64, remaining: i64, cost: i64) -> Observation {
    let limit = Limit { tokens, window: Duration::from_secs(window) };
    Observation { cost, bucket: Some((limit, remaining)), ..Observation::default() }
}

#[tokio::test]
async fn two_nodes_never_take_the_same_tokens() {
    let Some(url) = url() else { return };
    let nodes = nodes(&url);
    let key = RateKey::public("killmail");
    let first = reserve(&nodes[0], &key, false).await.unwrap();
    nodes[0].settle(&key, first, Some(&bucket(32, 600, 30, 2))).await;
    let mut granted = Vec::new();
    for index in 0..20 {
        granted.extend(reserve(&nodes[index % 2], &key, false).await.ok());
    }
    assert_eq!(granted.len(), 6, "thirty tokens are six failures");
    // They turn out cheaper, which leaves room for some more.
    for (index, reservation) in granted.drain(..).enumerate() {
        let remaining = 30 - 2 * (index as i64 + 1);
        nodes[1].settle(&key, reservation, Some(&bucket(32, 600, remaining, 2))).await;
    }
    for index in 0..20 {
        granted.extend(reserve(&nodes[index % 2], &key, false).await.ok());
    }
    assert_eq!(granted.len(), 3, "eighteen tokens are three failures");
    assert!(reserve(&nodes[0], &RateKey::public("status"), false).await.is_ok(), "another bucket");
    let own = RateKey::of_character("killmail", "app".into(), domain::CharacterId(1));
    assert!(reserve(&nodes[0], &own, false).await.is_ok(), "a character's own");
}

#[tokio::test]
async fn bans_and_the_error_window_hold_for_all_nodes() {
    let Some(url) = url() else { return };
    let nodes = nodes(&url);
    let (names, status) = (RateKey::public("default"), RateKey::public("status"));
    let low = Observation { errors: Some((8, Duration::from_secs(50))), ..Observation::default() };
    let first = reserve(&nodes[0], &names, true).await.unwrap();
    nodes[0].settle(&names, first, Some(&low)).await;
    let granted = [0, 1, 0, 1].map(|index| &nodes[index]);
    let mut count = 0;
    for node in granted {
        count += usize::from(reserve(node, &names, true).await.is_ok());
    }
    assert_eq!(count, 3, "five errors stay back");
    assert!(reserve(&nodes[1], &status, false).await.is_ok(), "a failure there does not count");

    let ban = Observation { group_ban: Some(Duration::from_secs(30)), ..Observation::default() };
    nodes[0].settle(&status, Reservation(None), Some(&ban)).await;
    let wait = reserve(&nodes[1], &status, false).await.unwrap_err();
    assert!((25..=30).contains(&wait.as_secs()), "{wait:?}");
    let ban = Observation { host_ban: Some(Duration::from_secs(60)), ..Observation::default() };
    nodes[1].settle(&status, Reservation(None), Some(&ban)).await;
    let wait = reserve(&nodes[0], &RateKey::public("killmail"), false).await.unwrap_err();
    assert!((55..=60).contains(&wait.as_secs()), "{wait:?}");
}

#[tokio::test]
async fn a_pace_of_our_own_holds_for_all_nodes_together() {
    let Some(url) = url() else { return };
    let pace = Some(Pace { per_second: 20, burst: 3 });
    let nodes = nodes(&url).map(|node| Arc::new(Arc::into_inner(node).unwrap().pace(pace)));
    let started = Instant::now();
    let mut granted = 0;
    while granted < 23 {
        let key = RateKey::public("janice");
        match reserve(&nodes[granted % 2], &key, true).await {
            Ok(reservation) => {
                granted += 1;
                nodes[granted % 2].settle(&key, reservation, Some(&Observation::default())).await;
            }
            Err(wait) => {
                assert!(granted >= 3, "three at once");
                assert!(wait <= Duration::from_millis(50), "{wait:?}");
                tokio::time::sleep(wait).await;
            }
        }
    }
    assert!(started.elapsed() >= Duration::from_millis(950), "{:?}", started.elapsed());
}

/// What a host saw: its ledger, the most tokens it ever had to count, and the calls.
type Seen = (VecDeque<(Instant, i64)>, i64, u32);

/// Two limiters that know nothing of each other, one bucket of 40 tokens a second, and a host that counts.
#[tokio::test]
async fn two_clients_on_one_redis_never_overspend_together() {
    let Some(url) = url() else { return };
    let spent: Arc<Mutex<Seen>> = Arc::default();
    let end = Instant::now() + Duration::from_secs(3);
    let tasks = nodes(&url).into_iter().enumerate().flat_map(|(node, budget)| {
        let options = RateOptions { pace: None, max_wait: Duration::from_secs(60) };
        let limiter = RateLimiter::new(options).discovering();
        (0..10).map(move |task| (node * 10 + task, Arc::clone(&budget), limiter.clone())).collect::<Vec<_>>()
    });
    let tasks = tasks.map(|(seed, budget, limiter)| {
        let spent = Arc::clone(&spent);
        tokio::spawn(async move {
            let key = RateKey::public("killmail");
            while Instant::now() < end {
                let mut permit = limiter.acquire(key.clone()).await.unwrap();
                let reservation = match reserve(&budget, &key, permit.counts_errors()).await {
                    Ok(reservation) => reservation,
                    Err(wait) => {
                        drop(permit);
                        tokio::time::sleep(wait).await;
                        continue;
                    }
                };
                permit.sent();
                tokio::time::sleep(Duration::from_millis(seed as u64 % 7 * 3)).await;
                let cost = if seed % 3 == 0 { 5 } else { 2 };
                let remaining = {
                    let (now, mut spent) = (Instant::now(), spent.lock().unwrap());
                    while spent.0.front().is_some_and(|(at, _)| *at + Duration::from_secs(1) <= now) {
                        spent.0.pop_front();
                    }
                    spent.0.push_back((now, cost));
                    let used: i64 = spent.0.iter().map(|(_, cost)| cost).sum();
                    spent.1 = spent.1.max(used);
                    spent.2 += 1;
                    40 - used
                };
                let mut headers = reqwest::header::HeaderMap::new();
                headers.insert("x-ratelimit-limit", "40/1s".parse().unwrap());
                headers.insert("x-ratelimit-remaining", remaining.max(0).into());
                let seen = limiter.observe(key.clone(), if cost == 5 { 404 } else { 200 }, &headers, None);
                permit.answered();
                budget.settle(&key, reservation, Some(&seen)).await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let (_, most, calls) = &*spent.lock().unwrap();
    assert!(*most <= 40, "{most} tokens within one second");
    assert!(*calls >= 15, "{calls} calls");
}

#[tokio::test]
async fn without_redis_calls_go_on_at_once() {
    let nowhere = RedisBudget::new("redis://127.0.0.1:1/", "test", "esi").unwrap();
    let started = std::time::Instant::now();
    for _ in 0..50 {
        let verdict = nowhere.reserve(&RateKey::public("killmail"), false).await;
        assert_eq!(verdict, Verdict::Granted(Reservation(None)));
        nowhere.settle(&RateKey::public("killmail"), Reservation(None), Some(&bucket(30, 60, 1, 2))).await;
    }
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert!(RedisBudget::new("http://localhost/?password=hunter2", "test", "esi").is_err());
}
