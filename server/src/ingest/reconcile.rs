//! Closes gaps that a feed cannot close itself: compares the ids of R2Z2's day files with what is stored and brings
//! what is missing into the pipeline as if a feed had delivered it.
//!
//! - *Today and yesterday* are compared at start, after a reconnect or a change of feed, and every ten minutes.
//! - *The days from the [`Mark`] on* are compared at start and every hour: what an outage of any length left out, and
//!   posts that came up to three days late. A day that lacks many kills is read whole, bodies included, by way of
//!   `backfill`; ESI would take hours. One such day a round, oldest first, and the next round follows at once.
//! - The mark moves past a day once late posts are over and a comparison found it complete: each kill stored, or tried
//!   from history and kept as a dead letter. So it is never ahead of the kills, as no position is.
//!
//! Kills before this installation are left to backfills. A database without any kill of the last day gets the newest
//! [`FIRST_KILLS`], so that a newcomer's pages are not empty.
//!
//! Each of these kills costs a body of ESI's. The last [`RESERVE`] of that budget and half the room for kills without a
//! body are left to live kills: closing a gap of hours waits, what happens now does not.

use super::{IngestOptions, mark::Mark};
use crate::{
    backfill::{self, Archive, BackfillError, Ended},
    books::Books,
    lifecycle::{Job, JobOutcome, Next},
    node::parked,
};
use async_trait::async_trait;
use chrono::{Days, NaiveDate};
use domain::{KillmailHash, KillmailId, Source};
use std::{collections::HashSet, sync::Arc, time::Duration};
use store::{Month, StoreError};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use upstream::{
    UpstreamError,
    esi::EsiClient,
    feed::{FeedBody, FeedEvent, HistoryClient},
};

/// What a new installation begins with. Each costs a request to ESI, which allows two a second.
const FIRST_KILLS: usize = 200;
/// Most kills brought in by one round; the next takes the rest.
const MAX_PER_ROUND: usize = 20_000;
/// Kills of older days remembered as brought in; beyond that they are brought in once more.
const MAX_TRIED: usize = 10 * MAX_PER_ROUND;
/// A day that lacks more is read whole.
const RAW_ABOVE: usize = 500;
/// Rounds between two comparisons of the older days.
const OLDER_EVERY: u32 = 6;
/// Posts come up to 72 hours late, so a day is not over before.
const LATE_POSTS: Days = Days::new(4);
/// Percent of ESI's budget that is not spent on the past.
const RESERVE: i64 = 25;
/// How often the budget is looked at while it is low.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Then one kill is brought in all the same, whose answer tells what others behind our address have left.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

type Listed = Vec<(KillmailId, KillmailHash)>;

