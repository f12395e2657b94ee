//! Somebody who uploads, by way of the gateway.

use confab_proto::auth::v1::SignUpRequest;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_rpc::Channel;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

/// Somebody with an access token.
#[derive(Clone)]
pub struct Person {
    client: Client,
    base: String,
    pub id: String,
    pub token: String,
}

impl Person {
    /// Signs somebody up at the gateway on `port`.
    pub async fn join(port: u16, name: &str) -> Self {
        let base = format!("http://127.0.0.1:{port}");
        let mut auth = AuthServiceClient::new(Channel::remote(base.parse().unwrap()));
        let request = SignUpRequest {
            email: format!("{name}@example.com"),
            password: "correct horse battery".into(),
            name: name.into(),
            ..SignUpRequest::default()
        };
        let joined = auth.sign_up(request).await.unwrap().into_inner();
        let (id, token) = (joined.user.unwrap().user_id, joined.access_token.unwrap().token);
        Self { client: Client::new(), base, id, token }
    }

    /// A request with this person's token.
    pub fn ask(&self, method: &str, path: &str) -> RequestBuilder {
        self.stranger(method, path).bearer_auth(&self.token)
    }

    /// The same without any.
    pub fn stranger(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", self.base))
    }

    /// Uploads `bytes` as a body, and returns the answer.
    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> reqwest::Result<Response> {
        self.ask("POST", &format!("/media?purpose=message&name={name}")).body(bytes).send().await
    }

    /// Uploads `bytes`, and returns the id of the file.
    pub async fn keep(&self, name: &str, bytes: &[u8]) -> String {
        let response = self.upload(name, bytes.to_vec()).await.unwrap();
        let status = response.status();
        let answer = response.bytes().await.unwrap();
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
        id(&serde_json::from_slice(&answer).unwrap())
    }

    /// The bytes of a file.
    pub async fn read(&self, id: &str) -> Option<Vec<u8>> {
        let response = self.ask("GET", &format!("/media/{id}")).send().await.unwrap();
        if response.status() != 200 {
            return None;
        }
        Some(response.bytes().await.unwrap().to_vec())
    }
}

/// The id of the file in an answer.
pub fn id(answer: &Value) -> String {
    answer["mediaId"].as_str().unwrap().to_owned()
}

/// What an answer says in JSON; nothing if it breaks off.
pub async fn json(response: Response) -> Option<Value> {
    serde_json::from_slice(&response.bytes().await.ok()?).ok()
}

/// What a header of an answer says.
pub fn said<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}
