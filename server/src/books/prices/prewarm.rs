//! Keeps the prices of the types that die most fresh, so that their next loss is valued by Janice at once.

use super::wanted::Urgency;
use crate::{
    books::Books,
    lifecycle::{Job, JobOutcome, Next},
};
use async_trait::async_trait;
use chrono::TimeDelta;
use domain::TypeId;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Kills of this time say what dies most.
const LOOK_BACK: TimeDelta = TimeDelta::days(3);
/// Five calls to Janice an hour.
const TYPES: u32 = 1_000;
const COUNT_AGAIN: Duration = Duration::from_hours(1);

#[derive(Default)]
struct MostSeen {
    types: Vec<TypeId>,
    counted_at: Option<Instant>,
}

/// Asks for what of it has become stale.
pub struct Prewarming {
    books: Arc<Books>,
    most_seen: MostSeen,
}

impl Prewarming {
    pub fn new(books: Arc<Books>) -> Self {
        Self { books, most_seen: MostSeen::default() }
    }
}

#[async_trait]
impl Job for Prewarming {
    async fn run(&mut self) -> JobOutcome {
        let Self { books, most_seen } = self;
        if most_seen.types.is_empty() || most_seen.counted_at.is_none_or(|at| at.elapsed() >= COUNT_AGAIN) {
            let types = books.node().store().list_types_seen_most(books.node().now() - LOOK_BACK, TYPES).await?;
            *most_seen = MostSeen { types, counted_at: Some(Instant::now()) };
        }
        let stale = most_seen.types.iter().copied();
        books.prices().request(stale, Urgency::KeptWarm, &books.node().static_data(), books.node().now());
        Ok(Next::InAPeriod)
    }
}
