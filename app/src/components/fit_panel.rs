//! What the lost fit was capable of: hit points with resistances, damage, movement, capacitor, repair, doubts.
//!
//! While the server computes it the panel has its final shape with dashes in it, so that nothing moves when the numbers
//! come: over the stream where there is JavaScript, with a reload where there is none.

use crate::{components::icon::Icon, format, live::LiveStore};
use domain::{
    FitOutcome, FitReport, FitStats, KillmailId,
    fit_stats::{ASSUMPTIONS, BySource, Capacitor, Layer, Movement, Reach, Repair},
};
use leptos::prelude::*;

/// The panel's content. The kill page asks the stream for numbers that are not there yet.
#[component]
pub fn FitPanel(killmail_id: KillmailId, report: FitReport) -> impl IntoView {
    let live = use_context::<LiveStore>();
    let is_pending = report.outcome.is_none();
    let shown = Memo::new(move |_| {
        let told = live.filter(|_| is_pending).and_then(|live| live.watch.fit.get());
        told.filter(|(id, _)| *id == killmail_id).map_or_else(|| report.clone(), |(_, told)| told)
    });
    view! { <div class="fit-panel" role="status" aria-live="polite">{move || content(&shown.get())}</div> }
}

fn content(report: &FitReport) -> AnyView {
    let provenance = format!("By {}; {ASSUMPTIONS}.", report.engine_build);
    let body = match &report.outcome {
        None => view! { {note("Computing. The numbers appear here in a moment; without JavaScript reload the page.")} {numbers(None)} }.into_any(),
        Some(FitOutcome::Impossible { reason }) => note(reason.words()),
        Some(FitOutcome::Computed { stats }) => {
            let bound = stats.is_lower_bound.then(|| {
                note("Lower bound: there are abyssal modules on this fit, whose rolls no killmail tells. They count as nothing here.")
            });
            view! { {bound} {numbers(Some(stats))} {warnings(&stats.warnings)} }.into_any()
        }
    };
    view! { {body} <p class="fit-provenance">{provenance}</p> }.into_any()
}

fn note(text: &'static str) -> AnyView {
    view! { <p class="note" data-kind="info"><Icon name="signal"/> {text}</p> }.into_any()
}

fn numbers(stats: Option<&FitStats>) -> AnyView {
    view! { {layers(stats)} {tiles(stats)} }.into_any()
}

