//! Names for the ids of a filter.

use serde::{Deserialize, Serialize};

/// `field` is the filter's parameter (`ship_type_id`), `id` one of its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FilterName {
    pub field: String,
    pub id: i64,
    pub name: String,
}
