//! Pilots, corporations and alliances one by one: who belongs to whom, tickers, members.
//!
//! Answers come from memory and the database at once. What is older than ten minutes is asked for again behind them:
//! pilots in bulk ([`super::affiliations`]), corporations and alliances by [`run`], a few at a time. When that fails
//! the old stays, and the next request tries again. Only what kills have brought here is asked for, so guessing ids
//! costs ESI nothing. A full queue drops what does not fit: it is asked for when it is looked at again.

use super::{Services, store_failure};
use cached::{CacheMetrics, ShardedLruCache};
use chrono::TimeDelta;
use contract::{ApiError, EntityCard, EntityRef};
use domain::{AllianceId, CharacterId, CorporationId, EntityKind, EntityName, Timestamp};
use futures::{StreamExt, stream};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use store::StoreError;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use upstream::{
    UpstreamError,
    esi::{Answer, EsiClient, EsiError, Freshness},
};

/// How long what ESI said is taken for true (domain.md 3).
const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// Corporations and alliances in memory, of some hundred bytes.
const KEPT: usize = 20_000;
const QUEUE: usize = 1_000;
const AT_ONCE: usize = 4;

type Key = (EntityKind, i64);

/// The receiving end, for [`run`].
pub struct Requests(mpsc::Receiver<Key>);

/// What ESI tells of a corporation or alliance.
#[derive(Debug)]
struct Facts {
    ticker: Option<String>,
    /// An alliance's executor.
    corporation_id: Option<CorporationId>,
    alliance_id: Option<AllianceId>,
    member_count: Option<i64>,
    confirmed_at: Timestamp,
}

/// See the module.
pub struct EntityBook {
    facts: ShardedLruCache<Key, Arc<Facts>>,
    /// Queued or being asked for; at most what the queue and [`AT_ONCE`] hold.
    pending: Mutex<HashSet<Key>>,
    requests: mpsc::Sender<Key>,
}

impl EntityBook {
    pub fn new() -> (Self, Requests) {
        let (requests, receiver) = mpsc::channel(QUEUE);
        (Self { facts: ShardedLruCache::new(KEPT), pending: Mutex::default(), requests }, Requests(receiver))
    }

    pub fn metrics(&self) -> CacheMetrics {
        self.facts.metrics()
    }

    /// What is known, and a question when that is nothing or old.
    fn look_up(&self, key: Key, now: Timestamp) -> Option<Arc<Facts>> {
        let known = self.facts.get(&key);
        if known.as_ref().is_none_or(|facts| now - facts.confirmed_at >= LIFETIME) {
            self.request(key);
        }
        known
    }

    fn request(&self, key: Key) {
        if self.pending().insert(key) && self.requests.try_send(key).is_err() {
            self.pending().remove(&key);
            metrics::counter!("entity_requests_dropped_total").increment(1);
        }
    }

