//! A place in a kill list, as pages and the API hand it round.

use crate::{Timestamp, filter::FilterError, ids::KillmailId};
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A place in the history, newest first: everything after the kill `(killmail_time, killmail_id)`.
/// Opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub killmail_time: Timestamp,
    pub killmail_id: KillmailId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}", self.killmail_time.timestamp(), self.killmail_id.0)
    }
}

impl FromStr for Cursor {
    type Err = FilterError;
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let error = || FilterError::new("cursor", "is not a cursor of this API");
        let (seconds, id) = text.split_once('.').ok_or_else(error)?;
        let seconds = i64::from_str_radix(seconds, 16).map_err(|_| error())?;
        let id = i64::from_str_radix(id, 16).map_err(|_| error())?;
        let killmail_time = DateTime::from_timestamp(seconds, 0)
            .filter(|at| (0..=9_999).contains(&chrono::Datelike::year(at)))
            .ok_or_else(error)?;
        Ok(Self { killmail_time, killmail_id: KillmailId(id) })
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Cursor {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cursor".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "opaque; pass it back as before or after" })
    }
}
