//! What the RPCs are called, and what they do: a table, and a `match` over paths.

use std::fmt::Write;

use prost_reflect::{DescriptorPool, MethodDescriptor};

use crate::names;

/// The option that says by which HTTP method an RPC is called.
const HTTP: &str = "google.api.http";

/// Rust that defines `METHODS` and `place_of(path)`.
pub fn generate(pool: &DescriptorPool) -> String {
    let (mut methods, mut arms) = (String::new(), String::new());
    let services = pool.services().filter(|service| names::is_ours(service.package_name()));
    let rpcs = services.flat_map(|service| service.methods().collect::<Vec<_>>());
    for (place, rpc) in rpcs.enumerate() {
        let (service, name, kind) =
            (rpc.parent_service().full_name().to_owned(), rpc.name(), kind_of(pool, &rpc));
        let _ = writeln!(
            methods,
            "    Method {{ path: \"/{service}/{name}\", service: {service:?}, name: {name:?}, kind: Kind::{kind} }},"
        );
        let _ = write!(arms, " \"/{service}/{name}\" => {place},");
    }
    // One line however many there are: the function is a table, not a long story.
    format!(
        "const METHODS: &[Method] = &[\n{methods}];\n\n\
         fn place_of(path: &str) -> Option<usize> {{\n    Some(match path {{{arms} _ => return None }})\n}}\n"
    )
}

/// The variant of `Kind` that `rpc` is.
fn kind_of(pool: &DescriptorPool, rpc: &MethodDescriptor) -> &'static str {
    let http = pool.get_extension_by_name(HTTP);
    let rule = http.map(|http| rpc.options().get_extension(&http).into_owned());
    let reads = rule.is_some_and(|rule| rule.as_message().is_some_and(|rule| rule.has_field_by_name("get")));
    match (rpc.is_client_streaming(), reads, rpc.is_server_streaming()) {
        (true, _, _) => "Upload",
        (false, true, _) => "Read",
        (false, false, true) => "Stream",
        (false, false, false) => "Write",
    }
}
