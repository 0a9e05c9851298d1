//! Pilots, corporations and alliances one by one: who belongs to whom, tickers, members. Answers come from memory and
//! the database at once; what is old is asked for behind them (`books::entities`, `books::affiliations`).

use super::{Services, store_failure};
use contract::{ApiError, EntityCard, EntityRef};
use domain::{CharacterId, CorporationId, EntityKind, EntityName};

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
