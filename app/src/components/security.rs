//! The security badge in front of a system's name: number or wormhole class, with the band's word.

use domain::{Place, SecurityBand, SecurityStatus};
use leptos::prelude::*;

/// Badge of a place.
#[component]
pub fn SecurityBadge(place: Place) -> impl IntoView {
    badge(place.security_label(), place.band)
}

/// Badge from the parts of a [`contract::PlaceRef`].
#[component]
pub fn SecurityNumber(security: Option<SecurityStatus>, band: Option<SecurityBand>) -> impl IntoView {
    badge(security.map_or_else(|| "?".to_owned(), |security| security.to_string()), band)
}

fn badge(text: String, band: Option<SecurityBand>) -> impl IntoView {
    let word = band.map_or("Unknown security", SecurityBand::label);
    view! {
        <span class="security" data-band=band.map(SecurityBand::as_str) title=word>
            {text}
            <span class="sr-only">" "{word}</span>
        </span>
    }
}
