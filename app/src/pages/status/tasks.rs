//! The panel about what the server does: does each task go on, and how did its last run end.

use crate::{
    components::{
        data_table::{Column, WideTable},
        state_shape::StateShape,
    },
    format,
};
use contract::{TaskPhase, TaskStatus};
use domain::Timestamp;
use leptos::prelude::*;

pub fn tasks_panel(tasks: &[TaskStatus], now: Timestamp) -> AnyView {
    let body = if tasks.is_empty() {
        view! { <p class="empty-note">"No task reports."</p> }.into_any()
    } else {
        table(tasks, now)
    };
    view! {
        <section class="panel tasks" aria-labelledby="tasks-heading">
            <h2 id="tasks-heading">"Tasks"</h2>
            {body}
        </section>
    }
    .into_any()
}

const COLUMNS: &[Column] = &[
    Column::Text("Task"),
    Column::Text("State"),
    Column::Text("Runs"),
    Column::Number("Last run"),
    Column::Number("Took"),
];

fn table(tasks: &[TaskStatus], now: Timestamp) -> AnyView {
    let rows = tasks.iter().map(|task| row(task, now)).collect_view();
    view! {
        <WideTable name="tasks" caption="What this server does all the time or again and again" columns=COLUMNS>
            {rows}
        </WideTable>
    }
    .into_any()
}

fn row(task: &TaskStatus, now: Timestamp) -> AnyView {
    let (key, word) = state(task);
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
    view! {
        <tr>
            <th scope="row">
                {task.name.clone()}
                {task.last_error.clone().map(|error| view! { <span class="data-state">{error}</span> })}
            </th>
            <td><span class="state"><StateShape kind=key/> " " {word}</span></td>
            <td>{task.period_seconds.map_or_else(|| "all the time".to_owned(), every)}</td>
            <td class="number">{or_dash(task.last_run_at.map(|at| format::age(at, now)))}</td>
            <td class="number">{or_dash(task.last_run_seconds.map(took))}</td>
        </tr>
    }
    .into_any()
}

fn state(task: &TaskStatus) -> (&'static str, &'static str) {
    match task.phase {
        TaskPhase::Off => ("standby", "Not in use"),
        TaskPhase::Stopped => ("standby", "Stopped"),
        TaskPhase::Failed => ("failed", "Ended early"),
        TaskPhase::Running if task.last_error.is_some() => ("probing", "Last run failed"),
        TaskPhase::Running => ("active", "Running"),
    }
}

fn every(seconds: f64) -> String {
    if seconds < 1.0 {
        return format!("every {:.0} ms", seconds * 1_000.0);
    }
    let whole = seconds as u64;
    match whole {
        _ if whole.is_multiple_of(3_600) => format!("every {} h", whole / 3_600),
        _ if whole.is_multiple_of(60) => format!("every {} min", whole / 60),
        _ => format!("every {whole} s"),
    }
}

fn took(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1_000.0) } else { format!("{seconds:.1} s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(name: &str, phase: TaskPhase) -> TaskStatus {
        TaskStatus {
            name: name.to_owned(),
            phase,
            is_critical: false,
            period_seconds: None,
            last_run_at: None,
            last_run_seconds: None,
            last_error: None,
            last_success_at: None,
        }
    }

    #[test]
    fn a_row_says_how_a_task_is_doing() {
        let now: Timestamp = "2026-11-23T20:00:00Z".parse().expect("a time");
        let failed = TaskStatus {
            period_seconds: Some(600.0),
            last_run_at: Some("2026-11-23T19:58:00Z".parse().expect("a time")),
            last_run_seconds: Some(0.042),
            last_error: Some("the database is away".to_owned()),
            ..task("dead letters", TaskPhase::Running)
        };
        let html =
            tasks_panel(&[task("persist", TaskPhase::Failed), failed, task("bus", TaskPhase::Off)], now).to_html();
        for text in [
            "persist",
            "Ended early",
            "all the time",
            "dead letters",
            "Last run failed",
            "the database is away",
            "every 10 min",
            "42 ms",
            "Not in use",
        ] {
            assert!(html.contains(text), "{text} is missing in {html}");
        }
        assert!(tasks_panel(&[], now).to_html().contains("No task reports."));
    }

    #[test]
    fn periods_and_durations_are_short() {
        assert_eq!(
            [0.5, 5.0, 60.0, 180.0, 21_600.0].map(every),
            ["every 500 ms", "every 5 s", "every 1 min", "every 3 min", "every 6 h"]
        );
        assert_eq!([0.0004, 0.25, 12.34].map(took), ["0 ms", "250 ms", "12.3 s"]);
    }
}
