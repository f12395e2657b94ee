//! Every place where somebody shows a secret: nothing but the whole of it opens, no path
//! of the contract is without a row, and what was taken away opens nothing.
//!
//! ```text
//! rows.rs     a row for each path: the right secret, and how it is shown
//! closed.rs   every way in, once it is closed
//! kinds.rs    secrets of one kind at the doors of another
//! ```

use std::collections::BTreeSet;
use std::time::Duration;

use confab_proto::FILE_DESCRIPTOR_SET;
use prost::Message;
use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FileDescriptorSet};

mod closed;
mod kinds;
mod rows;

/// The fields of requests in which a secret is shown, whatever request it is.
const SECRETS: [&str; 15] = [
    "password",
    "old_password",
    "code",
    "totp_code",
    "recovery_code",
    "passkey_json",
    "credential_json",
    "refresh_token",
    "challenge",
    "session_secret",
    "state",
    "binding",
    "invite_code",
    "email_code",
    "access_token",
];

/// What has one of these names, and is no secret that is there to be compared.
const NO_SECRETS: [&str; 1] = ["SignUp.password"];

/// What is tried elsewhere, with a provider that lies: `identities.rs`.
const ELSEWHERE: [&str; 8] = [
    "FinishProviderLink.binding",
    "FinishProviderLink.code",
    "FinishProviderLink.state",
    "FinishProviderLogIn.binding",
    "FinishProviderLogIn.code",
    "FinishProviderLogIn.invite_code",
    "FinishProviderLogIn.state",
    // The same as of the log-in by the provider, and counted as that.
    "FinishProviderLogIn",
];

/// Every path by which a secret is shown, as the contract has it: each field of that name
/// of each request, and each RPC whose answer can hold an access token.
fn paths() -> BTreeSet<String> {
    let files = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap().file;
    let ours = || {
        let packages = ["confab.auth.v1", "confab.internal.v1"];
        files.iter().filter(move |file| packages.contains(&file.package()))
    };
    let message = |name: &str| -> DescriptorProto {
        let of =
            |file: &&prost_types::FileDescriptorProto| name.starts_with(&format!(".{}.", file.package()));
        let short = name.rsplit('.').next().unwrap();
        let mut all = files.iter().filter(of).flat_map(|file| &file.message_type);
        all.find(|message| message.name() == short).unwrap().clone()
    };
    let mut paths = BTreeSet::new();
    for rpc in ours().flat_map(|file| &file.service).flat_map(|service| &service.method) {
        for field in message(rpc.input_type()).field {
            if field.r#type() == Type::String && SECRETS.contains(&field.name()) {
                paths.insert(format!("{}.{}", rpc.name(), field.name()));
            }
        }
        let answer = message(rpc.output_type());
        if answer.field.iter().any(|field| field.name() == "access_token") {
            paths.insert(rpc.name().to_owned());
        }
    }
    for no_secret in NO_SECRETS {
        assert!(paths.remove(no_secret), "{no_secret}");
    }
    paths
}

/// Texts that are not `secret`, but nearly.
pub fn near(secret: &str) -> Vec<String> {
    let mut near = vec![
        String::new(),
        "\0".to_owned(),
        secret[..secret.len() - 1].to_owned(),
        format!("{secret}x"),
        format!("{secret}\0"),
        format!("{secret}{}", "x".repeat(72)),
        secret.to_uppercase(),
        secret[1..].to_owned(),
        "wrong horse battery".to_owned(),
    ];
    near.retain(|text| text != secret);
    near
}

#[tokio::test]
async fn nothing_but_the_whole_secret_opens_and_every_path_has_a_row() {
    let (mut opened, mut tried) = (Vec::new(), BTreeSet::new());
    for row in rows::all().await {
        let near = near(&row.right).into_iter().filter(|text| (row.read)(text) != (row.read)(&row.right));
        for wrong in near.chain(row.wrong.clone()) {
            if (row.open)(wrong.clone()).await.is_ok() {
                opened.push(format!("{}: {wrong:?}", row.path));
            }
        }
        // Ten wrong ones, and one waits.
        row.world.clock.advance(Duration::from_secs(2));
        let right = (row.open)(row.right.clone()).await;
        assert!(right.is_ok(), "{}: {right:?}", row.path);
        tried.insert(row.path.to_owned());
        tried.insert(row.path.split('.').next().unwrap().to_owned());
    }
    assert_eq!(opened, Vec::<String>::new());
    tried.extend(ELSEWHERE.map(str::to_owned));
    let missing: Vec<_> = paths().into_iter().filter(|path| !tried.contains(path)).collect();
    assert_eq!(missing, Vec::<String>::new(), "whoever adds a path tries it in rows.rs");
}
