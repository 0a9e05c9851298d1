//! Who is told of what was amended: the one rule, which the table of [`Amendment`] says in words.

use super::{amendment::Amendment, kill::LiveKill};
use crate::live::event::LiveEvent;
use contract::NamePatch;
use domain::{Enrichment, KillmailId, Timestamp};
use std::{collections::BTreeMap, sync::Arc};

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
