//! Layout of the status page.

use super::{data::data_panel, static_data::static_data_panel};
use crate::{
    components::{
        data_table::{Column, WideTable},
        facts::facts,
        state_shape::StateShape,
        tiles::tile,
        time::DateTime,
    },
    format,
};
use contract::{FeedHealth, FeedState, QueueDepth, StatusReport};
use domain::{Source, Timestamp};
use leptos::prelude::*;

const FEED_COLUMNS: &[Column] = &[
    Column::Text("Source"),
    Column::Text("State"),
    Column::Text("Position"),
    Column::Text("Last event"),
    Column::Number("Events"),
    Column::Number("Malformed"),
    Column::Number("Reconnects"),
    Column::Text("Last error"),
];

pub fn status_view(report: &StatusReport, is_stale: bool) -> AnyView {
    let now = report.now;
    view! {
        <header class="status-header" data-health=health_key(report.feed.health)>
            <h1>"Status"</h1>
            <p class="status-verdict"><StateShape kind=health_key(report.feed.health)/> " " {verdict(report)}</p>
            <p class="status-time">
                "As of " <DateTime at=now/> " EVE time."
                <span class="status-stale" role="status">
                    {is_stale.then_some(" The server does not answer; these are the last numbers it gave.")}
                </span>
            </p>
        </header>
        {tiles(report)}
        <section class="panel" aria-labelledby="feeds-heading">
            <h2 id="feeds-heading">"Feeds"</h2>
            {feeds(&report.feed.feeds, now)}
        </section>
        <div class="status-columns">
            <section class="panel" aria-labelledby="queues-heading">
                <h2 id="queues-heading">"Queues"</h2>
                {queues(&report.queues)}
            </section>
            <section class="panel" aria-labelledby="upstreams-heading">
                <h2 id="upstreams-heading">"Upstreams"</h2>
                {super::upstreams::upstreams(&report.upstreams)}
            </section>
            <section class="panel" aria-labelledby="store-heading">
                <h2 id="store-heading">"Database"</h2>
                {store(report)}
            </section>
            <section class="panel" aria-labelledby="node-heading">
                <h2 id="node-heading">"Data and server"</h2>
                {node(report)}
            </section>
            {static_data_panel(&report.static_data)}
        </div>
        {data_panel(report)}
    }
    .into_any()
}

fn health_key(health: FeedHealth) -> &'static str {
    match health {
        FeedHealth::Connecting => "connecting",
        FeedHealth::Live => "live",
        FeedHealth::Fallback => "fallback",
        FeedHealth::Down => "down",
    }
}

fn verdict(report: &StatusReport) -> String {
    let feed = &report.feed;
    let source = feed.active.map_or("no feed", Source::label);
    let database = if report.store.is_up { "" } else { " The database is not reachable: kills are kept in memory." };
    let lag = feed.lag_ms.map(|lag| format!(", {} after the kill", format::lag(lag))).unwrap_or_default();
    match feed.health {
        FeedHealth::Live => format!("Kills arrive from {source}{lag}.{database}"),
        FeedHealth::Fallback => format!("The first feed fails; kills arrive from {source}{lag}.{database}"),
        FeedHealth::Connecting => format!("Connecting to the first feed.{database}"),
        FeedHealth::Down => format!("No feed delivers. New kills appear once one is back.{database}"),
    }
}

fn ago(at: Option<Timestamp>, now: Timestamp) -> String {
    at.map_or_else(|| "never".to_owned(), |at| format::age_in_words(at, now))
}

fn tiles(report: &StatusReport) -> AnyView {
    let lag = report.feed.lag_ms.map_or_else(|| "—".to_owned(), format::lag);
    let store = &report.store;
    view! {
        <dl class="tiles status-tiles">
            {tile("Lag", lag, "kill to arrival, median of the last 100")}
            {tile("Last kill", ago(report.feed.last_kill_received_at, report.now), "arrived")}
            {tile("Kills stored", format::count(store.kills_total), "estimate of the database")}
            {tile("Watching", format::count(report.watchers), "open live connections")}
            {tile("Up for", uptime(report), format!("since {}", format::date_time(report.started_at)))}
        </dl>
    }
    .into_any()
}

