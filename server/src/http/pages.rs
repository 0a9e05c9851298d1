//! Server-rendered pages, server functions and static files.

use super::{
    AppState,
    render::{self, Renderer},
    request_id,
    security::{self, MAX_BODY_BYTES},
    viewer,
};
use crate::backend::Pages;
use app::{App, Assets, backend::PublicUrl};
use axum::{
    Router,
    body::{self, Body},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use contract::{ApiError, ErrorCode, ports::BackendHandle};
use leptos::{nonce::Nonce, prelude::*};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list_with_exclusions,
    handle_server_fns_with_context,
};
use std::{
    hash::{DefaultHasher, Hasher},
    path::Path,
    sync::Arc,
};
use tokio::runtime::Handle;
use tower_http::services::ServeDir;

/// Files under `/pkg` are requested with their content's version, so they never change.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// What pages and server functions find in their context.
fn context(state: &AppState) -> impl Fn() + Clone + Send + 'static + use<> {
    let services = Arc::clone(&state.services);
    let policy = state.access_policy;
    let runtime = Handle::current();
    let public_url = PublicUrl(Arc::clone(&state.public_url));
    move || {
        let parts = use_context::<Parts>();
        let (headers, extensions) = parts.map(|parts| (parts.headers, parts.extensions)).unwrap_or_default();
        let request_id: Option<Arc<str>> = request_id::of(&headers).map(Arc::from);
        if let Some(id) = &request_id {
            provide_context(app::backend::RequestId(Arc::clone(id)));
        }
        let asked = services.asked_by(viewer::of(&extensions), policy);
        let pages = Pages::of(Arc::clone(&services), asked, request_id, runtime.clone());
        let backend: BackendHandle = Arc::new(pages);
        provide_context(backend);
        provide_context(public_url.clone());
        if let Some(PageNonce(nonce)) = extensions.get() {
            provide_context(nonce.clone());
        }
        let Some(response) = use_context::<ResponseOptions>() else { return };
        provide_context(app::backend::StatusHook(Arc::new(move |status| {
            if let Ok(status) = StatusCode::from_u16(status) {
                response.set_status(status);
            }
        })));
    }
}

/// Every page route, the client's files and the 404 page.
pub fn routes(state: &AppState) -> Router<AppState> {
    let site_root = state.options.site_root.to_string();
    let assets = Assets { version: asset_version(Path::new(&site_root)) };
    let shell = {
        let assets = assets.clone();
        move || app::shell(assets.clone())
    };
    let fallback_shell = move |_: LeptosOptions| app::shell(assets.clone());
    let pkg = ServeDir::new(format!("{site_root}/pkg")).precompressed_br().precompressed_gzip();
    let pages = Router::new()
        .leptos_routes_with_context(state, page_routes(), context(state), shell)
        .fallback(leptos_axum::file_and_error_handler_with_context::<AppState, _>(context(state), fallback_shell))
        .layer(middleware::from_fn_with_state(Renderer::new(), render::on_one_thread));
    Router::new()
        .merge(pages)
        .route("/ship/{id}", get(ship_is_type))
        .route("/ship/{id}/", get(ship_is_type))
        .nest("/pkg", Router::new().fallback_service(pkg).layer(middleware::from_fn(immutable)))
        .layer(middleware::from_fn(with_policy))
}

/// Server functions are left out: they have a route of their own, [`server_function`].
fn page_routes() -> Vec<AxumRouteListing> {
    let functions = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned());
    generate_route_list_with_exclusions(App, Some(functions.collect()))
}

/// The nonce of one page: its scripts carry it and its policy names it.
#[derive(Clone)]
struct PageNonce(Nonce);

/// Gives every document its policy. Here and not while rendering, so that no way through the renderer leads to a page
/// without one.
async fn with_policy(mut request: Request, next: Next) -> Response<Body> {
    let nonce = Nonce::new();
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
        && let Ok(policy) = HeaderValue::from_str(&security::page_policy(&nonce))
    {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The address other sites give a ship's page.
async fn ship_is_type(uri: Uri) -> Redirect {
    let address = uri.path_and_query().map_or("", |address| address.as_str());
    Redirect::permanent(&address.replacen("/ship/", "/type/", 1))
}

/// `/api/fn/*`: the pages' server functions. One of them gives a failure its status itself; what is wrong with its
/// arguments is found before it is called, and gets the status here.
pub async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let request_id = request_id::of(request.headers()).map(str::to_owned);
    let response = handle_server_fns_with_context(context(&state), request).await.into_response();
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let read = body::to_bytes(body, MAX_BODY_BYTES).await.ok();
    let error = read.and_then(|bytes| serde_json::from_slice::<ApiError>(&bytes).ok());
    let mut error = error.unwrap_or_else(|| ApiError::new(ErrorCode::Internal, "Something went wrong on the server."));
    error.request_id = error.request_id.or(request_id);
    parts.status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Response::from_parts(parts, Body::from(serde_json::to_vec(&error).expect("an error has string keys only")))
}

async fn immutable(request: Request, next: Next) -> Response<Body> {
    let is_versioned = request.uri().query().is_some_and(|query| query.starts_with("v="));
    let mut response = next.run(request).await;
    if is_versioned && response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(IMMUTABLE));
    }
    response
}

/// A hash over the client's files, so that browsers fetch each build once and keep it.
fn asset_version(site_root: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    for file in ["frontend.js", "frontend_bg.wasm", "main.css"] {
        match std::fs::read(site_root.join("pkg").join(file)) {
            Ok(bytes) => hasher.write(&bytes),
            Err(error) => tracing::warn!(%error, file, "the browser client is not built; pages work without it"),
        }
    }
    format!("{:016x}", hasher.finish())
}
