//! The status page's part about static data: builds, and what the last import changed.

use crate::{
    components::{facts::facts, time::DateTime},
    format,
};
use contract::StaticDataStatus;
use domain::static_data::{Difference, Listing, NamedEntry, StaticReport};
use leptos::prelude::*;

pub fn static_data_panel(status: &StaticDataStatus) -> AnyView {
    let build = if status.is_pinned { format!("{} (pinned)", status.build) } else { status.build.clone() };
    let imported = match status.imported_at {
        Some(at) => view! { <DateTime at=at/> }.into_any(),
        None => "part of this version".into_any(),
    };
    let or = |text: &Option<String>, otherwise: &str| text.clone().unwrap_or_else(|| otherwise.to_owned()).into_any();
    view! {
        <section class="panel" aria-labelledby="static-data-heading">
            <h2 id="static-data-heading">"Static data"</h2>
            {facts([
                ("Build", build.into_any()),
                ("Imported", imported),
                ("Previous", or(&status.previous_build, "none")),
                ("Fit engine", or(&status.dogma_build, "part of this version")),
            ])}
            {status.report.as_ref().map(changes)}
        </section>
    }
    .into_any()
}

fn changes(report: &StaticReport) -> AnyView {
    if report.is_empty() {
        return view! { <p class="empty-note">"The last import changed nothing that is compared."</p> }.into_any();
    }
    view! {
        {entries("Types added", &report.types_added)}
        {differences("Types renamed", &report.types_renamed)}
        {entries("Types removed", &report.types_removed)}
        {differences("Changes of types", &report.types_changed)}
        {entries("Systems added", &report.systems_added)}
        {entries("Systems removed", &report.systems_removed)}
        {differences("Changes of systems", &report.systems_changed)}
    }
    .into_any()
}

fn entries(title: &'static str, listing: &Listing<NamedEntry>) -> AnyView {
    fold(title, listing.total, listing.first.iter().map(|row| row.name.clone()).collect())
}

fn differences(title: &'static str, listing: &Listing<Difference>) -> AnyView {
    let rows = listing.first.iter().map(|row| match row.what.as_str() {
        "name" => format!("{} → {}", row.before, row.after),
        what => format!("{}: {what} {} → {}", row.name, row.before, row.after),
    });
    fold(title, listing.total, rows.collect())
}

fn fold(title: &'static str, total: u64, rows: Vec<String>) -> AnyView {
    if total == 0 {
        return ().into_any();
    }
    let more = total.saturating_sub(rows.len() as u64);
    let rows = rows.into_iter().map(|row| view! { <li>{row}</li> }).collect_view();
    view! {
        <details class="fold">
            <summary>{format!("{title}: {}", format::count(total))}</summary>
            <ul>
                {rows}
                {(more > 0).then(|| view! { <li>{format!("and {} more", format::count(more))}</li> })}
            </ul>
        </details>
    }
    .into_any()
}
