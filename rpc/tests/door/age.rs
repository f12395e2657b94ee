//! Connections that are told to go because they are old, while there is much to do (row H07).

use std::time::{Duration, Instant};

use confab_rpc::Channel;
use futures_util::future::join_all;
use http::Request;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::ServiceExt;

use crate::place::Place;

/// How old a connection gets.
const AGE: Duration = Duration::from_millis(250);
/// How long there is much to do: that many connections come and go.
const BUSY: Duration = Duration::from_millis(2_500);
/// How many ask at a time, on one connection each.
const BUSY_CLIENTS: usize = 8;
/// How often a call is made again that was not answered.
const RETRIES_MAX: usize = 3;

/// Asks until it is answered: whether it ever is, and whether it was at once.
async fn ask(channel: &Channel) -> (bool, bool) {
    for turn in 0..=RETRIES_MAX {
        let request = Request::post("http://place/echo").body(Body::empty()).unwrap();
        let Ok(answer) = channel.clone().oneshot(request).await;
        let status = Status::from_header_map(answer.headers());
        if answer.status() == 200 && status.is_none_or(|status| status.code() == Code::Ok) {
            return (true, turn == 0);
        }
    }
    (false, false)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_asks_again_notices_that_connections_come_and_go() {
    let place = Place::with_age(AGE).await;
    let client = |_| async {
        let channel = Channel::remote(format!("http://{}", place.address).parse().unwrap());
        let (begun, mut asked, mut again) = (Instant::now(), 0, 0);
        while begun.elapsed() < BUSY {
            let (is_answered, at_once) = ask(&channel).await;
            assert!(is_answered, "call {asked} was not answered");
            asked += 1;
            again += u32::from(!at_once);
        }
        (asked, again)
    };
    let asked = join_all((0..BUSY_CLIENTS).map(client)).await;
    let (all, again) = asked.iter().fold((0, 0), |(all, again), one| (all + one.0, again + one.1));
    println!("{all} calls, {again} of them made again");
    let connections = place.connections();
    assert!(connections > BUSY_CLIENTS * 3, "{connections} connections in all");
}
