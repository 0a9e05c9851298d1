//! Things with a name: their kinds, and an id with its name and ticker.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    Character,
    Corporation,
    Alliance,
    Faction,
    /// A solar system.
    System,
    Constellation,
    Region,
    /// A ship, module, structure …
    Type,
    Group,
}

impl EntityKind {
    pub const ALL: [Self; 9] = [
        Self::Character,
        Self::Corporation,
        Self::Alliance,
        Self::Faction,
        Self::System,
        Self::Constellation,
        Self::Region,
        Self::Type,
        Self::Group,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Character => "character",
            Self::Corporation => "corporation",
            Self::Alliance => "alliance",
            Self::Faction => "faction",
            Self::System => "system",
            Self::Constellation => "constellation",
            Self::Region => "region",
            Self::Type => "type",
            Self::Group => "group",
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EntityKind {
    type Err = crate::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(crate::UnknownWord)
    }
}

/// The name of a pilot, corporation, alliance or other thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EntityName {
    pub kind: EntityKind,
    pub id: i64,
    pub name: String,
    /// Corporations and alliances only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticker: Option<String>,
}
