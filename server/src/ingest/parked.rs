//! Kills whose body ESI does not give now, but will: its budget is spent, it is down, it does not answer in time.
//!
//! A kill is parked by [`super::resolve`], which first sends a letter of kind [`LetterKind::Waiting`] to storage, in the
//! feed's order: the position that passes the kill is committed together with the letter or not at all. The letter goes
//! in the transaction that stores the kill, or becomes a dead letter when ESI's word is final. After a crash the kills
//! are read back from their letters.
//!
//! Bounded by [`CAPACITY`]: beyond it `resolve` holds the event itself and asks until there is room, so the feed waits.
//!
//! Considered races: the kill comes with its body by another feed meanwhile (whoever takes the id out first has it); it
//! is stored by another node (storing it again is harmless and ends the wait); a stop in the middle of a round (the
//! letters are stored or on their way).

use super::{FeedPosition, PersistItem, resolve};
use crate::services::Services;
use domain::{KillmailHash, KillmailId, Source};
use futures::StreamExt;
use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::{LetterKind, NewDeadLetter};
use tokio::{
    sync::{Notify, mpsc},
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;
use upstream::{
    esi::EsiClient,
    feed::{FeedBody, Reported, reread},
    retry::{Backoff, BackoffPolicy},
};

/// Kills parked at most: a quarter of an hour of the busiest times.
pub const CAPACITY: usize = 2_000;
/// Kills of one round.
const AT_ONCE: usize = 8;
/// Between rounds in which ESI gave nothing. Asking a spent budget or an open breaker costs no request.
const RETRY: BackoffPolicy = BackoffPolicy { first: Duration::from_secs(1), max: Duration::from_secs(30) };
/// After a failure that says something of all calls, for so long nobody else asks.
const REST: Duration = Duration::from_secs(2);

/// A kill to ask for again.
#[derive(Clone, Debug)]
pub struct ParkedKill {
    pub killmail_id: KillmailId,
    pub hash: KillmailHash,
    pub source: Source,
    pub reported: Option<Reported>,
}

impl ParkedKill {
    /// What is stored of it.
    pub fn letter(&self, kind: LetterKind, reason: String) -> NewDeadLetter {
        let Self { killmail_id, hash, source, .. } = self;
        NewDeadLetter {
            kind,
            source: *source,
            position: None,
            killmail_id: Some(*killmail_id),
            reason,
            payload: format!(r#"{{"killmail_id":{killmail_id},"hash":"{hash}"}}"#),
        }
    }
}

#[derive(Debug, Default)]
struct Inner {
    /// In the order to ask in. One whose id is gone is of no interest any more.
    order: VecDeque<ParkedKill>,
    /// Those that wait, in a round or not.
    ids: HashSet<KillmailId>,
    rest_until: Option<Instant>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Parked {
    inner: Mutex<Inner>,
    arrived: Notify,
}

impl Parked {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn len(&self) -> usize {
        self.lock().ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn has_room(&self) -> bool {
        self.len() < CAPACITY
    }

    /// Parks a kill whose letter is on its way to storage.
    pub fn park(&self, kill: ParkedKill) {
        let mut inner = self.lock();
        if inner.ids.insert(kill.killmail_id) {
            inner.order.push_back(kill);
        }
        drop(inner);
        self.arrived.notify_one();
    }

    /// Takes a kill out for good. False when somebody else has done so.
    pub fn take(&self, id: KillmailId) -> bool {
        self.lock().ids.remove(&id)
    }

    /// Asking is of no use for a moment.
    pub fn rest(&self) {
        let until = Some(Instant::now() + REST);
        let mut inner = self.lock();
        inner.rest_until = inner.rest_until.max(until);
    }

    /// Until when asking is of no use.
    pub fn rest_until(&self) -> Option<Instant> {
        self.lock().rest_until.filter(|until| *until > Instant::now())
    }

    fn next_round(&self) -> Vec<ParkedKill> {
        let mut inner = self.lock();
        let mut round = Vec::with_capacity(AT_ONCE);
        while round.len() < AT_ONCE
            && let Some(kill) = inner.order.pop_front()
        {
            if inner.ids.contains(&kill.killmail_id) {
                round.push(kill);
            }
        }
        round
    }

    /// Back to the end of the queue, so that one hopeless kill does not stop the others.
    fn put_back(&self, kill: ParkedKill) {
        self.lock().order.push_back(kill);
    }
}

/// Asks for parked kills until `stop`.
pub async fn run(
    services: Arc<Services>,
    esi: Arc<EsiClient>,
    persist: mpsc::Sender<PersistItem>,
    stop: CancellationToken,
) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = work(&services, &esi, &persist) => {}
    }
}

async fn work(services: &Services, esi: &EsiClient, persist: &mpsc::Sender<PersistItem>) {
    load(services).await;
    let mut backoff = Backoff::random(RETRY);
    loop {
        if services.parked().is_empty() {
            services.parked().arrived.notified().await;
            // It has failed a moment ago.
            sleep(backoff.next_delay()).await;
        }
        if let Some(until) = services.parked().rest_until() {
            sleep_until(until).await;
        }
        let round = services.parked().next_round();
        let asked = round.len();
        let mut answers = futures::stream::iter(round)
            .map(|kill| async move { (esi.killmail(kill.killmail_id, &kill.hash).await, kill) })
            .buffer_unordered(AT_ONCE);
        let mut failed = 0;
        while let Some((answer, kill)) = answers.next().await {
            let item = match answer {
                Err(error) if error.is_retryable() => {
                    failed += 1;
                    if error.is_general() {
                        services.parked().rest();
                    }
                    services.parked().put_back(kill);
                    continue;
                }
                // It came by another way.
                _ if !services.parked().take(kill.killmail_id) => continue,
                Ok(payload) => resolve::accept_fetched(kill, payload, None, services),
                Err(error) => {
                    services.dedupe().forget(kill.killmail_id);
                    let reason = format!("body not to be had from ESI: {error}");
                    resolve::refuse(kill.letter(LetterKind::Body, reason), None, services)
                }
            };
            if let Some(item) = item
                && persist.send(item).await.is_err()
            {
                return;
            }
        }
        if failed < asked {
            backoff.reset();
        } else if asked > 0 {
            sleep(backoff.next_delay()).await;
        }
    }
}

/// Parks again what was parked when the process before ended. Waits for the database.
async fn load(services: &Services) {
    let mut backoff = Backoff::random(RETRY);
    let letters = loop {
        match services.store().list_waiting_letters(2 * CAPACITY as u32).await {
            Ok(letters) => break letters,
            Err(error) => {
                tracing::warn!(%error, "kills that wait for their body cannot be read yet");
                sleep(backoff.next_delay()).await;
            }
        }
    };
    if !letters.is_empty() {
        tracing::info!(kills = letters.len(), "kills from before wait for their body");
    }
    for letter in letters {
        if let FeedBody::Reference { killmail_id, hash, reported, .. } = reread(&letter.payload)
            // Else a feed has brought it again, and it is on its way.
            && services.dedupe().is_new(killmail_id)
        {
            services.parked().park(ParkedKill { killmail_id, hash, source: letter.source, reported });
        }
    }
}

/// A parked kill's letter as an item for storage.
pub fn waiting(kill: &ParkedKill, reason: String, position: Option<FeedPosition>) -> PersistItem {
    metrics::counter!("killmails_parked_total").increment(1);
    PersistItem::DeadLetter { letter: kill.letter(LetterKind::Waiting, reason), position }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kill(id: i64) -> ParkedKill {
        let hash = format!("{id:040x}").parse().expect("a hash");
        ParkedKill { killmail_id: KillmailId(id), hash, source: Source::R2z2, reported: None }
    }

    #[tokio::test(start_paused = true)]
    async fn kills_take_turns_and_leave_once() {
        let parked = Parked::default();
        (1..=10).for_each(|id| parked.park(kill(id)));
        parked.park(kill(3));
        assert_eq!(parked.len(), 10);
        assert!(parked.take(KillmailId(2)) && !parked.take(KillmailId(2)), "one taker");
        let ids = |round: &[ParkedKill]| round.iter().map(|kill| kill.killmail_id.0).collect::<Vec<_>>();
        let first = parked.next_round();
        assert_eq!(ids(&first), [1, 3, 4, 5, 6, 7, 8, 9]);
        first.into_iter().for_each(|kill| parked.put_back(kill));
        assert_eq!(ids(&parked.next_round())[..2], [10, 1], "whoever failed waits for the others");
        assert_eq!(parked.len(), 9, "in a round or not, it waits");

        parked.rest();
        assert!(parked.rest_until().is_some());
        tokio::time::advance(Duration::from_secs(3)).await;
        assert!(parked.rest_until().is_none());
        (0..2 * CAPACITY as i64).take_while(|_| parked.has_room()).for_each(|id| parked.park(kill(id)));
        assert_eq!(parked.len(), CAPACITY);
    }
}
