//! Everything the product keeps in PostgreSQL, and every SQL statement it sends.
//!
//! A [`Store`] is a bounded pool with one method per use case; rows are private and become `domain` types before they
//! leave. Owns the migrations and the monthly partitions. Does not retry, cache results or decide what is stored when.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod backfills;
pub mod bench;
mod connect;
mod dead_letters;
mod entities;
mod error;
mod insert;
mod kills;
mod money;
mod outdated;
mod partitions;
mod positions;
mod prices;
mod recent;
mod search;
mod static_import;
mod stats;
mod status;
#[cfg(feature = "testing")]
pub mod testing;
mod wanted_names;

pub use backfills::{Backfill, BackfillEnd, BackfillState};
pub use connect::{PoolStatus, Store, StoreOptions};
pub use dead_letters::{DeadLetter, LetterKind, NewDeadLetter};
pub use entities::Entity;
pub use error::StoreError;
pub use insert::{InsertOutcome, KillBatch, NewPosition, RejectedKill};
pub use kills::{KillPage, Page};
pub use outdated::{KillKey, Outdated};
pub use partitions::{Month, Partition};
pub use positions::FeedPosition;
pub use recent::MinuteArrivals;
pub use search::EntityHit;
pub use static_import::ImportOutcome;
pub use stats::{ActivityScope, HourBucket, LiveTotals, RankedId};
pub use status::StoreStatus;
