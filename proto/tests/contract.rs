//! What the contract says about real requests, and who may call what.

use confab_proto::auth::v1::{LogInRequest, SignUpRequest, UpdateProfileRequest};
use confab_proto::message::v1::send_message_request::Target;
use confab_proto::message::v1::{KnownHead, ListMessagesRequest, SendMessageRequest, SubscribeRequest};
use confab_proto::{
    Access, FILE_DESCRIPTOR_SET, Kind, PUBLIC_FILE_DESCRIPTOR_SET, Validate, Violations, access, method,
    methods, services,
};
use prost_reflect::DescriptorPool;

const ID: &str = "0190aaaa-bbbb-7ccc-8ddd-0123456789ab";

fn problems(message: &impl Validate) -> Vec<String> {
    let violations = Violations::of(message);
    violations
        .as_slice()
        .iter()
        .map(|violation| format!("{} {}", violation.field, violation.problem))
        .collect()
}

fn message(text: &str) -> SendMessageRequest {
    SendMessageRequest {
        target: Some(Target::ConversationId(ID.into())),
        text: text.into(),
        client_id: ID.into(),
        ..SendMessageRequest::default()
    }
}

#[test]
fn a_message_has_at_most_8000_characters_and_no_nul() {
    assert!(problems(&message(&"🦀".repeat(8_000))).is_empty());
    assert_eq!(problems(&message(&"a".repeat(8_001))), ["text must be at most 8,000 characters"]);
    assert_eq!(problems(&message(&"🦀".repeat(8_001))), ["text must be at most 8,000 characters"]);
    // A picture says enough: whether there is one is for the service to see.
    assert!(problems(&message("")).is_empty());
    assert_eq!(problems(&message("a\0")), ["text must not contain the character U+0000"]);
}

#[test]
fn a_message_goes_to_a_conversation_or_to_a_person() {
    let to = |target| SendMessageRequest { target, ..message("hello") };
    assert!(problems(&to(Some(Target::UserId(ID.into())))).is_empty());
    assert_eq!(problems(&to(Some(Target::UserId("me".into())))), ["user_id must be a UUID"]);
    assert_eq!(problems(&to(None)), ["target must be set: conversation_id or user_id"]);
}

#[test]
fn a_page_size_may_be_left_out_but_not_be_wrong() {
    let page =
        |page_size| ListMessagesRequest { conversation_id: ID.into(), page_size, ..Default::default() };
    for fine in [None, Some(1), Some(100)] {
        assert!(problems(&page(fine)).is_empty());
    }
    assert_eq!(problems(&page(Some(0))), ["page_size must be at least 1"]);
    assert_eq!(problems(&page(Some(-1))), ["page_size must be at least 1"]);
    assert_eq!(problems(&page(Some(101))), ["page_size must be at most 100"]);
}

#[test]
fn a_problem_in_a_list_says_which_item() {
    let head = |id: &str, seq| KnownHead { conversation_id: id.into(), seq };
    let known_heads = vec![head(ID, 0), head(ID, 7), head(ID, -1), head("x", 3)];
    let request = SubscribeRequest { known_heads, ..SubscribeRequest::default() };
    assert_eq!(
        problems(&request),
        ["known_heads[2].seq must be at least 0", "known_heads[3].conversation_id must be a UUID"]
    );
}

