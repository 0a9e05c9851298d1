//! Which static data are in use, and what the last import changed.

use domain::{Timestamp, static_data::StaticReport};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StaticDataStatus {
    /// What this node uses.
    pub build: String,
    /// Absent for the data inside the binary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_at: Option<Timestamp>,
    /// An operator chose this build: it stays even though a newer one is at hand.
    #[serde(default)]
    pub is_pinned: bool,
    /// What a rollback would return to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_build: Option<String>,
    /// The fit engine's imported file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dogma_build: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dogma_imported_at: Option<Timestamp>,
    /// How the build differs from the one it replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<StaticReport>,
}
