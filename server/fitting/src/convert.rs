//! A [`FitKey`] as the engine's fit. What a killmail says of states is nothing: modules are on, as far as the game
//! lets them be (`post_load`).

use domain::{FitKey, Slot, TypeId, fit_key::Bay};
use esf_dogma_engine::{Character, Charge, Environment, Fit, FitItem, Projection, Ship, Slot as EngineSlot, State};
use std::collections::BTreeSet;

/// The engine's fit, and types whose ids it could not hold.
pub struct Converted {
    pub fit: Fit,
    pub unknown: Vec<TypeId>,
}

/// Racks in the order of the EFT format, in which the game's own import sets states.
const RACKS: [Slot; 6] = [Slot::Low, Slot::Mid, Slot::High, Slot::Rig, Slot::Subsystem, Slot::Service];

pub fn fit(key: &FitKey, hull: i32) -> Converted {
    let mut unknown = Vec::new();
    let mut items = Vec::new();
    let mut push = |type_id: TypeId, slot, quantity: i64, state, charge: Option<TypeId>| {
        let Ok(id) = i32::try_from(type_id.0) else { return unknown.push(type_id) };
        let charge = charge.and_then(|charge| i32::try_from(charge.0).ok()).map(|type_id| Charge { type_id });
        items.push(FitItem {
            type_id: id,
            slot,
            quantity: u32::try_from(quantity).unwrap_or(u32::MAX),
            state,
            charge,
            mutation: None,
            fighter_abilities: None,
            booster_side_effects: BTreeSet::new(),
            spool: None,
        });
    };
    for slot in RACKS {
        for (index, place) in (0_u8..).zip(key.rack(slot)) {
            push(place.module, engine_slot(slot, index), 1, State::Active, place.charge);
        }
    }
    let mut tube = 0_u8;
    for (bay, type_id, quantity) in &key.bays {
        let (slot, state) = match bay {
            Bay::Drones => (EngineSlot::DroneBay, State::Active),
            Bay::Fighters => (EngineSlot::FighterBay, State::Offline),
            Bay::Tube => {
                tube = tube.saturating_add(1);
                (EngineSlot::FighterTube(tube - 1), State::Active)
            }
        };
        push(*type_id, slot, *quantity, state, None);
    }
    let fit = Fit {
        name: None,
        ship: Ship { type_id: hull, mode: None },
        items,
        character: Character::default(),
        environment: Environment::default(),
        incoming: Projection::default(),
    };
    Converted { fit, unknown }
}

fn engine_slot(slot: Slot, index: u8) -> EngineSlot {
    match slot {
        Slot::High => EngineSlot::High(index),
        Slot::Mid => EngineSlot::Medium(index),
        Slot::Low => EngineSlot::Low(index),
        Slot::Rig => EngineSlot::Rig(index),
        Slot::Subsystem => EngineSlot::Subsystem(index),
        Slot::Service => EngineSlot::Service(index),
    }
}
