//! The victim's fit as text and data for other tools: EFT, DNA and ESI's fitting object (upstreams.md 11).
//!
//! A module and its loaded charge share one location flag and are told apart by category. A killmail does not say how
//! mutated modules were rolled: their base name is written.

use crate::{
    ids::TypeId,
    killmail::{Item, Killmail},
    location::{Hold, Location, Slot},
    sde::category,
    static_data::StaticData,
};
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write};

/// Racks in the order of the EFT format.
const EFT_RACKS: [Slot; 6] = [Slot::Low, Slot::Mid, Slot::High, Slot::Rig, Slot::Subsystem, Slot::Service];
/// Racks in the order of the DNA format; subsystems come first there.
const DNA_RACKS: [Slot; 4] = [Slot::High, Slot::Mid, Slot::Low, Slot::Rig];

/// One place of a rack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FittedModule {
    pub slot: Slot,
    /// From 0 within the rack.
    pub index: u8,
    pub module: TypeId,
    pub charge: Option<TypeId>,
}

/// What sat in the slots, in rack order.
pub fn fitted_modules(killmail: &Killmail, static_data: &StaticData) -> Vec<FittedModule> {
    let mut places: BTreeMap<(usize, u8), FilledSlot> = BTreeMap::new();
    for item in &killmail.victim.items {
        let Location::Fitted(slot, index) = item.location() else { continue };
        let rack = EFT_RACKS.iter().position(|rack| *rack == slot).unwrap_or(EFT_RACKS.len());
        let place = places.entry((rack, index)).or_insert(FilledSlot { slot, modules: Vec::new(), charge: None });
        if is_charge(item, static_data) {
            place.charge = Some(item.item_type_id);
        } else {
            place.modules.push(item.item_type_id);
        }
    }
    let mut fitted = Vec::new();
    for ((_, index), FilledSlot { slot, modules, charge }) in places {
        // Old mails have several modules in one place; each is listed, the charge goes with the first.
        for (nth, module) in modules.into_iter().enumerate() {
            fitted.push(FittedModule { slot, index, module, charge: charge.filter(|_| nth == 0) });
        }
    }
    fitted
}

/// The rows of a mail that share one location flag.
struct FilledSlot {
    slot: Slot,
    modules: Vec<TypeId>,
    charge: Option<TypeId>,
}

fn is_charge(item: &Item, static_data: &StaticData) -> bool {
    static_data.type_info(item.item_type_id).is_some_and(|info| info.category_id == category::CHARGE)
}

/// Quantities by type over the given holds, in the order of first appearance.
fn held(killmail: &Killmail, wanted: impl Fn(Hold) -> bool) -> Vec<(TypeId, i64)> {
    let mut stacks: Vec<(TypeId, i64)> = Vec::new();
    for (item, location) in killmail.items_flat() {
        if let Location::Held(hold) = location
            && wanted(hold)
        {
            match stacks.iter_mut().find(|(type_id, _)| *type_id == item.item_type_id) {
                Some((_, quantity)) => *quantity = quantity.saturating_add(item.quantity()),
                None => stacks.push((item.item_type_id, item.quantity())),
            }
        }
    }
    stacks
}

fn is_bay(hold: Hold) -> bool {
    matches!(hold, Hold::DroneBay | Hold::FighterBay | Hold::FighterTube)
}

fn is_body(hold: Hold) -> bool {
    matches!(hold, Hold::Implant | Hold::Booster)
}

