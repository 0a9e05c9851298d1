//! The money of a loss: six amounts and the bar of destroyed against dropped.

use crate::{
    components::{isk::IskAmount, price::price_origin},
    format,
};
use contract::ValueTiles;
use domain::{Isk, Timestamp};
use leptos::prelude::*;

/// The tiles. Sums with types of unknown price are lower bounds and say so.
pub fn value_tiles(values: &ValueTiles, killed_at: Timestamp) -> AnyView {
    let valuation = &values.valuation;
    let is_bound = valuation.unpriced_types > 0;
    let tile = |label: &'static str, value: Option<Isk>, is_lower_bound: bool, kind: &'static str| {
        let prefix = (is_lower_bound && value.is_some()).then_some("at least ");
        view! {
            <div class="tile" data-kind=kind>
                <dt>{label}</dt>
                <dd>
                    {prefix.map(|prefix| view! { <span class="tile-prefix">{prefix}</span> })}
                    <IskAmount value=value/>
                </dd>
            </div>
        }
        .into_any()
    };
    let hull = values.hull_price.map(|unit| {
        view! { <p class="value-note">{format!("Hull by {}.", price_origin(unit, false, killed_at))}</p> }
    });
    let unpriced = is_bound.then(|| {
        let types = format::counted(valuation.unpriced_types.into(), "type", "types");
        view! {
            <p class="value-note">
                {format!("{types} on this mail without a known price: the sums are lower bounds.")}
            </p>
        }
    });
    view! {
        <div class="values">
            <dl class="tiles">
                {tile("Total", valuation.total_value, is_bound, "total")}
                {tile("Destroyed", valuation.destroyed_value, is_bound, "destroyed")}
                {tile("Dropped", valuation.dropped_value, is_bound && valuation.dropped_value.is_some(), "dropped")}
                {tile("Fitted", valuation.fitted_value, is_bound, "plain")}
                {tile("Hull", valuation.hull_value, false, "plain")}
                {tile("zKillboard says", values.reported_value, false, "reported")}
            </dl>
            {share_bar(valuation.destroyed_value, valuation.dropped_value)}
            {hull}
            {unpriced}
        </div>
    }
    .into_any()
}

/// Percentage of the destroyed part, when both sides add up to something.
fn destroyed_share(destroyed: Option<Isk>, dropped: Option<Isk>) -> Option<f64> {
    let (destroyed, dropped) = (destroyed.unwrap_or_default().as_f64(), dropped.unwrap_or_default().as_f64());
    let total = destroyed + dropped;
    (total > 0.0).then(|| destroyed / total)
}

fn share_bar(destroyed: Option<Isk>, dropped: Option<Isk>) -> Option<AnyView> {
    let share = destroyed_share(destroyed, dropped)?;
    let split = format!("{:.1}", share * 100.0);
    let rest = format!("{:.1}", (1.0 - share) * 100.0);
    let lost = format!("{} destroyed", format::percent(share));
    let left = format!("{} dropped", format::percent(1.0 - share));
    Some(
        view! {
            <div class="share-bar">
                <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="share-bar-destroyed" width=split.clone() height="1"/>
                    <rect class="share-bar-dropped" x=split width=rest height="1"/>
                </svg>
                <p class="share-bar-words">
                    <span data-fate="destroyed">{lost}</span>
                    <span data-fate="dropped">{left}</span>
                </p>
            </div>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{at, fitted_frigate, unknown_types};

    fn html(values: &ValueTiles) -> String {
        value_tiles(values, at("2026-11-23T19:21:05Z")).to_html()
    }

    #[test]
    fn shows_all_six_and_the_split() {
        let html = html(&fitted_frigate().values);
        let hull = "Hull by Janice, Jita 4-4 split, 2026-11-23 18:31:00, 50 minutes before the kill.";
        for word in
            [hull, "Total", "Destroyed", "Dropped", "Fitted", "Hull", "zKillboard says", "% destroyed", "% dropped"]
        {
            assert!(html.contains(word), "{word} is missing in {html}");
        }
        assert!(!html.contains("at least"));
    }

    #[test]
    fn unknown_prices_are_never_zero() {
        let html = html(&unknown_types().values);
        assert!(html.contains("value unknown") && html.contains("3 types on this mail"));
        assert!(!html.contains("share-bar"), "nothing to divide");
    }

    #[test]
    fn a_sum_with_unpriced_types_is_a_lower_bound() {
        let mut values = fitted_frigate().values;
        values.valuation.unpriced_types = 1;
        let html = html(&values);
        assert!(html.contains("at least ") && html.contains("1 type on this mail"));
    }
}
