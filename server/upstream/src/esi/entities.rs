//! Characters, corporations and alliances one by one, for what the bulk names lack: tickers and membership.

use super::{
    Answer, EsiClient, EsiError, Route,
    types::{AllianceInfo, CharacterInfo, CorporationInfo, wire},
};
use domain::{AllianceId, CharacterId, CorporationId};

const CHARACTER: Route = Route::new("character", "default", 86_400);
const CORPORATION: Route = Route::new("corporation", "default", 3_600);
const ALLIANCE: Route = Route::new("alliance", "default", 3_600);

impl EsiClient {
    /// # Errors
    /// `NotFound` for one that never was or is deleted; else when ESI does not answer and never did.
    pub async fn character(&self, id: CharacterId) -> Result<Answer<CharacterInfo>, EsiError> {
        let answer = self.inner.cache.get::<wire::Character>(CHARACTER, &format!("/characters/{id}")).await?;
        Ok(answer.map(|wire| wire.into_info(id)))
    }

    /// # Errors
    /// `NotFound` for one that never was; else when ESI does not answer and never did.
    pub async fn corporation(&self, id: CorporationId) -> Result<Answer<CorporationInfo>, EsiError> {
        let answer = self.inner.cache.get::<wire::Corporation>(CORPORATION, &format!("/corporations/{id}")).await?;
        Ok(answer.map(|wire| wire.into_info(id)))
    }

    /// # Errors
    /// `NotFound` for one that never was; else when ESI does not answer and never did.
    pub async fn alliance(&self, id: AllianceId) -> Result<Answer<AllianceInfo>, EsiError> {
        let answer = self.inner.cache.get::<wire::Alliance>(ALLIANCE, &format!("/alliances/{id}")).await?;
        Ok(answer.map(|wire| wire.into_info(id)))
    }
}
