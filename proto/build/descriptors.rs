//! The compiled .proto files, and what is kept of them.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fs, io};

use prost::Message;
use prost_reflect::DescriptorPool;

/// The .proto files of one folder, compiled together with what they import.
pub struct Contract {
    compiler: protox::Compiler,
    /// Everything, with custom options.
    pub pool: DescriptorPool,
}

impl Contract {
    /// Compiles what is below `root/confab`; imports are also looked for in `third_party`.
    pub fn compile(root: &Path, third_party: &Path) -> Result<Self, Box<dyn Error>> {
        let mut compiler = protox::Compiler::new([root, third_party])?;
        compiler.include_source_info(true).include_imports(true);
        compiler.open_files(proto_files(&root.join("confab"))?)?;
        let pool = compiler.descriptor_pool();
        Ok(Self { compiler, pool })
    }

    /// What prost reads. Custom options are lost in it.
    pub fn file_descriptor_set(&self) -> prost_types::FileDescriptorSet {
        self.compiler.file_descriptor_set()
    }

    /// An encoded `FileDescriptorSet` of all files, custom options included.
    pub fn encode_all(&self) -> Vec<u8> {
        self.pool.encode_to_vec()
    }

    /// The same without the files of the packages below `hidden`.
    pub fn encode_without(&self, hidden: &str) -> Vec<u8> {
        let shown = |package: &str| package != hidden && !package.starts_with(&format!("{hidden}."));
        let files = self.pool.files().filter(|file| shown(file.package_name()));
        EncodedFiles { file: files.map(|file| file.encode_to_vec()).collect() }.encode_to_vec()
    }
}

/// A `FileDescriptorSet` whose files are encoded already: going through the
/// types of `prost_types` would lose the custom options.
#[derive(Clone, PartialEq, Message)]
struct EncodedFiles {
    #[prost(bytes = "vec", repeated, tag = "1")]
    file: Vec<Vec<u8>>,
}

/// All .proto files below `folder`, in the order of their names.
fn proto_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(proto_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
