//! The OpenAPI 3.1 document: one table of operations here, schemas generated from the very types that are sent.

use crate::services::submit::{Submission, Submitted};
use contract::{
    ClientMessage, EntityCard, ErrorCode, KillDetail, KillPage, LiveStats, PlacePage, SearchHit, ServerMessage,
    StaticDataStatus, TypeStats,
};
use domain::{FilterField, KillFilter, KillSummary, filter::FieldShape};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// One documented operation: a `GET`, or a `POST` of [`POSTS`].
pub struct Operation {
    /// Relative to `/api/v1`.
    pub path: &'static str,
    pub summary: &'static str,
    parameters: Parameters,
    /// Media type and schema of the answer.
    answer: fn(&mut SchemaGenerator) -> (&'static str, Value),
}

/// A query parameter: name, JSON type, meaning.
#[derive(Clone, Copy)]
struct Parameter(&'static str, &'static str, &'static str);

/// The query parameters of an operation.
#[derive(Clone, Copy)]
enum Parameters {
    These(&'static [Parameter]),
    /// Those of a filter.
    Filter,
    /// Those of a list that can be filtered, ordered and paged.
    List,
}

const NONE: Parameters = Parameters::These(&[]);
const ID_LIST: &str = "one or more ids separated by commas";

/// What a field of the filter is to callers.
fn filter_parameter(field: FilterField) -> Parameter {
    let side = "on either side unless side is given; one or more ids";
    let meaning = match field {
        FilterField::SystemId | FilterField::ConstellationId | FilterField::RegionId => ID_LIST,
        FilterField::Location => {
            "what stood nearest: ids of stars, planets, moons, belts, stargates or stations, separated by commas"
        }
        FilterField::Band => "highsec, lowsec, nullsec, wspace, abyssal, pochven; several separated by commas",
        FilterField::CharacterId | FilterField::CorporationId | FilterField::AllianceId => side,
        FilterField::ShipTypeId => "what was lost, or what attackers flew with side=attacker; one or more ids",
        FilterField::GroupId => "group of the ship, as ship_type_id; one or more ids",
        FilterField::Side => "victim or attacker",
        FilterField::MinValue | FilterField::MaxValue => "ISK, as 1500000 or 1.5m",
        FilterField::MinAttackers | FilterField::MaxAttackers => "players among the attackers, as 5 or 1.5k",
        FilterField::MinEhp | FilterField::MaxEhp => {
            "effective hit points of the victim's fit, as 25000 or 25k; unknown never matches"
        }
        FilterField::MinDps => "damage a second of the victim's fit without reload; unknown never matches",
        FilterField::Tank => {
            "of the victim's fit: shield, armor, hull, shield_buffer, shield_active, armor_buffer, armor_active; \
             several separated by commas; unknown never matches"
        }
        FilterField::Tags => {
            "module tags (docs/TAGS.md), all of which must be present, separated by commas; case does not matter"
        }
        FilterField::From => "kills at or after this RFC 3339 time",
        FilterField::To => "kills before this RFC 3339 time",
        FilterField::WarId => "declared wars that the loss was part of; one or more ids",
        FilterField::Solo => "exactly one player attacker",
        FilterField::Npc => "no player attacker",
    };
    let kind = if field.shape() == FieldShape::Flag { "boolean" } else { "string" };
    Parameter(field.name(), kind, meaning)
}

const LISTING: &[Parameter] = &[
    Parameter(
        "sort",
        "string",
        "time (default), value, ehp or dps, largest first; kills without the number are left out, and there is no `after`",
    ),
    Parameter("before", "string", "cursor `next` of the page before"),
    Parameter("after", "string", "cursor `prev` of the page before"),
    Parameter("limit", "integer", "rows, 1 to 200, default 50"),
];
const PAGING: &[Parameter] = &[
    Parameter("before", "string", "cursor `next` of the page before"),
    Parameter("after", "string", "cursor `prev` of the page before"),
    Parameter("limit", "integer", "rows, 1 to 200, default 50"),
];

fn object<T: JsonSchema>(generator: &mut SchemaGenerator) -> (&'static str, Value) {
    ("application/json", generator.subschema_for::<T>().to_value())
}

fn text(_: &mut SchemaGenerator) -> (&'static str, Value) {
    ("text/plain", json!({ "type": "string" }))
}

fn any_object(_: &mut SchemaGenerator) -> (&'static str, Value) {
    ("application/json", json!({ "type": "object" }))
}

/// What is posted, with the schema of the body.
pub struct Post {
    pub operation: Operation,
    body: fn(&mut SchemaGenerator) -> (&'static str, Value),
}

/// Every operation that changes something.
pub const POSTS: &[Post] = &[Post {
    operation: Operation {
        path: "/killmails",
        summary: "Post a killmail by id and hash, or by an ESI link. 202: it will be listed in a moment; 200: it was here before",
        parameters: NONE,
        answer: object::<Submitted>,
    },
    body: object::<Submission>,
}];

/// Every operation that reads; the router is compared with it by a test.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/killmails",
        summary: "Kills, newest first",
        parameters: Parameters::List,
        answer: object::<KillPage>,
    },
    Operation {
        path: "/killmails/{id}",
        summary: "One kill with everything known",
        parameters: NONE,
        answer: object::<KillDetail>,
    },
    Operation {
        path: "/killmails/{id}/raw",
        summary: "The ESI body as received",
        parameters: NONE,
        answer: any_object,
    },
    Operation {
        path: "/killmails/{id}/fit",
        summary: "The victim's fit",
        parameters: Parameters::These(&[Parameter("format", "string", "eft (default), dna or esi")]),
        answer: text,
    },
    Operation {
        path: "/killmails/{id}/related",
        summary: "Other losses of the same pilot around the same time",
        parameters: NONE,
        answer: object::<Vec<KillSummary>>,
    },
    Operation { path: "/characters/{id}", summary: "A pilot by id", parameters: NONE, answer: object::<EntityCard> },
    Operation {
        path: "/corporations/{id}",
        summary: "A corporation by id",
        parameters: NONE,
        answer: object::<EntityCard>,
    },
    Operation { path: "/alliances/{id}", summary: "An alliance by id", parameters: NONE, answer: object::<EntityCard> },
    Operation {
        path: "/types/{id}",
        summary: "A ship, module or other type by id",
        parameters: NONE,
        answer: any_object,
    },
    Operation {
        path: "/types/{id}/stats",
        summary: "Usual fits, spread of values, who loses and who kills a ship: of its newest 2,000 losses at most",
        parameters: Parameters::These(&[Parameter("window", "integer", "days: 7, 30 (default) or 90")]),
        answer: object::<TypeStats>,
    },
    Operation { path: "/groups/{id}", summary: "A group of types by id", parameters: NONE, answer: any_object },
    Operation {
        path: "/systems/{id}",
        summary: "A solar system with its activity and recent kills",
        parameters: Parameters::These(PAGING),
        answer: object::<PlacePage>,
    },
    Operation {
        path: "/constellations/{id}",
        summary: "A constellation with its activity and recent kills",
        parameters: Parameters::These(PAGING),
        answer: object::<PlacePage>,
    },
    Operation {
        path: "/regions/{id}",
        summary: "A region with its activity and recent kills",
        parameters: Parameters::These(PAGING),
        answer: object::<PlacePage>,
    },
    Operation {
        path: "/{kind}/{id}/killmails",
        summary: "Kills of a pilot, place or ship; kind is characters, corporations, alliances, systems, constellations, regions, types or groups",
        parameters: Parameters::List,
        answer: object::<KillPage>,
    },
    Operation {
        path: "/search",
        summary: "Pilots, corporations, alliances, places, ships and killmail ids by name",
        parameters: Parameters::These(&[Parameter("q", "string", "at least two characters")]),
        answer: object::<Vec<SearchHit>>,
    },
    Operation {
        path: "/stats/live",
        summary: "Kills and ISK per minute of the last hour",
        parameters: NONE,
        answer: object::<LiveStats>,
    },
    Operation {
        path: "/static-data",
        summary: "Which static data are in use, and what the last import changed",
        parameters: NONE,
        answer: object::<StaticDataStatus>,
    },
    Operation {
        path: "/stream",
        summary: "Live kills by WebSocket. Send ClientMessage (`subscribe` first; `watch` for one kill's fit statistics as soon as they are computed and for `changed` when it is worked out anew), receive ServerMessage",
        parameters: NONE,
        answer: object::<ServerMessage>,
    },
    Operation {
        path: "/stream/sse",
        summary: "Live kills as server-sent events with the payloads of the WebSocket; resumes by Last-Event-ID",
        parameters: Parameters::Filter,
        answer: object::<ServerMessage>,
    },
    Operation { path: "/openapi.json", summary: "This document", parameters: NONE, answer: any_object },
];

/// The document.
pub fn document() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let (media_type, schema) = (operation.answer)(&mut generator);
        paths.insert(format!("/api/v1{}", operation.path), json!({ "get": describe(operation, media_type, &schema) }));
    }
    for post in POSTS {
        let (media_type, schema) = (post.operation.answer)(&mut generator);
        let (body_type, body) = (post.body)(&mut generator);
        let mut description = describe(&post.operation, media_type, &schema);
        description["operationId"] = json!(format!("post_{}", operation_id(post.operation.path)));
        description["requestBody"] = json!({ "required": true, "content": { body_type: { "schema": body } } });
        description["responses"]["202"] = description["responses"]["200"].clone();
        paths.entry(format!("/api/v1{}", post.operation.path)).or_insert_with(|| json!({}))["post"] = description;
    }
    // Not the answer of an operation, yet part of the contract.
    generator.subschema_for::<ClientMessage>();
    generator.subschema_for::<KillFilter>();
    let code = generator.subschema_for::<ErrorCode>();
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem_schema(&code));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "EVE PvP Tracker",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Killmails of EVE Online as they happen, enriched. ISK are numbers with two decimals, times are UTC, cursors are opaque.",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn describe(operation: &Operation, media_type: &str, schema: &Value) -> Value {
    let mut parameters: Vec<Value> = path_parameters(operation.path)
        .map(|name| {
            let kind = if name == "id" { "integer" } else { "string" };
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": kind } })
        })
        .collect();
    let filter = || FilterField::ALL.iter().map(|field| filter_parameter(*field));
    let query: Vec<Parameter> = match operation.parameters {
        Parameters::These(these) => these.to_vec(),
        Parameters::Filter => filter().collect(),
        Parameters::List => filter().chain(LISTING.iter().copied()).collect(),
    };
    parameters.extend(query.into_iter().map(|Parameter(name, kind, meaning)| {
        let is_required = name == "q";
        json!({ "name": name, "in": "query", "required": is_required, "description": meaning, "schema": { "type": kind } })
    }));
    let problem = json!({
        "description": "What is wrong, in `problems` with the path of each offending value",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    json!({
        "summary": operation.summary,
        "operationId": operation_id(operation.path),
        "parameters": parameters,
        "responses": {
            "200": { "description": "OK", "content": { media_type: { "schema": schema } } },
            "4XX": problem,
            "5XX": problem,
        },
    })
}

fn operation_id(path: &str) -> String {
    path.trim_matches('/').replace(['/', '{', '}', '.'], "_")
}

fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn problem_schema(code: &Schema) -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "code": code,
            "request_id": { "type": "string" },
            "problems": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": { "path": { "type": "string" }, "reason": { "type": "string" } },
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_resolves() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let pointer = reference.strip_prefix('#').expect("local reference");
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["paths"].as_object().map(serde_json::Map::len), Some(OPERATIONS.len()));
    }

    #[test]
    fn lists_document_every_field_of_the_filter_and_nothing_else() {
        let document = document();
        let names = |path: &str| -> Vec<String> {
            let parameters = document["paths"][path]["get"]["parameters"].as_array().expect("parameters");
            let query = parameters.iter().filter(|it| it["in"] == "query");
            query.filter_map(|it| it["name"].as_str()).map(str::to_owned).collect()
        };
        let fields: Vec<&str> = FilterField::ALL.iter().map(|field| field.name()).collect();
        assert_eq!(names("/api/v1/stream/sse"), fields);
        let paging = LISTING.iter().map(|Parameter(name, ..)| *name);
        assert_eq!(names("/api/v1/killmails"), fields.iter().copied().chain(paging).collect::<Vec<_>>());
    }

    #[test]
    fn filter_parameters_are_the_filters_fields() {
        for field in FilterField::ALL {
            let Parameter(name, ..) = filter_parameter(*field);
            let example = match field.shape() {
                FieldShape::Words => match field {
                    FilterField::Band => "lowsec",
                    FilterField::Side => "attacker",
                    FilterField::Tank => "armor",
                    _ => "T2",
                },
                FieldShape::Moment => "2026-01-02T03:04:05Z",
                FieldShape::Flag => "true",
                FieldShape::Ids | FieldShape::Amount => "1",
            };
            let filter = KillFilter::from_query(&format!("{name}={example}"), &[]).expect(name);
            assert!(!filter.is_empty(), "{name} does nothing");
        }
    }
}