/// The fit in the game's own text format. `name` is the fit's title.
pub fn eft(killmail: &Killmail, name: &str, static_data: &StaticData) -> String {
    let type_name = |id: TypeId| static_data.type_name(id).map_or_else(|| format!("type {id}"), str::to_owned);
    // A title must not close the bracket or break the line.
    let title: String = name.chars().filter(|c| !matches!(c, '[' | ']' | '\n' | '\r')).collect();
    let mut text = format!("[{}, {title}]\n", type_name(killmail.victim.ship_type_id));
    let modules = fitted_modules(killmail, static_data);
    for rack in EFT_RACKS {
        let in_rack: Vec<_> = modules.iter().filter(|module| module.slot == rack).collect();
        if in_rack.is_empty() {
            continue;
        }
        text.push('\n');
        for module in in_rack {
            text.push_str(&type_name(module.module));
            if let Some(charge) = module.charge {
                let _ = write!(text, ", {}", type_name(charge));
            }
            text.push('\n');
        }
    }
    for stacks in [held(killmail, is_bay), held(killmail, is_body), held(killmail, |h| !is_bay(h) && !is_body(h))] {
        if stacks.is_empty() {
            continue;
        }
        text.push_str("\n\n");
        for (type_id, quantity) in stacks {
            let _ = writeln!(text, "{} x{quantity}", type_name(type_id));
        }
    }
    text
}

/// The fit as a DNA string (`587:484;3:…::`), as used in chat links.
pub fn dna(killmail: &Killmail, static_data: &StaticData) -> String {
    let modules = fitted_modules(killmail, static_data);
    let mut text = killmail.victim.ship_type_id.to_string();
    for module in modules.iter().filter(|module| module.slot == Slot::Subsystem) {
        let _ = write!(text, ":{};1", module.module);
    }
    for rack in DNA_RACKS {
        let mut counts: Vec<(TypeId, u32)> = Vec::new();
        for module in modules.iter().filter(|module| module.slot == rack) {
            match counts.iter_mut().find(|(type_id, _)| *type_id == module.module) {
                Some((_, count)) => *count += 1,
                None => counts.push((module.module, 1)),
            }
        }
        for (type_id, count) in counts {
            let _ = write!(text, ":{type_id};{count}");
        }
    }
    for (type_id, quantity) in held(killmail, is_bay) {
        let _ = write!(text, ":{type_id};{quantity}");
    }
    text.push_str("::");
    text
}

/// Body of ESI's `POST /characters/{id}/fittings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EsiFitting {
    pub name: String,
    pub description: String,
    pub ship_type_id: TypeId,
    pub items: Vec<EsiFittingItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EsiFittingItem {
    pub type_id: TypeId,
    pub quantity: i64,
    pub flag: String,
}

/// Most rows ESI accepts.
const MAX_ESI_ITEMS: usize = 512;

/// The fit as ESI wants it for saving in game. Charges and holds go to the cargo; implants have no place there.
pub fn esi_fitting(killmail: &Killmail, name: &str, static_data: &StaticData) -> EsiFitting {
    let mut items: Vec<EsiFittingItem> = Vec::new();
    for module in fitted_modules(killmail, static_data) {
        let rack = match module.slot {
            Slot::High => "HiSlot",
            Slot::Mid => "MedSlot",
            Slot::Low => "LoSlot",
            Slot::Rig => "RigSlot",
            Slot::Subsystem => "SubSystemSlot",
            Slot::Service => "ServiceSlot",
        };
        items.push(EsiFittingItem { type_id: module.module, quantity: 1, flag: format!("{rack}{}", module.index) });
        if let Some(charge) = module.charge {
            items.push(EsiFittingItem { type_id: charge, quantity: 1, flag: "Cargo".to_owned() });
        }
    }
    for (flag, stacks) in [
        ("DroneBay", held(killmail, |hold| hold == Hold::DroneBay)),
        ("FighterBay", held(killmail, |hold| matches!(hold, Hold::FighterBay | Hold::FighterTube))),
        ("Cargo", held(killmail, |hold| hold == Hold::Cargo)),
    ] {
        items.extend(
            stacks.into_iter().filter(|(_, quantity)| *quantity > 0).map(|(type_id, quantity)| EsiFittingItem {
                type_id,
                quantity,
                flag: flag.to_owned(),
            }),
        );
    }
    items.truncate(MAX_ESI_ITEMS);
    EsiFitting {
        name: name.chars().take(50).collect(),
        description: format!("Fit of killmail {}", killmail.killmail_id),
        ship_type_id: killmail.victim.ship_type_id,
        items,
    }
}
