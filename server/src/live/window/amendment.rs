//! What can become known of a kill after it was published, and who is told ([`super::news`] is the rule).
//!
//! | amendment | open lists | open kill pages |
//! |---|---|---|
//! | [`Amendment::Stored`] | nobody: nothing is seen of it | nobody |
//! | [`Amendment::Names`] | the names that they miss | the same |
//! | [`Amendment::Fit`] | those that filter by it | told by the book of fits, which knows who waits |
//! | [`Amendment::Values`], [`Amendment::Enrichment`] | the new row of a live kill, if it reads otherwise | whoever has the kill open, if anything of it is other than it was |
//! | [`Amendment::StaticData`] | nobody: every kill is enriched again after an import, which tells | nobody |

use domain::{Enrichment, FitFacts, KillRecord, StaticData, summary::NameLookup};
use std::sync::Arc;

/// See the module.
pub enum Amendment<'a> {
    /// It is on disk.
    Stored,
    /// Names have become known.
    Names(NameLookup<'a>),
    /// The statistics of its fit, if the fit is still the one that they are of.
    Fit(&'a FitFacts),
    /// Better values, made from the record given; refused when that is no longer the kill's.
    Values { based_on: Arc<KillRecord>, record: Arc<KillRecord> },
    /// It was computed again, here or by another process; refused when the kill's own enrichment is newer.
    Enrichment { enrichment: &'a Enrichment, names: NameLookup<'a>, static_data: &'a StaticData },
    /// Other static data are in use.
    StaticData(&'a StaticData),
}
