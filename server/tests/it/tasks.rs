//! The server's long-lived tasks: their table, what is told of them, and what happens when one ends before its time.

use crate::harness::{self, TestApp, eventually};
use contract::TaskPhase;
use server::{
    commands::serve,
    config::Config,
    lifecycle::{Fault, Faults, Kind, Lifecycle},
    postgres::Embedded,
    tasks::{TASKS, Work},
};
use simulator::Simulator;
use std::{collections::BTreeSet, os::unix::fs::PermissionsExt, process::Command, time::Duration};
use store::testing::TestDatabase;
use tokio::time::timeout;
use upstream::Clock;

const LONG: Duration = Duration::from_secs(120);

fn critical() -> impl Iterator<Item = (&'static str, Kind)> {
    TASKS.iter().filter_map(|task| match task.work {
        Work::Long(kind @ (Kind::Critical | Kind::Front), _) => Some((task.name, kind)),
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_has_a_name_of_its_own_and_is_told_of() {
    let names: BTreeSet<&str> = TASKS.iter().map(|task| task.name).collect();
    assert_eq!(names.len(), TASKS.len());
    assert!(critical().count() > 5);

    let app = TestApp::start("r2z2").await;
    let tasks = app.status().await.tasks;
    assert_eq!(tasks.iter().map(|task| task.name.as_str()).collect::<BTreeSet<_>>(), names);
    let off: Vec<&str> =
        tasks.iter().filter(|task| task.phase == TaskPhase::Off).map(|task| task.name.as_str()).collect();
    assert_eq!(off, ["embedded postgres", "bus"], "neither is configured");
    assert!(tasks.iter().all(|task| matches!(task.phase, TaskPhase::Off | TaskPhase::Running)), "{tasks:?}");
    let page = app.get("/status").await.text().await.expect("a page");
    for name in names {
        assert!(page.contains(&format!(">{name}<")), "{name} is not on the status page");
    }
    eventually("what comes again has come", || async {
        let text = app.get("/metrics").await.text().await.expect("text");
        [
            "task_runs_total{task=\"announcements\",outcome=\"done\"}",
            "task_last_success_timestamp_seconds{task=\"announcements\"}",
            "task_duration_seconds_count{task=\"announcements\"}",
        ]
        .iter()
        .all(|line| text.contains(line))
    })
    .await;
    let task = app.status().await.tasks.into_iter().find(|task| task.name == "announcements");
    let task = task.expect("in the table");
    assert_eq!((task.period_seconds, task.last_error), (Some(5.0), None));
    assert!(task.last_run_at.is_some() && task.last_success_at.is_some() && task.last_run_seconds.is_some());
    app.stop().await;
}

/// Brings one task down and looks at what the server does.
async fn bring_down(name: &'static str, kind: Kind, fault: Fault) {
    let app = TestApp::start("r2z2").await;
    assert_eq!(app.get("/readyz").await.status(), 200);
    app.faults.bring(name, fault);
    let how = if fault == Fault::Panic { "panicked: a test brought this about" } else { "ended although" };
    let reason = format!("task {name} {how}");
    if kind == Kind::Front {
        // Nobody is left to answer.
        timeout(LONG, app.running.lifecycle.stopping()).await.expect("it stops");
    } else {
        eventually("/readyz names the task", || async {
            let answer = app.get("/readyz").await;
            answer.status() == 503 && answer.text().await.is_ok_and(|text| text.contains(&reason))
        })
        .await;
        let text = app.get("/metrics").await.text().await.expect("text");
        let outcome = if fault == Fault::Panic { "panicked" } else { "returned" };
        let counted = format!("tasks_ended_total{{task=\"{name}\",outcome=\"{outcome}\"}}");
        assert!(text.contains(&counted), "{counted}");
    }
    let accidents = app.running.lifecycle.accidents();
    assert!(accidents.iter().any(|accident| accident.starts_with(&reason)), "{accidents:?}");
    // What is left of the pipeline drains by itself, while HTTP still answers.
    eventually("the others end", || async {
        let tasks = app.status().await.tasks;
        let is_over = |name: &str, phase| name == "http" || phase != TaskPhase::Running;
        tasks.iter().all(|task| is_over(&task.name, task.phase))
    })
    .await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_critical_task_that_panics_stops_the_server() {
    for (name, kind) in critical() {
        println!("{name}");
        bring_down(name, kind, Fault::Panic).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_critical_task_that_returns_early_stops_the_server() {
    bring_down("resolve", Kind::Critical, Fault::Return).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accident_is_the_commands_failure() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    let database = TestDatabase::create().await;
    let mut variables = harness::variables(&simulator, "r2z2");
    variables.insert("DATABASE_URL".to_owned(), database.url());
    let config = Config::from_variables(&variables).expect("valid variables");
    let faults = Faults::for_test();
    let lifecycle = Lifecycle::with_faults(Clock::system(), faults.clone());
    // It befalls the task as soon as there is one.
    faults.bring("persist", Fault::Panic);
    let ended = timeout(LONG, serve::run_with(config, lifecycle)).await.expect("it ends by itself");
    let error = ended.expect_err("not as if all were well").to_string();
    assert!(error.contains("task persist panicked: a test brought this about"), "{error}");
    simulator.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_postgresql_that_died_is_started_again() {
    let folder = tempfile::tempdir().expect("folder");
    // The embedded PostgreSQL runs as another user when the tests run as root.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    let mut variables = harness::variables(&simulator, "r2z2");
    variables.insert("DATA_DIR".to_owned(), folder.path().display().to_string());
    let config = Config::from_variables(&variables).expect("valid variables");
    let options = harness::ingest_options(&config);
    let running = serve::start(config, options, Lifecycle::new(Clock::system())).await.expect("server");
    let pid_of = || {
        let text = std::fs::read_to_string(folder.path().join("postgres/postmaster.pid")).ok()?;
        text.lines().next().map(str::to_owned)
    };
    let pid = pid_of().expect("PostgreSQL runs");
    assert!(Command::new("kill").args(["-9", &pid]).status().expect("kill").success());
    eventually("another one runs and is used", || async {
        pid_of().is_some_and(|other| other != pid) && running.services.unready_reasons().await.is_empty()
    })
    .await;
    assert!(running.stop().await);
    assert!(pid_of().is_none(), "it stops with the server it belongs to");
    drop(Embedded::start(folder.path(), None).expect("the data are whole"));
    simulator.shutdown().await;
}
