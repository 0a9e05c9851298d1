//! Times. The server writes EVE time (UTC); after hydration ages count up by one shared clock.

use crate::format;
use domain::Timestamp;
use leptos::prelude::*;

/// The shared clock: `None` on the server and until hydration is over, so that both sides render the same.
#[derive(Clone, Copy, Debug)]
pub struct Clock(pub ReadSignal<Option<Timestamp>>);

/// Puts the clock into the context; it ticks in the browser only.
pub fn provide_clock() {
    let (now, set_now) = signal(None);
    provide_context(Clock(now));
    // Effects run in the browser only.
    Effect::new(move |_| {
        set_now.set(Some(chrono_now()));
        let ticking =
            set_interval_with_handle(move || set_now.set(Some(chrono_now())), std::time::Duration::from_secs(1));
        on_cleanup(move || {
            if let Ok(handle) = ticking {
                handle.clear();
            }
        });
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = set_now;
}

#[cfg(feature = "hydrate")]
fn chrono_now() -> Timestamp {
    Timestamp::from_timestamp_millis(js_sys::Date::now() as i64).unwrap_or_default()
}

#[cfg(not(feature = "hydrate"))]
fn chrono_now() -> Timestamp {
    Timestamp::default()
}

/// How long ago: `12s`. Until hydration, and without JavaScript, the time of day (EVE time).
#[component]
pub fn Age(at: Timestamp) -> impl IntoView {
    let clock = use_context::<Clock>();
    let text = move || match clock.and_then(|clock| clock.0.get()) {
        Some(now) => format::age(at, now),
        None => format::clock(at),
    };
    view! {
        <time class="age" datetime=format::machine_time(at) title=format!("{} EVE time", format::date_time(at))>
            {text}
        </time>
    }
}

/// Date and time in full, EVE time.
#[component]
pub fn DateTime(at: Timestamp) -> impl IntoView {
    view! {
        <time class="date-time" datetime=format::machine_time(at)>{format::date_time(at)}</time>
    }
}
