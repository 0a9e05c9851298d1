//! The price of one unit and the evidence behind it.

use crate::{Timestamp, isk::Isk};
use serde::{Deserialize, Serialize};

/// The price of one unit, where it came from and from when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnitPrice {
    pub price: Isk,
    pub source: PriceSource,
    pub at: Timestamp,
}

/// Where a unit price comes from, dearest evidence first (domain.md 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriceSource {
    /// A fixed rule of the product: blueprint copies, SKINs, capsules.
    Rule,
    Janice,
    /// A per-type estimate for abyssal modules.
    Mutamarket,
    EsiAverage,
    EsiAdjusted,
    /// The static data's base price.
    StaticBase,
}

impl PriceSource {
    pub const ALL: [Self; 6] =
        [Self::Rule, Self::Janice, Self::Mutamarket, Self::EsiAverage, Self::EsiAdjusted, Self::StaticBase];

    /// Whether the price stands for things that differ from each other, as rolled modules of one type do.
    pub fn is_estimate(self) -> bool {
        self == Self::Mutamarket
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Rule => "fixed rule",
            Self::Janice => "Janice, Jita 4-4 split",
            Self::Mutamarket => "MutaMarket type estimate",
            Self::EsiAverage => "ESI average price",
            Self::EsiAdjusted => "ESI adjusted price",
            Self::StaticBase => "static base price",
        }
    }
}
