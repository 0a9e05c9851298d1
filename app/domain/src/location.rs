//! Where on the victim an item sat, derived from the killmail's location flag (table: ESI's `location_flag` enum).
//! An unknown flag is `Location::Other`, never an error: the game adds flags without notice.

use serde::{Deserialize, Serialize};

/// A rack of the fitting window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    High,
    Mid,
    Low,
    Rig,
    Subsystem,
    Service,
}

impl Slot {
    pub const ALL: [Self; 6] = [Self::High, Self::Mid, Self::Low, Self::Rig, Self::Subsystem, Self::Service];

    pub fn label(self) -> &'static str {
        match self {
            Self::High => "High slots",
            Self::Mid => "Mid slots",
            Self::Low => "Low slots",
            Self::Rig => "Rigs",
            Self::Subsystem => "Subsystems",
            Self::Service => "Services",
        }
    }
}

/// A place for items that are not fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    Cargo,
    DroneBay,
    FighterBay,
    FighterTube,
    Implant,
    Booster,
    FleetHangar,
    ShipHangar,
    FrigateEscapeBay,
    FuelBay,
    OreHold,
    GasHold,
    MineralHold,
    SalvageHold,
    IceHold,
    AsteroidHold,
    AmmoHold,
    CommandCenterHold,
    PlanetaryHold,
    MaterialBay,
    QuafeBay,
    SubsystemHold,
    StructureFuel,
    StructureDeed,
    MoonMaterialBay,
    MobileDepot,
    CorpseBay,
    CorporationHangar,
    ExpeditionHold,
    InfrastructureHangar,
    Hangar,
}

impl Hold {
    pub fn label(self) -> &'static str {
        match self {
            Self::Cargo => "Cargo hold",
            Self::DroneBay => "Drone bay",
            Self::FighterBay => "Fighter bay",
            Self::FighterTube => "Launched fighters",
            Self::Implant => "Implants",
            Self::Booster => "Boosters",
            Self::FleetHangar => "Fleet hangar",
            Self::ShipHangar => "Ship maintenance bay",
            Self::FrigateEscapeBay => "Frigate escape bay",
            Self::FuelBay => "Fuel bay",
            Self::OreHold => "Mining hold",
            Self::GasHold => "Gas hold",
            Self::MineralHold => "Mineral hold",
            Self::SalvageHold => "Salvage hold",
            Self::IceHold => "Ice hold",
            Self::AsteroidHold => "Asteroid hold",
            Self::AmmoHold => "Ammunition hold",
            Self::CommandCenterHold => "Command center hold",
            Self::PlanetaryHold => "Planetary commodities hold",
            Self::MaterialBay => "Material bay",
            Self::QuafeBay => "Quafe bay",
            Self::SubsystemHold => "Subsystem hold",
            Self::StructureFuel => "Structure fuel bay",
            Self::StructureDeed => "Quantum core room",
            Self::MoonMaterialBay => "Moon material bay",
            Self::MobileDepot => "Mobile depot hold",
            Self::CorpseBay => "Corpse bay",
            Self::CorporationHangar => "Corporation hangar",
            Self::ExpeditionHold => "Expedition hold",
            Self::InfrastructureHangar => "Infrastructure hangar",
            Self::Hangar => "Hangar",
        }
    }
}

/// Meaning of a location flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Location {
    /// Fitted; the index counts from 0 within the rack.
    Fitted(Slot, u8),
    Held(Hold),
    /// A flag this version has no word for (0 = unspecified in old mails and inside containers).
    Other(i64),
}

impl Location {
    pub fn from_flag(flag: i64) -> Self {
        let fitted = |slot, first: i64| Self::Fitted(slot, (flag - first) as u8);
        match flag {
            11..=18 => fitted(Slot::Low, 11),
            19..=26 => fitted(Slot::Mid, 19),
            27..=34 => fitted(Slot::High, 27),
            92..=99 => fitted(Slot::Rig, 92),
            125..=132 => fitted(Slot::Subsystem, 125),
            164..=171 => fitted(Slot::Service, 164),
            _ => Self::hold_of(flag).map_or(Self::Other(flag), Self::Held),
        }
    }

    fn hold_of(flag: i64) -> Option<Hold> {
        Some(match flag {
            4 => Hold::Hangar,
            5 => Hold::Cargo,
            87 => Hold::DroneBay,
            88 | 176 => Hold::Booster,
            89 => Hold::Implant,
            90 | 138..=142 => Hold::ShipHangar,
            115..=121 => Hold::CorporationHangar,
            133 => Hold::FuelBay,
            134 => Hold::OreHold,
            135 => Hold::GasHold,
            136 => Hold::MineralHold,
            137 => Hold::SalvageHold,
            143 => Hold::AmmoHold,
            148 => Hold::CommandCenterHold,
            149 => Hold::PlanetaryHold,
            151 => Hold::MaterialBay,
            154 => Hold::QuafeBay,
            155 => Hold::FleetHangar,
            158 => Hold::FighterBay,
            159..=163 => Hold::FighterTube,
            172 => Hold::StructureFuel,
            174 => Hold::CorpseBay,
            177 => Hold::SubsystemHold,
            179 => Hold::FrigateEscapeBay,
            180 => Hold::StructureDeed,
            181 => Hold::IceHold,
            182 => Hold::AsteroidHold,
            183 => Hold::MobileDepot,
            185 => Hold::InfrastructureHangar,
            186 => Hold::MoonMaterialBay,
            188 => Hold::ExpeditionHold,
            _ => return None,
        })
    }

    pub fn slot(self) -> Option<Slot> {
        match self {
            Self::Fitted(slot, _) => Some(slot),
            Self::Held(_) | Self::Other(_) => None,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Fitted(slot, _) => slot.label(),
            Self::Held(hold) => hold.label(),
            Self::Other(_) => "Unspecified",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn racks_and_holds() {
        assert_eq!(Location::from_flag(11), Location::Fitted(Slot::Low, 0));
        assert_eq!(Location::from_flag(26), Location::Fitted(Slot::Mid, 7));
        assert_eq!(Location::from_flag(27), Location::Fitted(Slot::High, 0));
        assert_eq!(Location::from_flag(94), Location::Fitted(Slot::Rig, 2));
        assert_eq!(Location::from_flag(128), Location::Fitted(Slot::Subsystem, 3));
        assert_eq!(Location::from_flag(164), Location::Fitted(Slot::Service, 0));
        assert_eq!(Location::from_flag(5), Location::Held(Hold::Cargo));
        assert_eq!(Location::from_flag(177), Location::Held(Hold::SubsystemHold));
        for unknown in [0, -1, 63, 64, 9_999, i64::MAX] {
            assert_eq!(Location::from_flag(unknown), Location::Other(unknown));
        }
    }
}
