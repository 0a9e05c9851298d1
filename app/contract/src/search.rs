//! The search palette and page.

use domain::EntityKind;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchHit {
    /// Absent for a kill found by its id.
    pub kind: Option<EntityKind>,
    pub id: i64,
    pub name: String,
    pub ticker: Option<String>,
    /// A word of context: the region of a system, the group of a ship.
    pub detail: Option<String>,
}
