//! A call that a service makes for another: it gets less time than that one has, and
//! nobody works on it any more when nobody waits for it (row H08).

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use confab_core::SystemClock;
use confab_rpc::{
    Channel, Door, DoorConfig, GRPC_TIMEOUT, KeySource, PublicKey, Reflection, ServiceKey, Shutdown,
    StandardServices, TokenVerifier, guard, serve,
};
use http_body_util::{BodyExt, StreamBody};
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::ServiceExt;

/// The contract has it, and nobody needs to be known for it.
const PATH: &str = "/confab.auth.v1.AuthService/LogIn";
/// How much later than the deadline the work may go on.
const LATE_MAX: Duration = Duration::from_millis(100);
/// How often it is looked at: a busy machine is late now and then.
const TRIES: u32 = 20;

struct NoKeys;

#[async_trait::async_trait]
impl KeySource for NoKeys {
    async fn list(&self) -> Result<Vec<PublicKey>, Status> {
        Ok(Vec::new())
    }
}

fn guarded(router: Router) -> Routes {
    let key = ServiceKey::generate().unwrap();
    let verifier = TokenVerifier::new(Arc::new(NoKeys), &key, Arc::new(SystemClock));
    guard(Routes::from(router), Arc::new(verifier))
}

/// What the inner service was given, and when the work on it ended.
#[derive(Clone, Default)]
struct Worked(Arc<Mutex<Vec<Given>>>);

/// The time that a call was given, and when the work on it ended.
type Given = (String, Option<Instant>);

/// The work on one call, which notes its end.
struct Work(Worked, usize);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.0.lock().unwrap()[self.1].1 = Some(Instant::now());
    }
}

/// Works on a call for ever.
async fn work(State(worked): State<Worked>, request: Request) -> Response {
    let given = request.headers().get(GRPC_TIMEOUT).map_or("", |given| given.to_str().unwrap()).to_owned();
    let place = {
        let mut all = worked.0.lock().unwrap();
        all.push((given, None));
        all.len() - 1
    };
    let _work = Work(worked, place);
    std::future::pending().await
}

/// Has another service do what it is asked for, and takes its word for a failure.
async fn delegate(State(inner): State<Channel>, request: Request) -> Response {
    let Ok(answer) = inner.oneshot(call(None).map(tonic::body::Body::new)).await;
    drop(request);
    let failed = Status::from_header_map(answer.headers()).is_some_and(|status| status.code() != Code::Ok);
    let status =
        if failed { Status::unavailable("the other service did not answer") } else { Status::ok("") };
    status.into_http()
}

fn call(timeout: Option<&str>) -> Request {
    let request = Request::post(PATH).header("content-type", "application/grpc").header("te", "trailers");
    let request = timeout.into_iter().fold(request, |request, timeout| request.header(GRPC_TIMEOUT, timeout));
    request.body(axum::body::Body::empty()).unwrap()
}

async fn code(service: &Channel, timeout: Option<&str>) -> Code {
    let Ok(answer) = service.clone().oneshot(call(timeout).map(tonic::body::Body::new)).await;
    Status::from_header_map(answer.headers()).map_or(Code::Unknown, |status| status.code())
}

/// A service that asks another one, which is in this process, or behind a port.
async fn services(worked: &Worked, over_tcp: bool) -> Channel {
    let inner = guarded(Router::new().fallback(work).with_state(worked.clone()));
    let inner = if over_tcp {
        Channel::remote(format!("http://{}", listen(inner).await).parse().unwrap())
    } else {
        Channel::in_process(inner)
    };
    Channel::in_process(guarded(Router::new().fallback(delegate).with_state(inner)))
}

async fn listen(routes: Routes) -> SocketAddr {
    let standard = StandardServices::new(&[], &[], Reflection::Off).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = DoorConfig {
        connections: 10.try_into().unwrap(),
        network_connections: 0,
        connection_age: Duration::from_mins(30),
    };
    tokio::spawn(serve(Door { listener, limits, tls: None }, routes, standard, Shutdown::new()));
    address
}

