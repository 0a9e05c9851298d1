//! Single flight: equal calls at the same time become one, and all callers get its answer.
//!
//! The call is a shared future that any of its callers drives: the one that began it may go away, the others carry it
//! on; when all are gone it is dropped. Nothing runs that nobody waits for, so there is nothing to stop.

use futures::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Distinct calls under way; more are made without looking for an equal one.
const MAX_FLIGHTS: usize = 10_000;

type Flight<V> = Shared<BoxFuture<'static, V>>;

pub(crate) struct Flights<K, V: Clone> {
    flights: Mutex<HashMap<K, WeakShared<BoxFuture<'static, V>>>>,
}

/// Takes the flight off the list when its last caller is gone.
struct Boarding<'a, K: Hash + Eq + Clone, V: Clone> {
    flights: &'a Flights<K, V>,
    key: K,
    flight: Option<Flight<V>>,
}

impl<K: Hash + Eq + Clone, V: Clone + Send + Sync + 'static> Flights<K, V> {
    pub fn new() -> Self {
        Self { flights: Mutex::default() }
    }

    /// The answer of the call under way for this key, else of the one that `make` begins. Tells whether it was joined.
    pub async fn run<F>(&self, key: K, make: impl FnOnce() -> F) -> (V, bool)
    where
        F: Future<Output = V> + Send + 'static,
    {
        let (flight, is_joined) = {
            let mut flights = self.lock();
            match flights.get(&key).and_then(WeakShared::upgrade) {
                Some(flight) => (flight, true),
                None => {
                    let flight = make().boxed().shared();
                    if let Some(weak) = flight.downgrade().filter(|_| flights.len() < MAX_FLIGHTS) {
                        flights.insert(key.clone(), weak);
                    }
                    (flight, false)
                }
            }
        };
        let boarding = Boarding { flights: self, key, flight: Some(flight.clone()) };
        let answer = flight.await;
        drop(boarding);
        (answer, is_joined)
    }
}

impl<K, V: Clone> Flights<K, V> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, WeakShared<BoxFuture<'static, V>>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Drop for Boarding<'_, K, V> {
    fn drop(&mut self) {
        let Some(flight) = self.flight.take() else { return };
        let mut flights = self.flights.lock();
        let is_ours =
            flights.get(&self.key).is_some_and(|listed| listed.upgrade().is_none_or(|listed| listed.ptr_eq(&flight)));
        let is_over = flight.peek().is_some();
        let is_last = flight.strong_count().is_none_or(|count| count <= 1);
        if is_ours && (is_over || is_last) {
            flights.remove(&self.key);
        }
    }
}

#[cfg(test)]
#[path = "flight_tests.rs"]
mod tests;
