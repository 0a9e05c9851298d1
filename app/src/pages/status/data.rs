//! The panel about the data: enrichment of stored kills, dead letters, prices, caches.

use crate::{
    components::{
        data_table::{Column, WideTable},
        facts::fact,
        time::DateTime,
    },
    format,
};
use contract::{CacheHealth, DataHealth, EnrichmentHealth, PriceHealth, PriceSourceHealth, StatusReport};
use domain::Timestamp;
use leptos::prelude::*;

const PRICE_COLUMNS: &[Column] = &[
    Column::Text("Source"),
    Column::Number("Prices"),
    Column::Number("Unknown"),
    Column::Number("Newest"),
    Column::Number("Oldest"),
];
const CACHE_COLUMNS: &[Column] =
    &[Column::Text("Cache"), Column::Number("Entries"), Column::Number("Hits"), Column::Number("Evicted")];

pub fn data_panel(report: &StatusReport) -> AnyView {
    let data = &report.data;
    view! {
        <section class="panel data-status" aria-labelledby="data-heading">
            <h2 id="data-heading">"Data"</h2>
            <div class="data-columns">
                <section aria-labelledby="enrichment-heading">
                    <h3 id="enrichment-heading">"Enrichment"</h3>
                    {enrichment(data, report)}
                </section>
                <section aria-labelledby="prices-heading">
                    <h3 id="prices-heading">"Prices"</h3>
                    {prices(&report.prices, report.now)}
                </section>
                <section aria-labelledby="caches-heading">
                    <h3 id="caches-heading">"Caches"</h3>
                    {caches(&data.caches)}
                </section>
            </div>
        </section>
    }
    .into_any()
}

fn enrichment(data: &DataHealth, report: &StatusReport) -> AnyView {
    let letters = format::count(report.store.dead_letters);
    let counts = match &data.enrichment {
        Some(health) => counts(health),
        None => view! { <p class="empty-note">"The database could not be asked."</p> }.into_any(),
    };
    view! {
        <dl class="facts">
            {fact("Dead letters", view! { {letters} <span class="fact-aside">"waiting"</span> }, false)}
        </dl>
        {counts}
    }
    .into_any()
}

fn counts(health: &EnrichmentHealth) -> AnyView {
    let of_all = |kills: u64| {
        let share = format::percent(kills as f64 / health.kills.max(1) as f64);
        view! { {format::count(kills)} <span class="fact-aside">{share}</span> }.into_any()
    };
    let versions = health
        .versions
        .iter()
        .map(|count| {
            let is_current = count.version == health.current_version;
            let word = if is_current { "current" } else { "to be enriched again" };
            let kills = view! { {of_all(count.kills)} <span class="fact-aside">{word}</span> };
            fact(format!("Version {}", count.version), kills, !is_current)
        })
        .collect_view();
    let since = health.oldest.map(|oldest| {
        view! {
            <p class="section-aside">
                {format!("Of the newest {}, since ", format::counted(health.kills, "kill", "kills"))}
                <DateTime at=oldest/> "; counted " <DateTime at=health.counted_at/> "."
            </p>
        }
    });
    let none = (health.kills == 0).then(|| view! { <p class="empty-note">"No kill in the last 30 days."</p> });
    view! {
        <dl class="facts">
            {versions}
            {fact("Failed", of_all(health.failed), false)}
            {fact("Price missing", of_all(health.unpriced), false)}
            {fact("No value", of_all(health.worthless), false)}
            {fact("No tags", of_all(health.untagged), false)}
        </dl>
        {since}
        {none}
    }
    .into_any()
}

fn prices(prices: &PriceHealth, now: Timestamp) -> AnyView {
    if prices.sources.is_empty() {
        return view! { <p class="empty-note">"No price is known yet."</p> }.into_any();
    }
    let rows = prices.sources.iter().map(|source| price_row(source, now)).collect_view();
    let waiting = (prices.waiting > 0).then(|| {
        let types = format::counted(prices.waiting, "type waits", "types wait");
        view! { <p class="section-aside">{types} " to be asked for."</p> }
    });
    view! {
        <WideTable name="prices" caption="Sources of prices, best first" columns=PRICE_COLUMNS>{rows}</WideTable>
        {waiting}
    }
    .into_any()
}

fn price_row(source: &PriceSourceHealth, now: Timestamp) -> AnyView {
    let age = |at: Option<Timestamp>| at.map_or_else(|| "—".to_owned(), |at| format::age(at, now));
    // A failure that a later success has mended is no news.
    let failure = source.last_error.clone().filter(|_| source.last_error_at > source.last_success_at);
    let state = match (source.is_in_use, failure) {
        (false, _) => Some("not in use: no key".to_owned()),
        (true, Some(reason)) => Some(format!("fails: {reason}")),
        (true, None) => None,
    };
    view! {
        <tr>
            <th scope="row">
                {source.source.label()}
                {state.map(|state| view! { <span class="data-state">{state}</span> })}
            </th>
            <td class="number">{format::count(source.prices)}</td>
            <td class="number">{format::count(source.unknown)}</td>
            <td class="number">{age(source.newest)}</td>
            <td class="number">{age(source.oldest)}</td>
        </tr>
    }
    .into_any()
}

/// Some caches are bounded otherwise than by number.
fn entries(cache: &CacheHealth) -> String {
    match cache.capacity {
        0 => format::count(cache.entries),
        capacity => format!("{} / {}", format::count(cache.entries), format::count(capacity)),
    }
}

fn caches(caches: &[CacheHealth]) -> AnyView {
    if caches.is_empty() {
        return view! { <p class="empty-note">"No cache reports."</p> }.into_any();
    }
    let rows = caches
        .iter()
        .map(|cache| {
            let asked = cache.hits + cache.misses;
            let rate = match asked {
                0 => "—".to_owned(),
                asked => format::percent(cache.hits as f64 / asked as f64),
            };
            view! {
                <tr>
                    <th scope="row">{cache.name.clone()}</th>
                    <td class="number">{entries(cache)}</td>
                    <td class="number">{rate}</td>
                    <td class="number">{format::count(cache.evictions)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <WideTable name="caches" caption="Caches of this server" columns=CACHE_COLUMNS>{rows}</WideTable>
    }
    .into_any()
}
