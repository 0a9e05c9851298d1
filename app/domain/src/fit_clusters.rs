//! Usual fits: the losses of one hull, grouped by what was fitted.
//!
//! Losses with the same modules (charges, drones and order aside) are one fit. Fits then join the most frequent fit
//! that has at least four fifths of their module types in common (Jaccard), so that one swapped module is no other
//! fit. The answer depends on nothing but the set of losses: not on their order, not on chance.

use crate::{
    ids::{KillmailId, TypeId},
    location::{Location, Slot},
    sde::category,
    static_data::StaticData,
};
use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
};

/// Two fits are alike when the types they share are at least this part of all their types.
const ALIKE: (usize, usize) = (4, 5);

/// The modules of a fit in rack order, repeated as often as fitted. Equal fits have equal lists.
pub type Modules = Vec<(Slot, TypeId)>;

/// Fits that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FitCluster {
    /// The most frequent fit of the cluster.
    pub modules: Modules,
    /// Losses with exactly `modules`.
    pub exact: usize,
    /// The newest loss with exactly `modules`.
    pub example: KillmailId,
    /// Every loss of the cluster, newest (highest id) first.
    pub losses: Vec<KillmailId>,
}

/// The modules among a victim's items: what sits in a slot and is no charge. Pairs are type and location flag.
pub fn modules_of(items: impl IntoIterator<Item = (TypeId, i64)>, static_data: &StaticData) -> Modules {
    let is_charge = |id: TypeId| static_data.type_info(id).is_some_and(|info| info.category_id == category::CHARGE);
    let mut modules: Modules = items
        .into_iter()
        .filter_map(|(type_id, flag)| Some((Location::from_flag(flag).slot()?, type_id)))
        .filter(|(_, type_id)| !is_charge(*type_id))
        .collect();
    modules.sort_unstable();
    modules
}

/// Groups losses by fit; the largest cluster first. Each loss is in exactly one.
pub fn cluster_fits(losses: impl IntoIterator<Item = (KillmailId, Modules)>) -> Vec<FitCluster> {
    let mut fits: BTreeMap<Modules, Vec<KillmailId>> = BTreeMap::new();
    for (id, mut modules) in losses {
        modules.sort_unstable();
        fits.entry(modules).or_default().push(id);
    }
    let mut fits: Vec<(Modules, Vec<KillmailId>)> = fits.into_iter().collect();
    // The map's order, which is that of the modules, decides between equally frequent fits.
    fits.sort_by_key(|(_, ids)| Reverse(ids.len()));

    let mut clusters: Vec<(FitCluster, Vec<TypeId>)> = Vec::new();
    for (modules, mut ids) in fits {
        let types = types_of(&modules);
        match clusters.iter_mut().find(|(_, leader)| are_alike(leader, &types)) {
            Some((cluster, _)) => cluster.losses.append(&mut ids),
            None => {
                let example = ids.iter().copied().max().unwrap_or(KillmailId(0));
                clusters.push((FitCluster { modules, exact: ids.len(), example, losses: ids }, types));
            }
        }
    }
    let mut clusters: Vec<FitCluster> = clusters.into_iter().map(|(cluster, _)| cluster).collect();
    for cluster in &mut clusters {
        cluster.losses.sort_unstable_by_key(|id| Reverse(*id));
    }
    clusters.sort_by(|a, b| b.losses.len().cmp(&a.losses.len()).then_with(|| a.modules.cmp(&b.modules)));
    clusters
}

/// Each type once, in order.
fn types_of(modules: &Modules) -> Vec<TypeId> {
    let mut types: Vec<TypeId> = modules.iter().map(|(_, type_id)| *type_id).collect();
    types.sort_unstable();
    types.dedup();
    types
}

