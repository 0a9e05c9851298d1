//! The place pages as markup.

use super::*;
use crate::pages::kill::fixtures::{at, fitted_frigate};
use contract::HourBucket;
use domain::{Cursor, Place, SecurityStatus, StaticData};

fn tama() -> PlacePage {
    let sde = StaticData::bundled();
    let system = sde.system_by_name("Tama").expect("Tama");
    let kill = fitted_frigate().summary;
    PlacePage {
        kind: PlaceKind::System,
        id: system.id.0,
        name: "Tama".to_owned(),
        place: Some(Place::new(system.id, &sde)),
        constellation: Some(PlaceRef {
            id: 20_000_414,
            name: "Okkamon".to_owned(),
            security: None,
            band: None,
            kills: 9,
        }),
        region: Some(PlaceRef {
            id: 10_000_033,
            name: "The Citadel".to_owned(),
            security: None,
            band: None,
            kills: 40,
        }),
        systems: vec![PlaceRef {
            id: 30_002_813,
            name: "Nourvukaiken".to_owned(),
            security: Some(SecurityStatus(6)),
            band: Some(SecurityBand::Highsec),
            kills: 3,
        }],
        activity: vec![HourBucket { hour: at("2026-11-23T19:00:00Z"), kills: 7, isk: Isk::from_isk(9_000_000) }],
        window_hours: 24,
        kills_in_window: 7,
        isk_in_window: Isk::from_isk(700_000_000),
        top_ships: vec![RankedEntry { id: 587, name: "Rifter".to_owned(), kills: 4, isk: Isk::from_isk(2_000_000) }],
        recent: KillPage {
            next: Some(Cursor { killmail_time: kill.killmail_time, killmail_id: kill.killmail_id }),
            prev: Some(Cursor { killmail_time: kill.killmail_time, killmail_id: kill.killmail_id }),
            kills: vec![kill],
        },
    }
}

fn html(page: PlacePage, is_paged: bool) -> String {
    Owner::new().with(|| {
        leptos_meta::provide_meta_context();
        place_view(page, is_paged).to_html()
    })
}

#[test]
fn every_number_says_its_window_and_sample() {
    let html = html(tama(), false);
    for text in
        ["Low-sec", "Okkamon", "The Citadel", "in the last 24 h", "7 kills", "100m", "Nourvukaiken", "Rifter", "Older"]
    {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
    assert!(!html.contains("Newer") && !html.contains(" style="));
    assert!(html.contains("/?system_id=") && html.contains("ship_type_id=587"));
}

#[test]
fn older_pages_lead_back() {
    let html = html(tama(), true);
    assert!(html.contains("Newer") && html.contains("Newest") && html.contains("?before=") && html.contains("?after="));
}

#[test]
fn an_empty_place_is_no_error() {
    let mut page = tama();
    (page.systems, page.activity, page.top_ships) = (vec![], vec![], vec![]);
    (page.kills_in_window, page.isk_in_window) = (0, Isk::ZERO);
    page.recent = KillPage::default();
    let html = html(page, false);
    assert!(html.contains("No kill is known here yet") && html.contains("Nothing was lost here"));
}
