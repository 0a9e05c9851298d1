//! Who and what an id is: names, tickers and affiliations for the population, for everyone on a replayed mail and for
//! the static data.

use super::{
    names::{self, Bearer},
    population::Member,
    universe::Galaxy,
};
use domain::{ConstellationId, CorporationId, FactionId, Killmail, RegionId, SolarSystemId, TypeId};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// ESI's categories of `/universe/names`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    Alliance,
    Character,
    Constellation,
    Corporation,
    Faction,
    InventoryType,
    Region,
    SolarSystem,
}

impl Category {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alliance => "alliance",
            Self::Character => "character",
            Self::Constellation => "constellation",
            Self::Corporation => "corporation",
            Self::Faction => "faction",
            Self::InventoryType => "inventory_type",
            Self::Region => "region",
            Self::SolarSystem => "solar_system",
        }
    }
}

/// Where a pilot or corporation belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Affiliation {
    pub corporation_id: Option<i64>,
    pub alliance_id: Option<i64>,
    pub faction_id: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
enum Seen {
    Character(Affiliation),
    Corporation(Affiliation),
    Alliance,
}

#[derive(Debug)]
pub struct Directory {
    galaxy: Arc<Galaxy>,
    /// Everyone on replayed mails. Bounded by the replay files.
    seen: RwLock<HashMap<i64, Seen>>,
}

impl Directory {
    pub fn new(galaxy: Arc<Galaxy>) -> Self {
        Self { galaxy, seen: RwLock::default() }
    }

    /// Remembers everyone on a replayed mail by the role they had.
    pub fn learn(&self, killmail: &Killmail) {
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        for participant in killmail.participants() {
            let alliance_id = participant.alliance_id.map(|id| id.0);
            let faction_id = participant.faction_id.map(|id| id.0);
            if let Some(alliance) = alliance_id {
                seen.insert(alliance, Seen::Alliance);
            }
            if let Some(corporation) = participant.corporation_id.filter(|id| !id.is_npc()) {
                seen.insert(
                    corporation.0,
                    Seen::Corporation(Affiliation { corporation_id: None, alliance_id, faction_id }),
                );
            }
            if let Some(character) = participant.character_id {
                let corporation_id = participant.corporation_id.map(|id| id.0);
                seen.insert(character.0, Seen::Character(Affiliation { corporation_id, alliance_id, faction_id }));
            }
        }
    }

    fn seen(&self, id: i64) -> Option<Seen> {
        self.seen.read().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }

    /// What kind of thing the id is. Ids in the ranges that only one kind uses count as known, so that kills of an
    /// earlier run can be named too.
    pub fn category(&self, id: i64) -> Option<Category> {
        if let Some(seen) = self.seen(id) {
            return Some(match seen {
                Seen::Character(_) => Category::Character,
                Seen::Corporation(_) => Category::Corporation,
                Seen::Alliance => Category::Alliance,
            });
        }
        match id {
            500_000..600_000 => self.galaxy.sde.faction_name(FactionId(id)).map(|_| Category::Faction),
            1_000_000..2_000_000 => {
                self.galaxy.sde.npc_corporation_name(CorporationId(id)).map(|_| Category::Corporation)
            }
            3_000_000..4_000_000 | 90_000_000..98_000_000 | 2_100_000_000..=2_147_483_647 => Some(Category::Character),
            10_000_000..20_000_000 => self.galaxy.sde.region(RegionId(id)).map(|_| Category::Region),
            20_000_000..30_000_000 => {
                self.galaxy.sde.constellation(ConstellationId(id)).map(|_| Category::Constellation)
            }
            30_000_000..40_000_000 => self.galaxy.sde.system(SolarSystemId(id)).map(|_| Category::SolarSystem),
            98_000_000..99_000_000 => Some(Category::Corporation),
            99_000_000..100_000_000 => Some(Category::Alliance),
            _ => self.galaxy.sde.type_info(TypeId(id)).map(|_| Category::InventoryType),
        }
    }

    pub fn name(&self, id: i64) -> Option<(Category, String)> {
        let category = self.category(id)?;
        let given = match self.galaxy.population.find(id) {
            Some(Member::Alliance(index)) => Some(self.galaxy.population.alliances[index].name.clone()),
            Some(Member::Corporation(index)) => Some(self.galaxy.population.corporations[index].name.clone()),
            Some(Member::Character(index)) => Some(self.galaxy.population.characters[index].name.clone()),
            None => None,
        };
        let name = match category {
            _ if given.is_some() => given?,
            Category::Faction => self.galaxy.sde.faction_name(FactionId(id))?.to_owned(),
            Category::Region => self.galaxy.sde.region(RegionId(id))?.name.clone(),
            Category::Constellation => self.galaxy.sde.constellation(ConstellationId(id))?.name.clone(),
            Category::SolarSystem => self.galaxy.sde.system(SolarSystemId(id))?.name.clone(),
            Category::InventoryType => self.galaxy.sde.type_name(TypeId(id))?.to_owned(),
            Category::Corporation => match self.galaxy.sde.npc_corporation_name(CorporationId(id)) {
                Some(name) => name.to_owned(),
                None => names::invented(Bearer::Corporation, id as u64),
            },
            Category::Character => names::invented(Bearer::Character, id as u64),
            Category::Alliance => names::invented(Bearer::Alliance, id as u64),
        };
        Some((category, name))
    }

    /// Ticker of a corporation or alliance.
    pub fn ticker(&self, id: i64) -> Option<String> {
        match self.galaxy.population.find(id) {
            Some(Member::Alliance(index)) => Some(self.galaxy.population.alliances[index].ticker.clone()),
            Some(Member::Corporation(index)) => Some(self.galaxy.population.corporations[index].ticker.clone()),
            Some(Member::Character(_)) => None,
            None => match self.name(id)? {
                // The id in the ticker keeps invented ones apart.
                (Category::Corporation | Category::Alliance, name) => Some(names::ticker(&name, id as u64)),
                _ => None,
            },
        }
    }

    /// Affiliation of a character or corporation.
    pub fn affiliation(&self, id: i64) -> Option<Affiliation> {
        match self.seen(id) {
            Some(Seen::Character(affiliation) | Seen::Corporation(affiliation)) => return Some(affiliation),
            Some(Seen::Alliance) => return None,
            None => {}
        }
        let population = &self.galaxy.population;
        match population.find(id) {
            Some(Member::Character(index)) => Some(Affiliation {
                corporation_id: Some(population.corporation_of(index).id),
                alliance_id: population.alliance_of(index).map(|alliance| alliance.id),
                faction_id: population.corporation_of(index).militia,
            }),
            Some(Member::Corporation(index)) => Some(Affiliation {
                corporation_id: None,
                alliance_id: population.corporations[index].alliance.map(|alliance| population.alliances[alliance].id),
                faction_id: population.corporations[index].militia,
            }),
            Some(Member::Alliance(_)) => None,
            None => match self.category(id)? {
                // Nobody knows them any more: as deleted characters, in Doomheim.
                Category::Character => {
                    Some(Affiliation { corporation_id: Some(1_000_001), alliance_id: None, faction_id: None })
                }
                Category::Corporation => Some(Affiliation::default()),
                _ => None,
            },
        }
    }
}
