//! Names of pilots, corporations and alliances: a bounded cache, filled from feeds, the database and ESI in bulk.
//! And where pilots belong, which is confirmed again when somebody asks and it is older than ten minutes.
//!
//! Asking never waits: a missing name is queued; [`run`] looks it up and the window passes it on to open pages.
//! The queue is bounded and drops what does not fit: a name is asked for again when its owner is seen again.
//! What other nodes learn comes by way of the bus ([`follow`]).

use super::{Services, affiliations};
use crate::{
    bus::{News, Topic},
    live::window::Amendment,
};
use cached::{CacheMetrics, ShardedLruCache, ShardedLruTtlCache};
use domain::{CharacterId, EntityKind, EntityName};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{broadcast::error::RecvError, mpsc},
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;
use upstream::esi::EsiClient;

/// About ten days of distinct pilots.
const CACHED_NAMES: usize = 300_000;
const QUEUE: usize = 50_000;
/// ESI takes at most so many ids a call.
const BATCH: usize = 1_000;
const BATCH_TIME: Duration = Duration::from_millis(250);

/// Ids and names on their way to [`run`].
#[derive(Debug)]
enum Request {
    /// Find this name.
    Find(i64),
    /// A feed told this name: keep it.
    Keep(EntityName),
    /// Confirm where this pilot belongs.
    Affiliate(CharacterId),
}

/// The receiving end, for [`run`].
pub struct Requests(mpsc::Receiver<Request>);

/// See the module.
pub struct NameBook {
    names: ShardedLruCache<i64, Arc<str>>,
    /// Asked for lately, so that one name is not queued a thousand times.
    asked: ShardedLruCache<i64, ()>,
    /// Pilots whose membership was asked for within its lifetime.
    affiliated: ShardedLruTtlCache<CharacterId, ()>,
    requests: mpsc::Sender<Request>,
}

impl NameBook {
    pub fn new() -> (Self, Requests) {
        let (requests, receiver) = mpsc::channel(QUEUE);
        let book = Self {
            names: ShardedLruCache::new(CACHED_NAMES),
            asked: ShardedLruCache::new(QUEUE),
            affiliated: ShardedLruTtlCache::new(CACHED_NAMES, affiliations::LIFETIME),
            requests,
        };
        (book, Requests(receiver))
    }

    pub fn get(&self, id: i64) -> Option<String> {
        self.names.get(&id).map(|name| name.to_string())
    }

    /// Queues ids whose names are unknown.
    pub fn request(&self, ids: impl IntoIterator<Item = i64>) {
        for id in ids {
            if self.names.get(&id).is_none()
                && self.asked.set(id, ()).is_none()
                && self.requests.try_send(Request::Find(id)).is_err()
            {
                self.asked.remove(&id);
                metrics::counter!("name_requests_dropped_total").increment(1);
            }
        }
    }

    /// Queues pilots whose membership was not asked for lately. What is known stays in use meanwhile.
    pub fn request_affiliations(&self, pilots: impl IntoIterator<Item = CharacterId>) {
        for pilot in pilots {
            if self.affiliated.get(&pilot).is_none() {
                self.affiliated.set(pilot, ());
                if self.requests.try_send(Request::Affiliate(pilot)).is_err() {
                    self.affiliated.remove(&pilot);
                    metrics::counter!("name_requests_dropped_total").increment(1);
                }
            }
        }
    }

    /// So that the next request asks again.
    pub(super) fn forget_affiliations(&self, pilots: &[CharacterId]) {
        for pilot in pilots {
            self.affiliated.remove(pilot);
        }
    }

    pub fn metrics(&self) -> CacheMetrics {
        self.names.metrics()
    }

    pub fn affiliation_metrics(&self) -> CacheMetrics {
        self.affiliated.metrics()
    }

    /// Takes names a feed brought along.
    pub fn learn(&self, names: Vec<EntityName>) {
        for name in names {
            if self.names.get(&name.id).as_deref() != Some(name.name.as_str()) {
                self.names.set(name.id, Arc::from(name.name.as_str()));
                if self.requests.try_send(Request::Keep(name)).is_err() {
                    metrics::counter!("name_requests_dropped_total").increment(1);
                }
            }
        }
    }

    fn remember(&self, names: &[EntityName]) {
        for name in names {
            self.names.set(name.id, Arc::from(name.name.as_str()));
        }
    }

    /// So that a later sighting asks again.
    fn forget_asking(&self, ids: &[i64]) {
        for id in ids {
            self.asked.remove(id);
        }
    }
}

