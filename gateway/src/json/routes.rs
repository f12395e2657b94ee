//! Which RPC a method and a path mean, read from the contract.

use std::sync::Arc;

use http::Method;
use http::uri::PathAndQuery;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, Value,
};

use super::template::{Asked, Template};
use super::writer::Writer;
use super::{bind, cursor};

/// The option that says it.
const OPTION: &str = "google.api.http";
/// The field that makes a call safe to retry.
const CLIENT_ID: &str = "client_id";

/// An RPC as this door needs it.
#[derive(Debug)]
pub struct Rpc {
    /// Where gRPC finds it.
    pub path: PathAndQuery,
    /// What it is asked.
    pub input: MessageDescriptor,
    /// What it answers.
    pub output: MessageDescriptor,
    /// Whether it is asked with a stream, which this door cannot.
    pub takes_stream: bool,
    /// Whether it answers with a stream.
    pub gives_stream: bool,
    /// The field of its input that makes it safe to retry.
    pub client_id: Option<FieldDescriptor>,
    /// How its answers are written, if they have nothing that takes more than that.
    pub writer: Option<Writer>,
    /// Its descriptor, for whoever describes it.
    pub descriptor: MethodDescriptor,
}

/// One way to call an RPC.
#[derive(Debug)]
pub struct Route {
    /// The RPC.
    pub rpc: Arc<Rpc>,
    /// The method of HTTP.
    pub method: Method,
    /// The path.
    pub template: Template,
    /// The field that each value in the path is for.
    pub in_path: Vec<Vec<FieldDescriptor>>,
    /// What the body is.
    pub body: BodyOf,
    /// The field of the answer that is sent, if it is not the whole.
    pub response_body: Option<FieldDescriptor>,
}

impl Route {
    /// Whether its answers are single things, which one may know already.
    pub fn is_single(&self) -> bool {
        let rpc = &self.rpc;
        self.method == Method::GET && !rpc.gives_stream && rpc.descriptor.name().starts_with("Get")
    }

    /// Whether its answers say how far whoever reads them has come.
    pub fn has_cursor(&self) -> bool {
        self.rpc.path == cursor::RPC
    }
}

/// What the body of a request is.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyOf {
    /// There is none.
    Nothing,
    /// The whole input, but for what the path says.
    Input,
    /// One field of it, a message.
    Field(FieldDescriptor),
}

/// All ways to call all RPCs.
pub struct Routes {
    pool: DescriptorPool,
    routes: Vec<Arc<Route>>,
}

/// What was found for a method and a path.
pub enum Found {
    /// A route, and the values in the path; one that is not UTF-8 is nothing.
    Route(Arc<Route>, Vec<Option<String>>),
    /// The path can be asked, but with these methods only.
    OtherMethods(String),
    /// There is nothing at the path.
    Nothing,
}

impl Routes {
    /// The routes of `services`; an error says what of the contract makes no sense.
    pub fn of(services: &[&str]) -> Result<Self, String> {
        let pool = DescriptorPool::decode(confab_proto::PUBLIC_FILE_DESCRIPTOR_SET);
        let pool = pool.map_err(|error| error.to_string())?;
        let mut routes = Vec::new();
        for name in services {
            let service = pool.get_service_by_name(name).ok_or_else(|| format!("there is no {name}"))?;
            for method in service.methods() {
                let read = read(&pool, method.clone());
                routes.extend(read.map_err(|problem| format!("{}: {problem}", method.full_name()))?);
            }
        }
        routes.sort_by_cached_key(|route| route.template.precedence());
        Ok(Self { pool, routes: routes.into_iter().map(Arc::new).collect() })
    }

    /// Every route, what says more before what says less.
    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter().map(AsRef::as_ref)
    }

    /// The contract that they were read from.
    pub fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    /// The route of `method` and `path`.
    pub fn find(&self, method: &Method, path: &str) -> Found {
        let asked = Asked::new(path);
        // Whoever wants the head of an answer asks as for the answer.
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        let mut others = Vec::new();
        for route in &self.routes {
            let Some(values) = route.template.matches(&asked) else { continue };
            if route.method == *wanted {
                let values = values.iter().map(super::template::Value::decode).collect();
                return Found::Route(route.clone(), values);
            }
            others.push(route.method.as_str());
        }
        if others.is_empty() {
            return Found::Nothing;
        }
        if others.contains(&"GET") {
            others.push("HEAD");
        }
        others.push("OPTIONS");
        others.dedup();
        Found::OtherMethods(others.join(", "))
    }
}

