//! Who may call which RPC, and which take a stream: `match`es over paths, and the
//! list of services.

use std::collections::BTreeMap;
use std::fmt::Write;

use prost_reflect::{DescriptorPool, MethodDescriptor};

use crate::names;

/// The option that says it.
const OPTION: &str = "confab.options.v1.access";

/// Rust that defines `takes_stream_at(path)`, `access_of(path)` and `SERVICES`.
///
/// Fails if an RPC has a value of the option that is not known here.
pub fn generate(pool: &DescriptorPool) -> Result<String, String> {
    let mut services = String::new();
    let mut paths: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut uploads = Vec::new();
    for service in pool.services().filter(|service| names::is_ours(service.package_name())) {
        let (name, package) = (service.full_name(), service.package_name());
        let _ = writeln!(services, "    Service {{ name: {name:?}, package: {package:?} }},");
        for rpc in service.methods() {
            let path = format!("\"/{name}/{}\"", rpc.name());
            if rpc.is_client_streaming() {
                uploads.push(path.clone());
            }
            paths.entry(access_of(pool, &rpc)?).or_default().push(path);
        }
    }

    let mut arms = String::new();
    for (access, paths) in paths {
        // One line however many there are: the function is a table, not a long story.
        let _ = writeln!(arms, "        {} => Access::{access},", paths.join(" | "));
    }
    // No path is empty.
    let uploads = if uploads.is_empty() { "\"\"".to_owned() } else { uploads.join(" | ") };
    Ok(format!(
        "fn takes_stream_at(path: &str) -> bool {{\n    matches!(path, {uploads})\n}}\n\n\
         fn access_of(path: &str) -> Option<Access> {{\n    Some(match path {{\n{arms}        _ => return None,\n    }})\n}}\n\n\
         const SERVICES: &[Service] = &[\n{services}];\n"
    ))
}

/// The variant of `Access` that `rpc` asks for.
fn access_of(pool: &DescriptorPool, rpc: &MethodDescriptor) -> Result<&'static str, String> {
    let option = pool.get_extension_by_name(OPTION);
    let number = option.and_then(|option| rpc.options().get_extension(&option).as_enum_number());
    match number.unwrap_or_default() {
        0 => Ok("User"),
        1 => Ok("Public"),
        2 => Ok("Service"),
        other => {
            let file = rpc.parent_service().parent_file();
            Err(format!("{}: {}: unknown value {other} of ({OPTION})", file.name(), rpc.full_name()))
        }
    }
}
