//! Solo, NPC and awox, defined once (domain.md 2.5; NPC and awox as zKillboard words them, upstreams.md 2.6).

use crate::{killmail::Killmail, sde::group, static_data::StaticData};
use std::collections::HashSet;

/// The yes-or-no facts of a kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classification {
    /// Exactly one player-character attacker, and the victim was not in a capsule, shuttle or corvette.
    pub is_solo: bool,
    /// No player character and no player corporation among the attackers.
    pub is_npc: bool,
    /// The final blow came from the victim's own player corporation.
    pub is_awox: bool,
    /// Distinct player characters among the attackers.
    pub player_attacker_count: i32,
}

/// Classifies a kill. A victim type unknown to the static data counts as a ship.
pub fn classify(killmail: &Killmail, static_data: &StaticData) -> Classification {
    let victim_group = static_data.type_info(killmail.victim.ship_type_id).map(|info| info.group_id);
    let victim_in_trifle =
        victim_group.is_some_and(|id| [group::CAPSULE, group::SHUTTLE, group::CORVETTE].contains(&id));
    let players: HashSet<_> =
        killmail.attackers.iter().filter_map(|a| a.character_id).filter(|id| id.is_player()).collect();
    let any_player_corporation = killmail.attackers.iter().any(|a| a.corporation_id.is_some_and(|id| !id.is_npc()));
    let awox = killmail.final_blow().is_some_and(|blow| {
        blow.corporation_id.is_some_and(|id| !id.is_npc()) && blow.corporation_id == killmail.victim.corporation_id
    });
    Classification {
        is_solo: players.len() == 1 && !victim_in_trifle,
        is_npc: players.is_empty() && !any_player_corporation,
        is_awox: awox && !victim_in_trifle,
        player_attacker_count: i32::try_from(players.len()).unwrap_or(i32::MAX),
    }
}
