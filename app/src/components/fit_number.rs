//! Hit points and damage of fits: whole numbers, with a plus where they are lower bounds.

use crate::{components::isk::or_more, format};
use domain::Isk;
use leptos::prelude::*;

/// In the short form of amounts: `12.3k`.
pub fn short(number: i64) -> String {
    Isk::from_isk(number).short()
}

/// A number of a fit. One of a fit with mutated modules, which count as nothing, gets a plus sign.
#[component]
pub fn FitNumber(
    number: i64,
    /// `EHP` or `DPS`.
    unit: &'static str,
    #[prop(optional)] is_lower_bound: bool,
    #[prop(optional)] is_short: bool,
) -> impl IntoView {
    let full = format::count(number.unsigned_abs());
    let title = if is_lower_bound {
        format!("At least {full} {unit}: mutated modules count as nothing")
    } else {
        format!("{full} {unit}")
    };
    view! {
        <data class="fit-number" value=number.to_string() title=title>
            {if is_short { short(number) } else { full }}
            {or_more(is_lower_bound)}
            <span class="fit-unit">" " {unit}</span>
        </data>
    }
}
