//! Reads the `buf.validate` rules of a field.
//!
//! Every rule is either turned into a [`Check`] or refused: a rule that stands
//! in the contract and is not kept would be worse than none.

use prost_reflect::{DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, ReflectMessage, Value};

use crate::names;

/// What must hold for one value.
#[derive(Default)]
pub struct FieldRules {
    /// Whether the value must be there at all.
    pub required: bool,
    /// When the rules do not apply.
    pub ignore: Ignore,
    /// What is asked of the value itself.
    pub checks: Vec<Check>,
    /// What is asked of each item of a list, or each value of a map.
    pub items: Option<Box<FieldRules>>,
    /// What is asked of each key of a map.
    pub keys: Option<Box<FieldRules>>,
}

/// When rules do not apply.
#[derive(Default, PartialEq)]
pub enum Ignore {
    #[default]
    Never,
    IfZero,
    Always,
}

/// One condition.
pub struct Check {
    /// Rust that is true if `value`, a reference, is fine.
    pub holds: String,
    /// What to tell people if it is not; the name of the field goes before it.
    pub problem: String,
}

/// What kind of value rules are about.
pub enum Shape {
    One(Kind),
    List(Kind),
    Map { key: Kind, value: Kind },
}

impl Shape {
    pub fn of(field: &FieldDescriptor) -> Self {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => Self::Map {
                key: entry.map_entry_key_field().kind(),
                value: entry.map_entry_value_field().kind(),
            },
            kind if field.is_list() => Self::List(kind),
            kind => Self::One(kind),
        }
    }
}

/// The rules of `field`; an error names the file, the field and the rule that is not supported.
pub fn of(field: &FieldDescriptor) -> Result<FieldRules, String> {
    let options = field.options();
    let pool = field.parent_message().parent_pool().clone();
    let rules = match pool.get_extension_by_name("buf.validate.field") {
        Some(extension) => message_of(&options, &extension)
            .map_or(Ok(FieldRules::default()), |rules| read(&rules, &Shape::of(field))),
        None => Ok(FieldRules::default()),
    };
    let predefined = pool.get_extension_by_name("buf.validate.predefined");
    let predefined = predefined.filter(|extension| options.has_extension(extension));
    let rules = if predefined.is_some() {
        Err("predefined".to_owned())
    } else {
        rules
    };
    rules.map_err(|rule| {
        unsupported(
            field.parent_message().parent_file().name(),
            field.full_name(),
            &rule,
        )
    })
}

/// The sentence that ends the build.
pub fn unsupported(file: &str, name: &str, rule: &str) -> String {
    format!("{file}: {name}: the rule `{rule}` is not supported here; add it to proto/build/rules.rs")
}

/// The message that `options` holds under `extension`.
pub fn message_of(options: &DynamicMessage, extension: &ExtensionDescriptor) -> Option<DynamicMessage> {
    let value = options
        .has_extension(extension)
        .then(|| options.get_extension(extension).into_owned())?;
    match value {
        Value::Message(message) => Some(message),
        _ => None,
    }
}

/// The fields that are set in `message`, or the name of something we cannot read.
pub fn set_fields(message: &DynamicMessage) -> Result<Vec<(String, Value)>, String> {
    if let Some((extension, _)) = message.extensions().next() {
        return Err(extension.full_name().to_owned());
    }
    if let Some(unknown) = message.unknown_fields().next() {
        return Err(format!(
            "{}.{}",
            message.descriptor().full_name(),
            unknown.number()
        ));
    }
    Ok(message
        .fields()
        .map(|(field, value)| (field.name().to_owned(), value.clone()))
        .collect())
}

