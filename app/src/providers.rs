//! Reads with whom people can log in (OpenID Connect).

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use confab_auth::{Origin, ProviderConfig, ProviderId, Providers};
use serde::Deserialize;

use crate::secrets;

/// Where on our page providers send people back to.
const REDIRECT_PATH: &str = "/oidc";

/// The file that `--oidc-file` names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Entry>,
}

/// One provider in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
}

/// The providers that the file at `path` sets, which send people back to the page at
/// `origin`; none without a file.
///
/// # Errors
///
/// If it cannot be read, or makes no sense.
pub fn read(path: Option<&Path>, origin: Option<&Origin>) -> anyhow::Result<Providers> {
    let (Some(path), Some(origin)) = (path, origin) else { return Ok(Providers::none()) };
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file: File = toml::from_str(&text).with_context(|| format!("{} makes no sense", path.display()))?;
    let configs = file.provider.into_iter().map(config).collect::<anyhow::Result<_>>()?;
    Ok(Providers::new(configs, format!("{origin}{REDIRECT_PATH}"))?)
}

fn config(entry: Entry) -> anyhow::Result<ProviderConfig> {
    let Entry { id, name, issuer, client_id, client_secret_file } = entry;
    let id: ProviderId = id.parse().with_context(|| format!("the id of the provider {id:?}"))?;
    // No variable: there can be any number of providers.
    let client_secret = client_secret_file.as_deref().map(secrets::read_file).transpose()?;
    Ok(ProviderConfig { id, name, issuer, client_id, client_secret })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> anyhow::Result<Providers> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("oidc.toml");
        fs::write(folder.path().join("secret"), "s3cret\n").unwrap();
        fs::write(&path, text.replace("FOLDER", &folder.path().display().to_string())).unwrap();
        read(Some(&path), Some(&"https://chat.example.com".parse().unwrap()))
    }

    const ONE: &str = "[[provider]]\nid = \"company\"\nname = \"The company\"\n\
                       issuer = \"https://id.example.com\"\nclient_id = \"confab\"\n";

    #[test]
    fn providers_come_from_a_file_and_their_secrets_from_others() {
        let providers = read_text(&format!("{ONE}client_secret_file = \"FOLDER/secret\"\n")).unwrap();
        let names: Vec<_> = providers.iter().map(|provider| provider.config.name.as_str()).collect();
        assert_eq!(names, ["The company"]);
        assert!(providers.iter().all(|provider| provider.config.client_secret.is_some()));
        assert_eq!(read(None, None).unwrap().iter().count(), 0);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for odd in [
            format!("{ONE}{ONE}"),
            ONE.replace("https", "http"),
            ONE.replace("\"company\"", "\"The Company\""),
            format!("{ONE}client_secret = \"s3cret\"\n"),
            ONE.replace("client_id", "client"),
            format!("{ONE}client_secret_file = \"/nowhere\"\n"),
        ] {
            assert!(read_text(&odd).is_err(), "{odd}");
        }
    }
}
