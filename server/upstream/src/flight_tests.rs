use super::*;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

#[tokio::test(start_paused = true)]
async fn a_hundred_equal_calls_are_one_and_others_are_not() {
    let (flights, calls) = (Flights::new(), AtomicUsize::new(0));
    let calls = Arc::new(calls);
    let call = |key: u32| {
        let calls = Arc::clone(&calls);
        flights.run(key, move || async move {
            calls.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_secs(1)).await;
            key * 10
        })
    };
    let answers = futures::future::join_all((0..200).map(|index| call(index % 2))).await;
    assert!(answers.iter().enumerate().all(|(index, (answer, _))| *answer == index as u32 % 2 * 10));
    assert_eq!(answers.iter().filter(|(_, is_joined)| !is_joined).count(), 2);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    assert!(flights.lock().is_empty());
    call(0).await;
    assert_eq!(calls.load(Ordering::SeqCst), 3, "answers are not kept");
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_goes_away_strands_nobody() {
    let flights = Arc::new(Flights::new());
    let calls = Arc::new(AtomicUsize::new(0));
    let call = || {
        let (flights, calls) = (Arc::clone(&flights), Arc::clone(&calls));
        tokio::spawn(async move {
            let make = move || async move {
                calls.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(10)).await;
                7
            };
            flights.run("key", make).await.0
        })
    };
    let leader = call();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let follower = call();
    tokio::time::sleep(Duration::from_secs(1)).await;
    leader.abort();
    assert_eq!(follower.await.unwrap(), 7);
    assert_eq!(calls.load(Ordering::SeqCst), 1);

    let only = call();
    tokio::time::sleep(Duration::from_secs(1)).await;
    only.abort();
    assert!(only.await.is_err());
    assert!(flights.lock().is_empty(), "an abandoned call leaves nothing behind");
    assert_eq!(call().await.unwrap(), 7);
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}
