//! The Dockerfile and the compose file, as far as they can be checked without an engine.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::run::{ask, command, run};
use crate::{tools, workspace};

const DOCKERFILE: &str = "Dockerfile";
const COMPOSE_FILE: &str = "docker-compose.yml";

/// What every variable of ours begins with.
const PREFIX: &str = "CONFAB_";

/// Checks both. What this cannot tell is whether the image builds and the containers start.
pub fn check() -> Result<String> {
    run(&mut command(&tools::ensure(&tools::HADOLINT)?, &[DOCKERFILE]))?;
    let schema = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE_FILE];
    run(&mut tools::SCHEMA_CHECK.python(&schema)?)?;
    for file in [DOCKERFILE, COMPOSE_FILE] {
        let text = fs::read_to_string(workspace::root().join(file))
            .with_context(|| format!("cannot read {file}"))?;
        for name in variables(&text) {
            // A variable that the program does not know is ignored by it, and nobody would notice.
            let known = ask(&mut command(
                "git",
                &["grep", "--untracked", "--quiet", &format!("\"{name}\""), "--", "*.rs"],
            ))
            .is_ok();
            ensure!(known, "{file} sets {name}, which the program does not know");
        }
    }
    Ok("checked by hadolint and the compose schema, not built".into())
}

/// The names of the variables of ours that `text` sets.
fn variables(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    words.filter(|word| word.len() > PREFIX.len() && word.starts_with(PREFIX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_of_a_file_are_found() {
        let text = "ENV CONFAB_DATA=/data \\\n    CONFAB_LISTEN=0.0.0.0:8080\n# CONFAB_…\n";
        assert_eq!(variables(text), ["CONFAB_DATA", "CONFAB_LISTEN"]);
    }
}
