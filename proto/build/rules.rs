//! Reads the `buf.validate` rules of a field.
//!
//! Every rule is either turned into a [`Check`] or refused: a rule that stands
//! in the contract and is not kept would be worse than none.

use prost_reflect::{DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, ReflectMessage, Value};

use crate::names;
use crate::words::{counted, grouped, literal, not_less_than, quoted, shown};

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
    /// Rust that is true if `value`, a reference, breaks the rule.
    pub broken: String,
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
    let rules = if predefined.is_some() { Err("predefined".to_owned()) } else { rules };
    rules.map_err(|rule| unsupported(field.parent_message().parent_file().name(), field.full_name(), &rule))
}

/// The sentence that ends the build.
pub fn unsupported(file: &str, name: &str, rule: &str) -> String {
    format!("{file}: {name}: the rule `{rule}` is not supported here; add it to proto/build/rules.rs")
}

/// The message that `options` holds under `extension`.
pub fn message_of(options: &DynamicMessage, extension: &ExtensionDescriptor) -> Option<DynamicMessage> {
    let value = options.has_extension(extension).then(|| options.get_extension(extension).into_owned())?;
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
        return Err(format!("{}.{}", message.descriptor().full_name(), unknown.number()));
    }
    Ok(message.fields().map(|(field, value)| (field.name().to_owned(), value.clone())).collect())
}

/// Reads a `buf.validate.FieldRules`; an error is the name of the rule.
fn read(message: &DynamicMessage, shape: &Shape) -> Result<FieldRules, String> {
    let mut rules = FieldRules::default();
    for (name, value) in set_fields(message)? {
        match (name.as_str(), value, shape) {
            ("required", Value::Bool(required), _) => rules.required = required,
            ("ignore", Value::EnumNumber(number), _) => rules.ignore = ignore(number)?,
            ("string", Value::Message(of), Shape::One(Kind::String)) => {
                rules.checks = checks(&of, &name, string)?;
            }
            ("bytes", Value::Message(of), Shape::One(Kind::Bytes)) => {
                rules.checks = checks(&of, &name, bytes)?;
            }
            ("enum", Value::Message(of), Shape::One(Kind::Enum(kind))) => {
                rules.checks = checks(&of, &name, |rule, value| {
                    let broken = format!("{}::try_from(*value).is_err()", names::enum_path(kind));
                    let problem = format!("must be a value of {}", kind.name());
                    (rule == "defined_only" && *value == Value::Bool(true))
                        .then_some(Check { broken, problem })
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
            ("min_items", Value::U64(count)) => rules.checks.push(at_least(count, "item")),
            ("max_items", Value::U64(count)) => rules.checks.push(at_most(count, "item")),
            ("items", Value::Message(items)) => {
                rules.items = Some(read_inner(&items, kind, "repeated.items")?);
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
            ("min_pairs", Value::U64(count)) => rules.checks.push(at_least(count, "entry")),
            ("max_pairs", Value::U64(count)) => rules.checks.push(at_most(count, "entry")),
            ("keys", Value::Message(keys)) => rules.keys = Some(read_inner(&keys, key, "map.keys")?),
            ("values", Value::Message(values)) => {
                rules.items = Some(read_inner(&values, value, "map.values")?);
            }
            (name, _) => return Err(format!("map.{name}")),
        }
    }
    Ok(())
}

/// The rules of what is inside of a list or a map, which is always there.
fn read_inner(message: &DynamicMessage, kind: &Kind, within: &str) -> Result<Box<FieldRules>, String> {
    let rules = read(message, &Shape::One(kind.clone())).map_err(|rule| format!("{within}.{rule}"))?;
    if rules.required { Err(format!("{within}.required")) } else { Ok(Box::new(rules)) }
}

/// Turns each rule that is set in `message` into a check; an error is the name of the first that `check` does not know.
fn checks(
    message: &DynamicMessage,
    within: &str,
    check: impl Fn(&str, &Value) -> Option<Check>,
) -> Result<Vec<Check>, String> {
    let rules = set_fields(message)?;
    rules.iter().map(|(name, value)| check(name, value).ok_or_else(|| format!("{within}.{name}"))).collect()
}

fn string(rule: &str, value: &Value) -> Option<Check> {
    Some(match (rule, value) {
        ("len", Value::U64(count)) => Check {
            broken: format!("!rules::chars_exactly(value, {})", literal(*count)),
            problem: format!("must be exactly {}", counted(*count, "character")),
        },
        ("min_len", Value::U64(count)) => Check {
            broken: format!("!rules::chars_at_least(value, {})", literal(*count)),
            problem: not_less_than(*count, "character"),
        },
        ("max_len", Value::U64(count)) => Check {
            broken: format!("!rules::chars_at_most(value, {})", literal(*count)),
            problem: format!("must be at most {}", counted(*count, "character")),
        },
        ("max_bytes", Value::U64(count)) => at_most(*count, "byte"),
        ("not_contains", Value::String(part)) => Check {
            broken: format!("value.contains({})", quoted(part)),
            problem: format!("must not contain {}", shown(part)),
        },
        ("uuid", Value::Bool(true)) => {
            Check { broken: "!rules::is_uuid(value)".to_owned(), problem: "must be a UUID".to_owned() }
        }
        _ => return None,
    })
}

fn bytes(rule: &str, value: &Value) -> Option<Check> {
    match (rule, value) {
        ("len", Value::U64(count)) => Some(Check {
            broken: format!("value.len() != {}", literal(*count)),
            problem: format!("must be exactly {}", counted(*count, "byte")),
        }),
        ("min_len", Value::U64(count)) => Some(at_least(*count, "byte")),
        ("max_len", Value::U64(count)) => Some(at_most(*count, "byte")),
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
        "gt" => ("<=", "more than"),
        "gte" => ("<", "at least"),
        "lt" => (">=", "less than"),
        "lte" => (">", "at most"),
        _ => return None,
    };
    Some(Check {
        broken: format!("*value {operator} {}", literal(bound)),
        problem: format!("must be {words} {}", grouped(bound)),
    })
}

/// `buf.validate` takes bounds that cross to mean "outside of"; we do not.
fn check_range(message: &DynamicMessage, within: &str) -> Result<(), String> {
    let rules = set_fields(message)?;
    let bound = |names: [&str; 2]| {
        rules.iter().find(|(name, _)| names.contains(&name.as_str())).and_then(|(_, value)| number(value))
    };
    match (bound(["gt", "gte"]), bound(["lt", "lte"])) {
        (Some(low), Some(high)) if low >= high => {
            Err(format!("{within} with a lower bound of {low} and an upper of {high}"))
        }
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

/// For what has a length: lists, maps and bytes.
fn at_least(count: u64, unit: &str) -> Check {
    let broken =
        if count == 1 { "value.is_empty()".to_owned() } else { format!("value.len() < {}", literal(count)) };
    Check { broken, problem: not_less_than(count, unit) }
}

fn at_most(count: u64, unit: &str) -> Check {
    Check {
        broken: format!("value.len() > {}", literal(count)),
        problem: format!("must be at most {}", counted(count, unit)),
    }
}
