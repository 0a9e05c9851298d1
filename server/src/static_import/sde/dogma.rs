//! Attributes and effects: their own tables, and what they say about each type. Of the attributes only those are
//! kept that the snapshot before has (some 150 of 2,900 tell modules apart).

use super::{
    SdeError,
    table::{Table, previous_rows},
};
use domain::{sde::attribute, static_data::SnapshotTables};
use eve_sde::{
    Archive, Hardpoint, Slot,
    ids::{AttributeId, TypeId},
    model::{Attribute, DynamicItemAttributes, Effect, TypeDogma},
};
use std::{
    collections::{HashMap, HashSet},
    io::{Read, Seek},
};

/// Categories of effects by CCP's number.
const EFFECT_CATEGORIES: [&str; 8] = ["Passive", "Active", "Target", "Area", "Online", "Overload", "Dungeon", "System"];

/// What dogma says about one type.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fitting {
    pub slot: Option<Slot>,
    pub hardpoint: Option<Hardpoint>,
    pub tech_level: Option<f64>,
    pub meta_level: Option<f64>,
}

/// What dogma says about all types.
#[derive(Debug, Default)]
pub struct Modules {
    pub fittings: HashMap<TypeId, Fitting>,
    /// Types that a mutaplasmid makes.
    pub abyssal: HashSet<TypeId>,
}

pub fn read<R: Read + Seek>(archive: &mut Archive<R>, tables: &mut SnapshotTables) -> Result<Modules, SdeError> {
    let kept = attributes(archive, tables)?;
    effects(archive, tables)?;
    let fittings = types(archive, &kept, tables)?;
    let abyssal = mutaplasmids(archive, tables)?;
    Ok(Modules { fittings, abyssal })
}

fn attributes<R: Read + Seek>(
    archive: &mut Archive<R>,
    tables: &mut SnapshotTables,
) -> Result<HashSet<AttributeId>, SdeError> {
    const NAME: &str = "dogma_attributes.csv";
    const COLUMNS: &[&str] =
        &["attribute_id", "name", "display_name", "default_value", "high_is_good", "stackable", "unit_id"];
    let mut previous = previous_rows(tables, NAME)?;
    let is_first = previous.is_empty();
    let mut kept = HashSet::new();
    let mut table = Table::new(COLUMNS)?;
    for attribute in archive.records::<Attribute>()? {
        let attribute = attribute?;
        if previous.remove(&i64::from(attribute.id)).is_none() && !is_first {
            continue;
        }
        kept.insert(attribute.id);
        table.push((
            attribute.id,
            attribute.name,
            attribute.display_name,
            attribute.default_value,
            u8::from(attribute.high_is_good),
            u8::from(attribute.stackable),
            attribute.unit_id,
        ))?;
    }
    // Attributes that only the snapshot's other source knows.
    let mut rest: Vec<_> = previous.into_iter().collect();
    rest.sort_unstable_by_key(|(id, _)| *id);
    for (_, row) in rest {
        table.push_record(&row)?;
    }
    table.finish(NAME, tables)?;
    Ok(kept)
}

fn effects<R: Read + Seek>(archive: &mut Archive<R>, tables: &mut SnapshotTables) -> Result<(), SdeError> {
    let mut table = Table::new(&["effect_id", "name", "category", "is_offensive", "is_assistance"])?;
    for effect in archive.records::<Effect>()? {
        let effect = effect?;
        let category = usize::try_from(effect.effect_category_id).ok().and_then(|id| EFFECT_CATEGORIES.get(id));
        table.push((
            effect.id,
            effect.name,
            category.copied().unwrap_or_default(),
            u8::from(effect.is_offensive),
            u8::from(effect.is_assistance),
        ))?;
    }
    table.finish("dogma_effects.csv", tables)
}

fn types<R: Read + Seek>(
    archive: &mut Archive<R>,
    kept: &HashSet<AttributeId>,
    tables: &mut SnapshotTables,
) -> Result<HashMap<TypeId, Fitting>, SdeError> {
    let mut values = Table::new(&["type_id", "attribute_id", "value"])?;
    let mut effects = Table::new(&["type_id", "effect_id", "is_default"])?;
    let mut fittings = HashMap::new();
    for dogma in archive.records::<TypeDogma>()? {
        let dogma = dogma?;
        let value = |id: i32| {
            let mut listed = dogma.dogma_attributes.iter();
            listed.find(|listed| i64::from(listed.attribute_id) == i64::from(id)).map(|listed| listed.value)
        };
        fittings.insert(
            dogma.id,
            Fitting {
                slot: dogma.slot(),
                hardpoint: dogma.hardpoint(),
                tech_level: value(attribute::TECH_LEVEL),
                meta_level: value(attribute::META_LEVEL),
            },
        );
        for listed in dogma.dogma_attributes.iter().filter(|listed| kept.contains(&listed.attribute_id)) {
            values.push((dogma.id, listed.attribute_id, listed.value))?;
        }
        for listed in &dogma.dogma_effects {
            effects.push((dogma.id, listed.effect_id, u8::from(listed.is_default)))?;
        }
    }
    values.finish("type_dogma.csv", tables)?;
    effects.finish("type_effects.csv", tables)?;
    Ok(fittings)
}

fn mutaplasmids<R: Read + Seek>(
    archive: &mut Archive<R>,
    tables: &mut SnapshotTables,
) -> Result<HashSet<TypeId>, SdeError> {
    let mut ranges = Table::new(&["mutaplasmid_id", "attribute_id", "min", "max"])?;
    let mut map = Table::new(&["mutaplasmid_id", "base_type_id", "result_type_id"])?;
    let mut abyssal = HashSet::new();
    for mutaplasmid in archive.records::<DynamicItemAttributes>()? {
        let mutaplasmid = mutaplasmid?;
        for range in &mutaplasmid.attributes {
            ranges.push((mutaplasmid.id, range.attribute_id, range.min, range.max))?;
        }
        for mapping in &mutaplasmid.input_output_mapping {
            abyssal.insert(mapping.resulting_type);
            for base in &mapping.applicable_types {
                map.push((mutaplasmid.id, base, mapping.resulting_type))?;
            }
        }
    }
    ranges.finish("mutaplasmid_attributes.csv", tables)?;
    map.finish("mutaplasmid_map.csv", tables)?;
    Ok(abyssal)
}
