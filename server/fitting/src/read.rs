//! The engine's attributes as [`FitStats`].

use crate::{attributes::AttributeIds, data::Data, warnings};
use domain::{
    FitStats, TypeId,
    fit_stats::{ByDamage, BySource, Capacitor, Damage, Layer, Movement, Reach, Repair, Tank},
    sde::effect,
};
use esf_dogma_engine::{Calculation, Fit, FitItem, ItemResult, Slot, State};

/// Attributes of one object.
#[derive(Clone, Copy)]
struct Values<'a>(&'a ItemResult);

impl Values<'_> {
    fn get(self, attribute: i32) -> Option<f64> {
        self.0.attributes.get(&attribute).map(|value| value.value).filter(|value| value.is_finite())
    }

    /// What is there only when it is not nothing.
    fn some(self, attribute: i32) -> Option<f64> {
        self.get(attribute).filter(|value| *value > 0.0).map(rounded)
    }
}

/// Three decimals: finer than anything in the game.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// `None` when the engine knows no hit points.
pub fn stats(
    data: &Data,
    fit: &Fit,
    hot: &Calculation,
    cold: Option<&Calculation>,
    is_lower_bound: bool,
    unknown: &[TypeId],
) -> Option<FitStats> {
    let ids = &data.attributes;
    let ship = Values(&hot.ship);
    let ehp = ship.get(ids.ehp).filter(|ehp| *ehp > 0.0)?;
    let shield = layer(
        ship,
        ids.shield_hp,
        ids.shield_ehp,
        [ids.shield_em, ids.shield_thermal, ids.shield_kinetic, ids.shield_explosive],
    )?;
    let armor = layer(
        ship,
        ids.armor_hp,
        ids.armor_ehp,
        [ids.armor_em, ids.armor_thermal, ids.armor_kinetic, ids.armor_explosive],
    )?;
    let hull =
        layer(ship, ids.hull_hp, ids.hull_ehp, [ids.hull_em, ids.hull_thermal, ids.hull_kinetic, ids.hull_explosive])?;
    let repair = repair(ship, hot, ids);
    Some(FitStats {
        ehp: rounded(ehp),
        tank: Tank::of(&shield, &armor, &hull, &repair),
        shield,
        armor,
        hull,
        damage: damage(data, fit, hot),
        cold: movement(Values(&cold.unwrap_or(hot).ship), ids),
        hot: cold.is_some().then(|| movement(ship, ids)),
        capacitor: capacitor(ship, ids),
        repair,
        scan_strength: ship.some(ids.scan_strength),
        warnings: warnings::words(data, fit, hot, unknown),
        is_lower_bound,
    })
}

fn layer(ship: Values<'_>, hp: i32, ehp: i32, [em, thermal, kinetic, explosive]: [i32; 4]) -> Option<Layer> {
    // A resonance that the data leaves out is 1: no resistance.
    let resist = |attribute| rounded(1.0 - ship.get(attribute).unwrap_or(1.0));
    let resists =
        ByDamage { em: resist(em), thermal: resist(thermal), kinetic: resist(kinetic), explosive: resist(explosive) };
    Some(Layer { hp: rounded(ship.get(hp)?), ehp: rounded(ship.get(ehp)?), resists })
}

fn movement(ship: Values<'_>, ids: &AttributeIds) -> Movement {
    let value = |attribute| rounded(ship.get(attribute).unwrap_or(0.0));
    let speed = value(ids.speed);
    Movement {
        speed,
        align: ship.some(ids.align).filter(|_| speed > 0.0),
        mass: value(ids.mass),
        signature: value(ids.signature),
    }
}

fn capacitor(ship: Values<'_>, ids: &AttributeIds) -> Option<Capacitor> {
    ship.some(ids.capacitor)?;
    let lasts = ship.get(ids.capacitor_lasts)?;
    Some(if lasts >= 0.0 {
        Capacitor::Lasts { seconds: rounded(lasts) }
    } else {
        Capacitor::Stable { percent: rounded(ship.get(ids.capacitor_stable)?) }
    })
}

fn repair(ship: Values<'_>, calculation: &Calculation, ids: &AttributeIds) -> Repair {
    let remote = |attribute: i32| {
        let effects = calculation.outgoing.effects.iter();
        let sum: f64 = effects
            .filter_map(|effect| effect.attributes.get(&attribute).map(|value| value * f64::from(effect.quantity)))
            .sum();
        (sum > 0.0).then(|| rounded(sum))
    };
    Repair {
        shield: ship.some(ids.shield_boost),
        armor: ship.some(ids.armor_repair),
        hull: ship.some(ids.hull_repair),
        shield_ehp: ship.some(ids.shield_boost_ehp),
        armor_ehp: ship.some(ids.armor_repair_ehp),
        hull_ehp: ship.some(ids.hull_repair_ehp),
        shield_recharge: ship.some(ids.shield_recharge),
        remote_shield: remote(ids.shield_boost),
        remote_armor: remote(ids.armor_repair),
        remote_hull: remote(ids.hull_repair),
        remote_capacitor: remote(ids.capacitor_transfer),
    }
}

