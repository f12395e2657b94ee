//! What files are called in the header that browsers take a name from.

use percent_encoding::percent_decode_str;
use reqwest::multipart::{Form, Part};

use crate::hostile_names::{self, MARK};
use crate::person::{Person, id, json, said};
use crate::process::{Home, Server};

/// The longest name that is taken, in characters.
const CHARS_MAX: usize = 255;
/// How many go up at once.
const AT_ONCE: usize = 8;

/// The name in a header of RFC 6266, read as strictly as it is defined; with whether it is to be kept.
fn name_in(header: &str) -> Option<(bool, String)> {
    let (manner, rest) = header.split_once("; filename=\"")?;
    let (plain, rest) = rest.split_once('"')?;
    let whole = rest.strip_prefix("; filename*=UTF-8''")?;
    // What is quoted has nothing that would have to be escaped, nor anything that old browsers unescape.
    let is_plain = plain.chars().all(|each| (' '..='~').contains(&each) && !"\"\\%/".contains(each));
    let is_whole = whole.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~%".contains(&byte));
    let name = percent_decode_str(whole).decode_utf8().ok()?;
    (is_plain && is_whole).then(|| (manner == "attachment", name.into_owned()))
}

/// Uploads a file of that name by one of two ways, and looks at what it is called from then on.
async fn try_name(ada: &Person, number: usize, name: &str) {
    let bytes = format!("this is file {number}");
    let name: String = name.chars().take(CHARS_MAX).collect();
    // A form cannot say what would end its lines.
    let request = if number.is_multiple_of(2) || name.contains(char::is_control) {
        let query: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        ada.ask("POST", &format!("/media?purpose=message&name={query}")).body(bytes)
    } else {
        let part = Part::bytes(bytes.into_bytes()).file_name(name.clone());
        ada.ask("POST", "/media").multipart(Form::new().text("purpose", "message").part("file", part))
    };
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let answer = json(answer).await.unwrap();
    assert_eq!(status, 201, "{name:?}: {answer}");
    let served = ada.ask("HEAD", &format!("/media/{}", id(&answer))).send().await.unwrap();
    let header = said(&served, "content-disposition");
    let (is_kept, told) = name_in(header).unwrap_or_else(|| panic!("{name:?}: {header}"));
    assert_eq!((is_kept, Some(told.as_str())), (true, answer["name"].as_str()), "{name:?}");
    assert!(!told.contains(['/', '\\', '\0', '\r', '\n', '\u{202e}']), "{name:?}: {told:?}");
    assert_eq!(said(&served, "set-cookie"), "", "{name:?}");
}

#[tokio::test]
async fn of_three_hundred_hostile_names_each_is_one_name_in_its_header() {
    let home = Home::new();
    let server = Server::start(&mut home.command(&["serve", "--rate-limits", "off"]), home.port);
    server.wait_until_ready();
    let ada = Person::join(home.port, "ada").await;
    let names: Vec<(usize, String)> = hostile_names::all().into_iter().enumerate().collect();
    assert!(names.len() >= 300);
    for some in names.chunks(AT_ONCE) {
        let trying = some.iter().map(|(number, name)| try_name(&ada, *number, name));
        futures_util::future::join_all(trying).await;
    }
    let find =
        std::process::Command::new("find").arg(home.data()).args(["-name", &format!("*{MARK}*")]).output();
    assert!(find.unwrap().stdout.is_empty(), "a name is a place");
}
