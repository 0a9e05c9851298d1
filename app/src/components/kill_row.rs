//! One kill in a list: what was lost, worth what, by whom, to whom, where, when.
//!
//! The row as a whole opens the kill: its first cell is the link, whose hit area covers the row. Every name is a link
//! of its own that narrows the list. Both are plain addresses. The three densities are a matter of `kill_list.css`.

use crate::{
    components::{
        filter_link::narrowed,
        fit_number::{FitNumber, short},
        icon::Icon,
        isk::IskAmount,
        kill_kind,
        order::word,
        party::{self, PartyNames},
        security::SecurityBadge,
        tag_words::tag_line,
        time::Age,
        type_image::{Picture, TypeImage},
    },
    routes,
};
use domain::{EntityKind, Isk, KillFilter, KillSummary, KillmailId, sort::Ranking};
use leptos::prelude::*;

/// What the row's link is called: the whole kill in one sentence.
pub fn headline(kill: &KillSummary) -> String {
    let value = kill.total_value.map(|isk| format!(", {} ISK", isk.short())).unwrap_or_default();
    let killer = kill.final_blow.as_ref().map(|blow| format!(" to {}", party::main_name(&blow.party)));
    format!(
        "{} lost {} in {}{}{value}",
        party::main_name(&kill.victim),
        kill.ship.display_name(),
        kill.place.display_name(),
        killer.unwrap_or_default(),
    )
}

/// A row.
#[component]
pub fn KillRow(
    kill: KillSummary,
    /// The filter that links in the row narrow.
    #[prop(optional)]
    base: KillFilter,
    /// The kill shown beside the list, if the list has a detail panel.
    #[prop(optional, into)]
    selected: Option<Signal<Option<KillmailId>>>,
    /// Arrived while the reader was watching: flashes once.
    #[prop(optional)]
    is_new: bool,
    /// What the list is ordered by, if not by time: the number that is shown.
    #[prop(optional)]
    ranking: Option<Ranking>,
) -> impl IntoView {
    let id = kill.killmail_id;
    let kind = kill.ship.kind;
    let is_selected = move || selected.is_some_and(|selected| selected.get() == Some(id));
    let ship = kill.ship.display_name();
    let about_ship = format!("{ship}: fits and losses");
    let ship_link = narrowed(&base, EntityKind::Type, kill.ship.type_id.0);
    let group = kill.ship.group_id.zip(kill.ship.group_name.clone()).map(|(id, name)| {
        view! { <a class="name-link" href=narrowed(&base, EntityKind::Group, id.0)>{name}</a> }
    });
    let system_link = narrowed(&base, EntityKind::System, kill.place.solar_system_id.0);
    let region = kill.place.region_id.zip(kill.place.region_name.clone()).map(|(id, name)| {
        view! { <a class="name-link" href=narrowed(&base, EntityKind::Region, id.0)>{name}</a> }
    });
    view! {
        <li
            class="kill-row"
            data-kind=kill_kind::glyph(kind)
            data-kill=id.to_string()
            data-new=is_new.then_some("true")
            data-selected=move || is_selected().then_some("true")
        >
            <a
                class="kill-open"
                href=routes::kill(id)
                aria-label=headline(&kill)
                aria-current=move || is_selected().then_some("true")
            >
                <Icon name=kill_kind::glyph(kind)/>
                <span class="kill-outcome" title=kill_kind::word(kind) aria-hidden="true">"Loss"</span>
            </a>
            <a class="kill-hull" href=routes::of_type(kill.ship.type_id) title="Fits and losses" aria-label=about_ship>
                <TypeImage picture=Picture::of_ship(&kill.ship) size=40/>
            </a>
            <div class="kill-ship">
                <span class="kill-line">
                    <a class="name-link kill-name" href=ship_link>{ship}</a>
                    <Badges kill=kill.clone() base=base.clone()/>
                </span>
                <span class="kill-second">
                    <span class="kill-sub">{group}</span>
                    {tag_line(&kill.module_tags, &base)}
                </span>
            </div>
            <div class="kill-value">{number(&kill, ranking.unwrap_or(Ranking::Value), &base)}</div>
            <div class="kill-victim">
                <TypeImage picture=Picture::of_party(&kill.victim) size=40/>
                <PartyNames party=kill.victim.clone() base=base.clone()/>
            </div>
            <div class="kill-killer">{killer(&kill, &base)}</div>
            <div class="kill-place">
                {security(&kill, &base)}
                <span class="kill-where">
                    <a class="name-link kill-system" href=system_link>{kill.place.display_name()}</a>
                    <span class="kill-sub">{region}</span>
                </span>
            </div>
            <div class="kill-age"><Age at=kill.killmail_time/></div>
        </li>
    }
}

/// Words about the fight, never colour alone. Those that can be filtered by are links.
#[component]
fn Badges(kill: KillSummary, base: KillFilter) -> impl IntoView {
    let badge = |kind: &'static str, word: &'static str, title: &'static str| {
        view! { <span class="badge" data-badge=kind title=title>{word}</span> }
    };
    let link = |show: bool, filter: KillFilter, badge: AnyView| {
        show.then(|| view! { <a class="name-link mark-link" href=routes::live(&filter)>{badge}</a> })
    };
    let solo = KillFilter { solo: Some(true), ..base.clone() };
    let npc = KillFilter { npc: Some(true), ..base };
    view! {
        {link(kill.is_solo, solo, badge("solo", "Solo", "One pilot did it alone").into_any())}
        {link(kill.is_npc, npc, badge("npc", "NPC", "No player took part").into_any())}
        {kill.is_awox.then(|| badge("awox", "Awox", "Killed by their own corporation"))}
        {kill.enrichment_failed.then(|| view! {
            <span class="badge" data-badge="warning" title="Some facts could not be worked out yet">
                <Icon name="warning"/>
                "Partial"
            </span>
        })}
    }
}

