//! Statistics of a fit: hit points, damage, movement, capacitor, repair. Computed by the server's fit engine with all
//! skills at V against uniform damage (domain.md 2.4); here are their shape and the rules that need no engine.
//!
//! What cannot be computed is absent, with a reason where the whole is absent; 0 always means zero.

use crate::{
    fit_key::{FitHash, FitKey},
    ids::TypeId,
    sde::group,
    static_data::StaticData,
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Words for the assumptions behind every number.
pub const ASSUMPTIONS: &str = "all skills V, uniform damage, no heat, no implants, no fleet boosts";

/// What became of a fit in the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FitOutcome {
    Computed {
        stats: Box<FitStats>,
    },
    /// There are no statistics, and why.
    Impossible {
        reason: ImpossibleFit,
    },
}

/// Why a loss has no statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImpossibleFit {
    Capsule,
    /// A deployable, starbase part, container, drone …
    NotAHull,
    /// Newer than the engine's data.
    UnknownHull,
    /// The engine's data has no hit points for it.
    NoHitPoints,
    /// The engine failed on it.
    EngineFailed,
}

impl ImpossibleFit {
    pub fn words(self) -> &'static str {
        match self {
            Self::Capsule => "A capsule has no slots, so there is no fit to work out.",
            Self::NotAHull => "This is not a ship or structure with slots, so there is no fit to work out.",
            Self::UnknownHull => "This hull is newer than the fit engine's data.",
            Self::NoHitPoints => "The fit engine's data has no hit points for this hull.",
            Self::EngineFailed => "The fit engine could not cope with this fit. The error is in the server's log.",
        }
    }
}

/// The four kinds of damage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ByDamage {
    pub em: f64,
    pub thermal: f64,
    pub kinetic: f64,
    pub explosive: f64,
}

/// Shield, armor or hull.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Layer {
    pub hp: f64,
    /// Against damage of all four kinds alike.
    pub ehp: f64,
    /// Share of damage that is turned away, 0 to 1.
    pub resists: ByDamage,
}

/// How a ship means to survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tank {
    ShieldBuffer,
    ShieldActive,
    ArmorBuffer,
    ArmorActive,
    Hull,
}

impl Tank {
    pub const ALL: [Self; 5] =
        [Self::ShieldBuffer, Self::ShieldActive, Self::ArmorBuffer, Self::ArmorActive, Self::Hull];

    /// The word in URLs, the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ShieldBuffer => "shield_buffer",
            Self::ShieldActive => "shield_active",
            Self::ArmorBuffer => "armor_buffer",
            Self::ArmorActive => "armor_active",
            Self::Hull => "hull",
        }
    }

    /// The kinds that a word of a filter means: `shield` and `armor` are both kinds of each.
    pub fn named(word: &str) -> Option<&'static [Self]> {
        match word {
            "shield" => Some(&[Self::ShieldBuffer, Self::ShieldActive]),
            "armor" => Some(&[Self::ArmorBuffer, Self::ArmorActive]),
            _ => Self::ALL.iter().find(|tank| tank.as_str() == word).map(std::slice::from_ref),
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::ShieldBuffer => "shield buffer",
            Self::ShieldActive => "shield active",
            Self::ArmorBuffer => "armor buffer",
            Self::ArmorActive => "armor active",
            Self::Hull => "hull",
        }
    }

    /// Active where a minute of the layer's own repair is worth more than the layer; otherwise the layer that takes
    /// most damage.
    pub fn of(shield: &Layer, armor: &Layer, hull: &Layer, repair: &Repair) -> Self {
        let minute = |rate: Option<f64>| rate.unwrap_or(0.0) * 60.0;
        let (shield_repair, armor_repair) = (minute(repair.shield_ehp), minute(repair.armor_ehp));
        let is_shield_active = shield_repair > shield.ehp;
        let is_armor_active = armor_repair > armor.ehp;
        match (is_shield_active, is_armor_active) {
            (true, true) if shield_repair >= armor_repair => Self::ShieldActive,
            (true, false) => Self::ShieldActive,
            (_, true) => Self::ArmorActive,
            (false, false) if hull.ehp > shield.ehp && hull.ehp > armor.ehp => Self::Hull,
            (false, false) if armor.ehp > shield.ehp => Self::ArmorBuffer,
            (false, false) => Self::ShieldBuffer,
        }
    }
}

