//! The way to the mail server: over TLS to whoever is who they say, or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use confab_auth::{Config, MailConfig, SmtpSecurity};
use confab_proto::auth::v1;
use rcgen::generate_simple_self_signed;

use crate::mail::config_with_mail;
use crate::sink::Sink;
use crate::world::{World, with_token};

const ADA: &str = "ada@example.com";
/// How long a letter waits that could not be sent at the first try.
const FIRST_WAIT: Duration = Duration::from_secs(30);

/// Makes a certificate for `name` in `folder`, and returns it, and the same with its key.
fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let made = generate_simple_self_signed([name.to_owned()]).unwrap();
    let (alone, with_key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.both.pem")));
    fs::write(&alone, made.cert.pem()).unwrap();
    fs::write(&with_key, made.cert.pem() + &made.signing_key.serialize_pem()).unwrap();
    (alone, with_key)
}

/// A world whose letters go to `sink` with this security, and which trusts what is in this file.
async fn world(sink: &Sink, smtp_security: SmtpSecurity, smtp_ca_file: Option<PathBuf>) -> World {
    let config = config_with_mail(sink.port);
    let mail = MailConfig { smtp_security, smtp_ca_file, ..config.mail };
    World::with(Config { mail, ..config }).await
}

/// Waits until the letter to Ada was tried and is put off.
async fn is_put_off(world: &World) {
    let (user, token) = world.join(ADA, "Ada").await;
    world.operator().make_admin(v1::MakeAdminRequest { user_id: user.user_id }).await.unwrap();
    let later = world.now().plus(FIRST_WAIT).as_seconds();
    let mut pause = tokio::time::interval(Duration::from_millis(20));
    loop {
        pause.tick().await;
        let list = with_token(&token, v1::ListUnsentLettersRequest {});
        let mut unsent = world.admins().list_unsent_letters(list).await.unwrap().into_inner().letters;
        let letter = unsent.remove(0);
        if letter.next_try_time.unwrap().seconds == later {
            assert_eq!((letter.recipient.as_str(), letter.try_count), (ADA, 1));
            return;
        }
    }
}

#[tokio::test]
async fn letters_go_over_tls_from_the_beginning_or_after_a_greeting() {
    let folder = tempfile::tempdir().unwrap();
    let (trusted, both) = certificate(folder.path(), "127.0.0.1");
    for (offered, wanted) in [("tls", SmtpSecurity::Tls), ("starttls", SmtpSecurity::Starttls)] {
        let mut sink = Sink::run(&["0", "0", offered, both.to_str().unwrap()]).await;
        let world = world(&sink, wanted, Some(trusted.clone())).await;
        world.join(ADA, "Ada").await;
        assert_eq!(sink.letter().await.to(), ADA, "{offered}");
    }
}

#[tokio::test]
async fn no_letter_goes_to_a_server_that_offers_no_tls_or_is_not_who_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let (trusted, both) = certificate(folder.path(), "127.0.0.1");
    let (elsewhere, both_elsewhere) = certificate(folder.path(), "mail.example.com");
    let (both, both_elsewhere) = (both.to_str().unwrap(), both_elsewhere.to_str().unwrap());
    for (what, offered, wanted, trusts) in [
        ("it speaks in clear text", &["0", "0"][..], SmtpSecurity::Starttls, Some(&trusted)),
        ("nobody knows it", &["0", "0", "starttls", both], SmtpSecurity::Starttls, None),
        ("nobody knows it", &["0", "0", "tls", both], SmtpSecurity::Tls, None),
        ("it is another", &["0", "0", "tls", both_elsewhere], SmtpSecurity::Tls, Some(&elsewhere)),
    ] {
        let sink = Sink::run(offered).await;
        let world = world(&sink, wanted, trusts.cloned()).await;
        is_put_off(&world).await;
        assert!(sink.is_empty(), "{what}");
    }
}
