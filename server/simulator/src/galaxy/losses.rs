//! What a victim carried and what became of it, and who did how much of the damage.

use super::{
    armoury::Armoury,
    fits::Fit,
    ships::{Hull, Purpose},
};
use domain::{Item, StaticData, TypeId};
use rand::{
    Rng,
    seq::{IndexedRandom, IteratorRandom, SliceRandom},
};

/// Small, medium and large secure containers.
const CONTAINERS: [TypeId; 3] = [TypeId(3_467), TypeId(3_466), TypeId(3_465)];
const RIG_FLAGS: std::ops::RangeInclusive<i64> = 92..=99;

/// Things people haul.
#[derive(Debug, Default)]
pub struct Goods {
    /// Materials, commodities and planetary goods.
    bulk: Vec<Bulk>,
    /// With what one is worth.
    modules: Vec<(TypeId, f64)>,
    blueprints: Vec<TypeId>,
}

#[derive(Debug)]
struct Bulk {
    id: TypeId,
    volume_m3: f64,
    /// By the game's base price, ISK.
    worth: f64,
}

/// Nobody takes more than this along for each m3 of a hold, except haulers.
const WORTH_PER_M3: f64 = 50_000.0;

impl Goods {
    pub fn new(sde: &StaticData) -> Self {
        let mut goods = Self::default();
        let mut types: Vec<_> = sde.types().filter(|info| info.published).collect();
        types.sort_by_key(|info| info.id);
        for info in types {
            match info.category_id.0 {
                // Event and mission items have no price; nobody hauls them to market.
                4 | 17 | 43 if info.base_price.is_some() => {
                    let volume_m3 = info.volume_m3.filter(|volume| *volume > 0.0);
                    goods.bulk.extend(volume_m3.map(|volume_m3| Bulk { id: info.id, volume_m3, worth: worth(info) }));
                }
                7 if info.volume_m3.is_some_and(|volume| volume <= 50.0) => {
                    goods.modules.push((info.id, worth(info)));
                }
                9 => goods.blueprints.push(info.id),
                _ => {}
            }
        }
        goods
    }

    /// A hold filled to some share of its size, with a container or a blueprint copy now and then.
    pub fn cargo(&self, hull: &Hull, rng: &mut impl Rng) -> Vec<Item> {
        let is_hauler = matches!(hull.purpose, Purpose::Hauler | Purpose::Freighter);
        let mut room = hull.cargo * if is_hauler { rng.random_range(0.1..0.95) } else { rng.random_range(0.0..0.4) };
        let mut purse = if is_hauler { f64::INFINITY } else { hull.cargo * WORTH_PER_M3 };
        let mut items = Vec::new();
        for _ in 0..rng.random_range(0..if is_hauler { 9 } else { 3 }) {
            if let Some(bulk) = self.bulk.choose(rng) {
                let most = (room / bulk.volume_m3).min(purse / bulk.worth).min(2e6) as i64;
                if most > 0 {
                    let count = rng.random_range(1..=most);
                    room -= count as f64 * bulk.volume_m3;
                    purse -= count as f64 * bulk.worth;
                    items.extend(rows(5, bulk.id, count, rng));
                }
            }
        }
        for _ in 0..rng.random_range(0..if is_hauler { 6 } else { 2 }) {
            let affordable = self.modules.choose(rng).filter(|(_, worth)| *worth <= purse);
            items.extend(affordable.map(|(id, worth)| {
                purse -= worth;
                row(5, *id, 1, rng.random_bool(0.5))
            }));
        }
        if is_hauler && rng.random_bool(0.2) {
            let mut container = row(5, *CONTAINERS.choose(rng).unwrap_or(&CONTAINERS[0]), 1, true);
            container.singleton = 1;
            for bulk in self.bulk.choose_multiple(rng, 3) {
                container.items.push(row(0, bulk.id, rng.random_range(1..400), true));
            }
            items.push(container);
        }
        if rng.random_bool(if is_hauler { 0.15 } else { 0.01 })
            && let Some(id) = self.blueprints.choose(rng)
        {
            let mut copy = row(5, *id, 1, rng.random_bool(0.5));
            copy.singleton = 2;
            items.push(copy);
        }
        items
    }
}

