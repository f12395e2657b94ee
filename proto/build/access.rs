//! Who may call which RPC: a `match` over paths, and the list of services.

use std::fmt::Write;

use prost_reflect::{DescriptorPool, MethodDescriptor, ServiceDescriptor};

use crate::names;

/// The option that says it.
const OPTION: &str = "confab.options.v1.access";

/// Rust that defines `access_of(path)` and `SERVICES`.
///
/// Fails if an RPC has a value of the option that is not known here.
pub fn generate(pool: &DescriptorPool) -> Result<String, String> {
    let mut arms = String::new();
    let mut services = String::new();
    for service in pool
        .services()
        .filter(|service| names::is_ours(service.package_name()))
    {
        let (name, package) = (service.full_name(), service.package_name());
        let _ = writeln!(
            services,
            "    Service {{ name: {name:?}, package: {package:?} }},"
        );
        arms.push_str(&arms_of(pool, &service)?);
    }

    Ok(format!(
        "fn access_of(path: &str) -> Option<Access> {{\n    Some(match path {{\n{arms}        _ => return None,\n    }})\n}}\n\n\
         const SERVICES: &[Service] = &[\n{services}];\n"
    ))
}

fn arms_of(pool: &DescriptorPool, service: &ServiceDescriptor) -> Result<String, String> {
    let mut arms = String::new();
    for rpc in service.methods() {
        let path = format!("/{}/{}", service.full_name(), rpc.name());
        let access = access_of(pool, &rpc)?;
        let _ = writeln!(arms, "        {path:?} => Access::{access},");
    }
    Ok(arms)
}

/// The variant of `Access` that `rpc` asks for.
fn access_of(pool: &DescriptorPool, rpc: &MethodDescriptor) -> Result<&'static str, String> {
    // Without the option there is nobody who could have used it.
    let Some(option) = pool.get_extension_by_name(OPTION) else {
        return Ok("User");
    };
    match rpc.options().get_extension(&option).as_enum_number() {
        Some(0) => Ok("User"),
        Some(1) => Ok("Public"),
        Some(2) => Ok("Service"),
        other => Err(format!(
            "{}: unknown value {other:?} of ({OPTION})",
            rpc.full_name()
        )),
    }
}
