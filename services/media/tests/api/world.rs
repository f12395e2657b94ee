//! A fresh media service, and what one can ask it.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use confab_core::{Clock, ManualClock, SessionId, SystemClock, UserId};
use confab_db::Database;
use confab_media::blobs::{BlobStore, LocalStore};
use confab_media::domain::BlobKey;
use confab_media::intake::{Intake, WorkerCommand, Workers};
use confab_media::scan::Scanner;
use confab_media::spool::Spool;
use confab_media::{Clients, Config, Finding, Kept, MediaService, Stores, Sweeper};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::media_library_service_client::MediaLibraryServiceClient;
use confab_proto::internal::v1::personal_data_service_client::PersonalDataServiceClient;
use confab_proto::media::v1;
use confab_proto::media::v1::download_media_response::Part as Down;
use confab_proto::media::v1::media_service_client::MediaServiceClient;
use confab_proto::media::v1::upload_media_request::Part as Up;
use confab_rpc::token::{ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYP, AccessClaims};
use confab_rpc::{Channel, Revoked, ServiceKey};
use futures_util::stream;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use tempfile::TempDir;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::neighbours::{self, Places};

/// An Ed25519 key pair of the tests (RFC 8032, section 7.1, test 1).
const PRIVATE_KEY: &str =
    "302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

/// What people may have in these tests.
pub const FILE_BYTES_MAX: u64 = 200_000;
pub const USER_BYTES_MAX: u64 = 1_000_000;
pub const USER_UPLOADS_MAX: u64 = 20;

/// How long somebody who uploads may send nothing.
pub const SILENCE_MAX: Duration = Duration::from_secs(1);
/// A picture of one pixel: the smallest GIF there is.
const PICTURE: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// A media service on an embedded store and local files, and a clock that stands still.
pub struct World {
    pub channel: Channel,
    pub clock: Arc<ManualClock>,
    pub places: Places,
    sweeper: Option<Sweeper>,
    service_key: ServiceKey,
    stores: Stores,
    blobs: Arc<dyn BlobStore>,
    scanner: Option<Scanner>,
    /// The sessions that have ended.
    pub revoked: Arc<Revoked>,
    pub folder: TempDir,
}

/// Somebody who is signed in.
pub struct Person<'w> {
    world: &'w World,
    pub id: UserId,
    pub session: SessionId,
}

impl World {
    pub async fn new() -> Self {
        Self::keeping_in(|local| Arc::new(local)).await
    }

    /// One that keeps its files where `blobs` says, which is given what they would be kept in else.
    pub async fn keeping_in(blobs: impl FnOnce(LocalStore) -> Arc<dyn BlobStore>) -> Self {
        Self::with(None, blobs, None).await
    }

    /// One that keeps what it knows in `database`, and its files where `blobs` says.
    pub async fn on(database: &Database, blobs: Arc<dyn BlobStore>) -> Self {
        Self::with(Some(database), |_| blobs, None).await
    }

    /// One that has all files looked at by `scanner`.
    pub async fn scanned_by(scanner: Scanner) -> Self {
        Self::with(None, |local| Arc::new(local), Some(scanner)).await
    }

    async fn with(
        database: Option<&Database>,
        blobs: impl FnOnce(LocalStore) -> Arc<dyn BlobStore>,
        scanner: Option<Scanner>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let embedded = Database::Embedded { folder: folder.path().to_owned() };
        let stores = Stores::open(database.unwrap_or(&embedded)).await.unwrap();
        std::fs::create_dir(folder.path().join("work")).unwrap();
        let mut world = Self {
            channel: neighbours::auth(&Places::default()),
            clock: Arc::new(ManualClock::new(SystemClock.now())),
            places: Places::default(),
            sweeper: None,
            service_key: ServiceKey::generate().unwrap(),
            stores,
            blobs: blobs(LocalStore::open(folder.path()).unwrap()),
            scanner,
            revoked: Arc::default(),
            folder,
        };
        let service = world.service();
        world.sweeper = Some(service.sweeper());
        world.channel = Channel::in_process(service.into_routes());
        world
    }