fn worth(info: &domain::static_data::TypeInfo) -> f64 {
    info.base_price.map_or(0.0, domain::Isk::as_f64)
}

pub fn row(flag: i64, id: TypeId, count: i64, is_dropped: bool) -> Item {
    let (destroyed, dropped) = if is_dropped { (None, Some(count)) } else { (Some(count), None) };
    Item {
        item_type_id: id,
        flag,
        singleton: 0,
        quantity_destroyed: destroyed,
        quantity_dropped: dropped,
        items: Vec::new(),
    }
}

/// A stack: each unit survives with an even chance, so most stacks become two rows.
fn rows(flag: i64, id: TypeId, count: i64, rng: &mut impl Rng) -> Vec<Item> {
    let dropped = match rng.random_range(0..10) {
        0..3 => 0,
        3..6 => count,
        _ => rng.random_range(0..=count),
    };
    let parts = [(count - dropped, false), (dropped, true)];
    parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, is_dropped)| row(flag, id, count, is_dropped))
        .collect()
}

/// The rows of a lost fit. Rigs never drop.
pub fn of_fit(fit: &Fit, rng: &mut impl Rng) -> Vec<Item> {
    let mut items = Vec::with_capacity(fit.fitted.len() * 2 + fit.held.len() * 2);
    for fitted in &fit.fitted {
        let is_rig = RIG_FLAGS.contains(&fitted.flag);
        items.push(row(fitted.flag, fitted.module, 1, !is_rig && rng.random_bool(0.5)));
        if let Some((charge, count)) = fitted.charge
            && rng.random_bool(0.92)
        {
            let left = rng.random_range(1..=count);
            items.push(row(fitted.flag, charge, left, rng.random_bool(0.5)));
        }
    }
    for (flag, id, count) in &fit.held {
        items.extend(rows(*flag, *id, *count, rng));
    }
    // ESI lists the rows in no order a reader could rely on.
    items.shuffle(rng);
    items
}

/// Implants of a lost capsule: none, a cheap set, or a full head. One of each slot.
pub fn implants(armoury: &Armoury, rng: &mut impl Rng) -> Vec<Item> {
    let slots = match rng.random_range(0..100) {
        0..55 => 0,
        55..85 => rng.random_range(1..=5),
        _ => rng.random_range(6..=10),
    };
    let mut items = Vec::new();
    for slot in 1..=slots {
        let implant = armoury.implants.iter().filter(|(_, its)| *its == slot).choose(rng);
        items.extend(implant.map(|(id, _)| row(89, *id, 1, rng.random_bool(0.3))));
    }
    items
}

/// Splits the damage by the given shares; the parts add up to the total.
pub fn split_damage(total: i64, shares: &[f64], rng: &mut impl Rng) -> Vec<i64> {
    let draws: Vec<f64> = shares.iter().map(|share| share * -rng.random_range(1e-6_f64..1.0).ln()).collect();
    let sum: f64 = draws.iter().sum();
    if sum <= 0.0 {
        let mut parts = vec![0; shares.len()];
        parts.iter_mut().take(1).for_each(|part| *part = total);
        return parts;
    }
    let mut parts: Vec<i64> = draws.iter().map(|draw| (total as f64 * draw / sum).floor() as i64).collect();
    let rest = total - parts.iter().sum::<i64>();
    let strongest = draws.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(index, _)| index);
    if let Some(part) = strongest.and_then(|index| parts.get_mut(index)) {
        *part += rest;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn damage_adds_up() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for total in [0, 1, 812, 3_000_000] {
            let parts = split_damage(total, &[1.0, 0.0, 3.0, 0.2], &mut rng);
            assert_eq!(parts.iter().sum::<i64>(), total);
            assert!(parts.iter().all(|part| *part >= 0));
            assert_eq!(parts[1], 0);
        }
        assert_eq!(split_damage(5, &[0.0, 0.0], &mut rng), [5, 0]);
    }
}
