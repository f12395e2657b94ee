//! What prost calls things.

use heck::{ToSnakeCase, ToUpperCamelCase};
use prost_reflect::{EnumDescriptor, MessageDescriptor, OneofDescriptor};

/// The packages that Rust is made for.
pub const ROOT: &str = "confab";

/// Whether Rust is made for `package`.
pub fn is_ours(package: &str) -> bool {
    package.split('.').next() == Some(ROOT)
}

/// `crate::auth::v1::User` for `confab.auth.v1.User`.
pub fn message_path(message: &MessageDescriptor) -> String {
    format!(
        "{}::{}",
        scope(message.package_name(), message.parent_message()),
        message.name().to_upper_camel_case()
    )
}

/// `crate::auth::v1::SessionDelivery` for `confab.auth.v1.SessionDelivery`.
pub fn enum_path(of: &EnumDescriptor) -> String {
    format!("{}::{}", scope(of.package_name(), of.parent_message()), of.name().to_upper_camel_case())
}

/// `crate::message::v1::event::Kind` for the oneof `kind` of `confab.message.v1.Event`.
pub fn oneof_path(oneof: &OneofDescriptor) -> String {
    let message = oneof.parent_message();
    let scope = scope(message.package_name(), Some(message.clone()));
    format!("{scope}::{}", oneof.name().to_upper_camel_case())
}

/// The field of a struct.
pub fn field(name: &str) -> String {
    let name = name.to_snake_case();
    if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// The variant of an enum that a oneof has become.
pub fn variant(name: &str) -> String {
    name.to_upper_camel_case()
}

/// The module that holds what is declared in `package` or inside of `parent`.
fn scope(package: &str, parent: Option<MessageDescriptor>) -> String {
    match parent {
        Some(parent) => {
            let outer = scope(package, parent.parent_message());
            format!("{outer}::{}", field(parent.name()))
        }
        None => package
            .split('.')
            .skip(1)
            .fold("crate".to_owned(), |path, part| format!("{path}::{}", field(part))),
    }
}

/// Words that Rust keeps for itself and that a field may be called.
const KEYWORDS: [&str; 20] = [
    "as", "async", "await", "break", "const", "continue", "do", "else", "enum", "final", "for", "if", "in",
    "loop", "match", "mod", "move", "ref", "type", "use",
];
