//! Who was there, counted: attackers by alliance or corporation, and the ships they flew.

use contract::AttackerRow;
use domain::{EntityKind, Party};
use std::collections::HashMap;

/// Attackers of one alliance, or of one corporation without an alliance, or NPCs of one faction.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    pub name: String,
    /// What a link leads to; none for NPCs.
    pub entity: Option<(EntityKind, i64)>,
    pub attackers: usize,
    pub damage_share: f64,
}

fn side_of(party: &Party) -> (Option<(EntityKind, i64)>, String) {
    let or_id = |name: &Option<String>, word: &str, id: i64| name.clone().unwrap_or_else(|| format!("{word} {id}"));
    if let Some(alliance) = &party.alliance {
        (Some((EntityKind::Alliance, alliance.id.0)), or_id(&alliance.name, "Alliance", alliance.id.0))
    } else if let Some(corporation) = &party.corporation {
        (Some((EntityKind::Corporation, corporation.id.0)), or_id(&corporation.name, "Corporation", corporation.id.0))
    } else if let Some(faction) = &party.faction {
        (None, or_id(&faction.name, "Faction", faction.id.0))
    } else {
        (None, "Without corporation".to_owned())
    }
}

/// Sides by number of attackers, most first.
pub fn sides(attackers: &[AttackerRow]) -> Vec<Side> {
    let mut index: HashMap<(Option<(EntityKind, i64)>, String), usize> = HashMap::new();
    let mut sides: Vec<Side> = Vec::new();
    for attacker in attackers {
        let key = side_of(&attacker.party);
        let at = *index.entry(key.clone()).or_insert_with(|| {
            sides.push(Side { name: key.1, entity: key.0, attackers: 0, damage_share: 0.0 });
            sides.len() - 1
        });
        sides[at].attackers += 1;
        sides[at].damage_share += attacker.damage_share;
    }
    sides.sort_by(|a, b| b.attackers.cmp(&a.attackers).then_with(|| a.name.cmp(&b.name)));
    sides
}

/// Ships by number, most first; what is not known is left out.
pub fn ships(attackers: &[AttackerRow]) -> Vec<(String, usize)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for ship in attackers.iter().filter_map(|attacker| attacker.ship.as_ref()) {
        *counts.entry(ship.display_name()).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{npc_only, structure};

    #[test]
    fn counts_sides_and_ships() {
        let kill = structure(603);
        let sides = sides(&kill.attackers);
        assert_eq!(sides.iter().map(|side| side.attackers).sum::<usize>(), 603);
        assert_eq!(sides.len(), 7);
        let total: f64 = sides.iter().map(|side| side.damage_share).sum();
        assert!((total - 1.0).abs() < 1e-6);
        assert_eq!(ships(&kill.attackers), [("Muninn".to_owned(), 603)]);
    }

    #[test]
    fn npcs_are_named_by_faction() {
        let names: Vec<_> = sides(&npc_only().attackers).into_iter().map(|side| side.name).collect();
        assert_eq!(names, ["Guristas Pirates", "Without corporation"]);
    }
}
