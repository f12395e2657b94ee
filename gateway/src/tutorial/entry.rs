//! `/api/auth`: who somebody is.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use confab_proto::auth::v1::{
    self as auth, LogInRequest, LogOutRequest, SessionDelivery, SignUpRequest, UpdateProfileRequest,
};
use confab_proto::media::v1::Purpose;
use http::{HeaderValue, StatusCode, header};
use prost_types::FieldMask;
use serde::Deserialize;
use serde_json::{Value, json};
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use super::asker::Asker;
use super::pictures::Picture;
use super::refused::{Refused, cookies};
use super::sent::{Illustrated, Sent, text};
use super::shapes::{UserFull, UserShort};

/// What a session calls its device when it was begun here.
const DEVICE_NAME: &str = "Tutorial app";
/// The shortest password, in characters: said in the words of the app before
/// auth says it in its own.
const PASSWORD_CHARS_MIN: usize = 8;

/// What signing up takes. Whatever is no text is as good as not there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignUp {
    full_name: Option<Value>,
    email: Option<Value>,
    password: Option<Value>,
}

/// What logging in takes.
#[derive(Deserialize)]
pub struct LogIn {
    email: Option<Value>,
    password: Option<Value>,
}

/// What there is of a profile to change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    profile_pic: Option<Value>,
}

/// Makes an account, and signs in.
pub async fn sign_up(
    Extension(asker): Extension<Asker>,
    Sent(SignUp { full_name, email, password }): Sent<SignUp>,
) -> Result<Response, Refused> {
    let (Some(name), Some(email), Some(password)) = (text(full_name), text(email), text(password)) else {
        return Err(Refused::because("All fields are required"));
    };
    if password.chars().count() < PASSWORD_CHARS_MIN {
        let message = format!("Password must be at least {PASSWORD_CHARS_MIN} characters");
        return Err(Refused::because(message));
    }
    let request = SignUpRequest {
        email,
        password,
        name,
        session_delivery: SessionDelivery::Cookie.into(),
        device_name: DEVICE_NAME.into(),
        ..SignUpRequest::default()
    };
    let (metadata, answer, _) = asker.auth().sign_up(request).await.map_err(no_sign_up)?.into_parts();
    let user = answer.user.ok_or_else(Refused::incomplete)?;
    Ok((StatusCode::CREATED, with_cookies(metadata), Json(UserShort::of(user, &asker.host())))
        .into_response())
}

/// Signs in.
pub async fn log_in(
    Extension(asker): Extension<Asker>,
    Sent(LogIn { email, password }): Sent<LogIn>,
) -> Result<Response, Refused> {
    let (Some(email), Some(password)) = (text(email), text(password)) else { return Err(no_such_entry()) };
    let request = LogInRequest {
        email,
        password,
        session_delivery: SessionDelivery::Cookie.into(),
        device_name: DEVICE_NAME.into(),
        ..LogInRequest::default()
    };
    let (metadata, answer, _) = asker.auth().log_in(request).await.map_err(no_log_in)?.into_parts();
    if answer.second_factor.is_some() {
        return Err(Refused::because(
            "This account has a second factor; log in on the page of Confab itself",
        ));
    }
    let user = answer.user.ok_or_else(Refused::incomplete)?;
    Ok((with_cookies(metadata), Json(UserShort::of(user, &asker.host()))).into_response())
}

/// Ends the session, if there is one.
pub async fn log_out(Extension(asker): Extension<Asker>) -> Result<Response, Refused> {
    let metadata = match asker.auth().log_out(LogOutRequest {}).await {
        Ok(answer) => answer.into_parts().0,
        Err(status) if status.code() == Code::Unauthenticated => status.metadata().clone(),
        Err(status) => return Err(status.into()),
    };
    Ok((with_cookies(metadata), Json(json!({ "message": "Logged out successfully" }))).into_response())
}

/// Tells who is signed in.
pub async fn check(Extension(asker): Extension<Asker>) -> Result<Response, Refused> {
    let me = asker.me().await?;
    Ok((no_store(), Json(UserFull::of(me, &asker.host()))).into_response())
}

/// Changes the picture of whoever is signed in.
pub async fn update_profile(
    Extension(asker): Extension<Asker>,
    request: Request,
) -> Result<Response, Refused> {
    // Nobody else has so much read.
    asker.me().await?;
    let Illustrated { said: Profile { profile_pic }, room: _room } = Illustrated::read(request).await?;
    let picture = Picture::read(profile_pic)?.ok_or_else(|| Refused::because("Profile pic is required"))?;
    let picture_id = picture.keep(&asker, Purpose::Avatar).await?;
    let request = UpdateProfileRequest {
        profile: Some(auth::Profile { picture_id, ..auth::Profile::default() }),
        update_mask: Some(FieldMask { paths: vec!["picture_id".to_owned()] }),
    };
    let user = asker.auth().update_profile(request).await?.into_inner().user;
    let user = user.ok_or_else(Refused::incomplete)?;
    Ok((no_store(), Json(UserFull::of(user, &asker.host()))).into_response())
}

/// What is said to one person is for no cache between us.
pub fn no_store() -> [(header::HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}

fn with_cookies(metadata: MetadataMap) -> http::HeaderMap {
    let mut headers = http::HeaderMap::from_iter(no_store());
    for cookie in cookies(metadata.into_headers()) {
        headers.append(header::SET_COOKIE, cookie);
    }
    headers
}

fn no_sign_up(status: Status) -> Refused {
    match status.code() {
        Code::AlreadyExists => Refused::because("Email already exists"),
        _ => status.into(),
    }
}

/// Which of the two it was is not said, nor whether it could have been right at all.
fn no_log_in(status: Status) -> Refused {
    match status.code() {
        Code::Unauthenticated | Code::InvalidArgument => no_such_entry(),
        _ => status.into(),
    }
}

fn no_such_entry() -> Refused {
    Refused::because("Invalid credentials")
}
