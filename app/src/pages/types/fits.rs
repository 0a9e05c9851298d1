//! The usual fits: one fold each, closed, with the pictures of its modules; open, the modules by rack, the example.

use crate::{
    components::{
        copy_button::CopyButton,
        fit_number::FitNumber,
        isk::IskAmount,
        meta_group::meta_word,
        rank_bar::rank_bar,
        type_image::{Picture, TypeImage},
    },
    format, routes,
};
use contract::{FitModule, FitRack, TypeStats, UsualFit};
use leptos::prelude::*;

pub fn usual_fits(stats: &TypeStats, name: &str, sample: &str) -> AnyView {
    if stats.fits.is_empty() {
        return view! { <p class="empty-note">{format!("No {name} was lost in this window.")}</p> }.into_any();
    }
    let fits = stats.fits.iter().enumerate().map(|(nth, fit)| usual_fit(nth + 1, fit, stats.n)).collect_view();
    let shown: u64 = stats.fits.iter().map(|fit| fit.losses).sum();
    let rest = (shown < stats.n).then(|| {
        let others = stats.fit_clusters.saturating_sub(stats.fits.len() as u64);
        format!(
            " The other {} had {}.",
            format::counted(stats.n - shown, "loss", "losses"),
            format::counted(others, "rarer fit", "rarer fits"),
        )
    });
    view! {
        <ol class="fits" role="list">{fits}</ol>
        <p class="section-aside">
            {format!("Share of {sample}. Fits with at least four fifths of their modules in common are one; charges and drones do not count.")}
            {rest}
        </p>
    }
    .into_any()
}

/// `all`: the losses looked at.
fn usual_fit(nth: usize, fit: &UsualFit, all: u64) -> AnyView {
    let strip = fit.racks.iter().map(strip).collect_view();
    let is_empty = fit.racks.is_empty();
    let share = format::percent(fit.share);
    let hit_points = fit.median_ehp.map(|ehp| {
        let number = view! { <FitNumber number=ehp unit="EHP" is_lower_bound={fit.ehp_lower_bounds > 0}/> };
        view! { <span class="fit-ehp">{number}</span> }
    });
    view! {
        <li class="fit">
            <details>
                <summary class="fit-head">
                    {rank_bar(fit.losses, all)}
                    <span class="fit-count">
                        <span class="sr-only">{format!("Fit {nth}: ")}</span>
                        <strong>{format::count(fit.losses)}</strong>
                        <span class="sr-only">{if fit.losses == 1 { " loss, " } else { " losses, " }}</span>
                        <span class="fit-share">{share}</span>
                    </span>
                    <span class="fit-strip">
                        {strip}
                        {is_empty.then(|| view! { <span class="fit-none">"Nothing fitted"</span> })}
                    </span>
                    <span class="fit-worth">
                        <span class="sr-only">" median "</span>
                        <IskAmount value=fit.median_value/>
                        {hit_points}
                    </span>
                </summary>
                <div class="fit-body">
                    {opened(fit)}
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// Pictures of a rack's modules; the names are in the fold.
fn strip(rack: &FitRack) -> AnyView {
    let modules = rack
        .modules
        .iter()
        .map(|module| {
            view! {
                <span class="fit-icon" title=module.module.display_name()>
                    <TypeImage picture=Picture::Icon(module.module.type_id) size=24/>
                    {(module.count > 1).then(|| view! { <span class="fit-times" aria-hidden="true">{module.count}</span> })}
                </span>
            }
        })
        .collect_view();
    view! { <span class="fit-strip-rack" aria-hidden="true">{modules}</span> }.into_any()
}

fn opened(fit: &UsualFit) -> AnyView {
    let racks = fit
        .racks
        .iter()
        .map(|rack| {
            let modules = rack.modules.iter().map(module_row).collect_view();
            view! {
                <section class="fit-rack">
                    <h3>{rack.slot.label()}</h3>
                    <ul>{modules}</ul>
                </section>
            }
        })
        .collect_view();
    let exact = match (fit.exact, fit.losses) {
        (exact, all) if exact == all => "All with exactly these modules.".to_owned(),
        (exact, all) => {
            format!(
                "{} with exactly these modules, {} with a few others.",
                format::count(exact),
                format::count(all - exact)
            )
        }
    };
    let copy = fit.eft.clone().map(|eft| {
        let rows = eft.lines().count().clamp(4, 24);
        view! {
            <CopyButton text=eft.clone() label="Copy fit (EFT)"/>
            <details class="fold eft">
                <summary>"Fit as text"</summary>
                <textarea readonly rows=rows.to_string() spellcheck="false" aria-label="Fit in EFT format">{eft}</textarea>
            </details>
        }
    });
    view! {
        <p class="fit-exact">{exact} " The text is the fit of the example, with its charges and cargo."</p>
        <div class="fit-racks">{racks}</div>
        <div class="fit-actions">
            <a class="button" href=routes::kill(fit.example)>"Example loss"</a>
            {copy}
        </div>
    }
    .into_any()
}

fn module_row(module: &FitModule) -> AnyView {
    let meta = meta_word(module.meta_group_id)
        .map(|(word, key)| view! { <span class="meta-word" data-meta=key>{word}</span> });
    let times = (module.count > 1).then(|| view! { <span class="fit-quantity">{module.count} "×"</span> });
    view! {
        <li>
            <TypeImage picture=Picture::Icon(module.module.type_id) size=24/>
            <span>{times} {module.module.display_name()}</span>
            {meta}
        </li>
    }
    .into_any()
}
