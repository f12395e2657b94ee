//! Requests that somebody else's page makes a browser send, with its cookies (row T09).

use axum::extract::Request;
use confab_proto::{Access, access, methods};
use http::request::Builder;

use crate::stage::{DEVICE_SECRET, SECRET, Stage};

/// What browsers say of the page that sends a request, when it is not ours.
const PAGES: [(&str, &[(&str, &str)]); 10] = [
    ("like a trusted one", &[("sec-fetch-site", "same-site"), ("origin", "https://dev.chat.test:8443")]),
    ("a trusted one afar", &[("sec-fetch-site", "cross-site"), ("origin", "https://dev.chat.test")]),
    ("cross-site", &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]),
    ("same-site", &[("sec-fetch-site", "same-site"), ("origin", "https://blog.chat.test")]),
    ("cross-site without an origin", &[("sec-fetch-site", "cross-site")]),
    ("an old browser", &[("origin", "https://evil.example")]),
    ("another port", &[("origin", "https://chat.test:8443")]),
    ("a hidden origin", &[("origin", "null")]),
    ("a hidden origin of another site", &[("origin", "null"), ("sec-fetch-site", "cross-site")]),
    ("a lie that browsers cannot tell", &[("sec-fetch-site", "same-origin, cross-site")]),
];

/// In which form a page can send something without being asked first, and in
/// which ours do.
const FORMS: [&str; 6] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/json",
    "application/grpc-web+proto",
    "application/grpc-web-text",
];

/// One that trusts nobody, as by default, and one that trusts an origin of its site.
async fn stages() -> [Stage; 2] {
    let (all, trusting) = (["--rate-limits", "off"], ["--cookie-origin", "https://dev.chat.test"]);
    [Stage::with(&all).await, Stage::with(&[all, trusting].concat()).await]
}

fn with_cookies(request: Builder, form: &str, page: &[(&str, &str)]) -> Builder {
    let cookies = format!("__Host-confab={SECRET}; __Host-confab-device={DEVICE_SECRET}");
    let request = request.header("host", "chat.test").header("cookie", cookies).header("content-type", form);
    page.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

/// Every RPC that a client can call.
fn paths() -> Vec<(String, Access)> {
    let all = methods().iter().map(|method| method.path.to_owned());
    let all = all.filter_map(|path| access(&path).map(|access| (path, access)));
    all.filter(|(_, access)| *access != Access::Service).collect()
}

#[tokio::test]
async fn no_page_of_others_does_anything_with_our_cookies() {
    let stages = stages().await;
    assert!(paths().len() > 50);
    for (path, stage) in paths().iter().flat_map(|(path, _)| stages.iter().map(move |stage| (path, stage))) {
        for (page, headers) in PAGES {
            for form in FORMS {
                for request in [Request::post(path), Request::get(path), Request::put(path)] {
                    let answer = stage.answer(with_cookies(request, form, headers)).await;
                    assert!(stage.asked().is_empty(), "{path} from {page} as {form}");
                    assert_eq!(stage.swaps(), 0, "{path} from {page} as {form}");
                    assert_eq!(answer.headers("set-cookie"), Vec::<&str>::new(), "{path} from {page}");
                }
            }
        }
    }
}

/// The API of the tutorial's app, which takes the same cookies.
const TUTORIAL: [&str; 9] = [
    "/api/auth/signup",
    "/api/auth/login",
    "/api/auth/logout",
    "/api/auth/check",
    "/api/auth/update-profile",
    "/api/messages/users",
    "/api/messages/0192c1f0-0000-7000-8000-00000000000b",
    "/api/messages/send/0192c1f0-0000-7000-8000-00000000000b",
    "/socket.io/?EIO=4&transport=polling",
];

#[tokio::test]
async fn nor_by_the_api_of_the_tutorial() {
    let stages = stages().await;
    let body = r#"{"fullName":"x","email":"a@b","password":"long enough","text":"x","profilePic":"x"}"#;
    for (path, stage) in TUTORIAL.iter().flat_map(|path| stages.iter().map(move |stage| (*path, stage))) {
        for (page, headers) in PAGES {
            for form in FORMS {
                for request in [Request::post(path), Request::get(path), Request::put(path)] {
                    let answer = stage.answer_body(with_cookies(request, form, headers), body).await;
                    assert!(stage.asked().is_empty(), "{path} from {page} as {form}");
                    assert_eq!(stage.swaps(), 0, "{path} from {page} as {form}");
                    assert_eq!(answer.headers("set-cookie"), Vec::<&str>::new(), "{path} from {page}");
                }
            }
        }
    }
}

#[tokio::test]
async fn whoever_says_nothing_of_a_page_is_a_program_and_has_no_cookie() {
    let stage = Stage::with(&["--rate-limits", "off"]).await;
    let silence: [&[(&str, &str)]; 2] = [&[], &[("sec-fetch-site", "none")]];
    for (path, access) in paths() {
        for headers in silence {
            for form in FORMS {
                stage.answer(with_cookies(Request::post(&path), form, headers)).await;
            }
        }
        assert_eq!(stage.swaps(), 0, "{path}");
        let asked = stage.asked();
        // What is for everybody passes, as it would without a cookie.
        assert!(access == Access::Public || asked.iter().all(|asked| asked.path != path), "{path}");
        assert!(asked.iter().all(|asked| !asked.headers.contains_key("confab-device")), "{path}");
        assert!(asked.iter().all(|asked| !asked.headers.contains_key("cookie")), "{path}");
    }
}
