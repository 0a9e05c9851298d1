//! Layout of the kill page. The order in the document is the order on a phone: headline, money, who did it, fit, items,
//! all attackers; a wide screen puts the attackers beside fit and items.

use super::{
    facts::{exports, kill_facts, related},
    head::kill_head,
    headline,
    provenance::provenance_line,
};
use crate::{
    components::{
        attacker_list::{attacker_cards, attacker_list, attacker_summary},
        fit_panel::FitPanel,
        fitting_wheel::fitting_wheel,
        icon::Icon,
        item_list::item_list,
        party::{main_entity, main_name},
        time::{Age, DateTime},
        type_image::{Picture, TypeImage},
        value_tiles::value_tiles,
    },
    format, routes,
};
use contract::KillDetail;
use domain::{EntityKind, KillSummary};
use leptos::prelude::*;

/// With fewer attackers than this, counting them by alliance says nothing the list does not.
const SUMMARY_FROM: usize = 4;
const ITEMS_ID: &str = "items";

pub fn kill_view(kill: &KillDetail) -> AnyView {
    let summary = &kill.summary;
    let attacker_total = kill.attackers.len();
    let many = attacker_total >= SUMMARY_FROM;
    view! {
        {kill_head(kill)}
        <article class="kill-page">
            {hero(summary)}
            {value_tiles(&kill.values, summary.killmail_time)}
            {notes(kill)}
            <div class="kill-grid">
                <section class="kill-blows" aria-labelledby="blows-heading">
                    <h2 id="blows-heading" class="sr-only">"Final blow and top damage"</h2>
                    {attacker_cards(&kill.attackers)}
                    {related(kill)}
                </section>
                <section class="kill-fit panel" aria-labelledby="fit-heading">
                    <h2 id="fit-heading" class="sr-only">"Fit and facts"</h2>
                    {fitting_wheel(&summary.ship, &kill.items, ITEMS_ID)}
                    <div class="kill-facts">{kill_facts(kill)} {exports(kill)}</div>
                </section>
                <section class="kill-stats panel" aria-labelledby="stats-heading">
                    <h2 id="stats-heading">"What the fit could do"</h2>
                    <FitPanel killmail_id=summary.killmail_id report=kill.fit.clone()/>
                </section>
                <section class="kill-items panel" aria-labelledby="items-heading">
                    <h2 id="items-heading">"Items"</h2>
                    {item_list(&kill.items, summary.killmail_time, ITEMS_ID)}
                </section>
                <section class="kill-attackers panel" aria-labelledby="attackers-heading">
                    <h2 id="attackers-heading">
                        "Attackers " <span class="heading-count">{format::count(attacker_total as u64)}</span>
                    </h2>
                    {many.then(|| attacker_summary(&kill.attackers))}
                    {attacker_list(&kill.attackers)}
                </section>
            </div>
            <footer class="provenance">
                <p>{provenance_line(kill)}</p>
                <p>
                    {format!("Killmail {}. Worked out ", summary.killmail_id)} <DateTime at=kill.enriched_at/>
                    {format!(", rules version {}.", kill.enrichment_version)}
                </p>
            </footer>
        </article>
    }
    .into_any()
}

fn hero(summary: &KillSummary) -> AnyView {
    let victim = &summary.victim;
    let entity_link = |entity: Option<(EntityKind, i64)>, name: String| match entity {
        Some((kind, id)) => view! { <a class="name-link" href=routes::entity(kind, id)>{name}</a> }.into_any(),
        None => view! { <strong>{name}</strong> }.into_any(),
    };
    let corporation = headline::corporation_of(victim).map(|name| {
        let entity = victim.corporation.as_ref().map(|corporation| (EntityKind::Corporation, corporation.id.0));
        view! { " of " {entity_link(entity, name)} }
    });
    let ship = headline::with_article(&summary.ship.display_name());
    let worth = headline::worth(summary).map(|worth| view! { " " <span class="hero-worth">{worth}</span> });
    let face = match Picture::of_party(victim) {
        Picture::Nobody => Picture::of_ship(&summary.ship),
        face => face,
    };
    let badge = |show: bool, kind: &'static str, word: &'static str, title: &'static str| {
        show.then(|| view! { <span class="badge" data-badge=kind title=title>{word}</span> })
    };
    view! {
        <header class="kill-hero">
            <div class="hero-pictures">
                <TypeImage picture=face size=128/>
                <TypeImage picture=Picture::badge_of_party(victim) size=40/>
            </div>
            <div class="hero-words">
                <p class="hero-kicker">
                    <span class="hero-loss"><Icon name="kill"/> " Loss"</span>
                    <DateTime at=summary.killmail_time/>
                    <span class="hero-age"><Age at=summary.killmail_time/></span>
                    {badge(summary.is_solo, "solo", "Solo", "One pilot did it alone")}
                    {badge(summary.is_npc, "npc", "NPC", "No player took part")}
                    {badge(summary.is_awox, "awox", "Awox", "Killed by their own corporation")}
                </p>
                <h1>
                    {entity_link(main_entity(victim), main_name(victim))} {corporation} " lost "
                    <a class="name-link hero-ship" href=routes::of_type(summary.ship.type_id)>{ship}</a> {worth} " in "
                    <a class="name-link" href=routes::system(summary.place.solar_system_id)>{summary.place.display_name()}</a>
                    <span class="hero-where">{format!(" ({})", headline::whereabouts(&summary.place))}</span>
                </h1>
                <p class="hero-blow">{headline::by_whom(summary)}</p>
            </div>
        </header>
    }
    .into_any()
}

