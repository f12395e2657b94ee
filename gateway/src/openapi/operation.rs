//! One way to call one RPC.

use confab_proto::Access;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value as Json, json};

use super::comments::first_sentence;
use super::rules::Rules;
use super::schema::{Schemas, Way};
use crate::json::{BodyOf, Route, bind};

/// What may be answered instead, and when.
pub const PROBLEMS: [(u16, &str); 13] = [
    (400, "The request makes no sense, or not now."),
    (401, "It is not known who asks, or the session has ended."),
    (403, "Whoever asks may not."),
    (404, "There is no such thing, or it is none of the caller's business."),
    (409, "It is there already, and differs; or somebody else was first."),
    (413, "The body is too large."),
    (415, "The body is not JSON, or does not say so."),
    (429, "There is no room, or no turn, for this now."),
    (499, "Whoever asked has gone."),
    (500, "Something went wrong on the server."),
    (501, "The server does not do this."),
    (503, "It cannot be done now, or it is not known whether it was done. A retry settles it."),
    (504, "The deadline of the request has passed."),
];
/// Those that only a request with a body gets.
const OF_BODIES: [u16; 2] = [413, 415];

/// How deep parameters may lie inside of others.
const DEPTH_MAX: usize = 3;

/// Describes `route`.
pub fn of(route: &Route, schemas: &mut Schemas) -> Json {
    let rpc = &route.rpc.descriptor;
    let (service, file) = (rpc.parent_service(), rpc.parent_file());
    let comment = schemas.comments.at(file.name(), rpc.path()).to_owned();
    let is_public = confab_proto::access(route.rpc.path.as_str()) == Some(Access::Public);

    let mut operation = json!({
        "operationId": format!("{}_{}", service.name(), rpc.name()),
        "tags": [service.name()],
        "summary": first_sentence(&comment),
        "description": comment,
        "parameters": parameters(route, schemas),
        "responses": responses(route, schemas),
    });
    if let Some(body) = body(route, schemas) {
        operation["requestBody"] = body;
    }
    if is_public {
        operation["security"] = json!([]);
    }
    operation
}

fn parameters(route: &Route, schemas: &mut Schemas) -> Vec<Json> {
    let mut parameters = Vec::new();
    for (name, path) in route.template.fields().zip(&route.in_path) {
        let Some(field) = path.last() else { continue };
        let mut schema = schemas.field(field, Way::In);
        let description = take_description(&mut schema);
        // An empty segment is another path.
        if schema["type"] == "string" && schema.get("minLength").is_none() {
            schema["minLength"] = json!(1);
        }
        let parameter = json!({"name": name, "in": "path", "required": true, "schema": schema, "description": description});
        parameters.push(parameter);
    }
    if route.body != BodyOf::Input {
        let mut way = Vec::new();
        in_query(route, &route.rpc.input, &mut way, schemas, &mut parameters);
    }
    parameters.extend(headers(route));
    parameters
}

/// Adds what may be said in the query of the fields of `message`, to which `way` leads.
fn in_query(
    route: &Route,
    message: &MessageDescriptor,
    way: &mut Vec<FieldDescriptor>,
    schemas: &mut Schemas,
    parameters: &mut Vec<Json>,
) {
    for field in message.fields() {
        way.push(field.clone());
        let is_body = matches!(&route.body, BodyOf::Field(body) if *body == field);
        if is_body || route.in_path.contains(way) {
            // It is said elsewhere.
        } else if bind::is_text(&field) {
            let name = way.iter().map(FieldDescriptor::json_name).collect::<Vec<_>>().join(".");
            let mut schema = schemas.field(&field, Way::In);
            let description = take_description(&mut schema);
            let required = Rules::of(&field).need_value(&field);
            let parameter = json!({"name": name, "in": "query", "required": required, "schema": schema, "description": description});
            parameters.push(parameter);
        } else if let (Kind::Message(inside), true) =
            (field.kind(), !field.is_list() && way.len() < DEPTH_MAX)
        {
            in_query(route, &inside, way, schemas, parameters);
        }
        way.pop();
    }
}

