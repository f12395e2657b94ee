//! Files over plain HTTP.

use crate::person::{Person, id, json, said};
use crate::process::Home;
use reqwest::multipart::{Form, Part};

#[tokio::test]
async fn a_file_is_uploaded_as_a_body_or_in_a_form_and_served_so_that_it_does_no_harm() {
    let home = Home::new();
    let _server = home.serve();
    let ada = Person::join(home.port, "ada").await;
    let html = b"<!doctype html><script>alert(1)</script>";
    let body = ada.keep("page.html", html).await;
    let form = Form::new()
        .text("purpose", "message")
        .part("file", Part::bytes(html.to_vec()).file_name("../pag\"e.html"));
    let answer = ada.ask("POST", "/media").multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let answer = json(answer).await.unwrap();
    assert_eq!((answer["size"].as_str(), answer["kind"].as_str()), (Some("40"), Some("MEDIA_KIND_FILE")));

    for file in [body, id(&answer)] {
        let served = ada.ask("GET", &format!("/media/{file}")).send().await.unwrap();
        assert_eq!(said(&served, "content-type"), "text/plain; charset=utf-8");
        assert_eq!(said(&served, "x-content-type-options"), "nosniff");
        assert!(said(&served, "content-security-policy").contains("sandbox"));
        assert!(said(&served, "content-disposition").starts_with("attachment; filename=\""));
        assert!(said(&served, "content-disposition").ends_with(".html.txt"));
        assert_eq!(said(&served, "cache-control"), "private, max-age=31536000, immutable");
        assert_eq!(served.bytes().await.unwrap(), html.as_slice());
    }
}

#[tokio::test]
async fn parts_of_a_file_can_be_had_and_what_is_known_is_not_sent_again() {
    let home = Home::new();
    let _server = home.serve();
    let ada = Person::join(home.port, "ada").await;
    let file = format!("/media/{}", ada.keep("a.txt", b"0123456789").await);
    let whole = ada.ask("GET", &file).send().await.unwrap();
    let tag = said(&whole, "etag").to_owned();
    assert_eq!((said(&whole, "accept-ranges"), said(&whole, "content-length")), ("bytes", "10"));

    for (range, expected, place) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
    ] {
        let part = ada.ask("GET", &file).header("range", range).send().await.unwrap();
        assert_eq!((part.status().as_u16(), said(&part, "content-range")), (206, place));
        assert_eq!(part.text().await.unwrap(), expected);
    }
    let none = ada.ask("GET", &file).header("range", "bytes=10-").send().await.unwrap();
    assert_eq!((none.status().as_u16(), said(&none, "content-range")), (416, "bytes */10"));
    let changed = ada.ask("GET", &file).header("range", "bytes=2-4").header("if-range", "\"x\"");
    assert_eq!(changed.send().await.unwrap().text().await.unwrap(), "0123456789");
    let known = ada.ask("GET", &file).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(known.status(), 304);
    let head = ada.ask("HEAD", &file).send().await.unwrap();
    assert_eq!((head.status().as_u16(), said(&head, "content-length")), (200, "10"));
}

#[tokio::test]
async fn who_may_not_see_a_file_learns_nothing_of_it() {
    let home = Home::new();
    let _server = home.serve();
    let (ada, bob) = (Person::join(home.port, "ada").await, Person::join(home.port, "bob").await);
    let file = ada.keep("a.txt", b"hello").await;
    let mut answers = Vec::new();
    for path in [format!("/media/{file}"), "/media/018f0000-0000-7000-8000-000000000000".into()] {
        let answer = bob.ask("GET", &path).send().await.unwrap();
        assert_eq!(answer.status(), 404);
        let mut answer = json(answer).await.unwrap();
        answer.as_object_mut().unwrap().retain(|key, _| !["requestId", "metadata"].contains(&key.as_str()));
        answers.push(answer);
        assert_eq!(bob.stranger("GET", &path).send().await.unwrap().status(), 401);
    }
    assert_eq!(answers[0], answers[1]);
    let forged =
        format!("/media/{file}/original?user=x&session=x&expires=99999999999&signature={}", "0".repeat(64));
    assert!(bob.stranger("GET", &forged).send().await.unwrap().status().is_client_error());
}

#[tokio::test]
async fn what_is_no_upload_is_refused_and_a_cookie_writes_from_our_own_pages_only() {
    let home = Home::new();
    let _server = home.serve();
    let ada = Person::join(home.port, "ada").await;
    let refused = ada.upload("a.exe", b"\x7fELF\x02\x01\x01".to_vec()).await.unwrap();
    assert_eq!(refused.status(), 415);
    assert_eq!(json(refused).await.unwrap()["reason"], "TYPE_REFUSED");
    // Of a body that is not there, nothing is said, neither how long it is.
    assert_eq!(ada.upload("a.txt", Vec::new()).await.unwrap().status(), 411);
    let empty_form = ada.ask("POST", "/media").multipart(Form::new().text("purpose", "message"));
    assert_eq!(empty_form.send().await.unwrap().status(), 400);
    assert_eq!(ada.stranger("POST", "/media").body("hello").send().await.unwrap().status(), 401);

    let cookie = format!("__Host-confab={}", "a".repeat(43));
    for site in ["cross-site", "same-site", "none"] {
        let request = ada.stranger("POST", "/media").header("cookie", &cookie).header("sec-fetch-site", site);
        assert_eq!(request.body("hello").send().await.unwrap().status(), 403, "{site}");
    }
    let read =
        ada.stranger("GET", "/media/x").header("cookie", &cookie).header("sec-fetch-site", "cross-site");
    assert_eq!(read.send().await.unwrap().status(), 403);
}
