//! Orders of kill lists other than by time, and the places in them.

use crate::{filter::FilterError, ids::KillmailId, summary::KillSummary};
use std::{fmt, str::FromStr};

/// By what a list of history is ordered, largest first. Kills without the number are not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ranking {
    Value,
    Ehp,
    Dps,
}

impl Ranking {
    pub const ALL: [Self; 3] = [Self::Value, Self::Ehp, Self::Dps];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Ehp => "ehp",
            Self::Dps => "dps",
        }
    }

    /// The number that a kill is ranked by; hundredths of ISK for values.
    pub fn key(self, kill: &KillSummary) -> Option<i64> {
        match self {
            Self::Value => kill.total_value.map(|value| value.hundredths()),
            Self::Ehp => kill.ehp,
            Self::Dps => kill.dps,
        }
    }
}

impl FromStr for Ranking {
    type Err = crate::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|ranking| ranking.as_str() == text).ok_or(crate::UnknownWord)
    }
}

/// A place in a ranked list: everything after the kill with this key and id. Opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankCursor {
    pub ranking: Ranking,
    pub key: i64,
    pub killmail_id: KillmailId,
}

impl fmt::Display for RankCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:x}.{:x}", self.ranking.as_str(), self.key, self.killmail_id.0)
    }
}

impl FromStr for RankCursor {
    type Err = FilterError;
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let read = || {
            let mut parts = text.split('.');
            let ranking = parts.next()?.parse().ok()?;
            let mut number = || i64::from_str_radix(parts.next()?, 16).ok();
            let (key, id) = (number()?, number()?);
            parts.next().is_none().then_some(Self { ranking, key, killmail_id: KillmailId(id) })
        };
        read().ok_or_else(|| FilterError::new("before", "is not a cursor of this order"))
    }
}

impl serde::Serialize for RankCursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for RankCursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_as_they_went() {
        for ranking in Ranking::ALL {
            let cursor = RankCursor { ranking, key: 35_367, killmail_id: KillmailId(128_000_001) };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in ["", "ehp", "ehp.1", "time.1.2", "ehp.1.2.3", "ehp.x.2", "6192f0a0.5f5e100"] {
            assert!(text.parse::<RankCursor>().is_err(), "{text}");
        }
    }
}
