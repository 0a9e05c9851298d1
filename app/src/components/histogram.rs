//! How a number is spread: bars with the middle half marked, the same in one sentence, and as a table.

use crate::{
    components::{data_table::Column, figure::ChartFigure},
    format,
};
use domain::distribution::{Bin, Distribution};
use leptos::prelude::*;

const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 168.0;
/// Room for the boundaries below the bars.
const FOOT: f64 = 18.0;
const HEAD: f64 = 16.0;
const COLUMNS: &[Column] = &[Column::Text("From – to"), Column::Number("Losses"), Column::Number("Share")];

/// What a histogram is of, in words.
pub struct Words<T> {
    /// `Value of a loss`.
    pub what: &'static str,
    /// Sample and window: `123 losses, last 30 days`.
    pub sample: String,
    /// A boundary: `1.5m`.
    pub short: fn(T) -> String,
    /// Follows an amount in sentences: ` ISK`.
    pub unit: &'static str,
    /// Position on the axis, in any unit.
    pub position: fn(T) -> f64,
}

pub fn histogram<T: Copy + PartialEq>(spread: &Distribution<T>, words: &Words<T>) -> AnyView {
    let amount = |value: T| format!("{}{}", (words.short)(value), words.unit);
    let summary = if spread.min == spread.max {
        format!("{}: {} each. {}", words.what, amount(spread.median), words.sample)
    } else {
        format!(
            "{}: half are between {} and {}, the median is {}. {}",
            words.what,
            amount(spread.lower_quartile),
            amount(spread.upper_quartile),
            amount(spread.median),
            words.sample,
        )
    };
    let rows = spread
        .bins
        .iter()
        .map(|bin| {
            view! {
                <tr>
                    <th scope="row">{range(bin, words)}</th>
                    <td class="number">{format::count(bin.count)}</td>
                    <td class="number">{format::percent(bin.count as f64 / spread.n.max(1) as f64)}</td>
                </tr>
            }
        })
        .collect_view();
    // Drawn before the frame, whose children outlive what they are of.
    let (middle_half, bars) = (middle_half(spread, words), bars(spread, words));
    view! {
        <ChartFigure
            class="histogram"
            width=WIDTH
            height=HEIGHT
            summary
            note="."
            caption=format!("{}, by range", words.what)
            columns=COLUMNS
            rows=rows.into_any()
        >
            {middle_half}
            {bars}
        </ChartFigure>
    }
    .into_any()
}

fn range<T: Copy + PartialEq>(bin: &Bin<T>, words: &Words<T>) -> String {
    let (from, to) = ((words.short)(bin.from), (words.short)(bin.to));
    if from == to { from } else { format!("{from} – {to}") }
}

/// Where a value is on the axis: bars are drawn equally wide, whatever they span.
fn place<T: Copy>(value: T, bins: &[Bin<T>], words: &Words<T>) -> f64 {
    let step = WIDTH / bins.len().max(1) as f64;
    let at = (words.position)(value);
    let nth = bins.iter().position(|bin| at < (words.position)(bin.to)).unwrap_or(bins.len().saturating_sub(1));
    let Some(bin) = bins.get(nth) else { return 0.0 };
    let (from, to) = ((words.position)(bin.from), (words.position)(bin.to));
    let part = if to > from { ((at - from) / (to - from)).clamp(0.0, 1.0) } else { 0.5 };
    step * (nth as f64 + part)
}

fn middle_half<T: Copy>(spread: &Distribution<T>, words: &Words<T>) -> AnyView {
    let x = |value| place(value, &spread.bins, words);
    let (from, to) = (x(spread.lower_quartile), x(spread.upper_quartile));
    let median = format!("{:.1}", x(spread.median));
    view! {
        <rect
            class="histogram-middle"
            x=format!("{from:.1}")
            width=format!("{:.1}", (to - from).max(2.0))
            y=HEAD
            height=HEIGHT - FOOT - HEAD
        />
        <line class="histogram-median" x1=median.clone() x2=median y1=HEAD y2=HEIGHT - FOOT/>
    }
    .into_any()
}