/// `None` when nothing does damage.
fn damage(data: &Data, fit: &Fit, calculation: &Calculation) -> Option<Damage> {
    let ids = &data.attributes;
    let ship = Values(&calculation.ship);
    let dps = ship.get(ids.dps).filter(|dps| *dps > 0.0)?;
    let mut by_source = BySource::default();
    let mut by_damage = ByDamage::default();
    let mut best: Option<(f64, Reach)> = None;
    for (item, result) in fit.items.iter().zip(&calculation.items) {
        if result.state < State::Active {
            continue;
        }
        let values = Values(result);
        let of_item = values.get(ids.dps).unwrap_or(0.0) * f64::from(item.quantity);
        if of_item <= 0.0 {
            continue;
        }
        let source = source_of(data, item);
        *source.place(&mut by_source).get_or_insert(0.0) += of_item;
        add_by_damage(&mut by_damage, of_item, result, ids);
        if let Some(reach) = source.reach(result, ids)
            && best.is_none_or(|(most, _)| of_item > most)
        {
            best = Some((of_item, reach));
        }
    }
    for value in [
        &mut by_source.turrets,
        &mut by_source.missiles,
        &mut by_source.drones,
        &mut by_source.fighters,
        &mut by_source.other,
    ] {
        *value = value.map(rounded);
    }
    for value in [&mut by_damage.em, &mut by_damage.thermal, &mut by_damage.kinetic, &mut by_damage.explosive] {
        *value = rounded(*value);
    }
    Some(Damage {
        dps: rounded(dps),
        dps_with_reload: rounded(ship.get(ids.dps_with_reload).unwrap_or(dps)),
        volley: rounded(ship.get(ids.volley).unwrap_or(0.0)),
        by_source,
        by_damage,
        reach: best.map(|(_, reach)| reach),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Turret,
    Missile,
    Drone,
    Fighter,
    Other,
}

fn source_of(data: &Data, item: &FitItem) -> Source {
    match item.slot {
        Slot::DroneBay => return Source::Drone,
        Slot::FighterTube(_) | Slot::FighterBay => return Source::Fighter,
        _ => {}
    }
    let has = |effect: i32| {
        let effects = data.sde.get_type(item.type_id).and_then(|info| info.dogma_effects());
        effects.is_some_and(|effects| effects.iter().any(|has| has.effect_id() == effect))
    };
    if has(effect::TURRET_FITTED) {
        Source::Turret
    } else if has(effect::LAUNCHER_FITTED) {
        Source::Missile
    } else {
        Source::Other
    }
}

impl Source {
    fn place(self, by_source: &mut BySource) -> &mut Option<f64> {
        match self {
            Self::Turret => &mut by_source.turrets,
            Self::Missile => &mut by_source.missiles,
            Self::Drone => &mut by_source.drones,
            Self::Fighter => &mut by_source.fighters,
            Self::Other => &mut by_source.other,
        }
    }

    fn reach(self, module: &ItemResult, ids: &AttributeIds) -> Option<Reach> {
        let values = Values(module);
        match self {
            Self::Turret => Some(Reach::Turret {
                optimal: rounded(values.get(ids.optimal)?),
                falloff: rounded(values.get(ids.falloff).unwrap_or(0.0)),
            }),
            Self::Missile => {
                let charge = Values(module.charge.as_deref()?);
                let range = charge.some(ids.speed)? * charge.some(ids.flight_time)? / 1_000.0;
                Some(Reach::Missile { range: rounded(range) })
            }
            Self::Drone | Self::Fighter | Self::Other => None,
        }
    }
}

/// Splits damage as the charge, or what shoots without one, splits it. Fighters name the damage of each ability apart;
/// all abilities of a fighter do the same kinds.
fn add_by_damage(by_damage: &mut ByDamage, dps: f64, result: &ItemResult, ids: &AttributeIds) {
    let plain = [ids.em_damage, ids.thermal_damage, ids.kinetic_damage, ids.explosive_damage];
    let turret =
        [ids.fighter_turret_em, ids.fighter_turret_thermal, ids.fighter_turret_kinetic, ids.fighter_turret_explosive];
    let missile = [
        ids.fighter_missile_em,
        ids.fighter_missile_thermal,
        ids.fighter_missile_kinetic,
        ids.fighter_missile_explosive,
    ];
    let charge = result.charge.as_deref();
    let splits =
        charge.map(|charge| (charge, plain)).into_iter().chain([plain, turret, missile].map(|ids| (result, ids)));
    for (of, attributes) in splits {
        let split = attributes.map(|attribute| Values(of).get(attribute).unwrap_or(0.0).max(0.0));
        let sum: f64 = split.iter().sum();
        if sum > 0.0 {
            let [em, thermal, kinetic, explosive] = split.map(|part| dps * part / sum);
            by_damage.em += em;
            by_damage.thermal += thermal;
            by_damage.kinetic += kinetic;
            by_damage.explosive += explosive;
            return;
        }
    }
}
