//! Hit points and damage of fits: whole numbers, with a plus where they are lower bounds.

use crate::{components::isk::or_more, format};
use leptos::prelude::*;

/// A number of a fit. One of a fit with mutated modules, which count as nothing, gets a plus sign.
#[component]
pub fn FitNumber(
    number: i64,
    /// `EHP` or `DPS`.
    unit: &'static str,
    #[prop(optional)] is_lower_bound: bool,
) -> impl IntoView {
    let number = format::count(number.unsigned_abs());
    let title = is_lower_bound.then(|| format!("At least {number} {unit}: mutated modules count as nothing"));
    view! {
        <span class="fit-number" title=title>
            {number}
            {or_more(is_lower_bound)}
            <span class="fit-unit">" " {unit}</span>
        </span>
    }
}
