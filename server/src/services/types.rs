//! The page of a type: usual fits, spread of values, who loses and who kills it.
//!
//! Numbers are of the newest 2,000 losses of the window at most, and are kept for a minute: a busy page costs the
//! database one look a minute, and several readers at once wait for the same answer.

use super::{Services, store_failure};
use chrono::TimeDelta;
use contract::ports::Paging;
use contract::{
    ApiError, ErrorCode, FitModule, FitRack, Involved, InvolvedEntry, StatsWindow, TagCount, TypeFacts, TypePage,
    TypeStats, UsualFit,
};
use domain::{
    CorporationId, EntityKind, Isk, KillFilter, KillSummary, KillmailId, ShipRef, Slot, StaticData, TypeId,
    distribution::{Distribution, median},
    fit,
    fit_clusters::{FitCluster, Modules, cluster_fits, modules_of},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};
use store::{RankedAttacker, ShipLoss};

/// Losses looked at. Reading what was fitted takes about 50 ms for so many.
pub const MAX_LOSSES: u32 = 2_000;
/// Rows of each top list.
const TOP: usize = 8;
const TOP_TAGS: usize = 60;
/// Clusters of fits shown.
const FITS: usize = 8;

impl Services {
    /// The page of a type with a page of its losses.
    ///
    /// # Errors
    /// `NotFound` for an unknown type, `Invalid` for contradictory paging, `Unavailable` when the database does not
    /// answer.
    pub(super) async fn get_type(&self, id: i64, window: StatsWindow, paging: Paging) -> Result<TypePage, ApiError> {
        let facts = self.type_facts(TypeId(id))?;
        let filter = KillFilter { ship_type_id: vec![TypeId(id)], ..KillFilter::default() };
        let (stats, recent) =
            tokio::join!(Box::pin(self.type_stats(id, window)), Box::pin(self.list_kills(&filter, paging)));
        Ok(TypePage { facts, stats: TypeStats::clone(&*stats?), recent: recent? })
    }

    /// The numbers of a type.
    ///
    /// # Errors
    /// `NotFound` for an unknown type, `Unavailable` when the database does not answer.
    pub(super) async fn type_stats(&self, id: i64, window: StatsWindow) -> Result<Arc<TypeStats>, ApiError> {
        let id = TypeId(id);
        self.type_facts(id)?;
        let cell = self.type_stats.0.get_or_set_with((id, window), Arc::default);
        cell.get_or_try_init(|| Box::pin(async { self.compute(id, window).await.map(Arc::new) })).await.cloned()
    }

    fn type_facts(&self, id: TypeId) -> Result<TypeFacts, ApiError> {
        let static_data = self.static_data();
        let info = static_data.type_info(id).ok_or_else(|| ApiError::not_found(&format!("The type {id}")))?;
        Ok(TypeFacts {
            ship: ShipRef::new(id, &static_data),
            category_id: info.category_id.0,
            meta_group_id: info.meta_group_id.map(|id| id.0),
            tech_level: info.tech_level,
        })
    }

    async fn compute(&self, id: TypeId, window: StatsWindow) -> Result<TypeStats, ApiError> {
        let now = self.now();
        // Kills of this very moment are part of the window.
        let (from, to) = (now - TimeDelta::days(window.days().into()), now + TimeDelta::seconds(1));
        let failed = |error| store_failure(&error);
        // One more than looked at tells whether there are more.
        let mut losses = self.store().list_ship_losses(id, from, to, MAX_LOSSES + 1).await.map_err(failed)?;
        let is_cut = losses.len() > MAX_LOSSES as usize;
        losses.truncate(MAX_LOSSES as usize);
        let attackers = self.store().list_top_attackers(&losses, TOP as u32).await.map_err(failed)?;
        let losses = Arc::new(losses);
        let clusters = self.clusters(&losses).await?;
        let names = self.names_for(&losses, &attackers).await;
        let static_data = self.static_data();
        let ehp = KnownEhp::of(&losses);
        let mut fits = Vec::new();
        for cluster in clusters.iter().take(FITS) {
            let eft = self.example_eft(cluster.example).await?;
            fits.push(usual_fit(cluster, &losses, &ehp, eft, &static_data));
        }
        Ok(TypeStats {
            type_id: id,
            window_days: window.days(),
            from,
            to,
            n: losses.len() as u64,
            is_cut,
            oldest: losses.iter().map(|loss| loss.killmail_time).min(),
            isk_lost: losses.iter().filter_map(|loss| loss.value).sum(),
            solo: losses.iter().filter(|loss| loss.is_solo).count() as u64,
            npc: losses.iter().filter(|loss| loss.is_npc).count() as u64,
            pilots: losses.iter().filter_map(|loss| loss.character_id).collect::<HashSet<_>>().len() as u64,
            values: Distribution::of(losses.iter().filter_map(|loss| loss.value).map(Isk::hundredths))
                .map(|spread| spread.map(Isk::from_hundredths)),
            ehp: Distribution::of(ehp.0.values().map(|(ehp, _)| *ehp)),
            ehp_lower_bounds: lower_bounds(ehp.0.values()),
            fits,
            fit_clusters: clusters.len() as u64,
            losers: losers(&losses, &names),
            killers: killers(&attackers, &names),
            tags: tags(&losses),
            computed_at: now,
        })
    }

