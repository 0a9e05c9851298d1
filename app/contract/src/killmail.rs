//! Kill lists and the kill page.

use domain::{
    CelestialId, Coordinates, Cursor, FitReport, Isk, KillSummary, Location, Party, ShipRef, Source, Timestamp,
    UnitPrice, WarId,
    sort::{RankCursor, Ranking},
    static_data::CelestialKind,
    valuation::Valuation,
};
use serde::{Deserialize, Serialize};

/// A page of history, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KillPage {
    pub kills: Vec<KillSummary>,
    /// Pass as `before` for older kills; absent at the end.
    pub next: Option<Cursor>,
    /// Pass as `after` for newer kills; absent at the start.
    pub prev: Option<Cursor>,
}

/// A page of a list by a number of each kill, largest first. There is no way back but to the first page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankedPage {
    pub ranking: Ranking,
    pub kills: Vec<KillSummary>,
    /// Pass as `before` for smaller ones; absent at the end.
    pub next: Option<RankCursor>,
}

/// Everything the kill page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KillDetail {
    pub summary: KillSummary,
    pub values: ValueTiles,
    pub damage_taken: i64,
    pub position: Option<Coordinates>,
    /// What stood nearest to where it happened; absent when the position is unknown and in
    /// abyssal deadspace, where nothing has a name.
    #[serde(default)]
    pub nearest: Option<NearestCelestial>,
    pub war_id: Option<WarId>,
    pub items: Vec<ItemRow>,
    /// By damage done, most first; the final blow is marked.
    pub attackers: Vec<AttackerRow>,
    /// The fit in the EVE client's text format.
    pub eft: String,
    /// What the fit was capable of.
    pub fit: FitReport,
    /// The pilot's other loss of the same fight: capsule after ship, or ship before capsule.
    pub related: Vec<RelatedKill>,
    pub labels: Vec<String>,
    pub enriched_at: Timestamp,
    pub enrichment_version: i32,
    /// Whether the kill is on disk yet, or still only in the hot window.
    pub is_stored: bool,
    /// Origin and build of the names and slots shown.
    pub static_build: String,
}

/// A star, planet, moon, belt, stargate or station, and how far its centre was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NearestCelestial {
    /// Absent of a star newer than the table of celestials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CelestialId>,
    pub name: String,
    pub kind: CelestialKind,
    pub distance_m: f64,
}

/// The money part of the kill page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ValueTiles {
    #[serde(flatten)]
    pub valuation: Valuation,
    /// The upstream's own total.
    pub reported_value: Option<Isk>,
    /// What the hull was priced with.
    pub hull_price: Option<UnitPrice>,
}

/// One row of the item list. Equal rows (type, location, fate) are not merged: slots stay apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemRow {
    pub item: ShipRef,
    /// SDE category (7 module, 8 charge, 18 drone, 87 fighter …), to tell a module from its charge.
    pub category_id: Option<i64>,
    pub meta_group_id: Option<i64>,
    pub location: Location,
    pub destroyed: i64,
    pub dropped: i64,
    pub is_blueprint_copy: bool,
    pub is_abyssal: bool,
    /// What one costs, from where and when; absent when unknown.
    pub unit_price: Option<UnitPrice>,
    /// The price stands for an average roll of the type: this one may be worth far more or less.
    pub is_estimate: bool,
    /// Unit price times quantity.
    pub value: Option<Isk>,
    /// What the container holds.
    pub contents: Vec<ItemRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttackerRow {
    pub party: Party,
    pub ship: Option<ShipRef>,
    pub weapon: Option<ShipRef>,
    pub damage_done: i64,
    /// Share of all damage done, 0 to 1; 0 when nobody did damage.
    pub damage_share: f64,
    pub final_blow: bool,
    pub security_status: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RelatedKill {
    pub summary: KillSummary,
}

/// Where a killmail came from, in words (`summary.source` and `received_at` are the facts).
pub fn provenance(source: Source) -> &'static str {
    source.label()
}
