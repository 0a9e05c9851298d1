//! Links that narrow a list by one value of a row. Plain addresses, so they work without JavaScript.

use crate::routes;
use domain::{EntityKind, KillFilter};

/// The live list's address with `base` narrowed to one value. A value already set for the same field is replaced:
/// within a field values widen (OR), and the reader asks for less.
pub fn narrowed(base: &KillFilter, kind: EntityKind, id: i64) -> String {
    let mut filter = base.clone();
    match kind {
        EntityKind::Character => filter.character_id = vec![id.into()],
        EntityKind::Corporation => filter.corporation_id = vec![id.into()],
        EntityKind::Alliance => filter.alliance_id = vec![id.into()],
        EntityKind::System => filter.system_id = vec![id.into()],
        EntityKind::Constellation => filter.constellation_id = vec![id.into()],
        EntityKind::Region => filter.region_id = vec![id.into()],
        EntityKind::Type => filter.ship_type_id = vec![id.into()],
        EntityKind::Group => filter.group_id = vec![id.into()],
        EntityKind::Faction => {}
    }
    routes::live(&filter)
}

/// `base` narrowed to kills that have a tag too: tags are joined by AND.
pub fn with_tag(base: &KillFilter, tag: &str) -> KillFilter {
    let mut filter = base.clone();
    if !filter.tags.iter().any(|other| other == tag) {
        filter.tags.push(tag.to_owned());
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrows_within_what_is_there() {
        let base = KillFilter::from_query("region_id=10000002&ship_type_id=587,588&solo=true", &[]).unwrap();
        assert_eq!(narrowed(&base, EntityKind::Type, 670), "/?region_id=10000002&ship_type_id=670&solo=true");
        assert_eq!(with_tag(&with_tag(&base, "ECM"), "Cloak").tags, ["ECM", "Cloak"]);
        assert_eq!(with_tag(&with_tag(&base, "ECM"), "ECM").tags, ["ECM"]);
        assert_eq!(narrowed(&KillFilter::default(), EntityKind::System, 30_000_142), "/?system_id=30000142");
    }
}
