//! The filter of the live list: a plain form that works without JavaScript; with it every change applies at once.
//! The filter itself lives in the URL; nothing here remembers it.

mod chips;
mod picker;
mod tag_picker;

pub use chips::FilterChips;

use crate::routes;
use chips::plain;
use domain::{Isk, KillFilter, SecurityBand, Side};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use picker::EntityPicker;
use tag_picker::TagPicker;

/// Goes to the live list with a changed filter.
#[derive(Clone, Copy)]
struct Change {
    filter: Signal<KillFilter>,
    go: Callback<KillFilter>,
}

impl Change {
    fn apply(self, change: impl FnOnce(&mut KillFilter)) {
        let mut filter = self.filter.get_untracked();
        change(&mut filter);
        self.go.run(filter);
    }
}

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
            <AmountField name="min_value" label="Min ISK" change=change/>
            <AmountField name="max_value" label="Max ISK" change=change/>
            {yes_no("solo", "Solo", "Solo and gang", "Solo only", "No solo", change)}
            {yes_no("npc", "NPC", "Players and NPC", "NPC only", "No NPC", change)}
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

fn hidden_lists(filter: &KillFilter) -> impl IntoView + use<> {
    let mut rest = filter.clone();
    rest.band.clear();
    rest.tags.clear();
    (rest.min_value, rest.max_value, rest.solo, rest.npc, rest.side) = (None, None, None, None, None);
    let query = rest.to_query();
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        // Ids and times: nothing in them is escaped but commas and colons.
        .map(|(name, value)| (name.to_owned(), value.replace("%2C", ",").replace("%3A", ":")))
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
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

fn yes_no(
    name: &'static str,
    what: &'static str,
    both: &'static str,
    only: &'static str,
    none: &'static str,
    change: Change,
) -> impl IntoView {
    let get = move |f: &KillFilter| if name == "solo" { f.solo } else { f.npc };
    let filter = change.filter;
    let word = |value: Option<bool>| value.map_or("", |value| if value { "true" } else { "false" });
    view! {
        <label class="filter-field">
            <span class="sr-only">{what}</span>
            <select
                name=name
                prop:value=move || filter.with(|f| word(get(f)))
                on:change:target=move |event| {
                    let value = match event.target().value().as_str() {
                        "true" => Some(true),
                        "false" => Some(false),
                        _ => None,
                    };
                    change.apply(|f| if name == "solo" { f.solo = value } else { f.npc = value });
                }
            >
                <option value="" selected=filter.with_untracked(|f| get(f).is_none())>{both}</option>
                <option value="true" selected=filter.with_untracked(|f| get(f) == Some(true))>{only}</option>
                <option value="false" selected=filter.with_untracked(|f| get(f) == Some(false))>{none}</option>
            </select>
        </label>
    }
}

/// An ISK bound; takes `1.5b`. What cannot be read is said below the field and not applied.
#[component]
fn AmountField(name: &'static str, label: &'static str, change: Change) -> impl IntoView {
    let filter = change.filter;
    let (problem, set_problem) = signal(false);
    let is_min = name == "min_value";
    let text = move |f: &KillFilter| {
        let value = if is_min { f.min_value } else { f.max_value };
        value.map(plain).unwrap_or_default()
    };
    let problem_id = format!("{name}-problem");
    view! {
        <label class="filter-field filter-amount">
            <span class="sr-only">{label}</span>
            <input
                type="text"
                name=name
                placeholder=label
                inputmode="text"
                autocomplete="off"
                value=filter.with_untracked(text)
                prop:value=move || filter.with(text)
                aria-invalid=move || problem.get().then_some("true")
                aria-describedby=problem_id.clone()
                on:change:target=move |event| {
                    let text = event.target().value();
                    let value = if text.trim().is_empty() { Ok(None) } else { Isk::parse_human(&text).map(Some) };
                    set_problem.set(value.is_err());
                    if let Ok(value) = value {
                        change.apply(|f| if is_min { f.min_value = value } else { f.max_value = value });
                    }
                }
            />
            <span class="filter-problem" id=problem_id role="status">
                {move || problem.get().then_some("Write it like 1.5b or 250m.")}
            </span>
        </label>
    }
}