/// The routes of one RPC.
fn read(pool: &DescriptorPool, method: MethodDescriptor) -> Result<Vec<Route>, String> {
    let option = pool.get_extension_by_name(OPTION).ok_or("google.api.http is not known")?;
    let options = method.options();
    if !options.has_extension(&option) {
        return Ok(Vec::new());
    }
    let rule = options.get_extension(&option);
    let rule = rule.as_message().ok_or("google.api.http is not a message")?;

    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let client_id = method.input().get_field_by_name(CLIENT_ID);
    let rpc = Arc::new(Rpc {
        path: path.parse().map_err(|_| "its name makes no path")?,
        input: method.input(),
        output: method.output(),
        takes_stream: method.is_client_streaming(),
        gives_stream: method.is_server_streaming(),
        client_id: client_id.filter(|field| field.kind() == Kind::String && !field.is_list()),
        writer: Writer::of(&method.output()),
        descriptor: method,
    });
    let more = rule.get_field_by_name("additional_bindings");
    let more = more.as_deref().and_then(Value::as_list).unwrap_or_default();
    let rules = [Some(rule)].into_iter().chain(more.iter().map(Value::as_message)).flatten();
    rules.map(|rule| route(&rpc, rule)).collect()
}

fn route(rpc: &Arc<Rpc>, rule: &DynamicMessage) -> Result<Route, String> {
    let (method, template) = pattern(rule)?;
    let template = Template::parse(&template)?;
    let field = |name: &str| {
        let path = bind::path(&rpc.input, name).ok_or_else(|| format!("there is no field {name}"))?;
        let is_text = path.last().is_some_and(|last| bind::is_text(last) && !last.is_list());
        if is_text { Ok(path) } else { Err(format!("{name} cannot be in the path")) }
    };
    let in_path = template.fields().map(field).collect::<Result<_, _>>()?;

    let body = match text(rule, "body").as_str() {
        "" => BodyOf::Nothing,
        "*" => BodyOf::Input,
        name => BodyOf::Field(message_field(&rpc.input, name)?),
    };
    let response_body = match text(rule, "response_body").as_str() {
        "" => None,
        name => {
            let field = rpc.output.get_field_by_name(name);
            Some(field.ok_or_else(|| format!("there is no field {name} to answer with"))?)
        }
    };
    Ok(Route { rpc: rpc.clone(), method, template, in_path, body, response_body })
}

fn message_field(input: &MessageDescriptor, name: &str) -> Result<FieldDescriptor, String> {
    let field = input.get_field_by_name(name);
    let field = field.filter(|field| matches!(field.kind(), Kind::Message(_)) && !field.is_list());
    field.ok_or_else(|| format!("the body {name} is no message of the input"))
}

/// The method and the path of a rule.
fn pattern(rule: &DynamicMessage) -> Result<(Method, String), String> {
    for (name, method) in [
        ("get", Method::GET),
        ("put", Method::PUT),
        ("post", Method::POST),
        ("delete", Method::DELETE),
        ("patch", Method::PATCH),
    ] {
        if rule.has_field_by_name(name) {
            return Ok((method, text(rule, name)));
        }
    }
    let custom = rule.get_field_by_name("custom");
    let custom = custom.as_deref().and_then(Value::as_message).ok_or("a rule has no path")?;
    let method = text(custom, "kind").parse().map_err(|_| "a rule has a method that there is not")?;
    Ok((method, text(custom, "path")))
}

fn text(message: &DynamicMessage, field: &str) -> String {
    let value = message.get_field_by_name(field);
    value.as_deref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use confab_proto::auth::v1;
    use prost::Message;

    use super::*;
    use crate::json::answer;

    /// `GetMe`, as if its rule answered with this field only.
    fn get_me(response_body: &str) -> Result<Route, String> {
        let routes = Routes::of(&["confab.auth.v1.AuthService"]).unwrap();
        let rpc = routes.iter().find(|route| route.rpc.descriptor.name() == "GetMe").unwrap().rpc.clone();
        let (options, option) =
            (rpc.descriptor.options(), routes.pool().get_extension_by_name(OPTION).unwrap());
        let mut rule = options.get_extension(&option).as_message().unwrap().clone();
        rule.set_field_by_name("response_body", Value::String(response_body.to_owned()));
        route(&rpc, &rule)
    }

    // No RPC of ours asks for that.
    #[test]
    fn an_answer_may_be_one_field_of_the_message() {
        let user = v1::User { name: "Ada".into(), ..v1::User::default() };
        let message = v1::GetMeResponse { user: Some(user) }.encode_to_vec().into();
        let told = |route: &Route| -> serde_json::Value {
            serde_json::from_slice(&answer::write(&message, route).unwrap()).unwrap()
        };
        assert_eq!(told(&get_me("user").unwrap())["name"], "Ada");
        assert_eq!(told(&get_me("").unwrap())["user"]["name"], "Ada");
        assert!(get_me("nothing").is_err_and(|problem| problem.contains("nothing")));
    }
}
