//! One budget for several nodes, kept in Redis: bans, our own pace, the error window and the spending of every bucket.
//!
//! Each decision is one script, so two nodes can never both take the last tokens. Redis tells the time, so nodes'
//! clocks do not matter. A node that dies with calls in flight leaves reservations that lapse by themselves.
//! When Redis is away or slow, calls go on without it (a warning once, `upstream_shared_budget_up` 0) and it is
//! asked again a second later.

use super::{
    Observation, Pace, RateKey,
    bucket::COST_FAILURE,
    errors::ERROR_RESERVE,
    interval,
    shared::{Reservation, SharedBudget, Verdict},
};
use crate::UpstreamError;
use async_trait::async_trait;
use rand::Rng;
use redis::{
    Client, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Longest that a call waits for Redis, unless told otherwise.
const PATIENCE: Duration = Duration::from_millis(20);
/// After a failure Redis is left alone for so long.
const PAUSE: Duration = Duration::from_secs(1);
/// Longer than any call: a reservation that was not settled by then lapses.
const RESERVED_FOR: Duration = Duration::from_secs(60);

pub struct RedisBudget {
    host: &'static str,
    prefix: String,
    connection: ConnectionManager,
    reserve: Script,
    settle: Script,
    away_until: Mutex<Option<Instant>>,
    patience: Duration,
    pace: Option<Pace>,
}

impl RedisBudget {
    /// Connects when first used. Nodes with the same `prefix` and `host` share.
    ///
    /// # Errors
    /// When the URL is not one of a Redis.
    pub fn new(url: &str, prefix: &str, host: &'static str) -> Result<Self, UpstreamError> {
        // redis' own message may hold the URL with its password.
        let bad_url = |_| UpstreamError::invalid_request("not a usable redis url");
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(1)))
            .set_response_timeout(Some(Duration::from_secs(1)))
            .set_number_of_retries(1)
            .set_max_delay(Duration::from_millis(500));
        let connection =
            ConnectionManager::new_lazy_with_config(Client::open(url).map_err(bad_url)?, config).map_err(bad_url)?;
        Ok(Self {
            host,
            // The braces keep all keys of a host on one node of a Redis cluster.
            prefix: format!("{prefix}:{{{host}}}"),
            connection,
            reserve: Script::new(include_str!("reserve.lua")),
            settle: Script::new(include_str!("settle.lua")),
            away_until: Mutex::new(None),
            patience: PATIENCE,
            pace: None,
        })
    }

    /// All nodes together keep to this pace.
    #[must_use]
    pub fn pace(mut self, pace: Option<Pace>) -> Self {
        self.pace = pace;
        self
    }

    /// Waits longer for Redis than calls should.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn run(&self, script: &Script, key: &RateKey, arguments: &[i64]) -> Option<i64> {
        if self.away_until().is_some_and(|until| until > Instant::now()) {
            return None;
        }
        let mut invocation = script.prepare_invoke();
        for name in ["ban", "ban:", "errors", "windows", "flight", "ledger:", "account:", "pace"] {
            let of_group = if name.ends_with(':') { key.to_string() } else { String::new() };
            invocation.key(format!("{}:{name}{of_group}", self.prefix));
        }
        for argument in arguments {
            invocation.arg(*argument);
        }
        let mut connection = self.connection.clone();
        let answer = tokio::time::timeout(self.patience, invocation.invoke_async::<i64>(&mut connection)).await;
        let answer =
            answer.map_err(|_| "no answer in time".to_owned()).and_then(|it| it.map_err(|error| reason(&error)));
        self.note(answer.as_ref().err());
        answer.ok()
    }

    fn away_until(&self) -> Option<Instant> {
        *self.away_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Warns once when Redis goes and says so when it is back.
    fn note(&self, failure: Option<&String>) {
        let until = failure.map(|_| Instant::now() + PAUSE);
        let before = std::mem::replace(&mut *self.away_until.lock().unwrap_or_else(PoisonError::into_inner), until);
        metrics::gauge!(crate::meters::UPSTREAM_SHARED_BUDGET_UP, "host" => self.host).set(if failure.is_none() {
            1
        } else {
            0
        });
        match (before, failure) {
            (None, Some(reason)) => {
                tracing::warn!(reason, host = self.host, "Redis is away: limits are kept by this node alone");
            }
            (Some(_), None) => tracing::info!(host = self.host, "Redis is back: limits are shared again"),
            _ => {}
        }
    }
}

/// Without addresses or passwords.
fn reason(error: &redis::RedisError) -> String {
    error.category().to_owned()
}

#[async_trait]
impl SharedBudget for RedisBudget {
    async fn reserve(&self, key: &RateKey, counts_errors: bool) -> Verdict {
        // Of 62 bits, as Lua's numbers and Redis' members must hold it as text.
        let id = rand::rng().random::<u64>() >> 2;
        let apart = self.pace.map_or(Duration::ZERO, interval);
        let early = apart * self.pace.map_or(0, |pace| pace.burst.saturating_sub(1));
        let arguments = [
            id.cast_signed(),
            COST_FAILURE,
            millis(RESERVED_FOR),
            ERROR_RESERVE,
            i64::from(counts_errors),
            millis(apart),
            millis(early),
        ];
        match self.run(&self.reserve, key, &arguments).await {
            Some(0) => Verdict::Granted(Reservation(Some(id))),
            Some(wait) => Verdict::Wait(Duration::from_millis(wait.max(1).unsigned_abs())),
            None => Verdict::Granted(Reservation(None)),
        }
    }

    async fn settle(&self, key: &RateKey, reservation: Reservation, seen: Option<&Observation>) {
        // No reservation: Redis was away, yet what the answer says may be news to it.
        let id = reservation.0.unwrap_or_else(|| rand::rng().random::<u64>() >> 2);
        let Some(seen) = seen else { return };
        let (limit, remaining) = seen.bucket.map_or((None, -1), |(limit, remaining)| (Some(limit), remaining));
        let (errors, reset) = seen.errors.map_or((-1, -1), |(errors, reset)| (errors, millis(reset)));
        let arguments = [
            id.cast_signed(),
            COST_FAILURE,
            seen.cost,
            limit.map_or(-1, |limit| limit.tokens),
            limit.map_or(-1, |limit| millis(limit.window)),
            remaining,
            errors,
            reset,
            seen.host_ban.map_or(-1, millis),
            seen.group_ban.map_or(-1, millis),
        ];
        self.run(&self.settle, key, &arguments).await;
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "redis_tests.rs"]
mod tests;
