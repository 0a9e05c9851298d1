//! Layout of the page of a type. Every number says of how many losses it is and from which time.

use super::{fits::usual_fits, involved::involved};
use crate::{
    components::{
        filter_link::with_tag,
        fit_number::{FitNumber, short},
        histogram::{Words, histogram},
        icon::Icon,
        isk::IskAmount,
        kill_kind,
        kill_list::KillList,
        meta_group::meta_word,
        order::order_links,
        tag_words::{is_about_use, shown},
        tiles::tile,
        type_image::{Picture, TypeImage},
    },
    format, routes,
};
use contract::{KillPage, StatsWindow, TypeFacts, TypePage, TypeStats};
use domain::{Isk, KillFilter, sde::category};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

/// Tags shown.
const TAGS: usize = 20;

/// `is_paged`: older or newer losses than the newest page are shown.
pub fn type_view(page: TypePage, is_paged: bool) -> AnyView {
    let TypePage { facts, stats, recent } = page;
    let name = facts.ship.display_name();
    let base = KillFilter { ship_type_id: vec![facts.ship.type_id], ..KillFilter::default() };
    let sample = sample(&stats);
    let description = format!(
        "{name}: usual fits, what a loss costs, who flies and who kills it. {sample}, {} ISK lost.",
        stats.isk_lost.short()
    );
    let live = routes::live(&base);
    let spread = value_spread(&stats, &sample);
    let hit_points = ehp_spread(&stats);
    view! {
        <Title text=name.clone()/>
        <Meta name="description" content=description.clone()/>
        <Meta property="og:title" content=name.clone()/>
        <Meta property="og:description" content=description/>
        <article class="ship-page">
            {header(&facts, &stats)}
            {tiles(&stats)}
            {cut_note(&stats)}
            <div class="ship-grid">
                <section class="panel ship-fits" aria-labelledby="fits-heading">
                    <h2 id="fits-heading">
                        "Usual fits " <span class="heading-count">{format::count(stats.fit_clusters)}</span>
                    </h2>
                    {usual_fits(&stats, &name, &sample)}
                </section>
                <div class="ship-side">
                    <section class="panel" aria-labelledby="value-heading">
                        <h2 id="value-heading">"What a loss costs"</h2>
                        {spread}
                    </section>
                    {hit_points}
                    <section class="panel" aria-labelledby="tags-heading">
                        <h2 id="tags-heading">"Seen on it"</h2>
                        {tags(&stats, &base, &sample)}
                    </section>
                </div>
                <section class="panel ship-losers" aria-labelledby="losers-heading">
                    <h2 id="losers-heading">"Who flies and loses it"</h2>
                    {involved(&stats.losers, stats.n, &sample)}
                </section>
                <section class="panel ship-killers" aria-labelledby="killers-heading">
                    <h2 id="killers-heading">"Who kills it"</h2>
                    {involved(&stats.killers, stats.n, &sample)}
                </section>
                <section class="ship-recent" aria-labelledby="recent-heading">
                    <div class="section-head">
                        <h2 id="recent-heading">{if is_paged { "Losses" } else { "Latest losses" }}</h2>
                        {order_links(&base, format!("?window={}", stats.window_days), None)}
                        <a class="button" href=live><Icon name="signal"/> " Watch live"</a>
                    </div>
                    {losses(recent, base, &name, stats.window_days, is_paged)}
                </section>
            </div>
        </article>
    }
    .into_any()
}

/// `1,234 losses, last 30 days`; `newest 2,000 losses, last 30 days`.
fn sample(stats: &TypeStats) -> String {
    let losses = format::counted(stats.n, "loss", "losses");
    let newest = if stats.is_cut { "newest " } else { "" };
    format!("{newest}{losses}, last {} days", stats.window_days)
}

