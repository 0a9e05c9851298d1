//! The stream of losses: which scene plays next, and its killmail.
//!
//! [`Galaxy`](super::universe::Galaxy) is what never changes; [`Generator`] is what a stream of kills carries along: gangs on the move, the
//! battle that rages, and losses that follow from earlier ones (capsules, gankers shot by the police). A follow-up is
//! due some seconds after its cause and is emitted once the time has come.

use super::{
    losses,
    population::Habitat,
    scenes::{Battle, Gang, Pilot},
    ships::Purpose,
    universe::Galaxy,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Attacker, Coordinates, Killmail, KillmailId, SecurityBand, SolarSystemId, TypeId, Victim, WarId};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

const CAPSULE: TypeId = TypeId(670);
/// The capsule with the extra-bright implant.
const GOLDEN_CAPSULE: TypeId = TypeId(33_328);
const GANGS: usize = 30;
/// Follow-ups that wait at most; beyond that the oldest is emitted at once.
const MOST_FOLLOW_UPS: usize = 50_000;
/// Kills an impatient generator lets pass before a follow-up comes.
const IMPATIENCE: u64 = 8;

/// A loss before it has an id and a time.
#[derive(Clone, Debug)]
pub(super) struct Loss {
    pub system: SolarSystemId,
    pub moon_id: Option<i64>,
    pub war_id: Option<i64>,
    pub victim: Victim,
    pub attackers: Vec<Attacker>,
}

#[derive(Debug)]
struct FollowUp {
    loss: Loss,
    cause: DateTime<Utc>,
    /// Number of the call that made it.
    made: u64,
}

