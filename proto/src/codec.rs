//! Protobuf on the wire, held against the rules of the contract.
//!
//! The generated servers and clients use this codec. A request that cannot be
//! decoded, or that breaks a rule, is answered with `INVALID_ARGUMENT` here and
//! never reaches the service.

use std::collections::HashMap;
use std::marker::PhantomData;

use prost::{DecodeError, Message};
use tonic::codec::{BufferSettings, Codec, DecodeBuf, Decoder};
use tonic::{Code, Status};
use tonic_prost::ProstEncoder;
use tonic_types::{ErrorDetails, StatusExt};

use crate::validation::{Validate, Violations};

/// The `domain` of every `google.rpc.ErrorInfo` that Confab answers with.
pub const ERROR_DOMAIN: &str = "confab";

/// The `reason` of the answer to a request that breaks the contract.
const INVALID_FIELD: &str = "INVALID_FIELD";

/// How much room there is for what is to be sent before there is any of it. A stream keeps it for as long as it is open,
/// so it is that of one event, and not the 8 KiB that tonic has; for more, it grows.
const BUFFER_BYTES: usize = 512;
/// How much is put together, if it comes at once, before it is sent: as much as tonic does.
const BUFFER_BYTES_MAX: usize = 32 * 1024;

/// Encodes `T` and decodes `U`, and refuses requests that break the contract.
#[derive(Clone, Debug)]
pub struct ValidatingCodec<T, U> {
    types: PhantomData<(T, U)>,
}

impl<T, U> Default for ValidatingCodec<T, U> {
    fn default() -> Self {
        Self { types: PhantomData }
    }
}

impl<T, U> Codec for ValidatingCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Validate + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = ValidatingDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::new(BufferSettings::new(BUFFER_BYTES, BUFFER_BYTES_MAX))
    }

    fn decoder(&mut self) -> Self::Decoder {
        ValidatingDecoder { message: PhantomData }
    }
}

/// Decodes `U`, and refuses it if it is a request that breaks the contract.
#[derive(Clone, Debug)]
pub struct ValidatingDecoder<U> {
    message: PhantomData<U>,
}

impl<U: Message + Default + Validate> Decoder for ValidatingDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        let message = match U::decode(bytes) {
            Ok(message) => message,
            Err(error) if U::IS_REQUEST => return Err(undecodable(&error)),
            // An answer that we cannot read is not the fault of who reads it.
            Err(error) => return Err(Status::internal(error.to_string())),
        };
        if U::IS_REQUEST {
            check(&message)?;
        }
        Ok(Some(message))
    }
}

/// Refuses a request that breaks a rule.
fn check(request: &impl Validate) -> Result<(), Status> {
    let violations = Violations::of(request);
    let Some(first) = violations.as_slice().first() else {
        return Ok(());
    };

    let text = match violations.as_slice().len() {
        1 => format!("{} {}", first.field, first.problem),
        count => format!("{} {} (1 of {count} problems)", first.field, first.problem),
    };
    let mut details = error_info(&first.field);
    for violation in violations.as_slice() {
        details.add_bad_request_violation(&violation.field, violation.problem);
    }
    Err(Status::with_error_details(Code::InvalidArgument, text, details))
}

/// The answer to bytes that are no message of the kind that was asked for.
fn undecodable(error: &DecodeError) -> Status {
    let (field, cause) = locate(error);
    let problem = format!("cannot be decoded: {cause}");
    if field.is_empty() {
        let text = format!("the request {problem}");
        return Status::with_error_details(Code::InvalidArgument, text, error_info(""));
    }
    let text = format!("{field} {problem}");
    let mut details = error_info(&field);
    details.add_bad_request_violation(field, problem);
    Status::with_error_details(Code::InvalidArgument, text, details)
}

/// The path of the field that prost choked on, as far as it knows, and why.
///
/// prost tells it only in its text, innermost first:
/// `failed to decode Protobuf message: KnownHead.seq: SubscribeRequest.known_heads: invalid varint`.
fn locate(error: &DecodeError) -> (String, String) {
    let text = error.to_string();
    let mut rest = text.strip_prefix("failed to decode Protobuf message: ").unwrap_or(&text);
    let mut fields = Vec::new();
    while let Some((step, cause)) = rest.split_once(": ") {
        match step.split_once('.') {
            Some((_, field)) if !step.contains(' ') => fields.push(field),
            _ => break,
        }
        rest = cause;
    }
    fields.reverse();
    (fields.join("."), rest.to_owned())
}

fn error_info(field: &str) -> ErrorDetails {
    let named = (!field.is_empty()).then(|| ("field".to_owned(), field.to_owned()));
    let metadata: HashMap<_, _> = named.into_iter().collect();
    ErrorDetails::with_error_info(INVALID_FIELD, ERROR_DOMAIN, metadata)
}
