//! Texts of the path and of the query, as values of fields.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use serde_json::{Map, Value as Json};

/// Messages that JSON writes as one value.
const PLAIN: [&str; 12] = [
    "google.protobuf.BoolValue",
    "google.protobuf.BytesValue",
    "google.protobuf.DoubleValue",
    "google.protobuf.Duration",
    "google.protobuf.FieldMask",
    "google.protobuf.FloatValue",
    "google.protobuf.Int32Value",
    "google.protobuf.Int64Value",
    "google.protobuf.StringValue",
    "google.protobuf.Timestamp",
    "google.protobuf.UInt32Value",
    "google.protobuf.UInt64Value",
];

/// The pairs of `query`, those of one name together, in the order of their first.
pub fn query(query: &str) -> Vec<(String, Vec<String>)> {
    let mut pairs: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match pairs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value.into_owned()),
            None => pairs.push((name.into_owned(), vec![value.into_owned()])),
        }
    }
    pairs
}

/// The fields on the way that `name` leads from `message`, such as `a.b`; each
/// as the contract or as JSON names it.
pub fn path(message: &MessageDescriptor, name: &str) -> Option<Vec<FieldDescriptor>> {
    let (mut message, mut path) = (Some(message.clone()), Vec::new());
    for part in name.split('.') {
        let inside = message?;
        let field = inside.get_field_by_name(part).or_else(|| inside.get_field_by_json_name(part))?;
        let goes_on = !field.is_list() && !is_text(&field);
        message = field.kind().as_message().filter(|_| goes_on).cloned();
        path.push(field);
    }
    Some(path)
}

/// What the contract calls the field at `path`.
pub fn name(path: &[FieldDescriptor]) -> String {
    path.iter().map(FieldDescriptor::name).collect::<Vec<_>>().join(".")
}

/// Whether a value of the field, or of its list, can be written as one text.
pub fn is_text(field: &FieldDescriptor) -> bool {
    match field.kind() {
        Kind::Message(message) => PLAIN.contains(&message.full_name()),
        _ => true,
    }
}

/// `texts` as the value of the last field of `path`; an error says what is wrong.
pub fn value(path: &[FieldDescriptor], texts: &[String]) -> Result<Value, String> {
    let field = path.last().ok_or("is no field")?;
    if !is_text(field) {
        return Err("cannot be written here, only in the body".to_owned());
    }
    // A text is what it is, as most values in paths are.
    if let (Kind::String, false, [text]) = (field.kind(), field.is_list(), texts) {
        return Ok(Value::String(text.clone()));
    }
    let json = texts.iter().map(|text| json(&field.kind(), text)).collect::<Result<Vec<_>, _>>()?;
    let json = match <[Json; 1]>::try_from(json) {
        Ok([json]) if !field.is_list() => json,
        Ok([json]) => Json::Array(vec![json]),
        Err(json) if field.is_list() => Json::Array(json),
        Err(_) => return Err("is there more than once".to_owned()),
    };
    // JSON knows how every kind is written; so it is read in one place.
    let object = Json::Object(Map::from_iter([(field.json_name().to_owned(), json)]));
    let read = DynamicMessage::deserialize(field.parent_message().clone(), object);
    let mut read = read.map_err(|error| error.to_string())?;
    Ok(read.take_field(field).unwrap_or_else(|| Value::default_value_for_field(field)))
}

/// `text` as JSON would write a value of `kind`.
fn json(kind: &Kind, text: &str) -> Result<Json, String> {
    let is_bool = match kind {
        Kind::Bool => true,
        Kind::Message(message) => message.full_name() == "google.protobuf.BoolValue",
        _ => false,
    };
    match text {
        "true" if is_bool => Ok(Json::Bool(true)),
        "false" if is_bool => Ok(Json::Bool(false)),
        _ if is_bool => Err("must be true or false".to_owned()),
        _ => match (kind, text.parse::<i32>()) {
            (Kind::Enum(_), Ok(number)) => Ok(Json::from(number)),
            _ => Ok(Json::from(text)),
        },
    }
}

/// Sets what `path` leads to inside of `message`.
pub fn set(message: &mut DynamicMessage, path: &[FieldDescriptor], value: Value) {
    match path {
        [] => {}
        [field] => message.set_field(field, value),
        [first, rest @ ..] => {
            if let Some(inside) = message.get_field_mut(first).as_message_mut() {
                set(inside, rest, value);
            }
        }
    }
}
