//! Keeps message and backtrace of a panic until the one who catches it asks: where a panic is caught, its stack is gone.

use std::{
    any::Any,
    backtrace::Backtrace,
    cell::Cell,
    panic::{self, PanicHookInfo},
    sync::Once,
};

thread_local! {
    static LAST: Cell<Option<(String, Backtrace)>> = const { Cell::new(None) };
}

/// What is known of a panic.
pub struct Panic {
    /// What it said and where.
    pub message: String,
    pub backtrace: String,
}

/// From now on panics are kept, each by the thread it happened on. The hook that was there before is called too.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            let at = info.location().map(|at| format!(" (at {at})")).unwrap_or_default();
            let message = text(info.payload()) + &at;
            LAST.set(Some((message, Backtrace::force_capture())));
            before(info);
        }));
    });
}

/// The panic that this thread has just caught, whose payload this is.
pub fn take(payload: &(dyn Any + Send)) -> Panic {
    match LAST.take() {
        // Another one's, when this panic was handed on from a task of its own.
        Some((message, backtrace)) if message.starts_with(&text(payload)) => {
            Panic { message, backtrace: backtrace.to_string() }
        }
        _ => Panic { message: text(payload), backtrace: String::new() },
    }
}

fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without words").to_owned()
}