fn bars<T: Copy + PartialEq>(spread: &Distribution<T>, words: &Words<T>) -> AnyView {
    let bins = &spread.bins;
    let step = WIDTH / bins.len().max(1) as f64;
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0).max(1);
    let room = HEIGHT - FOOT - HEAD;
    // A single bar is no wider than one of five.
    let gap = if bins.len() < 5 { (step - WIDTH / 5.0).max(4.0) / 2.0 } else { 2.0 };
    let bars = bins
        .iter()
        .enumerate()
        .map(|(nth, bin)| {
            let height = if bin.count > 0 { (bin.count as f64 / most as f64 * room).max(3.0) } else { 0.0 };
            let (x, y) = (step * nth as f64, HEIGHT - FOOT - height);
            let title = format!("{}: {}", range(bin, words), format::counted(bin.count, "loss", "losses"));
            view! {
                <g class="histogram-bin">
                    <title>{title}</title>
                    <rect class="histogram-hit" x=format!("{x:.1}") y="0" width=format!("{step:.1}") height=HEIGHT - FOOT/>
                    <rect
                        class="histogram-bar"
                        x=format!("{:.1}", x + gap)
                        y=format!("{y:.1}")
                        width=format!("{:.1}", step - 2.0 * gap)
                        height=format!("{height:.1}")
                        rx="2"
                    />
                    {(bin.count > 0)
                        .then(|| {
                            view! {
                                <text
                                    class="histogram-number"
                                    x=format!("{:.1}", x + step / 2.0)
                                    y=format!("{:.1}", y - 4.0)
                                    text-anchor="middle"
                                >
                                    {format::count(bin.count)}
                                </text>
                            }
                        })}
                </g>
            }
        })
        .collect_view();
    let labels = (0..=bins.len())
        .map(|nth| {
            let value = bins.get(nth).map(|bin| bin.from).or_else(|| bins.last().map(|bin| bin.to));
            let anchor = match nth {
                0 => "start",
                nth if nth == bins.len() => "end",
                _ => "middle",
            };
            view! {
                <text
                    class="histogram-label"
                    // On a phone every third is shown, and the last.
                    data-minor=(nth % 3 != 0 && nth != bins.len() || nth + 3 > bins.len() && nth < bins.len()).then_some("true")
                    x=format!("{:.1}", step * nth as f64)
                    y=HEIGHT - 4.0
                    text-anchor=anchor
                >
                    {value.map(words.short)}
                </text>
            }
        })
        .collect_view();
    view! {
        {bars}
        <line class="histogram-base" x1="0" x2=WIDTH y1=HEIGHT - FOOT y2=HEIGHT - FOOT/>
        {labels}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(values: &[i64]) -> String {
        let words = Words {
            what: "Hit points",
            sample: "4 losses, last 30 days".to_owned(),
            short: |value: i64| format::count(value.unsigned_abs()),
            unit: " EHP",
            position: |value| value as f64,
        };
        histogram(&Distribution::of(values.iter().copied()).expect("values"), &words).to_html()
    }

    #[test]
    fn says_in_words_and_as_a_table_what_the_bars_show() {
        let html = html(&[10, 20, 30, 40]);
        assert!(html.contains("half are between 10 and 30 EHP") || html.contains("half are between 10 EHP and 30 EHP"));
        assert!(html.contains("the median is 20 EHP. 4 losses, last 30 days"), "{html}");
        assert!(html.contains("<caption") && html.contains("25.0 %") && !html.contains("NaN"));
        assert!(!html.contains(" style="));
    }

    #[test]
    fn equal_values_are_one_bar() {
        let html = html(&[7, 7, 7]);
        assert!(html.contains("7 EHP each") && html.contains("100.0 %") && !html.contains("NaN"), "{html}");
    }
}
