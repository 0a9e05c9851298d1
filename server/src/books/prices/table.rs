//! All known prices at one moment and the chain through them (domain.md 2.3). Pure: the time is an argument.

use chrono::TimeDelta;
use domain::{PriceSource, StaticData, Timestamp, TypeId, UnitPrice};
use std::{collections::HashMap, sync::Arc};

/// Janice's prices are asked for again after this time, when their type is seen.
pub const JANICE_FRESH: TimeDelta = TimeDelta::hours(1);
/// MutaMarket's statistics are read this often.
pub const MUTAMARKET_FRESH: TimeDelta = TimeDelta::hours(6);
/// An old Janice price still says more about today than a list that averages over the game, but not for long.
const JANICE_USABLE: TimeDelta = TimeDelta::hours(24);
/// An older list comes after all others.
pub const LISTS_USABLE: TimeDelta = TimeDelta::days(7);

type Prices = HashMap<TypeId, UnitPrice>;

/// Cheap to clone: sources are shared and replaced as a whole.
#[derive(Clone, Debug, Default)]
pub struct PriceTable {
    janice: Arc<Prices>,
    mutamarket: Arc<Prices>,
    /// Average, or adjusted where there is no average: one list.
    esi: Arc<Prices>,
    /// CCP's nominal prices. Few types have one.
    base: Arc<Prices>,
}

impl PriceTable {
    /// The price of the first source of the chain that has one not too old; failing that an outdated one, and the
    /// nominal price last.
    pub fn price(&self, type_id: TypeId, now: Timestamp) -> Option<UnitPrice> {
        let chain = [(&self.janice, JANICE_USABLE), (&self.mutamarket, LISTS_USABLE), (&self.esi, LISTS_USABLE)];
        let usable =
            chain.iter().find_map(|(prices, usable)| prices.get(&type_id).filter(|unit| now - unit.at <= *usable));
        let outdated = || chain.iter().find_map(|(prices, _)| prices.get(&type_id));
        usable.or_else(outdated).or_else(|| self.base.get(&type_id)).copied()
    }

    /// Whether Janice's price of the type is missing or so old that it should be asked for.
    pub fn lacks_janice(&self, type_id: TypeId, now: Timestamp) -> bool {
        self.janice.get(&type_id).is_none_or(|unit| now - unit.at >= JANICE_FRESH)
    }

    /// The prices that came from a source; both kinds of ESI's are one list.
    pub fn of(&self, source: PriceSource) -> &HashMap<TypeId, UnitPrice> {
        match source {
            PriceSource::Janice => &self.janice,
            PriceSource::Mutamarket => &self.mutamarket,
            PriceSource::EsiAverage | PriceSource::EsiAdjusted => &self.esi,
            PriceSource::StaticBase | PriceSource::Rule => &self.base,
        }
    }

    /// Types with a price of any source.
    pub fn type_count(&self) -> usize {
        let lists = [&self.janice, &self.mutamarket, &self.esi, &self.base];
        let of_list = |index: usize| {
            let is_new = move |id: &&TypeId| lists[..index].iter().all(|earlier| !earlier.contains_key(*id));
            lists[index].keys().filter(is_new).count()
        };
        (0..lists.len()).map(of_list).sum()
    }

    /// Whether nothing but nominal prices is known.
    pub fn is_without_market(&self) -> bool {
        self.janice.is_empty() && self.esi.is_empty()
    }

    /// Adds prices of Janice, which come a few at a time.
    #[must_use]
    pub fn with_janice(&self, prices: &[(TypeId, UnitPrice)]) -> Self {
        let mut janice = (*self.janice).clone();
        janice.extend(prices.iter().copied());
        Self { janice: Arc::new(janice), ..self.clone() }
    }

    /// Replaces a source as a whole.
    #[must_use]
    pub fn with_list(&self, source: PriceSource, prices: HashMap<TypeId, UnitPrice>) -> Self {
        let prices = Arc::new(prices);
        let mut table = self.clone();
        match source {
            PriceSource::Janice => table.janice = prices,
            PriceSource::Mutamarket => table.mutamarket = prices,
            PriceSource::EsiAverage | PriceSource::EsiAdjusted => table.esi = prices,
            PriceSource::StaticBase | PriceSource::Rule => table.base = prices,
        }
        table
    }

    /// What was stored, and the nominal prices of the static data.
    pub fn from_stored(rows: Vec<(TypeId, UnitPrice)>, static_data: &StaticData, now: Timestamp) -> Self {
        let (mut janice, mut mutamarket, mut esi) = (Prices::new(), Prices::new(), Prices::new());
        for (type_id, unit) in rows {
            let source = match unit.source {
                PriceSource::Janice => &mut janice,
                PriceSource::Mutamarket => &mut mutamarket,
                PriceSource::EsiAverage | PriceSource::EsiAdjusted => &mut esi,
                PriceSource::StaticBase | PriceSource::Rule => continue,
            };
            // A type may have lost its average since: the later list counts.
            let known = source.entry(type_id).or_insert(unit);
            if unit.at > known.at {
                *known = unit;
            }
        }
        Self {
            janice: Arc::new(janice),
            mutamarket: Arc::new(mutamarket),
            esi: Arc::new(esi),
            base: Arc::new(base_prices(static_data, now)),
        }
    }
}

/// CCP's nominal prices; not all types have one.
pub fn base_prices(static_data: &StaticData, at: Timestamp) -> HashMap<TypeId, UnitPrice> {
    let priced = |info: &domain::static_data::TypeInfo| {
        let price = info.base_price.filter(|price| price.hundredths() > 0)?;
        Some((info.id, UnitPrice { price, source: PriceSource::StaticBase, at }))
    };
    static_data.types().filter_map(priced).collect()
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