    /// Off the runtime's threads: two thousand fits of a popular hull take a tenth of a second.
    async fn clusters(&self, losses: &[ShipLoss]) -> Result<Vec<FitCluster>, ApiError> {
        let static_data = self.static_data();
        let fits: Vec<(KillmailId, Modules)> = losses
            .iter()
            .map(|loss| (loss.killmail_id, modules_of(loss.fitted.iter().copied(), &static_data)))
            .collect();
        tokio::task::spawn_blocking(move || cluster_fits(fits)).await.map_err(|error| {
            tracing::error!(%error, "fits could not be grouped");
            ApiError::new(ErrorCode::Internal, "Something went wrong on the server. Try again in a moment.")
        })
    }

    async fn example_eft(&self, id: KillmailId) -> Result<Option<String>, ApiError> {
        let record = match self.find_record(id).await {
            Ok((record, _)) => record,
            // Retention may have dropped its month meanwhile.
            Err(error) if error.code == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let names = self.names_of(&record).await;
        let summary = KillSummary::new(&record, &|id| names.get(&id).cloned(), &self.static_data());
        Ok(Some(fit::eft(&record.killmail, &Self::fit_name(&summary), &self.static_data())))
    }

    /// Names for the top lists: cache first, then the database; what is missing is asked for.
    async fn names_for(&self, losses: &[ShipLoss], attackers: &[RankedAttacker]) -> HashMap<i64, String> {
        let mut ids: Vec<i64> = [
            top(losses.iter().filter_map(|loss| loss.character_id)).iter().map(|(id, _)| id.0).collect::<Vec<_>>(),
            top(losses.iter().filter_map(|loss| loss.corporation_id)).iter().map(|(id, _)| id.0).collect(),
            top(losses.iter().filter_map(|loss| loss.alliance_id)).iter().map(|(id, _)| id.0).collect(),
            attackers.iter().map(|attacker| attacker.id).collect(),
        ]
        .concat();
        ids.sort_unstable();
        ids.dedup();
        let mut names = HashMap::new();
        ids.retain(|id| {
            let npc = self.static_data().npc_corporation_name(CorporationId(*id)).map(str::to_owned);
            npc.or_else(|| self.names().get(*id)).is_none_or(|name| {
                names.insert(*id, name);
                false
            })
        });
        if !ids.is_empty() {
            match self.store().find_names(&ids).await {
                Ok(found) => names.extend(found.into_iter().map(|name| (name.id, name.name))),
                Err(error) => tracing::warn!(%error, "names of a top list cannot be read"),
            }
            self.names().request(ids.into_iter().filter(|id| !names.contains_key(id)));
        }
        names
    }
}

/// Effective hit points of the losses for which they are known, and whether they are lower bounds.
struct KnownEhp(HashMap<KillmailId, (i64, bool)>);

impl KnownEhp {
    fn of(losses: &[ShipLoss]) -> Self {
        let known = losses.iter().filter_map(|loss| Some((loss.killmail_id, (loss.ehp?, loss.ehp_is_lower_bound))));
        Self(known.collect())
    }
}

fn lower_bounds<'a>(ehp: impl Iterator<Item = &'a (i64, bool)>) -> u64 {
    ehp.filter(|(_, is_lower_bound)| *is_lower_bound).count() as u64
}

