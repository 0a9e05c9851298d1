//! Characters, corporations and alliances one by one, for what the bulk names lack: tickers and membership.

use super::{
    Call, EsiClient, EsiError, decode,
    types::{AllianceInfo, CharacterInfo, CorporationInfo, wire},
};
use domain::{AllianceId, CharacterId, CorporationId};
use serde::de::DeserializeOwned;

impl EsiClient {
    /// # Errors
    /// `NotFound` for one that never was or is deleted; else when ESI does not answer.
    pub async fn character(&self, id: CharacterId) -> Result<CharacterInfo, EsiError> {
        let wire: wire::Character = self.entity(&format!("/characters/{id}")).await?;
        Ok(wire.into_info(id))
    }

    /// # Errors
    /// `NotFound` for one that never was; else when ESI does not answer.
    pub async fn corporation(&self, id: CorporationId) -> Result<CorporationInfo, EsiError> {
        let wire: wire::Corporation = self.entity(&format!("/corporations/{id}")).await?;
        Ok(wire.into_info(id))
    }

    /// # Errors
    /// `NotFound` for one that never was; else when ESI does not answer.
    pub async fn alliance(&self, id: AllianceId) -> Result<AllianceInfo, EsiError> {
        let wire: wire::Alliance = self.entity(&format!("/alliances/{id}")).await?;
        Ok(wire.into_info(id))
    }

    async fn entity<T: DeserializeOwned>(&self, path: &str) -> Result<T, EsiError> {
        Ok(decode(&self.call(Call::get("default", path)).await?.into_success()?)?)
    }
}