/// Both lists are sorted and without repetition.
fn are_alike(a: &[TypeId], b: &[TypeId]) -> bool {
    let (part, whole) = ALIKE;
    let (fewer, more) = (a.len().min(b.len()), a.len().max(b.len()));
    // Even if all of the smaller were in the larger.
    if fewer * whole < more * part {
        return false;
    }
    let (mut shared, mut at_a, mut at_b) = (0, 0, 0);
    while let (Some(one), Some(other)) = (a.get(at_a), b.get(at_b)) {
        match one.cmp(other) {
            Ordering::Less => at_a += 1,
            Ordering::Greater => at_b += 1,
            Ordering::Equal => {
                shared += 1;
                at_a += 1;
                at_b += 1;
            }
        }
    }
    shared * whole >= (a.len() + b.len() - shared) * part
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fit(types: &[i64]) -> Modules {
        types.iter().map(|id| (Slot::High, TypeId(*id))).collect()
    }

    fn shape(clusters: &[FitCluster]) -> Vec<(usize, usize)> {
        clusters.iter().map(|cluster| (cluster.losses.len(), cluster.exact)).collect()
    }

    #[test]
    fn one_swapped_module_is_the_same_fit_two_are_not() {
        let losses = [
            (1, fit(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10])),
            (2, fit(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1])),
            // Nine of eleven types are shared.
            (3, fit(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 11])),
            // Eight of twelve.
            (4, fit(&[1, 2, 3, 4, 5, 6, 7, 8, 11, 12])),
            (5, fit(&[])),
        ]
        .map(|(id, modules)| (KillmailId(id), modules));
        let clusters = cluster_fits(losses);
        assert_eq!(shape(&clusters), [(3, 2), (1, 1), (1, 1)]);
        assert_eq!(clusters[0].modules, fit(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
        assert_eq!(clusters[0].example, KillmailId(2), "the newest of the most frequent fit");
        assert_eq!(clusters[0].losses, [3, 2, 1].map(KillmailId));
        assert_eq!(clusters[1].modules, fit(&[]), "nothing fitted is a fit of its own");
    }

    #[test]
    fn the_number_of_equal_modules_tells_fits_apart_but_not_clusters() {
        let losses =
            [(1, fit(&[1, 1, 2])), (2, fit(&[1, 2, 1])), (3, fit(&[1, 2]))].map(|(id, fit)| (KillmailId(id), fit));
        assert_eq!(shape(&cluster_fits(losses)), [(3, 2)]);
        assert!(cluster_fits([]).is_empty());
    }

    #[test]
    fn charges_drones_and_cargo_are_no_modules() {
        let data = StaticData::bundled();
        let id = |name: &str| data.type_by_name(name).unwrap_or_else(|| panic!("{name}")).id;
        let items = [
            (id("Hail S"), 27),
            (id("150mm Light AutoCannon II"), 27),
            (id("Gyrostabilizer II"), 11),
            (id("Warrior II"), 87),
            (id("Stasis Webifier II"), 5),
            (TypeId(999_999_999), 19),
        ];
        let modules = modules_of(items, &data);
        assert_eq!(
            modules,
            [
                (Slot::High, id("150mm Light AutoCannon II")),
                (Slot::Mid, TypeId(999_999_999)),
                (Slot::Low, id("Gyrostabilizer II")),
            ]
        );
    }

    proptest! {
        #[test]
        fn counts_add_up_and_order_does_not_matter(
            fits in proptest::collection::vec(proptest::collection::vec((0_u8..3, 1_i64..9), 0..8), 0..60),
            turn in 0_usize..60,
        ) {
            let slots = [Slot::High, Slot::Mid, Slot::Low];
            let losses: Vec<(KillmailId, Modules)> = fits
                .iter()
                .enumerate()
                .map(|(n, fit)| {
                    let modules = fit.iter().map(|(slot, id)| (slots[usize::from(*slot)], TypeId(*id)));
                    (KillmailId(n as i64 + 1), modules.collect())
                })
                .collect();
            let clusters = cluster_fits(losses.clone());
            let mut seen: Vec<KillmailId> = clusters.iter().flat_map(|cluster| cluster.losses.clone()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, losses.iter().map(|(id, _)| *id).collect::<Vec<_>>());
            for cluster in &clusters {
                prop_assert!(cluster.exact >= 1 && cluster.exact <= cluster.losses.len());
                prop_assert!(cluster.losses.contains(&cluster.example));
            }
            prop_assert!(clusters.windows(2).all(|pair| pair[0].losses.len() >= pair[1].losses.len()));
            // No two leaders are alike, or one would have joined the other.
            for (n, cluster) in clusters.iter().enumerate() {
                for other in &clusters[n + 1..] {
                    prop_assert!(!are_alike(&types_of(&cluster.modules), &types_of(&other.modules)));
                }
            }
            let mut turned: Vec<_> = losses
                .into_iter()
                .map(|(id, modules)| (id, modules.into_iter().rev().collect::<Modules>()))
                .rev()
                .collect();
            let by = turn % turned.len().max(1);
            turned.rotate_left(by);
            prop_assert_eq!(cluster_fits(turned), clusters);
        }
    }
}