fn layers(stats: Option<&FitStats>) -> AnyView {
    let row = |name: &'static str, kind: &'static str, layer: Option<Layer>| {
        let resists = layer.map(|layer| layer.resists);
        view! {
            <tr data-layer=kind>
                <th scope="row">{name}</th>
                <td class="number">{or_dash(layer.map(|layer| whole(layer.ehp)))}</td>
                <td class="number">{or_dash(layer.map(|layer| whole(layer.hp)))}</td>
                {resist("em", resists.map(|by| by.em))}
                {resist("thermal", resists.map(|by| by.thermal))}
                {resist("kinetic", resists.map(|by| by.kinetic))}
                {resist("explosive", resists.map(|by| by.explosive))}
            </tr>
        }
    };
    let total = or_dash(stats.map(|stats| whole(stats.ehp)));
    let tank = stats.map_or("…", |stats| stats.tank.label());
    view! {
        <div class="fit-layers" role="region" aria-label="Hit points and resistances" tabindex="0">
            <table>
                <caption><strong>{total}</strong> " EHP " <span class="fit-tank">{format!("tank: {tank}")}</span></caption>
                <thead>
                    <tr>
                        <th scope="col"><span class="sr-only">"Layer"</span></th>
                        <th scope="col" class="number">"EHP"</th>
                        <th scope="col" class="number">"HP"</th>
                        <th scope="col">"EM"</th>
                        <th scope="col">"Thermal"</th>
                        <th scope="col">"Kinetic"</th>
                        <th scope="col">"Explosive"</th>
                    </tr>
                </thead>
                <tbody>
                    {row("Shield", "shield", stats.map(|stats| stats.shield))}
                    {row("Armor", "armor", stats.map(|stats| stats.armor))}
                    {row("Hull", "hull", stats.map(|stats| stats.hull))}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A number with its bar; the bar says nothing that the number does not.
fn resist(kind: &'static str, share: Option<f64>) -> AnyView {
    let text = or_dash(share.map(|share| format!("{:.1} %", share * 100.0)));
    let width = format!("{:.1}", share.unwrap_or(0.0).clamp(0.0, 1.0) * 100.0);
    view! {
        <td class="fit-resist" data-damage=kind>
            <span>{text}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                <rect class="fit-resist-back" width="100" height="1"/>
                <rect class="fit-resist-bar" width=width height="1"/>
            </svg>
        </td>
    }
    .into_any()
}

/// The same tiles for every fit, so that the panel keeps its size.
fn tiles(stats: Option<&FitStats>) -> AnyView {
    let tile = |term: &'static str, value: String, aside: String| {
        view! { <div class="fit-tile"><dt>{term}</dt><dd>{value} <span class="fit-aside">{aside}</span></dd></div> }
    };
    // What is not known yet is a dash; what the fit does not have is a word.
    let say = |of: &dyn Fn(&FitStats) -> (String, String)| {
        stats.map_or_else(
            || ("…".to_owned(), "\u{a0}".to_owned()),
            |stats| {
                let (value, aside) = of(stats);
                (value, if aside.is_empty() { "\u{a0}".to_owned() } else { aside })
            },
        )
    };
    let rows: [(&'static str, (String, String)); 8] = [
        ("DPS", say(&dps)),
        (
            "Volley",
            say(&|stats| match stats.damage {
                Some(damage) if damage.volley > 0.0 => (whole(damage.volley), reach(damage.reach)),
                _ => ("none".to_owned(), String::new()),
            }),
        ),
        ("Speed", say(&|stats| both(stats, |movement| format!("{} m/s", whole(movement.speed))))),
        (
            "Align",
            say(&|stats| {
                both(stats, |movement| {
                    movement.align.map_or_else(|| "cannot move".to_owned(), |align| format!("{align:.2} s"))
                })
            }),
        ),
        ("Mass", say(&|stats| both(stats, |movement| format!("{} t", whole(movement.mass / 1_000.0))))),
        ("Signature", say(&|stats| both(stats, |movement| format!("{} m", whole(movement.signature))))),
        (
            "Capacitor",
            say(&|stats| match stats.capacitor {
                Some(Capacitor::Stable { percent }) => (format!("stable at {percent:.0} %"), String::new()),
                Some(Capacitor::Lasts { seconds }) => {
                    (format!("lasts {}", duration(seconds)), "everything running".to_owned())
                }
                None => ("none".to_owned(), String::new()),
            }),
        ),
        ("Repair", say(&|stats| repair(&stats.repair))),
    ];
    let rows = rows.into_iter().map(|(term, (value, aside))| tile(term, value, aside)).collect_view();
    view! { <dl class="fit-tiles">{rows}</dl> }.into_any()
}

fn dps(stats: &FitStats) -> (String, String) {
    let Some(damage) = stats.damage else { return ("none".to_owned(), String::new()) };
    let BySource { turrets, missiles, drones, fighters, other } = damage.by_source;
    let parts =
        [(turrets, "turrets"), (missiles, "missiles"), (drones, "drones"), (fighters, "fighters"), (other, "other")];
    let parts: Vec<String> =
        parts.iter().filter_map(|(dps, word)| dps.map(|dps| format!("{} {word}", whole(dps)))).collect();
    (whole(damage.dps), format!("{}; {} with reload", parts.join(", "), whole(damage.dps_with_reload)))
}

fn reach(reach: Option<Reach>) -> String {
    let km = |metres: f64| format!("{:.1} km", metres / 1_000.0);
    match reach {
        Some(Reach::Turret { optimal, falloff }) => format!("optimal {}, falloff {}", km(optimal), km(falloff)),
        Some(Reach::Missile { range }) => format!("range {}", km(range)),
        None => String::new(),
    }
}

/// With the propulsion module running, and cold beside it.
fn both(stats: &FitStats, of: impl Fn(&Movement) -> String) -> (String, String) {
    match &stats.hot {
        Some(hot) => (of(hot), format!("{} without propulsion", of(&stats.cold))),
        None => (of(&stats.cold), "no propulsion module".to_owned()),
    }
}

fn repair(repair: &Repair) -> (String, String) {
    let list = |parts: &[(Option<f64>, &str)]| -> Vec<String> {
        parts.iter().filter_map(|(rate, word)| rate.map(|rate| format!("{rate:.1} {word}"))).collect()
    };
    let own = list(&[(repair.shield, "shield"), (repair.armor, "armor"), (repair.hull, "hull")]);
    let others = list(&[
        (repair.remote_shield, "shield"),
        (repair.remote_armor, "armor"),
        (repair.remote_hull, "hull"),
        (repair.remote_capacitor, "capacitor"),
    ]);
    let own = if own.is_empty() { "none".to_owned() } else { format!("{} HP/s", own.join(", ")) };
    let others = if others.is_empty() { String::new() } else { format!("to others: {} a second", others.join(", ")) };
    (own, others)
}

fn warnings(warnings: &[String]) -> Option<AnyView> {
    if warnings.is_empty() {
        return None;
    }
    let rows = warnings.iter().map(|warning| view! { <li>{warning.clone()}</li> }).collect_view();
    let title = format::counted(warnings.len() as u64, "fitting rule broken", "fitting rules broken");
    Some(
        view! {
            <div class="fit-warnings">
                <p><Icon name="warning"/> {format!(" {title} by our reading of the killmail:")}</p>
                <ul>{rows}</ul>
            </div>
        }
        .into_any(),
    )
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "…".to_owned())
}

fn whole(number: f64) -> String {
    format::count(number.max(0.0).round() as u64)
}

fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{fit_report, fit_stats};
    use domain::fit_stats::ImpossibleFit;

    fn html(report: FitReport) -> String {
        Owner::new().with(|| view! { <FitPanel killmail_id=KillmailId(1) report/> }.to_html())
    }

    #[test]
    fn numbers_stand_beside_every_bar_and_say_what_they_rest_on() {
        let html = html(fit_report());
        for text in [
            "35,367",
            "29,270",
            "shield buffer",
            "75.0 %",
            "330",
            "211 with reload",
            "2,095 m/s",
            "6.27 s",
            "without propulsion",
            "lasts 4 min 20 s",
            "all skills V",
            "data build 3650286",
            "range 42.2 km",
        ] {
            assert!(html.contains(text), "{text} is missing in {html}");
        }
        assert!(!html.contains("Lower bound") && !html.contains("NaN") && !html.contains(" style="));
        assert_eq!(html.matches("fit-resist-bar").count(), 12);
    }

    #[test]
    fn a_pending_fit_has_the_shape_of_a_known_one() {
        let pending = html(FitReport { outcome: None, ..fit_report() });
        let known = html(fit_report());
        assert!(pending.contains("Computing") && pending.contains("reload the page"));
        for part in ["<tr", "<dt", "fit-resist-bar"] {
            assert_eq!(pending.matches(part).count(), known.matches(part).count(), "{part}");
        }
        assert!(!pending.contains(">0<"), "unknown is never zero");
    }

    #[test]
    fn doubts_are_words() {
        let mut stats = fit_stats();
        stats.is_lower_bound = true;
        stats.warnings = vec!["CPU: 500 used of 480".to_owned()];
        let html = html(FitReport { outcome: Some(FitOutcome::Computed { stats: Box::new(stats) }), ..fit_report() });
        for text in ["Lower bound: there are abyssal modules", "1 fitting rule broken", "CPU: 500 used of 480"] {
            assert!(html.contains(text), "{text}");
        }
    }

    #[test]
    fn without_statistics_there_is_a_reason() {
        let outcome = FitOutcome::Impossible { reason: ImpossibleFit::Capsule };
        let html = html(FitReport { outcome: Some(outcome), ..fit_report() });
        assert!(html.contains("A capsule has no slots") && !html.contains("<table"));
    }
}
