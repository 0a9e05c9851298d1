//! The API's documentation for people, rendered from the OpenAPI document; no script, nothing from elsewhere.

use super::openapi;
use axum::{Json, response::Html};
use serde_json::Value;
use std::{fmt::Write, sync::OnceLock};

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(openapi::document)
}

/// `GET /api/v1/openapi.json`
pub async fn openapi() -> Json<&'static Value> {
    Json(document())
}

/// `GET /api/docs`
pub async fn page() -> impl axum::response::IntoResponse {
    static PAGE: OnceLock<String> = OnceLock::new();
    let policy = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
    ([(axum::http::header::CONTENT_SECURITY_POLICY, policy)], Html(PAGE.get_or_init(|| render(document())).as_str()))
}

fn render(document: &Value) -> String {
    let mut html = String::from(
        "<!DOCTYPE html><html lang=\"en\" data-theme=\"dark\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>API - EVE PvP Tracker</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"/pkg/main.css\"></head><body class=\"api-docs\"><main class=\"api-docs__main\">\
         <p><a href=\"/\">EVE PvP Tracker</a></p><h1>JSON API</h1>",
    );
    let description = document["info"]["description"].as_str().unwrap_or_default();
    paragraph(&mut html, description);
    html.push_str("<p><a href=\"/api/v1/openapi.json\">OpenAPI 3.1 document</a></p><h2>Operations</h2>");
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post"] {
            if let Some(described) = item.get(method) {
                operation(&mut html, method, path, described);
            }
        }
    }
    html.push_str("<h2>Schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        let _ = write!(
            html,
            "<details id=\"schema-{0}\" class=\"api-docs__schema\"><summary>{0}</summary><pre tabindex=\"0\">{1}</pre></details>",
            escape(name),
            escape(&text)
        );
    }
    html.push_str("</main></body></html>");
    html
}

fn operation(html: &mut String, method: &str, path: &str, operation: &Value) {
    let _ = write!(
        html,
        "<section class=\"api-docs__operation\"><h3><code>{} {}</code></h3>",
        method.to_uppercase(),
        escape(path)
    );
    paragraph(html, operation["summary"].as_str().unwrap_or_default());
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        html.push_str(
            "<table><thead><tr><th scope=\"col\">Parameter</th><th scope=\"col\">In</th>\
             <th scope=\"col\">Type</th><th scope=\"col\">Meaning</th></tr></thead><tbody>",
        );
        for parameter in parameters {
            html.push_str("<tr>");
            for value in [&parameter["name"], &parameter["in"], &parameter["schema"]["type"], &parameter["description"]]
            {
                let _ = write!(html, "<td>{}</td>", escape(value.as_str().unwrap_or_default()));
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
    }
    if let Some(reference) = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str() {
        let name = escape(reference.rsplit('/').next().unwrap_or_default());
        let _ = write!(html, "<p>Body: JSON, <a href=\"#schema-{name}\">{name}</a></p>");
    }
    html.push_str("</section>");
}

fn paragraph(html: &mut String, text: &str) {
    let _ = write!(html, "<p>{}</p>", escape(text));
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
