//! Every way in which sessions end before their time, and everything that they had open
//! or could open: what is refused, and what ends by itself.

use std::time::{Duration, Instant};

use confab_core::{Clock, SystemClock};
use futures_util::FutureExt;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::authenticator::App;
use crate::person::json as parsed;
use crate::process::{Home, Server};

const PASSWORD: &str = "correct horse battery";
/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// The header by which a page of our own is known.
const OWN_PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");

/// What ends all sessions of somebody but, perhaps, the one that they are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    LogOut,
    LogOutElsewhere,
    Password,
    SecondFactor,
    Disabled,
    Deleted,
    Admin,
}

const ENDINGS: [Ending; 7] = [
    Ending::LogOut,
    Ending::LogOutElsewhere,
    Ending::Password,
    Ending::SecondFactor,
    Ending::Disabled,
    Ending::Deleted,
    Ending::Admin,
];

impl Ending {
    /// Whether the session that it is asked for in goes on.
    fn leaves_one(self) -> bool {
        !matches!(self, Self::Disabled | Self::Deleted | Self::Admin)
    }
}

/// What shows whose session it is.
#[derive(Clone)]
enum Pass {
    Token(String),
    Cookie(String),
}

/// A session, and what it has open.
struct Seat {
    pass: Pass,
    /// An address of a file, which needs no log-in.
    address: String,
    stream: Response,
}

struct Person {
    client: Client,
    base: String,
    email: String,
    here: Seat,
    program: Seat,
    refresh: String,
    browser: Seat,
}

fn with(request: RequestBuilder, pass: &Pass) -> RequestBuilder {
    match pass {
        Pass::Token(token) => request.bearer_auth(token),
        Pass::Cookie(cookie) => request.header("cookie", cookie).header(OWN_PAGE.0, OWN_PAGE.1),
    }
}

/// Makes a call, and returns what came of it.
async fn call(client: &Client, pass: Option<&Pass>, method: &str, url: String, body: Value) -> Response {
    let request = client.request(method.parse().unwrap(), url);
    let request = if method == "POST" {
        request.header("content-type", "application/json").body(body.to_string())
    } else {
        request
    };
    let request = match pass {
        Some(pass) => with(request, pass),
        None => request,
    };
    request.send().await.unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text")).to_owned()
}

impl Person {
    /// Somebody with a file, who is logged in here, with a program, and in a browser.
    async fn new(home: &Home, name: &str) -> Self {
        let (client, base) = (Client::new(), format!("http://127.0.0.1:{}", home.port));
        let email = format!("{name}@example.com");
        let account = json!({ "email": email, "password": PASSWORD, "name": name });
        let post = async |path: &str, body: &Value| {
            let url = format!("{base}{path}");
            let answer = call(&client, None, "POST", url, body.clone()).await;
            assert_eq!(answer.status(), 200, "{path}");
            parsed(answer).await.unwrap()
        };
        let joined = post("/v1/auth:signUp", &account).await;
        let here = Pass::Token(text(&joined["accessToken"]["token"]));
        let account = json!({ "email": email, "password": PASSWORD });
        let program = post("/v1/auth:logIn", &account).await;
        let token = Pass::Token(text(&program["accessToken"]["token"]));

        let account =
            json!({ "email": email, "password": PASSWORD, "sessionDelivery": "SESSION_DELIVERY_COOKIE" });
        let request = client.post(format!("{base}/v1/auth:logIn")).body(account.to_string());
        let request = request.header("content-type", "application/json").header(OWN_PAGE.0, OWN_PAGE.1);
        let browser = request.send().await.unwrap();
        let cookie = browser.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();

        let file = with(client.post(format!("{base}/media?purpose=message&name=a.txt")), &here);
        let file = text(&parsed(file.body("hello").send().await.unwrap()).await.unwrap()["mediaId"]);
        let seat = async |pass: Pass| Seat::take(&client, &base, pass, &file).await;
        let (here, program_seat, browser) =
            (seat(here).await, seat(token).await, seat(Pass::Cookie(cookie)).await);
        let refresh = text(&program["refreshToken"]);
        Self { client, base, email, here, program: program_seat, refresh, browser }
    }

