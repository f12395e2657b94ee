//! The document as a whole.

use serde_json::{Map, Value as Json, json};

use super::operation;
use super::schema::Schemas;
use crate::json::Routes;

/// What whoever reads it has to know before anything else.
const ABOUT: &str = "Every RPC of Confab over HTTP. Times are RFC 3339, numbers of 64 bits are texts, fields that have their \
                     default are there. A field or a parameter that does not exist is refused by its name. \
                     Errors are problems (RFC 9457): programs go by `code` and `reason`. \
                     Sign up or log in for an access token, which is good for ten minutes; browsers get a cookie instead.";

/// Describes `routes`.
pub fn of(routes: &Routes) -> Json {
    let mut schemas = Schemas::new(routes.pool());
    let mut paths = Map::new();
    let mut tags: Vec<Json> = Vec::new();
    for route in routes.iter() {
        let service = route.rpc.descriptor.parent_service();
        if !tags.iter().any(|tag| tag["name"] == service.name()) {
            let comment = schemas.comments.at(service.parent_file().name(), service.path()).to_owned();
            tags.push(json!({"name": service.name(), "description": comment}));
        }
        // A path that takes a stream is there to say that it cannot be asked so.
        if route.rpc.takes_stream {
            continue;
        }
        let described = operation::of(route, &mut schemas);
        let path = paths.entry(route.template.shown()).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = described;
    }
    tags.sort_by_key(|tag| tag["name"].as_str().map(str::to_owned));
    name_apart(&mut paths);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Confab",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": tags,
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": components(schemas),
    })
}

/// Gives the second way to call an RPC a name of its own.
fn name_apart(paths: &mut Map<String, Json>) {
    let mut seen = std::collections::HashMap::<String, usize>::new();
    let operations = paths.values_mut().filter_map(Json::as_object_mut).flat_map(Map::values_mut);
    for operation in operations {
        let Some(id) = operation["operationId"].as_str().map(str::to_owned) else { continue };
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            operation["operationId"] = json!(format!("{id}_{count}"));
        }
    }
}

fn components(schemas: Schemas) -> Json {
    let mut named: Map<String, Json> = schemas.into_named().into_iter().collect();
    named.insert("Problem".into(), problem());
    let retry = json!({"schema": {"type": "integer", "minimum": 0}, "description": "The seconds to wait."});
    let responses: Map<String, Json> = operation::PROBLEMS
        .iter()
        .map(|(status, what)| {
            let content =
                json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
            let mut response = json!({"description": what, "content": content});
            match *status {
                401 => response["headers"] = json!({"WWW-Authenticate": {"schema": {"type": "string"}}}),
                429 | 503 => response["headers"] = json!({"Retry-After": retry}),
                _ => {}
            }
            (format!("Problem{status}"), response)
        })
        .collect();
    json!({
        "schemas": named,
        "responses": responses,
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The access token of SignUp, LogIn or RefreshSession.",
            },
            "cookie": {
                "type": "apiKey",
                "in": "cookie",
                "name": "__Host-confab",
                "description": "Set by SignUp and LogIn with the session delivery SESSION_DELIVERY_COOKIE, and good for pages of this origin only.",
            },
        },
    })
}

/// What every error looks like.
fn problem() -> Json {
    let text = |what: &str| json!({"type": "string", "description": what});
    let violation = json!({
        "type": "object",
        "required": ["field", "detail"],
        "properties": {
            "field": text("The field, as the contract names it."),
            "detail": text("What was wrong with it."),
        },
    });
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": text("Always `about:blank`: programs go by `reason`."),
            "title": text("The status in words."),
            "status": {"type": "integer", "description": "The status."},
            "detail": text("What went wrong, for people."),
            "code": text("What gRPC calls it, such as INVALID_ARGUMENT."),
            "reason": text("Why, for programs. Never changes its meaning."),
            "domain": text("Whose reason it is."),
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}, "description": "What the detail names, for programs."},
            "errors": {"type": "array", "items": violation, "description": "The fields that were at fault."},
            "requestId": text("The id of the request, as the log has it."),
        },
    })
}
