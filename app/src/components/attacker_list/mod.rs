//! Attackers of a kill: the final blow and the top damage as cards, who was there in numbers, then every attacker by
//! damage with the damage as a bar behind the row and as a number.
//!
//! All rows are in the document; those past the first fifty are folded away and skipped by layout until opened.

pub mod groups;

use crate::{
    components::{
        party::{PartyNames, main_name},
        type_image::{Picture, TypeImage},
    },
    format, routes,
};
use contract::AttackerRow;
use leptos::prelude::*;

/// Rows shown at once.
const SHOWN: usize = 50;
/// Sides and ships shown at once.
const SHOWN_SIDES: usize = 6;

/// Cards of the final blow and of the most damage; one card when they are the same attacker.
pub fn attacker_cards(attackers: &[AttackerRow]) -> AnyView {
    let final_blow = attackers.iter().find(|attacker| attacker.final_blow);
    let top = attackers.iter().max_by_key(|attacker| attacker.damage_done).filter(|top| top.damage_done > 0);
    let cards: Vec<AnyView> = match (final_blow, top) {
        (Some(blow), Some(top)) if std::ptr::eq(blow, top) => vec![card("Final blow and top damage", blow)],
        (blow, top) => [("Final blow", blow), ("Top damage", top)]
            .into_iter()
            .filter_map(|(title, attacker)| attacker.map(|attacker| card(title, attacker)))
            .collect(),
    };
    let without_blow = final_blow.is_none().then(|| {
        view! { <p class="empty-note">"The killmail names no final blow."</p> }
    });
    view! { <div class="attacker-cards">{cards} {without_blow}</div> }.into_any()
}

fn card(title: &'static str, attacker: &AttackerRow) -> AnyView {
    let ship = attacker.ship.clone();
    let face = match Picture::of_party(&attacker.party) {
        Picture::Nobody => ship.as_ref().map_or(Picture::Nobody, Picture::of_ship),
        face => face,
    };
    view! {
        <article class="attacker-card" data-kind=if attacker.final_blow { "final-blow" } else { "top-damage" }>
            <h3>{title}</h3>
            <TypeImage picture=face size=64/>
            <div class="attacker-card-words">
                // An NPC or structure without any owner is named by its ship.
                <PartyNames
                    party=attacker.party.clone()
                    otherwise=attacker.ship.as_ref().map(domain::ShipRef::display_name)
                />
                <p class="attacker-craft">{craft(attacker)}</p>
                <p class="attacker-card-damage">
                    <strong>{format::count(attacker.damage_done.unsigned_abs())}</strong>
                    " damage · "
                    {format::percent(attacker.damage_share)}
                </p>
            </div>
            {ship.map(|ship| view! { <TypeImage picture=Picture::of_ship(&ship) size=64/> })}
        </article>
    }
    .into_any()
}

/// "Sabre with Caldari Navy Nova Light Missile"; the weapon only where it says more than the ship.
fn craft(attacker: &AttackerRow) -> String {
    let ship = attacker.ship.as_ref().map(domain::ShipRef::display_name);
    let weapon = attacker.weapon.as_ref().map(domain::ShipRef::display_name);
    match (ship, weapon) {
        (Some(ship), Some(weapon)) if ship != weapon => format!("{ship} · {weapon}"),
        (Some(ship), _) => ship,
        (None, Some(weapon)) => format!("Unknown ship · {weapon}"),
        (None, None) => "Unknown ship".to_owned(),
    }
}

