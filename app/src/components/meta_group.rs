//! Meta groups of the static data that the interface has words for.

use domain::{MetaGroupId, sde::meta_group};

/// The word shown beside an item and the key of its colour token; nothing for plain Tech I and unknown groups.
pub fn meta_word(meta_group_id: Option<i64>) -> Option<(&'static str, &'static str)> {
    Some(match MetaGroupId(meta_group_id?) {
        meta_group::TECH_II | meta_group::STRUCTURE_TECH_II => ("T2", "t2"),
        meta_group::STORYLINE => ("Storyline", "storyline"),
        meta_group::FACTION | meta_group::STRUCTURE_FACTION => ("Faction", "faction"),
        meta_group::OFFICER => ("Officer", "officer"),
        meta_group::DEADSPACE => ("Deadspace", "deadspace"),
        meta_group::TECH_III => ("T3", "t3"),
        meta_group::ABYSSAL => ("Abyssal", "abyssal"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::StaticData;

    #[test]
    fn types_have_the_word_of_their_meta_group() {
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
    }
}
