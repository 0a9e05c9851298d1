//! zKillboard's block about a kill: values, flags and labels (upstreams.md 2.6).

use super::prices::Prices;
use crate::hash;
use chrono::Timelike;
use domain::{Hold, Item, Killmail, Location, SecurityBand, Slot, StaticData, classify, sde};
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Zkb {
    #[serde(rename = "locationID", skip_serializing_if = "Option::is_none")]
    pub location_id: Option<i64>,
    pub hash: String,
    pub fitted_value: f64,
    pub dropped_value: f64,
    pub destroyed_value: f64,
    pub total_value: f64,
    pub total_droppable_value: f64,
    pub points: i64,
    pub npc: bool,
    pub solo: bool,
    pub awox: bool,
    pub labels: Vec<String>,
    pub attacker_count: usize,
    pub href: String,
}

/// Upper bounds and names of the value labels, highest first.
const VALUE_LABELS: [(f64, &str); 5] =
    [(1e12, "isk:1t+"), (1e11, "isk:100b+"), (1e10, "isk:10b+"), (5e9, "isk:5b+"), (1e9, "isk:1b+")];

impl Zkb {
    pub fn of(killmail: &Killmail, hash: &str, sde: &StaticData, prices: &Prices) -> Self {
        let values = Values::of(killmail, sde, prices);
        let facts = classify::classify(killmail, sde);
        let total_value = values.dropped + values.destroyed;
        let band = sde.system(killmail.solar_system_id).map(|system| system.band);
        Self {
            location_id: killmail.victim.position.map(|position| match band {
                Some(SecurityBand::Abyssal) => 0,
                _ => {
                    40_000_000
                        + (hash::mix(killmail.solar_system_id.0 as u64, (position.x / 1e11) as i64 as u64) % 490_000)
                            as i64
                }
            }),
            hash: hash.to_owned(),
            fitted_value: cents(values.fitted),
            dropped_value: cents(values.dropped),
            destroyed_value: cents(values.destroyed),
            total_value: cents(total_value),
            total_droppable_value: cents(values.droppable),
            points: if facts.is_npc {
                1
            } else {
                // The larger the share of each attacker, the more points.
                ((total_value / 2e6).sqrt() / killmail.attackers.len() as f64).clamp(1.0, 2_000.0) as i64
            },
            npc: facts.is_npc,
            solo: facts.is_solo,
            awox: facts.is_awox,
            labels: labels(killmail, sde, &facts, total_value),
            attacker_count: killmail.attackers.len(),
            href: format!("https://esi.evetech.net/killmails/{}/{hash}/", killmail.killmail_id),
        }
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a struct of numbers and strings has a JSON form")
    }
}

fn cents(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[derive(Default)]
struct Values {
    fitted: f64,
    dropped: f64,
    destroyed: f64,
    droppable: f64,
}

impl Values {
    fn of(killmail: &Killmail, sde: &StaticData, prices: &Prices) -> Self {
        let hull = match sde.type_info(killmail.victim.ship_type_id) {
            Some(info) if info.group_id == sde::group::CAPSULE => 10_000.0,
            _ => prices.price(killmail.victim.ship_type_id),
        };
        let mut values = Self { fitted: hull, destroyed: hull, ..Self::default() };
        for (item, location) in killmail.items_flat() {
            let unit = unit_price(item, location, sde, prices);
            let (dropped, destroyed) = (unit * item.dropped() as f64, unit * item.destroyed() as f64);
            values.dropped += dropped;
            values.destroyed += destroyed;
            if matches!(location, Location::Fitted(slot, _) if slot != Slot::Service)
                || location == Location::Held(Hold::FighterTube)
            {
                values.fitted += dropped + destroyed;
            }
            if !matches!(location, Location::Fitted(Slot::Rig | Slot::Subsystem, _) | Location::Held(Hold::Implant)) {
                values.droppable += dropped + destroyed;
            }
        }
        values
    }
}

fn unit_price(item: &Item, location: Location, sde: &StaticData, prices: &Prices) -> f64 {
    let skin = sde.type_info(item.item_type_id).is_some_and(|info| info.category_id.0 == 91);
    if item.is_blueprint_copy() || skin || location == Location::Held(Hold::FrigateEscapeBay) {
        return 0.01;
    }
    prices.price(item.item_type_id)
}

fn labels(killmail: &Killmail, sde: &StaticData, facts: &classify::Classification, total: f64) -> Vec<String> {
    let victim = sde.type_info(killmail.victim.ship_type_id);
    let mut labels = vec![match killmail.killmail_time.hour() {
        4..8 => "tz:usw",
        8..14 => "tz:au",
        14..17 => "tz:ru",
        17..22 => "tz:eu",
        _ => "tz:use",
    }];
    let category = format!("cat:{}", victim.map_or(6, |info| info.category_id.0));
    labels.push(&category);
    if facts.is_solo {
        labels.push("solo");
    } else {
        labels.push(match killmail.attackers.len() {
            1 => "#:1",
            2..5 => "#:2+",
            5..10 => "#:5+",
            10..25 => "#:10+",
            25..50 => "#:25+",
            50..100 => "#:50+",
            100..1_000 => "#:100+",
            _ => "#:1000+",
        });
    }
    labels.push(if facts.is_npc { "npc" } else { "pvp" });
    if facts.is_awox {
        labels.push("awox");
    }
    // Dreadnoughts, carriers, supercarriers, titans, force auxiliaries, Rorqual, lancers, command carriers.
    if victim.is_some_and(|info| [485, 547, 659, 30, 1538, 883, 4594, 5120].contains(&info.group_id.0)) {
        labels.push("capital");
    }
    labels.extend(sde.system(killmail.solar_system_id).map(|system| match system.band {
        SecurityBand::Highsec => "loc:highsec",
        SecurityBand::Lowsec => "loc:lowsec",
        SecurityBand::Wspace if matches!(system.wormhole_class, Some(14..=18)) => "loc:drifter",
        SecurityBand::Wspace => "loc:w-space",
        SecurityBand::Abyssal => "loc:abyssal",
        _ => "loc:nullsec",
    }));
    labels.extend(VALUE_LABELS.iter().find(|(bound, _)| total >= *bound).map(|(_, label)| *label));
    let winner = killmail.final_blow().and_then(|blow| blow.faction_id).map(|id| id.0);
    labels.extend(match (winner, killmail.victim.faction_id.map(|id| id.0)) {
        (Some(500_001), Some(500_004)) => ["fw:caldari", "fw:calgal"].as_slice(),
        (Some(500_004), Some(500_001)) => &["fw:gallente", "fw:calgal"],
        (Some(500_003), Some(500_002)) => &["fw:amarr", "fw:amamin"],
        (Some(500_002), Some(500_003)) => &["fw:minmatar", "fw:amamin"],
        _ => &[],
    });
    labels.into_iter().map(str::to_owned).collect()
}
