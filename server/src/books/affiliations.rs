//! Keeps where pilots belong no older than ten minutes at the time somebody asks: what is stored is used at once, and
//! confirmed with ESI in bulk behind it. When that fails the old stays, and the next request tries again.

use super::{Books, names::AFFILIATION_LIFETIME};
use chrono::TimeDelta;
use domain::CharacterId;
use store::{CharacterAffiliation, StoreError};
use upstream::esi::{EsiClient, EsiError};

/// Confirms those of the pilots whose membership is old. Never fails: it is tried again on the next request.
pub async fn refresh(pilots: &[CharacterId], books: &Books, esi: &EsiClient) {
    if let Err(error) = confirm(pilots, books, esi).await {
        tracing::warn!(%error, pilots = pilots.len(), "memberships cannot be confirmed now; the old stay");
        metrics::counter!(crate::meters::AFFILIATION_FAILURES_TOTAL).increment(1);
        books.names().forget_affiliations(pilots);
    }
}

#[derive(Debug, thiserror::Error)]
enum ConfirmError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Esi(#[from] EsiError),
}

async fn confirm(pilots: &[CharacterId], books: &Books, esi: &EsiClient) -> Result<(), ConfirmError> {
    let now = books.node().now();
    let before = now - TimeDelta::from_std(AFFILIATION_LIFETIME).unwrap_or(TimeDelta::zero());
    let stale = books.node().store().list_stale_affiliations(pilots, before).await?;
    if stale.is_empty() {
        return Ok(());
    }
    let found = esi.affiliations(&stale).await?;
    books.names().forget_affiliations(&found.deferred);
    let rows: Vec<CharacterAffiliation> = found
        .rows
        .iter()
        .map(|row| CharacterAffiliation {
            character_id: row.character_id,
            corporation_id: row.corporation_id,
            alliance_id: row.alliance_id,
        })
        .collect();
    let changed = books.node().store().update_affiliations(&rows, now).await?;
    metrics::counter!(crate::meters::AFFILIATIONS_CONFIRMED_TOTAL).increment(rows.len() as u64);
    if !changed.is_empty() {
        metrics::counter!(crate::meters::AFFILIATIONS_CHANGED_TOTAL).increment(changed.len() as u64);
    }
    Ok(())
}
