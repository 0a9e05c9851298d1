//! The line above the list: heading, numbers of the last hour, pause and density.

use crate::{
    components::{
        icon::Icon,
        isk::IskAmount,
        preferences::{Density, set_density, use_density},
        sparkline::Sparkline,
    },
    format,
    live::{
        LiveStore,
        reducer::{Connection, UserAction},
    },
    routes,
};
use contract::LiveStats;
use domain::{KillFilter, sort::Ranking};
use leptos::prelude::*;

#[component]
pub fn Toolbar(
    store: LiveStore,
    is_help_open: RwSignal<bool>,
    filter: Memo<KillFilter>,
    children: Children,
) -> impl IntoView {
    let is_paused = store.list.is_paused;
    let density = use_density();
    let choice = move |wanted: Density, word: &'static str| {
        view! {
            <button
                type="button"
                class="segment"
                aria-pressed=move || if density.get() == wanted { "true" } else { "false" }
                on:click=move |_| set_density(wanted)
            >
                {word}
            </button>
        }
    };
    view! {
        <div class="live-toolbar">
            <h1 class="live-title">"Live kills"</h1>
            <div class="live-numbers">{children()}</div>
            <p class="live-status" role="status" aria-live="polite">{move || status_line(store)}</p>
            <div class="live-controls">
                <button
                    type="button"
                    class="button"
                    title="Pause or go on (p)"
                    aria-pressed=move || if is_paused.get() { "true" } else { "false" }
                    on:click=move |_| store.act(UserAction::TogglePause)
                >
                    {move || if is_paused.get() { view! { <Icon name="play"/> } } else { view! { <Icon name="pause"/> } }}
                    <span class="button-word">{move || if is_paused.get() { "Go on" } else { "Pause" }}</span>
                </button>
                <a
                    class="button"
                    title="The same kills by ISK, EHP or DPS"
                    href=move || filter.with(|filter| routes::ranked(filter, Ranking::Value))
                >
                    "Sort"
                </a>
                <div class="segments density-choice" role="group" aria-label="Row height">
                    {choice(Density::Compact, "Compact")} {choice(Density::Normal, "Normal")}
                </div>
                <button
                    type="button"
                    class="button button-icon"
                    aria-label="Keys (?)"
                    title="Keys (?)"
                    on:click=move |_| is_help_open.set(true)
                >
                    <Icon name="keys"/>
                </button>
            </div>
        </div>
    }
}

/// One sentence about the stream, for everyone; spoken when it changes. Counts change in steps, so that a screen
/// reader is not talked over.
fn status_line(store: LiveStore) -> String {
    if let Some(notice) = store.feed.notice.get() {
        return notice;
    }
    match store.feed.connection.get() {
        Connection::Lost => return "Connection lost. Trying again; the list may be out of date.".to_owned(),
        Connection::Idle | Connection::Connecting | Connection::Online => {}
    }
    let waiting = match store.list.waiting.get() {
        0 => String::new(),
        few @ 1..10 => format!(" {} waiting.", format::counted(few, "new kill", "new kills")),
        some @ 10..100 => format!(" More than {} new kills waiting.", some / 10 * 10 - 1),
        _ => " More than 99 new kills waiting.".to_owned(),
    };
    if store.list.is_history.get() {
        format!("Older kills: live updates wait.{waiting}")
    } else if store.list.is_paused.get() {
        format!("Paused.{waiting}")
    } else if store.list.is_scrolled.get() {
        format!("Waiting while you read.{waiting}")
    } else {
        match store.list.skipped.get() {
            0 => String::new(),
            skipped => format!("{} left out: too many at once.", format::counted(skipped, "kill", "kills")),
        }
    }
}

/// Kills and ISK of the last hour with the sparkline. `initial` is what the server knew; the stream keeps it fresh.
#[component]
pub fn Numbers(store: LiveStore, initial: Option<LiveStats>) -> impl IntoView {
    let initial = StoredValue::new(initial.unwrap_or_default());
    let stats = Memo::new(move |_| store.feed.stats.get().unwrap_or_else(|| initial.get_value()));
    view! {
        <dl class="numbers">
            <div>
                <dt>"Kills, last hour"</dt>
                <dd>{move || format::count(stats.with(|stats| stats.kills_last_hour))}</dd>
            </div>
            <div>
                <dt>"ISK, last hour"</dt>
                <dd>{move || view! { <IskAmount value=Some(stats.with(|stats| stats.isk_last_hour))/> }}</dd>
            </div>
            <div>
                <dt>"Kills a minute"</dt>
                <dd class="numbers-spark">
                    <span>
                        {move || {
                            stats.with(|stats| stats.minutes.last().map_or(0, |minute| minute.kills)).to_string()
                        }}
                    </span>
                    <Sparkline minutes=Signal::derive(move || stats.with(|stats| stats.minutes.clone()))/>
                </dd>
            </div>
        </dl>
    }
}