fn usual_fit(
    cluster: &FitCluster,
    losses: &[ShipLoss],
    ehp: &KnownEhp,
    eft: Option<String>,
    static_data: &StaticData,
) -> UsualFit {
    let inside: HashSet<KillmailId> = cluster.losses.iter().copied().collect();
    let values = losses.iter().filter(|loss| inside.contains(&loss.killmail_id)).filter_map(|loss| loss.value);
    let known = || cluster.losses.iter().filter_map(|id| ehp.0.get(id));
    UsualFit {
        losses: cluster.losses.len() as u64,
        share: cluster.losses.len() as f64 / losses.len().max(1) as f64,
        exact: cluster.exact as u64,
        racks: racks(&cluster.modules, static_data),
        example: cluster.example,
        eft,
        median_value: median(values.map(Isk::hundredths)).map(Isk::from_hundredths),
        median_ehp: median(known().map(|(ehp, _)| *ehp)),
        ehp_lower_bounds: lower_bounds(known()),
    }
}

fn racks(modules: &Modules, static_data: &StaticData) -> Vec<FitRack> {
    let in_rack = |slot: Slot| {
        let mut counts: BTreeMap<TypeId, u32> = BTreeMap::new();
        for (_, type_id) in modules.iter().filter(|(of, _)| *of == slot) {
            *counts.entry(*type_id).or_default() += 1;
        }
        counts
    };
    Slot::ALL
        .into_iter()
        .map(|slot| FitRack {
            slot,
            modules: in_rack(slot)
                .into_iter()
                .map(|(type_id, count)| FitModule {
                    module: ShipRef::new(type_id, static_data),
                    meta_group_id: static_data.type_info(type_id).and_then(|info| info.meta_group_id).map(|id| id.0),
                    count,
                })
                .collect(),
        })
        .filter(|rack| !rack.modules.is_empty())
        .collect()
}

/// The most frequent, most first.
fn top<K: Hash + Eq + Ord>(keys: impl Iterator<Item = K>) -> Vec<(K, u64)> {
    most(keys, TOP)
}

fn most<K: Hash + Eq + Ord>(keys: impl Iterator<Item = K>, limit: usize) -> Vec<(K, u64)> {
    let mut counts: HashMap<K, u64> = HashMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    let mut counts: Vec<(K, u64)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(limit);
    counts
}

fn losers(losses: &[ShipLoss], names: &HashMap<i64, String>) -> Involved {
    let entries = |ids: Vec<(i64, u64)>| {
        ids.into_iter()
            .map(|(id, losses)| InvolvedEntry { id, name: names.get(&id).cloned(), losses, final_blows: None })
            .collect()
    };
    Involved {
        pilots: entries(top(losses.iter().filter_map(|loss| loss.character_id.map(|id| id.0)))),
        corporations: entries(top(losses.iter().filter_map(|loss| loss.corporation_id.map(|id| id.0)))),
        alliances: entries(top(losses.iter().filter_map(|loss| loss.alliance_id.map(|id| id.0)))),
    }
}

fn killers(attackers: &[RankedAttacker], names: &HashMap<i64, String>) -> Involved {
    let entries = |kind: EntityKind| {
        attackers
            .iter()
            .filter(|attacker| attacker.kind == kind)
            .map(|attacker| InvolvedEntry {
                id: attacker.id,
                name: names.get(&attacker.id).cloned(),
                losses: attacker.losses,
                final_blows: Some(attacker.final_blows),
            })
            .collect()
    };
    Involved {
        pilots: entries(EntityKind::Character),
        corporations: entries(EntityKind::Corporation),
        alliances: entries(EntityKind::Alliance),
    }
}

fn tags(losses: &[ShipLoss]) -> Vec<TagCount> {
    let all = losses.iter().flat_map(|loss| loss.tags.iter().map(String::as_str));
    most(all, TOP_TAGS).into_iter().map(|(tag, losses)| TagCount { tag: tag.to_owned(), losses }).collect()
}
