//! Kills that wait for their body, in memory; [`crate::ingest::parked`] parks them, asks for them and tells what becomes
//! of them. Bounded by [`CAPACITY`].

use domain::{KillmailHash, KillmailId, Source};
use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::{LetterKind, NewDeadLetter};
use tokio::{sync::Notify, time::Instant};
use upstream::feed::Reported;

/// Kills parked at most: a quarter of an hour of the busiest times.
pub const CAPACITY: usize = 2_000;
/// Kills of one round.
pub const AT_ONCE: usize = 8;
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

    /// Returns when a kill was parked.
    pub async fn arrived(&self) {
        self.arrived.notified().await;
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

    /// The next to ask for, at most [`AT_ONCE`].
    pub fn next_round(&self) -> Vec<ParkedKill> {
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
    pub fn put_back(&self, kill: ParkedKill) {
        self.lock().order.push_back(kill);
    }
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
