//! Where characters belong, in bulk.

use super::{Affiliations, EsiClient, EsiError, Route, batch, decode_bytes, types::wire};
use domain::CharacterId;

const AFFILIATION: Route = Route::new("affiliation", "default", 3_600);

impl EsiClient {
    /// Corporation, alliance and faction of any number of characters; duplicates are asked once. When ESI fails
    /// midway the result holds what was learnt until then, and the rest as `deferred`.
    ///
    /// # Errors
    /// When ESI fails before anything was learnt.
    pub async fn affiliations(&self, ids: &[CharacterId]) -> Result<Affiliations, EsiError> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let read = |body: &[u8]| {
            let rows: Vec<wire::Affiliation> = decode_bytes(body)?;
            Ok(rows.into_iter().map(|row| (row.character_id, row.into())).collect())
        };
        let path = "/characters/affiliation";
        let sorted = batch::ask(&self.inner.caller, &self.inner.bad_ids, AFFILIATION, path, &ids, read).await?;
        let characters = |ids: Vec<i64>| ids.into_iter().map(CharacterId).collect();
        Ok(Affiliations {
            rows: sorted.rows,
            unresolved: characters(sorted.unresolved),
            deferred: characters(sorted.deferred),
        })
    }
}
