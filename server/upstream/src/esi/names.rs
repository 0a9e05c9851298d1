//! Names in bulk.
//!
//! ESI refuses a whole list when it cannot resolve one of its ids. The list is then halved until the bad id stands
//! alone, which costs about 2·log2(1000) calls per bad id and as many of the host's 100 errors a minute; the limiter
//! holds us back before those run out.

use super::{Call, EsiClient, EsiError, ResolvedNames, decode, types::wire};
use crate::{UpstreamError, feed::clean_entity_name};
use domain::{EntityKind, EntityName, ids::MAX_JSON_INTEGER};
use std::collections::HashSet;

/// ESI's limit on one list.
const MAX_IDS: usize = 1000;

impl EsiClient {
    /// Resolves any number of ids of any kind; duplicates are asked once. When ESI fails midway the result holds what
    /// was resolved until then, and the rest as `deferred`.
    ///
    /// # Errors
    /// When ESI fails before anything was resolved.
    pub async fn names(&self, ids: &[i64]) -> Result<ResolvedNames, EsiError> {
        let mut result = ResolvedNames::default();
        let mut seen = HashSet::new();
        let unique: Vec<i64> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        let (askable, impossible): (Vec<i64>, Vec<i64>) =
            unique.into_iter().partition(|id| (1..=MAX_JSON_INTEGER).contains(id));
        result.unresolved = impossible;
        // A stack of lists still to ask; halves go back on it.
        let mut lists: Vec<Vec<i64>> = askable.chunks(MAX_IDS).rev().map(<[i64]>::to_vec).collect();
        while let Some(list) = lists.pop() {
            match self.names_of(&list).await {
                Ok(names) => {
                    let resolved: HashSet<i64> = names.iter().map(|name| name.id).collect();
                    result.unresolved.extend(list.iter().filter(|id| !resolved.contains(id)));
                    result.names.extend(names);
                }
                Err(UpstreamError::NotFound | UpstreamError::Status { status: 400 | 422, .. }) => {
                    if let [single] = list[..] {
                        result.unresolved.push(single);
                    } else {
                        let (left, right) = list.split_at(list.len() / 2);
                        lists.push(right.to_vec());
                        lists.push(left.to_vec());
                    }
                }
                Err(error) if result.names.is_empty() && result.unresolved.is_empty() => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(kind = error.kind(), "esi failed amid a list of names");
                    result.deferred.extend(list);
                    result.deferred.extend(lists.drain(..).flatten());
                }
            }
        }
        Ok(result)
    }

    async fn names_of(&self, ids: &[i64]) -> Result<Vec<EntityName>, UpstreamError> {
        let call = Call { ids: Some(ids), ..Call::get("default", "/universe/names") };
        let response = self.call(call).await?.into_success()?;
        let asked: HashSet<i64> = ids.iter().copied().collect();
        let names: Vec<wire::Name> = decode(&response)?;
        Ok(names.iter().filter(|name| asked.contains(&name.id)).filter_map(entity_name).collect())
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