#[test]
fn a_session_is_delivered_in_a_way_that_exists() {
    let request = |session_delivery| LogInRequest {
        email: "a@b".into(),
        password: "p".into(),
        session_delivery,
        ..LogInRequest::default()
    };
    assert!(problems(&request(1)).is_empty());
    assert_eq!(problems(&request(2)), ["session_delivery must be a value of SessionDelivery"]);
    assert_eq!(problems(&request(-1)), ["session_delivery must be a value of SessionDelivery"]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    assert_eq!(
        problems(&SignUpRequest::default()),
        [
            "email must be at least 3 characters",
            "password must be at least 8 characters",
            "name must not be empty"
        ]
    );
    assert_eq!(problems(&UpdateProfileRequest::default()), ["profile must be set"]);
}

#[test]
fn every_rpc_is_open_to_those_the_contract_names() {
    let public = [
        "/confab.auth.v1.AuthService/SignUp",
        "/confab.auth.v1.AuthService/LogIn",
        "/confab.auth.v1.AuthService/FinishLogIn",
        "/confab.auth.v1.AuthService/RefreshSession",
        "/confab.auth.v1.AuthService/VerifyEmail",
        "/confab.auth.v1.AuthService/RequestPasswordReset",
        "/confab.auth.v1.AuthService/RequestSignUp",
        "/confab.auth.v1.AuthService/ResetPassword",
        "/confab.auth.v1.AuthService/ListSigningKeys",
        "/confab.auth.v1.IdentityService/ListProviders",
        "/confab.auth.v1.IdentityService/StartProviderLogIn",
        "/confab.auth.v1.IdentityService/FinishProviderLogIn",
        "/confab.auth.v1.PasskeyService/BeginPasskeyLogIn",
        "/confab.auth.v1.PasskeyService/FinishPasskeyLogIn",
    ];
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    for service in pool.services() {
        for rpc in service.methods() {
            let path = format!("/{}/{}", service.full_name(), rpc.name());
            let expected = match service.package_name() {
                "confab.internal.v1" => Access::Service,
                _ if public.contains(&path.as_str()) => Access::Public,
                _ => Access::User,
            };
            assert_eq!(access(&path), Some(expected), "{path}");
        }
    }
}

#[test]
fn what_an_rpc_does_is_known_by_its_form() {
    for (path, kind) in [
        ("/confab.auth.v1.UserService/GetUser", Kind::Read),
        ("/confab.message.v1.MessageService/SearchMessages", Kind::Read),
        ("/confab.message.v1.MessageService/SendMessage", Kind::Write),
        ("/confab.message.v1.MessageService/DeleteMessage", Kind::Write),
        ("/confab.message.v1.LiveService/Subscribe", Kind::Stream),
    ] {
        let found = method(path).unwrap();
        assert_eq!((found.kind, found.path), (kind, path));
        assert_eq!(path, format!("/{}/{}", found.service, found.name));
    }
    assert_eq!(method("/confab.message.v1.MessageService/"), None);
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let ours = pool.services().filter(|service| service.package_name().starts_with("confab."));
    assert_eq!(methods().len(), ours.map(|service| service.methods().len()).sum::<usize>());
}

#[test]
fn what_is_no_rpc_is_open_to_nobody() {
    for path in [
        "",
        "/",
        "/confab.auth.v1.AuthService",
        "/confab.auth.v1.AuthService/",
        "/confab.auth.v1.AuthService/login",
        "/confab.auth.v1.AuthService/LogIn/",
        "confab.auth.v1.AuthService/LogIn",
        "/confab.auth.v2.AuthService/LogIn",
    ] {
        assert_eq!(access(path), None, "{path}");
    }
}

#[test]
fn all_services_are_listed() {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let declared: Vec<_> = pool.services().map(|service| service.full_name().to_owned()).collect();
    let listed: Vec<_> = services().iter().map(|service| service.name).collect();
    assert_eq!(listed, declared);
    for service in services() {
        assert!(service.name.starts_with(service.package), "{}", service.name);
    }
}

#[test]
fn the_descriptors_keep_comments_and_custom_options() {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let http = pool.get_extension_by_name("google.api.http").unwrap();
    let rules = pool.get_extension_by_name("buf.validate.field").unwrap();
    let service = pool.get_service_by_name("confab.auth.v1.AuthService").unwrap();
    assert!(service.methods().all(|rpc| rpc.options().has_extension(&http)));
    let request = pool.get_message_by_name("confab.message.v1.SendMessageRequest").unwrap();
    assert!(request.get_field_by_name("text").unwrap().options().has_extension(&rules));

    let source = service.parent_file().file_descriptor_proto().source_code_info.clone().unwrap();
    assert!(source.location.iter().any(|location| location.leading_comments().contains("Signs people up")));
}

#[test]
fn strangers_are_not_shown_what_services_ask_each_other() {
    let pool = DescriptorPool::decode(PUBLIC_FILE_DESCRIPTOR_SET).unwrap();
    assert!(pool.files().all(|file| !file.package_name().starts_with("confab.internal")));
    for service in services().iter().filter(|service| service.package != "confab.internal.v1") {
        assert!(pool.get_service_by_name(service.name).is_some(), "{}", service.name);
    }
    let http = pool.get_extension_by_name("google.api.http").unwrap();
    assert!(pool.services().all(|service| service.methods().all(|rpc| rpc.options().has_extension(&http))));
}
