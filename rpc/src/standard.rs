//! The services that every gRPC server is expected to offer: health and reflection.

use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_reflection::server::{Builder, Error};

/// Whether a server describes itself to tools such as grpcurl.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Reflection {
    /// It does: good while developing.
    #[default]
    On,
    /// It does not: nobody learns more than the contract says.
    Off,
}

/// Health (`grpc.health.v1`) and reflection (`grpc.reflection.v1` and, for
/// grpcurl before 1.9 and others, `v1alpha`) of one server.
#[derive(Clone)]
pub struct StandardServices {
    routes: Routes,
    health: HealthReporter,
    names: Vec<String>,
}

impl StandardServices {
    /// Says that the services `names` are serving, and describes them with
    /// `descriptors`, an encoded `FileDescriptorSet`.
    ///
    /// # Errors
    ///
    /// If the descriptors cannot be read.
    pub async fn new(names: &[&str], descriptors: &[u8], reflection: Reflection) -> Result<Self, Error> {
        let (health, health_service) = tonic_health::server::health_reporter();
        // The empty name is the server as a whole.
        let names: Vec<String> = names.iter().copied().chain([""]).map(str::to_owned).collect();
        for name in &names {
            health.set_service_status(name, ServingStatus::Serving).await;
        }

        let mut routes = Routes::builder();
        routes.add_service(health_service);
        if reflection == Reflection::On {
            routes.add_service(describe(&names, descriptors).build_v1()?);
            routes.add_service(describe(&names, descriptors).build_v1alpha()?);
        }
        Ok(Self { routes: routes.routes(), health, names })
    }

    /// The routes of these services alone. They need no token.
    #[must_use]
    pub fn routes(&self) -> Routes {
        self.routes.clone()
    }

    /// Says that nothing is serving any more, also to those who watch.
    pub async fn stop(&self) {
        for name in &self.names {
            self.health.set_service_status(name, ServingStatus::NotServing).await;
        }
    }
}

fn describe<'b>(names: &[String], descriptors: &'b [u8]) -> Builder<'b> {
    let builder = Builder::configure()
        .register_encoded_file_descriptor_set(descriptors)
        // Without these, grpcurl cannot print the details of errors.
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name("grpc.health.v1.Health");
    names.iter().filter(|name| !name.is_empty()).fold(builder, Builder::with_service_name)
}
