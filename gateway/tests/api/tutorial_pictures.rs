//! Pictures in the API of the tutorial's app.

use confab_proto::auth::v1::{self as auth, User};
use confab_proto::media::v1 as media;
use confab_proto::media::v1::upload_media_request::Part;
use confab_proto::message::v1::{self as message, SendMessageRequest};
use prost::Message;
use serde_json::json;

use crate::stage::Stage;
use crate::tutorial::{ADA, BEN, ask, from_page, said, says, stage, user};

/// Three bytes that claim to be a picture.
const PICTURE: &str = "data:image/png;base64,AAEC";

/// Has the media service keep whatever comes, as something of `kind`.
fn keep(stage: &Stage, kind: media::MediaKind) {
    let kept = media::Media { media_id: "p-1".into(), kind: kind.into(), ..Default::default() };
    stage.say("UploadMedia", vec![media::UploadMediaResponse { media: Some(kept) }.encode_to_vec()]);
}

/// What was uploaded for what, if something was.
fn uploaded(stage: &Stage) -> Option<(media::Purpose, Vec<u8>)> {
    let asked = stage.asked().into_iter().find(|asked| asked.path.ends_with("UploadMedia"))?;
    let (mut purpose, mut bytes) = (media::Purpose::Unspecified, Vec::new());
    for message in asked.messages::<media::UploadMediaRequest>() {
        match message.part.unwrap() {
            Part::Header(header) => purpose = header.purpose(),
            Part::Chunk(chunk) => bytes.extend(chunk),
            Part::End(_) => {}
        }
    }
    Some((purpose, bytes))
}

#[tokio::test]
async fn a_picture_in_a_message_is_kept_by_media_and_has_an_address() {
    let stage = stage().await;
    keep(&stage, media::MediaKind::Image);
    let attachment = message::Attachment {
        media_id: "p-1".into(),
        kind: media::MediaKind::Image.into(),
        content_type: "image/png".into(),
        ..Default::default()
    };
    let shown = message::Message { attachments: vec![attachment], ..said(7, ADA, "") };
    let sent = message::SendMessageResponse { message: Some(shown.clone()), ..Default::default() };
    stage.say("SendMessage", vec![sent.encode_to_vec()]);
    let (path, image) = (format!("/api/messages/send/{BEN}"), "//chat.test/media/p-1/large");
    let body = json!({ "text": "", "image": PICTURE }).to_string();
    let answer = stage.answer_body(ask("POST", &path), body).await;
    assert_eq!((answer.status, &answer.json()["image"]), (201, &json!(image)), "{answer:?}");
    assert_eq!(uploaded(&stage), Some((media::Purpose::Message, vec![0, 1, 2])));
    let asked: SendMessageRequest = stage.asked().last().unwrap().message();
    assert_eq!((asked.attachment_ids, asked.text.as_str()), (vec!["p-1".to_owned()], ""));

    let page = message::ListMessagesResponse { messages: vec![shown], ..Default::default() };
    stage.say("ListMessages", vec![page.encode_to_vec()]);
    let history = stage.answer(ask("GET", &format!("/api/messages/{BEN}"))).await.json();
    assert_eq!(history, json!([answer.json()]));

    keep(&stage, media::MediaKind::File);
    let body = json!({ "image": PICTURE }).to_string();
    says(&stage.answer_body(ask("POST", &path), body).await, 400, "That is no picture");
    let removed: media::DeleteMediaRequest = stage.asked().last().unwrap().message();
    assert_eq!(removed.media_id, "p-1");
}

#[tokio::test]
async fn a_profile_takes_a_picture_and_people_have_its_address() {
    let stage = stage().await;
    keep(&stage, media::MediaKind::Image);
    let ada = User { picture_id: "p-1".into(), ..user(ADA, "Ada", "ada@example.org") };
    stage.say("UpdateProfile", vec![auth::UpdateProfileResponse { user: Some(ada) }.encode_to_vec()]);
    let path = "/api/auth/update-profile";
    let body = json!({ "profilePic": PICTURE }).to_string();
    let answer = stage.answer_body(ask("PUT", path), body.clone()).await;
    let shown = answer.json();
    assert_eq!((answer.status, &shown["profilePic"]), (200, &json!("//chat.test/media/p-1/small")));
    assert_eq!((&shown["_id"], &shown["__v"]), (&json!(ADA), &json!(0)));
    assert_eq!(uploaded(&stage), Some((media::Purpose::Avatar, vec![0, 1, 2])));
    let asked: auth::UpdateProfileRequest = stage.asked().last().unwrap().message();
    assert_eq!(asked.update_mask.unwrap().paths, ["picture_id"]);
    assert_eq!(asked.profile.unwrap().picture_id, "p-1");

    stage.take_asked();
    for body in ["{}", r#"{"profilePic":""}"#, r#"{"profilePic":null}"#] {
        says(&stage.answer_body(ask("PUT", path), body).await, 400, "Profile pic is required");
    }
    let link = r#"{"profilePic":"https://elsewhere.example/a.png"}"#;
    assert_eq!(stage.answer_body(ask("PUT", path), link).await.status, 400);
    says(&stage.answer_body(from_page("PUT", path), body).await, 401, "Unauthorized - No Token Provided");
    assert_eq!(uploaded(&stage), None);
}

#[tokio::test]
async fn only_a_body_with_a_picture_may_be_large() {
    let stage = stage().await;
    keep(&stage, media::MediaKind::Image);
    let answer = auth::UpdateProfileResponse { user: Some(user(ADA, "Ada", "")) };
    stage.say("UpdateProfile", vec![answer.encode_to_vec()]);
    let body = |characters: usize| json!({ "profilePic": format!("data:image/png;base64,{}", "A".repeat(characters)) });
    let path = "/api/auth/update-profile";
    let fits = stage.answer_body(ask("PUT", path), body(10 * 1024 * 1024).to_string()).await;
    assert_eq!(fits.status, 200, "{fits:?}");
    assert_eq!(uploaded(&stage).unwrap().1.len(), 10 * 1024 * 1024 / 4 * 3);
    let large = stage.answer_body(ask("PUT", path), body(15 * 1024 * 1024).to_string()).await;
    says(&large, 413, "That is too large");
}