/// Reads a `buf.validate.FieldRules`; an error is the name of the rule.
fn read(message: &DynamicMessage, shape: &Shape) -> Result<FieldRules, String> {
    let mut rules = FieldRules::default();
    for (name, value) in set_fields(message)? {
        match (name.as_str(), value, shape) {
            ("required", Value::Bool(required), _) => rules.required = required,
            ("ignore", Value::EnumNumber(number), _) => rules.ignore = ignore(number)?,
            ("string", Value::Message(of), Shape::One(Kind::String)) => {
                rules.checks = checks(&of, &name, string)?
            }
            ("bytes", Value::Message(of), Shape::One(Kind::Bytes)) => {
                rules.checks = checks(&of, &name, bytes)?
            }
            ("enum", Value::Message(of), Shape::One(Kind::Enum(kind))) => {
                rules.checks = checks(&of, &name, |rule, value| {
                    let known = format!("{}::try_from(*value).is_ok()", names::enum_path(kind));
                    let problem = format!("must be a value of {}", kind.name());
                    (rule == "defined_only" && *value == Value::Bool(true)).then(|| Check {
                        holds: known,
                        problem,
                    })
                })?;
            }
            ("repeated", Value::Message(of), Shape::List(kind)) => read_list(&of, kind, &mut rules)?,
            ("map", Value::Message(of), Shape::Map { key, value }) => read_map(&of, key, value, &mut rules)?,
            (_, Value::Message(of), Shape::One(kind)) if is_integer(&name, kind) => {
                rules.checks = checks(&of, &name, integer)?;
                check_range(&of, &name)?;
            }
            (name, ..) => return Err(name.to_owned()),
        }
    }
    Ok(rules)
}

fn ignore(number: i32) -> Result<Ignore, String> {
    match number {
        0 => Ok(Ignore::Never),
        1 => Ok(Ignore::IfZero),
        3 => Ok(Ignore::Always),
        other => Err(format!("ignore = {other}")),
    }
}

fn read_list(message: &DynamicMessage, kind: &Kind, rules: &mut FieldRules) -> Result<(), String> {
    for (name, value) in set_fields(message)? {
        match (name.as_str(), value) {
            ("min_items", Value::U64(count)) => rules.checks.push(at_least("value.len()", count, "item")),
            ("max_items", Value::U64(count)) => rules.checks.push(at_most("value.len()", count, "item")),
            ("items", Value::Message(items)) => {
                rules.items = Some(read_inner(&items, kind, "repeated.items")?)
            }
            (name, _) => return Err(format!("repeated.{name}")),
        }
    }
    Ok(())
}

fn read_map(
    message: &DynamicMessage,
    key: &Kind,
    value: &Kind,
    rules: &mut FieldRules,
) -> Result<(), String> {
    for (name, set) in set_fields(message)? {
        match (name.as_str(), set) {
            ("min_pairs", Value::U64(count)) => rules.checks.push(at_least("value.len()", count, "entry")),
            ("max_pairs", Value::U64(count)) => rules.checks.push(at_most("value.len()", count, "entry")),
            ("keys", Value::Message(keys)) => rules.keys = Some(read_inner(&keys, key, "map.keys")?),
            ("values", Value::Message(values)) => {
                rules.items = Some(read_inner(&values, value, "map.values")?)
            }
            (name, _) => return Err(format!("map.{name}")),
        }
    }
    Ok(())
}

/// The rules of what is inside of a list or a map, which is always there.
fn read_inner(message: &DynamicMessage, kind: &Kind, within: &str) -> Result<Box<FieldRules>, String> {
    let rules = read(message, &Shape::One(kind.clone())).map_err(|rule| format!("{within}.{rule}"))?;
    if rules.required {
        Err(format!("{within}.required"))
    } else {
        Ok(Box::new(rules))
    }
}

/// Turns each rule that is set in `message` into a check; an error is the name of the first that `check` does not know.
fn checks(
    message: &DynamicMessage,
    within: &str,
    check: impl Fn(&str, &Value) -> Option<Check>,
) -> Result<Vec<Check>, String> {
    let rules = set_fields(message)?;
    rules
        .iter()
        .map(|(name, value)| check(name, value).ok_or_else(|| format!("{within}.{name}")))
        .collect()
}

