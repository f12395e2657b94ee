//! Writes an `impl Validate` for every message.

use std::collections::HashSet;
use std::fmt::Write;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor};

use crate::names;
use crate::rules::{self, FieldRules, Ignore, Shape};

/// What is done about a required field that is not there.
const MISSING: &str = "violations.add(at, \"must be set\");\n";

/// Rust with the implementations for all messages of our packages.
///
/// Fails if a message asks for something that could not be kept; the error
/// names the file, the field and the rule.
pub fn generate(pool: &DescriptorPool) -> Result<String, String> {
    let requests: HashSet<String> = pool
        .services()
        .flat_map(|service| {
            service.methods().map(|rpc| rpc.input().full_name().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let mut code = "use ::confab_proto::validation::{Path, Validate, Violations, rules};\n".to_owned();
    for message in pool.all_messages() {
        if names::is_ours(message.package_name()) && !message.is_map_entry() {
            code.push_str(&implementation(&message, requests.contains(message.full_name()))?);
        }
    }
    Ok(code)
}

fn implementation(message: &MessageDescriptor, is_request: bool) -> Result<String, String> {
    let path = names::message_path(message);
    let body = body(message)?;
    let function = if body.is_empty() {
        String::new()
    } else {
        format!("    fn validate(&self, at: &Path<'_>, violations: &mut Violations) {{\n{body}    }}\n")
    };
    Ok(format!("\nimpl Validate for {path} {{\n    const IS_REQUEST: bool = {is_request};\n{function}}}\n"))
}

fn body(message: &MessageDescriptor) -> Result<String, String> {
    refuse_message_rules(message)?;
    let mut body = String::new();
    for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
        body.push_str(&oneof_statement(&oneof)?);
    }
    for field in message.fields() {
        if field.containing_oneof().is_none_or(|oneof| oneof.is_synthetic()) {
            body.push_str(&field_statement(&field)?);
        }
    }
    Ok(body)
}

/// Rules about a message as a whole are not supported, whatever they are.
fn refuse_message_rules(message: &MessageDescriptor) -> Result<(), String> {
    let extension = message.parent_pool().get_extension_by_name("buf.validate.message");
    match extension.filter(|extension| message.options().has_extension(extension)) {
        Some(_) => Err(rules::unsupported(message.parent_file().name(), message.full_name(), "message")),
        None => Ok(()),
    }
}

fn field_statement(field: &FieldDescriptor) -> Result<String, String> {
    let (rules, shape) = (rules::of(field)?, Shape::of(field));
    let checks = checks(&rules, &shape);
    if checks.is_empty() && !rules.required {
        return Ok(String::new());
    }

    let (name, place) = (field.name(), names::field(field.name()));
    let body = match (rules.required, field.supports_presence()) {
        (false, false) => format!("let value = &self.{place};\n{checks}"),
        (false, true) => format!("if let Some(value) = &self.{place} {{\n{checks}}}\n"),
        (true, true) if checks.is_empty() => format!("if self.{place}.is_none() {{\n{MISSING}}}\n"),
        (true, true) => format!("if let Some(value) = &self.{place} {{\n{checks}}} else {{\n{MISSING}}}\n"),
        (true, false) => {
            let zero = zero(&shape).ok_or_else(|| unsupported(field, "required"))?;
            let otherwise = if checks.is_empty() { String::new() } else { format!(" else {{\n{checks}}}") };
            format!("let value = &self.{place};\nif {zero} {{\n{MISSING}}}{otherwise}\n")
        }
    };
    Ok(format!("{{\nlet at = &at.field({name:?});\n{body}}}\n"))
}

fn oneof_statement(oneof: &OneofDescriptor) -> Result<String, String> {
    let (path, place) = (names::oneof_path(oneof), names::field(oneof.name()));
    let mut code = String::new();
    for field in oneof.fields() {
        let rules = rules::of(&field)?;
        if rules.required {
            return Err(unsupported(&field, "required (inside of a oneof)"));
        }
        let checks = checks(&rules, &Shape::of(&field));
        if !checks.is_empty() {
            let (name, variant) = (field.name(), names::variant(field.name()));
            let _ = writeln!(code, "if let Some({path}::{variant}(value)) = &self.{place} {{");
            let _ = writeln!(code, "let at = &at.field({name:?});\n{checks}}}");
        }
    }
    if is_required(oneof)? {
        let members: Vec<_> = oneof.fields().map(|field| field.name().to_owned()).collect();
        let problem = format!("must be set: {}", members.join(" or "));
        let _ = writeln!(code, "if self.{place}.is_none() {{");
        let _ = writeln!(code, "violations.add(&at.field({:?}), {problem:?});\n}}", oneof.name());
    }
    Ok(code)
}

fn is_required(oneof: &OneofDescriptor) -> Result<bool, String> {
    let Some(extension) = oneof.parent_pool().get_extension_by_name("buf.validate.oneof") else {
        return Ok(false);
    };
    let Some(rules) = rules::message_of(&oneof.options(), &extension) else {
        return Ok(false);
    };
    let set = rules::set_fields(&rules).and_then(|fields| {
        fields.iter().try_fold(false, |_, (name, value)| match (name.as_str(), value.as_bool()) {
            ("required", Some(required)) => Ok(required),
            _ => Err(format!("oneof.{name}")),
        })
    });
    set.map_err(|rule| rules::unsupported(oneof.parent_file().name(), oneof.full_name(), &rule))
}

fn unsupported(field: &FieldDescriptor, rule: &str) -> String {
    rules::unsupported(field.parent_message().parent_file().name(), field.full_name(), rule)
}

/// Statements that check `value`, a reference to something of `shape` that stands at `at`.
fn checks(rules: &FieldRules, shape: &Shape) -> String {
    if rules.ignore == Ignore::Always {
        return String::new();
    }

    let mut code = String::new();
    for check in &rules.checks {
        let _ = writeln!(code, "if {} {{ violations.add(at, {:?}); }}", check.broken, check.problem);
    }
    code.push_str(&inner_checks(rules, shape));
    match zero(shape) {
        Some(zero) if rules.ignore == Ignore::IfZero && !code.is_empty() => {
            format!("if !({zero}) {{\n{code}}}\n")
        }
        _ => code,
    }
}

/// Statements that check what is inside of `value`.
fn inner_checks(rules: &FieldRules, shape: &Shape) -> String {
    let inner = |rules: Option<&FieldRules>, kind: &Kind| {
        checks(rules.unwrap_or(&FieldRules::default()), &Shape::One(kind.clone()))
    };
    match shape {
        Shape::One(Kind::Message(message)) if names::is_ours(message.package_name()) => {
            "value.validate(at, violations);\n".to_owned()
        }
        Shape::One(_) => String::new(),
        Shape::List(kind) => {
            let items = inner(rules.items.as_deref(), kind);
            each("(index, value) in value.iter().enumerate()", "item(index)", &items)
        }
        Shape::Map { key, value } => {
            let keys = inner(rules.keys.as_deref(), key);
            let values = inner(rules.items.as_deref(), value);
            let keys = if keys.is_empty() { keys } else { format!("{{\nlet value = key;\n{keys}}}\n") };
            each("(key, value) in value", "entry(key)", &format!("{keys}{values}"))
        }
    }
}

/// A loop that ends early when there is no room for more violations.
fn each(head: &str, step: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("for {head} {{\nif violations.is_full() {{ break; }}\nlet at = &at.{step};\n{body}}}\n")
}

/// Rust that is true if `value` is what proto3 takes for absent; nothing if it cannot be.
fn zero(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::List(_) | Shape::Map { .. } | Shape::One(Kind::String | Kind::Bytes) => {
            Some("value.is_empty()")
        }
        Shape::One(Kind::Bool) => Some("!*value"),
        Shape::One(Kind::Float | Kind::Double) => Some("*value == 0.0"),
        Shape::One(Kind::Message(_)) => None,
        Shape::One(_) => Some("*value == 0"),
    }
}