    /// A service with all that is kept here, which knows nothing of any other.
    fn service(&self) -> MediaService {
        let (folder, clock, service_key) = (self.folder.path(), self.clock.clone(), self.service_key.clone());
        let clients =
            Clients::new(neighbours::auth(&self.places), self.places.channel(), service_key, clock.clone());
        let clients = clients.heeding(self.revoked.clone());
        let program = env!("CARGO_BIN_EXE_confab-media-worker").into();
        let workers = Workers::new(WorkerCommand { program, arguments: Vec::new() });
        let intake = Intake::new(folder.join("work"), workers).with_scanner(self.scanner.clone());
        let (stores, spool) = (self.stores.clone(), Spool::open(&folder.join("spool")).unwrap());
        let kept = Kept { stores, blobs: self.blobs.clone(), spool };
        MediaService::new(&config(), kept, intake, clients, clock)
    }

    /// Sweeps as the service does.
    pub async fn sweep(&self) {
        self.sweeper.as_ref().unwrap().sweep().await;
    }

    /// Sweeps as another service does with the same folder, beside this one or after it.
    pub async fn sweep_elsewhere(&self) {
        self.service().sweeper().sweep().await;
    }

    /// What does not fit together of what is known and what is kept, and how many blobs are kept.
    pub async fn check(&self) -> (Vec<Finding>, u64) {
        let mut found = Vec::new();
        let checked = confab_media::check(&self.stores, &*self.blobs, |finding| found.push(finding)).await;
        (found, checked.unwrap().kept)
    }

    /// Somebody new.
    pub fn person(&self) -> Person<'_> {
        let now = self.clock.now();
        Person { world: self, id: UserId::new(now), session: SessionId::new(now) }
    }

    /// The library, as another service sees it.
    pub fn library(&self) -> MediaLibraryServiceClient<Channel> {
        MediaLibraryServiceClient::new(self.channel_of("message"))
    }

    /// What auth asks about people.
    pub fn personal_data(&self) -> PersonalDataServiceClient<Channel> {
        PersonalDataServiceClient::new(self.channel_of("auth"))
    }

    /// The same, by somebody who is no service.
    pub fn personal_data_of_nobody(&self) -> PersonalDataServiceClient<Channel> {
        PersonalDataServiceClient::new(self.channel.clone())
    }

    fn channel_of(&self, service: &'static str) -> Channel {
        self.channel.clone().with_service_token(service, self.service_key.clone(), self.clock.clone())
    }

    /// Attaches a file of `user` to `place`.
    pub async fn attach(
        &self,
        user: &Person<'_>,
        media: &str,
        place: &internal::MediaPlace,
    ) -> Result<Vec<v1::Media>, Status> {
        let request = internal::AttachMediaRequest {
            user_id: user.id.to_string(),
            media_ids: vec![media.to_owned()],
            place: Some(place.clone()),
            source: None,
        };
        Ok(self.library().attach_media(request).await?.into_inner().media)
    }

    /// Takes everything away from `place`.
    pub async fn detach(&self, place: &internal::MediaPlace, aftermath: internal::Aftermath) {
        let request = internal::DetachMediaRequest {
            place: Some(place.clone()),
            kept_media_ids: Vec::new(),
            aftermath: aftermath.into(),
        };
        self.library().detach_media(request).await.unwrap();
    }

    /// Where the blob with these bytes lies.
    pub fn blob(&self, bytes: &[u8]) -> PathBuf {
        let key = BlobKey::of(bytes).to_string();
        self.folder.path().join("blobs").join(&key[..2]).join(key)
    }

    /// How many files lie in a folder of the service, and below it.
    pub fn files_in(&self, folder: &str) -> usize {
        count(&self.folder.path().join(folder))
    }
}

