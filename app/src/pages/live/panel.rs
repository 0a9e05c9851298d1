//! The kill beside the list: its summary at once, its details as soon as they are there.

use crate::{
    components::{
        error_panel::ErrorPanel,
        fit_number::FitNumber,
        icon::Icon,
        isk::IskAmount,
        kill_row::headline,
        party::{self, PartyNames},
        security::SecurityBadge,
        tag_words::tag_line,
        time::DateTime,
        type_image::{Picture, TypeImage},
    },
    format, functions,
    live::{LiveStore, reducer::UserAction},
    routes,
};
use contract::{AttackerRow, KillDetail};
use domain::KillSummary;
use leptos::prelude::*;
use std::sync::Arc;

const ATTACKERS_SHOWN: usize = 6;

#[component]
pub fn DetailPanel(store: LiveStore) -> impl IntoView {
    // The summary is kept while the row scrolls out of the list.
    let kill = Memo::new(move |previous: Option<&Option<Arc<KillSummary>>>| {
        let id = store.list.selected.get()?;
        store.selected_kill().or_else(|| previous.and_then(Option::clone).filter(|kill| kill.killmail_id == id))
    });
    move || kill.get().map(|kill| view! { <Panel store=store kill=kill/> })
}

#[component]
fn Panel(store: LiveStore, kill: Arc<KillSummary>) -> impl IntoView {
    let id = kill.killmail_id;
    let detail = LocalResource::new(move || functions::get_kill(id.0));
    let ship = kill.ship.display_name();
    let (ehp, dps, is_lower_bound) = (kill.ehp, kill.dps, kill.fit_is_lower_bound);
    let number = move |number, unit| view! { <FitNumber number=number unit=unit is_lower_bound=is_lower_bound/> };
    let numbers = ehp.map(|ehp| {
        view! { <div><dt>"Stats"</dt><dd>{number(ehp, "EHP")} {dps.map(|dps| view! { ", " {number(dps, "DPS")} })}</dd></div> }
    });
    let tags = tag_line(&kill.module_tags, &store.filter_untracked())
        .map(|words| view! { <div><dt>"Fit"</dt><dd>{words}</dd></div> });
    view! {
        <aside class="detail" aria-label="Selected kill">
            <header class="detail-head">
                <TypeImage picture=Picture::of_ship(&kill.ship) size=64/>
                <div class="detail-title">
                    <h2><a href=routes::kill(id)>{ship}</a></h2>
                    <p>
                        {kill.ship.group_name.clone()} " · "
                        <a class="name-link" href=routes::of_type(kill.ship.type_id)>"fits and losses"</a>
                    </p>
                </div>
                <button
                    type="button"
                    class="button button-icon"
                    aria-label="Close (x)"
                    title="Close (x)"
                    on:click=move |_| store.act(UserAction::Select(None))
                >
                    <Icon name="close"/>
                </button>
            </header>
            <p class="detail-headline">{headline(&kill)}</p>
            <dl class="detail-facts">
                <div>
                    <dt>"Value"</dt>
                    <dd><IskAmount value=kill.total_value is_lower_bound={kill.unpriced_types > 0}/></dd>
                </div>
                <div>
                    <dt>"Victim"</dt>
                    <dd><PartyNames party=kill.victim.clone() base=store.filter_untracked()/></dd>
                </div>
                <div>
                    <dt>"Place"</dt>
                    <dd>
                        <SecurityBadge place=kill.place.clone()/>
                        " "
                        <a href=routes::system(kill.place.solar_system_id)>{kill.place.display_name()}</a>
                        {kill
                            .place
                            .region_id
                            .zip(kill.place.region_name.clone())
                            .map(|(id, name)| view! { ", "<a href=routes::region(id)>{name}</a> })}
                    </dd>
                </div>
                <div>
                    <dt>"Time"</dt>
                    <dd><DateTime at=kill.killmail_time/></dd>
                </div>
                {numbers}
                {tags}
            </dl>
            <Suspense fallback=|| view! { <p class="detail-loading" role="status">"Loading details…"</p> }>
                {move || Suspend::new(async move {
                    match detail.await {
                        Ok(detail) => view! { <Details detail=detail/> }.into_any(),
                        Err(error) => {
                            let retry = Callback::new(move |()| detail.refetch());
                            view! { <ErrorPanel error=error on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Suspense>
            <a class="button button-primary detail-open" href=routes::kill(id)>"Open the kill"<Icon name="newer"/></a>
        </aside>
    }
}

#[component]
fn Details(detail: KillDetail) -> impl IntoView {
    let values = &detail.values.valuation;
    let fate = view! {
        <dl class="detail-values">
            <div><dt>"Destroyed"</dt><dd><IskAmount value=values.destroyed_value/></dd></div>
            <div><dt>"Dropped"</dt><dd><IskAmount value=values.dropped_value/></dd></div>
            <div><dt>"Damage"</dt><dd>{format::count(detail.damage_taken.unsigned_abs())}</dd></div>
        </dl>
    };
    let all = detail.attackers.len();
    let attackers = detail.attackers.into_iter().take(ATTACKERS_SHOWN).map(attacker).collect_view();
    let fitted = detail
        .items
        .into_iter()
        .filter(|item| item.location.slot().is_some())
        .filter_map(|item| Some((item.item.display_name(), item.value?)))
        .max_by_key(|(_, value)| *value)
        .map(|(name, value)| {
            view! { <p class="detail-note">"Dearest module: "{name}", "<IskAmount value=Some(value)/></p> }
        });
    view! {
        {fate}
        {fitted}
        <h3 class="detail-sub">{format::counted(all as u64, "attacker", "attackers")}</h3>
        <ol class="detail-attackers" role="list">{attackers}</ol>
        {(all > ATTACKERS_SHOWN)
            .then(|| view! { <p class="detail-note">{format::count((all - ATTACKERS_SHOWN) as u64)}" more on the kill's page"</p> })}
    }
}

fn attacker(row: AttackerRow) -> impl IntoView {
    let ship = row.ship.as_ref().map(domain::ShipRef::display_name);
    let name = match (party::main_entity(&row.party), &ship) {
        (None, Some(ship)) if row.party.faction.is_none() => ship.clone(),
        _ => party::main_name(&row.party),
    };
    let share = (row.damage_share.clamp(0.0, 1.0) * 100.0).round();
    view! {
        <li class="detail-attacker" data-final=row.final_blow.then_some("true")>
            <TypeImage picture=Picture::of_party(&row.party) size=32/>
            <span class="detail-attacker-who">
                <span>{name}</span>
                <span class="detail-attacker-ship">
                    {ship} {row.final_blow.then(|| view! { <span class="badge" data-badge="final">"Final blow"</span> })}
                </span>
            </span>
            <span class="detail-attacker-share">
                {format!("{share}%")}
                <svg class="detail-share-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect width=share height="4"></rect>
                </svg>
            </span>
        </li>
    }
}
