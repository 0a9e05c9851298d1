//! Amounts of ISK: short, tabular, in four steps of weight, with the exact number at hand.

use domain::Isk;
use leptos::prelude::*;

/// Step of magnitude, 1 to 4: below 10 million, 100 million, a billion, and above.
pub fn magnitude(isk: Isk) -> u8 {
    match isk.hundredths() / 100 {
        ..10_000_000 => 1,
        10_000_000..100_000_000 => 2,
        100_000_000..1_000_000_000 => 3,
        _ => 4,
    }
}

/// An amount. Unknown is a dash and says so, never 0; a lower bound (types without a price) gets a plus sign.
#[component]
pub fn IskAmount(#[prop(into)] value: Option<Isk>, #[prop(optional)] is_lower_bound: bool) -> impl IntoView {
    let Some(isk) = value else {
        return view! {
            <span class="isk" data-magnitude="0" title="Value unknown">
                <span aria-hidden="true">"—"</span>
                <span class="sr-only">"value unknown"</span>
            </span>
        }
        .into_any();
    };
    let bound = if is_lower_bound { "At least " } else { "" };
    view! {
        <data
            class="isk"
            data-magnitude=magnitude(isk).to_string()
            value=(isk.hundredths() / 100).to_string()
            title=format!("{bound}{} ISK", isk.full())
        >
            {isk.short()}
            {or_more(is_lower_bound)}
            <span class="sr-only">" ISK"</span>
        </data>
    }
    .into_any()
}

/// The plus sign after a lower bound.
pub fn or_more(is_lower_bound: bool) -> Option<AnyView> {
    is_lower_bound.then(|| view! { <span class="isk-bound" aria-label="or more">"+"</span> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magnitude_has_four_steps() {
        for (isk, step) in [(0, 1), (9_999_999, 1), (10_000_000, 2), (100_000_000, 3), (1_000_000_000, 4)] {
            assert_eq!(magnitude(Isk::from_isk(isk)), step);
        }
    }
}
