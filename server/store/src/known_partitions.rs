//! The partitions that this process has seen, so that the usual batch asks the catalogue nothing.

use crate::Month;
use std::{
    collections::{BTreeSet, HashSet},
    sync::{Mutex, PoisonError},
};

/// Months whose partitions this process has seen.
#[derive(Debug, Default)]
pub(crate) struct KnownPartitions(Mutex<HashSet<Month>>);

impl KnownPartitions {
    pub(crate) fn missing(&self, months: BTreeSet<Month>) -> Vec<Month> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        months.into_iter().filter(|month| !known.contains(month)).collect()
    }

    pub(crate) fn remember(&self, month: Month) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(month);
    }

    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
