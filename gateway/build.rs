//! Builds the gateway anew when the web client that is part of it has changed.

use std::path::Path;

fn main() {
    let built = Path::new("../web/dist");
    // As long as there is none, it may appear.
    let watched = if built.exists() { built } else { Path::new("../web") };
    println!("cargo:rerun-if-changed={}", watched.display());
}