fn header(facts: &TypeFacts, stats: &TypeStats) -> AnyView {
    let ship = &facts.ship;
    let kind = ship.kind;
    let is_hull = facts.category_id == category::SHIP.0 || !kind.is_ship();
    let picture = if is_hull { Picture::of_ship(ship) } else { Picture::Icon(ship.type_id) };
    let word = if is_hull { kill_kind::word(kind) } else { "Item" };
    let tech = match (meta_word(facts.meta_group_id), facts.tech_level) {
        (Some((word, key)), _) => Some((word.to_owned(), key)),
        (None, Some(level)) => Some((format!("T{level}"), "t1")),
        (None, None) => None,
    };
    let group = ship.group_id.zip(ship.group_name.clone()).map(|(id, name)| {
        let filter = KillFilter { group_id: vec![id], ..KillFilter::default() };
        view! { <a class="name-link" href=routes::live(&filter)>{name}</a> }
    });
    let windows = StatsWindow::ALL
        .into_iter()
        .map(|window| {
            let is_current = window.days() == stats.window_days;
            view! {
                <a
                    class="segment"
                    href=format!("?window={}", window.days())
                    aria-current=is_current.then_some("true")
                >
                    {window.days()}
                    " days"
                </a>
            }
        })
        .collect_view();
    view! {
        <header class="ship-header">
            <TypeImage picture=picture size=96/>
            <div class="ship-words">
                <p class="place-kicker"><Icon name=if is_hull { kill_kind::glyph(kind) } else { "type" }/> " " {word}</p>
                <h1>{ship.display_name()}</h1>
                <p class="place-up">
                    {group}
                    {tech.map(|(word, key)| view! { <span class="meta-word" data-meta=key>{word}</span> })}
                    <span class="fact-aside">"type " {ship.type_id.to_string()}</span>
                </p>
            </div>
            <nav class="segments ship-windows" aria-label="Window of the numbers">{windows}</nav>
        </header>
    }
    .into_any()
}

fn tiles(stats: &TypeStats) -> AnyView {
    let days = format!("last {} days", stats.window_days);
    let of = |n: u64| format!("{}, {days}", format::counted(n, "loss", "losses"));
    let valued = stats.values.as_ref().map_or(0, |spread| spread.n);
    let quartiles = stats.values.as_ref().map_or_else(
        || format!("no value known, {days}"),
        |spread| {
            format!("half {} to {}; {}", spread.lower_quartile.short(), spread.upper_quartile.short(), of(spread.n))
        },
    );
    let share = |part: u64| match stats.n {
        0 => "—".to_owned(),
        n => format::percent(part as f64 / n as f64),
    };
    let ehp = stats.ehp.as_ref().map(|spread| {
        let is_lower_bound = stats.ehp_lower_bounds > 0;
        let median = view! { <FitNumber number=spread.median unit="EHP" is_lower_bound=is_lower_bound/> };
        tile("Median hit points", median, format!("{}{}", of(spread.n), bounds(stats)))
    });
    let losses = format!("{}{}", format::count(stats.n), if stats.is_cut { "+" } else { "" });
    let counted = if stats.is_cut { format!("and more in the {days}") } else { format!("in the {days}") };
    let median = stats.values.as_ref().map(|spread| spread.median);
    view! {
        <dl class="tiles ship-tiles">
            {tile("Losses", losses, counted)}
            {tile("ISK lost", view! { <IskAmount value=(valued > 0).then_some(stats.isk_lost)/> }, of(valued))}
            {tile("Median value", view! { <IskAmount value=median/> }, quartiles)}
            {ehp}
            {tile("Pilots", format::count(stats.pilots), format!("who lost one; {}", of(stats.n)))}
            {tile("Died solo", share(stats.solo), format!("{} to one pilot; {}", format::count(stats.solo), of(stats.n)))}
            {tile("Died to NPCs", share(stats.npc), format!("{} without a player; {}", format::count(stats.npc), of(stats.n)))}
        </dl>
    }
    .into_any()
}

fn cut_note(stats: &TypeStats) -> AnyView {
    let since = stats.oldest.filter(|_| stats.is_cut).map(format::date_time);
    let text = since.map(|since| {
        format!(
            " More than {} were lost in the last {} days. The numbers are of the newest {}, since {since} EVE time.",
            format::count(stats.n),
            stats.window_days,
            format::count(stats.n),
        )
    });
    text.map(|text| view! { <p class="note" data-kind="info"><Icon name="filter"/> {text}</p> }).into_any()
}

