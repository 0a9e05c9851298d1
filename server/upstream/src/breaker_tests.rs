use super::*;

fn breaker() -> Breaker {
    Breaker::new("test", BreakerOptions::default())
}

fn fail(breaker: &Breaker, times: usize) {
    for _ in 0..times {
        breaker.enter().unwrap().failed();
    }
}

#[tokio::test(start_paused = true)]
async fn ten_failures_in_a_row_open_and_a_probe_closes() {
    let breaker = breaker();
    fail(&breaker, 9);
    breaker.enter().unwrap().succeeded();
    fail(&breaker, 9);
    assert_eq!(breaker.state(), BreakerState::Closed);
    fail(&breaker, 1);
    assert_eq!(breaker.state(), BreakerState::Open);
    assert_eq!(breaker.enter().unwrap_err(), Duration::from_secs(5));
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    let probe = breaker.enter().unwrap();
    assert!(breaker.enter().is_err(), "one probe at a time");
    probe.succeeded();
    assert_eq!(breaker.state(), BreakerState::Closed);
    fail(&breaker, 9);
    assert_eq!(breaker.state(), BreakerState::Closed, "the past is forgotten");
}

#[tokio::test(start_paused = true)]
async fn failed_probes_wait_twice_as_long_up_to_a_minute_and_lost_ones_are_repeated() {
    let breaker = breaker();
    fail(&breaker, 10);
    for pause in [5, 10, 20, 40, 60, 60] {
        tokio::time::advance(Duration::from_secs(pause) - Duration::from_millis(1)).await;
        assert!(breaker.enter().is_err(), "{pause}");
        tokio::time::advance(Duration::from_millis(1)).await;
        drop(breaker.enter().unwrap());
        breaker.enter().unwrap().failed();
    }
}

#[tokio::test(start_paused = true)]
async fn half_of_the_calls_failing_opens_and_old_ones_do_not_count() {
    let breaker = breaker();
    for _ in 0..9 {
        breaker.enter().unwrap().failed();
        breaker.enter().unwrap().succeeded();
    }
    tokio::time::advance(Duration::from_secs(31)).await;
    for _ in 0..9 {
        breaker.enter().unwrap().succeeded();
        breaker.enter().unwrap().failed();
    }
    assert_eq!(breaker.state(), BreakerState::Closed);
    breaker.enter().unwrap().succeeded();
    breaker.enter().unwrap().failed();
    assert_eq!(breaker.state(), BreakerState::Open);
}

#[tokio::test(start_paused = true)]
async fn stragglers_of_before_decide_nothing() {
    let breaker = breaker();
    let straggler = breaker.enter().unwrap();
    fail(&breaker, 10);
    straggler.succeeded();
    assert_eq!(breaker.state(), BreakerState::Open);
}
