//! Types, groups, categories, the market's tree and the bonuses of hulls.

use super::{
    SdeError,
    dogma::{Fitting, Modules},
    table::{Table, copy},
};
use domain::{
    sde::{category, group},
    static_data::SnapshotTables,
};
use eve_sde::{
    Archive, Hardpoint, Slot,
    ids::{CategoryId, FactionId, GroupId, MarketGroupId, MetaGroupId, TypeId},
    model::{Bonus, Category, Group, MarketGroup, MetaGroup, Type, TypeBonuses},
};
use serde::Serialize;
use std::io::{Read, Seek};

const TYPE_COLUMNS: &[&str] = &[
    "type_id",
    "name",
    "group_id",
    "category_id",
    "meta_group_id",
    "tech_level",
    "meta_level",
    "mass",
    "volume",
    "capacity",
    "radius",
    "base_price",
    "market_group_id",
    "faction_id",
    "race_id",
    "published",
    "slot",
    "hardpoint",
    "variation_parent_type_id",
    "is_abyssal",
];

/// In the order of [`TYPE_COLUMNS`].
#[derive(Serialize)]
struct TypeRow {
    id: TypeId,
    name: String,
    group_id: GroupId,
    category_id: CategoryId,
    meta_group_id: Option<MetaGroupId>,
    tech_level: Option<u32>,
    meta_level: Option<u32>,
    mass: Option<f64>,
    volume: Option<f64>,
    capacity: Option<f64>,
    radius: Option<f64>,
    base_price: Option<f64>,
    market_group_id: Option<MarketGroupId>,
    faction_id: Option<FactionId>,
    race_id: Option<u32>,
    published: u8,
    slot: &'static str,
    hardpoint: &'static str,
    variation_parent_type_id: Option<TypeId>,
    is_abyssal: u8,
}

pub fn read<R: Read + Seek>(
    archive: &mut Archive<R>,
    modules: &Modules,
    tables: &mut SnapshotTables,
) -> Result<(), SdeError> {
    copy(archive, ("categories.csv", &["category_id", "name", "published"]), tables, |row: Category| {
        (row.id, row.name, u8::from(row.published))
    })?;
    copy(archive, ("meta_groups.csv", &["meta_group_id", "name"]), tables, |row: MetaGroup| (row.id, row.name))?;
    copy(
        archive,
        ("market_groups.csv", &["market_group_id", "parent_group_id", "name"]),
        tables,
        |row: MarketGroup| (row.id, row.parent_group_id, row.name),
    )?;
    traits(archive, tables)?;

    let groups = archive.table::<Group>()?;
    let mut table = Table::new(&["group_id", "name", "category_id", "published"])?;
    let mut sorted: Vec<&Group> = groups.values().collect();
    sorted.sort_unstable_by_key(|group| group.id);
    for group in sorted {
        table.push((group.id, &group.name, group.category_id, u8::from(group.published)))?;
    }
    table.finish_filled::<Group>("groups.csv", tables)?;

    let mut table = Table::new(TYPE_COLUMNS)?;
    for row in archive.records::<Type>()? {
        let row = row?;
        let group = groups.get(&row.group_id).ok_or(SdeError::Dangling {
            file: "types.jsonl",
            id: row.id.0,
            owner: row.group_id.0,
            owners: "groups.jsonl",
        })?;
        table.push(type_row(row, group, modules))?;
    }
    table.finish_filled::<Type>("types.csv", tables)
}

fn type_row(row: Type, group: &Group, modules: &Modules) -> TypeRow {
    let fitting = modules.fittings.get(&row.id).copied().unwrap_or_default();
    let is_abyssal = row.is_dynamic_type || modules.abyssal.contains(&row.id);
    TypeRow {
        id: row.id,
        name: row.name,
        group_id: row.group_id,
        category_id: group.category_id,
        meta_group_id: row.meta_group_id,
        tech_level: row.tech_level.or_else(|| level(fitting.tech_level)),
        meta_level: row.meta_level.or_else(|| level(fitting.meta_level)).filter(|level| *level > 0),
        mass: row.mass.filter(|mass| *mass > 0.0),
        volume: row.volume.filter(|volume| *volume > 0.0),
        capacity: row.capacity.filter(|capacity| *capacity > 0.0),
        radius: row.radius.filter(|radius| *radius > 0.0),
        base_price: row.base_price.filter(|price| *price > 0.0),
        market_group_id: row.market_group_id,
        faction_id: row.faction_id,
        race_id: row.race_id,
        published: u8::from(row.published),
        slot: slot(fitting, group),
        hardpoint: match fitting.hardpoint {
            Some(Hardpoint::Turret) => "turret",
            Some(Hardpoint::Launcher) => "launcher",
            _ => "",
        },
        variation_parent_type_id: row.variation_parent_type_id,
        is_abyssal: u8::from(is_abyssal),
    }
}

/// Where a type is fitted or plugged in, in the words of the snapshot.
fn slot(fitting: Fitting, of: &Group) -> &'static str {
    match fitting.slot {
        Some(Slot::High) => "high",
        Some(Slot::Mid) => "med",
        Some(Slot::Low) => "low",
        Some(Slot::Rig) => "rig",
        Some(Slot::Subsystem) => "subsystem",
        Some(Slot::Service) => "service",
        // Of the implants' category, what is swallowed instead of plugged in.
        _ if domain::GroupId(of.id.0.into()) == group::BOOSTER => "booster",
        _ => match domain::CategoryId(of.category_id.0.into()) {
            category::IMPLANT => "implant",
            category::DRONE => "drone",
            category::FIGHTER => "fighter",
            _ => "",
        },
    }
}

/// Levels are small whole numbers, kept as attributes like any other.
fn level(value: Option<f64>) -> Option<u32> {
    value.filter(|value| (0.0..=100.0).contains(value)).map(|value| value.round() as u32)
}

fn traits<R: Read + Seek>(archive: &mut Archive<R>, tables: &mut SnapshotTables) -> Result<(), SdeError> {
    let mut table = Table::new(&["type_id", "kind", "skill_type_id", "bonus", "unit_id", "text"])?;
    for hull in archive.records::<TypeBonuses>()? {
        let hull = hull?;
        let mut push = |kind: &str, skill: Option<TypeId>, bonus: &Bonus| {
            table.push((hull.id, kind, skill, bonus.bonus, bonus.unit_id, &bonus.bonus_text))
        };
        hull.role_bonuses.iter().try_for_each(|bonus| push("role", None, bonus))?;
        for (skill, bonuses) in &hull.types {
            bonuses.iter().try_for_each(|bonus| push("skill", Some(*skill), bonus))?;
        }
        hull.misc_bonuses.iter().try_for_each(|bonus| push("misc", None, bonus))?;
    }
    table.finish("ship_traits.csv", tables)
}
