//! Who is most often on one side of these losses: pilots, corporations, alliances.

use crate::{
    components::{
        rank_bar::rank_bar,
        type_image::{Picture, TypeImage},
    },
    format, routes,
};
use contract::{Involved, InvolvedEntry};
use domain::EntityKind;
use leptos::prelude::*;

/// `all`: the losses looked at.
pub fn involved(side: &Involved, all: u64, sample: &str) -> AnyView {
    let lists = [
        ("Pilots", EntityKind::Character, &side.pilots),
        ("Corporations", EntityKind::Corporation, &side.corporations),
        ("Alliances", EntityKind::Alliance, &side.alliances),
    ];
    if lists.iter().all(|(_, _, entries)| entries.is_empty()) {
        return view! { <p class="empty-note">"Nobody in this window."</p> }.into_any();
    }
    let has_blows = lists.iter().any(|(_, _, entries)| entries.iter().any(|entry| entry.final_blows.is_some()));
    let columns = lists.into_iter().map(|(title, kind, entries)| column(title, kind, entries, all)).collect_view();
    let note = if has_blows {
        "Losses taken part in, and final blows. A group counts once for each loss. Of "
    } else {
        "Losses. Of "
    };
    view! {
        <div class="involved">{columns}</div>
        <p class="section-aside">{note} {sample.to_owned()} "."</p>
    }
    .into_any()
}

fn column(title: &'static str, kind: EntityKind, entries: &[InvolvedEntry], all: u64) -> AnyView {
    let rows = entries.iter().map(|entry| row(kind, entry, all)).collect_view();
    let none = entries.is_empty().then(|| view! { <p class="empty-note">"none"</p> });
    view! {
        <section class="involved-column">
            <h3>{title}</h3>
            <ol class="ranks" role="list">{rows}</ol>
            {none}
        </section>
    }
    .into_any()
}

fn row(kind: EntityKind, entry: &InvolvedEntry, all: u64) -> AnyView {
    let picture = match kind {
        EntityKind::Character => Picture::Pilot(entry.id.into()),
        EntityKind::Corporation => Picture::Corporation(entry.id.into()),
        _ => Picture::Alliance(entry.id.into()),
    };
    let name = entry.name.clone().unwrap_or_else(|| format!("{} {}", word(kind), entry.id));
    let blows = entry.final_blows.map(|blows| {
        view! {
            <span class="rank-blows" title="Final blows">
                {format::count(blows)}
                <span class="sr-only">{if blows == 1 { " final blow" } else { " final blows" }}</span>
            </span>
        }
    });
    view! {
        <li class="rank">
            {rank_bar(entry.losses, all)}
            <TypeImage picture=picture size=24/>
            <a class="name-link rank-name" href=routes::entity(kind, entry.id)>{name}</a>
            <span class="rank-number" title="Losses">
                {format::count(entry.losses)}
                <span class="sr-only">{if entry.losses == 1 { " loss " } else { " losses " }}</span>
            </span>
            {blows}
        </li>
    }
    .into_any()
}

fn word(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Character => "Pilot",
        EntityKind::Corporation => "Corporation",
        _ => "Alliance",
    }
}
