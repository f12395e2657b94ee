//! Ways to write a path that is not for clients: only the exact one of those
//! that are leads anywhere (rows H10, H11).

use axum::extract::Request;
use confab_proto::{Access, Method, access, methods};
use http::Uri;

use crate::beginnings::BEGINNINGS;
use crate::stage::{Stage, call};

const INTERNAL: &str = "confab.internal.v1.SessionService/ExchangeSession";

/// What is put where a path begins, and what it may be taken for.
fn spellings(path: &str) -> Vec<String> {
    let (service, method) = path.split_once('/').unwrap();
    let public = "confab.auth.v1.AuthService";
    let begins = ["/"].iter().chain(&BEGINNINGS);
    let mut all: Vec<String> = begins.map(|begin| format!("{begin}{path}")).collect();
    all.extend([
        format!("/{public}/../{path}"),
        format!("/{public}/..%2f{path}"),
        format!("/{public}/%2e%2e/{path}"),
        format!("/{public}/GetMe/../../{path}"),
        format!("/{public}%2f..%2f{path}"),
        format!("/{public}/LogIn;/{path}"),
        format!("/{public};{service}/{method}"),
        format!("/{public}.{service}/{method}"),
        format!("/{service}//{method}"),
        format!("/{service}/./{method}"),
        format!("/{service}%2f{method}"),
        format!("/{service}/{method}/"),
        format!("/{service}/{method}%00"),
        format!("/{service}/{method}?x"),
        format!("/{service}/{method};x"),
        format!("/{}/{method}", service.to_uppercase()),
        format!("/{service}/{}", method.to_lowercase()),
        format!("/{}/{method}", service.replace('.', "%2e")),
        format!("/{}/{method}", service.replace("internal", "%69nternal")),
        format!("http://chat.test/{path}"),
        format!("http://confab.internal/{path}"),
    ]);
    all
}

/// The paths of all RPCs that `is_meant`, without the slash before them.
fn rpcs(is_meant: impl Fn(&Method) -> bool) -> Vec<&'static str> {
    methods().iter().filter(|method| is_meant(method)).map(|method| &method.path[1..]).collect()
}

#[tokio::test]
async fn no_spelling_of_an_internal_path_leads_anywhere() {
    let stage = Stage::with(&["--rate-limits", "off"]).await;
    let token = format!("Bearer {}", stage.token());
    let internal = rpcs(|method| access(method.path) == Some(Access::Service));
    assert!(internal.contains(&INTERNAL) && internal.len() > 5, "{internal:?}");
    for rpc in internal {
        let tried = try_all(&stage, &token, spellings(rpc)).await;
        assert!(tried >= 40, "{rpc}: {tried} tried");
    }
}

#[tokio::test]
async fn what_is_for_admins_has_one_spelling() {
    let stage = Stage::with(&["--rate-limits", "off"]).await;
    let token = format!("Bearer {}", stage.token());
    let admin = rpcs(|method| method.path.contains(".AdminService/"));
    assert!(admin.len() >= 10, "{admin:?}");
    for rpc in admin {
        // A host before it, or a query behind it, are no part of the path.
        let is_other = |path: &String| path.parse::<Uri>().is_ok_and(|uri| uri.path() != format!("/{rpc}"));
        let tried = try_all(&stage, &token, spellings(rpc).into_iter().filter(is_other).collect()).await;
        assert!(tried >= 40, "{rpc}: {tried} tried");
        stage.answer(call(rpc).header("authorization", &token)).await;
        assert_eq!(stage.take_asked().len(), 1, "{rpc} itself leads there");
    }
}

/// Asks for each of `paths` in all forms, none of which may lead to a service; returns how many can be asked for.
async fn try_all(stage: &Stage, token: &str, paths: Vec<String>) -> usize {
    let mut tried = 0;
    // Whoever reads requests refuses the others too.
    for path in paths.into_iter().filter(|path| path.parse::<Uri>().is_ok()) {
        for form in ["application/grpc-web+proto", "application/json", "text/plain"] {
            for request in [Request::post(&path), Request::get(&path)] {
                let request = request.header("host", "chat.test").header("authorization", token);
                let answer = stage.answer(request.header("content-type", form)).await;
                let refused =
                    matches!(answer.status, 404 | 405) || answer.code() == 12 || is_page(answer.status);
                assert!(refused, "{path} as {form}: {answer:?}");
                assert_eq!(stage.asked().len() + stage.swaps(), 0, "{path} as {form}");
            }
        }
        tried += 1;
    }
    tried
}

/// `/` with a query or a fragment is the page, built or not.
const fn is_page(status: u16) -> bool {
    matches!(status, 200 | 503)
}

#[tokio::test]
async fn what_is_for_operators_is_not_at_the_public_door() {
    let stage = Stage::new().await;
    for path in [
        "/metrics",
        "/admin",
        "/admin/",
        "/debug",
        "/debug/pprof/",
        "/pprof",
        "/actuator",
        "/env",
        "/config",
        "/.env",
        "/.git/config",
        "/server-status",
        "/trace",
        "/keys/signing.pem",
        "/data",
        "/auth.db",
        "/%6detrics",
        "/Metrics",
    ] {
        for accept in ["*/*", "application/openmetrics-text"] {
            let answer = stage.answer(Request::get(path).header("accept", accept)).await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (404, "application/problem+json"),
                "{path}"
            );
        }
    }
}
