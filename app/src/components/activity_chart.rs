//! Kills by hour as bars, with the same numbers as a table for whoever cannot or does not want to read bars.

use crate::{
    components::{data_table::Column, figure::ChartFigure, isk::IskAmount},
    format,
};
use contract::HourBucket;
use leptos::prelude::*;

const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 210.0;
/// Room for the hours below the bars.
const FOOT: f64 = 18.0;
const HEAD: f64 = 14.0;
const COLUMNS: &[Column] = &[Column::Text("Hour from (EVE time)"), Column::Number("Kills"), Column::Number("ISK lost")];

/// The chart. The last bucket is the running hour and drawn hatched.
pub fn activity_chart(buckets: &[HourBucket]) -> AnyView {
    if buckets.is_empty() {
        return view! { <p class="empty-note">"No hours to show yet."</p> }.into_any();
    }
    let most = buckets.iter().map(|bucket| bucket.kills).max().unwrap_or(0);
    let total: u64 = buckets.iter().map(|bucket| bucket.kills).sum();
    let busiest = buckets.iter().max_by_key(|bucket| bucket.kills);
    let summary = match busiest {
        Some(busiest) if most > 0 => format!(
            "{} since {} {}; busiest hour from {} with {}",
            format::counted(total, "kill", "kills"),
            format::date(buckets[0].hour),
            format::clock(buckets[0].hour),
            format::clock(busiest.hour),
            format::counted(most, "kill", "kills"),
        ),
        _ => format!("No kill in the last {}", format::counted(buckets.len() as u64, "hour", "hours")),
    };
    let bars = bars(buckets, most);
    let rows = buckets
        .iter()
        .rev()
        .map(|bucket| {
            view! {
                <tr>
                    <th scope="row">
                        <time datetime=format::machine_time(bucket.hour)>
                            {format!("{} {}", format::date(bucket.hour), format::clock(bucket.hour))}
                        </time>
                    </th>
                    <td class="number">{format::count(bucket.kills)}</td>
                    <td class="number"><IskAmount value=bucket.isk/></td>
                </tr>
            }
        })
        .collect_view();
    let base = HEIGHT - FOOT;
    view! {
        <ChartFigure
            class="activity"
            width=WIDTH
            height=HEIGHT
            summary
            note=". Hours in EVE time; the striped bar is the running hour."
            caption="Kills and ISK by hour, newest first"
            columns=COLUMNS
            rows=rows.into_any()
        >
            <defs>
                <pattern id="activity-running" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="activity-running-ground" width="6" height="6"/>
                    <rect class="activity-running-stripe" width="3" height="6"/>
                </pattern>
            </defs>
            <line class="activity-base" x1="0" x2=WIDTH y1=base y2=base/>
            {bars}
        </ChartFigure>
    }
    .into_any()
}

fn bars(buckets: &[HourBucket], most: u64) -> Vec<AnyView> {
    let step = WIDTH / buckets.len() as f64;
    let room = HEIGHT - FOOT - HEAD;
    let last = buckets.len() - 1;
    buckets
        .iter()
        .enumerate()
        .map(|(index, bucket)| {
            let share = if most > 0 { bucket.kills as f64 / most as f64 } else { 0.0 };
            // A single kill beside a thousand is still seen.
            let height = if bucket.kills > 0 { (share * room).max(3.0) } else { 0.0 };
            let x = step * index as f64;
            let y = HEIGHT - FOOT - height;
            let title = format!(
                "{}: {}, {} ISK",
                format::clock(bucket.hour),
                format::counted(bucket.kills, "kill", "kills"),
                bucket.isk.short()
            );
            let has_label = index % 4 == last % 4;
            let middle = format!("{:.1}", x + step / 2.0);
            // Labels at the ends stay inside the picture.
            let (label_x, anchor) = match index {
                0 => ("0.0".to_owned(), "start"),
                index if index == last => (format!("{WIDTH:.1}"), "end"),
                _ => (middle.clone(), "middle"),
            };
            view! {
                <g class="activity-hour" data-running=(index == last).then_some("true")>
                    <title>{title}</title>
                    <rect class="activity-hit" x=format!("{x:.1}") y="0" width=format!("{step:.1}") height=HEIGHT - FOOT/>
                    <rect
                        class="activity-bar"
                        x=format!("{:.1}", x + 2.0)
                        y=format!("{y:.1}")
                        width=format!("{:.1}", step - 4.0)
                        height=format!("{height:.1}")
                        rx="2"
                    />
                    {(bucket.kills > 0 && (bucket.kills == most || index == last))
                        .then(|| {
                            view! {
                                <text class="activity-number" x=middle y=format!("{:.1}", y - 4.0) text-anchor="middle">
                                    {format::count(bucket.kills)}
                                </text>
                            }
                        })}
                    {has_label
                        .then(|| {
                            view! {
                                <text class="activity-label" x=label_x y=HEIGHT - 4.0 text-anchor=anchor>
                                    {format::clock(bucket.hour)}
                                </text>
                            }
                        })}
                </g>
            }
            .into_any()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Isk;

    fn bucket(hour: &str, kills: u64) -> HourBucket {
        HourBucket { hour: hour.parse().expect("a time"), kills, isk: Isk::from_isk(1_000_000 * kills as i64) }
    }

    #[test]
    fn says_in_words_what_the_bars_show() {
        let buckets = vec![bucket("2026-11-23T18:00:00Z", 4), bucket("2026-11-23T19:00:00Z", 0)];
        let html = activity_chart(&buckets).to_html();
        assert!(html.contains("4 kills since 2026-11-23 18:00; busiest hour from 18:00 with 4 kills"), "{html}");
        assert!(html.contains("<caption") && html.contains("18:00: 4 kills, 4.00m ISK"));
    }

    #[test]
    fn a_quiet_day_divides_by_nothing() {
        let html = activity_chart(&[bucket("2026-11-23T18:00:00Z", 0)]).to_html();
        assert!(html.contains("No kill in the last 1 hour") && !html.contains("NaN"));
        assert!(activity_chart(&[]).to_html().contains("No hours to show"));
    }
}
