//! What becomes of tasks that end, well or badly.

use super::*;
use async_trait::async_trait;
use std::sync::atomic::{AtomicU32, Ordering};

const LONG: Duration = Duration::from_secs(60);

fn lifecycle() -> Lifecycle {
    Lifecycle::new(chrono::Utc::now)
}

/// Runs until it is asked to end.
fn good(lifecycle: &Lifecycle, name: &'static str, kind: Kind) {
    let token = if kind == Kind::Front { lifecycle.close_token() } else { lifecycle.stop_token() };
    lifecycle.spawn(name, kind, token.cancelled_owned());
}

fn ended(lifecycle: &Lifecycle, name: &str) -> Option<Ended> {
    lifecycle.state(name).expect("started").ended
}

#[tokio::test(start_paused = true)]
async fn a_critical_task_that_ends_early_stops_the_rest() {
    for (fault, how) in [(Fault::Panic, "panicked: a test brought this about"), (Fault::Return, "ended although")] {
        let faults = Faults::for_test();
        let lifecycle = Lifecycle::with_faults(chrono::Utc::now, faults.clone());
        good(&lifecycle, "one", Kind::Critical);
        good(&lifecycle, "other", Kind::Critical);
        good(&lifecycle, "front", Kind::Front);
        tokio::task::yield_now().await;
        assert!(!lifecycle.is_stopping() && lifecycle.accidents().is_empty());
        faults.bring("one", fault);
        lifecycle.stopping().await;
        let accidents = lifecycle.accidents();
        assert!(accidents.len() == 1 && accidents[0].starts_with(&format!("task one {how}")), "{accidents:?}");
        assert_eq!(ended(&lifecycle, "front"), None, "open until the others have drained");
        assert!(lifecycle.finish(LONG).await);
        assert_eq!(
            (ended(&lifecycle, "other"), ended(&lifecycle, "front")),
            (Some(Ended::Stopped), Some(Ended::Stopped))
        );
        let expected = if fault == Fault::Panic { Ended::Panicked } else { Ended::Returned };
        assert_eq!(ended(&lifecycle, "one"), Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_helper_is_told_and_the_others_go_on() {
    let lifecycle = lifecycle();
    good(&lifecycle, "one", Kind::Critical);
    lifecycle.spawn("helper", Kind::Helper, async { panic!("no more") });
    tokio::time::sleep(LONG).await;
    assert_eq!((ended(&lifecycle, "helper"), lifecycle.is_stopping()), (Some(Ended::Panicked), false));
    assert!(lifecycle.accidents().is_empty());
    assert!(lifecycle.finish(LONG).await);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_in_time_is_aborted() {
    let lifecycle = lifecycle();
    lifecycle.spawn("stubborn", Kind::Critical, std::future::pending());
    assert!(!lifecycle.finish(LONG).await);
    assert_eq!(ended(&lifecycle, "stubborn"), Some(Ended::Aborted));
    assert!(lifecycle.accidents().is_empty(), "it was asked to");
}

#[tokio::test(start_paused = true)]
async fn an_abort_ends_a_stop_that_waits() {
    let lifecycle = lifecycle();
    lifecycle.spawn("stubborn", Kind::Critical, std::future::pending());
    let (of_signal, started) = (lifecycle.clone(), Instant::now());
    let second = async move { of_signal.abort() };
    let (in_time, ()) = tokio::join!(lifecycle.finish(LONG), second);
    assert!(in_time && started.elapsed() < LONG);
    assert_eq!(ended(&lifecycle, "stubborn"), Some(Ended::Aborted));
}

#[test]
fn a_panic_keeps_its_words_and_its_stack() {
    panics::listen();
    let payload = std::panic::catch_unwind(|| panic!("at number {}", 7)).expect_err("it panics");
    let panic = panics::take(payload.as_ref());
    assert!(panic.message.starts_with("at number 7 (at ") && panic.message.contains("tests.rs"), "{}", panic.message);
    assert!(panic.backtrace.contains("a_panic_keeps_its_words"), "{}", panic.backtrace);
    let handed_on = std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new("of another"))).expect_err("panics");
    assert_eq!(panics::take(handed_on.as_ref()).message, "of another");
}

/// Does what its list says, one a run.
struct Scripted {
    runs: Arc<AtomicU32>,
    script: Vec<fn() -> JobOutcome>,
    wake: Arc<tokio::sync::Notify>,
}

#[async_trait]
impl Job for Scripted {
    async fn run(&mut self) -> JobOutcome {
        let run = self.runs.fetch_add(1, Ordering::Relaxed) as usize;
        self.script.get(run).map_or(Ok(Next::InAPeriod), |act| act())
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_comes_again_whatever_its_runs_do() {
    let lifecycle = lifecycle();
    let (runs, wake) = (Arc::<AtomicU32>::default(), Arc::<tokio::sync::Notify>::default());
    let script: Vec<fn() -> JobOutcome> = vec![
        || Ok(Next::InAPeriod),
        || Err("the database is away".into()),
        || panic!("a bug"),
        || Ok(Next::WhenWoken),
        || Ok(Next::In(Duration::from_secs(1))),
    ];
    let job = Scripted { runs: Arc::clone(&runs), script, wake: Arc::clone(&wake) };
    lifecycle.every("job", Schedule::every(LONG).not_at_once(), Box::new(job));
    let after = async |pause: Duration| {
        tokio::time::sleep(pause).await;
        (runs.load(Ordering::Relaxed), lifecycle.state("job").expect("started").last_run.map(|run| run.error))
    };
    let second = Duration::from_secs(1);
    assert_eq!(after(second).await, (0, None), "not at once");
    assert_eq!(after(LONG).await, (1, Some(None)));
    assert_eq!(after(LONG).await, (2, Some(Some("the database is away".to_owned()))));
    let (count, outcome) = after(LONG).await;
    let reason = outcome.expect("a run").expect("it failed");
    assert!(count == 3 && reason.starts_with("panicked: a bug (at "), "{reason}");
    let succeeded_at = lifecycle.state("job").expect("started").last_success_at;
    assert!(succeeded_at.is_some(), "of the first run");
    assert_eq!(after(LONG).await, (4, Some(None)), "a run that panicked is followed by the next");
    assert_eq!(after(10 * LONG).await.0, 4, "until it is woken");
    wake.notify_one();
    assert_eq!(after(second / 2).await.0, 5);
    assert_eq!(after(second).await.0, 6, "when it said");
    assert_eq!(ended(&lifecycle, "job"), None);
    assert!(lifecycle.finish(LONG).await);
    assert_eq!(ended(&lifecycle, "job"), Some(Ended::Stopped));
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_wait_longer_each_time() {
    let lifecycle = lifecycle();
    let runs = Arc::<AtomicU32>::default();
    let script: Vec<fn() -> JobOutcome> = vec![|| Err("away".into()); 100];
    let job = Scripted { runs: Arc::clone(&runs), script, wake: Arc::default() };
    let retry = upstream::retry::BackoffPolicy { first: Duration::from_secs(1), max: Duration::from_secs(8) };
    lifecycle.every("job", Schedule::every(100 * LONG).retry(retry), Box::new(job));
    // Waits of half a second to one, one to two, two to four; from then on four to eight.
    tokio::time::sleep(Duration::from_secs(16)).await;
    let count = runs.load(Ordering::Relaxed);
    assert!((5..=7).contains(&count), "{count}");
    assert!(lifecycle.finish(LONG).await);
}
