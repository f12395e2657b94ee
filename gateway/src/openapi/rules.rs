//! The limits of a field (`buf.validate`), as JSON Schema says them.

use prost_reflect::{DynamicMessage, FieldDescriptor, OneofDescriptor, Value};
use serde_json::{Map, Value as Json, json};

/// The options that say them.
const OPTION: &str = "buf.validate.field";
const ONEOF_OPTION: &str = "buf.validate.oneof";
/// `Ignore` of the contract: rules hold for what is not zero.
const IGNORE_IF_ZERO_VALUE: i32 = 1;

/// The rules of one value.
#[derive(Default)]
pub struct Rules(Option<DynamicMessage>);

impl Rules {
    /// Those of `field`.
    pub fn of(field: &FieldDescriptor) -> Self {
        let pool = field.parent_message().parent_pool();
        let rules = pool.get_extension_by_name(OPTION).and_then(|option| {
            let options = field.options();
            let rules = options.has_extension(&option).then(|| options.get_extension(&option).into_owned());
            rules.and_then(|rules| rules.as_message().cloned())
        });
        Self(rules)
    }

    /// Those of each value of a list with these rules.
    pub fn of_items(&self) -> Self {
        let lists = self.inside("repeated");
        Self(lists.and_then(|lists| lists.get_field_by_name("items")?.as_message().cloned()))
    }

    /// Whether a request without the field is refused.
    pub fn need_value(&self, field: &FieldDescriptor) -> bool {
        let Some(rules) = &self.0 else { return false };
        if rules.get_field_by_name("required").is_some_and(|required| *required == Value::Bool(true)) {
            return true;
        }
        if self.ignores_zero() || field.supports_presence() {
            return false;
        }
        let said = self.said();
        let is_least = |name: &str| said.get(name).and_then(Json::as_i64).is_some_and(|least| least > 0);
        ["minLength", "minItems", "minimum"].into_iter().any(is_least) || said.contains_key("format")
    }

    fn ignores_zero(&self) -> bool {
        let ignore = self.0.as_ref().and_then(|rules| rules.get_field_by_name("ignore")?.as_enum_number());
        ignore == Some(IGNORE_IF_ZERO_VALUE)
    }

    fn inside(&self, kind: &str) -> Option<DynamicMessage> {
        let rules = self.0.as_ref().filter(|rules| rules.has_field_by_name(kind))?;
        rules.get_field_by_name(kind)?.as_message().cloned()
    }

    /// What JSON Schema says of them.
    pub fn said(&self) -> Map<String, Json> {
        let mut said = Map::new();
        // What may be left out may be empty, whatever else it has to be.
        if self.ignores_zero() {
            return said;
        }
        for kind in ["string", "bytes", "repeated", "map", "int32", "int64", "uint32", "uint64"] {
            let Some(rules) = self.inside(kind) else { continue };
            for (field, value) in rules.fields() {
                say(&mut said, kind, field.name(), value);
            }
        }
        said
    }

    /// Whether zero is not among the values that an enum may have.
    pub fn exclude_zero(&self) -> bool {
        self.0.as_ref().is_some_and(|rules| {
            rules.get_field_by_name("required").is_some_and(|required| *required == Value::Bool(true))
        })
    }
}

/// Adds what the rule `name` of a `kind` says.
fn say(said: &mut Map<String, Json>, kind: &str, name: &str, value: &Value) {
    let number = match value {
        Value::I32(number) => Some(i64::from(*number)),
        Value::I64(number) => Some(*number),
        Value::U32(number) => Some(i64::from(*number)),
        Value::U64(number) => i64::try_from(*number).ok(),
        _ => None,
    };
    let mut put = |name: &str, value: Json| {
        said.insert(name.to_owned(), value);
    };
    match (kind, name, number) {
        ("string", "min_len", Some(number)) => put("minLength", json!(number)),
        ("string", "max_len" | "max_bytes", Some(number)) => put("maxLength", json!(number)),
        ("string", "len", Some(number)) => {
            put("minLength", json!(number));
            put("maxLength", json!(number));
        }
        ("string", "uuid", _) => put("format", json!("uuid")),
        ("string", "not_contains", _) if value.as_str() == Some("\0") => {
            put("pattern", json!("^[^\\u0000]*$"));
        }
        ("repeated", "min_items", Some(number)) => put("minItems", json!(number)),
        ("repeated", "max_items", Some(number)) => put("maxItems", json!(number)),
        ("repeated", "unique", _) => put("uniqueItems", json!(true)),
        (_, "gte", Some(number)) => put("minimum", json!(number)),
        (_, "lte", Some(number)) => put("maximum", json!(number)),
        (_, "gt", Some(number)) => put("minimum", json!(number + 1)),
        (_, "lt", Some(number)) => put("maximum", json!(number - 1)),
        _ => {}
    }
}

/// Whether one of the members of `oneof` has to be there.
pub fn is_required(oneof: &OneofDescriptor) -> bool {
    let option = oneof.parent_pool().get_extension_by_name(ONEOF_OPTION);
    option.is_some_and(|option| {
        let options = oneof.options();
        let rules = options.get_extension(&option);
        let required = rules.as_message().and_then(|rules| rules.get_field_by_name("required")?.as_bool());
        required == Some(true)
    })
}
