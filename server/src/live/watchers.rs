//! Who looks at one kill: open kill pages, to be told when the kill is worked out anew.
//!
//! Bounded by the sockets, which watch one kill each. Telling never waits: a watcher that has not looked yet has its
//! news already.

use domain::KillmailId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// The watchers of one node.
#[derive(Debug, Default)]
pub struct Watchers {
    by_kill: Mutex<HashMap<KillmailId, Vec<Arc<Notify>>>>,
}

/// One watcher; dropping it ends the watch.
#[derive(Debug)]
pub struct Watching {
    killmail_id: KillmailId,
    news: Arc<Notify>,
    watchers: Arc<Watchers>,
}

impl Watchers {
    fn lock(&self) -> MutexGuard<'_, HashMap<KillmailId, Vec<Arc<Notify>>>> {
        self.by_kill.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn watch(self: &Arc<Self>, killmail_id: KillmailId) -> Watching {
        let news = Arc::new(Notify::new());
        self.lock().entry(killmail_id).or_default().push(Arc::clone(&news));
        Watching { killmail_id, news, watchers: Arc::clone(self) }
    }

    /// Tells everybody who watches one of the kills.
    pub fn tell(&self, changed: impl IntoIterator<Item = KillmailId>) {
        let by_kill = self.lock();
        if by_kill.is_empty() {
            return;
        }
        for news in changed.into_iter().filter_map(|id| by_kill.get(&id)).flatten() {
            news.notify_one();
        }
    }
}

impl Watching {
    pub fn killmail_id(&self) -> KillmailId {
        self.killmail_id
    }

    /// Waits for news; several at once are one. Cancel-safe.
    pub async fn changed(&self) {
        self.news.notified().await;
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut by_kill = self.watchers.lock();
        if let Some(watching) = by_kill.get_mut(&self.killmail_id) {
            watching.retain(|news| !Arc::ptr_eq(news, &self.news));
            if watching.is_empty() {
                by_kill.remove(&self.killmail_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn only_those_who_watch_the_kill_are_told_and_once() {
        let watchers = Arc::new(Watchers::default());
        let (first, second) = (watchers.watch(KillmailId(1)), watchers.watch(KillmailId(1)));
        let other = watchers.watch(KillmailId(2));
        watchers.tell([KillmailId(1), KillmailId(3)]);
        watchers.tell([KillmailId(1)]);
        assert!(first.changed().now_or_never().is_some(), "news from before it looked");
        assert!(first.changed().now_or_never().is_none(), "twice at once is once");
        assert!(second.changed().now_or_never().is_some());
        assert!(other.changed().now_or_never().is_none());
        drop((first, other));
        assert_eq!(watchers.lock().len(), 1);
        drop(second);
        assert!(watchers.lock().is_empty(), "nobody watches, nothing is kept");
    }
}
