//! Fitting rules that a fit breaks, in words. A killmail is a fit that flew, so each is a doubt about the reading: a
//! skill-dependent limit, a module that was offline, data newer or older than the loss.

use crate::data::Data;
use domain::TypeId;
use esf_dogma_engine::{Calculation, Fit, GroupLimit, Resource, Rule, SlotKind, Target, Violation};

/// More are counted, not listed.
const MAX_WARNINGS: usize = 12;

pub fn words(data: &Data, fit: &Fit, calculation: &Calculation, unknown: &[TypeId]) -> Vec<String> {
    let mut warnings: Vec<String> =
        unknown.iter().map(|type_id| format!("type {type_id} is not known to the fit engine")).collect();
    for item in &fit.items {
        if data.sde.get_type(item.type_id).is_none() {
            warnings.push(format!("type {} is not known to the fit engine", item.type_id));
        }
    }
    warnings.extend(calculation.violations.iter().flatten().map(|violation| sentence(data, fit, violation)));
    warnings.dedup();
    if warnings.len() > MAX_WARNINGS {
        let more = warnings.len() - MAX_WARNINGS;
        warnings.truncate(MAX_WARNINGS);
        warnings.push(format!("and {more} more"));
    }
    warnings
}

fn sentence(data: &Data, fit: &Fit, violation: &Violation) -> String {
    let name = |type_id: i32| match data.sde.get_type(type_id) {
        Some(info) => info.name().to_owned(),
        None => format!("type {type_id}"),
    };
    let item = |index: usize| fit.items.get(index);
    let subject = match violation.target {
        Target::Ship => None,
        Target::Item { index } => item(index).map(|item| name(item.type_id)),
        Target::Charge { index } => {
            item(index).and_then(|item| item.charge.as_ref()).map(|charge| name(charge.type_id))
        }
    };
    let what = rule(&violation.rule, name);
    match subject {
        Some(subject) => format!("{subject}: {what}"),
        None => what,
    }
}

fn rule(rule: &Rule, name: impl Fn(i32) -> String) -> String {
    match *rule {
        Rule::Resource { resource, used, available } => {
            format!("{}: {} used of {}", resource_words(resource), short(used), short(available))
        }
        Rule::Slots { slot, used, available } => format!("{}: {used} used of {available}", slot_words(slot)),
        Rule::WrongSlot { expected } => format!("belongs into {}", slot_words(expected)),
        Rule::NotAModule => "is not a module".to_owned(),
        Rule::NotADrone => "is not a drone".to_owned(),
        Rule::NotAFighter => "is not a fighter".to_owned(),
        Rule::NotAnImplant => "is not an implant".to_owned(),
        Rule::SlotTaken => "shares its slot with another module".to_owned(),
        Rule::WrongSlotIndex { expected } => format!("belongs into slot {expected}"),
        Rule::SubsystemTaken => "two subsystems for the same place".to_owned(),
        Rule::Skill { type_id, required, .. } => format!("needs {} {required}", name(type_id)),
        Rule::RigSize { .. } => "a rig of another size than the ship takes".to_owned(),
        Rule::ShipRestricted => "cannot be fitted to this ship".to_owned(),
        Rule::CapitalItem => "is for capital ships".to_owned(),
        Rule::StructureItem => "is for structures".to_owned(),
        Rule::ShipItem => "is for ships".to_owned(),
        Rule::MaxGroup { limit, used, allowed, .. } => {
            let state = match limit {
                GroupLimit::Fitted => "fitted",
                GroupLimit::Online => "online",
                GroupLimit::Active => "active",
            };
            format!("{used} of its group {state}, {allowed} allowed")
        }
        Rule::MaxType { used, allowed, .. } => format!("{used} fitted, {allowed} allowed"),
        Rule::NotAHull => "not a hull".to_owned(),
        Rule::NotAMode => "not a tactical mode".to_owned(),
        Rule::NotASkill { type_id } => format!("{} is not a skill", name(type_id)),
        Rule::ChargeGroup => "is not a charge for this module".to_owned(),
        Rule::ChargeSize { .. } => "is of another size than the module takes".to_owned(),
        _ => "breaks a fitting rule".to_owned(),
    }
}

/// One decimal at most.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn resource_words(resource: Resource) -> &'static str {
    match resource {
        Resource::Cpu => "CPU",
        Resource::Powergrid => "powergrid",
        Resource::Calibration => "calibration",
        Resource::DroneBay => "drone bay",
        Resource::DroneBandwidth => "drone bandwidth",
        Resource::LaunchedDrones => "drones in space",
        Resource::FighterBay => "fighter bay",
        Resource::FighterTubes => "fighter tubes",
        Resource::LightFighterTubes => "light fighter tubes",
        Resource::SupportFighterTubes => "support fighter tubes",
        Resource::HeavyFighterTubes => "heavy fighter tubes",
        Resource::CargoBay => "cargo hold",
        Resource::ChargeCapacity => "room for charges",
    }
}

fn slot_words(slot: SlotKind) -> &'static str {
    match slot {
        SlotKind::High => "high slots",
        SlotKind::Medium => "mid slots",
        SlotKind::Low => "low slots",
        SlotKind::Rig => "rig slots",
        SlotKind::Subsystem => "subsystem slots",
        SlotKind::Service => "service slots",
        SlotKind::Turret => "turret hardpoints",
        SlotKind::Launcher => "launcher hardpoints",
    }
}
