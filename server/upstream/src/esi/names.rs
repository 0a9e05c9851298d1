//! Names in bulk.

use super::{EsiClient, EsiError, ResolvedNames, Route, batch, decode_bytes, types::wire};
use crate::feed::clean_entity_name;
use domain::{EntityKind, EntityName};

const NAMES: Route = Route::new("names", "default", 0);

impl EsiClient {
    /// Resolves any number of ids of any kind; duplicates are asked once. When ESI fails midway the result holds what
    /// was resolved until then, and the rest as `deferred`.
    ///
    /// # Errors
    /// When ESI fails before anything was resolved.
    pub async fn names(&self, ids: &[i64]) -> Result<ResolvedNames, EsiError> {
        let read = |body: &[u8]| {
            let rows: Vec<wire::Name> = decode_bytes(body)?;
            Ok(rows.iter().filter_map(entity_name).map(|name| (name.id, name)).collect())
        };
        let sorted = batch::ask(&self.inner.caller, &self.inner.bad_ids, NAMES, "/universe/names", ids, read).await?;
        Ok(ResolvedNames { names: sorted.rows, unresolved: sorted.unresolved, deferred: sorted.deferred })
    }
}

/// Stations and kinds unknown to this version count as unresolved.
fn entity_name(wire: &wire::Name) -> Option<EntityName> {
    let kind = match wire.category.as_str() {
        "character" => EntityKind::Character,
        "corporation" => EntityKind::Corporation,
        "alliance" => EntityKind::Alliance,
        "faction" => EntityKind::Faction,
        "solar_system" => EntityKind::System,
        "constellation" => EntityKind::Constellation,
        "region" => EntityKind::Region,
        "inventory_type" => EntityKind::Type,
        _ => return None,
    };
    Some(EntityName { kind, id: wire.id, name: clean_entity_name(&wire.name)?, ticker: None })
}