fn string(rule: &str, value: &Value) -> Option<Check> {
    Some(match (rule, value) {
        ("len", Value::U64(count)) => Check {
            holds: format!("rules::chars_exactly(value, {count})"),
            problem: format!("must be exactly {}", counted(*count, "character")),
        },
        ("min_len", Value::U64(count)) => Check {
            holds: format!("rules::chars_at_least(value, {count})"),
            problem: not_less_than(*count, "character"),
        },
        ("max_len", Value::U64(count)) => Check {
            holds: format!("rules::chars_at_most(value, {count})"),
            problem: format!("must be at most {}", counted(*count, "character")),
        },
        ("not_contains", Value::String(part)) => Check {
            holds: format!("!value.contains({part:?})"),
            problem: format!("must not contain {}", shown(part)),
        },
        ("uuid", Value::Bool(true)) => Check {
            holds: "rules::is_uuid(value)".to_owned(),
            problem: "must be a UUID".to_owned(),
        },
        _ => return None,
    })
}

fn bytes(rule: &str, value: &Value) -> Option<Check> {
    match (rule, value) {
        ("min_len", Value::U64(count)) => Some(at_least("value.len()", *count, "byte")),
        ("max_len", Value::U64(count)) => Some(at_most("value.len()", *count, "byte")),
        _ => None,
    }
}

fn is_integer(rules: &str, kind: &Kind) -> bool {
    matches!(
        (rules, kind),
        ("int32", Kind::Int32) | ("int64", Kind::Int64) | ("uint32", Kind::Uint32) | ("uint64", Kind::Uint64)
    )
}

fn integer(rule: &str, value: &Value) -> Option<Check> {
    let bound = number(value)?;
    let (operator, words) = match rule {
        "gt" => (">", "more than"),
        "gte" => (">=", "at least"),
        "lt" => ("<", "less than"),
        "lte" => ("<=", "at most"),
        _ => return None,
    };
    Some(Check {
        holds: format!("*value {operator} {bound}"),
        problem: format!("must be {words} {}", grouped(bound)),
    })
}

/// `buf.validate` takes bounds that cross to mean "outside of"; we do not.
fn check_range(message: &DynamicMessage, within: &str) -> Result<(), String> {
    let rules = set_fields(message)?;
    let bound = |names: [&str; 2]| {
        rules
            .iter()
            .find(|(name, _)| names.contains(&name.as_str()))
            .and_then(|(_, value)| number(value))
    };
    match (bound(["gt", "gte"]), bound(["lt", "lte"])) {
        (Some(low), Some(high)) if low >= high => Err(format!(
            "{within} with a lower bound of {low} and an upper of {high}"
        )),
        _ => Ok(()),
    }
}

fn number(value: &Value) -> Option<i128> {
    match *value {
        Value::I32(number) => Some(number.into()),
        Value::I64(number) => Some(number.into()),
        Value::U32(number) => Some(number.into()),
        Value::U64(number) => Some(number.into()),
        _ => None,
    }
}

fn at_least(measure: &str, count: u64, unit: &str) -> Check {
    Check {
        holds: format!("{measure} >= {count}"),
        problem: not_less_than(count, unit),
    }
}

fn at_most(measure: &str, count: u64, unit: &str) -> Check {
    Check {
        holds: format!("{measure} <= {count}"),
        problem: format!("must be at most {}", counted(count, unit)),
    }
}

fn not_less_than(count: u64, unit: &str) -> String {
    if count == 1 {
        "must not be empty".to_owned()
    } else {
        format!("must be at least {}", counted(count, unit))
    }
}

/// `1 character`, `8,000 characters`.
fn counted(count: u64, unit: &str) -> String {
    let units = match (count, unit) {
        (1, _) => unit.to_owned(),
        (_, "entry") => "entries".to_owned(),
        _ => format!("{unit}s"),
    };
    format!("{} {units}", grouped(count.into()))
}

/// `8,000`, the way people write it.
fn grouped(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Something to be read, even if it is a control character.
fn shown(part: &str) -> String {
    let mut chars = part.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) if only.is_control() => format!("the character U+{:04X}", u32::from(only)),
        _ => format!("{part:?}"),
    }
}
