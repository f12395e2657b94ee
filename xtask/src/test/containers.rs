//! The Dockerfile and the compose file, as far as they can be checked without an engine.

use anyhow::Result;

use crate::run::{command, run};
use crate::tools;

/// Checks both. What this cannot tell is whether the image builds and the containers start.
pub fn check() -> Result<String> {
    run(&mut command(&tools::ensure(&tools::HADOLINT)?, &["Dockerfile"]))?;
    run(tools::schema_check()?.args(["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]))?;
    Ok("checked by hadolint and the compose schema, not built".into())
}
