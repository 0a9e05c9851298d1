//! The fitting wheel: the hull with what sat in its slots around it, as one SVG picture.
//!
//! The picture is for the eye; the same facts stand as text in the item list, to which its description points.
//! Destroyed and dropped differ by outline (solid or dashed), by the mark's shape (cross or arrow) and by colour.

mod layout;

use crate::{
    components::fate::{Fate, fate_path},
    routes,
};
use contract::ItemRow;
use domain::{HullKind, ShipRef, Slot};
use layout::{
    CENTRE, CHARGE_ICON, CHARGE_RING, Cell, HULL_RADIUS, MODULE_ICON, Rack, Ring, SIZE, edge, point, racks, sector,
    tangent,
};
use leptos::prelude::*;

/// What the legend says.
struct Counts {
    destroyed: usize,
    dropped: usize,
}

/// `described_by` is the id of the item list.
pub fn fitting_wheel(ship: &ShipRef, items: &[ItemRow], described_by: &'static str) -> AnyView {
    let racks = racks(items);
    let modules = || racks.iter().flat_map(|rack| &rack.cells).filter_map(|cell| cell.module);
    let counts = Counts {
        destroyed: modules().filter(|row| Fate::of(row.destroyed, row.dropped) == Fate::Destroyed).count(),
        dropped: modules().filter(|row| Fate::of(row.destroyed, row.dropped) != Fate::Destroyed).count(),
    };
    let name = ship.display_name();
    let label = format!("Fitting of the {name}: {}", summary(&racks));
    let view_box = format!("0 0 {SIZE} {SIZE}");
    let hull = routes::image("types", ship.type_id.0, "render", 512);
    let drawing = match ship.kind {
        HullKind::Ship => "ship",
        HullKind::Capsule => "capsule",
        HullKind::Structure | HullKind::Deployable => "structure",
    };
    let rack_views = racks.iter().map(rack_view).collect_view();
    view! {
        <figure class="fitting-wheel">
            <svg viewBox=view_box role="img" aria-label=label aria-describedby=described_by>
                <circle class="fitting-wheel-disc" cx=CENTRE cy=CENTRE r=HULL_RADIUS/>
                {picture(hull, (CENTRE, CENTRE), HULL_RADIUS * 2.0, drawing)}
                <circle class="fitting-wheel-rim" cx=CENTRE cy=CENTRE r=HULL_RADIUS/>
                {rack_views}
            </svg>
            <figcaption class="fitting-wheel-legend">
                {legend(Fate::Destroyed, counts.destroyed)} {legend(Fate::Dropped, counts.dropped)}
                <span class="fitting-wheel-key">
                    <svg viewBox="0 0 12 12" aria-hidden="true" class="fitting-wheel-empty-key">
                        <rect x="1" y="1" width="10" height="10" rx="2"/>
                    </svg>
                    "nothing recorded"
                </span>
            </figcaption>
        </figure>
    }
    .into_any()
}

/// "4 high slots, 3 mid slots …", as a person would read the picture.
fn summary(racks: &[Rack<'_>]) -> String {
    let filled: Vec<_> = racks
        .iter()
        .filter(|rack| rack.filled() > 0)
        .map(|rack| format!("{} {}", rack.filled(), word(rack.slot, rack.filled())))
        .collect();
    if filled.is_empty() { "nothing fitted".to_owned() } else { filled.join(", ") }
}

fn word(slot: Slot, count: usize) -> &'static str {
    match (slot, count) {
        (Slot::High, _) => "high",
        (Slot::Mid, _) => "mid",
        (Slot::Low, _) => "low",
        (Slot::Rig, 1) => "rig",
        (Slot::Rig, _) => "rigs",
        (Slot::Subsystem, 1) => "subsystem",
        (Slot::Subsystem, _) => "subsystems",
        (Slot::Service, 1) => "service",
        (Slot::Service, _) => "services",
    }
}

fn legend(fate: Fate, count: usize) -> AnyView {
    view! {
        <span class="fitting-wheel-key" data-fate=fate.key()>
            <svg viewBox="-6 -6 12 12" aria-hidden="true">
                <path d=fate_path(fate)/>
            </svg>
            {format!("{count} {}", fate.word().to_lowercase())}
        </span>
    }
    .into_any()
}

fn rack_view(rack: &Rack<'_>) -> AnyView {
    let (x, y) = point(rack.label_angle, rack.label_radius);
    let label = match rack.slot {
        Slot::High => "High",
        Slot::Mid => "Mid",
        Slot::Low => "Low",
        Slot::Rig => "Rigs",
        Slot::Subsystem => "Subsystems",
        Slot::Service => "Services",
    };
    let cells = rack.cells.iter().map(cell_view).collect_view();
    view! {
        <g class="fitting-wheel-rack">
            <text
                class="fitting-wheel-label"
                x=rounded(x)
                y=rounded(y)
                transform=tangent(rack.label_angle, x, y)
                text-anchor="middle"
                dominant-baseline="central"
            >
                {label}
            </text>
            {cells}
        </g>
    }
    .into_any()
}