fn uptime(report: &StatusReport) -> String {
    let seconds = (report.now - report.started_at).num_seconds().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min {} s", seconds % 60),
        (0, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

fn feeds(feeds: &[FeedState], now: Timestamp) -> AnyView {
    if feeds.is_empty() {
        return view! { <p class="empty-note">"No feed is configured."</p> }.into_any();
    }
    let rows = feeds
        .iter()
        .map(|feed| {
            let (key, word) = match feed.state.as_str() {
                "active" => ("active", "Active"),
                "standby" => ("standby", "Standby"),
                "failed" => ("failed", "Failed"),
                "probing" => ("probing", "Probing"),
                _ => ("standby", "Unknown"),
            };
            view! {
                <tr data-active=feed.is_active.then_some("true")>
                    <th scope="row">{feed.source.label()}</th>
                    <td><span class="state"><StateShape kind=key/> " " {word}</span></td>
                    <td class="code-cell">{feed.position.clone().unwrap_or_else(|| "—".to_owned())}</td>
                    <td>{ago(feed.last_event_at, now)}</td>
                    <td class="number">{format::count(feed.events)}</td>
                    <td class="number">{format::count(feed.malformed)}</td>
                    <td class="number">{format::count(feed.reconnects)}</td>
                    <td class="error-cell">{feed.last_error.clone().unwrap_or_else(|| "none".to_owned())}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <WideTable name="feeds" caption="Feeds in order of preference" columns=FEED_COLUMNS>{rows}</WideTable>
    }
    .into_any()
}

fn queues(queues: &[QueueDepth]) -> AnyView {
    let rows = queues
        .iter()
        .map(|queue| {
            let capacity = queue.capacity.max(1);
            let label = format!("{}: {} of {}", queue.name, queue.depth, queue.capacity);
            // Above three quarters a queue slows the feed soon.
            let high = capacity * 3 / 4;
            view! {
                <li class="queue">
                    <span class="queue-name">{queue.name.clone()}</span>
                    <meter
                        aria-label=label
                        min="0"
                        max=capacity.to_string()
                        low=high.to_string()
                        high=high.to_string()
                        optimum="0"
                        value=queue.depth.min(capacity).to_string()
                    ></meter>
                    <span class="queue-number">
                        {format!("{} / {}", format::count(queue.depth), format::count(queue.capacity))}
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="queues">{rows}</ul> }.into_any()
}

fn store(report: &StatusReport) -> AnyView {
    let store = &report.store;
    let state = if store.is_up { ("active", "Reachable") } else { ("failed", "Not reachable") };
    let newest = match store.newest_kill_time {
        Some(at) => view! { <DateTime at=at/> }.into_any(),
        None => "none yet".into_any(),
    };
    facts([
        ("State", view! { <span class="state"><StateShape kind=state.0/> " " {state.1}</span> }.into_any()),
        ("Newest kill", newest),
        ("Partitions", format::count(store.partitions).into_any()),
        ("Size on disk", format::bytes(store.database_bytes).into_any()),
        ("Dead letters", format::count(store.dead_letters).into_any()),
    ])
}

fn node(report: &StatusReport) -> AnyView {
    let prices = &report.prices;
    let source = if prices.source.is_empty() { "not loaded yet".to_owned() } else { prices.source.clone() };
    facts([
        ("Prices", source.into_any()),
        ("Types priced", format::count(prices.types_priced).into_any()),
        ("Newest price", ago(prices.refreshed_at, report.now).into_any()),
        ("Version", report.version.clone().into_any()),
        ("Node", report.node.clone().into_any()),
    ])
}

#[cfg(test)]
mod tests;
