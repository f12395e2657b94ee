//! Uploads that are taken up again over HTTP.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::RequestBuilder;

use crate::person::{Person, said};
use crate::process::Home;

fn tus(person: &Person, method: &str, path: &str) -> RequestBuilder {
    person.ask(method, path).header("tus-resumable", "1.0.0")
}

async fn create(person: &Person, size: usize) -> String {
    let metadata = format!("filename {},purpose {}", STANDARD.encode("ž.txt"), STANDARD.encode("message"));
    let request = tus(person, "POST", "/media/uploads").header("upload-metadata", metadata);
    let created = request.header("upload-length", size).send().await.unwrap();
    assert_eq!(created.status(), 201);
    said(&created, "location").to_owned()
}

fn patch(person: &Person, upload: &str, offset: usize, bytes: &[u8]) -> RequestBuilder {
    let request = tus(person, "PATCH", upload).header("content-type", "application/offset+octet-stream");
    request.header("upload-offset", offset).body(bytes.to_vec())
}

#[tokio::test]
async fn an_upload_goes_on_where_it_ended_and_becomes_a_file() {
    let home = Home::new();
    let _server = home.serve();
    let ada = Person::join(home.port, "ada").await;
    let upload = create(&ada, 10).await;
    let first = patch(&ada, &upload, 0, b"01234").send().await.unwrap();
    assert_eq!((first.status().as_u16(), said(&first, "upload-offset")), (204, "5"));
    assert_eq!(patch(&ada, &upload, 0, b"x").send().await.unwrap().status(), 409);
    let head = tus(&ada, "HEAD", &upload).send().await.unwrap();
    assert_eq!((said(&head, "upload-offset"), said(&head, "upload-length")), ("5", "10"));
    assert!(!said(&head, "upload-expires").is_empty());
    let last = patch(&ada, &upload, 5, b"56789").send().await.unwrap();
    assert_eq!((last.status().as_u16(), said(&last, "upload-offset")), (204, "10"));

    let id = upload.rsplit('/').next().unwrap();
    assert_eq!(ada.read(id).await.unwrap(), b"0123456789");
    // Whoever has lost the last answer asks once more.
    let head = tus(&ada, "HEAD", &upload).send().await.unwrap();
    assert_eq!((head.status().as_u16(), said(&head, "upload-offset")), (200, "10"));
}

#[tokio::test]
async fn what_is_not_tus_is_told_so() {
    let home = Home::new();
    let _server = home.serve();
    let (ada, bob) = (Person::join(home.port, "ada").await, Person::join(home.port, "bob").await);
    let described = ada.stranger("OPTIONS", "/media/uploads").send().await.unwrap();
    assert_eq!((described.status().as_u16(), said(&described, "tus-version")), (204, "1.0.0"));
    assert_eq!(said(&described, "tus-extension"), "creation,expiration,termination");
    let old = ada.ask("POST", "/media/uploads").header("upload-length", 1).send().await.unwrap();
    assert_eq!((old.status().as_u16(), said(&old, "tus-version")), (412, "1.0.0"));
    assert_eq!(tus(&ada, "POST", "/media/uploads").send().await.unwrap().status(), 400);

    let upload = create(&ada, 10).await;
    let untyped = tus(&ada, "PATCH", &upload).header("upload-offset", 0).body("x").send().await.unwrap();
    assert_eq!(untyped.status(), 415);
    for stranger in [patch(&bob, &upload, 0, b"x"), tus(&bob, "HEAD", &upload)] {
        assert_eq!(stranger.send().await.unwrap().status(), 404);
    }
    assert_eq!(tus(&ada, "DELETE", &upload).send().await.unwrap().status(), 204);
    assert_eq!(patch(&ada, &upload, 0, b"x").send().await.unwrap().status(), 404);
}
