//! What went wrong, for the user: message, the offending values, the id that finds it in the log, a way on.

use crate::components::icon::Icon;
use contract::ApiError;
use leptos::prelude::*;

/// An error in place of a panel's content. `on_retry` adds a button; without JavaScript the link reloads the page.
#[component]
pub fn ErrorPanel(error: ApiError, #[prop(optional, into)] on_retry: Option<Callback<()>>) -> impl IntoView {
    let problems = (!error.problems.is_empty()).then(|| {
        let rows = error
            .problems
            .iter()
            .map(|problem| view! { <li><code>{problem.path.clone()}</code>" "{problem.reason.clone()}</li> })
            .collect_view();
        view! { <ul class="error-problems">{rows}</ul> }
    });
    let retry = on_retry.map(|retry| {
        view! { <button type="button" class="button" on:click=move |_| retry.run(())>"Try again"</button> }
    });
    view! {
        <div class="error-panel" role="alert">
            <Icon name="warning"/>
            <div>
                <p class="error-message">{error.message}</p>
                {problems}
                {error.request_id.map(|id| view! { <p class="error-request">"Request "<code>{id}</code></p> })}
                {retry}
            </div>
        </div>
    }
}
