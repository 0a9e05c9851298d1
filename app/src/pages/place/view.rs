//! Layout of the place pages.

use crate::{
    components::{
        activity_chart::activity_chart,
        filter_link::narrowed,
        icon::Icon,
        isk::IskAmount,
        kill_list::KillList,
        order::order_links,
        rank_bar::rank_bar,
        security::{SecurityBadge, SecurityNumber},
        tiles::tile,
        type_image::{Picture, TypeImage},
    },
    format, routes,
};
use contract::{KillPage, PlaceKind, PlacePage, PlaceRef, RankedEntry};
use domain::{EntityKind, Isk, KillFilter, SecurityBand, TypeId};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

/// Systems and ships shown at once.
const SHOWN: usize = 7;

/// `is_paged`: older or newer kills than the newest page are shown.
pub fn place_view(page: PlacePage, is_paged: bool) -> AnyView {
    let base = filter_of(page.kind, page.id);
    let name = page.name.clone();
    let window = format!("the last {} h", page.window_hours);
    let sample = format::counted(page.kills_in_window, "kill", "kills");
    let description = format!("{name}: {sample} in {window}, {} ISK lost.", page.isk_in_window.short());
    let systems_heading = match page.kind {
        PlaceKind::System => "One gate away",
        PlaceKind::Constellation | PlaceKind::Region => "Systems",
    };
    let live = routes::live(&base);
    view! {
        <Title text=name.clone()/>
        <Meta name="description" content=description.clone()/>
        <Meta property="og:title" content=name.clone()/>
        <Meta property="og:description" content=description/>
        <article class="place-page">
            {header(&page)}
            <dl class="tiles place-tiles">
                {tile("Kills", format::count(page.kills_in_window), format!("in {window}"))}
                {tile("ISK lost", view! { <IskAmount value=page.isk_in_window/> }, format!("in {window}, {sample}"))}
                {tile("A kill costs", average(&page), format!("mean of {sample}, {window}"))}
                {tile("Busiest hour", busiest(&page), "by EVE time")}
            </dl>
            <div class="place-grid">
                <section class="panel place-activity" aria-labelledby="activity-heading">
                    <h2 id="activity-heading">"Activity by hour"</h2>
                    {activity_chart(&page.activity)}
                </section>
                <section class="panel place-ships" aria-labelledby="ships-heading">
                    <h2 id="ships-heading">"Lost most often"</h2>
                    {ships(&page.top_ships, &base, &format!("In {window}, {sample}"))}
                </section>
                <section class="panel place-systems" aria-labelledby="systems-heading">
                    <h2 id="systems-heading">
                        {systems_heading} " " <span class="heading-count">{format::count(page.systems.len() as u64)}</span>
                    </h2>
                    {systems(&page.systems, &format!("Kills in {window}"))}
                </section>
                <section class="place-recent" aria-labelledby="recent-heading">
                    <div class="section-head">
                        <h2 id="recent-heading">{if is_paged { "Kills" } else { "Latest kills" }}</h2>
                        {order_links(&base, "?".to_owned(), None)}
                        <a class="button" href=live><Icon name="signal"/> " Watch live"</a>
                    </div>
                    {recent(page.recent, base.clone(), &page.name, is_paged)}
                </section>
            </div>
        </article>
    }
    .into_any()
}

fn filter_of(kind: PlaceKind, id: i64) -> KillFilter {
    let mut filter = KillFilter::default();
    match kind {
        PlaceKind::System => filter.system_id = vec![id.into()],
        PlaceKind::Constellation => filter.constellation_id = vec![id.into()],
        PlaceKind::Region => filter.region_id = vec![id.into()],
    }
    filter
}

fn header(page: &PlacePage) -> AnyView {
    let word = match page.kind {
        PlaceKind::System => "Solar system",
        PlaceKind::Constellation => "Constellation",
        PlaceKind::Region => "Region",
    };
    let glyph = page.kind.as_str();
    let place = page.place.clone();
    let band = place.as_ref().and_then(|place| place.band);
    let class = place.as_ref().and_then(|place| place.wormhole_class).filter(|_| band == Some(SecurityBand::Wspace));
    let up = |place: &Option<PlaceRef>, kind: &'static str| {
        place.as_ref().map(|place| {
            let href = format!("/{kind}/{}", place.id);
            view! { <a class="name-link" href=href>{place.name.clone()}</a> <span class="fact-aside">{kind}</span> }
        })
    };
    view! {
        <header class="place-header">
            <p class="place-kicker"><Icon name=glyph/> " " {word}</p>
            <h1>
                {place.map(|place| view! { <SecurityBadge place/> " " })}
                {page.name.clone()}
            </h1>
            <p class="place-up">
                {band.map(|band| view! { <span class="place-band" data-band=band.as_str()>{band.label()}</span> })}
                {class.map(|class| view! { <span>{class_word(class)}</span> })}
                {up(&page.constellation, "constellation").map(|link| view! { <span>{link}</span> })}
                {up(&page.region, "region").map(|link| view! { <span>{link}</span> })}
            </p>
        </header>
    }
    .into_any()
}