fn value_spread(stats: &TypeStats, sample: &str) -> AnyView {
    match &stats.values {
        Some(spread) => {
            let unvalued = stats.n - spread.n;
            let sample = if unvalued > 0 {
                format!("{sample}, {} of them without a known value", format::count(unvalued))
            } else {
                sample.to_owned()
            };
            histogram(
                spread,
                &Words {
                    what: "Value of a loss",
                    sample: capitalised(&sample),
                    short: Isk::short,
                    unit: " ISK",
                    position: |isk: Isk| isk.hundredths() as f64,
                },
            )
        }
        None => view! { <p class="empty-note">"No loss of known value in this window."</p> }.into_any(),
    }
}

/// `, 3 of them lower bounds`; nothing without mutated modules.
fn bounds(stats: &TypeStats) -> String {
    match stats.ehp_lower_bounds {
        0 => String::new(),
        1 => ", 1 of them a lower bound".to_owned(),
        many => format!(", {} of them lower bounds", format::count(many)),
    }
}

/// Nothing until fit statistics are known for some losses.
fn ehp_spread(stats: &TypeStats) -> Option<AnyView> {
    let spread = stats.ehp.as_ref()?;
    let words = Words {
        what: "Effective hit points",
        sample: format!(
            "{}, last {} days{}",
            format::counted(spread.n, "loss", "losses"),
            stats.window_days,
            bounds(stats)
        ),
        short,
        unit: " EHP",
        position: |ehp| ehp as f64,
    };
    Some(
        view! {
            <section class="panel" aria-labelledby="ehp-heading">
                <h2 id="ehp-heading">"How much it takes"</h2>
                {histogram(spread, &words)}
            </section>
        }
        .into_any(),
    )
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn tags(stats: &TypeStats, base: &KillFilter, sample: &str) -> AnyView {
    let words = stats
        .tags
        .iter()
        // Technology and slots are nearly the same on every loss of a hull.
        .filter(|count| is_about_use(&count.tag))
        .take(TAGS)
        .map(|count| {
            let share = format::percent(count.losses as f64 / stats.n.max(1) as f64);
            view! {
                <li>
                    <a class="tag-count" href=routes::live(&with_tag(base, &count.tag))>
                        <span>{shown(&count.tag)}</span>
                        <span class="tag-count-number">
                            {format::count(count.losses)}
                            <span class="sr-only">" losses, "</span>
                            <span class="tag-count-share">{share}</span>
                        </span>
                    </a>
                </li>
            }
        })
        .collect_view();
    if stats.tags.is_empty() {
        return view! { <p class="empty-note">"No module tags in this window."</p> }.into_any();
    }
    view! {
        <ul class="tag-counts">{words}</ul>
        <p class="section-aside">"Losses with the tag. " {capitalised(sample)} "."</p>
    }
    .into_any()
}

fn losses(recent: KillPage, base: KillFilter, name: &str, days: u16, is_paged: bool) -> AnyView {
    let KillPage { kills, next, prev } = recent;
    let list = if kills.is_empty() {
        view! { <p class="empty-note panel">"No loss is known here yet."</p> }.into_any()
    } else {
        view! { <KillList kills=kills base=base label=format!("Losses of {name}")/> }.into_any()
    };
    let newer = prev.filter(|_| is_paged).map(|cursor| {
        let href = format!("?window={days}&after={cursor}");
        view! { <a class="button" rel="prev" href=href><Icon name="newer"/> " Newer"</a> }
    });
    let newest = is_paged.then(|| view! { <a class="button" href=format!("?window={days}")>"Newest"</a> });
    let older = next.map(|cursor| {
        let href = format!("?window={days}&before={cursor}");
        view! { <a class="button" rel="next" href=href>"Older " <Icon name="older"/></a> }
    });
    view! {
        {list}
        <nav class="pager" aria-label="Pages of losses">{newest} {newer} {older}</nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests;
