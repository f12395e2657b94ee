//! A rule that we cannot keep, in a .proto file, ends the build.

use std::path::Path;

use prost_reflect::DescriptorPool;
use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver};

#[path = "../build/access.rs"]
mod access;
#[path = "../build/names.rs"]
mod names;
#[path = "../build/rules.rs"]
mod rules;
#[path = "../build/validation.rs"]
mod validation;
#[path = "../build/words.rs"]
mod words;

const FILE: &str = "confab/testing/v1/case.proto";
const OPTIONS: &str = "confab/options/v1/options.proto";

/// .proto files that are nowhere on the disk.
struct Sources(Vec<(&'static str, String)>);

impl FileResolver for Sources {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.iter().find(|(known, _)| *known == name) {
            Some((_, source)) => File::from_source(name, source),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

fn compile(sources: Vec<(&'static str, String)>) -> DescriptorPool {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut resolver = ChainFileResolver::new();
    resolver.add(Sources(sources));
    resolver.add(IncludeFileResolver::new(crate_folder.join("../third_party")));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).open_file(FILE).expect("a .proto file that compiles");
    compiler.descriptor_pool()
}

/// What becomes of a message `Case` that is made of `declarations`.
fn generate(declarations: &str) -> Result<String, String> {
    let source = format!(
        r#"
        syntax = "proto3";
        package confab.testing.v1;
        import "buf/validate/validate.proto";
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/wrappers.proto";
        message Case {{ {declarations} }}
        "#
    );
    validation::generate(&compile(vec![(FILE, source)]))
}

#[test]
fn an_unknown_rule_fails_the_build_and_is_named() {
    let error = generate("string a = 1 [(buf.validate.field).string.pattern = '^a$'];").unwrap_err();
    assert_eq!(
        error,
        "confab/testing/v1/case.proto: confab.testing.v1.Case.a: the rule `string.pattern` is not supported here; \
         add it to proto/build/rules.rs"
    );
}

/// Fields with a rule that we do not keep, and its name.
const UNSUPPORTED: &[(&str, &str)] = &[
    ("string a = 1 [(buf.validate.field).string.email = true];", "string.email"),
    ("string a = 1 [(buf.validate.field).string.uuid = false];", "string.uuid"),
    ("string a = 1 [(buf.validate.field).string.in = 'b'];", "string.in"),
    ("string a = 1 [(buf.validate.field).string = {min_len: 1, min_bytes: 3}];", "string.min_bytes"),
    ("string a = 1 [(buf.validate.field).cel = {id: 'a'}];", "cel"),
    ("string a = 1 [(buf.validate.field).cel_expression = 'true'];", "cel_expression"),
    ("string a = 1 [(buf.validate.predefined).cel = {id: 'a'}];", "predefined"),
    ("bytes a = 1 [(buf.validate.field).bytes.ip = true];", "bytes.ip"),
    ("int32 a = 1 [(buf.validate.field).int32.const = 1];", "int32.const"),
    ("float a = 1 [(buf.validate.field).float.gt = 1];", "float"),
    ("bool a = 1 [(buf.validate.field).bool.const = true];", "bool"),
    ("repeated int32 a = 1 [(buf.validate.field).repeated.unique = true];", "repeated.unique"),
    (
        "repeated string a = 1 [(buf.validate.field).repeated.items.string.pattern = 'a'];",
        "repeated.items.string.pattern",
    ),
    (
        "repeated string a = 1 [(buf.validate.field).repeated.items.required = true];",
        "repeated.items.required",
    ),
    ("map<string, int32> a = 1 [(buf.validate.field).map.keys.string.ip = true];", "map.keys.string.ip"),
    ("map<string, int32> a = 1 [(buf.validate.field).map.values.int32.in = 1];", "map.values.int32.in"),
    ("google.protobuf.Timestamp a = 1 [(buf.validate.field).timestamp.lt_now = true];", "timestamp"),
    ("oneof a { string b = 1 [(buf.validate.field).required = true]; }", "required (inside of a oneof)"),
    ("option (buf.validate.message).cel = {id: 'a'}; string a = 1;", "message"),
    ("message Inner { string a = 1 [(buf.validate.field).string.ip = true]; }", "string.ip"),
];

#[test]
fn no_rule_is_dropped_in_silence() {
    for &(declaration, rule) in UNSUPPORTED {
        let error = generate(declaration).expect_err(declaration);
        assert!(error.contains(&format!("the rule `{rule}` is not supported")), "{declaration}: {error}");
        assert!(error.contains("confab/testing/v1/case.proto: confab.testing.v1.Case"), "{error}");
    }
}

#[test]
fn a_rule_on_a_field_of_another_type_fails_the_build() {
    for declaration in [
        "int32 a = 1 [(buf.validate.field).string.min_len = 1];",
        "int64 a = 1 [(buf.validate.field).int32.gte = 1];",
        "repeated string a = 1 [(buf.validate.field).string.min_len = 1];",
        "google.protobuf.StringValue a = 1 [(buf.validate.field).string.min_len = 1];",
        "string a = 1 [(buf.validate.field).repeated.min_items = 1];",
        "repeated string a = 1 [(buf.validate.field).map.min_pairs = 1];",
    ] {
        generate(declaration).expect_err(declaration);
    }
}

#[test]
fn bounds_that_cross_fail_the_build() {
    let error = generate("int32 a = 1 [(buf.validate.field).int32 = {gt: 9, lt: 3}];").unwrap_err();
    assert!(error.contains("int32 with a lower bound of 9 and an upper of 3"), "{error}");
}

#[test]
fn a_message_without_rules_is_not_looked_at() {
    let code = generate("string a = 1; repeated google.protobuf.Timestamp b = 2;").unwrap();
    assert!(code.contains("impl Validate for crate::testing::v1::Case"), "{code}");
    assert!(!code.contains("fn validate"), "{code}");
}

#[test]
fn a_way_of_access_that_is_not_known_fails_the_build() {
    let options = r#"
        syntax = "proto3";
        package confab.options.v1;
        import "google/protobuf/descriptor.proto";
        extend google.protobuf.MethodOptions { Access access = 50001; }
        enum Access { ACCESS_UNSPECIFIED = 0; ACCESS_SECRET = 9; }
    "#;
    let case = r#"
        syntax = "proto3";
        package confab.testing.v1;
        import "confab/options/v1/options.proto";
        message Case {}
        service CaseService {
            rpc Call(Case) returns (Case) { option (confab.options.v1.access) = ACCESS_SECRET; }
        }
    "#;
    let error =
        access::generate(&compile(vec![(OPTIONS, options.to_owned()), (FILE, case.to_owned())])).unwrap_err();
    assert_eq!(
        error,
        "confab/testing/v1/case.proto: confab.testing.v1.CaseService.Call: unknown value 9 of (confab.options.v1.access)"
    );
}
