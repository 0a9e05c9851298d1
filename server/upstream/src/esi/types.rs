//! What ESI's answers mean to us, and their shapes on the wire, which stay in this crate.

use crate::feed::{clean_entity_name, is_id};
use domain::{AllianceId, CharacterId, CorporationId, EntityName, FactionId, Isk, Timestamp, TypeId};
use serde_json::Value;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub struct CharacterInfo {
    pub id: CharacterId,
    pub name: String,
    pub corporation_id: CorporationId,
    pub alliance_id: Option<AllianceId>,
    pub faction_id: Option<FactionId>,
    pub birthday: Option<Timestamp>,
    pub security_status: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CorporationInfo {
    pub id: CorporationId,
    pub name: String,
    pub ticker: String,
    pub alliance_id: Option<AllianceId>,
    /// `enlisted_faction_id` since 2026-07-21.
    pub faction_id: Option<FactionId>,
    pub ceo_id: Option<CharacterId>,
    pub member_count: Option<i64>,
    pub date_founded: Option<Timestamp>,
    /// Share of bounties, 0 to 1 (`tax_rate`, since 2026-07-21 `tax_rates.isk`).
    pub tax_rate: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AllianceInfo {
    pub id: AllianceId,
    pub name: String,
    pub ticker: String,
    pub executor_corporation_id: Option<CorporationId>,
    pub faction_id: Option<FactionId>,
    pub date_founded: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerStatus {
    pub players: i64,
    pub server_version: String,
    pub start_time: Option<Timestamp>,
    /// Only staff may log in.
    pub vip: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketPrice {
    pub type_id: TypeId,
    pub average: Option<Isk>,
    /// A figure for valuation inside the game, not a trade price.
    pub adjusted: Option<Isk>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MarketPrices {
    pub prices: Arc<[MarketPrice]>,
    /// Of the list, not of the last time that it was confirmed.
    pub listed_at: Timestamp,
    /// Asking earlier gets the same list.
    pub expires_at: Timestamp,
}

/// The outcome of resolving a list of ids; every id of the list is in exactly one of the three.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResolvedNames {
    pub names: Vec<EntityName>,
    /// ESI does not know these; do not ask again soon.
    pub unresolved: Vec<i64>,
    /// Not asked because ESI failed or its errors ran low; ask later.
    pub deferred: Vec<i64>,
}

/// Where a character belongs now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affiliation {
    pub character_id: CharacterId,
    pub corporation_id: CorporationId,
    pub alliance_id: Option<AllianceId>,
    pub faction_id: Option<FactionId>,
}

/// The outcome of asking for many characters; every id of the list is in exactly one of the three.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Affiliations {
    pub rows: Vec<Affiliation>,
    /// No characters, or gone; do not ask again soon.
    pub unresolved: Vec<CharacterId>,
    /// Not asked because ESI failed or its errors ran low; ask later.
    pub deferred: Vec<CharacterId>,
}

/// A row of the price list; `None` without a usable type.
pub(super) fn market_price(row: &Value) -> Option<MarketPrice> {
    let price = |key| {
        let number = row.get(key)?.as_f64()?;
        Isk::try_from_f64(number).ok().filter(|isk| *isk >= Isk::ZERO)
    };
    let type_id = row.get("type_id")?.as_i64().filter(|id| is_id(*id)).map(TypeId)?;
    Some(MarketPrice { type_id, average: price("average_price"), adjusted: price("adjusted_price") })
}

pub(super) mod wire {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    pub struct Name {
        pub id: i64,
        pub name: String,
        pub category: String,
    }

    #[derive(Deserialize)]
    pub struct Affiliation {
        pub character_id: i64,
        pub corporation_id: i64,
        pub alliance_id: Option<i64>,
        pub faction_id: Option<i64>,
    }

    #[derive(Deserialize)]
    pub struct Character {
        name: String,
        corporation_id: i64,
        alliance_id: Option<i64>,
        faction_id: Option<i64>,
        birthday: Option<Timestamp>,
        security_status: Option<f64>,
    }

    #[derive(Deserialize)]
    pub struct Corporation {
        name: String,
        ticker: String,
        alliance_id: Option<i64>,
        faction_id: Option<i64>,
        enlisted_faction_id: Option<i64>,
        ceo_id: Option<i64>,
        member_count: Option<i64>,
        date_founded: Option<Timestamp>,
        tax_rate: Option<f64>,
        tax_rates: Option<TaxRates>,
    }

    #[derive(Deserialize)]
    pub struct TaxRates {
        isk: Option<f64>,
    }

    #[derive(Deserialize)]
    pub struct Alliance {
        name: String,
        ticker: String,
        executor_corporation_id: Option<i64>,
        faction_id: Option<i64>,
        date_founded: Option<Timestamp>,
    }

    #[derive(Deserialize)]
    pub struct Status {
        players: i64,
        server_version: String,
        start_time: Option<Timestamp>,
        #[serde(default)]
        vip: bool,
    }

    impl Character {
        pub fn into_info(self, id: CharacterId) -> CharacterInfo {
            CharacterInfo {
                id,
                name: self.name,
                corporation_id: CorporationId(self.corporation_id),
                alliance_id: known(self.alliance_id),
                faction_id: known(self.faction_id),
                birthday: self.birthday,
                security_status: self.security_status,
            }
        }
    }

    impl From<Affiliation> for super::Affiliation {
        fn from(wire: Affiliation) -> Self {
            Self {
                character_id: CharacterId(wire.character_id),
                corporation_id: CorporationId(wire.corporation_id),
                alliance_id: known(wire.alliance_id),
                faction_id: known(wire.faction_id),
            }
        }
    }

    impl Corporation {
        pub fn into_info(self, id: CorporationId) -> CorporationInfo {
            CorporationInfo {
                id,
                name: clean_entity_name(&self.name).unwrap_or_default(),
                ticker: clean_entity_name(&self.ticker).unwrap_or_default(),
                alliance_id: known(self.alliance_id),
                faction_id: known(self.enlisted_faction_id.or(self.faction_id)),
                // ESI writes NPC corporations' missing head as 0 or 1.
                ceo_id: known(self.ceo_id).filter(|ceo| *ceo != CharacterId(1)),
                member_count: self.member_count,
                date_founded: self.date_founded,
                tax_rate: self.tax_rates.and_then(|rates| rates.isk).or(self.tax_rate),
            }
        }
    }

    impl Alliance {
        pub fn into_info(self, id: AllianceId) -> AllianceInfo {
            AllianceInfo {
                id,
                name: clean_entity_name(&self.name).unwrap_or_default(),
                ticker: clean_entity_name(&self.ticker).unwrap_or_default(),
                executor_corporation_id: known(self.executor_corporation_id),
                faction_id: known(self.faction_id),
                date_founded: self.date_founded,
            }
        }
    }

    impl From<Status> for ServerStatus {
        fn from(wire: Status) -> Self {
            Self {
                players: wire.players,
                server_version: wire.server_version,
                start_time: wire.start_time,
                vip: wire.vip,
            }
        }
    }

    fn known<I: From<i64>>(id: Option<i64>) -> Option<I> {
        id.filter(|id| is_id(*id)).map(I::from)
    }
}
