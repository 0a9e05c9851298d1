//! The pure core of the tracker: what a killmail is, what it means and what it is worth.
//!
//! Compiled for the browser (wasm) and the server alike, so both always give the same answer.
//! Owns the vocabulary of the product: identifiers, money, killmails, static data, filters, values.
//! Does no input or output, reads no clock and draws no random numbers: time is always an argument.
//!
//! From the bottom, each uses what stands before it: words (`ids`, `isk`, `security`, `side`, `source`, `entity`, `price`);
//! `location` and `killmail`; `sde`, the rows of `static_data`, `tags` over them, `static_data`'s index over both; rules
//! (`classify`, `hull_kind`, `valuation`, `metrics`, `fit*`); `record`, `summary`, `filter`, `sort`.

#![cfg_attr(
    test,
    allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")
)]

pub mod access;
pub mod classify;
pub mod cursor;
pub mod distribution;
pub mod entity;
pub mod filter;
pub mod fit;
pub mod fit_clusters;
pub mod fit_key;
pub mod fit_stats;
pub mod hull_kind;
pub mod ids;
pub mod isk;
pub mod killmail;
pub mod location;
pub mod metrics;
pub mod price;
pub mod record;
pub mod sde;
pub mod security;
pub mod side;
pub mod sort;
pub mod source;
pub mod static_data;
pub mod summary;
pub mod tags;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod valuation;
pub mod words;

pub use cursor::Cursor;
pub use entity::{EntityKind, EntityName};
pub use filter::{FilterError, FilterField, KillFilter};
pub use fit_key::{FitHash, FitKey};
pub use fit_stats::{FitFacts, FitOutcome, FitReport, FitStats};
pub use hull_kind::HullKind;
pub use ids::{
    AllianceId, CategoryId, CelestialId, CharacterId, ConstellationId, CorporationId, FactionId, GroupId, KillmailHash,
    KillmailId, MetaGroupId, RegionId, SolarSystemId, TypeId, WarId,
};
pub use isk::Isk;
pub use killmail::{Attacker, Coordinates, DecodeError, Item, Killmail, Victim};
pub use location::{Hold, Location, Slot};
pub use price::{PriceSource, UnitPrice};
pub use record::{Enrichment, KillRecord, LIVE_AGE, Participant};
pub use security::{SecurityBand, SecurityStatus};
pub use side::Side;
pub use source::Source;
pub use static_data::StaticData;
pub use summary::{FinalBlow, KillSummary, Named, Party, Place, ShipRef};
pub use words::UnknownWord;

/// A moment in UTC. The domain never reads the clock; callers pass time in.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
