//! What a well-behaved client would not have done: calls during a ban, and questions whose answer it still has.
//!
//! Calls with an empty bucket or an exhausted error window are counted by the limiters themselves.

use super::route::Route;
use crate::{counters::Kind, world::World};
use axum::{
    extract::Request,
    http::{Method, header},
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Answers remembered; a client that asks for more is not judged by the oldest.
const MAX_ANSWERS: usize = 100_000;

#[derive(Debug, Default)]
pub(super) struct Conduct {
    /// By route, `None` for all: when it was told, and until when it holds.
    bans: Mutex<HashMap<Option<Route>, (Instant, Instant)>>,
    /// Until when the last answer of a path is good, in simulated time.
    answers: Mutex<HashMap<String, DateTime<Utc>>>,
}

impl Conduct {
    /// Looks at a request that comes in.
    pub fn judge(&self, world: &World, route: Route, request: &Request) {
        let now = Instant::now();
        let grace = world.config.limits.esi_ban_grace;
        let bans = self.bans.lock().unwrap_or_else(PoisonError::into_inner);
        let is_banned = [None, Some(route)]
            .iter()
            .filter_map(|key| bans.get(key))
            .any(|(told, until)| *told + grace < now && now < *until);
        drop(bans);
        if is_banned {
            world.tally.add(Kind::Violation, "esi banned");
        }
        let has_validator = request.headers().contains_key(header::IF_NONE_MATCH);
        if request.method() == Method::GET && !has_validator {
            let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            if answers.get(request.uri().path()).is_some_and(|until| world.clock.now() < *until) {
                world.tally.add(Kind::Violation, "esi early_request");
            }
        }
    }

    pub fn ban(&self, route: Option<Route>, wait: Duration) {
        let now = Instant::now();
        self.bans.lock().unwrap_or_else(PoisonError::into_inner).insert(route, (now, now + wait));
    }

    /// Remembers how long a complete answer is good. Killmails never change, so no client has a reason to keep them
    /// by their expiry.
    pub fn answered(&self, world: &World, route: Route, path: String, response: &mut Response) {
        let seconds = response
            .headers()
            .get(header::CACHE_CONTROL)
            .and_then(|value| value.to_str().ok()?.split("max-age=").nth(1)?.parse().ok());
        let is_whole = response.headers().contains_key(header::CONTENT_LENGTH)
            || axum::body::HttpBody::size_hint(response.body()).exact().is_some();
        let (Some(seconds), true, true) = (seconds, is_whole, route != Route::Killmail) else { return };
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MAX_ANSWERS {
            answers.clear();
        }
        answers.insert(path, world.clock.now() + TimeDelta::seconds(seconds));
    }
}
