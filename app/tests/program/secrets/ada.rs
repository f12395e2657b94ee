//! Somebody who lives through everything that has to do with secrets, and keeps them.

use std::fs;

use confab_core::{Clock, SystemClock};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::Marked;
use crate::authenticator::App;
use crate::process::Home;
use crate::sink::Sink;

const PASSWORD: &str = "marked horse battery 7";
const RESET: &str = "another marked staple 8";
const CHANGED: &str = "a third marked staple 8";
const WRONG: &str = "wrong marked horse 9";
const SAID: &str = "a marked word between two people";
const FILE: &str = "marked words in a file";
/// What somebody calls a device who wants to write lines of the log.
const FORGED: &str = "phone\u{2028}level=ERROR";

const ADA: &str = "ada@example.com";
const NEW: &str = "ada@example.net";
const OWN_PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");

/// What the server says that happens to accounts in this life, in its order.
pub const EVENTS: [&str; 23] = [
    "signed-up",
    "email-verified",
    "log-in-refused",
    "logged-in",
    "logged-in",
    "password-reset",
    "logged-in",
    "password-changed",
    "email-changed",
    "recovery-codes-made",
    "totp-added",
    "second-factor-asked",
    "second-factor-wrong",
    "recovery-code-used",
    "logged-in",
    "second-factor-asked",
    "recovery-code-used",
    "logged-in",
    "invite-created",
    "signed-up",
    "recovery-code-used",
    "identity-confirmed",
    "account-exported",
];

pub struct Ada<'h> {
    home: &'h Home,
    client: Client,
    base: String,
    token: String,
    marked: Vec<Marked>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text")).to_owned()
}

impl<'h> Ada<'h> {
    pub fn new(home: &'h Home) -> Self {
        let base = format!("http://127.0.0.1:{}", home.port);
        Self { home, client: Client::new(), base, token: String::new(), marked: Vec::new() }
    }

    /// Lives, and returns what nobody else is to know of it.
    pub async fn live(mut self, sink: &mut Sink) -> Vec<Marked> {
        for password in [PASSWORD, RESET, CHANGED, WRONG] {
            self.mark(password);
        }
        for key in ["signing.pem", "service.key", "push.pem"] {
            let key = fs::read_to_string(self.home.data().join("keys").join(key)).unwrap();
            let secret = key.lines().find(|line| !line.starts_with('-')).unwrap().to_owned();
            self.marked.push(Marked { secret, belongs: &["keys/"] });
        }
        self.join_and_log_in(sink).await;
        self.read_letters(sink).await;
        let paper = self.add_a_factor(sink).await;
        let bob = self.invite(sink).await;
        self.talk(&bob).await;
        self.take_along(&paper[2]).await;
        self.operate();
        self.marked
    }

    fn mark(&mut self, secret: &str) {
        self.marked.push(Marked { secret: secret.to_owned(), belongs: &[] });
    }