fn cell_view(cell: &Cell<'_>) -> AnyView {
    let Some(module) = cell.module else {
        return view! {
            <path class="fitting-wheel-empty" d=sector(cell.ring, cell.angle, cell.width, 2.5)/>
            {charge_view(cell)}
        }
        .into_any();
    };
    let fate = Fate::of(module.destroyed, module.dropped);
    let (mark_x, mark_y) = point(cell.angle, cell.ring.outer - 2.0);
    let scale = (cell.width / 10.5).min(1.0);
    let position = format!("{} {}", cell.slot.label(), cell.index + 1);
    let mut title = format!("{} ({}, {position})", module.item.display_name(), fate.word().to_lowercase());
    for charge in &cell.charges {
        title.push_str(&format!("\nLoaded: {} × {}", charge.destroyed + charge.dropped, charge.item.display_name()));
    }
    view! {
        <g class="fitting-wheel-cell" data-fate=fate.key()>
            <title>{title}</title>
            <path class="fitting-wheel-sector" d=sector(cell.ring, cell.angle, cell.width, 1.5)/>
            {icon(module, cell.ring, cell.angle, MODULE_ICON * scale)}
            <path class="fitting-wheel-edge" d=edge(cell.ring.outer, cell.angle, cell.width, 1.5)/>
            <g transform=format!("translate({mark_x:.1} {mark_y:.1})") class="fitting-wheel-mark">
                <circle r="7"/>
                <path d=fate_path(fate)/>
            </g>
        </g>
        {charge_view(cell)}
    }
    .into_any()
}

fn charge_view(cell: &Cell<'_>) -> Option<AnyView> {
    // Structures keep their rigs where charges would be.
    let charge = *cell.charges.first()?;
    let fate = Fate::of(charge.destroyed, charge.dropped);
    let title = format!(
        "{} × {} ({}), loaded in {} {}",
        charge.destroyed + charge.dropped,
        charge.item.display_name(),
        fate.word().to_lowercase(),
        cell.slot.label(),
        cell.index + 1,
    );
    Some(
        view! {
            <g class="fitting-wheel-cell" data-fate=fate.key() data-kind="charge">
                <title>{title}</title>
                <path class="fitting-wheel-sector" d=sector(CHARGE_RING, cell.angle, cell.width, 1.5)/>
                {icon(charge, CHARGE_RING, cell.angle, CHARGE_ICON)}
                <path class="fitting-wheel-edge" d=edge(CHARGE_RING.inner, cell.angle, cell.width, 1.5)/>
            </g>
        }
        .into_any(),
    )
}

fn icon(row: &ItemRow, ring: Ring, angle: f64, side: f64) -> AnyView {
    picture(routes::image("types", row.item.type_id.0, "icon", 64), point(angle, ring.middle()), side, "item")
}

/// A picture around a point. An HTML image, not SVG's: only that one lets the style sheet draw over a failed picture.
fn picture(address: String, (x, y): (f64, f64), side: f64, drawing: &'static str) -> AnyView {
    view! {
        <foreignObject
            x=rounded(x - side / 2.0)
            y=rounded(y - side / 2.0)
            width=rounded(side)
            height=rounded(side)
        >
            <img
                class="fitting-wheel-picture"
                data-drawing=drawing
                src=address
                alt=""
                width=rounded(side)
                height=rounded(side)
                loading="lazy"
                decoding="async"
            />
        </foreignObject>
    }
    .into_any()
}

/// One decimal, so that browser and server write the same number.
fn rounded(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{charge, module, ship};

    #[test]
    fn shows_modules_charges_and_what_became_of_them() {
        let mut dropped = module(19, "5MN Y-T8 Compact Microwarpdrive");
        (dropped.destroyed, dropped.dropped) = (0, 1);
        let items = vec![module(27, "150mm Light AutoCannon II"), charge(27, "Hail S", 120), dropped];
        let html = fitting_wheel(&ship(587, "Rifter"), &items, "items").to_html();
        assert!(html.contains("Fitting of the Rifter: 1 high, 1 mid"), "{html}");
        assert!(html.contains("150mm Light AutoCannon II (destroyed, High slots 1)"));
        assert!(html.contains("Loaded: 120 × Hail S"));
        assert!(html.contains("5MN Y-T8 Compact Microwarpdrive (dropped, Mid slots 1)"));
        assert!(html.contains("/images/types/587/render?size=512"));
        assert!(!html.contains("style="), "a style attribute breaks the content security policy");
    }

    #[test]
    fn a_capsule_has_nothing_fitted() {
        let html = fitting_wheel(&ship(670, "Capsule"), &[], "items").to_html();
        assert!(html.contains("Fitting of the Capsule: nothing fitted"));
    }
}
