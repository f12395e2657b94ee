//! The settings of the program: its own, and those of the roles it runs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use confab_bus::NatsServers;
use confab_rpc::telemetry::LogFormat;
use confab_rpc::{DoorConfig, Reflection};
use tonic::transport::Uri;

/// Every setting of Confab.
///
/// Each is a flag, a variable `CONFAB_…` of the same name, and a key of the
/// configuration file. Secrets are none of them: see `secrets.rs`.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Settings {
    /// The configuration file, in place of ~/.config/confab/config.toml
    #[arg(long, env = "CONFAB_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Runs this role alone; without it, all of them run in this process
    #[arg(long, env = "CONFAB_ONLY", value_name = "ROLE")]
    pub only: Option<Role>,

    /// The folder for data and keys
    #[arg(long, env = "CONFAB_DATA", value_name = "FOLDER", default_value_os_t = usual_data_folder())]
    pub data: PathBuf,

    /// Where data is kept: in files in the data folder, or in MongoDB
    ///
    /// MongoDB has to be a replica set. Its URL is a secret, so it comes from
    /// the variable `CONFAB_MONGODB_URL`, or from a file: --mongodb-url-file.
    #[arg(long, env = "CONFAB_STORE", value_name = "KIND", default_value = "embedded")]
    pub store: StoreKind,

    /// A file with nothing but the MongoDB URL in it
    #[arg(long, env = "CONFAB_MONGODB_URL_FILE", value_name = "FILE")]
    pub mongodb_url_file: Option<PathBuf>,

    /// What the names of our MongoDB databases begin with
    ///
    /// Installations that share a MongoDB need different ones.
    #[arg(long, env = "CONFAB_MONGODB_PREFIX", value_name = "NAME", default_value = "confab")]
    pub mongodb_prefix: String,

    /// The NATS by which nodes tell each other what happens, such as `nats://bus:4222`
    ///
    /// Needed where the message service runs in several processes: without it,
    /// people hear at once only of what happens on their own node. Several
    /// servers of one cluster are written with commas between them. A user and
    /// password (`user:password`) or a token for it is a secret, so it comes from
    /// the variable `CONFAB_BUS_CREDENTIALS`, or from a file: --bus-credentials-file.
    #[arg(long, env = "CONFAB_BUS", value_name = "URL")]
    pub bus: Option<NatsServers>,

    /// A file with nothing but `user:password`, or a token, for NATS in it
    #[arg(long, env = "CONFAB_BUS_CREDENTIALS_FILE", value_name = "FILE")]
    pub bus_credentials_file: Option<PathBuf>,

    /// What our NATS subjects begin with
    ///
    /// Installations that share a NATS need different ones.
    #[arg(
        long,
        env = "CONFAB_BUS_PREFIX",
        value_name = "NAME",
        default_value = "confab",
        value_parser = parse_subject_word
    )]
    pub bus_prefix: String,

    /// A file with nothing but the service key in it, in place of <data>/keys/service.key
    ///
    /// All processes of an installation need the same one. It can also come
    /// from the variable `CONFAB_SERVICE_KEY`.
    #[arg(long, env = "CONFAB_SERVICE_KEY_FILE", value_name = "FILE")]
    pub service_key_file: Option<PathBuf>,

    /// A file with nothing but the key for web push in it, in place of <data>/keys/push.pem
    ///
    /// All processes of the message service need the same one: browsers have
    /// subscribed with it, and subscribe anew with another. It can also come from
    /// the variable `CONFAB_PUSH_KEY`.
    #[arg(long, env = "CONFAB_PUSH_KEY_FILE", value_name = "FILE")]
    pub push_key_file: Option<PathBuf>,

    /// A file with nothing but the password for the mail server in it
    #[arg(long, env = "CONFAB_SMTP_PASSWORD_FILE", value_name = "FILE")]
    pub smtp_password_file: Option<PathBuf>,

    /// A file that says with whom people can log in (OpenID Connect)
    ///
    /// In TOML, a table `[[provider]]` for each, with `id`, `name`, `issuer`,
    /// `client_id`, and `client_secret_file` if it has given a secret. They send
    /// people back to the first --passkey-origin, with the path `/oidc`.
    #[arg(long, env = "CONFAB_OIDC_FILE", value_name = "FILE")]
    pub oidc_file: Option<PathBuf>,

    /// The address of the gateway: for browsers and clients
    #[arg(long, env = "CONFAB_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// The address of the admin port, such as `127.0.0.1:9100`; none unless it is set
    ///
    /// `/metrics` for Prometheus, `/healthz` and `/readyz`, in clear text and for
    /// everybody who reaches it: not for the internet. Whichever role runs.
    #[arg(long, env = "CONFAB_ADMIN_LISTEN", value_name = "ADDRESS")]
    pub admin_listen: Option<SocketAddr>,

    /// Settings of the door, whichever role listens at it.
    #[command(flatten)]
    pub door: DoorConfig,

    /// The address of the auth service, if it runs alone
    #[arg(long, env = "CONFAB_AUTH_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    pub auth_listen: SocketAddr,

    /// The address of the message service, if it runs alone
    #[arg(long, env = "CONFAB_MESSAGE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8082")]
    pub message_listen: SocketAddr,

    /// The address of the media service, if it runs alone
    #[arg(long, env = "CONFAB_MEDIA_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8083")]
    pub media_listen: SocketAddr,

    /// Where a role that runs alone finds the auth service
    #[arg(
        long,
        env = "CONFAB_AUTH_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:8081",
        value_parser = parse_url
    )]
    pub auth_url: Uri,

    /// Where a role that runs alone finds the message service
    #[arg(
        long,
        env = "CONFAB_MESSAGE_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:8082",
        value_parser = parse_url
    )]
    pub message_url: Uri,

    /// Where a role that runs alone finds the media service
    #[arg(
        long,
        env = "CONFAB_MEDIA_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:8083",
        value_parser = parse_url
    )]
    pub media_url: Uri,

    /// Whether servers describe themselves to tools such as grpcurl; unless it is set, those do that listen on loopback
    ///
    /// Behind a proxy on the same machine they listen on loopback, too.
    #[arg(long, env = "CONFAB_REFLECTION", value_name = "ON|OFF")]
    pub reflection: Option<Reflection>,

    /// What is logged, such as info, or `warn,confab_rpc=debug`
    #[arg(long, env = "CONFAB_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,

    /// What log lines look like; auto is pretty on a terminal and JSON otherwise
    #[arg(long, env = "CONFAB_LOG_FORMAT", value_name = "FORMAT", default_value = "auto")]
    pub log_format: LogFormat,

    /// Settings of the auth service.
    #[command(flatten)]
    pub auth: confab_auth::Config,

    /// Settings of the message service.
    #[command(flatten)]
    pub message: confab_message::Config,

    /// Settings of the media service.
    #[command(flatten)]
    pub media: confab_media::Config,

    /// Settings of the stores of blobs.
    #[command(flatten)]
    pub blobs: confab_media::blobs::BlobSettings,

    /// Settings of the virus scanner.
    #[command(flatten)]
    pub scan: confab_media::scan::ScanSettings,

    /// Settings of the gateway.
    #[command(flatten)]
    pub gateway: confab_gateway::Config,
}