/// A stream of losses.
#[derive(Debug)]
pub struct Generator {
    pub(super) rng: ChaCha8Rng,
    pub(super) gangs: Vec<Gang>,
    pub(super) battle: Option<Battle>,
    follow_ups: BTreeMap<(DateTime<Utc>, u64), FollowUp>,
    calls: u64,
    made: u64,
    is_impatient: bool,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            gangs: Vec::new(),
            battle: None,
            follow_ups: BTreeMap::new(),
            calls: 0,
            made: 0,
            is_impatient: false,
        }
    }

    /// Lets follow-ups come after a few more kills even if no time passes: for clocks that stand still.
    #[must_use]
    pub fn impatient(mut self) -> Self {
        self.is_impatient = true;
        self
    }

    /// The next killmail.
    pub fn next(&mut self, galaxy: &Galaxy, id: i64, now: DateTime<Utc>) -> Killmail {
        self.calls += 1;
        let is_due = self.follow_ups.first_key_value().is_some_and(|((due, _), follow_up)| {
            *due <= now
                || self.follow_ups.len() > MOST_FOLLOW_UPS
                || (self.is_impatient && self.calls - follow_up.made >= IMPATIENCE)
        });
        if is_due && let Some(((due, _), follow_up)) = self.follow_ups.pop_first() {
            return finish(follow_up.loss, id, due.min(now.max(follow_up.cause)));
        }
        let loss = self.scene(galaxy, now);
        finish(loss, id, now)
    }

    fn scene(&mut self, galaxy: &Galaxy, now: DateTime<Utc>) -> Loss {
        if self.gangs.is_empty() {
            for _ in 0..GANGS {
                let gang = galaxy.gang(&mut self.rng);
                self.gangs.push(gang);
            }
        }
        if self.battle.is_some() && self.rng.random_bool(0.4) {
            return self.battle_loss(galaxy, now);
        }
        match self.rng.random_range(0..1_000) {
            0..250 => self.solo_kill(galaxy, now),
            250..285 => self.gank(galaxy, now),
            285..400 => self.ratting_loss(galaxy, now),
            400..450 => self.abyssal_loss(galaxy),
            450..500 => self.deployable_loss(galaxy),
            500..506 => self.structure_loss(galaxy),
            506..509 => self.tower_loss(galaxy),
            509 if self.battle.is_none() => {
                self.start_battle(galaxy);
                self.battle_loss(galaxy, now)
            }
            _ => self.gang_kill(galaxy, now),
        }
    }

    pub(super) fn position(&mut self) -> Coordinates {
        let mut axis = |reach: f64| (self.rng.random_range(-reach..reach) * 10.0).round() / 10.0;
        Coordinates { x: axis(4e12), y: axis(4e11), z: axis(4e12) }
    }

    /// Something that happens `seconds` after `cause`.
    pub(super) fn follow(&mut self, loss: Loss, cause: DateTime<Utc>, seconds: i64) {
        self.made += 1;
        let due = cause + TimeDelta::seconds(seconds);
        self.follow_ups.insert((due, self.made), FollowUp { loss, cause, made: self.calls });
    }

    /// A pilot's ship lost to attackers, and perhaps the capsule soon after.
    pub(super) fn ship_loss(
        &mut self,
        galaxy: &Galaxy,
        now: DateTime<Utc>,
        prey: Pilot,
        place: (SolarSystemId, Coordinates),
        attackers: Vec<(Attacker, f64)>,
    ) -> Loss {
        let (system, position) = place;
        let hull = &galaxy.hulls[prey.hull];
        let fit = &galaxy.fits[prey.hull][prey.fit];
        let mut victim = galaxy.victim(prey.character, hull.id, position);
        victim.items = losses::of_fit(fit, &mut self.rng);
        victim.items.extend(galaxy.goods.cargo(hull, &mut self.rng));
        // Resistances, repairs and overheating make the damage a multiple of the bare hit points.
        let toughness = match hull.purpose {
            Purpose::Trifle => self.rng.random_range(1.0..1.3),
            _ => self.rng.random_range(1.2..4.0),
        };
        let damage = (hull.hit_points.max(100.0) * toughness) as i64;
        let by_players = attackers.iter().any(|(attacker, _)| attacker.character_id.is_some());
        let loss = assemble(&mut self.rng, system, victim, attackers, damage);
        let capsule_chance = match galaxy.sde.system(system).map(|system| system.band) {
            _ if !by_players => 0.08,
            Some(SecurityBand::Highsec) => 0.2,
            Some(SecurityBand::Lowsec) => 0.4,
            _ => 0.62,
        };
        if self.rng.random_bool(capsule_chance) {
            self.capsule_follows(galaxy, now, prey.character, &loss);
        }
        loss
    }

    fn capsule_follows(&mut self, galaxy: &Galaxy, now: DateTime<Utc>, character: usize, ship: &Loss) {
        let position = ship.victim.position.unwrap_or(Coordinates { x: 0.0, y: 0.0, z: 0.0 });
        let near = Coordinates { x: position.x + self.rng.random_range(-9e3..9e3), ..position };
        let capsule = if self.rng.random_bool(0.02) { GOLDEN_CAPSULE } else { CAPSULE };
        let mut victim = galaxy.victim(character, capsule, near);
        victim.items = losses::implants(&galaxy.armoury, &mut self.rng);
        let keep = self.rng.random_range(1..=ship.attackers.len().min(12));
        let attackers = ship.attackers.choose_multiple(&mut self.rng, keep).cloned().map(|it| (it, 1.0)).collect();
        let damage = self.rng.random_range(420..700);
        let loss = assemble(&mut self.rng, ship.system, victim, attackers, damage);
        let seconds = self.rng.random_range(2..20);
        self.follow(loss, now, seconds);
    }

    /// The gang of a habitat that kills next; those who are tired go home and others set out.
    pub(super) fn take_gang(&mut self, galaxy: &Galaxy) -> usize {
        let index = self.rng.random_range(0..self.gangs.len());
        if self.gangs[index].patience == 0 {
            self.gangs[index] = galaxy.gang(&mut self.rng);
        }
        self.gangs[index].patience -= 1;
        let jumps = self.rng.random_range(0..3);
        for _ in 0..jumps {
            let Gang { system, habitat, .. } = self.gangs[index];
            self.gangs[index].system = galaxy.next_system(system, habitat, &mut self.rng);
        }
        index
    }

    /// Whoever is caught by hunters living in this kind of space.
    pub(super) fn prey(&mut self, galaxy: &Galaxy, hunter: usize, habitat: Habitat) -> Pilot {
        let character = galaxy.stranger_to(hunter, &mut self.rng);
        let purpose = galaxy.prey_purpose(habitat, &mut self.rng);
        galaxy.pilot(character, purpose, &mut self.rng)
    }
}

/// Splits the damage, picks the final blow and sorts by damage as the game does.
pub(super) fn assemble(
    rng: &mut ChaCha8Rng,
    system: SolarSystemId,
    mut victim: Victim,
    attackers: Vec<(Attacker, f64)>,
    damage: i64,
) -> Loss {
    let shares: Vec<f64> = attackers.iter().map(|(_, share)| *share).collect();
    let parts = losses::split_damage(damage, &shares, rng);
    let mut attackers: Vec<Attacker> = attackers
        .into_iter()
        .zip(parts)
        .map(|((attacker, _), damage_done)| Attacker { damage_done, final_blow: false, ..attacker })
        .collect();
    let hitters: Vec<usize> =
        attackers.iter().enumerate().filter(|(_, it)| it.damage_done > 0).map(|(index, _)| index).collect();
    if let Some(last) = attackers.get_mut(hitters.choose(rng).copied().unwrap_or(0)) {
        last.final_blow = true;
    }
    attackers.sort_by_key(|attacker| std::cmp::Reverse(attacker.damage_done));
    victim.damage_taken = damage;
    Loss { system, moon_id: None, war_id: None, victim, attackers }
}

fn finish(loss: Loss, id: i64, at: DateTime<Utc>) -> Killmail {
    Killmail {
        killmail_id: KillmailId(id),
        killmail_time: at,
        solar_system_id: loss.system,
        moon_id: loss.moon_id,
        war_id: loss.war_id.map(WarId),
        victim: loss.victim,
        attackers: loss.attackers,
    }
}
