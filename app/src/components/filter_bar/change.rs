//! What the parts of the filter bar do to the filter, which lives in the address.

use domain::KillFilter;
use leptos::prelude::*;

/// Goes to the live list with a changed filter.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub filter: Signal<KillFilter>,
    pub go: Callback<KillFilter>,
}

impl Change {
    pub fn apply(self, change: impl FnOnce(&mut KillFilter)) {
        let mut filter = self.filter.get_untracked();
        change(&mut filter);
        self.go.run(filter);
    }
}
