//! Keeps where pilots belong no older than ten minutes at the time somebody asks: what is stored is used at once, and
//! confirmed with ESI in bulk behind it. When that fails the old stays, and the next request tries again.

use super::Services;
use chrono::TimeDelta;
use domain::CharacterId;
use std::time::Duration;
use store::{CharacterAffiliation, StoreError};
use upstream::esi::{EsiClient, EsiError};

/// How long a membership is taken for true (domain.md 3).
pub const LIFETIME: Duration = Duration::from_secs(600);

/// Confirms those of the pilots whose membership is old. Never fails: it is tried again on the next request.
pub async fn refresh(pilots: &[CharacterId], services: &Services, esi: &EsiClient) {
    if let Err(error) = confirm(pilots, services, esi).await {
        tracing::warn!(%error, pilots = pilots.len(), "memberships cannot be confirmed now; the old stay");
        metrics::counter!("affiliation_failures_total").increment(1);
        services.names().forget_affiliations(pilots);
    }
}

#[derive(Debug, thiserror::Error)]
enum ConfirmError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Esi(#[from] EsiError),
}

async fn confirm(pilots: &[CharacterId], services: &Services, esi: &EsiClient) -> Result<(), ConfirmError> {
    let now = services.now();
    let before = now - TimeDelta::from_std(LIFETIME).unwrap_or(TimeDelta::zero());
    let stale = services.store().list_stale_affiliations(pilots, before).await?;
    if stale.is_empty() {
        return Ok(());
    }
    let found = esi.affiliations(&stale).await?;
    services.names().forget_affiliations(&found.deferred);
    let rows: Vec<CharacterAffiliation> = found
        .rows
        .iter()
        .map(|row| CharacterAffiliation {
            character_id: row.character_id,
            corporation_id: row.corporation_id,
            alliance_id: row.alliance_id,
        })
        .collect();
    let changed = services.store().update_affiliations(&rows, now).await?;
    metrics::counter!("affiliations_confirmed_total").increment(rows.len() as u64);
    if !changed.is_empty() {
        metrics::counter!("affiliations_changed_total").increment(changed.len() as u64);
    }
    Ok(())
}
