//! Search over entities, places, ships and killmail ids; and names for the ids of a filter.

use super::{Services, store_failure};
use contract::{ApiError, FilterName, SearchHit};
use domain::{CelestialId, KillFilter, KillmailId, StaticData, static_data::Celestials};
use std::{collections::HashMap, sync::Arc};

/// Most hits of one answer.
const LIMIT: u32 = 30;
/// Longer queries are refused.
const MAX_QUERY_CHARS: usize = 100;

impl Services {
    /// Best hits first. Queries shorter than two characters find nothing.
    ///
    /// # Errors
    /// `Invalid` for an overlong query, `Unavailable` when the database does not answer.
    pub(super) async fn search(&self, query: &str) -> Result<Vec<SearchHit>, ApiError> {
        let query = query.trim();
        if query.chars().count() > MAX_QUERY_CHARS {
            return Err(ApiError::invalid("q", format!("has more than {MAX_QUERY_CHARS} characters")));
        }
        let entities = self.store().search_entities(query, LIMIT).await.map_err(|error| store_failure(&error))?;
        let mut hits = Vec::new();
        // The database finds a kill by its number, except for one still waiting to be stored.
        if let Some(kill) = query.parse().ok().and_then(|id| self.window().find(KillmailId(id)))
            && !kill.is_stored()
        {
            let id = kill.summary.killmail_id.0;
            hits.push(SearchHit { kind: None, id, name: format!("Kill {id}"), ticker: None, detail: None });
        }
        hits.extend(entities.into_iter().map(|hit| SearchHit {
            kind: hit.kind,
            id: hit.id,
            name: hit.name,
            ticker: hit.ticker,
            detail: hit.detail,
        }));
        Ok(hits)
    }

    /// Names for the ids in a filter; ids without a known name are left out.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub(super) async fn filter_names(&self, filter: &KillFilter) -> Result<Vec<FilterName>, ApiError> {
        let static_data = self.static_data();
        let mut names = Vec::new();
        let mut add = |field: &str, id: i64, name: Option<String>| {
            if let Some(name) = name {
                names.push(FilterName { field: field.to_owned(), id, name });
            }
        };
        for id in &filter.system_id {
            add("system_id", id.0, static_data.system(*id).map(|info| info.name.clone()));
        }
        for id in &filter.constellation_id {
            add("constellation_id", id.0, static_data.constellation(*id).map(|info| info.name.clone()));
        }
        for id in &filter.region_id {
            add("region_id", id.0, static_data.region(*id).map(|info| info.name.clone()));
        }
        for (id, name) in celestial_names(&filter.location, &static_data).await {
            add("location", id.0, Some(name));
        }
        for id in &filter.ship_type_id {
            add("ship_type_id", id.0, static_data.type_name(*id).map(str::to_owned));
        }
        for id in &filter.group_id {
            add("group_id", id.0, static_data.group(*id).map(|info| info.name.clone()));
        }
        let players: Vec<(&str, i64)> = filter
            .character_id
            .iter()
            .map(|id| ("character_id", id.0))
            .chain(filter.corporation_id.iter().map(|id| ("corporation_id", id.0)))
            .chain(filter.alliance_id.iter().map(|id| ("alliance_id", id.0)))
            .collect();
        if !players.is_empty() {
            let ids: Vec<i64> = players.iter().map(|(_, id)| *id).collect();
            let stored = self.store().find_names(&ids).await.map_err(|error| store_failure(&error))?;
            for (field, id) in players {
                let name = stored.iter().find(|name| name.id == id).map(|name| name.name.clone());
                let npc = static_data.npc_corporation_name(domain::CorporationId(id)).map(str::to_owned);
                add(field, id, name.or(npc).or_else(|| self.names().get(id)));
            }
        }
        Ok(names)
    }
}

/// Names of celestials: a walk through their table, too long for an async thread.
async fn celestial_names(ids: &[CelestialId], static_data: &Arc<StaticData>) -> HashMap<CelestialId, String> {
    if ids.is_empty() {
        return HashMap::new();
    }
    let (ids, static_data) = (ids.to_vec(), Arc::clone(static_data));
    match tokio::task::spawn_blocking(move || Celestials::bundled().names(&ids, &static_data)).await {
        Ok(names) => names,
        Err(error) => {
            tracing::warn!(%error, "names of celestials cannot be looked up");
            HashMap::new()
        }
    }
}
