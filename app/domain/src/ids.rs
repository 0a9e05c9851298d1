//! Identifiers as newtypes, so that a pilot can never be passed where a corporation is meant.
//! All are positive integers below 2^53 (exact in JSON and JavaScript); decoding refuses others.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Largest integer every JSON consumer can represent exactly (2^53 - 1).
pub const MAX_JSON_INTEGER: i64 = 9_007_199_254_740_991;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
        impl From<i64> for $name {
            fn from(value: i64) -> Self { Self(value) }
        }
        impl From<$name> for i64 {
            fn from(value: $name) -> Self { value.0 }
        }
    )*};
}

ids! {
    /// One loss, as numbered by the game.
    KillmailId;
    /// A pilot (or, below 4,000,000, an agent).
    CharacterId;
    CorporationId;
    AllianceId;
    /// An NPC faction (500001 Caldari State …).
    FactionId;
    /// An inventory type: hull, module, charge, structure …
    TypeId;
    /// An inventory group (25 Frigate …).
    GroupId;
    /// An inventory category (6 Ship, 7 Module …).
    CategoryId;
    MetaGroupId;
    SolarSystemId;
    /// A star, planet, moon, belt, stargate or station: something in space that has a name.
    CelestialId;
    /// A declared war.
    WarId;
    ConstellationId;
    RegionId;
}

/// First identifier of a player corporation; below are NPC corporations (upstreams.md 2.6: > 1,999,999).
pub const FIRST_PLAYER_CORPORATION: i64 = 2_000_000;
/// First identifier of a player character; below are NPC agents (upstreams.md 2.6: > 3,999,999).
pub const FIRST_PLAYER_CHARACTER: i64 = 4_000_000;

impl CorporationId {
    /// Whether the game, not players, runs this corporation.
    pub fn is_npc(self) -> bool {
        self.0 < FIRST_PLAYER_CORPORATION
    }
}

impl CharacterId {
    /// Whether this is a player's character.
    pub fn is_player(self) -> bool {
        self.0 >= FIRST_PLAYER_CHARACTER
    }
}

/// The 40 lower-case hexadecimal digits that, with the id, fetch a killmail from ESI.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct KillmailHash(String);

/// A hash that is not 40 hexadecimal digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a killmail hash is 40 hexadecimal digits")]
pub struct InvalidHash;

impl KillmailHash {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KillmailHash {
    type Error = InvalidHash;
    fn try_from(mut text: String) -> Result<Self, InvalidHash> {
        if text.len() != 40 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(InvalidHash);
        }
        text.make_ascii_lowercase();
        Ok(Self(text))
    }
}

impl FromStr for KillmailHash {
    type Err = InvalidHash;
    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        Self::try_from(text.to_owned())
    }
}

impl From<KillmailHash> for String {
    fn from(hash: KillmailHash) -> Self {
        hash.0
    }
}

impl fmt::Display for KillmailHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
