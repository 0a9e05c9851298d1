//! The facts beside the wheel: who, what, where, when; the other loss of the same fight; ways to take the kill along.

use crate::{
    components::{
        copy_button::CopyButton,
        facts::facts,
        icon::Icon,
        isk::IskAmount,
        party::{group_names, main_entity, main_name},
        security::SecurityBadge,
        tag_words::tag_families,
        time::DateTime,
        type_image::{Picture, TypeImage},
    },
    format, routes,
};
use contract::{KillDetail, RelatedKill};
use domain::{EntityKind, HullKind, KillFilter};
use leptos::prelude::*;

/// Terms and descriptions.
pub fn kill_facts(kill: &KillDetail) -> AnyView {
    let summary = &kill.summary;
    let victim = &summary.victim;
    let link = |kind: EntityKind, id: i64, name: String| {
        view! { <a class="name-link" href=routes::entity(kind, id)>{name}</a> }.into_any()
    };
    let mut rows: Vec<(&'static str, AnyView)> = Vec::new();
    if victim.character.is_some()
        && let Some((kind, id)) = main_entity(victim)
    {
        rows.push(("Pilot", link(kind, id, main_name(victim))));
    } else if victim.corporation.is_none() && victim.faction.is_some() {
        rows.push(("Faction", main_name(victim).into_any()));
    } else if let Some((kind, id)) = main_entity(victim) {
        rows.push(("Owner", link(kind, id, main_name(victim))));
    }
    for (kind, id, name) in group_names(victim) {
        let term = if kind == EntityKind::Alliance { "Alliance" } else { "Corporation" };
        rows.push((term, link(kind, id, name)));
    }
    let group = summary.ship.group_name.clone();
    rows.push((
        "Lost",
        view! {
            {link(EntityKind::Type, summary.ship.type_id.0, summary.ship.display_name())}
            {group.map(|group| view! { <span class="fact-aside">{group}</span> })}
        }
        .into_any(),
    ));
    rows.push((
        "Place",
        view! {
            <SecurityBadge place=summary.place.clone()/>
            " "
            <a class="name-link" href=routes::system(summary.place.solar_system_id)>{summary.place.display_name()}</a>
            {summary.place.region_id.zip(summary.place.region_name.clone())
                .map(|(id, name)| view! { <a class="name-link fact-aside" href=routes::region(id)>{name}</a> })}
        }
        .into_any(),
    ));
    if let Some(nearest) = &kill.nearest {
        let kills = nearest.id.map(|id| KillFilter { location: vec![id], ..KillFilter::default() });
        rows.push((
            "Near",
            view! {
                {format!("{} from {}", format::distance(nearest.distance_m), nearest.name)}
                {kills.map(|kills| others(&kills, "Kills here"))}
            }
            .into_any(),
        ));
    }
    rows.push(("Time", view! { <DateTime at=summary.killmail_time/> }.into_any()));
    rows.push(("Damage taken", format::count(kill.damage_taken.max(0).unsigned_abs()).into_any()));
    let players = format::counted(summary.player_attacker_count.into(), "player", "players");
    rows.push(("Attackers", format!("{} ({players})", format::count(summary.attacker_count.into())).into_any()));
    if let Some(war) = kill.war_id {
        let kills = KillFilter { war_id: vec![war], ..KillFilter::default() };
        rows.push(("War", view! { {format!("declared war {war}")} {others(&kills, "Kills of this war")} }.into_any()));
    }
    view! { {facts(rows)} {tag_families(&summary.module_tags)} }.into_any()
}

/// A link to the list of a filter that the kill passes.
fn others(filter: &KillFilter, words: &'static str) -> impl IntoView + use<> {
    view! { <a class="name-link fact-aside" href=routes::live(filter)>{words}</a> }
}

/// The capsule after the ship, or the ship before the capsule.
pub fn related(kill: &KillDetail) -> Option<AnyView> {
    if kill.related.is_empty() {
        return None;
    }
    let rows = kill.related.iter().map(|related| related_row(kill, related)).collect_view();
    Some(view! { <nav class="related" aria-label="Other losses of this fight"><ul>{rows}</ul></nav> }.into_any())
}

fn related_row(kill: &KillDetail, related: &RelatedKill) -> AnyView {
    let other = &related.summary;
    let seconds = (other.killmail_time - kill.summary.killmail_time).num_seconds();
    let when = match seconds {
        0 => "in the same second".to_owned(),
        after if after > 0 => format!("{} later", format::lag(after * 1_000)),
        before => format!("{} before", format::lag(-before * 1_000)),
    };
    let word = if other.ship.kind == HullKind::Capsule { "Capsule too" } else { "Ship before" };
    view! {
        <li>
            <a class="related-kill" href=routes::kill(other.killmail_id)>
                <TypeImage picture=Picture::of_ship(&other.ship) size=40/>
                <span>
                    <strong>{word} ": " {other.ship.display_name()}</strong>
                    <span class="fact-aside">{when}</span>
                </span>
                <IskAmount value=other.total_value is_lower_bound={other.unpriced_types > 0}/>
            </a>
        </li>
    }
    .into_any()
}

/// Copy the fit, the raw mail, the same kill elsewhere.
pub fn exports(kill: &KillDetail) -> AnyView {
    let id = kill.summary.killmail_id;
    let rows = kill.eft.lines().count().clamp(4, 24);
    let copy = (!kill.eft.is_empty()).then(|| view! { <CopyButton text=kill.eft.clone() label="Copy fit (EFT)"/> });
    let fit = (!kill.eft.is_empty()).then(|| {
        view! {
            <details class="fold eft">
                <summary>"Fit as text"</summary>
                <textarea readonly rows=rows.to_string() spellcheck="false" aria-label="Fit in EFT format">
                    {kill.eft.clone()}
                </textarea>
            </details>
        }
    });
    let outside = |href: String, name: &'static str| {
        view! { <a class="button" href=href rel="noopener external">{name} " " <Icon name="external"/></a> }
    };
    view! {
        <div class="exports">
            <div class="export-links">
                {copy}
                <a class="button" href=format!("/api/v1/killmails/{id}/raw") rel="external">"Raw JSON"</a>
                {outside(format!("https://zkillboard.com/kill/{id}/"), "zKillboard")}
                {outside(format!("https://eve-kill.com/kill/{id}"), "EVE-KILL")}
            </div>
            {fit}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::fitted_frigate;

    fn html(kill: &KillDetail) -> String {
        Owner::new().with(|| kill_facts(kill).to_html())
    }

    #[test]
    fn a_place_leads_to_its_kills() {
        let near = |id: Option<i64>| {
            let (name, kind) = ("Jita IV - Moon 4".to_owned(), domain::static_data::CelestialKind::Moon);
            let id = id.map(domain::CelestialId);
            let nearest = Some(contract::NearestCelestial { id, name, kind, distance_m: 12_400.0 });
            html(&KillDetail { nearest, ..fitted_frigate() })
        };
        assert!(near(Some(40_009_087)).contains("href=\"/?location=40009087\""));
        let unnumbered = near(None);
        assert!(unnumbered.contains("from Jita IV - Moon 4") && !unnumbered.contains("location="), "{unnumbered}");
    }

    #[test]
    fn a_war_leads_to_its_kills() {
        let of_war = html(&KillDetail { war_id: Some(domain::WarId(712_608)), ..fitted_frigate() });
        assert!(of_war.contains("declared war 712608") && of_war.contains("href=\"/?war_id=712608\""), "{of_war}");
        assert!(!html(&fitted_frigate()).contains("war_id"));
    }
}