    /// Keeps what is in these fields of an answer as secrets.
    fn mark_fields(&mut self, answer: &Value, fields: &[&str]) {
        for pointer in fields {
            let secret = answer.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {answer}"));
            self.mark(&text(secret));
        }
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Response {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.base));
        let request = if method == "POST" {
            request.header("content-type", "application/json").body(body.to_string())
        } else {
            request
        };
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        request.send().await.unwrap()
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.send(method, path, &body).await;
        let (status, said) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {said}");
        serde_json::from_str(&said).unwrap()
    }

    async fn log_in(&mut self, email: &str, password: &str) {
        self.token = String::new();
        let request = json!({ "email": email, "password": password, "deviceName": FORGED });
        let refused = self.send("POST", "/v1/auth:logIn", &request).await;
        assert_eq!(refused.status(), 400, "that is no name of a device");
        let request = json!({ "email": email, "password": password, "deviceName": "phone level=ERROR" });
        let entered = self.call("POST", "/v1/auth:logIn", request).await;
        self.mark_fields(&entered, &["/accessToken/token", "/refreshToken", "/deviceToken"]);
        self.token = text(&entered["accessToken"]["token"]);
    }

    async fn join_and_log_in(&mut self, sink: &mut Sink) {
        let account = json!({ "email": ADA, "password": PASSWORD, "name": "Ada" });
        let joined = self.call("POST", "/v1/auth:signUp", account).await;
        self.mark_fields(&joined, &["/accessToken/token", "/refreshToken", "/deviceToken"]);
        let code = sink.letter().await.code();
        self.call("POST", "/v1/auth:verifyEmail", json!({ "code": code })).await;
        self.mark(&code);

        let wrong = json!({ "email": ADA, "password": WRONG });
        assert_eq!(self.send("POST", "/v1/auth:logIn", &wrong).await.status(), 401);
        self.log_in(ADA, PASSWORD).await;
        let token = std::mem::take(&mut self.token);
        let refresh = json!({ "refreshToken": joined["refreshToken"] });
        let turned = self.call("POST", "/v1/auth:refreshSession", refresh).await;
        self.mark_fields(&turned, &["/accessToken/token", "/refreshToken"]);

        let account =
            json!({ "email": ADA, "password": PASSWORD, "sessionDelivery": "SESSION_DELIVERY_COOKIE" });
        let request = self.client.post(format!("{}/v1/auth:logIn", self.base)).body(account.to_string());
        let request = request.header("content-type", "application/json").header(OWN_PAGE.0, OWN_PAGE.1);
        let browser = request.send().await.unwrap();
        let cookies = browser.headers().get_all("set-cookie").iter();
        let cookies: Vec<_> =
            cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        let me = self.client.get(format!("{}/v1/me", self.base)).header(OWN_PAGE.0, OWN_PAGE.1);
        assert_eq!(me.header("cookie", cookies.join("; ")).send().await.unwrap().status(), 200);
        assert_eq!(cookies.len(), 2);
        for cookie in cookies {
            self.mark(cookie.split_once('=').unwrap().1);
        }
        self.token = token;
    }

    async fn read_letters(&mut self, sink: &mut Sink) {
        // Two log-ins on devices that were not known, of which one letter tells.
        assert_eq!(sink.letter().await.subject(), "A log-in on a new device");
        self.call("POST", "/v1/auth:requestPasswordReset", json!({ "email": ADA })).await;
        let code = self.next_code(sink).await;
        let reset = json!({ "code": code, "newPassword": RESET });
        self.call("POST", "/v1/auth:resetPassword", reset).await;
        self.log_in(ADA, RESET).await;
        let change = json!({ "oldPassword": RESET, "newPassword": CHANGED });
        self.call("POST", "/v1/me:changePassword", change).await;
        let wish = json!({ "newEmail": NEW, "password": CHANGED });
        self.call("POST", "/v1/me:requestEmailChange", wish).await;
        let code = self.next_code(sink).await;
        self.call("POST", "/v1/me:confirmEmailChange", json!({ "code": code })).await;
    }

    /// The code of the next letter that has one.
    async fn next_code(&mut self, sink: &mut Sink) -> String {
        loop {
            let letter = sink.letter().await;
            if letter.link().is_some() {
                let code = letter.code();
                self.mark(&code);
                return code;
            }
        }
    }

    /// Adds an app, and logs in with what it came with.
    async fn add_a_factor(&mut self, sink: &mut Sink) -> Vec<String> {
        assert_eq!(sink.letter().await.subject(), "Your e-mail address was changed");
        let begun = self.call("POST", "/v1/me/totp:begin", json!({ "password": CHANGED })).await;
        self.mark_fields(&begun, &["/secret", "/uri"]);
        let code = App::new(begun["secret"].as_str().unwrap()).code(SystemClock.now());
        let added = self.call("POST", "/v1/me/totp:confirm", json!({ "code": code })).await;
        let paper: Vec<String> = added["recoveryCodes"].as_array().unwrap().iter().map(text).collect();
        for code in &paper {
            self.mark(code);
        }
        for (number, code) in paper.iter().take(2).enumerate() {
            self.token = String::new();
            let entered =
                self.call("POST", "/v1/auth:logIn", json!({ "email": NEW, "password": CHANGED })).await;
            self.mark_fields(&entered, &["/secondFactor/challenge"]);
            let challenge = &entered["secondFactor"]["challenge"];
            if number == 0 {
                let wrong = json!({ "challenge": challenge, "recoveryCode": "0000-0000-0000-0000" });
                assert_eq!(self.send("POST", "/v1/auth:finishLogIn", &wrong).await.status(), 400);
            }
            let proof = json!({ "challenge": challenge, "recoveryCode": code });
            let entered = self.call("POST", "/v1/auth:finishLogIn", proof).await;
            self.mark_fields(&entered, &["/accessToken/token", "/refreshToken", "/deviceToken"]);
            self.token = text(&entered["accessToken"]["token"]);
        }
        paper
    }

    /// Says something to Bob, and keeps a file.
    async fn talk(&mut self, bob: &str) {
        let upload = self.client.post(format!("{}/media?purpose=message&name=a.txt", self.base));
        let kept = upload.bearer_auth(&self.token).body(FILE).send().await.unwrap();
        let kept: Value = serde_json::from_str(&kept.text().await.unwrap()).unwrap();
        let file = text(&kept["mediaId"]);
        self.marked.push(Marked { secret: FILE.to_owned(), belongs: &["media/blobs"] });
        let signed = self.call("POST", &format!("/v1/media/{file}:sign"), json!({})).await;
        let path = text(&signed["path"]);
        let opened = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        assert_eq!(opened.text().await.unwrap(), FILE);
        self.mark(path.rsplit_once("signature=").unwrap().1);

        let message = json!({ "text": SAID, "clientId": "018f0000-0000-7000-8000-000000000001" });
        self.call("POST", &format!("/v1/users/{bob}/messages"), message).await;
        self.marked.push(Marked { secret: SAID.to_owned(), belongs: &["message.db", "search.db"] });
    }

    /// Invites Bob, who proves his address first, and returns his id.
    async fn invite(&mut self, sink: &mut Sink) -> String {
        let invited = self.call("POST", "/v1/me/invites", json!({})).await;
        self.mark_fields(&invited, &["/code"]);
        let token = std::mem::take(&mut self.token);
        self.call("POST", "/v1/auth:requestSignUp", json!({ "email": "bob@example.com" })).await;
        let code = self.next_code(sink).await;
        let account = json!({
            "email": "bob@example.com", "password": PASSWORD, "name": "Bob", "inviteCode": invited["code"],
            "emailCode": code,
        });
        let joined = self.call("POST", "/v1/auth:signUp", account).await;
        self.mark_fields(&joined, &["/accessToken/token", "/refreshToken", "/deviceToken"]);
        self.token = token;
        text(&joined["user"]["userId"])
    }

    async fn take_along(&mut self, paper: &str) {
        self.call("POST", "/v1/me:confirmIdentity", json!({ "recoveryCode": paper })).await;
        let export = self.send("GET", "/v1/me:export", &json!({})).await;
        assert_eq!(export.status(), 200);
        export.bytes().await.unwrap();
    }

    /// What whoever runs the server does with her account, and with that of somebody else.
    fn operate(&mut self) {
        let reset = self.home.run(&["admin", "force-password-reset", NEW]);
        assert!(reset.status.success(), "{reset:?}");
        let file = self.home.data().join("import.jsonl");
        let hash = "$2a$10$abcdefghijklmnopqrstuuMRKDm0Q3sc2OtZiOvkqbVPIWTdxU9uG";
        let line = json!({ "email": "eve@example.com", "fullName": "Eve", "password": hash });
        fs::write(&file, line.to_string()).unwrap();
        let imported = self.home.run(&["admin", "import-users", "--file", file.to_str().unwrap()]);
        assert!(imported.status.success(), "{imported:?}");
        fs::remove_file(&file).unwrap();
        for output in [&reset, &imported] {
            for bytes in [&output.stdout, &output.stderr] {
                assert!(!String::from_utf8_lossy(bytes).contains("$2a$"), "{output:?}");
            }
        }
        // It opens an account until its owner logs in.
        self.marked.push(Marked { secret: hash.to_owned(), belongs: &["auth.db"] });
    }
}
