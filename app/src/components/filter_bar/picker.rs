//! The combobox of the filter bar.

use super::change::Change;
use crate::components::{
    combobox::Asked,
    dom,
    icon::Icon,
    search_box::{HitList, Search},
};
use contract::SearchHit;
use domain::{EntityKind, KillFilter};
use leptos::{ev, prelude::*};

/// Finds a place, ship or pilot by name and adds it to the filter.
#[component]
pub(super) fn EntityPicker(change: Change) -> impl IntoView {
    let search = Search::new("filter-hit");
    let (is_open, set_open) = signal(false);
    let is_shown = move || is_open.get() && search.text.with(|text| text.trim().chars().count() >= 2);
    let pick = Callback::new(move |hit: SearchHit| {
        search.clear();
        change.apply(|filter| add(filter, &hit));
    });
    let on_key = move |event: ev::KeyboardEvent| match search.combobox.press(&event) {
        Some(Asked::Choose(index)) => {
            event.prevent_default();
            if let Some(hit) = index.and_then(|index| search.hit(index)) {
                pick.run(hit);
            }
        }
        Some(Asked::Close) => {
            search.clear();
            dom::blur();
        }
        Some(Asked::Move(_)) | None => {}
    };
    view! {
        <div class="entity-picker">
            <Icon name="filter"/>
            <input
                id="filter-entity"
                type="text"
                role="combobox"
                aria-label="Filter by place, ship, pilot, corporation or alliance"
                aria-expanded=move || if is_shown() { "true" } else { "false" }
                aria-controls="filter-hits"
                aria-autocomplete="list"
                aria-activedescendant=move || is_shown().then(|| search.combobox.active_id()).flatten()
                placeholder="Filter by place, ship, pilot, corporation…"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || search.text.get()
                on:input:target=move |event| search.typed(event.target().value())
                on:focus=move |_| set_open.set(true)
                on:blur=move |_| set_open.set(false)
                on:keydown=on_key
            />
            <kbd aria-hidden="true">"/"</kbd>
            <div class="entity-hits" hidden=move || !is_shown()>
                <p class="entity-message" role="status">
                    {move || {
                        if let Some(error) = search.error.get() {
                            Some(error.message)
                        } else if search.is_busy.get() {
                            Some("Searching…".to_owned())
                        } else {
                            search.hits.with(Vec::is_empty).then(|| "Nothing found.".to_owned())
                        }
                    }}
                </p>
                <HitList id="filter-hits" search=search on_pick=pick/>
            </div>
        </div>
    }
}

fn add(filter: &mut KillFilter, hit: &SearchHit) {
    fn push<I: From<i64> + PartialEq>(ids: &mut Vec<I>, id: i64) {
        if !ids.contains(&I::from(id)) {
            ids.push(id.into());
        }
    }
    match hit.kind {
        Some(EntityKind::Character) => push(&mut filter.character_id, hit.id),
        Some(EntityKind::Corporation) => push(&mut filter.corporation_id, hit.id),
        Some(EntityKind::Alliance) => push(&mut filter.alliance_id, hit.id),
        Some(EntityKind::System) => push(&mut filter.system_id, hit.id),
        Some(EntityKind::Constellation) => push(&mut filter.constellation_id, hit.id),
        Some(EntityKind::Region) => push(&mut filter.region_id, hit.id),
        Some(EntityKind::Type) => push(&mut filter.ship_type_id, hit.id),
        Some(EntityKind::Group) => push(&mut filter.group_id, hit.id),
        Some(EntityKind::Faction) | None => {}
    }
}
