//! Everything the product keeps in PostgreSQL, and every SQL statement it sends.
//!
//! A [`Store`] is a bounded pool with one method per use case; rows are private and become `domain` types before they
//! leave. Owns the migrations and the monthly partitions. Does not retry, cache results or decide what is stored when.

#![cfg_attr(
    test,
    allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")
)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod affiliations;
mod backfills;
#[cfg(feature = "bench")]
pub mod bench;
mod connect;
mod data_health;
mod dead_letters;
mod entities;
mod error;
mod fits;
mod insert;
mod kills;
mod known_partitions;
mod money;
mod month;
mod news;
mod outdated;
mod partitions;
mod positions;
mod prices;
mod recent;
mod revalue;
mod search;
mod ship_losses;
mod static_import;
mod static_snapshots;
mod stats;
mod status;
#[cfg(feature = "testing")]
pub mod testing;
mod wanted_names;

pub use affiliations::CharacterAffiliation;
pub use backfills::{Backfill, BackfillEnd, BackfillState};
pub use connect::{Store, StoreOptions};
pub use data_health::{EnrichmentCounts, KILLS_LOOKED_AT};
pub use dead_letters::{DeadLetter, LetterKind, NewDeadLetter};
pub use entities::Entity;
pub use error::StoreError;
pub use fits::{StoredFit, WaitingFit};
pub use insert::{InsertOutcome, KillBatch, NewPosition, RejectedKill};
pub use kills::{FoundKills, Page, RankedKills};
pub use month::Month;
pub use news::{EnrichmentListener, KnownEnrichment};
pub use outdated::{KillKey, Outdated};
pub use partitions::Partition;
pub use prices::PriceGap;
pub use recent::MinuteArrivals;
pub use revalue::WorsePriced;
pub use search::EntityHit;
pub use ship_losses::{RankedAttacker, ShipLoss};
pub use static_import::ImportOutcome;
pub use static_snapshots::{Downgrade, NewSnapshot, SnapshotInfo, SnapshotKind, SnapshotListener, SnapshotOutcome};
pub use stats::{ActivityScope, HourlyKills, RankedId};
pub use status::StoreStatus;