impl Person<'_> {
    pub fn media(&self) -> MediaServiceClient<Channel> {
        MediaServiceClient::new(self.world.channel.clone())
    }

    /// `message` with this person's token.
    pub fn request<T>(&self, message: T) -> Request<T> {
        let now = self.world.clock.now();
        let claims = AccessClaims {
            iss: ACCESS_ISSUER.into(),
            aud: ACCESS_AUDIENCE.into(),
            sub: self.id.to_string(),
            sid: self.session.to_string(),
            iat: now.as_seconds(),
            exp: now.plus(Duration::from_mins(10)).as_seconds(),
            nbf: None,
        };
        let header = Header {
            typ: Some(ACCESS_TYP.into()),
            kid: Some("test".into()),
            ..Header::new(Algorithm::EdDSA)
        };
        let key = EncodingKey::from_ed_der(&hex::decode(PRIVATE_KEY).unwrap());
        let token = jsonwebtoken::encode(&header, &claims, &key).unwrap();
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request
    }

    /// Uploads `bytes` as one text.
    pub async fn upload(&self, bytes: &[u8]) -> Result<v1::Media, Status> {
        self.upload_as(header(bytes.len()), bytes).await
    }

    /// Uploads a picture of one pixel for `purpose`, and returns its id.
    pub async fn upload_picture(&self, purpose: v1::Purpose) -> String {
        let name = "face.gif".into();
        let header = v1::UploadHeader { purpose: purpose.into(), name, ..header(PICTURE.len()) };
        self.upload_as(header, PICTURE).await.unwrap().media_id
    }

    pub async fn upload_as(&self, header: v1::UploadHeader, bytes: &[u8]) -> Result<v1::Media, Status> {
        let chunks = bytes.chunks(40_000).map(|chunk| Up::Chunk(Bytes::copy_from_slice(chunk)));
        self.upload_parts(std::iter::once(Up::Header(header)).chain(chunks).collect()).await
    }

    pub async fn upload_parts(&self, parts: Vec<Up>) -> Result<v1::Media, Status> {
        let parts = parts.into_iter().map(|part| v1::UploadMediaRequest { part: Some(part) });
        let request = self.request(stream::iter(parts.collect::<Vec<_>>()));
        Ok(self.media().upload_media(request).await?.into_inner().media.unwrap())
    }

    pub async fn get(&self, media_id: &str) -> Result<v1::Media, Status> {
        let request = v1::GetMediaRequest { media_id: media_id.to_owned() };
        Ok(self.media().get_media(self.request(request)).await?.into_inner().media.unwrap())
    }

    /// The bytes of a file, from one on.
    pub async fn download(
        &self,
        media_id: &str,
        offset: i64,
        length: Option<i64>,
    ) -> Result<Vec<u8>, Status> {
        let request = v1::DownloadMediaRequest { media_id: media_id.to_owned(), variant: 0, offset, length };
        let mut answers = self.media().download_media(self.request(request)).await?.into_inner();
        let mut bytes = Vec::new();
        assert!(matches!(answers.message().await?.unwrap().part, Some(Down::Header(_))));
        while let Some(answer) = answers.message().await? {
            let Some(Down::Chunk(chunk)) = answer.part else { panic!("two headers") };
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    pub async fn list(&self) -> v1::ListMyMediaResponse {
        let request = self.request(v1::ListMyMediaRequest::default());
        self.media().list_my_media(request).await.unwrap().into_inner()
    }

    pub async fn usage(&self) -> (i64, i64) {
        let usage = self.list().await.usage.unwrap();
        (usage.bytes, usage.files)
    }
}

pub fn header(size: usize) -> v1::UploadHeader {
    let size = i64::try_from(size).unwrap();
    v1::UploadHeader { purpose: 0, name: "notes.txt".into(), size, sha256: Bytes::new() }
}

/// A message that somebody is about to send.
pub fn message(sender: &Person<'_>) -> internal::MediaPlace {
    let place = internal::media_place::Place::Message(internal::MessagePlace {
        conversation_id: Uuid::new_v4().to_string(),
        sender_id: sender.id.to_string(),
        client_id: Uuid::new_v4().to_string(),
    });
    internal::MediaPlace { place: Some(place) }
}

/// Somebody, as what has their picture.
pub fn person(person: &Person<'_>) -> internal::MediaPlace {
    internal::MediaPlace { place: Some(internal::media_place::Place::UserId(person.id.to_string())) }
}

/// The code and the reason of an error: what programs go by.
pub fn refusal<T>(result: Result<T, Status>) -> (Code, String) {
    let Err(status) = result else { panic!("not refused") };
    let info = status.get_details_error_info();
    (status.code(), info.map(|info| info.reason).unwrap_or_default())
}

fn config() -> Config {
    let [file, user, files, uploads] =
        [FILE_BYTES_MAX, USER_BYTES_MAX, 1_000, USER_UPLOADS_MAX].map(|max| NonZeroU64::new(max).unwrap());
    Config {
        media_file_max_bytes: file,
        media_user_max_bytes: user,
        media_user_max_files: files,
        media_user_max_uploads: uploads,
        media_upload_silence: SILENCE_MAX,
    }
}

fn count(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