fn class_word(class: u8) -> String {
    match class {
        1..=6 => format!("Class {class} wormhole space"),
        12 => "Thera".to_owned(),
        13 => "Shattered, frigates only".to_owned(),
        14..=18 => "Drifter wormhole space".to_owned(),
        _ => format!("Class {class}"),
    }
}

fn average(page: &PlacePage) -> AnyView {
    let mean = i64::try_from(page.kills_in_window)
        .ok()
        .filter(|kills| *kills > 0)
        .map(|kills| Isk::from_hundredths(page.isk_in_window.hundredths() / kills));
    view! { <IskAmount value=mean/> }.into_any()
}

fn busiest(page: &PlacePage) -> AnyView {
    match page.activity.iter().max_by_key(|bucket| bucket.kills).filter(|bucket| bucket.kills > 0) {
        Some(bucket) => {
            let kills = format::counted(bucket.kills, "kill", "kills");
            view! { {format::clock(bucket.hour)} " " <span class="tile-second">{kills}</span> }.into_any()
        }
        None => "none".into_any(),
    }
}

fn ships(ships: &[RankedEntry], base: &KillFilter, aside: &str) -> AnyView {
    if ships.is_empty() {
        return view! { <p class="empty-note">"Nothing was lost here in this time."</p> }.into_any();
    }
    let most = ships.iter().map(|entry| entry.kills).max().unwrap_or(0);
    let rows = ships
        .iter()
        .take(SHOWN)
        .map(|entry| {
            view! {
                <li class="rank">
                    {rank_bar(entry.kills, most)}
                    <TypeImage picture=Picture::Render(TypeId(entry.id)) size=32/>
                    <a class="name-link rank-name" href=narrowed(base, EntityKind::Type, entry.id)>{entry.name.clone()}</a>
                    <span class="rank-number">
                        {format::count(entry.kills)} <span class="sr-only">" lost, "</span>
                    </span>
                    <span class="rank-value"><IskAmount value=entry.isk/></span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="ranks">{rows}</ol> <p class="section-aside">{aside.to_owned()}</p> }.into_any()
}

fn systems(systems: &[PlaceRef], aside: &str) -> AnyView {
    if systems.is_empty() {
        return view! { <p class="empty-note">"No stargates lead out of here."</p> }.into_any();
    }
    let most = systems.iter().map(|system| system.kills).max().unwrap_or(0);
    let row = |system: &PlaceRef| {
        view! {
            <li class="rank">
                {rank_bar(system.kills, most)}
                <SecurityNumber security=system.security band=system.band/>
                <a class="name-link rank-name" href=routes::system(system.id.into())>{system.name.clone()}</a>
                <span class="rank-number">
                    {format::count(system.kills)}
                    <span class="sr-only">{if system.kills == 1 { " kill" } else { " kills" }}</span>
                </span>
            </li>
        }
        .into_any()
    };
    let (first, rest) = systems.split_at(systems.len().min(SHOWN));
    let rest = (!rest.is_empty()).then(|| {
        let label = format!("{} more", format::counted(rest.len() as u64, "system", "systems"));
        let rows = rest.iter().map(row).collect_view();
        view! { <details class="fold"><summary>{label}</summary><ol class="ranks">{rows}</ol></details> }
    });
    view! {
        <ol class="ranks">{first.iter().map(row).collect_view()}</ol>
        {rest}
        <p class="section-aside">{aside.to_owned()}</p>
    }
    .into_any()
}

fn recent(recent: KillPage, base: KillFilter, name: &str, is_paged: bool) -> AnyView {
    let KillPage { kills, next, prev } = recent;
    let is_empty = kills.is_empty();
    let list = if is_empty {
        view! { <p class="empty-note panel">"No kill is known here yet."</p> }.into_any()
    } else {
        view! { <KillList kills=kills base=base label=format!("Kills in {name}")/> }.into_any()
    };
    let newer = prev.filter(|_| is_paged).map(|cursor| {
        view! { <a class="button" rel="prev" href=format!("?after={cursor}")><Icon name="newer"/> " Newer"</a> }
    });
    let newest = is_paged.then(|| view! { <a class="button" href="?">"Newest"</a> });
    let older = next.map(|cursor| {
        view! { <a class="button" rel="next" href=format!("?before={cursor}")>"Older " <Icon name="older"/></a> }
    });
    view! {
        {list}
        <nav class="pager" aria-label="Pages of kills">{newest} {newer} {older}</nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests;