    fn pending(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Services {
    /// # Errors
    /// Not found for one that no kill has brought here; unavailable without the database.
    pub(super) async fn entity(&self, kind: EntityKind, id: i64) -> Result<EntityCard, ApiError> {
        let stored = self.store().find_entity(kind, id).await.map_err(|error| store_failure(&error))?;
        let npc = (kind == EntityKind::Corporation).then(|| self.npc_corporation(id)).flatten();
        let is_npc = npc.is_some();
        let name = npc.or_else(|| stored.as_ref().map(|stored| stored.name.clone()));
        let name = name.ok_or_else(|| ApiError::not_found(&format!("The {kind} {id}")))?;
        let stored = stored.as_ref();
        let facts = match kind {
            EntityKind::Character => {
                self.names().request_affiliations([CharacterId(id)]);
                None
            }
            // Static data.
            _ if is_npc => None,
            _ => self.entities().look_up((kind, id), self.now()),
        };
        let facts = facts.as_deref();
        let corporation =
            stored.and_then(|stored| stored.corporation_id).or(facts.and_then(|facts| facts.corporation_id));
        let alliance = match facts {
            Some(facts) => facts.alliance_id,
            None => stored.and_then(|stored| stored.alliance_id),
        };
        let related: Vec<i64> = corporation.map(|id| id.0).into_iter().chain(alliance.map(|id| id.0)).collect();
        let names = self.store().find_names(&related).await.map_err(|error| store_failure(&error))?;
        let reference = |kind, id| self.reference(kind, id, &names);
        Ok(EntityCard {
            kind,
            id,
            name,
            ticker: facts.and_then(|facts| facts.ticker.clone()).or_else(|| stored?.ticker.clone()),
            corporation: corporation.map(|id| reference(EntityKind::Corporation, id.0)),
            alliance: alliance.map(|id| reference(EntityKind::Alliance, id.0)),
            member_count: facts.and_then(|facts| facts.member_count),
            confirmed_at: facts.map(|facts| facts.confirmed_at).or_else(|| stored?.updated_at),
        })
    }

    /// Asks for the ticker when it is not known.
    fn reference(&self, kind: EntityKind, id: i64, names: &[EntityName]) -> EntityRef {
        let known = names.iter().find(|name| name.kind == kind && name.id == id);
        let ticker = known.and_then(|name| name.ticker.clone());
        let name = known.map(|name| name.name.clone()).or_else(|| self.npc_corporation(id));
        if name.is_none() {
            self.names().request([id]);
        } else if known.is_some() && ticker.is_none() {
            self.entities().look_up((kind, id), self.now());
        }
        EntityRef { id, name, ticker }
    }

    fn npc_corporation(&self, id: i64) -> Option<String> {
        self.static_data().npc_corporation_name(CorporationId(id)).map(str::to_owned)
    }
}

/// Asks ESI for what is queued until `stop`.
pub async fn run(requests: Requests, services: Arc<Services>, esi: Arc<EsiClient>, stop: CancellationToken) {
    let queued = stream::unfold(requests, |mut requests| async move { Some((requests.0.recv().await?, requests)) });
    let (services, esi) = (&*services, &*esi);
    let work = queued.for_each_concurrent(AT_ONCE, |key| async move {
        if let Err(error) = confirm(key, services, esi).await {
            tracing::debug!(%error, kind = %key.0, id = key.1, "esi tells nothing now; the old stays");
            metrics::counter!("entity_failures_total").increment(1);
        }
        services.entities().pending().remove(&key);
    });
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
}

#[derive(Debug, thiserror::Error)]
enum ConfirmError {
    #[error("an expired answer")]
    Expired,
    #[error(transparent)]
    Esi(#[from] EsiError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

async fn confirm(key: Key, services: &Services, esi: &EsiClient) -> Result<(), ConfirmError> {
    let (kind, id) = key;
    let now = services.now();
    let answer = if kind == EntityKind::Alliance {
        esi.alliance(AllianceId(id)).await.map(|answer| {
            answer.map(|it| {
                let facts = Facts {
                    ticker: Some(it.ticker).filter(|ticker| !ticker.is_empty()),
                    corporation_id: it.executor_corporation_id,
                    alliance_id: None,
                    member_count: None,
                    confirmed_at: now,
                };
                (Some(it.name), facts)
            })
        })
    } else {
        esi.corporation(CorporationId(id)).await.map(|answer| {
            answer.map(|it| {
                let facts = Facts {
                    ticker: Some(it.ticker).filter(|ticker| !ticker.is_empty()),
                    corporation_id: None,
                    alliance_id: it.alliance_id,
                    member_count: it.member_count,
                    confirmed_at: now,
                };
                (Some(it.name), facts)
            })
        })
    };
    let (name, facts) = match answer {
        Ok(Answer { value, freshness: Freshness::Fresh, .. }) => value,
        Ok(_) => return Err(ConfirmError::Expired),
        // Gone: what is stored is all there will be.
        Err(EsiError::Upstream(UpstreamError::NotFound)) => {
            let facts =
                Facts { ticker: None, corporation_id: None, alliance_id: None, member_count: None, confirmed_at: now };
            (None, facts)
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(name) = name {
        // Search finds tickers in the database.
        let name = EntityName { kind, id, name, ticker: facts.ticker.clone() };
        services.store().upsert_names(&[name]).await?;
    }
    services.entities().facts.set(key, Arc::new(facts));
    Ok(())
}
