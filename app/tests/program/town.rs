//! Confab as a cluster runs it: a process for each role.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use confab_core::{Clock, SystemClock, UserId};
use confab_rpc::ServiceKey;
use confab_rpc::token::{ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYP, AccessClaims};
use jsonwebtoken::{Algorithm, EncodingKey, Header};

use crate::process::{Home, Server, free_port, output, until};
use crate::tools::grpcurl;

/// Four processes that share keys, each with its own port.
pub struct Town {
    pub home: Home,
    pub auth: u16,
    pub message: u16,
    pub media: u16,
    /// The gateway's process first; all of them end with the town.
    pub servers: Vec<Server>,
}

impl Town {
    pub fn new() -> Self {
        let (home, auth, message, media) = (Home::new(), free_port(), free_port(), free_port());
        // The gateway first: the order does not matter.
        let roles = [("gateway", home.port), ("auth", auth), ("message", message), ("media", media)];
        let place = |port| format!("127.0.0.1:{port}");
        let start = |(role, port)| {
            let mut command = home.command(&["serve", "--only", role]);
            for (name, port) in [("AUTH", auth), ("MESSAGE", message), ("MEDIA", media)] {
                command.env(format!("CONFAB_{name}_LISTEN"), place(port));
                command.env(format!("CONFAB_{name}_URL"), format!("http://127.0.0.1:{port}"));
            }
            Server::start(&mut command, port)
        };
        let servers: Vec<Server> = roles.into_iter().map(start).collect();
        until("the gateway finds the services", || servers[0].get("/readyz").starts_with("HTTP/1.0 200"));
        // People talk without it, so the gateway does not wait for it.
        let mut health = home.command(&["health", "--only", "media"]);
        health.env("CONFAB_MEDIA_LISTEN", place(media));
        until("the media service is there", || output(&mut health).status.success());
        Self { home, auth, message, media, servers }
    }

    /// The public port.
    pub fn gateway(&self) -> u16 {
        self.home.port
    }

    /// Signs somebody up, and returns their token.
    pub fn join(&self, name: &str) -> String {
        let account =
            format!(r#"{{"email": "{name}@example.com", "password": "correct horse 7", "name": "{name}"}}"#);
        let said = grpcurl(self.gateway(), &["-d", &account], &["confab.auth.v1.AuthService/SignUp"]);
        said.json()["accessToken"]["token"].as_str().unwrap().to_owned()
    }

    /// A service token, as the message service would make it.
    pub fn service_token(&self) -> String {
        let text = fs::read_to_string(self.home.data().join("keys/service.key")).unwrap();
        ServiceKey::from_text(&text).unwrap().sign("message", SystemClock.now())
    }

    /// A token with our own signature that has ended an hour ago.
    pub fn expired_token(&self, good: &str) -> String {
        let pem = fs::read_to_string(self.home.data().join("keys/signing.pem")).unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let key = EncodingKey::from_ed_der(&STANDARD.decode(body).unwrap());
        let header = Header { kid: jsonwebtoken::decode_header(good).unwrap().kid, ..access_header() };
        let hour_ago = SystemClock.now().as_seconds() - 3_600;
        jsonwebtoken::encode(&header, &claims(hour_ago - 600, hour_ago), &key).unwrap()
    }
}

pub fn access_header() -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(ACCESS_TYP.into());
    header
}

/// What a token for somebody says.
fn claims(issued: i64, expires: i64) -> AccessClaims {
    AccessClaims {
        iss: ACCESS_ISSUER.into(),
        aud: ACCESS_AUDIENCE.into(),
        sub: UserId::new(SystemClock.now()).to_string(),
        sid: UserId::new(SystemClock.now()).to_string(),
        iat: issued,
        exp: expires,
        nbf: None,
    }
}
