//! Makes Rust of the contract.
//!
//! ```text
//! confab/**/*.proto ──► descriptors.rs   the descriptor sets, custom options included
//!                   ──► prost, tonic     messages, clients, servers
//!                   ──► validation.rs    `impl Validate` from the `buf.validate` rules
//!                   ──► access.rs        who may call which RPC
//!                   ──► methods.rs       what the RPCs are called, and what they do
//! ```
//!
//! Everything lands in `OUT_DIR`; nothing generated is committed.

mod access;
mod descriptors;
mod methods;
mod names;
mod rules;
mod validation;
mod words;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use descriptors::Contract;

fn main() -> Result<(), Box<dyn Error>> {
    let crate_folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let third_party = crate_folder.join("../third_party");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let every_rule = crate_folder.join("tests/protos");
    rerun_if_changed(&[&crate_folder.join("confab"), &every_rule, &third_party]);

    let contract = Contract::compile(&crate_folder, &third_party)?;
    fs::write(out.join("descriptors.bin"), contract.encode_all())?;
    fs::write(out.join("public_descriptors.bin"), contract.encode_without("confab.internal"))?;
    generate(&contract, &out.join("contract"))?;

    // Uses every rule we support, so that tests can try each at its limit.
    generate(&Contract::compile(&every_rule, &third_party)?, &out.join("every_rule"))
}

/// Writes the Rust of `contract` to the folder `out`.
fn generate(contract: &Contract, out: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out)?;
    fs::write(out.join("validation.rs"), validation::generate(&contract.pool)?)?;
    fs::write(out.join("access.rs"), access::generate(&contract.pool)?)?;
    fs::write(out.join("methods.rs"), methods::generate(&contract.pool))?;
    tonic_prost_build::configure()
        .bytes(".")
        .codec_path("::confab_proto::ValidatingCodec")
        .emit_rerun_if_changed(false)
        .out_dir(out)
        .compile_fds(contract.file_descriptor_set())?;
    Ok(())
}

/// Cargo looks at the time of every file below `folders`.
fn rerun_if_changed(folders: &[&Path]) {
    for folder in folders {
        println!("cargo:rerun-if-changed={}", folder.display());
    }
}
