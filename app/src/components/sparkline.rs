//! Kills per minute of the last hour as bars, with the same in words.

use contract::MinuteBucket;
use leptos::prelude::*;

const BAR: usize = 3;
const HEIGHT: u32 = 28;

/// The bars as one path: 60 elements less to draw and to hydrate.
fn path(minutes: &[MinuteBucket]) -> String {
    use std::fmt::Write;
    let most = minutes.iter().map(|minute| minute.kills).max().unwrap_or(0).max(1);
    let mut path = String::new();
    for (index, minute) in minutes.iter().enumerate() {
        let height = (u64::from(minute.kills) * u64::from(HEIGHT)).div_ceil(u64::from(most));
        if height > 0 {
            let _ = write!(path, "M{} {HEIGHT}v-{height}", index * BAR + 1);
        }
    }
    path
}

fn in_words(minutes: &[MinuteBucket]) -> String {
    let last = minutes.last().map_or(0, |minute| minute.kills);
    let most = minutes.iter().map(|minute| minute.kills).max().unwrap_or(0);
    format!("Kills per minute over the last hour: {last} in the last minute, {most} at most")
}

#[component]
pub fn Sparkline(#[prop(into)] minutes: Signal<Vec<MinuteBucket>>) -> impl IntoView {
    let width = 60 * BAR;
    view! {
        <svg
            class="sparkline"
            width=width
            height=HEIGHT
            viewBox=format!("0 0 {width} {HEIGHT}")
            role="img"
            aria-label=move || minutes.with(|minutes| in_words(minutes))
        >
            <path class="sparkline-base" d=format!("M0 {}.5h{width}", HEIGHT - 1)></path>
            <path class="sparkline-bars" d=move || minutes.with(|minutes| path(minutes))></path>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_scaled_and_a_single_kill_is_visible() {
        let minutes = [0, 1, 200].map(|kills| MinuteBucket { kills, ..MinuteBucket::default() });
        assert_eq!(path(&minutes), "M4 28v-1M7 28v-28");
        assert_eq!(in_words(&minutes), "Kills per minute over the last hour: 200 in the last minute, 200 at most");
        assert_eq!(path(&[]), "");
    }
}
