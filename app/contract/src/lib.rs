//! What browser and server say to each other: pages' data, the stream protocol, errors, and the [`ports`] through which
//! pages ask. Plain data, no behaviour; shared by the services that answer and the interface that shows.

pub mod entity;
pub mod error;
pub mod filter_name;
pub mod killmail;
pub mod live;
pub mod place;
#[cfg(feature = "ports")]
pub mod ports;
pub mod search;
pub mod static_data;
pub mod status;
pub mod types;

pub use entity::{EntityCard, EntityRef};
pub use error::{ApiError, ErrorCode, FieldProblem};
pub use filter_name::FilterName;
pub use killmail::{AttackerRow, ItemRow, KillDetail, KillPage, NearestCelestial, RankedPage, RelatedKill, ValueTiles};
pub use live::{ClientMessage, LiveStats, MinuteBucket, NamePatch, PROTOCOL_VERSION, ServerMessage};
pub use place::{HourBucket, PlaceKind, PlacePage, PlaceRef, RankedEntry};
pub use search::SearchHit;
pub use static_data::StaticDataStatus;
pub use status::{
    CacheHealth, DataHealth, EnrichmentHealth, FeedHealth, FeedState, FeedStatus, PriceHealth, PriceSourceHealth,
    QueueDepth, StatusReport, StoreHealth, UpstreamState, VersionCount,
};
pub use types::{
    FitModule, FitRack, Involved, InvolvedEntry, StatsWindow, TagCount, TypeFacts, TypePage, TypeStats, UsualFit,
};
