//! Pages for what is not there and for what went wrong: what happened, what to do, and the id that finds it in the log.

use crate::{components::icon::Icon, request::set_status, routes};
use contract::{ApiError, ErrorCode};
use leptos::{either::Either, prelude::*};
use leptos_meta::{Meta, Title};

fn heading(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::NotFound => "Nothing here",
        ErrorCode::Invalid => "That address does not make sense",
        ErrorCode::Unauthenticated => "Not without signing in",
        ErrorCode::Forbidden => "Not for you",
        ErrorCode::TooLarge => "Too much at once",
        ErrorCode::UnsupportedKind => "Not understood",
        ErrorCode::TooMany => "Too many requests",
        ErrorCode::Unavailable => "Not reachable just now",
        ErrorCode::Internal => "Something went wrong",
    }
}

/// What the reader can do about it.
fn advice(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::NotFound => {
            "It may not have arrived yet, or the link is mistyped. Search for it, or watch the live kills."
        }
        ErrorCode::Invalid | ErrorCode::UnsupportedKind => "Check the address, or start from the search.",
        ErrorCode::Unauthenticated => "Look at what is open to everybody.",
        ErrorCode::Forbidden => "Only this site's own pages may ask that.",
        ErrorCode::TooLarge => "Ask for less and try again.",
        ErrorCode::TooMany => "Wait half a minute and reload the page.",
        ErrorCode::Unavailable => "Reload the page in a moment; the status page says what is wrong.",
        ErrorCode::Internal => "Reload the page. If it stays, tell the operator the request id.",
    }
}

/// A whole page in place of one that could not be shown.
#[component]
pub fn ErrorPage(error: ApiError) -> impl IntoView {
    let code = error.code;
    set_status(code.http_status());
    let problems = error
        .problems
        .iter()
        .map(|problem| view! { <li><code>{problem.path.clone()}</code> " " {problem.reason.clone()}</li> })
        .collect_view();
    let has_problems = !error.problems.is_empty();
    let request = error.request_id.map(|id| view! { <p class="error-request">"Request " <code>{id}</code></p> });
    let is_search = matches!(code, ErrorCode::NotFound | ErrorCode::Invalid);
    view! {
        <Title text=heading(code)/>
        <Meta name="robots" content="noindex"/>
        <section class="error-page" role=(!is_search).then_some("alert")>
            <p class="error-status" aria-hidden="true">{code.http_status().to_string()}</p>
            <h1>{heading(code)}</h1>
            <p class="error-message">{error.message}</p>
            {has_problems.then(|| view! { <ul class="error-problems">{problems}</ul> })}
            <p>{advice(code)}</p>
            {if is_search {
                Either::Left(
                    view! {
                        <form class="search-form" action=routes::SEARCH method="get" role="search">
                            <label class="sr-only" for="error-search">"Search"</label>
                            <input id="error-search" type="search" name="q" placeholder="Pilot, corporation, ship, system or kill id"/>
                            <button type="submit" class="button button-primary"><Icon name="search"/> " Search"</button>
                        </form>
                    },
                )
            } else {
                Either::Right(view! { <p><a class="button" href=routes::STATUS>"Status of the site"</a></p> })
            }}
            <p><a class="button" href=routes::LIVE>"To the live kills"</a></p>
            {request}
        </section>
    }
}

/// For addresses that no page has.
#[component]
pub fn NotFound() -> impl IntoView {
    let mut error = ApiError::new(ErrorCode::NotFound, "There is no page at this address.");
    error.request_id = SharedValue::new(crate::request::id).into_inner();
    view! { <ErrorPage error/> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::backend::StatusHook;
    use std::sync::{Arc, Mutex};

    fn render(error: ApiError) -> (String, Option<u16>) {
        let status = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&status);
        let html = Owner::new().with(|| {
            leptos_meta::provide_meta_context();
            provide_context(StatusHook(Arc::new(move |code| *seen.lock().expect("not poisoned") = Some(code))));
            view! { <ErrorPage error/> }.to_html()
        });
        let status = *status.lock().expect("not poisoned");
        (html, status)
    }

    #[test]
    fn sets_the_status_and_says_what_to_do() {
        let (html, status) = render(ApiError::not_found("Killmail 5"));
        assert_eq!(status, Some(404));
        assert!(html.contains("Killmail 5 is not known here.") && html.contains("action=\"/search\""));
    }

    #[test]
    fn a_failure_shows_the_request_id() {
        let mut error = ApiError::new(ErrorCode::Internal, "Something broke.");
        error.request_id = Some("01J-abc".to_owned());
        let (html, status) = render(error);
        assert_eq!(status, Some(500));
        assert!(html.contains("01J-abc") && html.contains("role=\"alert\"") && html.contains("/status"));
    }

    #[tokio::test]
    async fn every_page_answers_with_the_right_status() {
        for (path, expected, text) in [
            ("/kill/5", 404, "This kill is not known here."),
            ("/kill/5/", 404, "This kill is not known here."),
            ("/kill/abc", 400, "not the id of a killmail"),
            ("/kill/-1", 400, "not the id of a killmail"),
            ("/system/5", 404, "This place is not known here."),
            ("/region/x", 400, "not the id of a region"),
            ("/nowhere", 404, "no page at this address"),
            ("/search", 200, "Type a name"),
            ("/search?q=a", 200, "At least two letters"),
            ("/search?q=zz%3Cb%3E", 200, "Nothing is called"),
        ] {
            let (status, html) = crate::testing::render(path, None).await;
            assert_eq!(status, expected, "{path}");
            assert!(html.contains(text), "{path}");
            assert_eq!(html.matches("<h1").count(), 1, "{path}");
            assert!(!html.contains("zz<b>"), "{path}");
        }
    }
}