    /// Calls from `here`.
    async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.base);
        let answer = call(&self.client, Some(&self.here.pass), method, url, body).await;
        assert_eq!(answer.status(), 200, "{path}");
        parsed(answer).await.unwrap()
    }

    async fn end(&self, ending: Ending, home: &Home) {
        match ending {
            Ending::LogOut => {
                for seat in [&self.program, &self.browser] {
                    let url = format!("{}/v1/auth:logOut", self.base);
                    let answer = call(&self.client, Some(&seat.pass), "POST", url, json!({})).await;
                    assert_eq!(answer.status(), 200);
                }
            }
            Ending::LogOutElsewhere => {
                self.ask("POST", "/v1/me/sessions:revokeOthers", json!({})).await;
            }
            Ending::Password => {
                let change = json!({ "oldPassword": PASSWORD, "newPassword": "staple horse battery" });
                self.ask("POST", "/v1/me:changePassword", change).await;
            }
            Ending::SecondFactor => {
                let begun = self.ask("POST", "/v1/me/totp:begin", json!({ "password": PASSWORD })).await;
                let code = App::new(begun["secret"].as_str().unwrap()).code(SystemClock.now());
                self.ask("POST", "/v1/me/totp:confirm", json!({ "code": code })).await;
            }
            Ending::Deleted => {
                self.ask("POST", "/v1/me:confirmIdentity", json!({ "password": PASSWORD })).await;
                self.ask("DELETE", "/v1/me", json!({})).await;
            }
            // By another process, on the machine with the data.
            Ending::Disabled => operator(home, "disable-account", &self.email),
            Ending::Admin => operator(home, "force-password-reset", &self.email),
        }
    }
}

fn operator(home: &Home, command: &str, account: &str) {
    let done = home.run(&["admin", command, account]);
    assert!(done.status.success(), "{done:?}");
}

impl Seat {
    async fn take(client: &Client, base: &str, pass: Pass, file: &str) -> Self {
        let url = format!("{base}/v1/media/{file}:sign");
        let signed = call(client, Some(&pass), "POST", url, json!({})).await;
        assert_eq!(signed.status(), 200);
        let address = format!("{base}{}", text(&parsed(signed).await.unwrap()["path"]));
        assert_eq!(client.get(&address).send().await.unwrap().status(), 200);
        let live = with(client.get(format!("{base}/v1/live:subscribe")), &pass);
        let mut stream = live.header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(stream.status(), 200);
        assert!(timeout(PATIENCE, stream.chunk()).await.unwrap().unwrap().is_some(), "it begins");
        Self { pass, address, stream }
    }

    /// Waits until the stream ends, and returns what it has said.
    async fn hear_the_end(&mut self) -> String {
        let mut said = Vec::new();
        while let Some(chunk) = timeout(PATIENCE, self.stream.chunk()).await.expect("it ends").unwrap() {
            said.extend(chunk);
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Whether the stream goes on: nothing of an end has come by now.
    fn goes_on(&mut self) -> bool {
        loop {
            match self.stream.chunk().now_or_never() {
                None => return true,
                Some(Ok(Some(_))) => {}
                Some(_) => return false,
            }
        }
    }

    /// What comes of a call, and of opening the address.
    async fn opens(&self, client: &Client, base: &str) -> (u16, u16) {
        let me = with(client.get(format!("{base}/v1/me")), &self.pass).send().await.unwrap();
        let file = client.get(&self.address).send().await.unwrap();
        (me.status().as_u16(), file.status().as_u16())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_ends_sessions_ends_what_they_had_open_and_all_they_could_open() {
    let home = Home::new();
    let settings = ["serve", "--password-cost", "10", "--rate-limits", "off", "--entry-limits", "off"];
    let server = Server::start(&mut home.command(&settings), home.port);
    server.wait_until_ready();
    for ending in ENDINGS {
        let mut ada = Person::new(&home, &format!("{ending:?}").to_lowercase()).await;
        ada.end(ending, &home).await;
        let acknowledged = Instant::now();
        for seat in [&mut ada.program, &mut ada.browser] {
            let said = seat.hear_the_end().await;
            assert!(said.contains("SESSION_ENDED"), "{ending:?}: {said}");
        }
        println!("{ending:?}: streams have ended after {:?}", acknowledged.elapsed());
        for seat in [&ada.program, &ada.browser] {
            assert_eq!(seat.opens(&ada.client, &ada.base).await, (401, 403), "{ending:?}");
        }
        let refresh = json!({ "refreshToken": ada.refresh });
        let url = format!("{}/v1/auth:refreshSession", ada.base);
        let refused = call(&ada.client, None, "POST", url, refresh).await;
        assert_eq!(refused.status(), 401, "{ending:?}");

        if ending.leaves_one() {
            assert!(ada.here.goes_on(), "{ending:?}");
            assert_eq!(ada.here.opens(&ada.client, &ada.base).await, (200, 200), "{ending:?}");
        } else {
            ada.here.hear_the_end().await;
            assert_eq!(ada.here.opens(&ada.client, &ada.base).await, (401, 403), "{ending:?}");
        }
    }
}
