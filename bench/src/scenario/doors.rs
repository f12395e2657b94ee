//! The same calls by every door of the gateway, and what the gateway adds to a call.

use anyhow::{Context, Result};
use confab_core::ConversationId;
use confab_proto::auth::v1::{LogInRequest, SessionDelivery};
use confab_proto::message::v1::{GetConversationRequest, ListMessagesRequest};
use http::HeaderValue;
use tonic::transport::Endpoint;

use super::{PEOPLE, Section, TALKS_MAX};
use crate::crowd::Crowd;
use crate::deployment::{Apart, Deployment};
use crate::door::{Call, Door, call_until_the_end};
use crate::figures::Figures;
use crate::figures::Goal::{AtLeast, AtMost};
use crate::figures::Unit::{Micros, Millis, PerSecond, Ratio};
use crate::lane::Lane;
use crate::load;
use crate::measure::Window;
use crate::person::Person;
use crate::plan::Plan;
use crate::random::Random;

const GET_CONVERSATION: &str = "/confab.message.v1.ConversationService/GetConversation";
const LIST_MESSAGES: &str = "/confab.message.v1.MessageService/ListMessages";
const LOG_IN: &str = "/confab.auth.v1.AuthService/LogIn";

/// How many messages are on the page that is read.
const PAGE_SIZE: i32 = 50;
/// How many messages there are, for each conversation to have such a page.
const MESSAGES_PER_TALK: usize = 2 * PAGE_SIZE as usize;
/// How many conversations there are.
const TALKS: usize = 16;

/// What part of the calls over gRPC is to be reached by each of the others.
const GRPC_WEB_SHARE: f64 = 0.9;
const JSON_SHARE: f64 = 0.6;
/// What the gateway may add to a call, in microseconds, with the service in its own process and in another.
const ADDED_IN_PROCESS: f64 = 150.0;
const ADDED_OVER_TCP: f64 = 400.0;
/// What the check of a session may cost a core, in microseconds: 20,000 in a second.
const SESSION_CHECK: f64 = 50.0;

const MICROS_PER_MILLI: f64 = 1_000.0;

/// Something that is read by every door.
#[derive(Clone, Copy, Debug)]
enum Read {
    Conversation,
    Page,
}

/// See [this module](self).
pub async fn run(plan: &Plan, mut random: Random) -> Result<Section> {
    let deployment = Deployment::start(&plan.environment, plan.topology, &[]).await?;
    let mut crowd = gather(&deployment.gateways()?, &mut random).await?;
    let gateway = deployment.gateways()?.into_iter().next().context("there is no gateway")?;
    let mut figures = Figures::default();
    for _ in 0..plan.trials {
        crowd.freshen().await?;
        for read in [Read::Conversation, Read::Page] {
            let grpc = rate(
                plan,
                &deployment,
                &gateway,
                &read.calls(Door::Grpc, &crowd)?,
                &mut figures,
                read.name(Door::Grpc),
            )
            .await?;
            for (door, share) in [(Door::GrpcWeb, GRPC_WEB_SHARE), (Door::Json, JSON_SHARE)] {
                let calls = read.calls(door, &crowd)?;
                let rate = rate(plan, &deployment, &gateway, &calls, &mut figures, read.name(door)).await?;
                let name = format!("{} for each over gRPC", read.name(door));
                figures.add_with_goal(&name, Ratio, rate / grpc, Some(AtLeast(share)));
            }
        }
        sessions(plan, &deployment, &gateway, &crowd, &mut figures).await?;
    }
    added(plan, &gateway, &crowd, &mut figures, &mut random).await?;
    let what = format!(
        "{} connections, closed loop, one HTTP/2 client for all doors; {PEOPLE} people, {TALKS} conversations; a \
         conversation is GetConversation, a page is ListMessages with {PAGE_SIZE} of them",
        plan.connections
    );
    Ok(Section { what, figures, sends_min: plan.sends_min, verdict: crowd.judge(random).await? })
}

/// People, and conversations that are long enough to read a page of.
async fn gather(gateways: &[Endpoint], random: &mut Random) -> Result<Crowd> {
    let crowd = Crowd::gather(gateways, PEOPLE, TALKS.min(TALKS_MAX)).await?;
    let mut lanes = Lane::each(&crowd, PEOPLE, random);
    Lane::say_so_many(&mut lanes, TALKS * MESSAGES_PER_TALK).await?;
    Ok(crowd)
}

