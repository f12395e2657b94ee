//! Two browsers chat: through one process, and through four. Then people get in by letters and with others, and only
//! after a letter.

mod outside;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::mongod::Mongod;
use crate::run::{EVERYTHING, cargo_linting, run, try_seeing};
use crate::server::Server;
use crate::tools::{self, CHROMIUM_VARIABLE};
use crate::workspace::{self, Profile};
use crate::{port, prerequisites, process, web};

use outside::Outside;

/// Builds everything, and runs the browser test against both forms of the system, and what needs others against one.
pub fn test() -> Result<String> {
    prerequisites::for_building()?;
    prerequisites::for_lints()?;
    web::build()?;
    // As the stages before have built it: of less, other features would be compiled anew.
    run(&mut cargo_linting(EVERYTHING)).context("cannot build the server")?;
    let test = Test { program: workspace::program(Profile::Dev)?, chromium: tools::chromium()? };
    let forms = [
        played("one process and the embedded store", || test.one_process())?,
        played("four processes and MongoDB", || test.four_processes())?,
        played("letters and log-ins with others", || test.with_others(WITH_OTHERS, &[]))?,
        played("letters before there is an account", || test.with_others(PROVING, &PROOF))?,
    ];
    Ok(forms.join("; "))
}

/// Plays every story against one form of the system, and says so.
///
/// Where a story fails, all are played once more, with a new server: a browser on a busy machine can miss
/// what nobody broke. What failed at first is told all the same, so that nobody gets used to it.
fn played(form: &str, play: impl Fn() -> Result<()>) -> Result<String> {
    let Err(first) = play() else { return Ok(form.into()) };
    process::go_on()?;
    println!("\nwith {form}: {first:#}\nplayed once more, with a new server\n");
    play().with_context(|| format!("with {form}, twice"))?;
    Ok(format!("{form} (at first: {first:#})"))
}

/// What the servers tell: not each request, of which there are thousands.
const LOG: (&str, &str) = ("CONFAB_LOG", "info,access=warn");

/// All people of the stories come from one machine, within minutes, and so does
/// the push service of one of them.
const CROWD: [&str; 8] = [
    "--entry-limits",
    "off",
    "--rate-limits",
    "off",
    "--conversation-limits",
    "off",
    "--push-inner-addresses",
    "allowed",
];

/// The stories that are about more than the page. What a browser does with hostile texts, languages and colours is the
/// same whatever is behind it, and those take long: they are played once.
const SERVED: &str = "served";

/// Many log in with new passwords there, which are nobody's.
const QUICK: [&str; 2] = ["--password-cost", "10"];

/// The stories that need a mail server and providers.
const WITH_OTHERS: &str = "providers,letters";

/// The one where nobody has an account before a letter was read, and what makes the server such.
const PROVING: &str = "proving";
const PROOF: [&str; 2] = ["--sign-up-proof", "letter"];

/// What the runs have in common.
struct Test {
    program: PathBuf,
    chromium: PathBuf,
}

impl Test {
    fn one_process(&self) -> Result<()> {
        let data = tempfile::Builder::new().prefix("confab-e2e-").tempdir()?;
        let folder = data.path().display().to_string();
        let ([port], [neighbour]) = (port::free()?, port::free_for_later()?);
        let (listen, page, neighbour) = (address(port), page(port), page(neighbour));

        let own = ["--data", &folder, "--listen", &listen];
        let settings =
            [&own[..], &["--passkey-origin", &page, "--cookie-origin", &neighbour], &CROWD].concat();
        let mut server = Server::start(&self.program, &settings, &[("XDG_CONFIG_HOME", &folder), LOG])?;
        server.ready()?;
        self.browse(port, |stories| trust(stories, &neighbour))
    }

