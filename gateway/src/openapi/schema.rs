//! Messages as JSON Schema (draft 2020-12, as OpenAPI 3.1 has it).

use std::collections::BTreeMap;

use prost_reflect::{
    DescriptorPool, EnumDescriptor, EnumValueDescriptor, FieldDescriptor, Kind, MessageDescriptor,
};
use serde_json::{Map, Value as Json, json};

use super::comments::Comments;
use super::rules::{self, Rules};

/// Which way a message goes: what is asked may lack fields, what is answered has them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// From a client.
    In,
    /// To a client.
    Out,
}

/// Makes schemas, and keeps those that are referred to.
pub struct Schemas {
    /// What the contract says in words.
    pub comments: Comments,
    named: BTreeMap<String, Json>,
}

impl Schemas {
    /// None yet, of messages in `pool`.
    pub fn new(pool: &DescriptorPool) -> Self {
        Self { comments: Comments::of(pool), named: BTreeMap::new() }
    }

    /// Those that were referred to.
    pub fn into_named(self) -> BTreeMap<String, Json> {
        self.named
    }

    /// A reference to the schema of `message`.
    pub fn refer(&mut self, message: &MessageDescriptor, way: Way) -> Json {
        let name = name(message.full_name(), way);
        if !self.named.contains_key(&name) {
            // Before its fields: they may refer to it.
            self.named.insert(name.clone(), Json::Null);
            let schema = self.object(message, way, &[]);
            self.named.insert(name.clone(), schema);
        }
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// The schema of `message` itself, without the fields in `without`.
    pub fn object(&mut self, message: &MessageDescriptor, way: Way, without: &[FieldDescriptor]) -> Json {
        let mut properties = Map::new();
        let mut required = Vec::new();
        // A oneof that has a member elsewhere has none here.
        let is_elsewhere = |field: &FieldDescriptor| {
            let of = |field: &FieldDescriptor| field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
            without.contains(field)
                || of(field)
                    .is_some_and(|oneof| without.iter().any(|other| of(other).as_ref() == Some(&oneof)))
        };
        for field in message.fields().filter(|field| !is_elsewhere(field)) {
            let needed = match way {
                Way::In => field.name() != "client_id" && Rules::of(&field).need_value(&field),
                Way::Out => !field.supports_presence(),
            };
            if needed {
                required.push(json!(field.json_name()));
            }
            properties.insert(field.json_name().to_owned(), self.field(&field, way));
        }
        let mut schema = json!({"type": "object", "properties": properties});
        let comment = self.comments.at(message.parent_file().name(), message.path());
        if !comment.is_empty() {
            schema["description"] = json!(comment);
        }
        if !required.is_empty() {
            schema["required"] = Json::Array(required);
        }
        if way == Way::In {
            schema["additionalProperties"] = json!(false);
            add_oneofs(message, without, &mut schema);
        }
        schema
    }

    /// The schema of the value of `field`, with what is said of it.
    pub fn field(&mut self, field: &FieldDescriptor, way: Way) -> Json {
        let rules = if way == Way::In { Rules::of(field) } else { Rules::default() };
        let mut schema = self.value(field, &rules, way);
        let comment = self.comments.at(field.parent_message().parent_file().name(), field.path());
        // Beside `$ref` anything may stand, in this version of OpenAPI.
        if !comment.is_empty() {
            schema["description"] = json!(comment);
        }
        schema
    }

    fn value(&mut self, field: &FieldDescriptor, rules: &Rules, way: Way) -> Json {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = entry.map_entry_value_field();
                json!({"type": "object", "additionalProperties": self.field(&value, way)})
            }
            kind if field.is_list() => {
                let mut list = json!({"type": "array", "items": self.one(&kind, &rules.of_items(), way)});
                extend(&mut list, rules.said());
                list
            }
            kind => self.one(&kind, rules, way),
        }
    }

    /// The schema of one value of `kind`.
    fn one(&mut self, kind: &Kind, rules: &Rules, way: Way) -> Json {
        let mut schema = match kind {
            Kind::Message(message) => return self.message(message, way),
            Kind::Enum(values) => return self.values(values, rules),
            Kind::Double | Kind::Float => json!({"type": "number"}),
            Kind::Bool => json!({"type": "boolean"}),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({"type": "integer", "format": "int32", "minimum": i32::MIN, "maximum": i32::MAX})
            }
            Kind::Uint32 | Kind::Fixed32 => {
                json!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64 => return long(rules),
            Kind::String => json!({"type": "string"}),
            Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
        };
        extend(&mut schema, rules.said());
        schema
    }

    fn message(&mut self, message: &MessageDescriptor, way: Way) -> Json {
        match message.full_name() {
            "google.protobuf.Timestamp" => json!({"type": "string", "format": "date-time"}),
            "google.protobuf.Duration" => json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?s$"}),
            "google.protobuf.FieldMask" => {
                json!({"type": "string", "pattern": "^([a-zA-Z0-9.]+(,[a-zA-Z0-9.]+)*)?$"})
            }
            _ => self.refer(message, way),
        }
    }

    /// The names of the values of an enum.
    fn values(&mut self, values: &EnumDescriptor, rules: &Rules) -> Json {
        let comments = &self.comments;
        let shown: Vec<_> =
            values.values().filter(|value| value.number() != 0 || !rules.exclude_zero()).collect();
        let told = shown.iter().filter_map(|value| {
            let comment = comments.at(values.parent_file().name(), value.path());
            (!comment.is_empty()).then(|| format!("- `{}`: {comment}", value.name()))
        });
        let told = told.collect::<Vec<_>>().join("\n");
        let names: Vec<_> = shown.iter().map(EnumValueDescriptor::name).collect();
        let key = format!(
            "{}{}",
            name(values.full_name(), Way::Out),
            if rules.exclude_zero() { "-set" } else { "" }
        );
        self.named.insert(key.clone(), json!({"type": "string", "enum": names, "description": told}));
        json!({"$ref": format!("#/components/schemas/{key}")})
    }
}

/// Says of which fields exactly one has to be there.
fn add_oneofs(message: &MessageDescriptor, without: &[FieldDescriptor], schema: &mut Json) {
    let needed = message.oneofs().filter(|oneof| !oneof.is_synthetic() && rules::is_required(oneof));
    let groups = needed.filter(|oneof| !oneof.fields().any(|field| without.contains(&field)));
    let all: Vec<Json> = groups
        .map(|oneof| {
            let members = oneof.fields().map(|field| json!({"required": [field.json_name()]}));
            json!({"oneOf": members.collect::<Vec<_>>()})
        })
        .collect();
    if !all.is_empty() {
        schema["allOf"] = Json::Array(all);
    }
}

/// A number of 64 bits, which JSON writes as a text.
fn long(rules: &Rules) -> Json {
    let least = rules.said().get("minimum").and_then(Json::as_i64);
    let pattern = match least {
        Some(1..) => "^[1-9][0-9]{0,17}$",
        Some(0) => "^(0|[1-9][0-9]{0,17})$",
        _ => "^-?(0|[1-9][0-9]{0,18})$",
    };
    json!({"type": "string", "format": "int64", "pattern": pattern})
}

fn extend(schema: &mut Json, with: Map<String, Json>) {
    if let Json::Object(schema) = schema {
        schema.extend(with);
    }
}

/// What a schema is called: `auth.v1.User`.
fn name(full: &str, way: Way) -> String {
    let short = full.strip_prefix("confab.").unwrap_or(full);
    if way == Way::In { format!("{short}-asked") } else { short.to_owned() }
}
