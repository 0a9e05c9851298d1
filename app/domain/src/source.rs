//! Where killmails come from.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Where a killmail came from (domain.md 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Wanderer,
    R2z2,
    #[serde(rename = "evekill")]
    EveKill,
    Archive,
    Manual,
    EsiCharacter,
    EsiCorporation,
}

impl Source {
    pub const ALL: [Self; 7] = [
        Self::Wanderer,
        Self::R2z2,
        Self::EveKill,
        Self::Archive,
        Self::Manual,
        Self::EsiCharacter,
        Self::EsiCorporation,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wanderer => "wanderer",
            Self::R2z2 => "r2z2",
            Self::EveKill => "evekill",
            Self::Archive => "archive",
            Self::Manual => "manual",
            Self::EsiCharacter => "esi_character",
            Self::EsiCorporation => "esi_corporation",
        }
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Wanderer => "wanderer-kills",
            Self::R2z2 => "zKillboard R2Z2",
            Self::EveKill => "EVE-KILL",
            Self::Archive => "day archive",
            Self::Manual => "posted by hand",
            Self::EsiCharacter => "a pilot's own mails",
            Self::EsiCorporation => "a corporation's own mails",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Source {
    type Err = crate::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|source| source.as_str() == text).ok_or(crate::UnknownWord)
    }
}