fn micros(given: &str) -> u64 {
    given.strip_suffix('u').unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_call_inside_a_call_has_less_time_and_ends_with_it() {
    const TIME: Duration = Duration::from_millis(150);
    for over_tcp in [false, true] {
        let worked = Worked::default();
        let outer = services(&worked, over_tcp).await;
        let mut latest = Vec::new();
        for _ in 0..TRIES {
            let begun = Instant::now();
            assert_eq!(code(&outer, Some("150m")).await, Code::DeadlineExceeded);
            assert!(begun.elapsed() >= TIME, "nobody is told so before it is so");
            if over_tcp {
                // The other process hears of it a little later.
                while worked.0.lock().unwrap().last().is_some_and(|(_, ended)| ended.is_none()) {
                    tokio::task::yield_now().await;
                }
            }
            let all = worked.0.lock().unwrap();
            let (given, ended) = all.last().unwrap();
            assert!((1..150_000).contains(&micros(given)), "{given} of 150 ms");
            latest
                .push(ended.expect("nobody works on it any more").duration_since(begun).saturating_sub(TIME));
        }
        let soonest = latest.iter().min().unwrap();
        assert!(*soonest < LATE_MAX, "it ends {latest:?} too late");
    }
}

#[tokio::test]
async fn a_call_without_a_deadline_has_that_of_the_service() {
    let worked = Worked::default();
    let outer = services(&worked, false).await;
    // Nobody waits for it.
    let waiting = tokio::time::timeout(Duration::from_millis(50), code(&outer, None)).await;
    assert!(waiting.is_err());
    let all = worked.0.lock().unwrap();
    assert_eq!(all.len(), 1);
    assert!((29_000_000..30_000_000).contains(&micros(&all[0].0)), "{all:?}");
    assert!(all[0].1.is_some(), "whoever goes takes the work along");
}

#[tokio::test]
async fn from_the_shortest_to_the_longest_time_and_what_is_none() {
    let worked = Worked::default();
    let outer = services(&worked, false).await;
    for shortest in ["0n", "1n", "1u", "0H"] {
        assert_eq!(code(&outer, Some(shortest)).await, Code::DeadlineExceeded, "{shortest}");
    }
    assert!(worked.0.lock().unwrap().is_empty(), "there was no time to ask for anything");
    for malformed in ["", "5", "5s", "S", "-1S", "1.5S", "123456789n", "1 S", "1S, 2S"] {
        assert_eq!(code(&outer, Some(malformed)).await, Code::InvalidArgument, "{malformed:?}");
    }
    assert!(worked.0.lock().unwrap().is_empty());
    // Nobody is given more than we would give them anyway.
    let longest = tokio::time::timeout(Duration::from_millis(50), code(&outer, Some("99999999H"))).await;
    assert!(longest.is_err());
    assert!(micros(&worked.0.lock().unwrap()[0].0) < 30_000_000);
}

#[tokio::test]
async fn what_a_call_opens_ends_with_its_deadline() {
    let silent = || async {
        let frames = async_stream::stream! {
            yield Ok::<_, Status>(http_body::Frame::data(bytes::Bytes::from_static(&[0; 5])));
            std::future::pending::<()>().await;
        };
        let mut answer = Response::new(axum::body::Body::new(StreamBody::new(frames)));
        answer.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
        answer
    };
    let endless = || async {
        let frames = async_stream::stream! {
            loop {
                yield Ok::<_, Status>(http_body::Frame::data(bytes::Bytes::from_static(&[0; 5])));
            }
        };
        Response::new(axum::body::Body::new(StreamBody::new(frames)))
    };
    for router in [Router::new().fallback(silent), Router::new().fallback(endless)] {
        let service = Channel::in_process(guarded(router));
        let Ok(answer) = service.oneshot(call(Some("50m")).map(tonic::body::Body::new)).await;
        let mut body = answer.into_body();
        let trailers = loop {
            match body.frame().await.expect("a status at the end").unwrap().into_trailers() {
                Ok(trailers) => break trailers,
                Err(data) => assert!(data.is_data()),
            }
        };
        assert_eq!(Status::from_header_map(&trailers).unwrap().code(), Code::DeadlineExceeded);
        assert!(body.frame().await.is_none());
    }
}