/// What it was worth, took or dealt: a link to kills with as much or more.
fn number(kill: &KillSummary, ranking: Ranking, base: &KillFilter) -> AnyView {
    let base = base.clone();
    let of_fit = |number: Option<i64>, unit| {
        let is_lower_bound = kill.fit_is_lower_bound;
        number.map(|number| {
            view! { <FitNumber number=number unit=unit is_lower_bound=is_lower_bound is_short=true/> }.into_any()
        })
    };
    let value = || view! { <IskAmount value=kill.total_value is_lower_bound={kill.unpriced_types > 0}/> }.into_any();
    let (shown, words, filter) = match ranking {
        Ranking::Value => {
            let words = kill.total_value.map(Isk::short);
            (Some(value()), words, KillFilter { min_value: kill.total_value, ..base })
        }
        Ranking::Ehp => {
            let filter = KillFilter { min_ehp: kill.ehp, ..base };
            (of_fit(kill.ehp, word(ranking)), kill.ehp.map(short), filter)
        }
        Ranking::Dps => {
            let filter = KillFilter { min_dps: kill.dps, ..base };
            (of_fit(kill.dps, word(ranking)), kill.dps.map(short), filter)
        }
    };
    let Some(words) = words else { return shown.into_any() };
    let label = format!("{words} {} or more", word(ranking));
    view! { <a class="name-link mark-link" href=routes::live(&filter) aria-label=label>{shown}</a> }.into_any()
}

/// The security of the place, a link to kills in the same band.
fn security(kill: &KillSummary, base: &KillFilter) -> AnyView {
    let badge = view! { <SecurityBadge place=kill.place.clone()/> };
    let Some(band) = kill.place.band else { return badge.into_any() };
    let href = routes::live(&KillFilter { band: vec![band], ..base.clone() });
    view! { <a class="name-link mark-link" href=href>{badge}</a> }.into_any()
}

/// Who got the final blow, and how many were with them.
fn killer(kill: &KillSummary, base: &KillFilter) -> impl IntoView {
    let others = kill.attacker_count.saturating_sub(1);
    let count = (others > 0).then(|| {
        let title = format!("{} attackers, {} of them players", kill.attacker_count, kill.player_attacker_count);
        view! { <span class="kill-count" title=title>"+"{others}<span class="sr-only">" others"</span></span> }
    });
    match &kill.final_blow {
        Some(blow) => {
            let is_nameless = party::main_entity(&blow.party).is_none() && blow.party.faction.is_none();
            let (picture, names) = match (&blow.ship, is_nameless) {
                // An NPC or a structure: its type is the best name there is.
                (Some(ship), true) => {
                    let name = ship.display_name();
                    let names = view! { <span class="party"><span class="party-main">{name}</span></span> };
                    (Picture::of_ship(ship), names.into_any())
                }
                _ => {
                    let names = view! { <PartyNames party=blow.party.clone() base=base.clone()/> };
                    (Picture::of_party(&blow.party), names.into_any())
                }
            };
            view! {
                <TypeImage picture=picture size=40/>
                <span class="sr-only">"Final blow: "</span>
                {names}
                {count}
            }
            .into_any()
        }
        None => view! { <span class="party"><span class="party-main">"Unknown"</span></span>{count} }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    /// The addresses that a row of a list filtered by Rifters leads to.
    fn links(kill: KillSummary) -> Vec<String> {
        let base = KillFilter::from_query("ship_type_id=587", &[]).unwrap();
        let html = Owner::new().with(|| {
            crate::components::time::provide_clock();
            view! { <KillRow kill=kill base=base/> }.to_html()
        });
        html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    }

    #[test]
    fn every_mark_of_a_row_filters_by_itself_within_the_list() {
        let mut kill = testing::kill(3);
        kill.total_value = Some(Isk::from_hundredths(123_456_789));
        (kill.is_solo, kill.is_npc, kill.is_awox) = (true, false, true);
        let band = kill.place.band.expect("a known place").as_str();
        let solo = links(kill.clone());
        let within = |filter: &str| format!("/?{filter}");
        for filter in [
            format!("band={band}&amp;ship_type_id=587"),
            "ship_type_id=587&amp;min_value=1234567.89".to_owned(),
            "ship_type_id=587&amp;solo=true".to_owned(),
        ] {
            assert!(solo.contains(&within(&filter)), "{filter}: {solo:?}");
        }
        (kill.is_solo, kill.is_npc, kill.total_value, kill.place.band) = (false, true, None, None);
        let npc = links(kill);
        assert!(npc.contains(&within("ship_type_id=587&amp;npc=true")), "{npc:?}");
        assert!(
            !npc.iter().any(|href| href.contains("min_value") || href.contains("band=") || href.contains("solo")),
            "what is unknown cannot be filtered by: {npc:?}"
        );
    }
}
