//! What can become known of a kill after it was published, and the one rule for who is told.
//!
//! | amendment | open lists | open kill pages |
//! |---|---|---|
//! | [`Amendment::Stored`] | nobody: nothing is seen of it | nobody |
//! | [`Amendment::Names`] | the names that they miss | the same |
//! | [`Amendment::Fit`] | those that filter by it | told by the book of fits, which knows who waits |
//! | [`Amendment::Values`], [`Amendment::Enrichment`] | the new row of a live kill, if it reads otherwise | whoever has the kill open, if anything of it is other than it was |
//! | [`Amendment::StaticData`] | nobody: every kill is enriched again after an import, which tells | nobody |

use super::kill::LiveKill;
use crate::live::LiveEvent;
use contract::NamePatch;
use domain::{Enrichment, FitFacts, KillRecord, KillmailId, StaticData, Timestamp, summary::NameLookup};
use std::{collections::BTreeMap, sync::Arc};

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

/// What is to be told after some kills were amended.
#[derive(Default)]
pub(super) struct News {
    names: BTreeMap<i64, String>,
    fitted: Vec<Arc<LiveKill>>,
    rows: Vec<Arc<LiveKill>>,
    pages: Vec<KillmailId>,
}

impl News {
    pub(super) fn note(&mut self, amendment: &Amendment<'_>, old: &LiveKill, new: &Arc<LiveKill>) {
        match amendment {
            Amendment::Stored | Amendment::StaticData(_) => {}
            Amendment::Names(names) => {
                self.names.extend(old.summary.unnamed_ids().filter_map(|id| Some((id, names(id)?))));
            }
            Amendment::Fit(_) => self.fitted.extend(new.is_live.then(|| Arc::clone(new))),
            Amendment::Values { .. } | Amendment::Enrichment { .. } => {
                if new.is_live && new.summary != old.summary {
                    self.rows.push(Arc::clone(new));
                }
                if says_otherwise(&old.record.enrichment, &new.record.enrichment) {
                    self.pages.push(new.summary.killmail_id);
                }
            }
        }
    }

    pub(super) fn into_events(self) -> impl Iterator<Item = LiveEvent> {
        let Self { names, fitted, rows, pages } = self;
        let names: Vec<NamePatch> = names.into_iter().map(|(id, name)| NamePatch { id, name }).collect();
        let is_changed = !rows.is_empty() || !pages.is_empty();
        let names = (!names.is_empty()).then(|| LiveEvent::Names(names.into()));
        let changed = is_changed.then(|| LiveEvent::Changed { rows: rows.into(), pages: pages.into() });
        names.into_iter().chain(fitted.into_iter().map(LiveEvent::Fitted)).chain(changed)
    }
}

/// Whether a reader could see a difference; when it was computed is none.
fn says_otherwise(old: &Enrichment, new: &Enrichment) -> bool {
    let timeless = |of: &Enrichment| Enrichment { enriched_at: Timestamp::UNIX_EPOCH, ..of.clone() };
    timeless(old) != timeless(new)
}
