//! What the message service asks of auth, answered from memory.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use confab_core::UserId;
use confab_proto::auth::v1::auth_service_server::AuthServiceServer;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::session_service_server::{SessionService, SessionServiceServer};
use confab_proto::internal::v1::user_directory_service_server::{
    UserDirectoryService, UserDirectoryServiceServer,
};
use confab_rpc::Channel;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::world::Person;

/// Auth, as far as it is asked.
#[derive(Clone, Default)]
pub struct Auth(Arc<Mutex<Directory>>);

#[derive(Default)]
struct Directory {
    users: HashSet<String>,
    /// Who has blocked whom.
    blocks: HashSet<[String; 2]>,
    /// What people are called.
    names: HashMap<String, String>,
    ended_sessions: HashSet<String>,
    away: bool,
}

impl Directory {
    fn stands_between(&self, one: &str, other: &str) -> bool {
        [[one, other], [other, one]].iter().any(|pair| self.blocks.contains(&pair.map(String::from)))
    }
}

impl Auth {
    /// Lets there be a `user`.
    pub fn add(&self, user: UserId) {
        self.0.lock().unwrap().users.insert(user.to_string());
    }

    /// Lets auth go away, or come back.
    pub fn set_away(&self, away: bool) {
        self.0.lock().unwrap().away = away;
    }

    /// Lets `one` block `other`.
    pub fn block(&self, one: &Person, other: &Person) {
        self.0.lock().unwrap().blocks.insert([one.id.to_string(), other.id.to_string()]);
    }

    /// Lets `person` be called `name`.
    pub fn call(&self, person: &Person, name: &str) {
        self.0.lock().unwrap().names.insert(person.id.to_string(), name.into());
    }

    /// Lets the session of `person` have ended.
    pub fn end_session(&self, person: &Person) {
        self.0.lock().unwrap().ended_sessions.insert(person.session.to_string());
    }

    /// Takes all blocks back.
    pub fn unblock_all(&self) {
        self.0.lock().unwrap().blocks.clear();
    }

    pub fn channel(&self) -> Channel {
        let mut routes = Routes::builder();
        routes.add_service(AuthServiceServer::new(self.clone()));
        routes.add_service(UserDirectoryServiceServer::new(self.clone()));
        routes.add_service(SessionServiceServer::new(self.clone()));
        Channel::in_process(routes.routes())
    }
}

#[tonic::async_trait]
impl UserDirectoryService for Auth {
    async fn filter_users(
        &self,
        request: Request<internal::FilterUsersRequest>,
    ) -> Result<Response<internal::FilterUsersResponse>, Status> {
        assert!(request.metadata().contains_key("authorization"), "internal RPCs need a service token");
        let directory = self.0.lock().unwrap();
        if directory.away {
            return Err(Status::unavailable("away"));
        }
        let internal::FilterUsersRequest { user_ids: asked, caller_id: caller } = request.into_inner();
        let apart = |id: &String| directory.stands_between(id, &caller);
        let user_ids = asked.into_iter().filter(|id| directory.users.contains(id) && !apart(id)).collect();
        Ok(Response::new(internal::FilterUsersResponse { user_ids, groups_only_user_ids: Vec::new() }))
    }

    async fn check_contact(
        &self,
        request: Request<internal::CheckContactRequest>,
    ) -> Result<Response<internal::CheckContactResponse>, Status> {
        assert!(request.metadata().contains_key("authorization"), "internal RPCs need a service token");
        let directory = self.0.lock().unwrap();
        if directory.away {
            return Err(Status::unavailable("away"));
        }
        let internal::CheckContactRequest { user_id: one, other_id: other } = request.into_inner();
        let blocked = directory.stands_between(&one, &other);
        Ok(Response::new(internal::CheckContactResponse { blocked, groups_only: false }))
    }

    async fn filter_held_pictures(
        &self,
        _: Request<internal::FilterHeldPicturesRequest>,
    ) -> Result<Response<internal::FilterHeldPicturesResponse>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }

    async fn check_push(
        &self,
        request: Request<internal::CheckPushRequest>,
    ) -> Result<Response<internal::CheckPushResponse>, Status> {
        assert!(request.metadata().contains_key("authorization"), "internal RPCs need a service token");
        let directory = self.0.lock().unwrap();
        if directory.away {
            return Err(Status::unavailable("away"));
        }
        let internal::CheckPushRequest { sender_id, user_id, session_id } = request.into_inner();
        Ok(Response::new(internal::CheckPushResponse {
            session_live: !directory.ended_sessions.contains(&session_id),
            blocked: directory.stands_between(&sender_id, &user_id),
            sender_name: directory.names.get(&sender_id).cloned().unwrap_or_default(),
        }))
    }
}

#[tonic::async_trait]
impl SessionService for Auth {
    type WatchRevocationsStream = tonic::Streaming<internal::WatchRevocationsResponse>;

    async fn exchange_session(
        &self,
        _: Request<internal::ExchangeSessionRequest>,
    ) -> Result<Response<internal::ExchangeSessionResponse>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }

    async fn watch_revocations(
        &self,
        _: Request<internal::WatchRevocationsRequest>,
    ) -> Result<Response<Self::WatchRevocationsStream>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }

    async fn filter_sessions(
        &self,
        request: Request<internal::FilterSessionsRequest>,
    ) -> Result<Response<internal::FilterSessionsResponse>, Status> {
        let directory = self.0.lock().unwrap();
        let mut session_ids = request.into_inner().session_ids;
        session_ids.retain(|session| !directory.ended_sessions.contains(session));
        Ok(Response::new(internal::FilterSessionsResponse { session_ids }))
    }
}