    /// A mail server and two providers of log-ins beside one process, which is set as `more` says; with it only the
    /// `stories` that need them.
    fn with_others(&self, stories: &str, more: &[&str]) -> Result<()> {
        let data = tempfile::Builder::new().prefix("confab-e2e-").tempdir()?;
        let folder = data.path().display().to_string();
        let [port] = port::free()?;
        let listen = address(port);

        let page = page(port);
        let outside = Outside::prepare()?;
        let (oidc_file, smtp_port) = (outside.oidc_file(), outside.smtp_port());
        let own = ["--data", &folder, "--listen", &listen, "--passkey-origin", &page];
        let mail = ["--mail", "smtp", "--smtp-host", "127.0.0.1", "--smtp-port", &smtp_port];
        let others = ["--smtp-security", "none", "--oidc-file", &oidc_file];
        let settings = [&own[..], &mail, &others, &QUICK, &CROWD, more].concat();
        let mut server = Server::start(&self.program, &settings, &[("XDG_CONFIG_HOME", &folder), LOG])?;
        server.ready()?;
        self.browse(port, |browse| outside.tell(browse, stories))
    }

    fn four_processes(&self) -> Result<()> {
        let data = tempfile::Builder::new().prefix("confab-e2e-").tempdir()?;
        let folder = data.path().display().to_string();
        let mongod = Mongod::start()?;
        let [gateway, auth, message, media] = port::free()?;
        let [neighbour] = port::free_for_later()?;

        // Each is told all addresses: it listens on its own, and calls the others.
        let listen = address(gateway);
        let [auth, message, media] = [auth, message, media].map(address);
        let [auth_url, message_url, media_url] =
            [&auth, &message, &media].map(|address| format!("http://{address}"));
        let (page, neighbour) = (page(gateway), page(neighbour));
        let pages = ["--passkey-origin", &page, "--cookie-origin", &neighbour];
        let addresses = ["--listen", &listen, "--auth-listen", &auth, "--message-listen", &message];
        let addresses = [&addresses[..], &["--media-listen", &media], &pages].concat();
        let upstreams = ["--auth-url", &auth_url, "--message-url", &message_url, "--media-url", &media_url];
        let mongodb = mongod.url();
        // The folder of the configuration has none in it: the developer's own is not for tests.
        let variables = [("XDG_CONFIG_HOME", folder.as_str()), ("CONFAB_MONGODB_URL", &mongodb), LOG];

        let mut servers = Vec::new();
        // The gateway first: the order must not matter.
        for role in ["gateway", "media", "auth", "message"] {
            let own = ["--only", role, "--store", "mongodb", "--data", &folder];
            let settings = [&own[..], &addresses, &upstreams, &CROWD].concat();
            servers.push(Server::start(&self.program, &settings, &variables)?);
        }
        for server in &mut servers {
            server.ready()?;
        }
        self.browse(gateway, |stories| {
            trust(stories, &neighbour);
            // The screens are those of the one process, which were tried for whom they keep out.
            stories.env("CONFAB_STORIES", SERVED).env("CONFAB_STORIES_ACCESS", "known");
        })
    }

    /// Runs the browser test against the gateway on `port`; `tell` says what more it is to know.
    fn browse(&self, port: u16, tell: impl FnOnce(&mut Command)) -> Result<()> {
        let mut browse = web::npm(&["run", "e2e"]);
        browse.env("CONFAB_URL", page(port)).env(CHROMIUM_VARIABLE, &self.chromium);
        tell(&mut browse);
        let mut failures = Vec::new();
        let passed =
            try_seeing(&mut browse, |line| failures.extend(line.strip_prefix("FAIL  ").map(String::from)))?;
        if !passed {
            bail!(
                "{}",
                if failures.is_empty() { "the stories ended early".into() } else { failures.join(", ") }
            );
        }
        Ok(())
    }
}

/// Tells the stories from which other page the server takes its cookie.
fn trust(stories: &mut Command, page: &str) {
    stories.env("CONFAB_COOKIE_ORIGIN", page);
}

fn address(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// Where people open the page: browsers know passkeys there, and keep cookies, without TLS.
fn page(port: u16) -> String {
    format!("http://localhost:{port}")
}
