//! Asking ESI for what the book of corporations and alliances is asked for.

use super::book::{AT_ONCE, Facts, Key, Requests};
use crate::books::Books;
use domain::{AllianceId, CorporationId, EntityKind, EntityName};
use futures::{StreamExt, stream};
use std::sync::Arc;
use store::StoreError;
use tokio_util::sync::CancellationToken;
use upstream::{
    UpstreamError,
    esi::{Answer, EsiClient, EsiError, Freshness},
};

/// Asks ESI for what is queued until `stop`.
pub async fn run(requests: Requests, books: Arc<Books>, esi: Arc<EsiClient>, stop: CancellationToken) {
    let queued = stream::unfold(requests, |mut requests| async move { Some((requests.0.recv().await?, requests)) });
    let (books, esi) = (&*books, &*esi);
    let work = queued.for_each_concurrent(AT_ONCE, |key| async move {
        if let Err(error) = confirm(key, books, esi).await {
            tracing::debug!(%error, kind = %key.0, id = key.1, "esi tells nothing now; the old stays");
            metrics::counter!(crate::meters::ENTITY_FAILURES_TOTAL).increment(1);
        }
        books.entities().pending().remove(&key);
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

async fn confirm(key: Key, books: &Books, esi: &EsiClient) -> Result<(), ConfirmError> {
    let (kind, id) = key;
    let now = books.node().now();
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
        books.node().store().upsert_names(&[name]).await?;
    }
    books.entities().settle(key, facts);
    Ok(())
}