/// A part of Confab that can run in a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Who people are.
    Auth,
    /// What they say.
    Message,
    /// The pictures and files that they send.
    Media,
    /// The door to all of them.
    Gateway,
}

/// Where data is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StoreKind {
    /// In files in the data folder: nothing else is needed, for one process.
    Embedded,
    /// In MongoDB, for several.
    Mongodb,
}

/// An address that this process listens on, and the flag that changes it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The address.
    pub address: SocketAddr,
    /// The flag.
    pub flag: &'static str,
}

impl Settings {
    /// The files of the certificate and its key, if the process shows one.
    #[must_use]
    pub fn certificate(&self) -> Option<(&Path, &Path)> {
        match self.only {
            Some(Role::Auth | Role::Message | Role::Media) => None,
            Some(Role::Gateway) | None => self.gateway.certificate(),
        }
    }

    /// How many connections are let in. Behind proxies all of them come from these.
    #[must_use]
    pub const fn door_limits(&self) -> DoorConfig {
        let network_connections = if self.gateway.proxies > 0 { 0 } else { self.door.network_connections };
        DoorConfig { network_connections, ..self.door }
    }

    /// Whether a process with these settings describes itself: if nobody says so, to its own machine only.
    #[must_use]
    pub fn reflection(&self) -> Reflection {
        let is_local = self.place().address.ip().is_loopback();
        self.reflection.unwrap_or(if is_local { Reflection::On } else { Reflection::Off })
    }

