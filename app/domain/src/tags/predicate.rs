//! What the static data must say of a type for a tag to fit it: a small language of facts, joined by and, or, not.

use crate::{
    ids::{CategoryId, GroupId, MetaGroupId, TypeId},
    location::Slot,
    sde::attribute,
    static_data::{Dogma, Hardpoint, TypeInfo},
};

/// A question about a type that the static data answers with yes or no.
#[derive(Clone, Copy, Debug)]
pub enum Predicate {
    /// The category is one of these.
    Category(&'static [CategoryId]),
    /// The group is one of these.
    Group(&'static [GroupId]),
    /// The meta group is one of these.
    MetaGroup(&'static [MetaGroupId]),
    NoMetaGroup,
    TechLevel(u8),
    /// Below this meta level, or without any.
    MetaLevelBelow(u8),
    /// The rack that the module fits into.
    Slot(Slot),
    Hardpoint(Hardpoint),
    /// Has at least one of these dogma effects.
    Effect(&'static [i32]),
    /// The dogma attribute has this whole value.
    Attribute(i32, i32),
    /// Using it takes this skill, as the first or second.
    Skill(TypeId),
    All(&'static [Self]),
    Any(&'static [Self]),
    Not(&'static Self),
}

impl Predicate {
    pub fn holds(&self, info: &TypeInfo, dogma: &Dogma) -> bool {
        let is_value = |attribute: i32, wanted: f64| {
            dogma.value(info.id, attribute).is_some_and(|value| (value - wanted).abs() < f64::EPSILON)
        };
        match *self {
            Self::Category(categories) => categories.contains(&info.category_id),
            Self::Group(groups) => groups.contains(&info.group_id),
            Self::MetaGroup(groups) => info.meta_group_id.is_some_and(|group| groups.contains(&group)),
            Self::NoMetaGroup => info.meta_group_id.is_none(),
            Self::TechLevel(level) => info.tech_level == Some(level),
            Self::MetaLevelBelow(level) => info.meta_level.is_none_or(|meta_level| meta_level < level),
            Self::Slot(slot) => info.slot == Some(slot),
            Self::Hardpoint(hardpoint) => info.hardpoint == Some(hardpoint),
            Self::Effect(effects) => effects.iter().any(|effect| dogma.has_effect(info.id, *effect)),
            Self::Attribute(attribute, value) => is_value(attribute, f64::from(value)),
            Self::Skill(skill) => [attribute::REQUIRED_SKILL_1, attribute::REQUIRED_SKILL_2]
                .into_iter()
                .any(|slot| is_value(slot, skill.0 as f64)),
            Self::All(parts) => parts.iter().all(|part| part.holds(info, dogma)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(info, dogma)),
            Self::Not(part) => !part.holds(info, dogma),
        }
    }
}