/// Damage a second by what does it. A kind that the fit has not is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BySource {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turrets: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missiles: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drones: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fighters: Option<f64>,
    /// Smartbombs, doomsdays and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<f64>,
}

/// How far the weapon that does most of the damage reaches, in metres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reach {
    Turret {
        optimal: f64,
        falloff: f64,
    },
    /// Speed times time of flight: a little more than a launch from rest.
    Missile {
        range: f64,
    },
}

/// What the fit deals out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Damage {
    /// A second, without pauses for reloading, drones and fighters included.
    pub dps: f64,
    pub dps_with_reload: f64,
    /// One volley of turrets and launchers.
    pub volley: f64,
    pub by_source: BySource,
    pub by_damage: ByDamage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
}

/// Moving, cold or with the propulsion module running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Movement {
    /// m/s
    pub speed: f64,
    /// Seconds to align; absent for what cannot move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub align: Option<f64>,
    /// kg
    pub mass: f64,
    /// Signature radius in m.
    pub signature: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Capacitor {
    /// Everything can run without end; the level it settles at.
    Stable { percent: f64 },
    /// With everything running.
    Lasts { seconds: f64 },
}

/// Repair a second. Absent where the fit has no such module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Repair {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shield: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub armor: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hull: Option<f64>,
    /// The same in effective hit points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shield_ehp: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub armor_ehp: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hull_ehp: Option<f64>,
    /// The shield's own recharge at its best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shield_recharge: Option<f64>,
    /// To others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_shield: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_armor: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_hull: Option<f64>,
    /// Capacitor units a second to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_capacitor: Option<f64>,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FitStats {
    pub ehp: f64,
    pub shield: Layer,
    pub armor: Layer,
    pub hull: Layer,
    pub tank: Tank,
    /// Absent when nothing on the fit does damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damage: Option<Damage>,
    /// Without propulsion module.
    pub cold: Movement,
    /// With the propulsion module running; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hot: Option<Movement>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacitor: Option<Capacitor>,
    pub repair: Repair,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan_strength: Option<f64>,
    /// Fitting rules that the fit breaks, in words.
    pub warnings: Vec<String>,
    /// Mutated modules count as nothing: the truth is higher.
    pub is_lower_bound: bool,
}

/// The statistics of a loss with what they rest on; `outcome` is absent while they are being computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FitReport {
    pub fit_hash: FitHash,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<FitOutcome>,
    /// Engine and data that computed it, or will.
    pub engine_build: String,
}

/// What a kill keeps of its fit's statistics for lists: whole numbers, so that SQL, filters and cursors agree exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct FitFacts {
    /// Absent only for kills stored before fits were hashed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<FitHash>,
    /// The engine that gave the numbers, or found that there are none; absent while nobody has looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine_build: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ehp: Option<i64>,
    /// Without reload. Absent without weapons, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dps: Option<i64>,
    /// The truth is higher: see [`FitStats::is_lower_bound`].
    pub is_lower_bound: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tank: Option<Tank>,
}

impl FitFacts {
    /// The facts of a fit that nobody has computed yet.
    pub fn unknown(hash: FitHash) -> Self {
        Self { hash: Some(hash), ..Self::default() }
    }

    pub fn known(hash: FitHash, engine_build: &str, outcome: &FitOutcome) -> Self {
        Self {
            hash: Some(hash),
            engine_build: Some(engine_build.to_owned()),
            ehp: outcome.ehp(),
            dps: outcome.dps(),
            is_lower_bound: outcome.is_lower_bound(),
            tank: outcome.tank(),
        }
    }
}