/// Lets all connections make `calls`, and returns how many there were in a second.
async fn rate(
    plan: &Plan,
    deployment: &Deployment,
    gateway: &Endpoint,
    calls: &[Call],
    figures: &mut Figures,
    name: String,
) -> Result<f64> {
    let calls = calls.iter().cycle().take(plan.connections).cloned().collect();
    let window = Window::after(plan.warm_up, plan.length);
    let watching = load::observe(window, deployment.nodes());
    let (latencies, loads) = tokio::try_join!(call_until_the_end(calls, gateway, window), watching)?;
    let rate = window.rate(latencies.count());
    figures.add(&name, PerSecond, rate);
    figures.add(&format!("{name}, p99"), Millis, latencies.millis(0.99));
    figures.add(&format!("{name}, CPU of confab for each"), Micros, load::micros_for_each(&loads, rate));
    Ok(rate)
}

/// Calls with the session of a page in place of a token: what it costs to check it.
async fn sessions(
    plan: &Plan,
    deployment: &Deployment,
    gateway: &Endpoint,
    crowd: &Crowd,
    figures: &mut Figures,
) -> Result<()> {
    let person = &crowd.people[0];
    let credentials = LogInRequest {
        email: person.email().into(),
        password: Person::PASSWORD.into(),
        session_delivery: SessionDelivery::Cookie.into(),
        ..LogInRequest::default()
    };
    let cookie = Door::GrpcWeb.call(LOG_IN, &credentials, "/")?.log_in(gateway).await?;
    let bare = Read::Conversation.call(Door::GrpcWeb, crowd.talks_of(0)[0])?;
    let token = bare.clone().with_token(person.token());
    let mut costs = Vec::new();
    for (call, by) in [(token, "token"), (bare.with_session(cookie), "session")] {
        let name = format!("a conversation by {by}");
        rate(plan, deployment, gateway, &[call], figures, name.clone()).await?;
        costs.push(figures.last(&format!("{name}, CPU of confab for each")).context("nothing was measured")?);
    }
    figures.add_with_goal(
        "CPU of a session check",
        Micros,
        (costs[1] - costs[0]).max(0.0),
        Some(AtMost(SESSION_CHECK)),
    );
    Ok(())
}

/// Calls on one connection, one after the other: through the gateway, and past it.
async fn added(
    plan: &Plan,
    together: &Endpoint,
    crowd: &Crowd,
    figures: &mut Figures,
    random: &mut Random,
) -> Result<()> {
    let apart = Apart::start(&plan.environment).await?;
    let others = gather(&[apart.gateway()?], random).await?;
    let (here, there) = (one(crowd)?, one(&others)?);
    for _ in 0..plan.trials {
        let mut p50 = async |call: &Call, to: &Endpoint, name: &str| {
            let window = Window::after(plan.warm_up, plan.length);
            let micros =
                call_until_the_end(vec![call.clone()], to, window).await?.millis(0.5) * MICROS_PER_MILLI;
            figures.add(name, Micros, micros);
            anyhow::Ok(micros)
        };
        let past = p50(&there, &apart.message()?, "p50 of a call to the message service").await?;
        let over_tcp = p50(&there, &apart.gateway()?, "p50 through the gateway, over TCP").await?;
        let in_process = p50(&here, together, "p50 through the gateway, in process").await?;
        for (name, micros, most) in
            [("over TCP", over_tcp, ADDED_OVER_TCP), ("in process", in_process, ADDED_IN_PROCESS)]
        {
            let name = format!("p50 that the gateway adds, {name}");
            figures.add_with_goal(&name, Micros, (micros - past).max(0.0), Some(AtMost(most)));
        }
    }
    Ok(())
}

/// The call of the first of `crowd`.
fn one(crowd: &Crowd) -> Result<Call> {
    Ok(Read::Conversation.call(Door::Grpc, crowd.talks_of(0)[0])?.with_token(crowd.people[0].token()))
}

impl Read {
    fn name(self, door: Door) -> String {
        let what = match self {
            Self::Conversation => "a conversation",
            Self::Page => "a page",
        };
        format!("{what} over {}", door.name())
    }

    /// A call for each of the people, of one of their conversations.
    fn calls(self, door: Door, crowd: &Crowd) -> Result<Vec<Call>> {
        let people = crowd.people.iter().enumerate();
        let call = |(place, person): (usize, &Person)| {
            let talk = *crowd.talks_of(place).first()?;
            let token: HeaderValue = person.token();
            Some(self.call(door, talk).map(|call| call.with_token(token)))
        };
        people.filter_map(call).collect()
    }

    fn call(self, door: Door, conversation: ConversationId) -> Result<Call> {
        let conversation_id = conversation.to_string();
        match self {
            Self::Conversation => {
                let resource = format!("/v1/conversations/{conversation_id}");
                door.call(GET_CONVERSATION, &GetConversationRequest { conversation_id }, &resource)
            }
            Self::Page => {
                let resource = format!("/v1/conversations/{conversation_id}/messages?page_size={PAGE_SIZE}");
                let page = ListMessagesRequest {
                    conversation_id,
                    page_size: Some(PAGE_SIZE),
                    ..ListMessagesRequest::default()
                };
                door.call(LIST_MESSAGES, &page, &resource)
            }
        }
    }
}
