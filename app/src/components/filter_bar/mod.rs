//! The filter of the live list: a plain form that works without JavaScript; with it every change applies at once.
//! The filter itself lives in the URL; nothing here remembers it.

mod bound;
mod change;
mod chips;
mod picker;
mod tag_picker;

pub use chips::FilterChips;

use crate::routes;
use bound::{AttackerBounds, Bound, BoundField, FitBounds};
use change::Change;
use domain::{FilterField, KillFilter, SecurityBand, Side, filter::FieldShape};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use picker::EntityPicker;
use tag_picker::TagPicker;

#[component]
pub fn FilterBar(#[prop(into)] filter: Signal<KillFilter>) -> impl IntoView {
    let navigate = use_navigate();
    let go = Callback::new(move |filter: KillFilter| {
        navigate(&routes::live(&filter), NavigateOptions { scroll: false, ..NavigateOptions::default() });
    });
    let change = Change { filter, go };
    let lists = move || filter.with(hidden_lists);
    view! {
        <form class="filter-bar" method="get" action=routes::LIVE aria-label="Filter" role="search">
            <EntityPicker change=change/>
            <TagPicker change=change/>
            <div class="filter-more">
            <fieldset class="band-chips">
                <legend class="sr-only">"Security"</legend>
                {SecurityBand::ALL.into_iter().map(|band| band_chip(band, change)).collect_view()}
            </fieldset>
            <BoundField bound=Bound::MIN_VALUE change=change/>
            <BoundField bound=Bound::MAX_VALUE change=change/>
            {yes_no(&SOLO, change)}
            {yes_no(&NPC, change)}
            <label class="filter-field">
                <span class="sr-only">"Side of pilots and ships"</span>
                <select
                    name="side"
                    prop:value=move || filter.with(|f| f.side.map_or("", Side::as_str))
                    on:change:target=move |event| {
                        let value = event.target().value();
                        change.apply(|f| {
                            f.side = match value.as_str() {
                                "victim" => Some(Side::Victim),
                                "attacker" => Some(Side::Attacker),
                                _ => None,
                            }
                        });
                    }
                >
                    <option value="" selected=filter.with_untracked(|f| f.side.is_none())>"Either side"</option>
                    <option value="victim" selected=filter.with_untracked(|f| f.side == Some(Side::Victim))>
                        "As victim"
                    </option>
                    <option value="attacker" selected=filter.with_untracked(|f| f.side == Some(Side::Attacker))>
                        "As attacker"
                    </option>
                </select>
            </label>
            <AttackerBounds change=change/>
            <FitBounds change=change/>
            </div>
            // What the form has no field for stays as it is.
            {lists}
            <noscript>
                <button type="submit" class="button">"Apply"</button>
                <a href=routes::SEARCH>"Find a pilot, ship or place"</a>
            </noscript>
        </form>
    }
}

/// Whether the form has a field that says all of what the filter wants there.
fn has_control(field: FilterField, filter: &KillFilter) -> bool {
    match (field, field.shape()) {
        (FilterField::Tank, _) => filter.tank.is_empty() || !bound::tank_word(filter).is_empty(),
        (_, FieldShape::Words | FieldShape::Amount | FieldShape::Flag) => true,
        (_, FieldShape::Ids | FieldShape::Moment) => false,
    }
}

fn hidden_lists(filter: &KillFilter) -> impl IntoView + use<> {
    filter
        .parameters()
        .filter(|(field, _)| !has_control(*field, filter))
        .map(|(field, value)| view! { <input type="hidden" name=field.name() value=value/> })
        .collect_view()
}

fn band_chip(band: SecurityBand, change: Change) -> impl IntoView {
    let filter = change.filter;
    let is_on = move || filter.with(|f| f.band.contains(&band));
    let short = match band {
        SecurityBand::Highsec => "High",
        SecurityBand::Lowsec => "Low",
        SecurityBand::Nullsec => "Null",
        SecurityBand::Wspace => "W-space",
        SecurityBand::Abyssal => "Abyss",
        SecurityBand::Pochven => "Pochven",
    };
    view! {
        <label class="band-chip" data-band=band.as_str()>
            <input
                type="checkbox"
                name="band"
                value=band.as_str()
                checked=filter.with_untracked(|f| f.band.contains(&band))
                prop:checked=is_on
                on:change:target=move |event| {
                    let is_on = event.target().checked();
                    change.apply(|f| {
                        f.band.retain(|other| *other != band);
                        if is_on {
                            f.band.push(band);
                        }
                    });
                }
            />
            <span>{short}</span>
        </label>
    }
}

/// A question with three answers: only those, none of those, both.
struct YesNo {
    field: FilterField,
    what: &'static str,
    both: &'static str,
    only: &'static str,
    none: &'static str,
    get: fn(&KillFilter) -> Option<bool>,
    set: fn(&mut KillFilter, Option<bool>),
}

static SOLO: YesNo = YesNo {
    field: FilterField::Solo,
    what: "Solo",
    both: "Solo and gang",
    only: "Solo only",
    none: "No solo",
    get: |filter| filter.solo,
    set: |filter, value| filter.solo = value,
};

static NPC: YesNo = YesNo {
    field: FilterField::Npc,
    what: "NPC",
    both: "Players and NPC",
    only: "NPC only",
    none: "No NPC",
    get: |filter| filter.npc,
    set: |filter, value| filter.npc = value,
};

fn yes_no(question: &'static YesNo, change: Change) -> impl IntoView {
    let YesNo { field, what, both, only, none, get, set } = question;
    let filter = change.filter;
    let word = |value: Option<bool>| value.map_or("", |value| if value { "true" } else { "false" });
    view! {
        <label class="filter-field">
            <span class="sr-only">{*what}</span>
            <select
                name=field.name()
                prop:value=move || filter.with(|f| word(get(f)))
                on:change:target=move |event| {
                    let value = match event.target().value().as_str() {
                        "true" => Some(true),
                        "false" => Some(false),
                        _ => None,
                    };
                    change.apply(|f| set(f, value));
                }
            >
                <option value="" selected=filter.with_untracked(|f| get(f).is_none())>{*both}</option>
                <option value="true" selected=filter.with_untracked(|f| get(f) == Some(true))>{*only}</option>
                <option value="false" selected=filter.with_untracked(|f| get(f) == Some(false))>{*none}</option>
            </select>
        </label>
    }
}
