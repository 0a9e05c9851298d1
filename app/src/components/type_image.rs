//! Pictures of ships, pilots, corporations and alliances, with our own drawing behind each for when there is none.
//!
//! The drawing is the background of a box of fixed size, so nothing moves, with or without JavaScript. The `img` has
//! an empty alternative text and no size, so that a failed one leaves the drawing in sight; the box carries the name.

use crate::routes;
use domain::{AllianceId, CharacterId, CorporationId, HullKind, Party, ShipRef, TypeId};
use leptos::prelude::*;

/// What is pictured: the image server's category and variation, and which drawing stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A hull seen from the side; for ships and structures.
    Render(TypeId),
    /// The inventory icon, for modules, charges, drones.
    Icon(TypeId),
    Capsule(TypeId),
    Structure(TypeId),
    Pilot(CharacterId),
    Corporation(CorporationId),
    Alliance(AllianceId),
    /// Nobody or nothing known: the drawing only.
    Nobody,
}

impl Picture {
    pub fn of_ship(ship: &ShipRef) -> Self {
        match ship.kind {
            HullKind::Ship => Self::Render(ship.type_id),
            HullKind::Capsule => Self::Capsule(ship.type_id),
            HullKind::Structure | HullKind::Deployable => Self::Structure(ship.type_id),
        }
    }

    /// The face of a party: its pilot, else its corporation.
    pub fn of_party(party: &Party) -> Self {
        match (&party.character, &party.corporation) {
            (Some(pilot), _) => Self::Pilot(pilot.id),
            (None, Some(corporation)) => Self::Corporation(corporation.id),
            _ => Self::Nobody,
        }
    }

    /// The badge of a party: its alliance, else its corporation.
    pub fn badge_of_party(party: &Party) -> Self {
        match (&party.alliance, &party.corporation) {
            (Some(alliance), _) => Self::Alliance(alliance.id),
            (None, Some(corporation)) => Self::Corporation(corporation.id),
            _ => Self::Nobody,
        }
    }

    fn drawing(self) -> &'static str {
        match self {
            Self::Render(_) => "ship",
            Self::Icon(_) => "item",
            Self::Capsule(_) => "capsule",
            Self::Structure(_) => "structure",
            Self::Pilot(_) | Self::Nobody => "pilot",
            Self::Corporation(_) => "corporation",
            Self::Alliance(_) => "alliance",
        }
    }

    /// `pixels` is asked of the image server: a power of two from 32 to 512.
    fn address(self, pixels: u32) -> Option<String> {
        Some(match self {
            Self::Render(id) | Self::Structure(id) => routes::image("types", id.0, "render", pixels),
            Self::Icon(id) | Self::Capsule(id) => routes::image("types", id.0, "icon", pixels.min(64)),
            Self::Pilot(id) => routes::image("characters", id.0, "portrait", pixels),
            Self::Corporation(id) => routes::image("corporations", id.0, "logo", pixels),
            Self::Alliance(id) => routes::image("alliances", id.0, "logo", pixels),
            Self::Nobody => return None,
        })
    }
}

/// A picture in a box of fixed size.
#[component]
pub fn TypeImage(
    picture: Picture,
    /// Side in CSS pixels: 20, 24, 32, 40, 48, 64, 128 or 256 (a class each in `type_image.css`).
    size: u32,
    /// The name; empty when it is written beside the picture, which is then decoration.
    #[prop(into, optional)]
    alt: String,
) -> impl IntoView {
    let pixels = (size * 2).next_power_of_two().clamp(32, 512);
    let is_decoration = alt.is_empty();
    view! {
        <span
            class="type-image"
            data-size=size.to_string()
            data-drawing=picture.drawing()
            role=(!is_decoration).then_some("img")
            aria-label=(!is_decoration).then_some(alt)
            aria-hidden=is_decoration.then_some("true")
        >
            {picture
                .address(pixels)
                .map(|src| view! { <img src=src alt="" loading="lazy" decoding="async"/> })}
        </span>
    }
}
