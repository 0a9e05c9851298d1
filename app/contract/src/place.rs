//! System, constellation and region pages.

use super::killmail::KillPage;
use domain::{Isk, Place, SecurityBand, SecurityStatus, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    System,
    Constellation,
    Region,
}

impl PlaceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Constellation => "constellation",
            Self::Region => "region",
        }
    }
}

/// A place by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlaceRef {
    pub id: i64,
    pub name: String,
    pub security: Option<SecurityStatus>,
    pub band: Option<SecurityBand>,
    /// Kills here in the page's window.
    pub kills: u64,
}

/// Kills and ISK of one hour of the day window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HourBucket {
    /// Start of the hour.
    pub hour: Timestamp,
    pub kills: u64,
    pub isk: Isk,
}

/// An entry of a top list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RankedEntry {
    pub id: i64,
    pub name: String,
    pub kills: u64,
    pub isk: Isk,
}

/// What the page of a system, constellation or region shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlacePage {
    pub kind: PlaceKind,
    pub id: i64,
    pub name: String,
    /// Systems only.
    pub place: Option<Place>,
    pub constellation: Option<PlaceRef>,
    pub region: Option<PlaceRef>,
    /// Systems one gate away (of a system) or the systems inside, busiest first.
    pub systems: Vec<PlaceRef>,
    /// The last 24 whole hours and the running one, oldest first; hours without a kill are present with 0.
    pub activity: Vec<HourBucket>,
    pub window_hours: u32,
    pub kills_in_window: u64,
    pub isk_in_window: Isk,
    /// Ships lost here most often in the window.
    pub top_ships: Vec<RankedEntry>,
    pub recent: KillPage,
}