/// What the reader should know about the completeness of the page.
fn notes(kill: &KillDetail) -> AnyView {
    let failed = kill.summary.enrichment_failed.then(|| {
        view! {
            <p class="note" data-kind="warning">
                <Icon name="warning"/>
                " Some facts of this kill could not be worked out yet. What the killmail itself says is complete; values and tags may be missing. We try again every 10 minutes."
            </p>
        }
    });
    let unstored = (!kill.is_stored).then(|| {
        view! {
            <p class="note" data-kind="info">
                <Icon name="signal"/> " Just arrived: shown from memory, about to be stored."
            </p>
        }
    });
    view! { {failed} {unstored} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::*;

    /// Renders the page's body as the server would.
    fn html(kill: &KillDetail) -> String {
        let owner = Owner::new();
        owner.with(|| {
            leptos_meta::provide_meta_context();
            kill_view(kill).to_html()
        })
    }

    /// Headings must not skip a level.
    fn assert_headings_in_order(html: &str) {
        let levels: Vec<u8> = html
            .match_indices("<h")
            .filter_map(|(at, _)| html.as_bytes().get(at + 2).copied())
            .filter(u8::is_ascii_digit)
            .map(|digit| digit - b'0')
            .collect();
        assert_eq!(levels.first(), Some(&1));
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    }

    #[test]
    fn every_shape_of_kill_renders_with_headings_in_order_and_without_style_attributes() {
        for (what, kill) in [
            ("frigate", fitted_frigate()),
            ("capsule", capsule()),
            ("structure", structure(603)),
            ("container", nested_container()),
            ("npc", npc_only()),
            ("no final blow", no_final_blow()),
            ("unknown types", unknown_types()),
        ] {
            let html = html(&kill);
            assert_headings_in_order(&html);
            assert!(!html.contains(" style="), "{what}");
            assert!(!html.contains("NaN") && !html.contains(" onclick"), "{what}");
            for id in ["items", "fit-heading", "attackers-heading"] {
                assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{what}: {id}");
            }
        }
    }

    #[test]
    fn a_reader_finds_source_raw_mail_and_the_fit() {
        let html = html(&fitted_frigate());
        for text in [
            "From zKillboard R2Z2, arrived 21 s after the kill",
            "/api/v1/killmails/128000001/raw",
            "https://zkillboard.com/kill/128000001/",
            "noopener",
            "Gyrostabilizer II",
            "<textarea readonly",
            "href=\"/system/",
        ] {
            assert!(html.contains(text), "{text} is missing");
        }
    }

    #[test]
    fn a_doubtful_kill_says_so() {
        let html = html(&unknown_types());
        assert!(html.contains("could not be worked out") && html.contains("about to be stored"));
        assert!(html.contains("Unknown type 99999001"));
    }

    #[test]
    fn the_nearest_celestial_is_told_where_the_position_is_known() {
        let near = contract::NearestCelestial {
            id: Some(domain::CelestialId(40_009_087)),
            name: "Jita IV - Moon 4".to_owned(),
            kind: domain::static_data::CelestialKind::Moon,
            distance_m: 12_400.0,
        };
        let near = KillDetail { nearest: Some(near), ..fitted_frigate() };
        assert!(html(&near).contains("12 km from Jita IV - Moon 4"));
        assert!(!html(&fitted_frigate()).contains("Near"));
    }

    #[test]
    fn the_other_loss_of_the_fight_is_linked() {
        let mut kill = fitted_frigate();
        let mut pod = capsule().summary;
        pod.killmail_id = domain::KillmailId(128_000_002);
        pod.killmail_time = at("2026-11-23T19:21:45Z");
        kill.related = vec![contract::RelatedKill { summary: pod }];
        let html = html(&kill);
        assert!(
            html.contains("href=\"/kill/128000002\"") && html.contains("40 s later") && html.contains("Capsule too")
        );
    }
}