/// Why a round ended before its time; the next one begins afresh.
#[derive(Debug, thiserror::Error)]
enum ReconcileError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    History(#[from] UpstreamError),
    #[error(transparent)]
    Day(#[from] BackfillError),
}

/// See the module.
pub struct Reconciler {
    history: Arc<HistoryClient>,
    esi: Arc<EsiClient>,
    books: Arc<Books>,
    events: mpsc::Sender<FeedEvent>,
    options: IngestOptions,
    stop: CancellationToken,
    /// When the older days are due.
    older_at: Instant,
    /// Kills of older days that were brought in: stored, on their way or dead letters. Emptied when the days are over.
    tried: HashSet<KillmailId>,
    /// Days that were read whole; what they still lack is brought in one by one.
    whole_days: HashSet<NaiveDate>,
}

/// What one round did.
#[derive(Default)]
struct Round {
    found: usize,
    /// A gap is being closed and the next round has more of it.
    goes_on: bool,
}

#[async_trait]
impl Job for Reconciler {
    async fn run(&mut self) -> JobOutcome {
        let round = self.round().await?;
        if round.found > 0 {
            tracing::info!(found = round.found, "missed kills brought in from the feed's history");
        }
        Ok(if round.goes_on { Next::In(Duration::ZERO) } else { Next::InAPeriod })
    }

    async fn woken(&self) {
        self.books.node().reconcile_requested().await;
    }
}

impl Reconciler {
    /// Brings what it finds into the pipeline by way of `events`.
    pub fn new(
        (history, esi): (Arc<HistoryClient>, Arc<EsiClient>),
        books: Arc<Books>,
        events: mpsc::Sender<FeedEvent>,
        options: IngestOptions,
        stop: CancellationToken,
    ) -> Self {
        Self {
            history,
            esi,
            books,
            events,
            options,
            stop,
            older_at: Instant::now(),
            tried: HashSet::new(),
            whole_days: HashSet::new(),
        }
    }

    async fn round(&mut self) -> Result<Round, ReconcileError> {
        let today = self.books.node().now().date_naive();
        let yesterday = today - Days::new(1);
        let Some(mut mark) = Mark::load(self.books.node()).await? else {
            return Ok(Round { found: self.first_kills([today, yesterday]).await?, ..Round::default() });
        };
        let mut round = Round::default();
        for day in [today, yesterday].into_iter().filter(|day| *day >= mark.day) {
            let missing = self.missing(day, mark).await?;
            round.found += self.bring_in(missing).await?;
        }
        if Instant::now() >= self.older_at {
            self.keep_retention(&mut mark);
            self.older_days(&mut mark, yesterday, &mut round).await?;
            mark.save(self.books.node()).await?;
            if !round.goes_on {
                self.older_at = Instant::now() + self.options.reconcile_interval * OLDER_EVERY;
            }
        }
        Ok(round)
    }

    /// From the mark on, moving it past what is complete.
    async fn older_days(
        &mut self,
        mark: &mut Mark,
        before: NaiveDate,
        round: &mut Round,
    ) -> Result<(), ReconcileError> {
        let over = before - LATE_POSTS;
        let mut open_days = 0_u32;
        for day in mark.day.iter_days().take_while(|day| *day < before) {
            let missing = self.missing(day, *mark).await?;
            let ids: Vec<KillmailId> = missing.iter().map(|(id, _)| *id).collect();
            let dead = self.books.node().store().filter_dead_ids(&ids).await?;
            let is_complete = ids.iter().all(|id| dead.contains(id) && self.tried.contains(id));
            if is_complete && open_days == 0 && day <= over {
                mark.day = day + Days::new(1);
                self.whole_days.remove(&day);
            }
            if is_complete {
                continue;
            }
            open_days += 1;
            if missing.len() > RAW_ABOVE && !self.whole_days.contains(&day) {
                tracing::info!(%day, missing = missing.len(), until = %before, "closing a gap: the day is read whole");
                round.goes_on = self.read_whole(day).await?;
                self.whole_days.insert(day);
                if round.goes_on {
                    break;
                }
            }
            let missing: Listed = missing.into_iter().filter(|(id, _)| !self.tried.contains(id)).collect();
            self.tried.extend(missing.iter().take(MAX_PER_ROUND).map(|(id, _)| *id));
            round.found += self.bring_in(missing).await?;
            if round.found >= MAX_PER_ROUND {
                break;
            }
        }
        if open_days == 0 || self.tried.len() > MAX_TRIED {
            self.tried.clear();
        }
        metrics::gauge!(crate::meters::HISTORY_DAYS_OPEN).set((before - mark.day).num_days() as f64);
        Ok(())
    }

    /// Reads a day with its bodies. `false` when there is no such file: its kills are then fetched one by one.
    async fn read_whole(&self, day: NaiveDate) -> Result<bool, ReconcileError> {
        let archive = Archive::R2z2(HistoryClient::clone(&self.history));
        let options = backfill::Options { again: true, workers: 1, retention_months: None, is_shown: false };
        match backfill::day(&self.books, &archive, day, options, &self.stop).await {
            Ok((Ended::Whole | Ended::Skipped, tally)) => {
                tracing::info!(%day, stored = tally.stored, refused = tally.refused, "a day of the gap was read");
                Ok(true)
            }
            Ok((Ended::Interrupted, _)) => Ok(false),
            Err(BackfillError::Day { source: UpstreamError::NotFound, .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Days past retention are not worth reading.
    fn keep_retention(&self, mark: &mut Mark) {
        if let Some(months) = self.options.retention_months {
            mark.day = mark.day.max(Month::of(self.books.node().now()).minus(months).start().date_naive());
        }
    }

    async fn day(&self, day: NaiveDate) -> Result<Listed, ReconcileError> {
        match self.history.day(day).await {
            // Today's file appears with the day's first kills.
            Err(UpstreamError::NotFound) => Ok(Vec::new()),
            outcome => Ok(outcome?),
        }
    }

    /// Kills of a day that are ours and neither stored nor on their way to the database.
    async fn missing(&self, day: NaiveDate, mark: Mark) -> Result<Listed, ReconcileError> {
        let mut listed = self.day(day).await?;
        listed.retain(|(id, _)| *id > mark.floor);
        self.without_known(listed).await
    }

    async fn without_known(&self, mut listed: Listed) -> Result<Listed, ReconcileError> {
        let ids: Vec<KillmailId> = listed.iter().map(|(id, _)| *id).collect();
        let known = self.books.node().store().filter_known_ids(&ids).await?;
        listed.retain(|(id, _)| !known.contains(id) && self.books.node().window().find(*id).is_none());
        Ok(listed)
    }

    async fn first_kills(&self, days: [NaiveDate; 2]) -> Result<usize, ReconcileError> {
        let mut found = 0;
        for day in days {
            let mut listed = self.day(day).await?;
            listed.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
            listed.truncate(FIRST_KILLS - found);
            let missing = self.without_known(listed).await?;
            found += self.bring_in(missing).await?;
        }
        Ok(found)
    }

    async fn bring_in(&self, missing: Listed) -> Result<usize, ReconcileError> {
        let mut found = 0;
        for (killmail_id, hash) in missing.into_iter().take(MAX_PER_ROUND) {
            let room = async {
                while !is_spare(&self.books, &self.esi) {
                    sleep(LOOK_AGAIN).await;
                }
            };
            // Too long a wait is no reason to wait longer.
            drop(timeout(LONGEST_WAIT, room).await);
            found += 1;
            let body = FeedBody::Reference { killmail_id, hash, reported: None, names: Vec::new() };
            let event = FeedEvent { source: Source::R2z2, position: None, received_at: self.books.node().now(), body };
            if self.events.send(event).await.is_err() {
                break;
            }
        }
        Ok(found)
    }
}

/// Whether ESI's budget has something left for the past.
fn is_spare(books: &Books, esi: &EsiClient) -> bool {
    books.node().parked().len() < parked::CAPACITY / 2
        && esi.killmail_budget_percent().is_none_or(|left| left > RESERVE)
}
