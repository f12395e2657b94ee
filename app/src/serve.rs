//! `confab serve`: open, build, listen, serve.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use confab_gateway::Upstreams;
use confab_rpc::{Channel, Door, Shutdown, Tls, telemetry};
use tokio::net::TcpListener;

use crate::admin::Admin;
use crate::config::{Place, Role, Settings, StoreKind};
use crate::roles::{self, Installation};

/// How long closing the stores may take. Together with the 25 s that calls may
/// go on ([`confab_rpc::DRAIN_MAX`]) and the second for the runtime
/// ([`crate::RUNTIME_STOP_MAX`]) it has to stay below the 30 s after which
/// orchestrators kill.
const CLOSE_MAX: Duration = Duration::from_secs(2);

/// Serves until a signal says to end.
pub async fn serve(settings: Settings) -> anyhow::Result<()> {
    let telemetry = telemetry::init(&settings.log, settings.log_format, settings.service_name());
    let telemetry = telemetry.map_err(|error| anyhow!("--log cannot be {:?}: {error}", settings.log))?;

    let listener = listen(settings.place())?;
    let tls = settings.certificate().map(|(certificate, key)| Tls::open(certificate, key)).transpose()?;
    let welcome = welcome(&settings, listener.local_addr()?);
    let admin = match settings.admin_listen {
        Some(address) => Some(Admin::open(address)?),
        None => None,
    };
    let shutdown = Shutdown::new();
    let mut installation = Installation::open(settings.clone(), shutdown.clone())?;
    let role = build(&mut installation, &settings).await?;

    crate::say(&welcome);
    installation.keep_fresh(tls.clone());
    installation.watch(admin, Channel::in_process(role.routes.clone()));
    let door = Door { listener, limits: settings.door_limits(), tls };
    let serving = confab_rpc::serve(door, role.routes, role.standard, shutdown.clone());
    tokio::select! {
        // In this order: whoever sees that we serve may tell us to end.
        biased;
        signals = shutdown.begin_on_signal() => {
            signals.context("cannot listen for signals")?;
            bail!("told to end a second time, so it ends at once");
        }
        () = serving => {}
        error = installation.failed() => return Err(error),
    }
    let closed = tokio::time::timeout(CLOSE_MAX, installation.close()).await;
    telemetry.end();
    closed.context("the data could not be closed in time; nothing that was acknowledged is lost")
}

/// Builds what is to be served: one role, or the gateway with the others behind it.
async fn build(installation: &mut Installation, settings: &Settings) -> anyhow::Result<roles::Role> {
    match settings.only {
        Some(Role::Auth) => {
            let message = installation.neighbour("message", &settings.message_url);
            let media = installation.neighbour("media", &settings.media_url);
            let auth = installation.auth(message, media).await?;
            installation.heed_revocations(&Channel::in_process(auth.routes.clone()));
            Ok(auth)
        }
        Some(Role::Message) => {
            let auth = installation.neighbour("auth", &settings.auth_url);
            let media = installation.neighbour("media", &settings.media_url);
            installation.heed_revocations(&auth);
            installation.message(auth, media).await
        }
        Some(Role::Media) => {
            let auth = installation.neighbour("auth", &settings.auth_url);
            let message = installation.neighbour("message", &settings.message_url);
            installation.heed_revocations(&auth);
            installation.media(auth, message).await
        }
        Some(Role::Gateway) => {
            let auth = installation.neighbour("auth", &settings.auth_url);
            let message = installation.neighbour("message", &settings.message_url);
            let media = installation.neighbour("media", &settings.media_url);
            installation.heed_revocations(&auth);
            installation.gateway(Upstreams { auth, message, media }).await
        }
        None => {
            // They ask each other, so some of the ways are there before their ends are.
            let (message, message_end) = Channel::late();
            let (media, media_end) = Channel::late();
            let auth = Channel::in_process(installation.auth(message, media.clone()).await?.routes);
            installation.heed_revocations(&auth);
            let message = Channel::in_process(installation.message(auth.clone(), media).await?.routes);
            message_end.lead_to(message.clone());
            let media = Channel::in_process(installation.media(auth.clone(), message.clone()).await?.routes);
            media_end.lead_to(media.clone());
            installation.gateway(Upstreams { auth, message, media }).await
        }
    }
}

fn listen(Place { address, flag }: Place) -> anyhow::Result<TcpListener> {
    confab_rpc::listen(address).map_err(|error| cannot_listen(address, flag, error))
}

fn cannot_listen(address: SocketAddr, flag: &str, error: io::Error) -> anyhow::Error {
    let (ip, port) = (address.ip(), address.port());
    match error.kind() {
        ErrorKind::AddrInUse => anyhow!("port {port} on {ip} is taken; choose another with {flag}"),
        ErrorKind::AddrNotAvailable => {
            anyhow!("this machine has no address {ip}; choose another with {flag}")
        }
        ErrorKind::PermissionDenied => {
            anyhow!("port {port} is for the administrator only; choose one above 1023 with {flag}")
        }
        _ => anyhow::Error::new(error).context(format!("cannot listen on {address}")),
    }
}

/// What people are told who have just started it.
fn welcome(settings: &Settings, address: SocketAddr) -> String {
    let data = settings.data.display();
    let version = env!("CARGO_PKG_VERSION");
    let place = match settings.only {
        Some(Role::Auth) => format!("The auth service of Confab {version} listens on {address}."),
        Some(Role::Message) => format!("The message service of Confab {version} listens on {address}."),
        Some(Role::Media) => format!("The media service of Confab {version} listens on {address}."),
        Some(Role::Gateway) | None => {
            let scheme = if settings.certificate().is_some() { "https" } else { "http" };
            format!("Confab {version} is at {scheme}://{}", for_browser(address))
        }
    };
    let kept = match settings.store {
        StoreKind::Embedded => format!("Its data and keys lie in {data}"),
        StoreKind::Mongodb => format!("Its data is in MongoDB, and its keys lie in {data}"),
    };
    let mut text = format!("{place}\n{kept}\nStop it with Ctrl-C.\n");
    let is_door = matches!(settings.only, None | Some(Role::Gateway));
    let is_public = is_door && !address.ip().is_loopback();
    if is_public && settings.certificate().is_none() && !settings.gateway.insecure_cookie {
        text.push_str("Browsers on other machines can log in over HTTPS only: see --tls-cert.\n");
    }
    text
}

/// What to type into a browser on this machine.
fn for_browser(address: SocketAddr) -> String {
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_over_before_an_orchestrator_kills() {
        let longest = confab_rpc::DRAIN_MAX + CLOSE_MAX + telemetry::LAST_SENT_MAX + crate::RUNTIME_STOP_MAX;
        assert!(longest < Duration::from_secs(30), "{longest:?}");
    }

    #[test]
    fn what_cannot_be_listened_on_is_said_in_one_sentence() {
        let address = "127.0.0.1:8080".parse().unwrap();
        let error = cannot_listen(address, "--listen", ErrorKind::AddrInUse.into());
        assert_eq!(error.to_string(), "port 8080 on 127.0.0.1 is taken; choose another with --listen");
    }

    #[test]
    fn a_browser_is_sent_where_cookies_work() {
        assert_eq!(for_browser("127.0.0.1:8080".parse().unwrap()), "localhost:8080");
        assert_eq!(for_browser("0.0.0.0:80".parse().unwrap()), "localhost:80");
        assert_eq!(for_browser("10.1.2.3:80".parse().unwrap()), "10.1.2.3:80");
    }
}