    /// What a process with these settings is called where several are watched.
    #[must_use]
    pub const fn service_name(&self) -> &'static str {
        match self.only {
            Some(Role::Auth) => "confab-auth",
            Some(Role::Message) => "confab-message",
            Some(Role::Media) => "confab-media",
            Some(Role::Gateway) => "confab-gateway",
            None => "confab",
        }
    }

    /// Where a process with these settings listens.
    #[must_use]
    pub const fn place(&self) -> Place {
        match self.only {
            Some(Role::Auth) => Place { address: self.auth_listen, flag: "--auth-listen" },
            Some(Role::Message) => Place { address: self.message_listen, flag: "--message-listen" },
            Some(Role::Media) => Place { address: self.media_listen, flag: "--media-listen" },
            Some(Role::Gateway) | None => Place { address: self.listen, flag: "--listen" },
        }
    }
}

/// The folder for data, by the rules of XDG where there is a home.
fn usual_data_folder() -> PathBuf {
    dirs::data_dir().unwrap_or_else(|| "/var/lib".into()).join("confab")
}

/// Accepts what we can connect to. Services speak clear text among themselves,
/// on a network of their own.
fn parse_url(text: &str) -> Result<Uri, String> {
    let problem = || "must look like http://message:8082".to_owned();
    let uri: Uri = text.parse().map_err(|_| problem())?;
    let has_no_path = uri.path_and_query().is_none_or(|path| path == "/");
    let fits = uri.scheme_str() == Some("http") && uri.host().is_some() && has_no_path;
    fits.then_some(uri).ok_or_else(problem)
}

/// Accepts what can stand between two dots of a NATS subject.
fn parse_subject_word(text: &str) -> Result<String, String> {
    /// The longest word, in characters. NATS has no limit that anybody meets.
    const CHARS_MAX: usize = 64;

    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let fits = is_plain && (1..=CHARS_MAX).contains(&text.len());
    fits.then(|| text.to_owned())
        .ok_or_else(|| format!("must be 1 to {CHARS_MAX} letters, digits, hyphens and underscores"))
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::*;

    #[test]
    fn a_server_describes_itself_to_its_own_machine_unless_it_is_told_otherwise() {
        for (arguments, reflection) in [
            (&[][..], Reflection::On),
            (&["--listen", "[::1]:80"], Reflection::On),
            (&["--listen", "0.0.0.0:80"], Reflection::Off),
            (&["--listen", "[::]:80", "--reflection", "on"], Reflection::On),
            (&["--reflection", "off"], Reflection::Off),
            // Each role goes by where it listens itself.
            (&["--only", "auth", "--auth-listen", "10.0.0.1:80"], Reflection::Off),
            (&["--only", "auth", "--listen", "0.0.0.0:80"], Reflection::On),
        ] {
            let command = Settings::augment_args(clap::Command::new("confab").no_binary_name(true));
            let matches = command.mut_args(|argument| argument.env(None)).get_matches_from(arguments);
            assert_eq!(
                Settings::from_arg_matches(&matches).unwrap().reflection(),
                reflection,
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn only_what_can_be_connected_to_is_a_url() {
        for good in ["http://127.0.0.1:8081", "http://auth", "http://[::1]:1/"] {
            assert!(parse_url(good).is_ok(), "{good}");
        }
        for bad in ["", "auth:8081", "https://auth", "ftp://auth", "http://auth/path", "http://"] {
            assert!(parse_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bus_prefix_is_one_word() {
        for good in ["confab", "our-Confab_2"] {
            assert!(parse_subject_word(good).is_ok(), "{good}");
        }
        for bad in ["", "a.b", "a b", "*", ">", "ä"] {
            assert!(parse_subject_word(bad).is_err(), "{bad}");
        }
    }
}