/// What may be said in headers.
fn headers(route: &Route) -> Vec<Json> {
    let header = |name: &str, schema: Json, what: &str| json!({"name": name, "in": "header", "required": false, "schema": schema, "description": what});
    let what = "How long an answer is waited for, at most eight digits and `H`, `M`, `S`, `m` (thousandths of a second), \
                `u` or `n`: then it is 504, and what was opened ends. It should be positive: zero is a time that is over already, \
                and anything else is refused with 400.";
    let mut headers =
        vec![header("Grpc-Timeout", json!({"type": "string", "pattern": "^[1-9][0-9]{0,7}[HMSmun]$"}), what)];
    if route.rpc.client_id.is_some() {
        let what =
            "Stands for `clientId`, which is then not needed: a call with the same one is the same call.";
        headers.push(header("Idempotency-Key", json!({"type": "string", "format": "uuid"}), what));
    }
    if route.is_single() {
        let what = "The `ETag` of an answer that is there already.";
        headers.push(header("If-None-Match", json!({"type": "string"}), what));
    }
    if route.has_cursor() {
        let what = "The `id` of the last event, to go on from there. Browsers say it by themselves.";
        headers.push(header("Last-Event-ID", json!({"type": "string"}), what));
    }
    headers
}

fn body(route: &Route, schemas: &mut Schemas) -> Option<Json> {
    let schema = match &route.body {
        BodyOf::Nothing => return None,
        BodyOf::Input => {
            let in_path: Vec<FieldDescriptor> =
                route.in_path.iter().filter(|path| path.len() == 1).flatten().cloned().collect();
            schemas.object(&route.rpc.input, Way::In, &in_path)
        }
        BodyOf::Field(field) => schemas.field(field, Way::In),
    };
    let needed = schema.get("required").is_some() || schema.get("allOf").is_some();
    let needed = needed || matches!(&route.body, BodyOf::Field(field) if Rules::of(field).need_value(field));
    let mut content = json!({"schema": schema});
    if let Some(example) = example(&content["schema"]) {
        content["example"] = example;
    }
    Some(json!({"required": needed, "content": {"application/json": content}}))
}

/// What a body could be, of the fields that are needed and of those that everybody sends.
fn example(schema: &Json) -> Option<Json> {
    let properties = schema.get("properties")?.as_object()?;
    let value = |name: &str| match name {
        "email" | "newEmail" => json!("ann@example.com"),
        "password" | "oldPassword" => json!("correct horse battery"),
        "newPassword" => json!("staple battery horse"),
        "name" => json!("Ann"),
        "text" => json!("Hello!"),
        "title" => json!("Friends"),
        "emoji" => json!("👍"),
        "clientId" => json!("5f0c1c86-6a0e-4b5c-8c39-9d6a8a3c6a51"),
        "history" => json!("HISTORY_EVERYTHING"),
        "seq" => json!("1"),
        "typing" => json!(true),
        _ => Json::Null,
    };
    let example: Map<String, Json> = properties
        .keys()
        .map(|name| (name.clone(), value(name)))
        .filter(|(_, value)| !value.is_null())
        .collect();
    (!example.is_empty()).then_some(Json::Object(example))
}

fn responses(route: &Route, schemas: &mut Schemas) -> Json {
    let schema = match &route.response_body {
        None => schemas.refer(&route.rpc.output, Way::Out),
        Some(field) => schemas.field(field, Way::Out),
    };
    let told = schemas.comments.at(route.rpc.output.parent_file().name(), route.rpc.output.path()).to_owned();
    let content = if route.rpc.gives_stream {
        let events = "Server-Sent Events: the data of each is one such message as JSON; `id` is the cursor to go on from; \
                      `event: problem` tells why the stream ends.";
        json!({
            "application/x-ndjson": {"schema": schema},
            "text/event-stream": {"schema": {"type": "string", "description": events}},
        })
    } else {
        json!({"application/json": {"schema": schema}})
    };
    let mut responses = json!({"200": {"description": told, "content": content}});
    if route.is_single() {
        responses["200"]["headers"] = json!({"ETag": {"schema": {"type": "string"}}});
        responses["304"] = json!({"description": "The client has it already."});
    }
    for (status, _) in PROBLEMS {
        if route.body != BodyOf::Nothing || !OF_BODIES.contains(&status) {
            responses[status.to_string()] =
                json!({"$ref": format!("#/components/responses/Problem{status}")});
        }
    }
    responses
}

/// Takes the description out of `schema`: of a parameter it stands beside it.
fn take_description(schema: &mut Json) -> Json {
    schema.as_object_mut().and_then(|schema| schema.remove("description")).unwrap_or_else(|| json!(""))
}
