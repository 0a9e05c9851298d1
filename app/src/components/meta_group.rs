//! Meta groups and categories of the static data that the interface has words for.

/// Hulls that are flown: SDE category 6.
pub const CATEGORY_SHIP: i64 = 6;
/// Ammunition, scripts, crystals: SDE category 8.
pub const CATEGORY_CHARGE: i64 = 8;

/// The word shown beside an item and the key of its colour token; nothing for plain Tech I and unknown groups.
pub fn meta_word(meta_group_id: Option<i64>) -> Option<(&'static str, &'static str)> {
    Some(match meta_group_id? {
        2 | 53 => ("T2", "t2"),
        3 => ("Storyline", "storyline"),
        4 | 52 => ("Faction", "faction"),
        5 => ("Officer", "officer"),
        6 => ("Deadspace", "deadspace"),
        14 => ("T3", "t3"),
        15 => ("Abyssal", "abyssal"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::StaticData;

    #[test]
    fn constants_are_what_they_say() {
        let sde = StaticData::bundled();
        for (name, word) in [
            ("Gyrostabilizer II", Some("T2")),
            ("Republic Fleet Gyrostabilizer", Some("Faction")),
            ("Estamel's Modified Ballistic Control System", Some("Officer")),
            ("Gyrostabilizer I", None),
            ("Legion", Some("T3")),
        ] {
            let info = sde.type_by_name(name).expect(name);
            assert_eq!(meta_word(info.meta_group_id.map(|id| id.0)).map(|(word, _)| word), word, "{name}");
        }
        assert_eq!(sde.type_by_name("Hail S").map(|info| info.category_id.0), Some(CATEGORY_CHARGE));
        assert_eq!(sde.type_by_name("Rifter").map(|info| info.category_id.0), Some(CATEGORY_SHIP));
    }
}