/// Who was there: sides with counts and damage, ships with counts.
pub fn attacker_summary(attackers: &[AttackerRow]) -> AnyView {
    let sides = groups::sides(attackers);
    let ships = groups::ships(attackers);
    let side_rows: Vec<AnyView> = sides
        .iter()
        .map(|side| {
            let name = side.name.clone();
            let name = match side.entity {
                Some((kind, id)) => view! { <a href=routes::entity(kind, id)>{name}</a> }.into_any(),
                None => name.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="number">{format::count(side.attackers as u64)}</td>
                    <td class="number">{format::percent(side.damage_share)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let ship_words = |ships: &[(String, usize)]| {
        ships
            .iter()
            .map(|(name, count)| {
                view! { <li><span class="number">{format!("{count} ×")}</span> " " {name.clone()}</li> }.into_any()
            })
            .collect::<Vec<_>>()
    };
    let (first_ships, more_ships) = ships.split_at(ships.len().min(SHOWN_SIDES));
    let more_ships = (!more_ships.is_empty()).then(|| {
        let label = format!("{} more", format::counted(more_ships.len() as u64, "ship type", "ship types"));
        view! { <details class="fold"><summary>{label}</summary><ul class="attacker-ships">{ship_words(more_ships)}</ul></details> }
    });
    let table = |caption: &'static str, rows: Vec<AnyView>| {
        view! {
            <table class="attacker-sides">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Alliance or corporation"</th>
                        <th scope="col" class="number">"Attackers"</th>
                        <th scope="col" class="number">"Damage"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let mut first_rows = side_rows;
    let more_rows = first_rows.split_off(first_rows.len().min(SHOWN_SIDES));
    let more_sides = (!more_rows.is_empty()).then(|| {
        let label = format!("{} more", format::counted(more_rows.len() as u64, "side", "sides"));
        view! { <details class="fold"><summary>{label}</summary>{table("Further sides", more_rows)}</details> }
    });
    view! {
        <div class="attacker-summary">
            {table("Attackers by alliance or corporation", first_rows)}
            {more_sides}
            <h3>"Ships flown"</h3>
            <ul class="attacker-ships">{ship_words(first_ships)}</ul>
            {more_ships}
        </div>
    }
    .into_any()
}

/// Every attacker, by damage.
pub fn attacker_list(attackers: &[AttackerRow]) -> AnyView {
    let most = attackers.iter().map(|attacker| attacker.damage_done).max().unwrap_or(0);
    let total = attackers.len();
    let (first, rest) = attackers.split_at(total.min(SHOWN));
    let row = |attacker: &AttackerRow| attacker_row(attacker, most);
    let rest = (!rest.is_empty()).then(|| {
        let rows = rest.iter().map(row).collect_view();
        view! {
            <details class="fold">
                <summary>{format!("Show all {}", format::count(total as u64))}</summary>
                <ol class="attacker-list" start=(SHOWN + 1).to_string()>
                    {rows}
                </ol>
            </details>
        }
    });
    view! {
        <ol class="attacker-list">{first.iter().map(row).collect_view()}</ol>
        {rest}
    }
    .into_any()
}

fn attacker_row(attacker: &AttackerRow, most: i64) -> AnyView {
    let party = &attacker.party;
    let length = if most > 0 { attacker.damage_done.max(0) as f64 / most as f64 * 100.0 } else { 0.0 };
    let name = match (party.character.is_some() || party.corporation.is_some(), &attacker.ship) {
        (false, Some(ship)) if party.faction.is_none() => ship.display_name(),
        _ => main_name(party),
    };
    let name = match crate::components::party::main_entity(party) {
        Some((kind, id)) => view! { <a class="name-link" href=routes::entity(kind, id)>{name}</a> }.into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    };
    let groups: Vec<String> =
        crate::components::party::group_names(party).into_iter().map(|(_, _, name)| name).collect();
    let is_npc = party.character.is_none();
    view! {
        <li class="attacker" data-final-blow=attacker.final_blow.then_some("true")>
            <svg class="attacker-bar" preserveAspectRatio="none" viewBox="0 0 100 1" aria-hidden="true">
                <rect width=format!("{length:.1}") height="1"/>
            </svg>
            <TypeImage picture=Picture::of_party(party) size=40/>
            {match &attacker.ship {
                Some(ship) => view! { <TypeImage picture=Picture::of_ship(ship) size=40/> }.into_any(),
                None => view! { <TypeImage picture=Picture::Nobody size=40/> }.into_any(),
            }}
            <span class="attacker-words">
                <span class="attacker-name">
                    {name} {is_npc.then(|| view! { <span class="badge" data-kind="npc">"NPC"</span> })}
                    {attacker.final_blow.then(|| view! { <span class="badge" data-kind="final-blow">"Final blow"</span> })}
                </span>
                {(!groups.is_empty()).then(|| view! { <span class="attacker-groups">{groups.join(" · ")}</span> })}
                <span class="attacker-craft">{craft(attacker)}</span>
            </span>
            <span class="attacker-damage">
                <span class="attacker-damage-number">{format::count(attacker.damage_done.unsigned_abs())}</span>
                <span class="sr-only">" damage, "</span>
                <span class="attacker-damage-share">{format::percent(attacker.damage_share)}</span>
            </span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{fitted_frigate, no_final_blow, npc_only, structure, unknown_types};

    fn list(attackers: &[AttackerRow]) -> String {
        attacker_list(attackers).to_html()
    }

    #[test]
    fn six_hundred_attackers_are_all_there_fifty_at_once() {
        let html = list(&structure(603).attackers);
        assert_eq!(html.matches("class=\"attacker\"").count(), 603);
        let fold = html.find("Show all 603").expect("a fold");
        assert_eq!(html[..fold].matches("class=\"attacker\"").count(), SHOWN);
        assert!(html.contains("start=\"51\""));
        assert!(!html.contains("style="));
    }

    #[test]
    fn damage_is_bar_number_and_share() {
        let html = list(&fitted_frigate().attackers);
        assert!(html.contains("<rect width=\"100.0\"") && html.contains("<rect width=\"33.3\""), "{html}");
        assert!(html.contains("3,000") && html.contains("75.0 %") && html.contains("Final blow"));
    }

    #[test]
    fn npcs_are_named_by_faction_or_ship() {
        let html = list(&npc_only().attackers);
        assert!(html.contains("Guristas Pirates") && html.contains("Pithum Nullifier") && html.contains("NPC"));
    }

    #[test]
    fn cards_merge_when_final_blow_did_most_and_admit_when_there_is_none() {
        let merged = attacker_cards(&fitted_frigate().attackers).to_html();
        assert!(merged.contains("Final blow and top damage"));
        let none = attacker_cards(&no_final_blow().attackers).to_html();
        assert!(none.contains("names no final blow") && none.contains("Top damage"));
    }

    #[test]
    fn an_unknown_ship_is_said() {
        assert!(list(&unknown_types().attackers).contains("Unknown ship · Unknown type 99999002"));
    }
}
