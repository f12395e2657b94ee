//! Puts together what is kept of somebody, service after service.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_stream::try_stream;
use confab_core::page::Page;
use confab_core::{Clock, UserId};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::personal_data_service_client::PersonalDataServiceClient;
use confab_rpc::Shutdown;
use futures_util::Stream;
use tokio::time::{Instant, timeout};
use tonic::{Status, Streaming};

use crate::archive::Archive;
use crate::convert::export;
use crate::domain::{AuditCursor, BlockCursor};
use crate::eraser::Keeper;
use crate::error::Error;
use crate::store::Stores;

/// How many exports can be under way in a process: each reads a lot.
const EXPORTS_MAX: usize = 8;
/// How long one may take. Who reads more slowly makes room for others.
const EXPORT_TIME_MAX: Duration = Duration::from_hours(1);
/// How long a service may take for the next part of what it keeps.
const PART_TIME_MAX: Duration = Duration::from_secs(30);
/// How many entries of a list are read at once.
const PAGE_SIZE: usize = 100;

/// Reads what is kept of people.
#[derive(Clone)]
pub struct Exporter {
    pub(crate) stores: Stores,
    pub(crate) keepers: Arc<[Keeper]>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) shutdown: Shutdown,
    pub(crate) turns: Arc<Turns>,
}

/// Who is given what is kept of them now, and since when.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<UserId, Instant>>);

/// That it is somebody's turn, as long as this is there.
pub struct Turn {
    turns: Arc<Turns>,
    user: UserId,
    begun: Instant,
}

impl Exporter {
    /// Lets `user` begin, if they have not begun already and there is room.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyExports`] if not.
    pub fn begin(&self, user: UserId) -> Result<Turn, Error> {
        let begun = Instant::now();
        let mut turns = self.turns.lock();
        turns.retain(|_, since| begun - *since < EXPORT_TIME_MAX);
        if turns.len() >= EXPORTS_MAX || turns.contains_key(&user) {
            return Err(Error::TooManyExports);
        }
        turns.insert(user, begun);
        Ok(Turn { turns: self.turns.clone(), user, begun })
    }

    /// Everything that is kept of whose `turn` it is, as the pieces of a zip file.
    pub fn export(self, turn: Turn) -> impl Stream<Item = Result<Vec<u8>, Error>> + Send + 'static {
        try_stream! {
            let (user, mut archive) = (turn.user, Archive::new());
            self.account(&mut archive, user).await?;
            for piece in archive.pieces() {
                yield piece;
            }
            archive.begin("audit_events.jsonl")?;
            let mut after = None;
            loop {
                let page = Page { size: PAGE_SIZE, after };
                let events = self.stores.audit.list(Some(user), page).await?;
                for event in &events {
                    archive.add(&export::audit_event(event))?;
                }
                for piece in archive.pieces() {
                    yield piece;
                }
                match events.last() {
                    Some(last) if events.len() == PAGE_SIZE => after = Some(AuditCursor::after(last)),
                    _ => break,
                }
            }
            for keeper in &*self.keepers {
                let (mut parts, mut file) = (ask(keeper, user).await?, String::new());
                while let Some(part) = self.next(&turn, &mut parts).await? {
                    if part.file_name != file {
                        archive.begin(&part.file_name)?;
                        file = part.file_name;
                    }
                    archive.add(&part.chunk)?;
                    for piece in archive.pieces() {
                        yield piece;
                    }
                }
            }
            for piece in archive.finish()? {
                yield piece;
            }
        }
    }

    /// What is kept of the account itself: no secret, nor what secrets are known by.
    async fn account(&self, archive: &mut Archive, user: UserId) -> Result<(), Error> {
        let now = self.clock.now();
        let account = self.stores.users.find(user).await?.ok_or(Error::SessionEnded)?;
        let factors = self.stores.factors.find(user).await?;
        archive.begin("profile.json")?;
        archive.add(&export::profile(&account, factors))?;
        archive.begin("sessions.jsonl")?;
        for session in self.stores.sessions.list(user, now).await? {
            archive.add(&export::session(&session))?;
        }
        archive.begin("passkeys.jsonl")?;
        for passkey in self.stores.passkeys.list(user).await? {
            archive.add(&export::passkey(&passkey))?;
        }
        archive.begin("identities.jsonl")?;
        for identity in self.stores.identities.list_identities(user).await? {
            archive.add(&export::identity(&identity))?;
        }
        archive.begin("invites.jsonl")?;
        for invite in self.stores.invites.list(user, now).await? {
            archive.add(&export::invite(&invite))?;
        }
        archive.begin("blocked_users.jsonl")?;
        let mut after = None;
        loop {
            let blocks = self.stores.blocks.list(user, Page { size: PAGE_SIZE, after }).await?;
            for block in &blocks {
                archive.add(&export::block(block))?;
            }
            match blocks.last() {
                Some(last) if blocks.len() == PAGE_SIZE => after = Some(BlockCursor::after(last)),
                _ => return Ok(()),
            }
        }
    }

    /// The next of the `parts` that a service hands on; `None` at their end.
    async fn next(
        &self,
        turn: &Turn,
        parts: &mut Streaming<internal::ExportUserResponse>,
    ) -> Result<Option<internal::ExportUserResponse>, Error> {
        if turn.begun.elapsed() >= EXPORT_TIME_MAX {
            return Err(broken_off(Status::deadline_exceeded("it took too long")));
        }
        tokio::select! {
            biased;
            () = self.shutdown.begun() => Err(broken_off(Status::unavailable("the server stops"))),
            part = timeout(PART_TIME_MAX, parts.message()) => match part {
                Ok(part) => part.map_err(broken_off),
                Err(_) => Err(broken_off(Status::deadline_exceeded("a service took too long"))),
            },
        }
    }
}