/// Looks up queued names in bulk until `stop`: database first, ESI for the rest.
pub async fn run(requests: Requests, services: Arc<Services>, esi: Arc<EsiClient>, stop: CancellationToken) {
    let Requests(mut requests) = requests;
    loop {
        let first = tokio::select! {
            () = stop.cancelled() => return,
            first = requests.recv() => match first {
                Some(first) => first,
                None => return,
            },
        };
        let deadline = Instant::now() + BATCH_TIME;
        let mut wanted = HashSet::new();
        let mut told = Vec::new();
        let mut pilots = Vec::new();
        let mut next = Some(first);
        while let Some(request) = next.take() {
            match request {
                Request::Find(id) => drop(wanted.insert(id)),
                Request::Keep(name) => told.push(name),
                Request::Affiliate(pilot) => pilots.push(pilot),
            }
            if wanted.len() + told.len() < BATCH && pilots.len() < BATCH {
                next = timeout_at(deadline, requests.recv()).await.ok().flatten();
            }
        }
        keep(&told, &services).await;
        let wanted: Vec<i64> = wanted.into_iter().filter(|id| services.names().get(*id).is_none()).collect();
        if !wanted.is_empty() {
            find(&wanted, &services, &esi).await;
        }
        if !pilots.is_empty() {
            affiliations::refresh(&pilots, &services, &esi).await;
        }
    }
}

/// Takes over what other nodes learn until `stop`.
pub async fn follow(services: Arc<Services>, stop: CancellationToken) {
    let mut news = services.bus().subscribe();
    loop {
        let news = tokio::select! {
            () = stop.cancelled() => return,
            news = news.recv() => news,
        };
        match news {
            Ok(news) if news.topic == Topic::Names && services.bus().is_foreign(&news) => take_over(&news, &services),
            Ok(news) if news.topic == Topic::Names => {}
            // News were lost: what open pages still miss is looked up again.
            Ok(_) | Err(RecvError::Lagged(_)) => {
                let missing = services.window().unnamed_ids();
                services.names().forget_asking(&missing);
                services.names().request(missing);
            }
            Err(RecvError::Closed) => return,
        }
    }
}

fn take_over(news: &News, services: &Services) {
    match serde_json::from_str::<Vec<(i64, String)>>(&news.payload) {
        Ok(pairs) => {
            for (id, name) in &pairs {
                services.names().names.set(*id, Arc::from(name.as_str()));
            }
            show(&pairs, services);
        }
        Err(error) => tracing::debug!(%error, "names of another version"),
    }
}

async fn find(wanted: &[i64], services: &Services, esi: &EsiClient) {
    let stored = match services.store().find_names(wanted).await {
        Ok(names) => names,
        Err(error) => {
            tracing::warn!(%error, "stored names cannot be read");
            Vec::new()
        }
    };
    announce(&stored, services);
    let known: HashSet<i64> = stored.iter().map(|name| name.id).collect();
    let missing: Vec<i64> = wanted.iter().copied().filter(|id| !known.contains(id)).collect();
    if missing.is_empty() {
        return;
    }
    match esi.names(&missing).await {
        Ok(found) => {
            let names = found.names;
            announce(&names, services);
            tell_others(&names, services);
            keep(&names, services).await;
            services.names().forget_asking(&found.deferred);
        }
        Err(error) => {
            tracing::warn!(%error, names = missing.len(), "names cannot be resolved now");
            services.names().forget_asking(&missing);
        }
    }
}

/// Caches names and sends them to open pages.
fn announce(names: &[EntityName], services: &Services) {
    services.names().remember(names);
    let pairs: Vec<(i64, String)> = names.iter().map(|name| (name.id, name.name.clone())).collect();
    show(&pairs, services);
}

/// Sends names to open pages and fills them in where they are missing in memory.
fn show(names: &[(i64, String)], services: &Services) {
    let known: HashMap<i64, &str> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let lookup = |id: i64| known.get(&id).map(|name| (*name).to_owned());
    let kills = services.window().lacking_names(known.keys().copied());
    services.window().amend_all(kills.into_iter().map(|id| (id, Amendment::Names(&lookup))));
}

fn tell_others(names: &[EntityName], services: &Services) {
    let pairs: Vec<(i64, &str)> = names.iter().map(|name| (name.id, name.name.as_str())).collect();
    match serde_json::to_string(&pairs) {
        Ok(payload) if !pairs.is_empty() => services.bus().publish(Topic::Names, &payload),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "names cannot be written"),
    }
}

async fn keep(names: &[EntityName], services: &Services) {
    let names: Vec<EntityName> = names
        .iter()
        .filter(|name| matches!(name.kind, EntityKind::Character | EntityKind::Corporation | EntityKind::Alliance))
        .cloned()
        .collect();
    if names.is_empty() {
        return;
    }
    if let Err(error) = services.store().upsert_names(&names).await {
        tracing::warn!(%error, "names cannot be stored");
        // They stay in the cache; asking again later stores them.
        services.names().forget_asking(&names.iter().map(|name| name.id).collect::<Vec<_>>());
    }
}
