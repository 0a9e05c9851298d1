//! Who someone flew for: pilot, corporation, alliance; each name a link that narrows the list by it.

use crate::components::filter_link::narrowed;
use domain::{EntityKind, KillFilter, Party};
use leptos::prelude::*;

/// A name as text; unnamed things say their id.
fn or_id(name: Option<&str>, kind: &str, id: i64) -> String {
    name.map_or_else(|| format!("{kind} {id}"), str::to_owned)
}

/// The most telling name of a party: pilot, else corporation, else faction.
pub fn main_name(party: &Party) -> String {
    if let Some(pilot) = &party.character {
        or_id(pilot.name.as_deref(), "Pilot", pilot.id.0)
    } else if let Some(corporation) = &party.corporation {
        or_id(corporation.name.as_deref(), "Corporation", corporation.id.0)
    } else if let Some(faction) = &party.faction {
        or_id(faction.name.as_deref(), "Faction", faction.id.0)
    } else {
        "Unknown".to_owned()
    }
}

/// What the main name stands for, when it can be filtered by.
pub fn main_entity(party: &Party) -> Option<(EntityKind, i64)> {
    if let Some(pilot) = &party.character {
        Some((EntityKind::Character, pilot.id.0))
    } else {
        party.corporation.as_ref().map(|corporation| (EntityKind::Corporation, corporation.id.0))
    }
}

/// Corporation and alliance of a party, by name, as far as they are not its main name already.
pub fn group_names(party: &Party) -> Vec<(EntityKind, i64, String)> {
    let mut names = Vec::new();
    if let (Some(corporation), true) = (&party.corporation, party.character.is_some()) {
        let name = or_id(corporation.name.as_deref(), "Corporation", corporation.id.0);
        names.push((EntityKind::Corporation, corporation.id.0, name));
    }
    if let Some(alliance) = &party.alliance {
        let name = or_id(alliance.name.as_deref(), "Alliance", alliance.id.0);
        names.push((EntityKind::Alliance, alliance.id.0, name));
    }
    names
}

/// The pilot's name as a link; text when there is nothing to filter by.
pub fn main_link(party: &Party, base: &KillFilter) -> AnyView {
    let name = main_name(party);
    match main_entity(party) {
        Some((kind, id)) => view! { <a class="name-link" href=narrowed(base, kind, id)>{name}</a> }.into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    }
}

/// Two lines: the pilot, then corporation and alliance. `base` is the filter the links narrow.
#[component]
pub fn PartyNames(
    party: Party,
    #[prop(optional)] base: KillFilter,
    /// Stands for the name of someone who has none.
    #[prop(default = None)]
    otherwise: Option<String>,
) -> impl IntoView {
    let is_nobody = party.character.is_none() && party.corporation.is_none() && party.faction.is_none();
    let main = match otherwise.filter(|_| is_nobody) {
        Some(name) => view! { <span>{name}</span> }.into_any(),
        None => main_link(&party, &base),
    };
    let groups = group_names(&party)
        .into_iter()
        .map(|(kind, id, name)| view! { <a class="name-link" href=narrowed(&base, kind, id)>{name}</a> })
        .collect_view();
    view! {
        <span class="party">
            <span class="party-main">{main}</span>
            <span class="party-groups">{groups}</span>
        </span>
    }
}