impl FromStr for Tank {
    type Err = crate::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|tank| tank.as_str() == text).ok_or(crate::UnknownWord)
    }
}

impl FitOutcome {
    pub fn stats(&self) -> Option<&FitStats> {
        match self {
            Self::Computed { stats } => Some(stats),
            Self::Impossible { .. } => None,
        }
    }

    pub fn ehp(&self) -> Option<i64> {
        self.stats().map(|stats| whole(stats.ehp))
    }

    pub fn dps(&self) -> Option<i64> {
        self.stats().and_then(|stats| stats.damage).map(|damage| whole(damage.dps))
    }

    pub fn tank(&self) -> Option<Tank> {
        self.stats().map(|stats| stats.tank)
    }

    pub fn is_lower_bound(&self) -> bool {
        self.stats().is_some_and(|stats| stats.is_lower_bound)
    }

    /// What needs no engine to be known.
    pub fn without_engine(key: &FitKey, static_data: &StaticData) -> Option<Self> {
        let is_capsule = |hull: TypeId| static_data.type_info(hull).is_some_and(|info| info.group_id == group::CAPSULE);
        is_capsule(key.hull).then_some(Self::Impossible { reason: ImpossibleFit::Capsule })
    }
}

fn whole(number: f64) -> i64 {
    number.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(ehp: f64) -> Layer {
        Layer { hp: ehp / 2.0, ehp, resists: ByDamage::default() }
    }

    #[test]
    fn the_tank_is_what_keeps_the_ship_alive() {
        let none = Repair::default();
        let shield = Repair { shield_ehp: Some(200.0), ..none };
        let armor = Repair { armor_ehp: Some(200.0), ..none };
        let both = Repair { shield_ehp: Some(200.0), armor_ehp: Some(300.0), ..none };
        for (layers, repair, tank) in [
            ([30_000.0, 2_000.0, 3_000.0], none, Tank::ShieldBuffer),
            ([3_000.0, 28_000.0, 5_000.0], none, Tank::ArmorBuffer),
            ([1_000.0, 900.0, 4_000.0], none, Tank::Hull),
            ([9_000.0, 2_000.0, 3_000.0], shield, Tank::ShieldActive),
            ([90_000.0, 2_000.0, 3_000.0], shield, Tank::ShieldBuffer),
            ([900.0, 1_200.0, 3_000.0], armor, Tank::ArmorActive),
            ([900.0, 1_200.0, 3_000.0], both, Tank::ArmorActive),
        ] {
            let [s, a, h] = layers.map(layer);
            assert_eq!(Tank::of(&s, &a, &h, &repair), tank, "{layers:?}");
        }
    }

    #[test]
    fn kinds_of_tank_are_written_everywhere_as_in_the_statistics() {
        for tank in Tank::ALL {
            assert_eq!(serde_json::to_value(tank).expect("JSON"), tank.as_str());
            assert_eq!((tank.as_str().parse(), Tank::named(tank.as_str())), (Ok(tank), Some(&[tank][..])));
        }
        let grouped: Vec<Tank> =
            ["shield", "armor", "hull"].into_iter().filter_map(Tank::named).flatten().copied().collect();
        assert_eq!(grouped, Tank::ALL);
        assert_eq!(Tank::named("speed"), None);
    }

    #[test]
    fn capsules_need_no_engine() {
        let sde = StaticData::bundled();
        let key = |name: &str| FitKey {
            hull: sde.type_by_name(name).expect("a type").id,
            racks: Default::default(),
            bays: Vec::new(),
            has_abyssal: false,
        };
        let capsule = FitOutcome::without_engine(&key("Capsule"), &sde);
        assert_eq!(capsule, Some(FitOutcome::Impossible { reason: ImpossibleFit::Capsule }));
        assert_eq!(FitOutcome::without_engine(&key("Rifter"), &sde), None);
    }
}
