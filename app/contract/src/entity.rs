//! A pilot, corporation or alliance by itself.

use domain::{EntityKind, Timestamp};
use serde::{Deserialize, Serialize};

/// What is known of one. What is not known yet is absent, and asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EntityCard {
    pub kind: EntityKind,
    pub id: i64,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticker: Option<String>,
    /// Where a pilot is employed; an alliance's executor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corporation: Option<EntityRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alliance: Option<EntityRef>,
    /// Of a corporation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_count: Option<i64>,
    /// When it was last confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
}

/// Another one that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EntityRef {
    pub id: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticker: Option<String>,
}
