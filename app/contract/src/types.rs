//! The page of a type: what it is, how it is fitted, what it is worth, who loses and who kills it.

use super::{error::ApiError, killmail::KillPage};
use domain::{Isk, KillmailId, ShipRef, Slot, Timestamp, TypeId, distribution::Distribution};
use serde::{Deserialize, Serialize};

/// How far back the numbers of the page reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatsWindow {
    Week,
    #[default]
    Month,
    Quarter,
}

impl StatsWindow {
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Quarter];

    pub fn days(self) -> u16 {
        match self {
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
        }
    }

    /// Reads the parameter `window`, a number of days; the default when it is absent or empty.
    ///
    /// # Errors
    /// `Invalid` for another number.
    pub fn parse(text: Option<&str>) -> Result<Self, ApiError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Self::default()) };
        Self::ALL
            .into_iter()
            .find(|window| text.parse() == Ok(window.days()))
            .ok_or_else(|| ApiError::invalid("window", "is 7, 30 or 90 (days)"))
    }
}

/// What the static data says about a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TypeFacts {
    pub ship: ShipRef,
    pub category_id: i64,
    pub meta_group_id: Option<i64>,
    pub tech_level: Option<u8>,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypePage {
    pub facts: TypeFacts,
    pub stats: TypeStats,
    pub recent: KillPage,
}

/// Numbers over the losses of a type in a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TypeStats {
    pub type_id: TypeId,
    pub window_days: u16,
    pub from: Timestamp,
    pub to: Timestamp,
    /// Losses the numbers are of.
    pub n: u64,
    /// There are more losses in the window than are looked at: the numbers are of the newest `n`.
    pub is_cut: bool,
    /// The oldest loss looked at.
    pub oldest: Option<Timestamp>,
    /// Sum over the losses whose value is known.
    pub isk_lost: Isk,
    pub solo: u64,
    pub npc: u64,
    /// Distinct pilots who lost one.
    pub pilots: u64,
    /// Of the losses whose value is known.
    pub values: Option<Distribution<Isk>>,
    /// Effective hit points, of the losses whose fit statistics are known.
    pub ehp: Option<Distribution<i64>>,
    /// Losses in `ehp` with mutated modules: the truth is higher.
    #[serde(default)]
    pub ehp_lower_bounds: u64,
    /// The most usual fits.
    pub fits: Vec<UsualFit>,
    /// All clusters of fits, shown or not.
    pub fit_clusters: u64,
    pub losers: Involved,
    /// By losses taken part in; a corporation counts once for each loss.
    pub killers: Involved,
    /// Tags seen most, most first.
    pub tags: Vec<TagCount>,
    pub computed_at: Timestamp,
}

/// A cluster of like fits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UsualFit {
    pub losses: u64,
    /// Of all losses looked at, 0 to 1.
    pub share: f64,
    /// Losses with exactly these modules.
    pub exact: u64,
    pub racks: Vec<FitRack>,
    /// The newest loss with exactly these modules.
    pub example: KillmailId,
    /// The example's fit in the game's text format; absent when the mail cannot be read any more.
    pub eft: Option<String>,
    /// Of the cluster's losses whose value is known.
    pub median_value: Option<Isk>,
    /// Of the cluster's losses whose fit statistics are known.
    pub median_ehp: Option<i64>,
    /// Losses in `median_ehp` with mutated modules: with any, the median is a lower bound.
    #[serde(default)]
    pub ehp_lower_bounds: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FitRack {
    pub slot: Slot,
    pub modules: Vec<FitModule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FitModule {
    pub module: ShipRef,
    pub meta_group_id: Option<i64>,
    pub count: u32,
}

/// Top lists of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Involved {
    pub pilots: Vec<InvolvedEntry>,
    pub corporations: Vec<InvolvedEntry>,
    pub alliances: Vec<InvolvedEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvolvedEntry {
    pub id: i64,
    /// Absent while the name is not known here.
    pub name: Option<String>,
    /// Losses of the type, own or taken part in.
    pub losses: u64,
    /// Killers only.
    pub final_blows: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TagCount {
    pub tag: String,
    pub losses: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_one_of_three_numbers_of_days() {
        assert_eq!(StatsWindow::parse(None), Ok(StatsWindow::Month));
        assert_eq!(StatsWindow::parse(Some("")), Ok(StatsWindow::Month));
        assert_eq!(StatsWindow::parse(Some("90")), Ok(StatsWindow::Quarter));
        for wrong in ["8", "-7", "week", "7.0"] {
            let error = StatsWindow::parse(Some(wrong)).expect_err(wrong);
            assert_eq!(error.problems[0].path, "window", "{wrong}");
        }
    }
}
