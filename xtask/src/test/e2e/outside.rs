//! What a server of the browser test talks to: a mail server, and providers of log-ins. The stories start both.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{port, workspace};

/// The example that operators start from; here its providers are at other addresses.
const EXAMPLE: &str = "deploy/oidc.toml";
const COMPANY: &str = "https://id.example.com";
const CLUB: &str = "https://club.example.org";
const SECRET_FILE: &str = "/etc/confab/company.secret";

/// What the company gives to whoever logs people in with it: with characters that need care in a header.
const SECRET: &str = "s3cret/with:odd chars";

/// Where they are to be found.
pub struct Outside {
    folder: TempDir,
    smtp: u16,
    company: u16,
    club: u16,
}

impl Outside {
    /// Finds places for them, and writes down for the server where the providers are.
    pub fn prepare() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("confab-e2e-").tempdir()?;
        let [smtp, company, club] = port::free_for_later()?;
        let outside = Self { folder, smtp, company, club };
        let secret_file = outside.path("company.secret");
        fs::write(&secret_file, SECRET).context("cannot write a secret")?;
        let mut text = fs::read_to_string(workspace::root().join(EXAMPLE)).context(EXAMPLE)?;
        let ours = [(COMPANY, provider(company)), (CLUB, provider(club)), (SECRET_FILE, secret_file)];
        for (example, ours) in ours {
            if !text.contains(example) {
                bail!("{EXAMPLE} does not name {example} any more");
            }
            text = text.replace(example, &ours);
        }
        fs::write(outside.oidc_file(), text).context("cannot write down the providers")?;
        Ok(outside)
    }

    /// The file in which the server reads of the providers.
    pub fn oidc_file(&self) -> String {
        self.path("oidc.toml")
    }

    /// Where the server looks for its mail server.
    pub fn smtp_port(&self) -> String {
        self.smtp.to_string()
    }

    /// Tells the stories what to start, and which of them are to be played.
    pub fn tell(&self, stories: &mut Command, played: &str) {
        let (company, club) = (provider(self.company), provider(self.club));
        let providers = format!(r#"{{"company": "{company}", "club": "{club}", "secret": "{SECRET}"}}"#);
        stories.env("CONFAB_TEST_SMTP_PORT", self.smtp_port()).env("CONFAB_TEST_PROVIDERS", providers);
        stories.env("CONFAB_STORIES", played);
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

/// Another site than the page, which is on `localhost`.
fn provider(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}
