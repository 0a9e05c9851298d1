//! Ends of tasks that a test brings about in a running server. A program has none, and there is no way in from outside.

use futures::future::Either;
use std::{future::Future, sync::Arc};
use tokio::sync::watch;

/// How a task is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Panic,
    /// As if there were nothing left to do.
    Return,
}

/// A task and how it ends.
type Brought = Option<(&'static str, Fault)>;

/// Empty unless a test made it by [`Faults::for_test`].
#[derive(Clone, Debug, Default)]
pub struct Faults(Option<Arc<watch::Sender<Brought>>>);

impl Faults {
    /// Ready to bring one task down.
    pub fn for_test() -> Self {
        Self(Some(Arc::new(watch::Sender::new(None))))
    }

    /// Ends the task of this name wherever it is.
    pub fn bring(&self, task: &'static str, fault: Fault) {
        if let Some(brought) = &self.0 {
            brought.send_replace(Some((task, fault)));
        }
    }

    /// The task, and the fault that may befall it.
    pub(super) fn around(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        let Some(brought) = &self.0 else { return Either::Left(task) };
        let mut news = brought.subscribe();
        Either::Right(async move {
            let fault = async {
                let brought = news.wait_for(|news| news.is_some_and(|(to, _)| to == name)).await;
                let fault = brought.ok().and_then(|news| news.map(|(_, fault)| fault));
                match fault {
                    Some(fault) => fault,
                    // The test has let go of its end.
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = task => {}
                fault = fault => assert!(fault != Fault::Panic, "a test brought this about"),
            }
        })
    }
}