async fn ask(keeper: &Keeper, user: UserId) -> Result<Streaming<internal::ExportUserResponse>, Error> {
    let mut client = PersonalDataServiceClient::new(keeper.channel.clone());
    let request = internal::ExportUserRequest { user_id: user.to_string() };
    match timeout(PART_TIME_MAX, client.export_user(request)).await {
        Ok(parts) => Ok(parts.map_err(broken_off)?.into_inner()),
        Err(_) => Err(broken_off(Status::deadline_exceeded("a service took too long"))),
    }
}

fn broken_off(status: Status) -> Error {
    Error::ExportBrokenOff(status.into())
}

impl Turns {
    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = self.turns.lock();
        // Whoever was too slow may have begun again since.
        if turns.get(&self.user) == Some(&self.begun) {
            turns.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use confab_core::Timestamp;
    use confab_proto::internal::v1::personal_data_service_server::{
        PersonalDataService, PersonalDataServiceServer,
    };
    use confab_rpc::Channel;
    use futures_util::{TryStreamExt, stream};
    use tonic::service::Routes;
    use tonic::{Request, Response};

    use super::*;
    use crate::audit::audit;
    use crate::domain::{
        AuditEvent, AuditKind, CredentialId, DeviceName, Identity, IdentityId, Passkey, PasskeyId,
    };
    use crate::service::AuthService;
    use crate::service::testing::{bob, join, test_service};
    use crate::store::{Added, Linked};

    /// A service that hands these parts on.
    struct Parts(Vec<Result<(&'static str, &'static str), Status>>);

    #[tonic::async_trait]
    impl PersonalDataService for Parts {
        type ExportUserStream =
            stream::Iter<std::vec::IntoIter<Result<internal::ExportUserResponse, Status>>>;

        async fn erase_user(
            &self,
            _: Request<internal::EraseUserRequest>,
        ) -> Result<Response<internal::EraseUserResponse>, Status> {
            Err(Status::unimplemented("this one is only read"))
        }

        async fn export_user(
            &self,
            _: Request<internal::ExportUserRequest>,
        ) -> Result<Response<Self::ExportUserStream>, Status> {
            let part = |(name, text): (&str, &'static str)| internal::ExportUserResponse {
                file_name: name.to_owned(),
                chunk: text.as_bytes().into(),
            };
            let parts: Vec<_> = self.0.iter().cloned().map(|given| given.map(part)).collect();
            Ok(Response::new(stream::iter(parts)))
        }
    }

    fn asking(service: AuthService, parts: Parts) -> AuthService {
        let routes = Routes::new(PersonalDataServiceServer::new(parts));
        service.with_keepers(vec![Keeper { name: "parts", channel: Channel::in_process(routes) }])
    }

    /// The files that `user` is given.
    async fn files(service: &AuthService, user: UserId) -> zip::ZipArchive<Cursor<Vec<u8>>> {
        let exporter = service.exporter();
        let turn = exporter.begin(user).unwrap();
        let pieces: Vec<Vec<u8>> = exporter.export(turn).try_collect().await.unwrap();
        zip::ZipArchive::new(Cursor::new(pieces.concat())).unwrap()
    }

    fn text(files: &mut zip::ZipArchive<Cursor<Vec<u8>>>, name: &str) -> String {
        let mut text = String::new();
        files.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn passkey(user: UserId, now: Timestamp) -> Passkey {
        Passkey {
            id: PasskeyId::new(now),
            user,
            name: DeviceName::new("Ada's phone").unwrap(),
            credential: CredentialId::new(b"the phone".to_vec()).unwrap(),
            public_key: vec![1, 2, 3],
            algorithm: -7,
            counter: 0,
            backup_eligible: true,
            backed_up: false,
            created: now,
            used: None,
        }
    }

    #[tokio::test]
    async fn of_long_lists_and_of_what_few_have_nothing_is_left_out() {
        const COUNT: usize = 2 * PAGE_SIZE + 1;
        let (service, _folder) = test_service().await;
        let (ada, _) = join(&service).await;
        let (user, now, stores) = (ada.user.id, service.clock.now(), &service.stores);
        let mut blocked = Vec::new();
        for _ in 0..COUNT {
            blocked.push(UserId::new(now));
            stores.blocks.insert(user, blocked[blocked.len() - 1], now).await.unwrap();
            audit(&service, AuditEvent::of(AuditKind::PasswordWrong, user)).await;
        }
        assert_eq!(stores.passkeys.insert(&passkey(user, now)).await.unwrap(), Added::Yes);
        let (provider, subject) = ("company".parse().unwrap(), "248289761001".to_owned());
        let (id, email) = (IdentityId::new(now), "ada@example.net".to_owned());
        let identity = Identity { id, user, provider, subject, email, created: now };
        assert_eq!(stores.identities.link(&identity).await.unwrap(), Linked::Yes);

        let mut files = files(&service, user).await;
        let listed = text(&mut files, "blocked_users.jsonl");
        assert_eq!(listed.lines().count(), COUNT);
        assert!(blocked.iter().all(|person| listed.contains(&person.to_string())));
        let events = text(&mut files, "audit_events.jsonl");
        assert_eq!(events.lines().filter(|line| line.contains("password-wrong")).count(), COUNT);
        assert_eq!(events.lines().filter(|line| line.contains("signed-up")).count(), 1);
        for (file, said) in [
            ("passkeys.jsonl", "Ada's phone"),
            ("identities.jsonl", "248289761001"),
            ("identities.jsonl", "ada@example.net"),
        ] {
            assert!(text(&mut files, file).contains(said), "{said} in {file}");
        }
    }

    #[tokio::test]
    async fn what_services_hand_on_is_put_together() {
        let (service, _folder) = test_service().await;
        let (ada, _) = join(&service).await;
        let parts = [("a.jsonl", "1\n"), ("a.jsonl", "2\n"), ("b.jsonl", ""), ("c/d.png", "3")];
        let mut files = files(&asking(service, Parts(parts.map(Ok).into())), ada.user.id).await;
        for (name, expected) in [("a.jsonl", "1\n2\n"), ("b.jsonl", ""), ("c/d.png", "3")] {
            assert_eq!(text(&mut files, name), expected, "{name}");
        }
    }

    #[tokio::test]
    async fn nobody_takes_half_of_it_for_all() {
        let (service, _folder) = test_service().await;
        let (ada, _) = join(&service).await;
        let parts = vec![Ok(("a.jsonl", "1\n")), Err(Status::unavailable("it is away"))];
        let exporter = asking(service, Parts(parts)).exporter();
        let turn = exporter.begin(ada.user.id).unwrap();
        let pieces: Result<Vec<_>, _> = exporter.clone().export(turn).try_collect().await;
        assert!(matches!(pieces, Err(Error::ExportBrokenOff(_))));
        exporter.begin(ada.user.id).unwrap();
    }

    #[tokio::test]
    async fn everybody_has_one_turn_at_a_time_and_there_are_not_many() {
        let (service, _folder) = test_service().await;
        let (ada, bob) = (join(&service).await.0.user.id, bob(&service).await.id);
        let exporter = service.exporter();
        let turn = exporter.begin(ada).unwrap();
        assert!(matches!(exporter.begin(ada), Err(Error::TooManyExports)));
        let others: Vec<_> =
            (1..EXPORTS_MAX).map(|_| exporter.begin(UserId::new(service.clock.now())).unwrap()).collect();
        assert!(matches!(exporter.begin(bob), Err(Error::TooManyExports)));
        drop(turn);
        exporter.begin(bob).unwrap();
        drop(others);
    }
}
